//! `/v1/diaries/{diary_id}/check-ins`.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::{
    model::{CheckIn, CheckInReport},
    store,
};
use crate::{
    access::{
        Visit,
        visits::{listing::Listing, operation::Operation},
    },
    diary::logged,
    foundation::{fields::Fields, paging::PageRequest},
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        path::Path,
        problem::Problem,
        query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/check-ins").get(list_check_ins).end();
    routes.at("/v1/diaries/{diary_id}/check-ins/{date}").put(put_check_in).delete(delete_check_in).end();
}

async fn list_check_ins(list: Listing) -> Result<HttpResponse, Problem> {
    let ask = |query: &mut Fields| {
        let range = query::range(query);
        (range, PageRequest::filtered(query, &range))
    };
    list.of_the_revision(Operation::ListCheckIns, ask, |db, diary, (range, page)| {
        Ok(store::page(db, diary, range, &page)?)
    })
    .await
}

async fn put_check_in(
    request: HttpRequest,
    visit: Visit,
    Path(date): Path<NaiveDate>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let report = CheckInReport::from_json(body.0);
    let written = visit
        .write(Operation::PutCheckIn, Ok(report), move |db, diary, report| {
            logged::put::<CheckIn>(db, diary, date, report, &conditions.precondition())
        })
        .await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn delete_check_in(
    visit: Visit,
    Path(date): Path<NaiveDate>,
    conditions: Conditions,
) -> Result<HttpResponse, Problem> {
    visit
        .write(Operation::DeleteCheckIn, Ok(date), move |db, diary, date| {
            logged::delete::<CheckIn>(db, diary, &date, &conditions.precondition())
        })
        .await?;
    Ok(answer::nothing())
}
