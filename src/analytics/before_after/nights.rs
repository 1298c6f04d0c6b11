//! Nights with cramps before and after a start.

use serde::Serialize;

use super::sides::Sides;
use crate::{
    analytics::{
        figures::Reason,
        period::DateRange,
        record::{InNight, Nights, Record},
        statistics::{Interval, newcombe_95, share, six_decimals},
    },
    foundation::language::Language,
    say,
};

/// Fewer observed nights on a side support no sentence.
const FEWEST_NIGHTS: u32 = 14;

/// The answer: shares of the observed nights, and how far the later one lies from the earlier.
#[derive(Debug, Serialize)]
pub struct NightChange {
    pub before: NightCounts,
    pub after: NightCounts,
    pub difference: Option<f64>,
    pub ci95: Option<Interval>,
    pub reason: Option<Reason>,
}

/// In how many of the observed nights it happened.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NightCounts {
    pub observed_nights: u32,
    pub cramp_nights: u32,
    pub share: Option<f64>,
}

impl NightChange {
    /// Of the nights that lie within each side.
    #[must_use]
    pub fn of(record: &Record, sides: Sides, what: InNight) -> Self {
        let nights = |part: Option<DateRange>| record.nights(part, what);
        let counts = |nights: Nights| {
            let share = share(nights.with, nights.observed).map(six_decimals);
            NightCounts { observed_nights: nights.observed, cramp_nights: nights.with, share }
        };
        let (nights_before, nights_after) = (nights(sides.before), nights(sides.after));
        let (before, after) = (counts(nights_before), counts(nights_after));
        let pair = |nights: NightCounts| (nights.cramp_nights, nights.observed_nights);
        let found = newcombe_95(pair(before), pair(after));
        Self {
            before,
            after,
            difference: found.map(|(difference, _)| six_decimals(difference)),
            ci95: found.map(|(_, ci95)| ci95.rounded()),
            reason: Reason::of_nights(&nights_before).or(Reason::of_nights(&nights_after)),
        }
    }

    /// In words, of nights with cramps.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let (before, after) = (self.before, self.after);
        let enough = before.observed_nights.min(after.observed_nights) >= FEWEST_NIGHTS;
        let ci95 = self.ci95.filter(|_| enough)?;
        let weekly = |share: f64| language.decimal(share * 7.0, 1);
        Some(say!(
            language,
            "before-after-nights",
            before = weekly(before.share?),
            before_nights = before.observed_nights,
            after = weekly(after.share?),
            after_nights = after.observed_nights,
            low = language.signed(ci95.low * 7.0, 1),
            high = language.signed(ci95.high * 7.0, 1),
        ))
    }
}
