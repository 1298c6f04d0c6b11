//! Answers: rows with their ETag, pages with their link, and nothing at all.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue, TryIntoHeaderValue},
};
use serde::Serialize;

use super::{
    compressed::AsItIs,
    conditional::{Conditions, ETag, Known},
    json::json,
};
use crate::{foundation::paging::Page, storage::Written};

/// 200 with a row.
#[must_use]
pub fn row(tag: &ETag, row: &impl Serialize) -> HttpResponse {
    let mut answer = json(HttpResponse::Ok().insert_header(tag.to_header()), row);
    answer.extensions_mut().insert(AsItIs);
    answer
}

/// 201 or 200 with a row; a new one also says where it is.
#[must_use]
pub fn written(written: &Written<impl Serialize>, location: &str, tag: &ETag) -> HttpResponse {
    match written {
        Written::New(row) => {
            let mut response = HttpResponse::Created();
            json(response.insert_header((header::LOCATION, location)).insert_header(tag.to_header()), row)
        }
        Written::Replaced(row) | Written::Unchanged(row) => self::row(tag, row),
    }
}

/// 201 or 200 with what is shown this once: it comes with a secret, so no address shows it again.
#[must_use]
pub fn made(made: &Written<impl Serialize>) -> HttpResponse {
    match made {
        Written::New(shown) => HttpResponse::Created().json(shown),
        Written::Replaced(shown) | Written::Unchanged(shown) => HttpResponse::Ok().json(shown),
    }
}

/// 200 with a row that had to be read to learn its tag, or 304.
#[must_use]
pub fn row_unless_known(conditions: &Conditions, tag: &ETag, row: &impl Serialize) -> HttpResponse {
    if conditions.has(tag) { not_modified(tag) } else { self::row(tag, row) }
}

/// 200 with what was worked out, or 304.
#[must_use]
pub fn known(known: &Known<impl Serialize>) -> HttpResponse {
    match known {
        Known::Unchanged(tag) => not_modified(tag),
        Known::New(tag, answer) => json(HttpResponse::Ok().insert_header(tag.to_header()), answer),
    }
}

/// 200 with a table as CSV.
#[must_use]
pub fn csv(tag: &ETag, csv: String) -> HttpResponse {
    HttpResponse::Ok().insert_header(tag.to_header()).content_type("text/csv; charset=utf-8; header=present").body(csv)
}

/// 200 with a page and a `Link` to the next one, or 304.
#[must_use]
pub fn known_page(request: &HttpRequest, known: &Known<Page<impl Serialize>>) -> HttpResponse {
    match known {
        Known::Unchanged(tag) => not_modified(tag),
        Known::New(tag, page) => {
            let mut response = self::page(request, page);
            if let Ok(tag) = tag.to_header().try_into_value() {
                response.headers_mut().insert(header::ETAG, tag);
            }
            response
        }
    }
}

/// 200 with a page that has no revision of its own.
#[must_use]
pub fn page(request: &HttpRequest, page: &Page<impl Serialize>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    // It repeats what was asked. What can't stand in a header is left out: the cursor is in the body as well.
    let link = next(request, page).map(|next| format!("<{next}>; rel=\"next\""));
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.insert_header((header::LINK, link));
    }
    json(&mut response, page)
}

/// The path and the query of the page after this one, if there is one.
#[must_use]
pub fn next<T>(request: &HttpRequest, page: &Page<T>) -> Option<String> {
    let cursor = page.next_cursor.as_ref()?.as_str();
    let others = request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query = others.chain([&*format!("cursor={cursor}")]).collect::<Vec<_>>().join("&");
    Some(format!("{}?{query}", request.path()))
}

/// 304: the caller has it already.
#[must_use]
pub fn not_modified(tag: &ETag) -> HttpResponse {
    HttpResponse::NotModified().insert_header(tag.to_header()).finish()
}

/// 204.
#[must_use]
pub fn nothing() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
