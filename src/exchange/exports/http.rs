//! `/v1/diaries/{diary_id}/export` and `/export.zip`.

use actix_web::{HttpResponse, web::Data};

use super::download::{self, ExportFormat};
use crate::{
    access::{Visit, visits::operation::Operation},
    exchange::exports::spool::Spool,
    web::{compressed::Coding, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/export").get(export_diary).end();
    routes.at("/v1/diaries/{diary_id}/export.zip").get(export_diary_csv).end();
}

async fn export_diary(
    visit: Visit,
    spool: Data<Spool>,
    Query(mut query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or(ExportFormat::Json);
    download::answer(visit, spool, coding, (Operation::ExportDiary, query.finish().map(|()| format))).await
}

/// The zip at an address of its own: a generated client takes one kind of answer from an operation.
async fn export_diary_csv(
    visit: Visit,
    spool: Data<Spool>,
    Query(query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let asked = query.finish().map(|()| ExportFormat::Csv);
    download::answer(visit, spool, coding, (Operation::ExportDiaryCsv, asked)).await
}
