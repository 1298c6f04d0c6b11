//! Dates as they come out of the database.

use chrono::NaiveDate;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    pg::Pg,
    sql_types::Date,
    sqlite::Sqlite,
};

use super::db::MultiBackend;

/// A date of a row. In SQLite it is text, which Diesel has parsed by a format; that costs more than the rest of a narrow
/// row. For what is read by the dozen.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub struct StoredDate(NaiveDate);

impl From<StoredDate> for NaiveDate {
    fn from(stored: StoredDate) -> Self {
        stored.0
    }
}

impl FromSql<Date, Sqlite> for StoredDate {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = value.read_text();
        Ok(Self(digits(text.as_bytes()).map_or_else(|| text.parse(), Ok)?))
    }
}

impl FromSql<Date, Pg> for StoredDate {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Date, Pg>::from_sql(value).map(Self)
    }
}

impl FromSql<Date, MultiBackend> for StoredDate {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Date>()
    }
}

/// A date with a year of four digits: all but the strangest.
fn digits(text: &[u8]) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_chrono_reads_them() {
        for text in ["2026-03-29", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(digits(text.as_bytes()), text.parse().ok(), "{text}");
            assert!(digits(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["2026-02-29", "2026-3-29", "+12026-03-29", "2026-03-29 ", "2026/03/29", "202a-03-29", ""] {
            assert_eq!(digits(text.as_bytes()), None, "{text}");
        }
    }
}
