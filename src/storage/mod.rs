//! The only door to the database: `store.read(|db| …)` and `store.write(|db| …)`.
//!
//! A read sees one consistent snapshot; a write is one transaction, acknowledged only after its commit. Subjects keep
//! their SQL in their own `store.rs` and get the connection from here.

mod error;
pub mod moment;
pub mod schema;
mod sqlite;
mod store;
mod types;

pub use error::Error;
pub use store::{Options, Store, backup, empty_log, restore};

/// The connection that closures get.
pub type Db = diesel::SqliteConnection;

/// What a query returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
