//! `/v1/diaries/{diary_id}/sync/rxdb/{table}`.

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use futures_util::future::{Ready, ready};

use super::{
    document::{self, Asked},
    orphans::Orphans,
    push,
};
use crate::{
    access::{
        Visit,
        visits::{
            bringing::{self, Bringing},
            operation::Operation,
        },
    },
    diary::{change_log::Position, table::Table},
    exchange::events::{
        hub::Streams,
        stream::{self, Reader, Told},
    },
    storage::refusal::Refusal,
    web::{
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
    },
};

/// So many documents go out in one event: more changes at once are as many events.
const IN_AN_EVENT: usize = 1_000;

/// The table that the path names.
struct InTable(Table);

impl FromRequest for InTable {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let table = request.match_info().get("table").and_then(Table::parse);
        ready(table.map(Self).ok_or_else(|| Problem::new(Code::NotFound)))
    }
}

/// When what waits for something else is worth sending again.
const SOON: Duration = Duration::from_secs(2);

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/sync/rxdb/{table}/pull").get(pull_rxdb).end();
    routes.at("/v1/diaries/{diary_id}/sync/rxdb/{table}/push").post(push_rxdb).end();
    routes.at("/v1/diaries/{diary_id}/sync/rxdb/{table}/pullStream").get(stream_rxdb).end();
}

async fn pull_rxdb(visit: Visit, InTable(table): InTable, Query(query): Query) -> Result<HttpResponse, Problem> {
    let documents = visit
        .read(Operation::PullRxdb, query.asked(Asked::of), move |db, diary, asked| {
            document::page(db, diary, table, &asked)
        })
        .await?;
    Ok(HttpResponse::Ok().json(documents))
}

async fn push_rxdb(
    bringing: Bringing,
    InTable(table): InTable,
    orphans: Data<Orphans>,
) -> Result<HttpResponse, Problem> {
    let Bringing { visit, body, place } = bringing;
    let (budgets, asker) = (visit.budgets(), visit.asker());
    let brought = push::read(&body.raw);
    drop(body);
    budgets.rows.take(asker, brought.as_ref().map_or(0, |brought| brought.len()))?;
    let turn = bringing::turn(&budgets.batches).await?;
    let divisions = budgets.clone();
    let mut done = visit
        .write(Operation::PushRxdb, brought, move |db, diary, brought| {
            push::apply(db, diary, table, &brought, || Ok(divisions.divisions.take(asker, 1)?))
        })
        .await?;
    drop((turn, place));
    let waiting = done.orphans.len();
    let gone = orphans.gone(asker.party, done.orphans, asker.now);
    if gone.len() < waiting {
        // All else is done; what waits is sent again with it.
        return Err(Problem::new(Code::Overloaded).retry_after(SOON));
    }
    done.conflicts.extend(gone.iter().map(|id| document::deleted(id)));
    Ok(HttpResponse::Ok().json(done.conflicts))
}

async fn stream_rxdb(
    request: HttpRequest,
    visit: Visit,
    InTable(table): InTable,
    streams: Streams,
) -> Result<HttpResponse, Problem> {
    let (standing, revision) = visit.clone().stand(Operation::StreamRxdb).await?;
    // A 429 would be the end of the stream for the client, who comes again after a 503.
    let place = visit.budgets().table_streams.take(visit.asker().party).map_err(|_| Refusal::Busy)?;
    // Whoever opens it asks for all that they lack by themselves.
    let told = Rc::new(RefCell::new(Position::end_of(revision)));
    Ok(stream::answer(streams.listen(standing, revision), Reader::of(&request, place), "", move |_| {
        let (visit, told) = (visit.clone(), told.clone());
        async move {
            let place = told.borrow().clone();
            let work = move |db: &mut _, diary: &_, place| document::news(db, diary, table, place, IN_AN_EVENT);
            let Some((documents, place)) = visit.read(Operation::StreamRxdb, Ok(place), work).await.ok()? else {
                return Some(Told { text: stream::COMMENT.to_owned(), is_all: true });
            };
            told.replace(place);
            let text = format!("data: {}\n\n", serde_json::to_string(&documents).ok()?);
            Some(Told { text, is_all: documents.documents.len() < IN_AN_EVENT })
        }
    }))
}
