//! `/v1/diaries/{d}/grants`.

use actix_web::{HttpRequest, HttpResponse};

use super::store;
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::{ids::Id, paging::PageRequest},
    web::{answer, path::Path, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/grants").get(list_grants).end();
    routes.at("/v1/diaries/{d}/grants/{id}").delete(revoke_grant).end();
}

async fn list_grants(request: HttpRequest, visit: Visit, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(PageRequest::from_query);
    let page = visit.read(Operation::ListGrants, asked, |db, diary, asked| Ok(store::page(db, diary, &asked)?)).await?;
    Ok(answer::page(&request, &page))
}

async fn revoke_grant(visit: Visit, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    visit.write_about(Operation::RevokeGrant, Ok(id), |db, diary, id| store::revoke(db, diary, &id)).await?;
    Ok(answer::nothing())
}
