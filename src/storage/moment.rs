//! How an instant is kept. In SQLite it is an integer of microseconds: text timestamps read half as fast, and their order
//! breaks when the number of digits varies. In PostgreSQL it is a `timestamptz`, which counts the same microseconds from
//! 2000.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, data_types::PgTimestamp},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, HasSqlType, SqlOrd, SqlType, Timestamptz},
    sqlite::Sqlite,
};

use super::db::MultiBackend;
use crate::foundation::clock::Instant;

/// The SQL type: microseconds since 1970 in SQLite, `timestamptz` in PostgreSQL.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(sqlite_type(name = "Long"))]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
pub struct Moment;

/// Of two instants, one is the later.
impl SqlOrd for Moment {}

/// Has Diesel take an [`Instant`], which knows nothing of databases, for a value of this type.
#[derive(AsExpression, FromSqlRow)]
#[diesel(foreign_derive, sql_type = Moment)]
#[expect(dead_code, reason = "the macros read it, and nobody makes one")]
struct Kept(Instant);

/// The start of 2000 in microseconds since 1970.
const YEAR_2000: i64 = 946_684_800_000_000;
/// What PostgreSQL can hold, in its own count: 4714 BC to the end of 294276.
const EARLIEST: i64 = -211_813_488_000_000_000;
const LATEST: i64 = 9_223_371_331_199_999_999;

impl FromSql<Moment, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self::from_micros)
    }
}

impl ToSql<Moment, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Pg> for Instant {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let PgTimestamp(micros) = FromSql::<Timestamptz, Pg>::from_sql(value)?;
        Ok(Self::from_micros(micros.saturating_add(YEAR_2000)))
    }
}

impl ToSql<Moment, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // Nothing that is stored comes near the limits, but a bound to compare with may.
        let micros = self.micros().saturating_sub(YEAR_2000).clamp(EARLIEST, LATEST);
        ToSql::<Timestamptz, Pg>::to_sql(&PgTimestamp(micros), &mut out.reborrow())
    }
}

impl HasSqlType<Moment> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Moment>(lookup)
    }
}

impl FromSql<Moment, MultiBackend> for Instant {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Moment>()
    }
}

impl ToSql<Moment, MultiBackend> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Moment, self));
        Ok(IsNull::No)
    }
}
