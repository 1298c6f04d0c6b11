//! SQLite: connections to one file, its log, and copies of it.

pub mod connection;
pub mod files;
pub mod log;

use std::path::Path;

use connection::Use;
pub use connection::is_current;
use diesel::{QueryResult, SqliteConnection, connection::AnsiTransactionManager};

use super::error::Error;

/// A connection that changes nothing.
///
/// # Errors
/// When the file is not a database of this service.
pub fn connect_to_read(file: &Path) -> Result<SqliteConnection, Error> {
    connection::connect(file, Use::Read)
}

/// A connection to a file with all tables.
///
/// # Errors
/// When the file can't be opened or migrated.
pub fn connect_migrated(file: &Path) -> Result<SqliteConnection, Error> {
    let mut connection = connection::connect(file, Use::Write)?;
    connection::migrate(&mut connection)?;
    Ok(connection)
}

/// Begins a transaction with these words.
///
/// # Errors
/// When the database does.
pub fn begin(connection: &mut SqliteConnection, sql: &str) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(connection, sql)
}
