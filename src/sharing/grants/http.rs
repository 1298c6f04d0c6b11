//! `/v1/diaries/{diary_id}/grants`.

use actix_web::HttpResponse;

use super::store;
use crate::{
    access::{
        Visit,
        visits::{listing::Listing, operation::Operation},
    },
    foundation::{ids::Id, paging::PageRequest},
    web::{answer, path::Path, problem::Problem, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/grants").get(list_grants).end();
    routes.at("/v1/diaries/{diary_id}/grants/{id}").delete(revoke_grant).end();
}

async fn list_grants(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_now(Operation::ListGrants, PageRequest::unfiltered, |db, diary, asked| Ok(store::page(db, diary, &asked)?))
        .await
}

async fn revoke_grant(visit: Visit, Path(id): Path<Id>) -> Result<HttpResponse, Problem> {
    visit.end(Operation::RevokeGrant, Ok(id), |db, diary, id| store::revoke(db, diary, &id)).await?;
    Ok(answer::nothing())
}
