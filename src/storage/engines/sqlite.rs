//! The threads of one database file.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Sender, TrySendError, bounded};
use diesel::QueryResult;
use diesel::connection::TransactionManager;
use tokio::sync::oneshot;

use super::{
    migrations,
    writer::{self, Write},
};
use crate::{
    foundation::{
        lane::{Lane, LaneError},
        private_file,
    },
    storage::{
        Db, Error, Failure,
        ledger::{self, Ended, Ledger},
        sqlite::{
            connection::{self, Use},
            log::{self, Log},
        },
        transaction::{Work, transaction},
    },
};

/// How long a read may wait for a free connection.
const READ_PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits for a write; a lock held by another process is given up before.
const WRITE_PATIENCE: Duration = Duration::from_millis(5_800);
const READ_QUEUE: usize = 1024;

/// The way to a database file.
#[derive(Debug)]
pub struct Engine {
    readers: Lane<Db>,
    writes: Option<Sender<Box<dyn Write>>>,
    stop_checkpoints: Option<Sender<()>>,
    log: Arc<Log>,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Opens the database, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be opened or migrated, or the system refuses threads.
    pub fn open(
        file: &Path,
        read_connections: usize,
        write_queue: usize,
        ledger: Option<&Ledger>,
    ) -> Result<Self, Error> {
        private_file::make(file).map_err(|error| Error::Unavailable(error.to_string()))?;
        let mut main = Db::Sqlite(connection::connect(file, Use::Write)?);
        let applied = migrations::migrate(&mut main)?;
        if applied > 0 {
            tracing::info!(applied, "the database was brought up to date");
        }
        let readers = (0..read_connections.max(1))
            .map(|_| connection::connect(file, Use::Read).map(Db::Sqlite))
            .collect::<Result<Vec<_>, _>>()?;
        let checkpointer = connection::connect(file, Use::Write)?;

        let no_thread = |error: std::io::Error| Error::Unavailable(error.to_string());
        let (writes, queue) = bounded(write_queue.max(1));
        let (stop_checkpoints, stop) = bounded(0);
        let log = Arc::new(Log::default());
        let writer_thread = {
            let (file, log, ledger) = (file.to_owned(), log.clone(), ledger.cloned());
            thread::Builder::new()
                .name("writer".into())
                .spawn(move || writer::write_in_groups(&file, main, &queue, &log, ledger.as_ref()))
                .map_err(no_thread)?
        };
        let checkpoint_thread = {
            let (file, log) = (file.to_owned(), log.clone());
            thread::Builder::new()
                .name("checkpoint".into())
                .spawn(move || log::checkpoint_beside(&file, checkpointer, &stop, &log))
                .map_err(no_thread)?
        };
        Ok(Self {
            readers: Lane::start("reader", readers, READ_QUEUE).map_err(no_thread)?,
            writes: Some(writes),
            stop_checkpoints: Some(stop_checkpoints),
            log,
            threads: vec![writer_thread, checkpoint_thread],
        })
    }

    /// Has what the log holds of the past overwritten soon.
    pub fn forget_the_past_soon(&self) {
        self.log.clear_soon();
    }

    /// Runs a read on a snapshot.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done.
    pub async fn read<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        let outcome = self.readers.run(READ_PATIENCE, move |db| transaction(db, begin, work)).await;
        outcome.unwrap_or_else(|lane| Err(E::from(lane.into())))
    }

    /// Runs a write in the next group and answers after its commit.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done. When that took too long, it may be done still.
    pub async fn write<T: Send + 'static, E: Failure>(&self, work: impl Work<T, E>) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(PendingWrite { work: Some(work), outcome: None, ended: Ended::default(), reply });
        match self.writes.as_ref().map(|writes| writes.try_send(write)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => return Err(E::from(Error::Overloaded)),
            Some(Err(TrySendError::Disconnected(_))) | None => {
                return Err(E::from(Error::Unavailable("the store is closed".into())));
            }
        }
        match tokio::time::timeout(WRITE_PATIENCE, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(E::from(LaneError::Panicked.into())),
            Err(_) => Err(E::from(Error::Unavailable("the write was not committed in time".into()))),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.writes = None;
        self.stop_checkpoints = None;
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn begin(db: &mut Db) -> QueryResult<()> {
    Db::begin_transaction(db)
}

struct PendingWrite<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    ended: Ended,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Write for PendingWrite<F, T, E>
where
    F: FnOnce(&mut Db) -> Result<T, E> + Send,
    T: Send,
    E: Failure + Send,
{
    fn run(&mut self, db: &mut Db) {
        // When nobody waits any more, the caller was told that it failed: leave it undone.
        let work = if self.reply.is_closed() { None } else { self.work.take() };
        if let Some(work) = work {
            let (outcome, ended) = ledger::gather(|| {
                catch_unwind(AssertUnwindSafe(|| transaction(db, begin, work)))
                    .unwrap_or_else(|_| Err(E::from(LaneError::Panicked.into())))
            });
            self.outcome = Some(outcome);
            self.ended = ended;
        }
    }

    fn ended(&mut self) -> &mut Ended {
        &mut self.ended
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let outcome = match (self.outcome, committed) {
            // Also for a refusal: what it refused over may have been undone with the rest.
            (_, Err(error)) => Err(E::from(error)),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => return,
        };
        drop(self.reply.send(outcome));
    }
}
