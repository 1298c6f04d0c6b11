//! What is counted of a day.

use crate::{
    diary::episodes::model::{Context, Episode},
    foundation::local_clock::{DayParts, LocalClock, Period},
};

/// What a cramp contributes to the sums of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// When it began, on the local clock.
    pub clock: LocalClock,
    /// What the person was doing.
    pub context: Option<Context>,
    /// Whether sleep broke.
    pub interrupted_sleep: Option<bool>,
}

impl From<&Episode> for Facts {
    fn from(episode: &Episode) -> Self {
        let details = &episode.details;
        Self { clock: episode.clock, context: details.context, interrupted_sleep: details.interrupted_sleep }
    }
}

/// Counts of one local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCounts {
    /// All cramps that began on this date.
    pub episodes: i32,
    /// In a night that began on this date.
    pub night_begun_this_date: i32,
    /// In a night that began on the date before.
    pub night_begun_the_date_before: i32,
    /// In the evening.
    pub evening: i32,
    /// Sleep broke.
    pub sleep_interrupted: i32,
    /// Sleep did not break.
    pub sleep_not_interrupted: i32,
    /// In the evening or night, and sleep broke.
    pub late_and_sleep_interrupted: i32,
    /// Asleep, or awake in bed.
    pub in_bed: i32,
    /// Anywhere else that is known.
    pub not_in_bed: i32,
    /// Walking or exercising.
    pub on_the_move: i32,
}

impl DayCounts {
    /// What one cramp adds.
    #[must_use]
    pub fn of(facts: &Facts, parts: DayParts) -> Self {
        let one_if = i32::from;
        let period = parts.period(facts.clock.time);
        let night_of = parts.night_of(facts.clock);
        let interrupted = facts.interrupted_sleep == Some(true);
        let in_bed = facts.context.map(|context| matches!(context, Context::Asleep | Context::InBedAwake));
        Self {
            episodes: 1,
            night_begun_this_date: one_if(night_of == Some(facts.clock.date)),
            night_begun_the_date_before: one_if(night_of.is_some_and(|night| night != facts.clock.date)),
            evening: one_if(period == Period::Evening),
            sleep_interrupted: one_if(interrupted),
            sleep_not_interrupted: one_if(facts.interrupted_sleep == Some(false)),
            late_and_sleep_interrupted: one_if(interrupted && period != Period::Day),
            in_bed: one_if(in_bed == Some(true)),
            not_in_bed: one_if(in_bed == Some(false)),
            on_the_move: one_if(matches!(facts.context, Some(Context::Walking | Context::Exercising))),
        }
    }

    /// Sums of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.combine(other, |a, b| a + b)
    }

    /// What is left without the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.combine(other, |a, b| a - b)
    }

    fn combine(self, other: Self, with: impl Fn(i32, i32) -> i32) -> Self {
        Self {
            episodes: with(self.episodes, other.episodes),
            night_begun_this_date: with(self.night_begun_this_date, other.night_begun_this_date),
            night_begun_the_date_before: with(self.night_begun_the_date_before, other.night_begun_the_date_before),
            evening: with(self.evening, other.evening),
            sleep_interrupted: with(self.sleep_interrupted, other.sleep_interrupted),
            sleep_not_interrupted: with(self.sleep_not_interrupted, other.sleep_not_interrupted),
            late_and_sleep_interrupted: with(self.late_and_sleep_interrupted, other.late_and_sleep_interrupted),
            in_bed: with(self.in_bed, other.in_bed),
            not_in_bed: with(self.not_in_bed, other.not_in_bed),
            on_the_move: with(self.on_the_move, other.on_the_move),
        }
    }
}
