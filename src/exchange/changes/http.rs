//! `/v1/diaries/{diary_id}/changes`.

use std::sync::Arc;

use actix_web::HttpResponse;
use serde_json::value::RawValue;

use super::{
    answer::{BatchResult, ChangePage, ItemResult},
    cursor::{Cursor, Since},
    item::{self, Item},
};
use crate::{
    access::{
        Visit, WritableDiary,
        visits::{
            bringing::{self, Bringing},
            operation::Operation,
        },
    },
    diary::{change_log::Position, table::Table},
    exchange::change_log::{
        log,
        push::{Batch, Outcome},
    },
    foundation::{
        faults::Faults,
        fields::{self, FromJson},
        precondition::Revision,
    },
    storage::{Db, refusal::Refusal},
    web::{
        answer,
        conditional::Conditions,
        problem::{Code, Problem},
        query::Query,
        routes::Routes,
    },
};

/// Adds the routes.
pub fn routes(routes: &mut Routes) {
    routes.at("/v1/diaries/{diary_id}/changes").get(list_changes).post(push_changes).end();
}

/// How many changes a page has at most.
#[derive(Clone, Copy)]
struct Limit(usize);

impl FromJson for Limit {
    fn from_json(value: &serde_json::Value) -> Result<Self, Faults> {
        fields::integer(value, 1..=1000).map(|limit| Self(limit.unsigned_abs() as usize))
    }
}

async fn list_changes(visit: Visit, conditions: Conditions, Query(query): Query) -> Result<HttpResponse, Problem> {
    let asked = query.asked(|query| {
        let since = query.optional("since").unwrap_or(Since::Nothing);
        (since, query.optional("limit").unwrap_or(Limit(500)))
    });
    let goes_on = asked.as_ref().is_ok_and(|(since, _)| since.goes_on());
    let known = visit
        .read_on(Operation::ListChanges, goes_on, asked, move |db, diary, (since, Limit(limit))| {
            let from = since.from(diary)?;
            // Who is in the middle of a pull does not have all that there is.
            let conditions = if goes_on { Conditions::default() } else { conditions };
            conditions.unless_known(diary.tag(), || {
                let read = log::read(db, diary, &from, &Table::ALL, limit)?;
                Ok(ChangePage {
                    changes: read.changes,
                    cursor: Cursor::at(diary, read.end, from.deleted_after).text(),
                    has_more: read.has_more,
                    revision: diary.diary().revision,
                })
            })
        })
        .await?;
    Ok(answer::known(&known))
}

async fn push_changes(bringing: Bringing) -> Result<HttpResponse, Problem> {
    let Bringing { visit, body, place } = bringing;
    if !body.is_json {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let (budgets, asker) = (visit.budgets(), visit.asker());
    let changes = item::changes(&body.raw);
    drop(body);
    budgets.rows.take(asker, changes.as_ref().map_or(0, |changes| changes.len()))?;
    let turn = bringing::turn(&budgets.batches).await?;
    let divisions = budgets.clone();
    let done = visit
        .write(Operation::PushChanges, changes, move |db, diary, changes| {
            push(db, diary, &changes, || Ok(divisions.divisions.take(asker, 1)?))
        })
        .await?;
    drop((turn, place));
    let results = done.results.into_iter().enumerate();
    let results = results.map(|(number, (table, id, outcome))| ItemResult::new(number, table, id, outcome)).collect();
    Ok(HttpResponse::Ok().json(BatchResult { results, revision: done.revision, cursor: done.cursor }))
}

/// A batch that was done, and what each change said that it was of.
struct Done {
    results: Vec<(Option<String>, Option<String>, Outcome)>,
    revision: Revision,
    cursor: String,
}

fn push(
    db: &mut Db,
    diary: &WritableDiary,
    changes: &Arc<[Box<RawValue>]>,
    may_divide: impl FnMut() -> Result<(), Refusal>,
) -> Result<Done, Refusal> {
    let mut batch = Batch::begin(diary, may_divide);
    let mut results = Vec::with_capacity(changes.len());
    for raw in &**changes {
        let Item { table, id, change } = Item::read(raw);
        let outcome = match change {
            Ok(change) => batch.push(db, change)?.under("row"),
            Err(faults) => Outcome::Rejected(faults.into()),
        };
        results.push((table, id, outcome));
    }
    batch.end(db)?;
    let revision = diary.stamped().map_or(diary.diary().revision, |stamp| stamp.revision);
    let cursor = Cursor::at(diary, Position::end_of(revision), diary.diary().complete_since).text();
    Ok(Done { results, revision, cursor })
}
