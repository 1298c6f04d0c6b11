//! Dates and times as they are written: in the forms of RFC 3339, and in nothing looser.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};

/// Reads `YYYY-MM-DD`, years 0001 to 9999, and nothing looser.
#[must_use]
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if well_formed { text.parse().ok().filter(|date: &NaiveDate| date.year() >= 1) } else { None }
}

/// The years and months of which the last minute in UTC had a second 60: the tz database's `leapseconds` of 2026f, by
/// Bulletin C of the IERS.
const LEAPT: [(i32, u32); 27] = [
    (1972, 6),
    (1972, 12),
    (1973, 12),
    (1974, 12),
    (1975, 12),
    (1976, 12),
    (1977, 12),
    (1978, 12),
    (1979, 12),
    (1981, 6),
    (1982, 6),
    (1983, 6),
    (1985, 6),
    (1987, 12),
    (1989, 12),
    (1990, 12),
    (1992, 6),
    (1993, 6),
    (1994, 6),
    (1995, 12),
    (1997, 6),
    (1998, 12),
    (2005, 12),
    (2008, 12),
    (2012, 6),
    (2015, 6),
    (2016, 12),
];
/// From this month on the list can't know: they are announced half a year before.
const UNKNOWN_FROM: (i32, u32) = (2027, 6);

/// Reads what the grammar of RFC 3339 (section 5.6) allows, and nothing looser. A second 60 is one only where there was a
/// leap second or may be one: at the end of June and of December in UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    let (date_time, offset) = text.split_at_checked("2026-03-29T03:10:00".len())?;
    let is_like = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, like)| match like {
                b'0' => byte.is_ascii_digit(),
                b'T' | b'Z' => byte.eq_ignore_ascii_case(&like),
                b'+' => byte == b'+' || byte == b'-',
                _ => byte == like,
            })
    };
    let without_fraction = match offset.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => offset,
    };
    let has_digits = !offset.starts_with('.') || offset.len() - without_fraction.len() > 1;
    let well_formed = is_like(date_time, "0000-00-00T00:00:00")
        && has_digits
        && (is_like(without_fraction, "Z") || is_like(without_fraction, "+00:00"));
    let time = DateTime::parse_from_rfc3339(text).ok().filter(|_| well_formed)?;
    let utc = time.naive_utc();
    let is_leap = date_time.ends_with(":60");
    let month = (utc.year(), utc.month());
    let may_leap = (utc.hour(), utc.minute()) == (23, 59)
        && matches!((utc.month(), utc.day()), (6, 30) | (12, 31))
        && (LEAPT.contains(&month) || month >= UNKNOWN_FROM);
    (!is_leap || may_leap).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::clock::Instant;

    #[test]
    fn times_are_those_of_rfc_3339_and_no_others() {
        let read = |text: &str| parse_time(text).map(|time| Instant::from(time.to_utc()).rfc3339());
        for (text, instant) in [
            ("2026-03-29T03:10:00+02:00", "2026-03-29T01:10:00Z"),
            ("2026-03-29t03:10:00z", "2026-03-29T03:10:00Z"),
            ("2026-03-29T03:10:00.5-00:00", "2026-03-29T03:10:00.500Z"),
            ("2026-03-29T03:10:00.123456789012Z", "2026-03-29T03:10:00.123456Z"),
            // The last leap second until now, as clocks in three places showed it: the second after it is the same one here.
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
            ("2015-06-30T16:59:60.25-07:00", "2015-07-01T00:00:00.250Z"),
            // One that may be announced.
            ("2027-06-30T23:59:60Z", "2027-07-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(instant), "{text}");
        }
        for wrong in [
            "2026-03-29T03:10:00\u{2212}02:00",
            "2026-03-29T03:10:00\u{2010}02:00",
            "2026-03-29T03:10:60Z",
            "2026-06-30T23:59:60+02:00",
            "2026-06-30T23:59:60Z",
            "2016-06-30T23:59:60Z",
            "2015-12-31T23:59:60Z",
            "2026-03-31T23:59:60Z",
            "2016-12-31T23:58:60Z",
            "2016-12-31T23:59:61Z",
            "2026-03-29 03:10:00Z",
            "2026-03-29T03:10Z",
            "2026-03-29T03:10:00",
            "2026-03-29T03:10:00.Z",
            "2026-03-29T03:10:00,5Z",
            "2026-03-29T03:10:00+0200",
            "2026-03-29T03:10:00+02",
            "2026-03-29T03:10:00+2:00",
            "2026-03-29T03:10:00+24:00",
            "2026-03-29T03:10:00+02:60",
            "2026-03-29T03:10:00ZZ",
            " 2026-03-29T03:10:00Z",
            "+2026-03-29T03:10:00Z",
            "2026-02-29T03:10:00Z",
            "2026-03-29T24:00:00Z",
            "٢٠٢٦-03-29T03:10:00Z",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_strict() {
        assert!(parse_date("2026-02-29").is_none());
        assert!(parse_date("2024-02-29").is_some());
        for wrong in ["2026-2-01", "+2026-02-01", "0000-01-01", "2026-02-01T00:00", "٢٠٢٦-02-01"] {
            assert!(parse_date(wrong).is_none(), "{wrong}");
        }
    }
}
