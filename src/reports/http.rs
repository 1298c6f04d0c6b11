//! `/v1/diaries/{d}/report`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::{
    findings::Findings,
    page,
    printer::{Format, PrintError},
};
use crate::{
    access::Visit,
    analytics::period::Asked,
    lane::LaneError,
    problem::{Code, Problem},
    service::Service,
    web::{
        answer,
        conditional::{Conditions, ETag, Known},
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
    service: Data<Service>,
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or_else(|| accepted(&request));
    let asked = Asked::from_query(&mut query);
    let whole = query.finish();
    let language = asked.language;
    let known = visit
        .read_replica(move |db, diary| {
            whole?;
            conditions.unless_known(tag(asked.tag(diary), format), || Findings::read(db, diary, asked))
        })
        .await?;
    let (tag, findings) = match known {
        Known::Unchanged(tag) => return Ok(answer::not_modified(&tag)),
        Known::New(tag, findings) => (tag, findings),
    };
    let period = findings.period;
    let bytes = service.printer.print(findings, format).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, tag.as_str()));
    response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    response.insert_header((header::VARY, "Accept"));
    match format {
        Format::Html => {
            response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
            response.insert_header((header::CONTENT_SECURITY_POLICY, page::CONTENT_POLICY.as_str()));
        }
        Format::Pdf => {
            let name = format!("inline; filename=\"cramps-{}-{}.pdf\"", period.from, period.to);
            response.insert_header((header::CONTENT_TYPE, "application/pdf"));
            response.insert_header((header::CONTENT_DISPOSITION, name));
        }
    }
    Ok(response.body(bytes))
}

impl From<PrintError> for Problem {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::Busy(LaneError::Full | LaneError::TooLate) => {
                Self::new(Code::Overloaded).retry_after(Duration::from_secs(2))
            }
            other => Self::internal(other.to_string()),
        }
    }
}

/// The same path answers with two kinds of bytes, and a strong tag stands for bytes.
fn tag(tag: ETag, format: Format) -> ETag {
    match format {
        Format::Html => tag,
        Format::Pdf => tag.variant("pdf"),
    }
}
