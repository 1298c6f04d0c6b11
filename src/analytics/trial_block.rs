//! Fourteen days as trials of remedies for night cramps ask for them: how many cramps, for how long, how bad, and how much
//! they disturbed sleep, day by day.

use std::fmt::Write;

use chrono::{Days, NaiveDate};

use super::{
    period::DateRange,
    record::{Record, Tallies},
};
use crate::foundation::{
    faults::{FaultCode, Faults},
    histogram::Histogram,
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

/// The block as CSV (RFC 4180). What is not known stays blank: everything on a day without an entry, how many cramps came on
/// a day of which the person says that there was one and the log has none, and the length of the cramps of a day of which
/// none is known. Minutes are the sum of the known lengths.
#[must_use]
pub fn csv(record: &Record, tallies: &Tallies) -> String {
    let mut text = HEADER.to_owned();
    for date in record.period.from.iter_days().take_while(|date| *date <= record.period.to) {
        let day = record.day(date).filter(|_| date <= record.today);
        let tally = tallies.within(DateRange { from: date, to: date });
        let cramps = day.filter(|day| day.tells_all()).map(|day| day.episodes().to_string());
        let seconds = (!tally.durations.is_empty()).then(|| sum(&tally.durations));
        let minutes = seconds.map(|seconds| format!("{:.1}", seconds / 60.0));
        let worst = |ratings: &Histogram| {
            let worst = ratings.iter().next_back().map(|(rating, _)| rating.to_string());
            worst.filter(|_| day.is_some()).unwrap_or_default()
        };
        // Writing into a string can't fail.
        let _ = write!(
            text,
            "{date},{},{},{},{},{}\r\n",
            if day.is_some() { "yes" } else { "no" },
            cramps.unwrap_or_default(),
            minutes.filter(|_| day.is_some()).unwrap_or_default(),
            worst(&tally.intensities),
            worst(&tally.sleep_disturbances),
        );
    }
    text
}

fn sum(seconds: &Histogram) -> f64 {
    seconds.iter().map(|(seconds, times)| f64::from(seconds) * f64::from(times)).sum()
}
