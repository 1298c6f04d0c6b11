//! The threads of one database file.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use diesel::QueryResult;
use diesel::connection::TransactionManager;
use tokio::sync::oneshot;

use super::{
    migrations,
    writer::{self, LARGEST_SHARE, Write, Writes},
};
use crate::{
    foundation::{
        fair_queue::{FairQueue, NoRoom, Room},
        lane::{Lane, LaneError},
        party::Party,
        private_file,
    },
    storage::{
        Db, Error, Failure, Options,
        ledger::{self, Line},
        options::{LONG_READS, ROOM_OF_LONG_READS},
        sqlite::{
            connection::{self, Use},
            log::{self, Log},
        },
        transaction::{Work, transaction},
    },
};

/// How long a read may wait for a free connection, and one that takes its time.
const READ_PATIENCE: Duration = Duration::from_secs(2);
const LONG_READ_PATIENCE: Duration = Duration::from_secs(20);
/// How long a caller waits for a write; a lock held by another process is given up before.
const WRITE_PATIENCE: Duration = Duration::from_millis(5_800);

/// The way to a database file.
#[derive(Debug)]
pub struct Engine {
    readers: Lane<Db>,
    long_readers: Lane<Db>,
    writes: Arc<Writes>,
    stop_checkpoints: Option<mpsc::Sender<()>>,
    log: Arc<Log>,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Opens the database, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be opened or migrated, or the system refuses threads.
    pub fn open(file: &Path, options: &Options) -> Result<Self, Error> {
        private_file::make(file).map_err(|error| Error::Unavailable(error.to_string()))?;
        let log = Arc::new(Log::of(options.checkpoints));
        let mut main = Db::Sqlite(log.writer(file)?);
        let applied = migrations::migrate(&mut main)?;
        if applied > 0 {
            tracing::info!(applied, "the database was brought up to date");
        }
        let readers = |connections: usize| {
            (0..connections)
                .map(|_| connection::connect(file, Use::Read).map(Db::Sqlite))
                .collect::<Result<Vec<_>, _>>()
        };
        let checkpointer = connection::connect(file, Use::Write)?;

        let no_thread = |error: std::io::Error| Error::Unavailable(error.to_string());
        let writes = Arc::new(FairQueue::new(
            "waiting-writes",
            Room { all: options.write_queue, each: options.waiting_each, at_once: LARGEST_SHARE },
        ));
        let (stop_checkpoints, stop) = mpsc::channel();
        let writer_thread = {
            let (file, writes, log) = (file.to_owned(), writes.clone(), log.clone());
            let ledger = options.ledger.clone();
            thread::Builder::new()
                .name("writer".into())
                .spawn(move || writer::write_in_groups(&file, main, &writes, &log, ledger.as_ref()))
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
            readers: Lane::start("reader", readers(options.read_connections)?, options.room_of_reads())
                .map_err(no_thread)?,
            long_readers: Lane::start_yielding("export", readers(LONG_READS)?, ROOM_OF_LONG_READS)
                .map_err(no_thread)?,
            writes,
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
    pub async fn read<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        let outcome = self.readers.run(party, READ_PATIENCE, move |db| transaction(db, begin, work)).await;
        outcome.unwrap_or_else(|lane| Err(E::from(lane.into())))
    }

    /// Runs a read that takes its time, on a connection that others do not wait for.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done.
    pub async fn read_long<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        let outcome = self.long_readers.run(party, LONG_READ_PATIENCE, move |db| transaction(db, begin, work)).await;
        outcome.unwrap_or_else(|lane| Err(E::from(lane.into())))
    }

    /// Runs a write in the next group and answers after its commit.
    ///
    /// # Errors
    /// What the work fails with, or why it was not done. When that took too long, it may be done still.
    pub async fn write<T: Send + 'static, E: Failure>(&self, party: Party, work: impl Work<T, E>) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(PendingWrite { work: Some(work), outcome: None, ended: Vec::new(), reply });
        let pushed_out = self.writes.push(party, write).map_err(|no_room| {
            E::from(match no_room {
                NoRoom::OfParty(over) => Error::OverBudget(over),
                NoRoom::OfAll => Error::Overloaded,
                NoRoom::Closed => Error::Unavailable("the store is closed".into()),
            })
        })?;
        if let Some(write) = pushed_out {
            write.answer(Err(Error::Overloaded));
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
        self.writes.close();
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
    ended: Vec<Line>,
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

    fn ended(&self) -> &[Line] {
        &self.ended
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
