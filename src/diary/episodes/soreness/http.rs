//! `/v1/diaries/{d}/episodes/{id}/soreness`.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::{log, model::Report, store};
use crate::{
    access::Visit,
    diary::episodes,
    foundation::{ids::Id, paging::PageRequest},
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        path::Path,
        problem::Problem,
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/episodes/{id}/soreness").get(list_soreness).end();
    routes.at("/v1/diaries/{d}/episodes/{id}/soreness/{date}").put(put_soreness).delete(delete_soreness).end();
}

async fn list_soreness(
    request: HttpRequest,
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let asked = PageRequest::from_query(&mut query);
    let whole = query.finish();
    let known = visit
        .read(move |db, diary| {
            episodes::store::find(db, diary, &id)?;
            whole?;
            Ok(conditions.unless_known(ETag::of(diary.diary().revision).seen(diary.view()), || {
                store::page(db, diary, &id, &asked)
            })?)
        })
        .await?;
    Ok(answer::known_page(&request, &known))
}

async fn put_soreness(
    request: HttpRequest,
    visit: Visit,
    Path((id, date)): Path<(Id, NaiveDate)>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let report = Report::from_json(body.0);
    let written =
        visit.write(move |db, diary| log::put(db, diary, &id, date, report?, &conditions.precondition())).await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn delete_soreness(
    visit: Visit,
    Path((id, date)): Path<(Id, NaiveDate)>,
    conditions: Conditions,
) -> Result<HttpResponse, Problem> {
    visit.write(move |db, diary| log::delete(db, diary, &id, date, &conditions.precondition())).await?;
    Ok(answer::nothing())
}
