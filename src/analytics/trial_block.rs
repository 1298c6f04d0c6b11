//! Fourteen days as trials of remedies for night cramps ask for them: how many cramps, for how long, how bad, and how much
//! they disturbed sleep, day by day.

use std::fmt::Write;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{
    period::DateRange,
    record::{Record, Tallies},
};
use crate::{
    diary::covered_days::model::CoveredDay,
    foundation::{
        faults::{FaultCode, Faults},
        histogram::Histogram,
    },
};

/// How many days a block has.
const DAYS: u64 = 14;
const HEADER: &str = "date,has_entry,cramps,minutes,worst_severity,worst_sleep_disturbance\r\n";

/// The days from a date on; without one, those that end today.
///
/// # Errors
/// When the calendar ends before the block does.
pub fn period(from: Option<NaiveDate>, today: NaiveDate) -> Result<DateRange, Faults> {
    let from = from.or_else(|| today.checked_sub_days(Days::new(DAYS - 1))).unwrap_or(today);
    let to = from.checked_add_days(Days::new(DAYS - 1));
    let to = to.ok_or_else(|| Faults::at("from", FaultCode::OutOfRange, "no calendar goes so far"))?;
    Ok(DateRange { from, to })
}

/// A day of the block. What is not known is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// Which one, on the local clock.
    pub date: NaiveDate,
    /// Whether it has a cramp or a check-in. Without, nothing else is known of it.
    pub has_entry: bool,
    /// How many cramps began on it; nobody knows where the person says that there was one and the log has none.
    pub cramps: Option<u32>,
    /// How many minutes they lasted together, as far as that is known.
    pub minutes: Option<f64>,
    /// The highest intensity of its cramps.
    pub worst_severity: Option<u32>,
    /// How much they disturbed sleep at worst.
    pub worst_sleep_disturbance: Option<u32>,
}

/// The days of the block, one after the other.
pub fn days(record: &Record, tallies: &Tallies) -> impl Iterator<Item = Day> {
    record.period.from.iter_days().take_while(|date| *date <= record.period.to).map(|date| {
        let day = record.day(date).filter(|_| date <= record.today);
        let tally = tallies.within(DateRange { from: date, to: date });
        let worst = |ratings: &Histogram| {
            let worst = ratings.iter().next_back().map(|(rating, _)| rating);
            worst.filter(|_| day.is_some())
        };
        Day {
            date,
            has_entry: day.is_some(),
            cramps: day.filter(|day| day.tells_all()).map(CoveredDay::episodes),
            minutes: (day.is_some() && !tally.durations.is_empty()).then(|| sum(&tally.durations) / 60.0),
            worst_severity: worst(&tally.intensities),
            worst_sleep_disturbance: worst(&tally.sleep_disturbances),
        }
    })
}

/// The block as CSV (RFC 4180). What is not known stays blank: everything on a day without an entry, how many cramps came on
/// a day of which the person says that there was one and the log has none, and the length of the cramps of a day of which
/// none is known. Minutes are the sum of the known lengths.
#[must_use]
pub fn csv(record: &Record, tallies: &Tallies) -> String {
    let known = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut text = HEADER.to_owned();
    for day in days(record, tallies) {
        // Writing into a string can't fail.
        let _ = write!(
            text,
            "{},{},{},{},{},{}\r\n",
            day.date,
            if day.has_entry { "yes" } else { "no" },
            known(day.cramps),
            day.minutes.map(|minutes| format!("{minutes:.1}")).unwrap_or_default(),
            known(day.worst_severity),
            known(day.worst_sleep_disturbance),
        );
    }
    text
}

fn sum(seconds: &Histogram) -> f64 {
    seconds.iter().map(|(seconds, times)| f64::from(seconds) * f64::from(times)).sum()
}
