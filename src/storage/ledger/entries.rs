//! The rows of the ledger in the database, and which of them a transaction has written.

use std::{cell::RefCell, collections::HashSet};

use diesel::prelude::*;

use super::{Line, What};
use crate::{
    foundation::{clock::Instant, ids::Id},
    storage::{Db, Error, Result, on_engine, schema::endings},
};

/// What a transaction has ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// What the file does not have yet.
    pub lines: Vec<Line>,
    /// Whether there was anything to note. Who ends something again, because they were told that it could not be noted,
    /// must not hear that it is done before it is.
    pub is_something: bool,
}

thread_local! {
    /// What the transaction that runs on this thread has ended so far. A transaction stays on its thread.
    static NOTED: RefCell<Ended> = const { RefCell::new(Ended { lines: Vec::new(), is_something: false }) };
}

/// Runs a transaction, and says what it has ended if it succeeded.
///
/// # Errors
/// What the transaction fails with.
pub fn gather<T, E>(transaction: impl FnOnce() -> Result<T, E>) -> (Result<T, E>, Ended) {
    // What one that panicked has left.
    NOTED.take();
    let outcome = transaction();
    let noted = NOTED.take();
    let ended = if outcome.is_ok() { noted } else { Ended::default() };
    (outcome, ended)
}

/// Notes that something is over, in the transaction that ends it.
pub fn record(db: &mut Db, what: What, whose: &Id, id: &Id, at: Instant) -> Result<()> {
    let line = Line { at, what, whose: whose.clone(), id: id.clone() };
    let is_new = remember(db, &line)?;
    NOTED.with_borrow_mut(|noted| {
        noted.is_something = true;
        if is_new {
            noted.lines.push(line);
        }
    });
    Ok(())
}

/// Notes a line that the file has already. `false` when it was noted before.
pub fn remember(db: &mut Db, line: &Line) -> Result<bool> {
    let key = line.key();
    let row = (endings::line.eq(&key), endings::ended_at.eq(line.at));
    on_engine!(db, |db| {
        let known: Option<String> = endings::table.find(&key).select(endings::line).first(db).optional()?;
        if known.is_none() {
            diesel::insert_into(endings::table).values(row).execute(db)?;
        }
        Ok(known.is_none())
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
