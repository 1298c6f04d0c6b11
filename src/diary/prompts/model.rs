//! The rules of asking.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::{
    diary::episodes::{model::Episode, soreness::model::day},
    foundation::{ids::Id, values::Rating},
    vocabulary,
};

/// Every cramp is followed up on these many days.
const ALWAYS_UNTIL_DAY: i32 = 3;
/// After them, as long as the leg is sore, up to this day.
pub const WHILE_SORE_UNTIL_DAY: i32 = 14;

vocabulary! {
    /// What is asked.
    pub enum Kind {
        /// How sore the leg is after a cramp.
        Soreness = "soreness",
        /// Whether a day is fully recorded.
        CheckIn = "check_in",
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prompt {
    /// What is asked.
    pub kind: Kind,
    /// About which local date.
    pub date: NaiveDate,
    /// After which cramp.
    pub episode_id: Option<Id>,
    /// Which day after it.
    pub day: Option<i32>,
    /// What was answered last.
    pub last_level: Option<Rating>,
}

/// The question about a cramp's soreness on a date, unless it is answered or needs no asking.
#[must_use]
pub fn soreness(episode: &Episode, date: NaiveDate, answered: bool) -> Option<Prompt> {
    let day = day(episode.clock.date, date)?;
    let last_level = episode.soreness.last_level;
    let resolved = last_level.is_some_and(|level| level.get() == 0);
    let sore = last_level.is_some() && !resolved;
    let due = match day {
        1..=ALWAYS_UNTIL_DAY => !resolved,
        _ if day > ALWAYS_UNTIL_DAY && day <= WHILE_SORE_UNTIL_DAY => sore,
        _ => false,
    };
    (due && !answered).then(|| Prompt {
        kind: Kind::Soreness,
        date,
        episode_id: Some(episode.id.clone()),
        day: Some(day),
        last_level,
    })
}

/// The question about the day before, unless something is recorded on it.
#[must_use]
pub fn check_in(on: NaiveDate, covered: bool) -> Option<Prompt> {
    let date = on - Days::new(1);
    (!covered).then_some(Prompt { kind: Kind::CheckIn, date, episode_id: None, day: None, last_level: None })
}
