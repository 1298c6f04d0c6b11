//! `/v1/diaries/{d}/check-ins`.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::{model::Report, store};
use crate::{
    access::Visit,
    foundation::paging::PageRequest,
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        path::Path,
        problem::Problem,
        query::{self, Query},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{d}/check-ins").get(list_check_ins).end();
    routes.at("/v1/diaries/{d}/check-ins/{date}").put(put_check_in).delete(delete_check_in).end();
}

async fn list_check_ins(
    request: HttpRequest,
    visit: Visit,
    conditions: Conditions,
    Query(mut query): Query,
) -> Result<HttpResponse, Problem> {
    let range = query::range(&mut query);
    let asked = PageRequest::from_query(&mut query);
    let whole = query.finish();
    let known = visit
        .read(move |db, diary| {
            whole?;
            Ok(conditions.unless_known(ETag::of(diary.diary().revision).seen(diary.view()), || {
                store::page(db, diary, range, &asked)
            })?)
        })
        .await?;
    Ok(answer::known_page(&request, &known))
}

async fn put_check_in(
    request: HttpRequest,
    visit: Visit,
    Path(date): Path<NaiveDate>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let report = Report::from_json(body.0);
    let written =
        visit.write(move |db, diary| store::put(db, diary, date, report?, &conditions.precondition())).await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn delete_check_in(
    visit: Visit,
    Path(date): Path<NaiveDate>,
    conditions: Conditions,
) -> Result<HttpResponse, Problem> {
    visit.write(move |db, diary| store::delete(db, diary, date, &conditions.precondition())).await?;
    Ok(answer::nothing())
}
