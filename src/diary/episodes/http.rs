//! `/v1/diaries/{diary_id}/episodes`.

use actix_web::{HttpRequest, HttpResponse};

use super::{
    history,
    model::{Draft, Episode},
    store::{self, Filter},
    view::EpisodeView,
};
use crate::{
    access::{
        Visit,
        visits::{listing::Listing, operation::Operation},
    },
    diary::logged::{self, Logged},
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        local_clock::Period,
        paging::PageRequest,
    },
    vocabulary,
    web::{
        answer,
        body::{Body, Keyed},
        conditional::{Conditions, ETag},
        path::Path,
        problem::Problem,
        query::{self, Query},
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/episodes").get(list_episodes).keyed_post(create_episode).end();
    routes
        .at("/v1/diaries/{diary_id}/episodes/{id}")
        .get(get_episode)
        .put(put_episode)
        .patch(patch_episode)
        .delete(delete_episode)
        .end();
    routes.at("/v1/diaries/{diary_id}/episodes/{id}/history").get(list_episode_versions).end();
}

vocabulary! {
    /// The order of a list by onset.
    enum Order {
        Descending = "desc",
        Ascending = "asc",
    }
}

impl FromJson for Period {
    fn from_json(value: &serde_json::Value) -> Result<Self, Faults> {
        match fields::string(value)? {
            "night" => Ok(Self::Night),
            "evening" => Ok(Self::Evening),
            "day" => Ok(Self::Day),
            _ => Err(Faults::here(FaultCode::NotOneOf, "must be one of night evening day")),
        }
    }
}

fn filter(query: &mut Fields) -> Filter {
    let (from, to) = query::range(query);
    Filter {
        from,
        to,
        period: query.optional("period"),
        min_intensity: query.optional("min_intensity"),
        interrupted_sleep: query.optional("interrupted_sleep"),
        part: query.optional("part"),
        oldest_first: query.optional("order") == Some(Order::Ascending),
    }
}

async fn list_episodes(list: Listing) -> Result<HttpResponse, Problem> {
    let ask = |query: &mut Fields| {
        let filter = filter(query);
        let page = PageRequest::filtered(query, &filter);
        (filter, page)
    };
    list.of_the_revision(Operation::ListEpisodes, ask, |db, diary, (filter, page)| {
        let parts = diary.diary().day_parts;
        Ok(store::page(db, diary, &filter, &page)?.map(|episode| EpisodeView::new(episode, parts)))
    })
    .await
}

async fn create_episode(request: HttpRequest, visit: Visit, body: Keyed<Body>) -> Result<HttpResponse, Problem> {
    let draft = Draft::from_json(body.by(visit.user_id()), visit.now());
    let written = visit
        .write(Operation::CreateEpisode, draft, |db, diary, draft| {
            let parts = diary.diary().day_parts;
            Ok(logged::create::<Episode>(db, diary, draft)?.map(|episode| EpisodeView::new(episode, parts)))
        })
        .await?;
    let location = format!("{}/{}", request.path(), written.row().id);
    Ok(answer::written(&written, &location, &ETag::of(written.row().revision)))
}

async fn get_episode(visit: Visit, Path(id): Path<Id>, conditions: Conditions) -> Result<HttpResponse, Problem> {
    let (tag, view) = visit
        .read(Operation::GetEpisode, Ok(id), |db, diary, id| {
            let view = EpisodeView::new(logged::find::<Episode>(db, diary, &id)?, diary.diary().day_parts);
            Ok((diary.view().tag(ETag::of(view.revision)), view))
        })
        .await?;
    Ok(answer::row_unless_known(&conditions, &tag, &view))
}

async fn list_episode_versions(
    request: HttpRequest,
    visit: Visit,
    Path(id): Path<Id>,
    Query(query): Query,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked(PageRequest::unfiltered);
    let page = visit
        .read(Operation::ListEpisodeVersions, Ok(asked), move |db, diary, asked| history::page(db, diary, &id, asked))
        .await?;
    Ok(answer::page(&request, &page))
}

async fn put_episode(
    request: HttpRequest,
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let draft = Episode::drafted(&id, body.0, visit.now());
    let written = visit
        .write(Operation::PutEpisode, draft, move |db, diary, draft| {
            let parts = diary.diary().day_parts;
            let written = logged::put::<Episode>(db, diary, id, Ok(draft), &conditions.precondition())?;
            Ok(written.map(|episode| EpisodeView::new(episode, parts)))
        })
        .await?;
    Ok(answer::written(&written, request.path(), &ETag::of(written.row().revision)))
}

async fn patch_episode(
    visit: Visit,
    Path(id): Path<Id>,
    conditions: Conditions,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let view = visit
        .write(Operation::PatchEpisode, Ok(body.0), move |db, diary, patch| {
            let parts = diary.diary().day_parts;
            Ok(EpisodeView::new(logged::patch::<Episode>(db, diary, &id, patch, &conditions.precondition())?, parts))
        })
        .await?;
    Ok(answer::row(&ETag::of(view.revision), &view))
}

async fn delete_episode(visit: Visit, Path(id): Path<Id>, conditions: Conditions) -> Result<HttpResponse, Problem> {
    visit
        .write(Operation::DeleteEpisode, Ok(id), move |db, diary, id| {
            logged::delete::<Episode>(db, diary, &id, &conditions.precondition())
        })
        .await?;
    Ok(answer::nothing())
}
