//! Why the service does not do what was asked, in domain words: below HTTP nobody knows status codes.

use std::time::Duration;

use crate::{
    foundation::{budget::OverBudget, faults::Faults, lane::HashError, precondition::Revision},
    storage,
};

/// A request that is understood but can't be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in: the session is over or the account is gone.
    #[error("not signed in")]
    NotSignedIn,
    /// They are, and showed too long ago that it is they.
    #[error("the proof of who they are is too old")]
    NotProved,
    /// The caller can see the diary but may not do this.
    #[error("the caller's role does not allow this")]
    Forbidden,
    /// The caller's token is not for this: it lacks a scope, or none would do.
    #[error("the token's scopes do not allow this")]
    InsufficientScope(Option<&'static str>),
    /// It is not there, or it is not for the caller to know that it is.
    #[error("not found")]
    NotFound,
    /// It was there and was deleted.
    #[error("deleted")]
    Gone,
    /// A row of this id exists with other content.
    #[error("the id is in use")]
    IdConflict,
    /// The caller's knowledge of the row is out of date. It is at this revision, if it is there.
    #[error("the precondition does not hold")]
    Stale(Option<Revision>),
    /// What the caller knows of the diary can't be brought up to date.
    #[error("only beginning anew helps")]
    ResyncRequired,
    /// A row that the caller brings was changed by somebody else.
    #[error("somebody else was faster")]
    PullFirst,
    /// The request contradicts itself or what is stored.
    #[error("invalid")]
    Invalid(Faults),
    /// So many tries failed that the next one has to wait this long.
    #[error("too many tries")]
    Held(Duration),
    /// The caller asks for more of it than one may.
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    /// As much of it is going on as may at the same time; nothing was done.
    #[error("too much of this at once")]
    Busy,
    /// The operator has named no server through which mail is sent.
    #[error("no mail is sent")]
    NoMail,
    /// No password could be looked at.
    #[error(transparent)]
    Passwords(#[from] HashError),
    /// The database did not do its part.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl storage::Failure for Refusal {
    fn of_storage(&self) -> Option<&storage::Error> {
        match self {
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}
