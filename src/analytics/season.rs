//! What the season alone would do to the cramps of a year.
//!
//! Prescriptions of quinine, and searches for leg cramps on the web, swing through the year: from peak to trough by about
//! two thirds of their mean, with the peak in the middle of July in the north and half a year later in the south (Garrison,
//! Dormuth, Morrow & Carney, CMAJ 187:248, 2015). So a rate is taken to go as 1 + s/3, with s from 1 in the middle of summer
//! to −1 in that of winter.

use std::f64::consts::TAU;

use chrono::{Datelike, NaiveDate};

use super::{period::DateRange, record::Record};
use crate::foundation::zones::Seasons;

/// The middle of the warm half of the year in the north: 16 July.
const MIDSUMMER: f64 = 197.0;
const SWING: f64 = 1.0 / 3.0;

/// The ratio of the rates on the covered days of two parts of a period if the season alone changed them. `None` where no
/// month is summer, or nothing is covered.
#[must_use]
pub fn ratio(record: &Record, seasons: Seasons, before: DateRange, after: DateRange) -> Option<f64> {
    let turned = match seasons {
        Seasons::Northern => 1.0,
        Seasons::Southern => -1.0,
        Seasons::Tropical => return None,
    };
    let mean = |part: DateRange| {
        let (sum, days) = record
            .within(part)
            .filter(|day| day.date <= record.today)
            .fold((0.0, 0.0), |(sum, days), day| (sum + 1.0 + turned * warmth(day.date) * SWING, days + 1.0));
        (days > 0.0).then(|| sum / days)
    };
    Some(mean(after)? / mean(before)?)
}

/// Where a date lies between the middle of summer, 1, and that of winter, −1, in the north.
fn warmth(date: NaiveDate) -> f64 {
    ((f64::from(date.ordinal()) - MIDSUMMER) / 365.25 * TAU).cos()
}
