//! What `RxDB` brings: documents, each with what the device believes the service to have. Where that is another thing, the
//! service's own document is answered, and the device resolves the conflict.

use std::sync::Arc;

use serde_json::{Map, Value, value::RawValue};

use super::document::document;
use crate::{
    access::WritableDiary,
    diary::table::Table,
    exchange::change_log::push::{self, Batch, Doing, Outcome, Pushed, Standing},
    foundation::faults::{FaultCode, Faults},
    storage::{Db, refusal::Refusal},
    web::body::Raw,
};

/// So many documents may come at once.
const MOST: usize = 1_000;

/// A list of documents, unread.
pub type Brought = Arc<[Box<RawValue>]>;

/// Reads it.
///
/// # Errors
/// When it is no list, or too much.
pub fn read(body: &Raw) -> Result<Brought, Faults> {
    let items = body.list()?;
    if items.len() > MOST {
        let detail = format!("has {} documents; at most {MOST} fit", items.len());
        return Err(Faults::here(FaultCode::TooMany, detail));
    }
    Ok(items.to_vec().into())
}

/// Does what can be done, and answers the documents of the service where the device is in conflict with it. A document that
/// can't be accepted counts as one: the service's stands.
///
/// # Errors
/// When an item is not of the protocol, or the database fails.
pub fn apply(
    db: &mut Db,
    diary: &WritableDiary,
    table: Table,
    brought: &Brought,
    may_divide: impl FnOnce() -> Result<(), Refusal>,
) -> Result<Vec<Value>, Refusal> {
    let mut batch = Batch::begin(diary);
    let mut conflicts = Vec::new();
    for (number, raw) in brought.iter().enumerate() {
        let not_of_it = || {
            let detail = "expected newDocumentState with an id, and assumedMasterState if there was one";
            Faults::at(&number.to_string(), FaultCode::Malformed, detail)
        };
        let item: Map<String, Value> = serde_json::from_str(raw.get()).map_err(|_| not_of_it())?;
        let new = item.get("newDocumentState").and_then(Value::as_object).ok_or_else(not_of_it)?;
        let id = new.get("id").and_then(Value::as_str).ok_or_else(not_of_it)?.to_owned();
        let believed = item.get("assumedMasterState").filter(|state| !state.is_null());
        let is_in_conflict = match push::standing(db, diary, table, &id)? {
            Standing::Unknown => false,
            Standing::Deleted(_) => !is_deleted(new) && !believed.is_some_and(|state| state["_deleted"] == true),
            // Also when it says the same already, as after an answer that got lost: the device then learns what the service
            // has worked out of it.
            Standing::Present(_) => match believed {
                Some(state) => !push::says(db, diary, table, &id, state.clone())?,
                None => true,
            },
        };
        let is_done = !is_in_conflict && {
            let doing = if is_deleted(new) { Doing::Delete } else { Doing::Put(Value::Object(new.clone())) };
            let change = Pushed { table, id: id.clone(), doing, base: None };
            match batch.push(db, change)? {
                // Tables are pushed beside each other: its cramp is on its way.
                Outcome::Rejected(Refusal::NotFound) if table == Table::Soreness => return Err(Refusal::Busy),
                Outcome::Rejected(_) => false,
                _ => true,
            }
        };
        if !is_done {
            let row = push::row(db, diary, table, &id)?;
            conflicts.push(document(&id, row.as_ref()));
        }
    }
    batch.end(db, may_divide)?;
    Ok(conflicts)
}

fn is_deleted(document: &Map<String, Value>) -> bool {
    document.get("_deleted") == Some(&Value::Bool(true))
}
