//! What can go wrong with a database, as far as a caller can do something about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database or of the way to it. The text is for the log, never for a client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More work is waiting than the queue holds; nothing was done.
    #[error("the queue to the database is full")]
    Overloaded,
    /// The database did not answer in time or is locked by somebody else. A write that was running may still be done.
    #[error("the database is not available: {0}")]
    Unavailable(String),
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

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(kind, information) => {
                let text = information.message();
                if matches!(kind, DatabaseErrorKind::ClosedConnection)
                    || text.contains("locked")
                    || text.contains("disk I/O")
                {
                    Self::Unavailable(text.to_owned())
                } else if text.contains("disk is full") {
                    Self::Full(text.to_owned())
                } else {
                    // The text of a constraint names columns, never values.
                    Self::Failed(text.to_owned())
                }
            }
            DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}
