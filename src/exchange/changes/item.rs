//! A batch of changes as it is sent.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, value::RawValue};

use crate::{
    diary::table::Table,
    exchange::change_log::push::{Base, Doing, Pushed},
    foundation::{
        faults::{FaultCode, Faults},
        fields::{Fields, FromJson},
        lenient::leniently,
        parsing,
        precondition::Revision,
    },
    vocabulary,
    web::body::Raw,
};

/// So many changes fit into one batch.
pub const MOST: usize = 500;
/// So long may one of them be, in bytes, as any body.
const LONGEST: usize = 64 * 1024;

vocabulary! {
    /// What is to be done to a row.
    enum Op {
        Put = "put",
        Patch = "patch",
        Delete = "delete",
    }
}

impl FromJson for Revision {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        match value.as_i64() {
            Some(revision) if revision >= 0 => Ok(Self(revision)),
            _ => Err(Faults::here(FaultCode::WrongType, "expected a revision, which is a whole number from 0 on")),
        }
    }
}

/// The changes of a body, each to be read in its turn.
///
/// # Errors
/// When they are not there, are no list, or are too many.
pub fn changes(body: &Raw) -> Result<Arc<[Box<RawValue>]>, Faults> {
    let Some(changes) = body.object()?.get("changes").filter(|changes| changes.get() != "null") else {
        return Err(Faults::at("changes", FaultCode::Required, "changes is required"));
    };
    let changes: Vec<Box<RawValue>> = serde_json::from_str(changes.get())
        .map_err(|_| Faults::at("changes", FaultCode::WrongType, "expected a list"))?;
    if changes.len() > MOST {
        let detail = format!("has {} changes; at most {MOST} fit", changes.len());
        return Err(Faults::at("changes", FaultCode::TooMany, detail));
    }
    Ok(changes.into())
}

/// A change of a batch, and how it named itself.
pub struct Item {
    /// The table, as it was sent.
    pub table: Option<String>,
    /// The id, as it was sent.
    pub id: Option<String>,
    /// What is to be done, unless it can't be understood.
    pub change: Result<Pushed, Faults>,
}

impl Item {
    /// Reads one.
    #[must_use]
    pub fn read(raw: &RawValue) -> Self {
        if raw.get().len() > LONGEST {
            let long = format!("has {} bytes; at most {LONGEST} fit", raw.get().len());
            return Self { table: None, id: None, change: Err(Faults::here(FaultCode::TooLong, long)) };
        }
        let read = parsing::parse(raw.get().as_bytes());
        let named = |name: &str| {
            let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(raw.get()).ok()?;
            let text: String = serde_json::from_str(fields.get(name)?.get()).ok()?;
            Some(text.chars().take(80).collect())
        };
        let change = match read {
            Ok(value) => leniently(value, change),
            // Brackets fit, and yet it says what nobody can keep: half of a character, or a number beyond all others.
            Err(_) => Err(Faults::here(FaultCode::Malformed, "is not JSON that can be kept")),
        };
        Self { table: named("table"), id: named("id"), change }
    }
}

fn change(value: Value) -> Result<Pushed, Faults> {
    // What is wrong with the row is told where the row is read.
    let (row, rest) = match value {
        Value::Object(mut object) => (object.remove("row"), Value::Object(object)),
        other => (None, other),
    };
    Fields::open(rest)?.said(|fields| {
        let (table, id, op) = (fields.required("table"), fields.required("id"), fields.required("op"));
        let base = fields.optional("base_revision").map(Base::Revision);
        let row = row.filter(|row| !row.is_null());
        let doing = match (op, row) {
            (Some(Op::Put), Some(row)) => Some(Doing::Put(row)),
            (Some(Op::Patch), Some(row)) => Some(Doing::Patch(row)),
            (Some(Op::Delete), _) if table == Some(Table::Settings) => {
                fields.fault("op", FaultCode::NotOneOf, "settings can't be deleted");
                None
            }
            (Some(Op::Delete), _) => Some(Doing::Delete),
            (Some(_), None) => {
                fields.fault("row", FaultCode::Required, "row is required");
                None
            }
            (None, _) => None,
        };
        Some(Pushed { table: table?, id: id?, doing: doing?, base })
    })
}
