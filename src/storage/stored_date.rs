//! Dates as they are kept in the database.

use chrono::{Datelike, NaiveDate};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Date,
    sqlite::Sqlite,
};

use super::db::MultiBackend;

/// A date of a row. In SQLite it is text, which Diesel has read and written by a format; that costs more than the rest of
/// a narrow row. For what is read by the dozen, or written with each cramp.
#[derive(Debug, Clone, Copy, FromSqlRow, AsExpression)]
#[diesel(sql_type = Date)]
pub struct StoredDate(NaiveDate);

impl From<NaiveDate> for StoredDate {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

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

impl ToSql<Date, Sqlite> for StoredDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(text(self.0));
        Ok(IsNull::No)
    }
}

impl ToSql<Date, Pg> for StoredDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Date, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl ToSql<Date, MultiBackend> for StoredDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Date, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Date, MultiBackend> for StoredDate {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Date>()
    }
}

/// A date as SQLite and Diesel write it.
fn text(date: NaiveDate) -> String {
    let Ok(mut year @ 0..=9999) = u32::try_from(date.year()) else { return date.to_string() };
    let mut text = *b"0000-00-00";
    for place in (0..4).rev() {
        text[place] += digit(year);
        year /= 10;
    }
    for (place, number) in [(5, date.month()), (8, date.day())] {
        text[place] += digit(number / 10);
        text[place + 1] += digit(number);
    }
    text.iter().copied().map(char::from).collect()
}

/// The last digit of a number.
fn digit(number: u32) -> u8 {
    u8::try_from(number % 10).unwrap_or_default()
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
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_chrono_writes_them() {
        for text in
            ["2026-03-29", "2024-02-29", "0001-01-01", "1970-10-10", "9999-12-31", "+12026-03-29", "-0001-01-01"]
        {
            let date: NaiveDate = text.parse().unwrap();
            assert_eq!(super::text(date), text);
            assert_eq!(super::text(date), date.to_string());
        }
    }

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
