//! `/v1/diaries`.

use actix_web::{HttpRequest, HttpResponse};

use super::{model::DiariesAsked, store};
use crate::{
    access::Caller,
    web::{answer, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries").get(list_diaries).end();
}

async fn list_diaries(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller.diaries(query.asked(DiariesAsked::read), |db, open, asked| store::page(db, open, &asked)).await?;
    Ok(answer::page(&request, &page))
}
