//! How a table is declared: once, for the queries on it and for the rows that a copy of the service moves.

use chrono::NaiveDate;
use diesel::{
    QueryResult,
    sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SqlType, Text, is_nullable::NotNull},
};

use super::{Db, Error, moment::Moment};
use crate::foundation::clock::Instant;

/// How many rows of a copy are in memory at a time.
pub const BATCH: i64 = 1_000;

/// A table whose rows are found by one key, and how all of them are copied. It answers how many arrived.
pub type Keyed = (&'static str, fn(&mut Db, &mut Db) -> Result<i64, Error>);

/// A table of a diary, and how one diary's rows are copied. It answers how many arrived.
pub type OfADiary = (&'static str, fn(&mut Db, &mut Db, &str) -> Result<i64, Error>);

/// What a column holds, as a row in memory has it.
pub trait Held {
    /// The value.
    type As;
}

macro_rules! held {
    ($($kind:ident as $value:ty),+ $(,)?) => { $(impl Held for $kind { type As = $value; })+ };
}

held! {
    BigInt as i64, Binary as Vec<u8>, Bool as bool, Date as NaiveDate, Integer as i32, Moment as Instant, Text as String,
}

impl<T: Held + SqlType<IsNull = NotNull>> Held for Nullable<T> {
    type As = Option<T::As>;
}

/// A table whose rows can be moved.
pub trait Moved {
    /// All that a row holds, in the order of the columns.
    type Row;

    /// Writes a row.
    ///
    /// # Errors
    /// When the database does not take it.
    fn put(target: &mut Db, row: Self::Row) -> QueryResult<()>;
}

/// That as many rows arrived as there were.
///
/// # Errors
/// When they did not.
pub fn same(table: &str, (source, target): (i64, i64)) -> Result<i64, Error> {
    if source == target {
        Ok(target)
    } else {
        Err(Error::Failed(format!("{table}: of {source} rows, {target} arrived; nothing was copied")))
    }
}

/// Declares tables in the words of Diesel's `table!`, in the order in which they are copied: what a row refers to comes
/// before it. Beside the tables there are the lists `KEYED` and `OF_A_DIARY`.
macro_rules! tables {
    (
        keyed { $($keyed:ident ($key:ident) { $first:ident -> $first_kind:ident, $($keyed_columns:tt)+ })+ }
        of a diary { $($owned:ident ($($owned_key:ident),+) { $($owned_columns:tt)+ })+ }
    ) => {
        $(tables!(@declare $keyed ($key) { $first -> $first_kind, $($keyed_columns)+ });)+
        $(tables!(@declare $owned ($($owned_key),+) { $($owned_columns)+ });)+

        pub(super) const KEYED: &[Keyed] = &[$((stringify!($keyed), |source, target| {
            let mut last: Option<<$first_kind as Held>::As> = None;
            loop {
                let mut query =
                    $keyed::table.select($keyed::all_columns).order($keyed::$key).limit(BATCH).into_boxed();
                if let Some(last) = &last {
                    query = query.filter($keyed::$key.gt(last.clone()));
                }
                let rows: Vec<<$keyed::table as Moved>::Row> = query.load(source)?;
                let Some(row) = rows.last() else { break };
                last = Some(row.0.clone());
                for row in rows {
                    <$keyed::table as Moved>::put(target, row)?;
                }
            }
            let counts = ($keyed::table.count().get_result(source)?, $keyed::table.count().get_result(target)?);
            same(stringify!($keyed), counts)
        })),+];

        pub(super) const OF_A_DIARY: &[OfADiary] = &[$((stringify!($owned), |source, target, diary| {
            let of_it = || $owned::table.filter($owned::diary_id.eq(diary));
            for batch in 0.. {
                let query = of_it().select($owned::all_columns).order($owned::table.primary_key());
                let rows: Vec<<$owned::table as Moved>::Row> = query.limit(BATCH).offset(batch * BATCH).load(source)?;
                if rows.is_empty() {
                    break;
                }
                for row in rows {
                    <$owned::table as Moved>::put(target, row)?;
                }
            }
            let counts = (of_it().count().get_result(source)?, of_it().count().get_result(target)?);
            same(stringify!($owned), counts)
        })),+];
    };
    (@declare $table:ident ($($key:ident),+) { $($column:ident -> $kind:ident $(<$inner:ident>)?,)+ }) => {
        diesel::table! {
            use diesel::sql_types::*;
            use crate::storage::moment::Moment;
            $table ($($key),+) { $($column -> $kind $(<$inner>)?,)+ }
        }

        impl Moved for $table::table {
            type Row = ($(<$kind $(<$inner>)? as Held>::As,)+);

            fn put(target: &mut Db, ($($column,)+): Self::Row) -> QueryResult<()> {
                diesel::insert_into($table::table).values(($($table::$column.eq($column),)+)).execute(target)?;
                Ok(())
            }
        }
    };
}

pub(super) use tables;
