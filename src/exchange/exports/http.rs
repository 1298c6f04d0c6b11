//! `/v1/diaries/{diary_id}/export`, `/export.zip` and `/export.fhir.json`.

use actix_web::HttpResponse;

use super::download::{self, ExportFormat, Writers};
use crate::{
    access::{Visit, visits::operation::Operation},
    web::{compressed::Coding, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/export").get(export_diary).end();
    routes.at("/v1/diaries/{diary_id}/export.zip").get(export_diary_csv).end();
    routes.at("/v1/diaries/{diary_id}/export.fhir.json").get(export_diary_fhir).end();
}

async fn export_diary(
    visit: Visit,
    writers: Writers,
    Query(mut query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or(ExportFormat::Json);
    download::answer(visit, writers, coding, (Operation::ExportDiary, query.finish().map(|()| format))).await
}

/// The zip at an address of its own: a generated client takes one kind of answer from an operation.
async fn export_diary_csv(
    visit: Visit,
    writers: Writers,
    Query(query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let asked = query.finish().map(|()| ExportFormat::Csv);
    download::answer(visit, writers, coding, (Operation::ExportDiaryCsv, asked)).await
}

/// The Bundle, for the same reason.
async fn export_diary_fhir(
    visit: Visit,
    writers: Writers,
    Query(query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let asked = query.finish().map(|()| ExportFormat::Fhir);
    download::answer(visit, writers, coding, (Operation::ExportDiaryFhir, asked)).await
}
