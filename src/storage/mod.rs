//! The only door to the database: `store.read(|db| …)` and `store.write(|db| …)`.
//!
//! A read sees one consistent snapshot; a write is one transaction, acknowledged only after its commit. Subjects keep
//! their SQL in their own `store.rs`, once for both engines, and get the connection from here.

mod address;
mod db;
mod error;
mod fixed;
pub mod moment;
mod postgres;
pub mod refusal;
pub mod schema;
mod sqlite;
mod store;
mod stored_date;
mod tables;
mod transaction;
pub mod transfer;
mod types;

pub use address::{Address, AddressError};
pub use db::Db;
pub(crate) use db::on_engine;
pub use error::{Error, Failure};
pub use fixed::Fixed;
pub(crate) use fixed::fixed;
pub use postgres::address::PgAddress;
pub use sqlite::files::{backup, empty_log, restore};
pub use store::{Options, Store};
pub use stored_date::StoredDate;

/// What a query returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
