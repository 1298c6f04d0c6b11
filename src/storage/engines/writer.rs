//! The one writer, with its group commit.

use std::{path::Path, sync::atomic::Ordering};

use diesel::connection::TransactionManager;

use crate::{
    foundation::fair_queue::FairQueue,
    storage::{
        Db, Error,
        ledger::{Ledger, Line},
        sqlite::{connection, log::Log},
    },
};

/// How many writes one commit takes at most, so that the first of them does not wait for ever.
const LARGEST_GROUP: usize = 512;
/// How many of them may be one party's, so that others do not wait for all that it has.
pub const LARGEST_SHARE: usize = 32;

/// A write that waits for its turn.
pub trait Write: Send {
    /// Does the work in a savepoint of its own; what goes wrong undoes this write alone.
    fn run(&mut self, db: &mut Db);
    /// What it has ended, for the ledger.
    fn ended(&self) -> &[Line];
    /// Tells the caller how it ended, after the commit.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

/// The writes that wait.
pub type Writes = FairQueue<Box<dyn Write>>;

/// The one writer: takes all that waits into one transaction, commits once, then answers. It waits for nothing but
/// the first, so a lone write is not slower for it.
pub fn write_in_groups(file: &Path, mut db: Db, queue: &Writes, log: &Log, ledger: Option<&Ledger>) {
    loop {
        let (parties, mut group): (Vec<_>, Vec<_>) = queue.next_group(LARGEST_GROUP).into_iter().unzip();
        if group.is_empty() {
            return;
        }
        let committed = commit_group(&mut db, &mut group);
        log.changed.store(true, Ordering::Release);
        queue.done(parties);
        if let Err(error) = &committed {
            tracing::warn!(%error, writes = group.len(), "a group of writes was not committed");
            // What came meanwhile would only wait for the same failure once more.
            group.extend(queue.take_all());
            // The state of a connection after a failed commit is not worth guessing.
            match log.writer(file) {
                Ok(fresh) => db = Db::Sqlite(fresh),
                Err(error) => tracing::warn!(%error, "the database can't be opened anew"),
            }
        }
        let (ending, others): (Vec<_>, Vec<_>) = group.into_iter().partition(|write| !write.ended().is_empty());
        // These do not wait for the ledger.
        answer(others, &committed);
        let in_ledger = match (committed, ledger) {
            (Ok(()), Some(ledger)) => note(ledger, &ending),
            (committed, _) => committed,
        };
        answer(ending, &in_ledger);
        log.make_room();
    }
}

fn answer(writes: Vec<Box<dyn Write>>, committed: &Result<(), Error>) {
    for write in writes {
        write.answer(committed.clone());
    }
}

/// What was committed and can't be noted is not acknowledged.
fn note(ledger: &Ledger, ending: &[Box<dyn Write>]) -> Result<(), Error> {
    if ending.is_empty() {
        return Ok(());
    }
    Ok(ledger.note(ending.iter().flat_map(|write| write.ended()).cloned())?)
}

fn commit_group(db: &mut Db, group: &mut [Box<dyn Write>]) -> Result<(), Error> {
    if let Db::Sqlite(db) = db {
        connection::begin(db, "BEGIN IMMEDIATE")?;
    }
    for write in group.iter_mut() {
        write.run(db);
        // When the disk is full or fails, SQLite may give the whole transaction up, and each further write would be one of
        // its own. A transaction that is open is what Diesel calls broken, since a pool must not take it back like that.
        let still_open = Db::is_broken_transaction_manager(db);
        if !still_open {
            return Err(Error::Unavailable("the database gave up the transaction".into()));
        }
    }
    Db::commit_transaction(db).map_err(Error::from)
}
