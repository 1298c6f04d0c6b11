//! The nights just after a start, one by one: whether it was gone the first night shows here and in no rate.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::{
    analytics::{
        period::Asked,
        record::{InNight, Known, Record},
    },
    vocabulary,
};

/// How many nights are listed.
pub const NIGHTS: u64 = 14;

vocabulary! {
    /// What is known of a night.
    pub enum NightState {
        /// A cramp came.
        Cramp = "cramp",
        /// It was observed, and no cramp came.
        Free = "free",
        /// Anything else: a date without an entry tells nothing, nor does one that says of a cramp that is not logged.
        Unknown = "unknown",
    }
}

/// A night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Night {
    /// The date on which it began.
    pub night_of: NaiveDate,
    /// What is known of it.
    pub state: NightState,
}

/// Nights that begin before noon precede the day of their date.
const NOON: u16 = 12 * 60;

/// The nights from the first one on that follows the day of the start, as far as they are over, and within the period that
/// was asked for. Where nights begin after midnight, that of the start's date was over before its day began.
#[must_use]
pub fn of(record: &Record, start: NaiveDate, asked: Asked) -> Vec<Night> {
    let last = asked.to.map_or(record.today, |to| to.min(record.today));
    let first = u64::from(record.parts.night_start().minute() < NOON);
    (first..first + NIGHTS)
        .filter_map(|night| start.checked_add_days(Days::new(night)))
        .filter(|night_of| asked.from.is_none_or(|from| from <= *night_of) && *night_of < last)
        .map(|night_of| Night { night_of, state: state(record, night_of) })
        .collect()
}

fn state(record: &Record, night_of: NaiveDate) -> NightState {
    let night = record.night(night_of, InNight::CRAMP);
    match (night.happened, night.known) {
        (true, _) => NightState::Cramp,
        (false, Known::Observed) => NightState::Free,
        (false, _) => NightState::Unknown,
    }
}
