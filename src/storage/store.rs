//! The store: a lane of readers, one writer, and the thread that checkpoints beside it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Sender, TrySendError, bounded};
use diesel::Connection;
use tokio::sync::oneshot;

use super::{
    Db,
    error::Error,
    sqlite::{self, Log, Use, Write},
};
use crate::{
    lane::{Lane, LaneError},
    private_file,
};

/// How long a read may wait for a free connection.
const READ_PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits for a write; a lock held by another process is given up before.
const WRITE_PATIENCE: Duration = Duration::from_millis(5_800);
const READ_QUEUE: usize = 1024;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database file.
    pub file: PathBuf,
    /// How many reads run at once.
    pub read_connections: usize,
    /// How many writes may wait before further ones are refused.
    pub write_queue: usize,
}

/// The door to the database; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    readers: Lane<Db>,
    writes: Option<Sender<Box<dyn Write>>>,
    stop_checkpoints: Option<Sender<()>>,
    log: Arc<Log>,
    threads: Vec<JoinHandle<()>>,
}

impl Store {
    /// Opens the database, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be opened or migrated, or the system refuses threads.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let file = options.file.clone();
        private_file::make(&file).map_err(|error| Error::Unavailable(error.to_string()))?;
        let mut main = sqlite::connect(&file, Use::Write)?;
        let applied = sqlite::migrate(&mut main)?;
        if applied > 0 {
            tracing::info!(applied, "the database was brought up to date");
        }
        let readers = (0..options.read_connections.max(1))
            .map(|_| sqlite::connect(&file, Use::Read))
            .collect::<Result<Vec<_>, _>>()?;
        let checkpointer = sqlite::connect(&file, Use::Write)?;

        let no_thread = |error: std::io::Error| Error::Unavailable(error.to_string());
        let (writes, queue) = bounded(options.write_queue.max(1));
        let (stop_checkpoints, stop) = bounded(0);
        let log = Arc::new(Log::default());
        let writer_thread = {
            let (file, log) = (file.clone(), log.clone());
            thread::Builder::new()
                .name("writer".into())
                .spawn(move || sqlite::write_in_groups(&file, main, &queue, &log))
                .map_err(no_thread)?
        };
        let checkpoint_thread = {
            let (file, log) = (file.clone(), log.clone());
            thread::Builder::new()
                .name("checkpoint".into())
                .spawn(move || sqlite::checkpoint_beside(&file, checkpointer, &stop, &log))
                .map_err(no_thread)?
        };
        Ok(Self {
            inner: Arc::new(Inner {
                readers: Lane::start("reader", readers, READ_QUEUE).map_err(no_thread)?,
                writes: Some(writes),
                stop_checkpoints: Some(stop_checkpoints),
                log,
                threads: vec![writer_thread, checkpoint_thread],
            }),
        })
    }

    /// Has the past overwritten in the database's log as well, within a second or so: for erasing what somebody wants
    /// gone. In the database itself, what is deleted is overwritten at once.
    pub fn forget_the_past_soon(&self) {
        self.inner.log.clear_soon();
    }

    /// Runs a read on a consistent snapshot, off the event loop.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be asked.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let outcome = self.inner.readers.run(READ_PATIENCE, move |db| in_transaction(db, work)).await;
        outcome.unwrap_or_else(|lane| Err(E::from(lane.into())))
    }

    /// Runs a write as one transaction and answers after its commit; an error of the closure undoes it.
    ///
    /// # Errors
    /// What the closure answers, or why the database could not be changed.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(PendingWrite { work: Some(work), outcome: None, reply });
        match self.inner.writes.as_ref().map(|writes| writes.try_send(write)) {
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

/// Moves what a database's log holds into the database and empties the log, so that the one file is all there is.
///
/// # Errors
/// When the database can't be opened. One that others still use may keep its log.
pub fn empty_log(database: &Path) -> Result<(), Error> {
    sqlite::empty_log(&mut sqlite::connect(database, Use::Write)?)
}

/// Writes a consistent copy of a database into a new file, also while a service uses it.
///
/// # Errors
/// When the new file exists or can't be written.
pub fn backup(database: &Path, copy: &Path) -> Result<(), Error> {
    if copy.exists() {
        return Err(Error::Failed(format!("{} exists already", copy.display())));
    }
    // Under another name first: what has the asked-for name is whole.
    let partial = beside(copy, ".partial");
    drop(std::fs::remove_file(&partial));
    private_file::make(&partial).map_err(|error| Error::Failed(error.to_string()))?;
    sqlite::copy_into(&mut sqlite::connect(database, Use::Write)?, &partial)?;
    put_in_place(&partial, copy)
}

/// Puts a backup in the place of a database that is not there.
///
/// # Errors
/// When there is a database, or the backup is not a whole database of this service.
pub fn restore(copy: &Path, database: &Path) -> Result<(), Error> {
    // A log without its database would be taken for the log of the restored one.
    for file in [database.to_owned(), beside(database, "-wal"), beside(database, "-shm")] {
        if file.exists() {
            return Err(Error::Failed(format!("{} exists; move it away first", file.display())));
        }
    }
    let failed = |error: std::io::Error| Error::Failed(error.to_string());
    private_file::make_folder(database).map_err(failed)?;
    // The copy is inspected, not the original: looking at a database writes beside it.
    let partial = beside(database, ".partial");
    drop(std::fs::remove_file(&partial));
    private_file::make(&partial).map_err(failed)?;
    let mut whole = std::fs::File::open(copy).map_err(failed)?;
    let mut new = std::fs::OpenOptions::new().write(true).open(&partial).map_err(failed)?;
    std::io::copy(&mut whole, &mut new).map_err(failed)?;
    if let Err(error) = sqlite::inspect(&partial) {
        drop(std::fs::remove_file(&partial));
        return Err(error);
    }
    put_in_place(&partial, database)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn put_in_place(partial: &Path, file: &Path) -> Result<(), Error> {
    let put = || {
        std::fs::File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    };
    put().map_err(|error: std::io::Error| Error::Failed(error.to_string()))
}

impl From<LaneError> for Error {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::Full => Self::Overloaded,
            LaneError::TooLate => Self::Unavailable(error.to_string()),
            LaneError::Panicked => Self::Failed(error.to_string()),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writes = None;
        self.stop_checkpoints = None;
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// A transaction of its own (inside another one: a savepoint) around work whose error type need not know Diesel's.
/// A panic rolls back and then goes on its way.
fn in_transaction<T, E: From<Error>>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
    let mut outcome = None;
    #[expect(clippy::disallowed_methods, reason = "this is what store.read and store.write do")]
    let ended = db.transaction(|db| {
        let result = catch_unwind(AssertUnwindSafe(|| work(db)));
        let undo = !matches!(result, Ok(Ok(_)));
        outcome = Some(result);
        if undo { Err(diesel::result::Error::RollbackTransaction) } else { Ok(()) }
    });
    match (outcome, ended) {
        (Some(Err(panic)), _) => resume_unwind(panic),
        (Some(Ok(Err(refused))), _) => Err(refused),
        (Some(Ok(Ok(value))), Ok(())) => Ok(value),
        (Some(Ok(Ok(_))) | None, Err(error)) => Err(E::from(error.into())),
        (None, Ok(())) => Err(E::from(Error::Failed("the transaction ended before its work".into()))),
    }
}

struct PendingWrite<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Write for PendingWrite<F, T, E>
where
    F: FnOnce(&mut Db) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, db: &mut Db) {
        // When nobody waits any more, the caller was told that it failed: leave it undone.
        let work = if self.reply.is_closed() { None } else { self.work.take() };
        self.outcome = work.map(|work| {
            catch_unwind(AssertUnwindSafe(|| in_transaction(db, work)))
                .unwrap_or_else(|_| Err(E::from(LaneError::Panicked.into())))
        });
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
