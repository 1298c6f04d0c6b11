//! `/v1/diaries/{d}/export`.

use actix_web::{HttpResponse, web::Data};

use super::download::{self, ExportFormat};
use crate::{
    access::Visit,
    exchange::exports::places::Places,
    web::{problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/export").get(export_diary).end();
}

async fn export_diary(visit: Visit, places: Data<Places>, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let format = query.optional("format").unwrap_or(ExportFormat::Json);
    download::answer(visit, (**places).clone(), query.finish().map(|()| format)).await
}
