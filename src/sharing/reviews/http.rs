//! `/v1/diaries/{diary_id}/reviews`.

use actix_web::HttpResponse;

use super::{model::UpTo, steps, store};
use crate::{
    access::{
        Visit,
        visits::{listing::Listing, operation::Operation},
    },
    foundation::paging::PageRequest,
    storage::Written,
    web::{body::OptionalBody, problem::Problem, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/reviews").get(list_reviews).post(create_review).end();
}

async fn create_review(visit: Visit, body: OptionalBody) -> Result<HttpResponse, Problem> {
    let written = steps::mark(visit, UpTo::from_json(body.0)).await?;
    let mut response = if matches!(written, Written::New(_)) { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(written.row()))
}

async fn list_reviews(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_now(Operation::ListReviews, PageRequest::unfiltered, |db, diary, asked| Ok(store::page(db, diary, &asked)?))
        .await
}
