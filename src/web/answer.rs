//! Answers: rows with their ETag, pages with their link, and nothing at all.

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Serialize;

use super::conditional::ETag;
use crate::page::Page;

/// What a write did to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The row is new: 201.
    Created,
    /// The row was there: 200.
    Replaced,
}

impl Written {
    /// Created, when it is true.
    #[must_use]
    pub const fn when(created: bool) -> Self {
        if created { Self::Created } else { Self::Replaced }
    }
}

/// 200 with a row.
#[must_use]
pub fn row(tag: &ETag, row: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, tag.as_str())).json(row)
}

/// 201 or 200 with a row; a new one also says where it is.
#[must_use]
pub fn written(written: Written, location: &str, tag: &ETag, row: &impl Serialize) -> HttpResponse {
    match written {
        Written::Created => HttpResponse::Created()
            .insert_header((header::LOCATION, location))
            .insert_header((header::ETAG, tag.as_str()))
            .json(row),
        Written::Replaced => self::row(tag, row),
    }
}

/// 200 with a page; `Link` leads to the next one.
#[must_use]
pub fn page(request: &HttpRequest, tag: Option<&ETag>, page: &Page<impl Serialize>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(tag) = tag {
        response.insert_header((header::ETAG, tag.as_str()));
    }
    if let Some(cursor) = &page.next_cursor {
        let others = request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query = others.chain([&*format!("cursor={}", cursor.as_str())]).collect::<Vec<_>>().join("&");
        response.insert_header((header::LINK, format!("<{}?{query}>; rel=\"next\"", request.path())));
    }
    response.json(page)
}

/// 304: the caller has it already.
#[must_use]
pub fn not_modified(tag: &ETag) -> HttpResponse {
    HttpResponse::NotModified().insert_header((header::ETAG, tag.as_str())).finish()
}

/// 204.
#[must_use]
pub fn nothing() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
