//! Errors of the driver, as Diesel knows errors.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use tokio_postgres::error::SqlState;

/// A connection that is of no use any more.
pub fn lost(why: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(Report(why.to_owned())))
}

/// What the server says, behind its SQLSTATE if it gave one: Diesel has no room for that elsewhere.
struct Report(String);

impl DatabaseErrorInformation for Report {
    fn message(&self) -> &str {
        &self.0
    }

    fn details(&self) -> Option<&str> {
        None
    }

    fn hint(&self) -> Option<&str> {
        None
    }

    fn table_name(&self) -> Option<&str> {
        None
    }

    fn column_name(&self) -> Option<&str> {
        None
    }

    fn constraint_name(&self) -> Option<&str> {
        None
    }

    fn statement_position(&self) -> Option<i32> {
        None
    }
}

/// What the driver says, in Diesel's terms.
pub fn diesel_error(error: &tokio_postgres::Error) -> Error {
    let (kind, text) = match error.as_db_error() {
        // The message alone: details quote values of the row.
        Some(told) => (kind(told.code()), format!("{}: {}", told.code().code(), told.message())),
        None => (DatabaseErrorKind::ClosedConnection, described(error)),
    };
    Error::DatabaseError(kind, Box::new(Report(text)))
}

/// An error with its causes.
pub fn described(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// SQLSTATEs as far as Diesel tells them apart.
fn kind(state: &SqlState) -> DatabaseErrorKind {
    match state.code() {
        "40001" | "40P01" => DatabaseErrorKind::SerializationFailure,
        "23505" => DatabaseErrorKind::UniqueViolation,
        "23503" => DatabaseErrorKind::ForeignKeyViolation,
        "23502" => DatabaseErrorKind::NotNullViolation,
        "23514" => DatabaseErrorKind::CheckViolation,
        "25006" => DatabaseErrorKind::ReadOnlyTransaction,
        code if code.starts_with("08") || code.starts_with("57P") => DatabaseErrorKind::ClosedConnection,
        _ => DatabaseErrorKind::Unknown,
    }
}
