//! Bringing rows into a diary: what is newer wins, and none keeps the others from being brought.

use serde_json::Value;

use super::document::Given;
use crate::{
    access::WritableDiary,
    diary::table::Table,
    exchange::change_log::push::{Base, Batch, Doing, Outcome, Pushed},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::FromJson,
        parsing,
    },
    storage::{Db, refusal::Refusal},
    web::body,
};

/// A row, and what came of it.
pub struct Merged {
    /// Which of all rows of the document it is.
    pub number: usize,
    /// Of which table.
    pub table: Table,
    /// Its id there, if it has one.
    pub id: Option<String>,
    /// What came of it; what is wrong, at its place in the document.
    pub outcome: Outcome,
}

/// Brings in rows, and says what came of each.
///
/// # Errors
/// When the database fails: then nothing of the batch is done.
pub fn apply(
    db: &mut Db,
    diary: &WritableDiary,
    rows: &[Given],
    may_divide: impl FnMut() -> Result<(), Refusal>,
) -> Result<Vec<Merged>, Refusal> {
    let mut batch = Batch::begin(diary, may_divide);
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let id = match row.table {
            // They are those of this diary now.
            Table::Settings => Ok(diary.id().to_owned()),
            table => row.named.id(table),
        };
        let outcome = match change(row, id.clone()) {
            Ok(change) => batch.push(db, change)?,
            Err(faults) => Outcome::Rejected(faults.into()),
        };
        let outcome = match row.place {
            Some(place) => outcome.under(&place.to_string()).under(row.table.as_str()),
            None => outcome.under("diary"),
        };
        results.push(Merged { number: row.number, table: row.table, id: id.ok(), outcome });
    }
    batch.end(db)?;
    Ok(results)
}

/// What is to be done with a row.
fn change(row: &Given, id: Result<String, &'static str>) -> Result<Pushed, Faults> {
    if row.raw.get().len() > body::LARGEST {
        let long = format!("has {} bytes; at most {} fit", row.raw.get().len(), body::LARGEST);
        return Err(Faults::here(FaultCode::TooLong, long));
    }
    // Brackets fit, and yet it may say what nobody can keep: half of a character, or a number beyond all others.
    let says = parsing::parse(row.raw.get().as_bytes())
        .map_err(|_| Faults::here(FaultCode::Malformed, "is not JSON that can be kept"))?;
    if !says.is_object() {
        return Err(Faults::here(FaultCode::WrongType, "expected an object"));
    }
    let id = id.map_err(|name| Faults::at(name, FaultCode::Required, format!("{name} is required, as a text")))?;
    let told_at = match &row.named.updated_at {
        // Nobody knows how old it is.
        Value::Null => Instant::EPOCH,
        at => Instant::from_json(at).map_err(|faults| faults.under("updated_at"))?,
    };
    let doing = match row.table {
        // Some of them may be left out: there are settings in any case.
        Table::Settings => Doing::Patch(says),
        _ => Doing::Put(says),
    };
    Ok(Pushed { table: row.table, id, doing, base: Some(Base::Time(told_at)) })
}
