//! The SQL type of an instant, below everything that knows what an instant is.

use diesel::{
    query_builder::QueryId,
    sql_types::{SqlOrd, SqlType},
};

/// Microseconds since 1970 in SQLite, `timestamptz` in PostgreSQL.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(sqlite_type(name = "Long"))]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
pub struct Moment;

/// Of two instants, one is the later.
impl SqlOrd for Moment {}
