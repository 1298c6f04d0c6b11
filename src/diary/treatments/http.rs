//! `/v1/diaries/{diary_id}/treatments`.

use actix_web::{HttpRequest, HttpResponse};

use super::{
    model::{Draft, Treatment},
    store,
};
use crate::{
    access::{
        Visit,
        visits::{listing::Listing, operation::Operation},
    },
    diary::logged::{self, Logged},
    foundation::{ids::Id, paging::PageRequest},
    web::{
        answer,
        body::{Body, Keyed},
        conditional::{Conditions, ETag},
        path::Path,
        problem::Problem,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/treatments").get(list_treatments).keyed_post(create_treatment).end();
    routes
        .at("/v1/diaries/{diary_id}/treatments/{id}")
        .get(get_treatment)
        .put(put_treatment)
        .patch(patch_treatment)
        .delete(delete_treatment)
        .end();
}

async fn list_treatments(list: Listing) -> Result<HttpResponse, Problem> {
    list.of_the_revision(Operation::ListTreatments, PageRequest::unfiltered, |db, diary, asked| {
        Ok(store::page(db, diary, &asked)?)
    })
    .await
}

async fn create_treatment(request: HttpRequest, visit: Visit, body: Keyed<Body>) -> Result<HttpResponse, Problem> {
    let draft = Draft::from_json(body.by(visit.user_id()));
    let written = visit.write(Operation::CreateTreatment, draft, logged::create::<Treatment>).await?;
    let location = format!("{}/{}", request.path(), written.row().id);
    Ok(answer::written(&written, &location, &ETag::of(written.row().revision)))
}

async fn get_treatment(visit: Visit, Path(id): Path<Id>, conditions: Conditions) -> Result<HttpResponse, Problem> {
    let (view, treatment) = visit
        .read(Operation::GetTreatment, Ok(id), |db, diary, id| {
            Ok((diary.view(), logged::find::<Treatment>(db, diary, &id)?))
        })
        .await?;
    Ok(answer::row_unless_known(&conditions, &view.tag(ETag::of(treatment.revision)), &treatment))
}

async fn put_treatment(
    request: HttpRequest,
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let draft = Treatment::drafted(&id, body.0, visit.now());
    let written = visit
        .write(Operation::PutTreatment, draft, move |db, diary, draft| {
            logged::put::<Treatment>(db, diary, id, Ok(draft), &conditions.precondition())
        })
        .await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn patch_treatment(
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let treatment = visit
        .write(Operation::PatchTreatment, Ok(body.0), move |db, diary, patch| {
            logged::patch::<Treatment>(db, diary, &id, patch, &conditions.precondition())
        })
        .await?;
    Ok(answer::row(&ETag::of(treatment.revision), &treatment))
}

async fn delete_treatment(visit: Visit, Path(id): Path<Id>, conditions: Conditions) -> Result<HttpResponse, Problem> {
    visit
        .write(Operation::DeleteTreatment, Ok(id), move |db, diary, id| {
            logged::delete::<Treatment>(db, diary, &id, &conditions.precondition())
        })
        .await?;
    Ok(answer::nothing())
}
