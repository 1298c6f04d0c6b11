//! The write-ahead log, and how it gets into the database.

use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use diesel::{SqliteConnection, connection::SimpleConnection};

/// How often the log is looked at, to move it into the database.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// A log beyond this is cut short even if writers must wait for it.
pub const LONGEST_LOG: u64 = 64 * 1024 * 1024;

/// What the checkpointer knows of the log.
#[derive(Debug, Default)]
pub struct Log {
    pub(in crate::storage) changed: AtomicBool,
    must_go: AtomicBool,
}

impl Log {
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
        let changed = log.changed.swap(false, Ordering::AcqRel);
        let must_go = log.must_go.swap(false, Ordering::AcqRel) || length() > LONGEST_LOG;
        // While writes come, the log is copied beside them. When they pause, or when it must go, it is emptied, so that
        // nothing deleted is left in it.
        let how = match (changed && !must_go, length()) {
            (true, _) => "PRAGMA wal_checkpoint(PASSIVE)",
            (false, 1..) => "PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_checkpoint(TRUNCATE)",
            (false, 0) => continue,
        };
        if let Err(error) = db.batch_execute(how) {
            tracing::warn!(%error, "the log could not be moved into the database");
        }
        if must_go && length() > 0 {
            // Somebody read or wrote just then.
            log.must_go.store(true, Ordering::Release);
        }
    }
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
