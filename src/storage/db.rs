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

/// What queries are built for before it is known which engine runs them; boxed queries have to name it.
pub type Backend = MultiBackend;
