//! `/v1/diaries/{d}/report`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Data,
};

use super::{findings::Findings, printed::printed, printer::Format};
use crate::{
    access::{Visit, visits::operation::Operation},
    analytics::period::Asked,
    reports::printer::Printer,
    web::{
        answer,
        conditional::{Conditions, ETag, Known},
        problem::Problem,
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/report").get(get_report).end();
}

/// What the caller wants most, when the query does not say; a page, when it does not matter.
fn accepted(request: &HttpRequest) -> Format {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let preference = |wanted: &str| {
        accept.split(',').filter_map(|range| weight(range, wanted)).max_by(f32::total_cmp).unwrap_or_default()
    };
    if preference("application/pdf") > preference("text/html") { Format::Pdf } else { Format::Html }
}

/// How much a media range of `Accept` wants a type, by RFC 9110 §12.5.1: only ranges that name it count.
fn weight(range: &str, wanted: &str) -> Option<f32> {
    let mut parts = range.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some(weight.and_then(|weight| weight.parse().ok()).unwrap_or(1.0))
}

async fn get_report(
    printer: Data<Printer>,
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or_else(|| accepted(&request));
    let known = visit
        .read_replica(Operation::GetReport, query.asked(Asked::from_query), move |db, diary, asked| {
            conditions.unless_known(tag(asked.tag(diary), format), || Findings::read(db, diary, asked))
        })
        .await?;
    let (tag, findings) = match known {
        Known::Unchanged(tag) => return Ok(answer::not_modified(&tag)),
        Known::New(tag, findings) => (tag, findings),
    };
    let mut response = printed(&printer, findings, format).await?;
    if let Ok(tag) = HeaderValue::from_str(tag.as_str()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    Ok(response)
}

/// The same path answers with two kinds of bytes, and a strong tag stands for bytes.
fn tag(tag: ETag, format: Format) -> ETag {
    match format {
        Format::Html => tag,
        Format::Pdf => tag.variant("pdf"),
    }
}
