//! `/v1/diaries/{d}/access-log`.

use actix_web::{HttpRequest, HttpResponse};

use super::store;
use crate::{
    access::Visit,
    foundation::paging::PageRequest,
    web::{answer, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/access-log").get(list_access_log).end();
}

async fn list_access_log(request: HttpRequest, visit: Visit, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(PageRequest::from_query);
    let page = visit.own_read(asked, |db, diary, asked| Ok(store::page(db, diary, &asked)?)).await?;
    Ok(answer::page(&request, &page))
}
