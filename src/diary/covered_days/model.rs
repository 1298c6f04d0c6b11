//! What is counted of a day.

use chrono::NaiveDate;

use super::tally::Tally;

/// Counts of one local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCounts {
    /// All cramps that began on this date.
    pub episodes: i32,
    /// In a night that began on this date.
    pub night_begun_this_date: i32,
    /// In a night that began on the date before.
    pub night_begun_the_date_before: i32,
    /// Of those in a night that began on this date: sleep broke.
    pub night_begun_this_date_interrupted: i32,
    /// Of those in a night that began on the date before: sleep broke.
    pub night_begun_the_date_before_interrupted: i32,
    /// Of those in a night that began on this date: sleep did not break.
    pub night_begun_this_date_not_interrupted: i32,
    /// Of those in a night that began on the date before: sleep did not break.
    pub night_begun_the_date_before_not_interrupted: i32,
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
    /// Written down within 24 hours.
    pub soon: i32,
    /// Of those written down so soon: in a night that began on this date.
    pub soon_night_begun_this_date: i32,
    /// Of those written down so soon: in a night that began on the date before.
    pub soon_night_begun_the_date_before: i32,
}

impl DayCounts {
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
            night_begun_this_date_interrupted: with(
                self.night_begun_this_date_interrupted,
                other.night_begun_this_date_interrupted,
            ),
            night_begun_the_date_before_interrupted: with(
                self.night_begun_the_date_before_interrupted,
                other.night_begun_the_date_before_interrupted,
            ),
            night_begun_this_date_not_interrupted: with(
                self.night_begun_this_date_not_interrupted,
                other.night_begun_this_date_not_interrupted,
            ),
            night_begun_the_date_before_not_interrupted: with(
                self.night_begun_the_date_before_not_interrupted,
                other.night_begun_the_date_before_not_interrupted,
            ),
            evening: with(self.evening, other.evening),
            sleep_interrupted: with(self.sleep_interrupted, other.sleep_interrupted),
            sleep_not_interrupted: with(self.sleep_not_interrupted, other.sleep_not_interrupted),
            late_and_sleep_interrupted: with(self.late_and_sleep_interrupted, other.late_and_sleep_interrupted),
            in_bed: with(self.in_bed, other.in_bed),
            not_in_bed: with(self.not_in_bed, other.not_in_bed),
            on_the_move: with(self.on_the_move, other.on_the_move),
            soon: with(self.soon, other.soon),
            soon_night_begun_this_date: with(self.soon_night_begun_this_date, other.soon_night_begun_this_date),
            soon_night_begun_the_date_before: with(
                self.soon_night_begun_the_date_before,
                other.soon_night_begun_the_date_before,
            ),
        }
    }
}

/// A day with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoveredDay {
    /// Its local date.
    pub date: NaiveDate,
    /// What the check-in said; `None` without one.
    pub said_cramp_free: Option<bool>,
    /// The cramps that began on it.
    pub counts: DayCounts,
}

impl CoveredDay {
    /// Whether no cramp came, by the log and by what the person said.
    #[must_use]
    pub fn is_cramp_free(&self) -> bool {
        self.counts.episodes == 0 && self.tells_all()
    }

    /// Whether all cramps of it are logged, as far as anybody says: not when the person says that there was one, and the log
    /// has none.
    #[must_use]
    pub fn tells_all(&self) -> bool {
        self.counts.episodes > 0 || self.said_cramp_free != Some(false)
    }

    /// Whether the log says something else than the person.
    #[must_use]
    pub fn is_contradictory(&self) -> bool {
        self.said_cramp_free.is_some_and(|said| said != (self.counts.episodes == 0))
    }
}

/// What one cramp adds to its day, with the soreness after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The local date on which it began.
    pub date: NaiveDate,
    /// In figures of the day: one, or none, of each.
    pub counts: DayCounts,
    /// All else that was told of it.
    pub tally: Tally,
}
