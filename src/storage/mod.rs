//! The only door to the database: `store.read(|db| …)` and `store.write(|db| …)`.
//!
//! A read sees one consistent snapshot; a write is one transaction, acknowledged only after its commit. Subjects keep
//! their SQL in their own `store.rs`, once for both engines, and get the connection from here.

mod address;
mod db;
mod engines;
mod erasing;
mod error;
mod fixed;
pub mod ledger;
pub mod moment;
mod options;
mod postgres;
pub mod refusal;
pub mod schema;
pub mod sealing;
mod sqlite;
mod store;
mod stored_date;
pub mod stored_json;
mod tables;
mod transaction;
pub mod transfer;
pub mod vault;
mod written;

pub use address::{Address, AddressError};
pub use db::Db;
pub(crate) use db::{on_engine, write_unwaited};
pub(crate) use erasing::delete_first;
pub use error::{Error, Failure};
pub(crate) use fixed::fixed;
pub use fixed::{Fixed, update};
pub use options::Options;
pub use postgres::address::PgAddress;
pub use sqlite::files::{Restoring, backup, empty_log};
pub use sqlite::log::Checkpoints;
pub use store::Store;
pub use stored_date::StoredDate;
pub use transaction::{Work, within};
pub use written::Written;

/// What a query returns. Whatever asks the database fails when the database does: who answers with this type and fails
/// for no other reason says no more about it.
pub type Result<T, E = Error> = std::result::Result<T, E>;
