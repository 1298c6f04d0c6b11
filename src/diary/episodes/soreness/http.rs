//! `/v1/diaries/{diary_id}/episodes/{id}/soreness`.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;

use super::{
    model::{SorenessEntry, SorenessReport},
    store,
};
use crate::{
    access::{Visit, visits::operation::Operation},
    diary::{episodes::model::Episode, logged},
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
    routes.at("/v1/diaries/{diary_id}/episodes/{id}/soreness").get(list_soreness).end();
    routes.at("/v1/diaries/{diary_id}/episodes/{id}/soreness/{date}").put(put_soreness).delete(delete_soreness).end();
}

async fn list_soreness(
    request: HttpRequest,
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    Query(query): Query,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked(PageRequest::unfiltered);
    let known = visit
        // What there is comes before what is wrong with the question.
        .read(Operation::ListSoreness, Ok(asked), move |db, diary, asked| {
            logged::find::<Episode>(db, diary, &id)?;
            let asked = asked?;
            Ok(conditions.unless_known(diary.tag(), || store::page(db, diary, &id, &asked))?)
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
    let report = SorenessReport::from_json(body.0);
    let written = visit
        .write(Operation::PutSoreness, Ok(report), move |db, diary, report| {
            logged::put::<SorenessEntry>(db, diary, (id, date), report, &conditions.precondition())
        })
        .await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn delete_soreness(
    visit: Visit,
    Path((id, date)): Path<(Id, NaiveDate)>,
    conditions: Conditions,
) -> Result<HttpResponse, Problem> {
    visit
        .write(Operation::DeleteSoreness, Ok((id, date)), move |db, diary, key| {
            logged::delete::<SorenessEntry>(db, diary, &key, &conditions.precondition())
        })
        .await?;
    Ok(answer::nothing())
}
