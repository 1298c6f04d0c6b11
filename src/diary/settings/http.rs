//! `/v1/diaries/{diary_id}`: a diary's settings.

use actix_web::HttpResponse;

use super::{store, view::DiaryView};
use crate::{
    access::{Right, Visit, visits::operation::Operation},
    foundation::precondition::Revision,
    web::{
        answer,
        body::Body,
        conditional::{Conditions, ETag},
        problem::Problem,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}").get(get_diary).patch(update_diary).end();
}

async fn get_diary(visit: Visit, conditions: Conditions) -> Result<HttpResponse, Problem> {
    let (tag, view) = visit
        .read(Operation::GetDiary, Ok(()), |_, diary, ()| {
            Ok((tag(diary.diary().revision, diary.right()), DiaryView::new(diary.diary(), diary.right())))
        })
        .await?;
    Ok(answer::row_unless_known(&conditions, &tag, &view))
}

async fn update_diary(visit: Visit, conditions: Conditions, body: Body) -> Result<HttpResponse, Problem> {
    let (budgets, asker) = (visit.budgets(), visit.asker());
    let (tag, view) = visit
        .write(Operation::UpdateDiary, Ok(body.0), move |db, diary, patch| {
            let right = diary.right();
            let may_divide = || Ok(budgets.divisions.take(asker, 1)?);
            let precondition = conditions.precondition_by(|at| tag(at, right));
            let changed = store::patch(db, diary, patch, &precondition, may_divide)?;
            Ok((tag(changed.revision, right), DiaryView::new(&changed, right)))
        })
        .await?;
    Ok(answer::row(&tag, &view))
}

/// The answer also says by which right it is seen, so its tag does.
fn tag(at: Revision, right: &Right) -> ETag {
    match &right.consent_id {
        Some(id) => ETag::of(at).variant(id.as_str()),
        None => ETag::of(at),
    }
}
