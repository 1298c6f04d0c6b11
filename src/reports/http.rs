//! `/v1/diaries/{d}/report`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
};

use super::{compose, findings::Findings, page, pdf};
use crate::{
    access::Visit,
    analytics::period::Asked,
    language::Language,
    problem::Problem,
    vocabulary,
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

vocabulary! {
    /// What the report is written as.
    enum Format {
        Html = "html",
        Pdf = "pdf",
    }
}

impl Format {
    /// What the caller wants most, when the query does not say; a page, when it does not matter.
    fn accepted(request: &HttpRequest) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let preference = |wanted: &str| {
            accept.split(',').filter_map(|range| weight(range, wanted)).max_by(f32::total_cmp).unwrap_or_default()
        };
        if preference("application/pdf") > preference("text/html") { Self::Pdf } else { Self::Html }
    }
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
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or_else(|| Format::accepted(&request));
    let asked = Asked::from_query(&mut query);
    let whole = query.finish();
    let language = asked.language;
    let known = visit
        .read_replica(move |db, diary| {
            whole?;
            conditions.unless_known(tag(asked.tag(diary), format), || Findings::read(db, diary, asked))
        })
        .await?;
    match known {
        Known::Unchanged(tag) => Ok(answer::not_modified(&tag)),
        Known::New(tag, findings) => write(&findings, format, language, &tag).await,
    }
}

/// The same path answers with two kinds of bytes, and a strong tag stands for bytes.
fn tag(tag: ETag, format: Format) -> ETag {
    match format {
        Format::Html => tag,
        Format::Pdf => tag.variant("pdf"),
    }
}

async fn write(findings: &Findings, format: Format, language: Language, tag: &ETag) -> Result<HttpResponse, Problem> {
    let sheet = compose::sheet(findings);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, tag.as_str()));
    response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    response.insert_header((header::VARY, "Accept"));
    match format {
        Format::Html => Ok(response
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_SECURITY_POLICY, page::CONTENT_POLICY.as_str()))
            .body(page::write(&sheet))),
        Format::Pdf => {
            let name = format!("cramps-{}-{}.pdf", findings.period.from, findings.period.to);
            // Fonts and layout take tens of milliseconds: not on the event loop.
            let bytes = actix_web::web::block(move || pdf::write(&sheet))
                .await
                .map_err(|error| Problem::internal(error.to_string()))?
                .map_err(|error| Problem::internal(error.to_string()))?;
            Ok(response
                .insert_header((header::CONTENT_TYPE, "application/pdf"))
                .insert_header((HeaderName::from_static("content-disposition"), format!("inline; filename=\"{name}\"")))
                .body(bytes))
        }
    }
}
