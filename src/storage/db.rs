//! The connection that closures get: either engine behind one type, one schema and one set of queries.
#![allow(missing_docs, reason = "Diesel's macro generates most of this file")]

use diesel::{MultiConnection, SqliteConnection};

use super::postgres::connection::PgConnection;

/// A connection to the database. It is made by the engine that the address names, never by `establish`, which would take
/// a mistyped address for the name of a new file.
#[derive(MultiConnection)]
#[expect(clippy::large_enum_variant, reason = "there are a dozen of them, and each lives long")]
pub enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs a query on the engine's own connection. What works for both alike may go through [`Db`] itself, which writes the
/// SQL anew each time; here the statement is known by its type. For what every request does, and what the macro above
/// refuses.
macro_rules! on_engine {
    ($db:expr, |$connection:ident| $work:expr) => {
        match $db {
            $crate::storage::Db::Sqlite($connection) => $work,
            $crate::storage::Db::Postgres($connection) => $work,
        }
    };
}

pub(crate) use on_engine;
