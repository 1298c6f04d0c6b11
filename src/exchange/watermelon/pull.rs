//! What `WatermelonDB` is told.

use std::{collections::BTreeSet, io::Write};

use serde_json::Value;

use super::raw;
use crate::{
    access::ReadableDiary,
    diary::{change_log::Position, table::Table},
    exchange::{
        change_log::log::{self, From},
        exports::spool,
    },
    foundation::{
        faults::{FaultCode, Faults},
        fields::{Fields, FromJson},
        precondition::Revision,
    },
    storage::{Db, Error, Result},
};

/// So many rows are in memory at a time.
const AT_ONCE: usize = 1_000;

/// The longest text of JSON in the query, in characters: an address holds 64 KiB, and a character up to twelve bytes of it.
const LONGEST: usize = 4_096;

/// What it asks.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Up to where it is in step; it has nothing yet, when it does not say.
    pub last_pulled_at: Option<Revision>,
    /// The tables of which it wants everything, since it has learnt of new columns.
    pub migrated: BTreeSet<&'static str>,
}

/// A parameter that the library's own example writes as JSON, `null` and all.
struct Json(Value);

impl FromJson for Json {
    fn from_json(value: &Value) -> std::result::Result<Self, Faults> {
        match value {
            Value::String(text) if text.chars().count() > LONGEST => {
                Err(Faults::here(FaultCode::TooLong, format!("has more than {LONGEST} characters")))
            }
            Value::String(text) => {
                serde_json::from_str(text).map(Self).map_err(|_| Faults::here(FaultCode::Malformed, "is not JSON"))
            }
            // A query has texts alone.
            _ => Err(Faults::here(FaultCode::WrongType, "expected a text")),
        }
    }
}

impl Asked {
    /// Takes it out of a query.
    pub fn of(query: &mut Fields) -> Self {
        let mut number = |name: &str| match query.optional::<Json>(name).map(|json| json.0) {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_i64() {
                Some(number) if number >= 0 => Some(number),
                _ => {
                    query.fault(name, FaultCode::WrongType, "expected a whole number from 0 on, or null");
                    None
                }
            },
        };
        let last_pulled_at = number("last_pulled_at").filter(|at| *at > 0).map(Revision);
        number("schema_version");
        let migration = query.optional::<Json>("migration").map_or(Value::Null, |json| json.0);
        let tables = migration["tables"].as_array().into_iter().flatten();
        let columns = migration["columns"].as_array().into_iter().flatten().map(|column| &column["table"]);
        let named = tables.chain(columns).filter_map(Value::as_str).filter_map(Table::parse);
        Self { last_pulled_at, migrated: named.map(Table::as_str).collect() }
    }
}

/// Writes the answer down: each row that changed once, under `updated`, as the library takes it with `sendCreatedAsUpdated`.
///
/// # Errors
/// When the database fails, or what is written to.
pub fn write(db: &mut Db, diary: &ReadableDiary, asked: &Asked, to: &mut impl Write) -> Result<()> {
    let known = asked.last_pulled_at.filter(|at| !diary.needs_resync(*at));
    let is_replacement = asked.last_pulled_at.is_some() && known.is_none();
    let mut before = "{\"changes\":{";
    for table in Table::ALL {
        text(to, before)?;
        before = ",";
        text(to, &format!("\"{}\":{{\"created\":[],\"updated\":[", table.as_str()))?;
        let place =
            known.filter(|_| !asked.migrated.contains(table.as_str())).map_or(Position::START, Position::end_of);
        let deleted_after = known.unwrap_or(diary.diary().revision);
        let deleted = write_table(db, diary, table, From { place, deleted_after }, to)?;
        text(to, "],\"deleted\":")?;
        json(to, &deleted)?;
        text(to, "}")?;
    }
    text(to, &format!("}},\"timestamp\":{}", diary.diary().revision.0))?;
    text(to, if is_replacement { ",\"experimentalStrategy\":\"replacement\"}" } else { "}" })
}

/// Writes the rows of a table, and says which were deleted.
fn write_table(
    db: &mut Db,
    diary: &ReadableDiary,
    table: Table,
    mut from: From,
    to: &mut impl Write,
) -> Result<Vec<String>> {
    let (mut deleted, mut before) = (Vec::new(), "");
    loop {
        let read = log::read(db, diary, &from, &[table], AT_ONCE)?;
        for change in read.changes {
            let Some(row) = change.row else {
                deleted.push(change.id);
                continue;
            };
            text(to, before)?;
            before = ",";
            json(to, &raw::record(change.id, row.fields()?))?;
        }
        if !read.has_more {
            return Ok(deleted);
        }
        from.place = read.end;
    }
}

fn text(to: &mut impl Write, text: &str) -> Result<()> {
    to.write_all(text.as_bytes()).map_err(|error| spool::failed(&error))
}

fn json(to: &mut impl Write, value: &impl serde::Serialize) -> Result<()> {
    serde_json::to_writer(to, value).map_err(|error| match error.io_error_kind() {
        Some(kind) => spool::failed(&kind.into()),
        None => Error::Failed(error.to_string()),
    })
}
