//! What is counted of a day.

use chrono::NaiveDate;

use super::tally::Tally;

/// How many cramps there were, and of how many of them it is told what they were like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All of them.
    pub episodes: u32,
    /// Written down within 24 hours.
    pub soon: u32,
    /// Sleep broke.
    pub sleep_interrupted: u32,
    /// Sleep did not break.
    pub sleep_not_interrupted: u32,
    /// Asleep, or awake in bed.
    pub in_bed: u32,
    /// Anywhere else that is known.
    pub not_in_bed: u32,
    /// Walking or exercising.
    pub on_the_move: u32,
    /// Longer than ten minutes.
    pub over_10_minutes: u32,
    /// Ten minutes at most.
    pub up_to_10_minutes: u32,
}

impl Counts {
    /// All figures, in the order in which they are written down.
    pub(super) const fn figures(&mut self) -> [&mut u32; 9] {
        let Self {
            episodes,
            soon,
            sleep_interrupted,
            sleep_not_interrupted,
            in_bed,
            not_in_bed,
            on_the_move,
            over_10_minutes,
            up_to_10_minutes,
        } = self;
        [
            episodes,
            soon,
            sleep_interrupted,
            sleep_not_interrupted,
            in_bed,
            not_in_bed,
            on_the_move,
            over_10_minutes,
            up_to_10_minutes,
        ]
    }

    /// Sums of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.combine(other, u32::saturating_add)
    }

    fn combine(mut self, mut other: Self, with: fn(u32, u32) -> u32) -> Self {
        for (mine, theirs) in self.figures().into_iter().zip(other.figures()) {
            *mine = with(*mine, *theirs);
        }
        self
    }
}

/// Counts of one local date, in the four spans of which it may consist by the division of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCounts {
    /// In a night that began on the date before.
    pub night_begun_the_date_before: Counts,
    /// In the day.
    pub day: Counts,
    /// In the evening.
    pub evening: Counts,
    /// In a night that began on this date.
    pub night_begun_this_date: Counts,
}

impl DayCounts {
    /// All cramps.
    #[must_use]
    pub fn all(&self) -> Counts {
        self.day.plus(self.late())
    }

    /// Those at night.
    #[must_use]
    pub fn night(&self) -> Counts {
        self.night_begun_the_date_before.plus(self.night_begun_this_date)
    }

    /// Those in the evening or at night.
    #[must_use]
    pub fn late(&self) -> Counts {
        self.evening.plus(self.night())
    }

    /// Those that were written down within 24 hours, of which no more is told.
    #[must_use]
    pub fn written_soon(mut self) -> Self {
        for span in self.spans() {
            *span = Counts { episodes: span.soon, soon: span.soon, ..Counts::default() };
        }
        self
    }

    /// Sums of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.combine(other, u32::saturating_add)
    }

    /// What is left without the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.combine(other, u32::saturating_sub)
    }

    /// All spans, in the order in which they are written down.
    pub(super) const fn spans(&mut self) -> [&mut Counts; 4] {
        let Self { night_begun_the_date_before, day, evening, night_begun_this_date } = self;
        [night_begun_the_date_before, day, evening, night_begun_this_date]
    }

    fn combine(mut self, mut other: Self, with: fn(u32, u32) -> u32) -> Self {
        for (mine, theirs) in self.spans().into_iter().zip(other.spans()) {
            *mine = mine.combine(*theirs, with);
        }
        self
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
    /// How many cramps began on it.
    #[must_use]
    pub fn episodes(&self) -> u32 {
        self.counts.all().episodes
    }

    /// Whether cramps began on it.
    #[must_use]
    pub fn has_cramps(&self) -> bool {
        self.episodes() > 0
    }

    /// Whether no cramp came, by the log and by what the person said.
    #[must_use]
    pub fn is_cramp_free(&self) -> bool {
        !self.has_cramps() && self.tells_all()
    }

    /// Whether all cramps of it are logged, as far as anybody says: not when the person says that there was one, and the log
    /// has none.
    #[must_use]
    pub fn tells_all(&self) -> bool {
        self.has_cramps() || self.said_cramp_free != Some(false)
    }

    /// Whether the log says something else than the person.
    #[must_use]
    pub fn is_contradictory(&self) -> bool {
        self.said_cramp_free.is_some_and(|said| said == self.has_cramps())
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
