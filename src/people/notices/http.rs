//! `/v1/me/notices`.

use actix_web::{HttpRequest, HttpResponse};

use crate::{
    access::{Caller, notices::store, visits::needs::AccountOperation},
    foundation::paging::PageRequest,
    web::{answer, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/me/notices").get(list_notices).end();
}

async fn list_notices(request: HttpRequest, caller: Caller, Query(query): Query) -> Result<HttpResponse, Problem> {
    let page = caller
        .doing(AccountOperation::ListNotices)
        .read(query.asked(PageRequest::unfiltered), |db, me, asked| Ok(store::page(db, me, &asked)?))
        .await?;
    Ok(answer::page(&request, &page))
}
