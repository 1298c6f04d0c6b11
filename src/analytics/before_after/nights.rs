//! Nights with cramps before and after a start.

use serde::Serialize;

use super::sides::Sides;
use crate::{
    analytics::{
        figures::{FIRM_COVERAGE, Reason},
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
    pub over_all_nights: Difference,
    pub reason: Option<Reason>,
}

/// What the difference is if it happened in no other night than those in which it is known to have.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Difference {
    pub difference: Option<f64>,
    pub ci95: Option<Interval>,
}

impl Difference {
    const NONE: Self = Self { difference: None, ci95: None };

    fn of(before: (u32, u32), after: (u32, u32)) -> Self {
        let found = newcombe_95(before, after);
        Self {
            difference: found.map(|(difference, _)| six_decimals(difference)),
            ci95: found.map(|(_, ci95)| ci95.rounded()),
        }
    }
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
        let (before, after) = (nights(sides.before), nights(sides.after));
        let observed = |nights: Nights| (nights.with, nights.observed);
        let all = |nights: Nights| (nights.known_with, nights.all);
        // Nights with a cramp of which more is not known leave, and nights without one stay: of many such, the rest says how
        // people write.
        let is_firm = |nights: Nights| f64::from(nights.observed) >= FIRM_COVERAGE * f64::from(nights.told);
        let enough = is_firm(before) && is_firm(after);
        let difference = |before, after| if enough { Difference::of(before, after) } else { Difference::NONE };
        let Difference { difference: known, ci95 } = difference(observed(before), observed(after));
        let not_recorded = (!enough).then_some(Reason::NotRecorded);
        Self {
            before: counts(before),
            after: counts(after),
            difference: known,
            ci95,
            over_all_nights: difference(all(before), all(after)),
            reason: Reason::of_nights(&before).or(Reason::of_nights(&after)).or(not_recorded),
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
            difference = say_difference(ci95, self.over_all_nights.ci95.filter(|all| *all != ci95), language),
        ))
    }
}

fn say_difference(observed: Interval, all: Option<Interval>, language: Language) -> String {
    let weekly = |share: f64| language.signed(share * 7.0, 1);
    let (low, high) = (weekly(observed.low), weekly(observed.high));
    match all {
        None => say!(language, "difference-known", low = low, high = high),
        Some(all) => {
            let (all_low, all_high) = (weekly(all.low), weekly(all.high));
            say!(language, "difference-known-and-all", low = low, high = high, all_low = all_low, all_high = all_high)
        }
    }
}
