//! The rows of the ledger in the database, and what a transaction has ended.

use std::{cell::RefCell, collections::HashSet};

use diesel::prelude::*;

use super::{Line, What};
use crate::{
    foundation::{clock::Instant, ids::Id},
    storage::{Db, Error, Result, on_engine, schema::endings},
};

thread_local! {
    /// What the transaction that runs on this thread has ended so far. A transaction stays on its thread.
    static ENDED: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Runs a transaction, and says what it has ended if it succeeded, for the file.
///
/// # Errors
/// What the transaction fails with.
pub fn gather<T, E>(transaction: impl FnOnce() -> Result<T, E>) -> (Result<T, E>, Vec<Line>) {
    // What one that panicked has left.
    ENDED.take();
    let outcome = transaction();
    let ended = ENDED.take();
    let ended = if outcome.is_ok() { ended } else { Vec::new() };
    (outcome, ended)
}

/// Notes that something is over, in the transaction that ends it. Who ends something again, because they were not told that
/// it is done, must not hear so before the file has it: the line goes there also when the row is known, with the time of
/// the row.
pub fn record(db: &mut Db, what: What, whose: &Id, id: &Id, at: Instant) -> Result<()> {
    let line = Line { at, what, whose: whose.clone(), id: id.clone() };
    let at = remember(db, &line)?.unwrap_or(at);
    ENDED.with_borrow_mut(|ended| ended.push(Line { at, ..line }));
    Ok(())
}

/// Notes a line that the file has already, and says since when it was known, if it was.
pub fn remember(db: &mut Db, line: &Line) -> Result<Option<Instant>> {
    let key = line.key();
    let row = (endings::line.eq(&key), endings::ended_at.eq(line.at));
    on_engine!(db, |db| {
        let known: Option<Instant> = endings::table.find(&key).select(endings::ended_at).first(db).optional()?;
        if known.is_none() {
            diesel::insert_into(endings::table).values(row).execute(db)?;
        }
        Ok(known)
    })
}

/// What has ended since then, as far as it is remembered.
pub fn since(db: &mut Db, then: Instant) -> Result<Vec<Line>> {
    let rows: Vec<(String, Instant)> = endings::table
        .filter(endings::ended_at.ge(then))
        .order((endings::ended_at, endings::line))
        .select((endings::line, endings::ended_at))
        .load(db)?;
    rows.into_iter()
        .map(|(key, at)| Line::of_row(&key, at).ok_or_else(|| Error::corrupt("line of the ledger")))
        .collect()
}

/// Those of some lines that the database does not know of.
pub fn unknown(db: &mut Db, lines: &[Line]) -> Result<Vec<Line>> {
    let keys: Vec<String> = lines.iter().map(Line::key).collect();
    let known: Vec<String> =
        on_engine!(db, |db| { endings::table.filter(endings::line.eq_any(&keys)).select(endings::line).load(db) })?;
    let known: HashSet<String> = known.into_iter().collect();
    Ok(lines.iter().filter(|line| !known.contains(&line.key())).cloned().collect())
}

/// Clears away `most` rows that are older than any backup, and says how many.
pub fn delete_old(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let long_ago = now.minus(super::KEPT);
    Ok(on_engine!(db, |db| {
        let over = endings::ended_at.le(long_ago);
        let first = endings::table.filter(over).order(endings::ended_at).limit(most);
        let first: Vec<String> = first.select(endings::line).load(db)?;
        diesel::delete(endings::table.filter(endings::line.eq_any(first))).execute(db)
    })?)
}
