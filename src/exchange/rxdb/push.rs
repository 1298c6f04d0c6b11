//! What `RxDB` brings: documents, each with what the device believes the service to have. Where that is another thing, the
//! service's own document is answered, and the device resolves the conflict.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, value::RawValue};

use super::document::document;
use crate::{
    access::WritableDiary,
    diary::{episodes::soreness, table::Table},
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

/// What came of it.
#[derive(Default)]
pub struct Done {
    /// The documents of the service where the device is in conflict with it.
    pub conflicts: Vec<Value>,
    /// The soreness after cramps that are not there. Tables are pushed beside each other: they may be on their way.
    pub orphans: Vec<String>,
}

/// Does what can be done. A document that can't be accepted counts as in conflict: what the service has stands.
///
/// # Errors
/// When an item is not of the protocol, or the database fails.
pub fn apply(
    db: &mut Db,
    diary: &WritableDiary,
    table: Table,
    brought: &Brought,
    may_divide: impl FnMut() -> Result<(), Refusal>,
) -> Result<Done, Refusal> {
    let mut batch = Batch::begin(diary, may_divide);
    let mut done = Done::default();
    for (number, raw) in brought.iter().enumerate() {
        let item = Item::read(raw).ok_or_else(|| {
            let detail = "expected newDocumentState with an id, and assumedMasterState if there was one";
            Faults::at(&number.to_string(), FaultCode::Malformed, detail)
        })?;
        let id = item.id.clone();
        let outcome = match item.change(db, diary, table)? {
            Some(change) => batch.push(db, change)?,
            None => Outcome::Conflict(None, None),
        };
        match outcome {
            Outcome::Rejected(Refusal::NotFound) if table == Table::Soreness && soreness::model::key(&id).is_some() => {
                done.orphans.push(id);
            }
            Outcome::Rejected(_) | Outcome::Conflict(..) => {
                let row = push::row(db, diary, table, &id)?;
                done.conflicts.push(document(&id, row.as_ref())?);
            }
            Outcome::Applied(_) | Outcome::Unchanged(_) => {}
        }
    }
    batch.end(db)?;
    Ok(done)
}

/// A document that is brought.
struct Item {
    id: String,
    /// What it is to be, if that is anything that can be kept.
    new: Option<Map<String, Value>>,
    /// What the device believes the service to have; nothing, when it believes it to have nothing.
    believed: Option<Value>,
}

impl Item {
    /// Reads one; `None` when it is none of the protocol.
    fn read(raw: &RawValue) -> Option<Self> {
        let item: BTreeMap<String, Box<RawValue>> = serde_json::from_str(raw.get()).ok()?;
        let new = item.get("newDocumentState")?;
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(new.get()).ok()?;
        let id = serde_json::from_str(fields.get("id")?.get()).ok()?;
        let believed =
            match item.get("assumedMasterState").map(|state| serde_json::from_str(state.get())).transpose().ok()? {
                None | Some(Value::Null) => None,
                Some(state) if state.is_object() => Some(state),
                Some(_) => return None,
            };
        Some(Self { id, new: serde_json::from_str(new.get()).ok(), believed })
    }

    /// What is to be done; nothing, when the device is in conflict with the service, or says what can't be kept.
    fn change(self, db: &mut Db, diary: &WritableDiary, table: Table) -> Result<Option<Pushed>, Refusal> {
        let Self { id, new: Some(new), believed } = self else { return Ok(None) };
        let believes_deleted = believed.as_ref().is_some_and(|state| state["_deleted"] == true);
        let is_in_step = match push::standing(db, diary, table, &id)? {
            // It was there once, if the device believes so, and its deletion is forgotten.
            Standing::Unknown => believed.is_none() || believes_deleted || is_deleted(&new),
            Standing::Deleted(_) => believes_deleted || is_deleted(&new),
            // Also when it says the same already, as after an answer that got lost, it is in conflict: the device then learns
            // what the service has worked out of it.
            Standing::Present(_) => match believed {
                Some(state) => push::says(db, diary, table, &id, state)?,
                None => false,
            },
        };
        let doing = if is_deleted(&new) { Doing::Delete } else { Doing::Put(Value::Object(new)) };
        Ok(is_in_step.then_some(Pushed { table, id, doing, base: None }))
    }
}

fn is_deleted(document: &Map<String, Value>) -> bool {
    document.get("_deleted") == Some(&Value::Bool(true))
}
