//! `/v1/diaries/{diary_id}/events`.

use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::ready;

use super::{
    hub::Streams,
    stream::{self, Reader, Told},
};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::precondition::Revision,
    web::{problem::Problem, routes::Routes},
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/events").get(stream_revisions).end();
}

async fn stream_revisions(request: HttpRequest, visit: Visit, streams: Streams) -> Result<HttpResponse, Problem> {
    let known = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).map(Revision);
    let (budgets, party) = (visit.budgets(), visit.asker().party);
    let (standing, revision) = visit.stand(Operation::StreamRevisions).await?;
    let place = budgets.streams.take(party)?;
    let first = if known == Some(revision) { String::new() } else { event(revision) };
    let listener = streams.listen(standing, revision);
    Ok(stream::answer(listener, Reader::of(&request, place), &first, |revision| {
        ready(Some(Told { text: event(revision), is_all: true }))
    }))
}

fn event(Revision(revision): Revision) -> String {
    format!("event: revision\nid: {revision}\ndata: {{\"revision\":{revision}}}\n\n")
}
