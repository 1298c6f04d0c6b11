//! `/v1/diaries/{d}/access-log`.

use actix_web::HttpResponse;

use super::{listing::Listing, store};
use crate::{
    foundation::paging::PageRequest,
    web::{problem::Problem, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/access-log").get(list_access_log).end();
}

async fn list_access_log(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_owner(PageRequest::from_query, |db, diary, asked| Ok(store::page(db, diary, &asked)?)).await
}
