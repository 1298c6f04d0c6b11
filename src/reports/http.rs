//! `/v1/diaries/{diary_id}/report` and `/report.pdf`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, Accept, Header, HeaderValue, Quality, TryIntoHeaderValue},
    },
    web::Data,
};

use super::{
    findings::{Findings, ReportAsked},
    printed::printed,
    printer::ReportFormat,
};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::fields::Fields,
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
    routes.at("/v1/diaries/{diary_id}/report").get(get_report).end();
    routes.at("/v1/diaries/{diary_id}/report.pdf").get(get_report_pdf).end();
}

/// What the caller wants most, when the query does not say; a page, when it does not matter. Only media ranges that name
/// a type count (RFC 9110 §12.5.1).
fn accepted(request: &HttpRequest) -> ReportFormat {
    let ranges = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    let preference = |wanted: &str| {
        let naming = ranges.iter().filter(|range| range.item.essence_str().eq_ignore_ascii_case(wanted));
        naming.map(|range| range.quality).max().unwrap_or(Quality::ZERO)
    };
    if preference("application/pdf") > preference("text/html") { ReportFormat::Pdf } else { ReportFormat::Html }
}

async fn get_report(
    printer: Data<Printer>,
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or_else(|| accepted(&request));
    let mut response = report(&printer, visit, (Operation::GetReport, format), conditions, query).await?;
    if response.status() == StatusCode::OK {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    }
    Ok(response)
}

/// The PDF at an address of its own: a generated client takes one kind of answer from an operation.
async fn get_report_pdf(
    printer: Data<Printer>,
    visit: Visit,
    conditions: Conditions,
    Query(query): Query,
) -> Result<HttpResponse, Problem> {
    report(&printer, visit, (Operation::GetReportPdf, ReportFormat::Pdf), conditions, query).await
}

async fn report(
    printer: &Data<Printer>,
    visit: Visit,
    (operation, format): (Operation, ReportFormat),
    conditions: Conditions,
    query: Fields,
) -> Result<HttpResponse, Problem> {
    let asker = visit.asker();
    let known = visit
        .read_replica(operation, query.asked(ReportAsked::from_query), move |db, diary, asked| {
            conditions.unless_known(tag(asked.about.tag(diary), format), || Findings::read(db, diary, asked))
        })
        .await?;
    let (tag, findings) = match known {
        Known::Unchanged(tag) => return Ok(answer::not_modified(&tag)),
        Known::New(tag, findings) => (tag, findings),
    };
    let mut response = printed(printer, asker, findings, format).await?;
    if let Ok(tag) = tag.to_header().try_into_value() {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The same path answers with two kinds of bytes, and a strong tag stands for bytes.
fn tag(tag: ETag, format: ReportFormat) -> ETag {
    match format {
        ReportFormat::Html => tag,
        ReportFormat::Pdf => tag.variant("pdf"),
    }
}
