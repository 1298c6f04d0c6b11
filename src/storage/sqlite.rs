//! SQLite: how connections are opened and checked, the one writer with its group commit, and checkpoints beside it.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use diesel::{
    Connection, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    migration::{Migration, MigrationSource},
    sql_types::{BigInt, Integer, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Db, error::Error};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many writes one commit takes at most, so that the first of them does not wait for ever.
const LARGEST_GROUP: usize = 512;
/// How often the log is looked at, to move it into the database.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// A log beyond this is cut short even if writers must wait for it.
const LONGEST_LOG: u64 = 64 * 1024 * 1024;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It may change the database.
    Write,
    /// The database refuses every change on it.
    Read,
}

#[derive(diesel::QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(diesel::QueryableByName)]
struct Numbers {
    #[diesel(sql_type = Integer)]
    synchronous: i32,
    #[diesel(sql_type = Integer)]
    foreign_keys: i32,
}

/// Opens a connection and makes sure that it keeps its promises.
pub fn connect(file: &Path, purpose: Use) -> Result<Db, Error> {
    let path = file.to_str().ok_or_else(|| Error::Unavailable("the path of the database is not valid UTF-8".into()))?;
    let mut db = SqliteConnection::establish(path).map_err(|error| Error::Unavailable(error.to_string()))?;
    db.batch_execute(&format!("PRAGMA busy_timeout = {}", BUSY_TIMEOUT.as_millis()))?;
    refuse_other_programs(&mut db)?;
    log_ahead(&mut db)?;
    db.batch_execute(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8000;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = {LONGEST_LOG};
         PRAGMA query_only = {};",
        if purpose == Use::Read { "ON" } else { "OFF" },
    ))?;
    // A pragma that can't be obeyed is not an error in SQLite: ask what holds.
    let mode: JournalMode = diesel::sql_query("PRAGMA journal_mode").get_result(&mut db)?;
    let numbers: Numbers =
        diesel::sql_query("SELECT synchronous, foreign_keys FROM pragma_synchronous, pragma_foreign_keys")
            .get_result(&mut db)?;
    if mode.journal_mode != "wal" || numbers.synchronous != 2 || numbers.foreign_keys != 1 {
        return Err(Error::Unavailable(
            "the database does not take write-ahead logging with full synchronisation".into(),
        ));
    }
    Ok(db)
}

/// Turns write-ahead logging on. Unlike other statements, the first turn does not wait for locks: of several processes
/// that start at once on a new file, the slower ones would fail.
fn log_ahead(db: &mut Db) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match db.batch_execute("PRAGMA journal_mode = WAL").map_err(Error::from) {
            Err(Error::Unavailable(why)) if why.contains("locked") && begun.elapsed() < BUSY_TIMEOUT => {
                thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
}

/// Brings the tables up to date, all or nothing. Of several processes that start at once, one does it.
pub fn migrate(db: &mut Db) -> Result<usize, Error> {
    // A migration that builds a table anew drops the old one, which would take the rows that refer to it along. The
    // setting can't change within a transaction.
    db.batch_execute("PRAGMA foreign_keys = OFF")?;
    let applied = db.immediate_transaction(|db| {
        refuse_newer_version(db)?;
        let applied = db.run_pending_migrations(MIGRATIONS).map_err(migration_failed)?.len();
        if applied == 0 {
            // The check below reads every row: only who changed tables has to pay for it.
            return Ok(0);
        }
        let dangling: Count =
            diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(db)?;
        if dangling.count == 0 { Ok(applied) } else { Err(migration_failed("rows refer to rows that are not there")) }
    })?;
    db.batch_execute("PRAGMA foreign_keys = ON")?;
    Ok(applied)
}

fn migration_failed(error: impl std::fmt::Display) -> Error {
    Error::Failed(format!("migration failed: {error}"))
}

/// Another program's file must not be touched, let alone get our tables.
fn refuse_other_programs(db: &mut Db) -> Result<(), Error> {
    let tables: Count = diesel::sql_query("SELECT count(*) AS count FROM sqlite_schema").get_result(db)?;
    if tables.count > 0 && !is_ours(db)? {
        return Err(Error::Failed("the file is not a database of this service".into()));
    }
    Ok(())
}

/// There is no way back: an older version would write into tables that it does not know.
fn refuse_newer_version(db: &mut Db) -> Result<(), Error> {
    let known = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(migration_failed)?;
    let applied = db.applied_migrations().map_err(migration_failed)?;
    if applied.iter().all(|version| known.iter().any(|known| known.name().version() == *version)) {
        Ok(())
    } else {
        Err(Error::Failed("the database was brought up to date by a newer version of this service".into()))
    }
}

fn is_ours(db: &mut Db) -> Result<bool, Error> {
    const OURS: i64 = 0x6372_6D70; // "crmp"
    let id: ApplicationId = diesel::sql_query("SELECT application_id FROM pragma_application_id").get_result(db)?;
    Ok(id.application_id == OURS)
}

/// Empties the log into the database, unless somebody is in the way.
pub fn empty_log(db: &mut Db) -> Result<(), Error> {
    Ok(db.batch_execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)")?)
}

/// Writes a consistent copy of the database into a new file, also while others write.
pub fn copy_into(db: &mut Db, file: &Path) -> Result<(), Error> {
    let path = file.to_str().ok_or_else(|| Error::Failed("the path is not valid UTF-8".into()))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path).execute(db)?;
    Ok(())
}

/// A write that waits for its turn.
pub trait Write: Send {
    /// Does the work in a savepoint of its own; what goes wrong undoes this write alone.
    fn run(&mut self, db: &mut Db);
    /// Tells the caller how it ended, after the commit.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

/// The one writer: takes all that waits into one transaction, commits once, then answers. It waits for nothing but
/// the first, so a lone write is not slower for it.
pub fn write_in_groups(file: &Path, mut db: Db, queue: &Receiver<Box<dyn Write>>, log: &Log) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(LARGEST_GROUP - 1));
        let committed = commit_group(&mut db, &mut group);
        log.changed.store(true, Ordering::Release);
        if let Err(error) = &committed {
            tracing::warn!(%error, writes = group.len(), "a group of writes was not committed");
            // What came meanwhile would only wait for the same failure once more.
            group.extend(queue.try_iter());
            // The state of a connection after a failed commit is not worth guessing.
            match connect(file, Use::Write) {
                Ok(fresh) => db = fresh,
                Err(error) => tracing::warn!(%error, "the database can't be opened anew"),
            }
        }
        for write in group {
            write.answer(committed.clone());
        }
    }
}

fn commit_group(db: &mut Db, group: &mut [Box<dyn Write>]) -> Result<(), Error> {
    AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE")?;
    for write in group.iter_mut() {
        write.run(db);
        // When the disk is full or fails, SQLite may give the whole transaction up, and each further write would be one of
        // its own. A transaction that is open is what Diesel calls broken, since a pool must not take it back like that.
        let still_open = AnsiTransactionManager::is_broken_transaction_manager(db);
        if !still_open {
            return Err(Error::Unavailable("the database gave up the transaction".into()));
        }
    }
    AnsiTransactionManager::commit_transaction(db).map_err(Error::from)
}

/// What the checkpointer knows of the log.
#[derive(Debug, Default)]
pub struct Log {
    changed: AtomicBool,
    must_go: AtomicBool,
}

impl Log {
    /// Has what the log holds of the past overwritten soon.
    pub fn clear_soon(&self) {
        self.must_go.store(true, Ordering::Release);
    }
}

/// Moves the log into the database beside the writer, until the channel closes.
pub fn checkpoint_beside(file: &Path, mut db: Db, stop: &Receiver<()>, log: &Log) {
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

#[derive(diesel::QueryableByName)]
struct ApplicationId {
    #[diesel(sql_type = BigInt)]
    application_id: i64,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(diesel::QueryableByName)]
struct Integrity {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Makes sure that a file is a whole database of this service.
pub fn inspect(file: &Path) -> Result<(), Error> {
    let mut db = connect(file, Use::Read)?;
    if !is_ours(&mut db)? {
        return Err(Error::Failed("the file is not a database of this service".into()));
    }
    let verdict: Integrity =
        diesel::sql_query("SELECT integrity_check FROM pragma_integrity_check").get_result(&mut db)?;
    if verdict.integrity_check == "ok" {
        Ok(())
    } else {
        // The verdict goes over several lines; the first fault says enough.
        let verdict = verdict.integrity_check.lines().take(2).collect::<Vec<_>>().join(" ");
        Err(Error::Failed(format!("the file is damaged: {verdict}")))
    }
}
