//! The connection that closures get: either engine behind one type, one schema and one set of queries.
#![allow(missing_docs, reason = "Diesel's macro generates most of this file")]

use diesel::{
    MultiConnection, QueryResult, SqliteConnection,
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
};

use super::postgres::connection::PgConnection;

/// A connection to the database. It is made by the engine that the address names, never by `establish`, which would take
/// a mistyped address for the name of a new file.
#[derive(MultiConnection)]
#[expect(clippy::large_enum_variant, reason = "there are a dozen of them, and each lives long")]
pub enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Db {
    /// Says that a query will be asked for after the next one, where to send it along spares a way to the server and back.
    /// What is written meanwhile makes it be asked for anew.
    ///
    /// # Errors
    /// When it can't be prepared.
    pub fn foresee<T: QueryFragment<Pg> + QueryId>(&mut self, query: &T) -> QueryResult<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => connection.foresee(query),
        }
    }
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

/// Writes what nobody waits for: with a server, the next statement takes it along, at the latest the end of the transaction,
/// and fails if it does. For what changes a row of which it is known whether it is there.
macro_rules! write_unwaited {
    ($db:expr, $statement:expr) => {
        match $db {
            $crate::storage::Db::Sqlite(connection) => $statement.execute(connection).map(drop),
            $crate::storage::Db::Postgres(connection) => connection.write_unwaited(&$statement),
        }
    };
}

pub(crate) use on_engine;
pub(crate) use write_unwaited;
