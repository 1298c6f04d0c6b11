//! `/v1/diaries/{diary_id}/export`.

use actix_web::{HttpResponse, web::Data};

use super::download::{self, ExportFormat};
use crate::{
    access::Visit,
    exchange::exports::spool::Spool,
    web::{compressed::Coding, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/export").get(export_diary).end();
}

async fn export_diary(
    visit: Visit,
    spool: Data<Spool>,
    Query(mut query): Query,
    coding: Coding,
) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or(ExportFormat::Json);
    download::answer(visit, spool, coding, query.finish().map(|()| format)).await
}
