//! The write-ahead log, and how it gets into the database.

use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use diesel::{SqliteConnection, connection::SimpleConnection};

use super::connection::{self, LONGEST_LOG, Use};
use crate::storage::Result;

/// How often the log is looked at, to move it into the database.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// How long the writer leaves the lock alone after each group, where Litestream wants it at times. SQLite has no queue
/// for its lock: who waits asks again now and then, for a second, and must find it free.
const ROOM_FOR_LITESTREAM: Duration = Duration::from_millis(2);

/// Who moves SQLite's log into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checkpoints {
    /// The service, which also empties the log.
    #[default]
    Service,
    /// Litestream. It loses its place in a log that somebody else empties, and begins again with a copy of everything;
    /// and while it keeps a place in the log, each try to empty it holds up writers for nothing.
    Litestream,
}

/// What the checkpointer knows of the log.
#[derive(Debug, Default)]
pub struct Log {
    checkpoints: Checkpoints,
    pub(in crate::storage) changed: AtomicBool,
    must_go: AtomicBool,
}

impl Log {
    /// The log of a database whose checkpoints are made by this one.
    pub fn of(checkpoints: Checkpoints) -> Self {
        Self { checkpoints, ..Self::default() }
    }

    /// Opens the connection of the writer.
    ///
    /// # Errors
    /// As for any connection.
    pub fn writer(&self, file: &Path) -> Result<SqliteConnection> {
        let mut db = connection::connect(file, Use::Write)?;
        if self.checkpoints == Checkpoints::Litestream {
            // Who begins the log anew cuts off what is beyond the limit, and Litestream may not have read it yet.
            db.batch_execute("PRAGMA journal_size_limit = -1")?;
        }
        Ok(db)
    }

    /// Lets Litestream write, if it is there: each of its checkpoints ends with a row of its own. A writer that always has
    /// something to do would keep it out, and while it waits it sends nothing.
    pub fn make_room(&self) {
        if self.checkpoints == Checkpoints::Litestream {
            thread::sleep(ROOM_FOR_LITESTREAM);
        }
    }

    /// Has what the log holds of the past overwritten soon.
    pub fn clear_soon(&self) {
        self.must_go.store(true, Ordering::Release);
    }
}

/// Moves the log into the database beside the writer, until the channel closes.
pub fn checkpoint_beside(file: &Path, mut db: SqliteConnection, stop: &Receiver<()>, log: &Log) {
    // Emptying the log keeps writers out while it waits for readers: better to try again than to wait.
    if let Err(error) = db.batch_execute("PRAGMA busy_timeout = 100") {
        tracing::warn!(%error, "the checkpoints may hold up writes");
    }
    let log_file = log_of(file);
    let length = || std::fs::metadata(&log_file).map_or(0, |log| log.len());
    while stop.recv_timeout(CHECKPOINT_EVERY) == Err(RecvTimeoutError::Timeout) {
        if log.checkpoints == Checkpoints::Litestream {
            // When Litestream is gone, the disk must not fill up for it. Beside Litestream, this does no harm.
            if length() > LONGEST_LOG {
                move_by(&mut db, "PRAGMA wal_checkpoint(PASSIVE)");
            }
            continue;
        }
        let changed = log.changed.swap(false, Ordering::AcqRel);
        let must_go = log.must_go.swap(false, Ordering::AcqRel) || length() > LONGEST_LOG;
        // While writes come, the log is copied beside them. When they pause, or when it must go, it is emptied, so that
        // nothing deleted is left in it.
        let how = match (changed && !must_go, length()) {
            (true, _) => "PRAGMA wal_checkpoint(PASSIVE)",
            (false, 1..) => "PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_checkpoint(TRUNCATE)",
            (false, 0) => continue,
        };
        move_by(&mut db, how);
        if must_go && length() > 0 {
            // Somebody read or wrote just then.
            log.must_go.store(true, Ordering::Release);
        }
    }
}

fn move_by(db: &mut SqliteConnection, how: &str) {
    if let Err(error) = db.batch_execute(how) {
        tracing::warn!(%error, "the log could not be moved into the database");
    }
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
