//! Bringing rows into a diary: what is newer wins, and none keeps the others from being brought.

use std::{mem, sync::Arc};

use crate::{
    access::WritableDiary,
    diary::table::Table,
    exchange::change_log::push::{Batch, Outcome, Pushed},
    foundation::faults::Faults,
    storage::{Db, refusal::Refusal},
};

/// So many rows may come at once: each takes memory until it is written.
pub const MOST_ROWS: usize = 100_000;
/// So many rows are written at once, as of a device.
const AT_ONCE: usize = 500;

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

/// Something of which a row is made.
pub trait Source: Send + Sync + 'static {
    /// Which of all rows it is.
    fn number(&self) -> usize;
    /// Of which table.
    fn table(&self) -> Table;
    /// The row's id, if it has one, and what is to be done.
    fn change(&self, diary: &WritableDiary) -> (Option<String>, Result<Pushed, Faults>);
    /// What came of it, with what is wrong at its place in what was sent.
    fn placed(&self, outcome: Outcome) -> Outcome;
}

/// Brings in rows, and says what came of each.
///
/// # Errors
/// When the database fails: then nothing of the batch is done.
pub fn apply<S: Source>(
    db: &mut Db,
    diary: &WritableDiary,
    rows: &[S],
    may_divide: impl FnMut() -> Result<(), Refusal>,
) -> Result<Vec<Merged>, Refusal> {
    let mut batch = Batch::begin(diary, may_divide);
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, change) = row.change(diary);
        let outcome = match change {
            Ok(change) => batch.push(db, change)?,
            Err(faults) => Outcome::Rejected(faults.into()),
        };
        results.push(Merged { number: row.number(), table: row.table(), id, outcome: row.placed(outcome) });
    }
    batch.end(db)?;
    Ok(results)
}

/// Cuts rows that follow each other into batches, of which there is one at least.
#[must_use]
pub fn in_batches<S>(groups: impl IntoIterator<Item = Vec<S>>) -> Vec<Arc<[S]>> {
    let (mut batches, mut batch) = (Vec::new(), Vec::new());
    for group in groups {
        if batch.len() + group.len() > AT_ONCE && !batch.is_empty() {
            batches.push(mem::take(&mut batch).into());
        }
        batch.extend(group);
        while batch.len() > AT_ONCE {
            let more = batch.split_off(AT_ONCE);
            batches.push(mem::replace(&mut batch, more).into());
        }
    }
    if !batch.is_empty() || batches.is_empty() {
        batches.push(batch.into());
    }
    batches
}
