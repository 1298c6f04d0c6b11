//! `/v1/diaries` and a diary's settings.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Serialize;

use super::{model::Diary, store};
use crate::{
    access::{Caller, Right, Role, Visit},
    clock::Instant,
    ids::Id,
    local_clock::LocalTime,
    page::PageRequest,
    precondition::Revision,
    problem::Problem,
    values::Name,
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries").get(list_diaries).end();
    routes.at("/v1/diaries/{d}").get(get_diary).patch(update_diary).end();
}

#[derive(Serialize)]
struct DiaryView {
    id: Id,
    display_name: Option<Name>,
    time_zone: &'static str,
    night_start: LocalTime,
    night_end: LocalTime,
    evening_start: LocalTime,
    role: Role,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
    access_until: Option<Instant>,
    revision: Revision,
    created_at: Instant,
    updated_at: Instant,
}

impl DiaryView {
    fn new(diary: &Diary, right: &Right) -> Self {
        Self {
            id: diary.id.clone(),
            display_name: diary.display_name.clone(),
            time_zone: diary.time_zone.name(),
            night_start: diary.day_parts.night_start(),
            night_end: diary.day_parts.night_end(),
            evening_start: diary.day_parts.evening_start(),
            role: right.role,
            visible_from: right.view.visible_from,
            include_notes: right.view.include_notes,
            access_until: right.access_until,
            revision: diary.revision,
            created_at: diary.created_at,
            updated_at: diary.updated_at,
        }
    }
}

async fn list_diaries(request: HttpRequest, caller: Caller, Query(mut query): Query) -> Result<HttpResponse, Problem> {
    let asked = PageRequest::from_query(&mut query);
    query.finish()?;
    let page = caller.diaries(asked, |_, diary| Ok(DiaryView::new(diary.diary(), diary.right()))).await?;
    Ok(answer::page(&request, &page))
}

async fn get_diary(visit: Visit, conditions: Conditions) -> Result<HttpResponse, Problem> {
    let (tag, view) = visit
        .read(|_, diary| {
            let tag = ETag::of(diary.diary().revision);
            // The answer also says by which right it is seen.
            let tag = match &diary.right().consent_id {
                Some(id) => tag.variant(id.as_str()),
                None => tag,
            };
            Ok((tag, DiaryView::new(diary.diary(), diary.right())))
        })
        .await?;
    Ok(answer::row_unless_known(&conditions, &tag, &view))
}

async fn update_diary(visit: Visit, conditions: Conditions, body: Body) -> Result<HttpResponse, Problem> {
    let view = visit
        .write(move |db, diary| {
            let changed = store::patch(db, diary, body.0, &conditions.precondition())?;
            Ok(DiaryView::new(&changed, diary.right()))
        })
        .await?;
    Ok(answer::row(&ETag::of(view.revision), &view))
}
