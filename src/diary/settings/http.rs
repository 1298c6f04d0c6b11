//! `/v1/diaries` and a diary's settings.

use actix_web::{HttpRequest, HttpResponse};

use super::{store, view::DiaryView};
use crate::{
    access::{Caller, Visit},
    foundation::paging::PageRequest,
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        problem::Problem,
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries").get(list_diaries).end();
    routes.at("/v1/diaries/{d}").get(get_diary).patch(update_diary).end();
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
