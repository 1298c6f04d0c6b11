//! The ledger: what was erased, withdrawn or used up, in a file beside the database. A backup does not know what ended
//! after it; with the ledger, what it brings back is ended once more.
//!
//! A line is a row of the database as well, written in the transaction that ends something. After the commit, and before
//! anybody is told of it, it is appended to the file and synced. Should the process be killed in between, the row is there,
//! and the next start appends what is missing. So the file never tells of what did not happen, and never misses what
//! somebody was told.

mod entries;
mod file;
mod line;

pub(super) use entries::gather;
pub use entries::{delete_old, record, remember, since, unknown};
pub use file::{Ledger, LedgerError, read};
pub use line::{Line, What};

use std::time::Duration;

/// How long lines are kept: longer than any backup that somebody should still restore.
pub const KEPT: Duration = Duration::from_hours(400 * 24);
