//! What can go wrong with a database, as far as a caller can do something about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::foundation::{budget::OverBudget, lane::LaneError};

/// A failure of the database or of the way to it. The text is for the log, never for a client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// So much waits already of whose work it is; nothing was done.
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    /// More work is waiting than the queue holds, or than came to its turn in time; nothing was done.
    #[error("too much work is waiting for the database")]
    Overloaded,
    /// The database did not answer in time or is locked by somebody else. A write that was running may still be done.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection broke before anything was committed: on another one, the same work may succeed.
    #[error("the connection to the database broke: {0}")]
    Lost(String),
    /// Another transaction was in the way, and nothing was done: the same work may succeed now.
    #[error("another transaction was in the way: {0}")]
    Contended(String),
    /// There is no room left to write; nothing was done.
    #[error("no room left for the database: {0}")]
    Full(String),
    /// A query failed, or a stored row can't be understood.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// A stored value that no version of this service writes.
    #[must_use]
    pub fn corrupt(what: &str) -> Self {
        Self::Failed(format!("a stored {what} can't be understood"))
    }
}

/// What the work of a transaction may fail with. The store has to see its own errors in it, since some mean: once more.
pub trait Failure: From<Error> + Send + 'static {
    /// The database's part in it.
    fn of_storage(&self) -> Option<&Error>;
}

impl Failure for Error {
    fn of_storage(&self) -> Option<&Error> {
        Some(self)
    }
}

impl From<LaneError> for Error {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::OverBudget(over) => Self::OverBudget(over),
            LaneError::Full | LaneError::TooLate => Self::Overloaded,
            LaneError::Panicked => Self::Failed(error.to_string()),
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, information) => {
                let text = information.message();
                match sqlstate(text) {
                    Some(state) => told_by_postgres(kind, state, text),
                    None if matches!(kind, DatabaseErrorKind::ClosedConnection) => Self::Lost(text.to_owned()),
                    None => told_by_sqlite(text),
                }
            }
            // A commit that failed was rolled back, which failed too: the first says why.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The five characters that PostgreSQL gives every error, which the connection puts first.
fn sqlstate(text: &str) -> Option<&str> {
    let (state, _) = text.split_once(": ")?;
    let is_state = state.len() == 5 && state.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    is_state.then_some(state)
}

fn told_by_postgres(kind: DatabaseErrorKind, state: &str, text: &str) -> Error {
    let text = text.to_owned();
    match (kind, state) {
        // Somebody else wrote the row between our look and our insert, or deleted what it refers to. Whoever looks again,
        // sees it.
        (
            DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation,
            _,
        ) => Error::Contended(text),
        // A server that became read-only is one that another has taken over from.
        (DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction, _) => Error::Lost(text),
        (_, "53100") => Error::Full(text),
        // Too many connections, out of memory; a statement or a lock took too long; the server is being stopped.
        (_, state) if state.starts_with("53") || ["57014", "55P03"].contains(&state) => Error::Unavailable(text),
        _ => Error::Failed(text),
    }
}

fn told_by_sqlite(text: &str) -> Error {
    if text.contains("locked") || text.contains("disk I/O") {
        Error::Unavailable(text.to_owned())
    } else if text.contains("disk is full") {
        Error::Full(text.to_owned())
    } else {
        // The text of a constraint names columns, never values.
        Error::Failed(text.to_owned())
    }
}
