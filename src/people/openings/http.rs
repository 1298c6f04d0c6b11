//! `/v1/me/openings`.

use actix_web::{HttpRequest, HttpResponse};

use super::store;
use crate::{
    access::{Caller, visits::needs::AccountOperation},
    foundation::{clock::Instant, paging::PageRequest},
    web::{answer, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/me/openings").get(list_openings).end();
}

async fn list_openings(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| {
        let since = query.optional::<Instant>("since");
        (since, PageRequest::filtered(query, &since))
    });
    let page = caller
        .doing(AccountOperation::ListOpenings)
        .read(asked, |db, me, (since, asked)| {
            let since = since.map_or_else(|| store::password_since(db, me), Ok)?;
            store::page(db, me, since, &asked)
        })
        .await?;
    Ok(answer::page(&request, &page))
}
