//! How connections to a file are opened and checked.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection},
    sql_types::{BigInt, Integer, Text},
};

use crate::storage::{Error, Result};

/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A log beyond this is cut short even if writers must wait for it.
pub const LONGEST_LOG: u64 = 64 * 1024 * 1024;

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
///
/// # Errors
/// When the file can't be opened, is another program's, or does not keep them.
pub fn connect(file: &Path, purpose: Use) -> Result<SqliteConnection> {
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
fn log_ahead(db: &mut SqliteConnection) -> Result<()> {
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

/// Begins a transaction with these words.
///
/// # Errors
/// When the database does.
pub fn begin(db: &mut SqliteConnection, sql: &str) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(db, sql)
}

/// How many rows refer to rows that are not there.
pub fn dangling_rows(db: &mut SqliteConnection) -> Result<i64> {
    let dangling: Count = diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(db)?;
    Ok(dangling.count)
}

/// Another program's file must not be touched, let alone get our tables.
fn refuse_other_programs(db: &mut SqliteConnection) -> Result<()> {
    let tables: Count = diesel::sql_query("SELECT count(*) AS count FROM sqlite_schema").get_result(db)?;
    if tables.count > 0 && !is_ours(db)? {
        return Err(Error::Failed("the file is not a database of this service".into()));
    }
    Ok(())
}

fn is_ours(db: &mut SqliteConnection) -> Result<bool> {
    const OURS: i64 = 0x6372_6D70; // "crmp"
    let id: ApplicationId = diesel::sql_query("SELECT application_id FROM pragma_application_id").get_result(db)?;
    Ok(id.application_id == OURS)
}

/// Empties the log into the database, unless somebody is in the way.
pub fn empty_log(db: &mut SqliteConnection) -> Result<()> {
    Ok(db.batch_execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)")?)
}

/// Writes a consistent copy of the database into a new file, also while others write.
pub fn copy_into(db: &mut SqliteConnection, file: &Path) -> Result<()> {
    let path = file.to_str().ok_or_else(|| Error::Failed("the path is not valid UTF-8".into()))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path).execute(db)?;
    Ok(())
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
///
/// # Errors
/// When it is another program's, or damaged.
pub fn inspect(file: &Path) -> Result<()> {
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
