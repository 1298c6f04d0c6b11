//! `/v1/diaries/{d}/reviews`.

use actix_web::{HttpRequest, HttpResponse};

use super::{model::reviewed_up_to, store};
use crate::{
    access::Visit,
    foundation::paging::PageRequest,
    web::{answer, body::Body, problem::Problem, query::Query, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/reviews").get(list_reviews).post(create_review).end();
}

async fn create_review(visit: Visit, body: Body) -> Result<HttpResponse, Problem> {
    let (is_new, review) = visit
        .write_about(move |db, diary| {
            let revision = reviewed_up_to(body.0, diary.diary().revision)?;
            store::mark(db, diary, revision)
        })
        .await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(review))
}

async fn list_reviews(request: HttpRequest, visit: Visit, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let asked = PageRequest::from_query(&mut query);
    let whole = query.finish();
    let page = visit
        .read(move |db, diary| {
            whole?;
            Ok(store::page(db, diary, &asked)?)
        })
        .await?;
    Ok(answer::page(&request, &page))
}
