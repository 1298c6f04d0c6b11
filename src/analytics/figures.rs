//! The figures that answers are made of: each with its denominator, its uncertainty, and why it is missing when it is.

use serde::Serialize;

use super::{
    bouts::Told,
    record::{Nights, Seen},
    statistics::{self, Exposure, Interval, binomial_at_least, poisson_95, quantiles, share, six_decimals, wilson_95},
};
use crate::{
    foundation::{histogram::Histogram, language::Language},
    say, vocabulary,
};

/// Fewer cramps than these support no statement.
pub const FEWEST_EPISODES: u32 = 5;
/// Fewer bouts than these support no statement either.
pub const FEWEST_BOUTS: u32 = 5;
/// Below this share of days with an entry, no rate is said but the range that it lies in.
pub const FIRM_COVERAGE: f64 = 0.7;
/// Fewer covered days than these support no comparison.
pub const FEWEST_COVERED_DAYS: u32 = 14;

/// Whether enough of the days have an entry to say one rate.
#[must_use]
pub fn is_firm(seen: &Seen) -> bool {
    f64::from(seen.covered.days) >= FIRM_COVERAGE * f64::from(seen.all.days)
}

vocabulary! {
    /// Why a figure can't be said.
    pub enum Reason {
        /// There are no cramps to say it of.
        NoEpisodes = "no_episodes",
        /// There are cramps, but of none of them it is recorded.
        NotRecorded = "not_recorded",
        /// No day is covered: without days, no rate.
        NotCovered = "not_covered",
        /// Nothing came in the period that it is compared with: a ratio to nothing.
        NothingBefore = "nothing_before",
        /// More than half were still sore when last seen.
        NotReached = "not_reached",
        /// The times cancel each other out: there is no direction to their mean.
        NoDirection = "no_direction",
        /// There are cramps, but fewer than support a statement.
        TooFew = "too_few",
        /// Check-ins say that there were cramps of which the log has none.
        Contradicted = "contradicted",
    }
}

impl Reason {
    /// Why there is nothing to say of nights.
    #[must_use]
    pub fn of_nights(nights: &Nights) -> Option<Self> {
        match *nights {
            Nights { observed: 1.., .. } => None,
            Nights { covered: 0, .. } => Some(Self::NotCovered),
            Nights { told: 0, .. } => Some(Self::Contradicted),
            _ => Some(Self::NotRecorded),
        }
    }
}

/// A question that is answered yes, no or not at all.
#[derive(Debug, Clone, Serialize)]
pub struct YesNoUnknown {
    /// How many say yes.
    pub yes: u32,
    /// How many say no.
    pub no: u32,
    /// Of how many it is not recorded.
    pub unknown: u32,
    /// yes / (yes + no).
    pub share: Option<f64>,
    /// As many independent answers would say as much: fewer than are known where several come in one bout.
    pub effective_n: Option<f64>,
    /// Wilson's interval of the share on `effective_n`.
    pub ci95: Option<Interval>,
}

impl YesNoUnknown {
    /// Counts answers.
    #[must_use]
    pub fn of(told: &Told) -> Self {
        let found = told.share();
        let (yes, known) = found.as_ref().map_or((0, 0), |found| (found.yes, found.all));
        Self {
            yes,
            no: known - yes,
            unknown: told.all.saturating_sub(known),
            share: found.as_ref().map(|found| six_decimals(found.share)),
            effective_n: found.as_ref().map(|found| six_decimals(found.effective_n)),
            ci95: found.as_ref().map(|found| found.ci95.rounded()),
        }
    }

    /// The same without an interval, where nobody can say how far the answers depend on each other.
    #[must_use]
    pub fn without_interval(self) -> Self {
        Self { effective_n: None, ci95: None, ..self }
    }

    /// Of how many it is recorded.
    #[must_use]
    pub const fn known(&self) -> u32 {
        self.yes + self.no
    }
}

/// The same with the reason why there is no share.
#[derive(Debug, Clone, Serialize)]
pub struct Proportion {
    /// The counts and the share.
    #[serde(flatten)]
    pub counts: YesNoUnknown,
    /// Why there is no share.
    pub reason: Option<Reason>,
}

impl Proportion {
    /// Counts answers.
    #[must_use]
    pub fn of(told: &Told) -> Self {
        let counts = YesNoUnknown::of(told);
        let reason = not_recorded(counts.known(), told.all);
        Self { counts, reason }
    }
}

fn not_recorded(known: u32, all: u32) -> Option<Reason> {
    match (known, all) {
        (0, 0) => Some(Reason::NoEpisodes),
        (0, _) => Some(Reason::NotRecorded),
        _ => None,
    }
}

/// How values spread.
#[derive(Debug, Clone, Serialize)]
pub struct Spread {
    /// Of how many it is recorded.
    pub known: u32,
    /// Of how many it is not.
    pub unknown: u32,
    /// The smallest value.
    pub min: Option<f64>,
    /// A quarter lies below.
    pub q1: Option<f64>,
    /// Half lies below.
    pub median: Option<f64>,
    /// Three quarters lie below.
    pub q3: Option<f64>,
    /// Nine tenths lie below.
    pub p90: Option<f64>,
    /// The largest value.
    pub max: Option<f64>,
    /// Why there are none.
    pub reason: Option<Reason>,
}

impl Spread {
    /// Of values that are known of some of `all`.
    #[must_use]
    pub fn of(values: &Histogram, all: u32) -> Self {
        let known = values.total();
        let points = quantiles(values);
        let at = |point: fn(statistics::Quantiles) -> f64| points.map(point).map(six_decimals);
        Self {
            known,
            unknown: all.saturating_sub(known),
            min: at(|points| points.min),
            q1: at(|points| points.q1),
            median: at(|points| points.median),
            q3: at(|points| points.q3),
            p90: at(|points| points.p90),
            max: at(|points| points.max),
            reason: not_recorded(known, all),
        }
    }
}

/// How many a week, on covered days.
#[derive(Debug, Clone, Serialize)]
pub struct Rate {
    /// How many cramps.
    pub episodes: u32,
    /// On how many covered days: only of those it is known how many there were.
    pub covered_days: u32,
    /// Cramps a week.
    pub per_week: Option<f64>,
    /// The exact interval of it.
    pub ci95: Option<Interval>,
    /// Why there is no rate.
    pub reason: Option<Reason>,
}

impl Rate {
    /// Of cramps on covered days.
    #[must_use]
    pub fn of(exposure: Exposure) -> Self {
        let weekly = |rate: f64| six_decimals(rate * 7.0);
        Self {
            episodes: exposure.events,
            covered_days: exposure.days,
            per_week: exposure.rate().map(weekly),
            ci95: poisson_95(exposure)
                .map(|interval| Interval { low: weekly(interval.low), high: weekly(interval.high) }),
            reason: (exposure.days == 0).then_some(Reason::NotCovered),
        }
    }
}

/// In how many nights it happened, as a figure a week.
#[derive(Debug, Clone, Serialize)]
pub struct NightRate {
    /// Nights whose dates have an entry, and of which it is known whether it happened.
    pub observed_nights: u32,
    /// Of these, the nights in which it happened.
    pub cramp_nights: u32,
    /// 7 · `cramp_nights` / `observed_nights`.
    pub per_week: Option<f64>,
    /// Wilson's interval of it.
    pub ci95: Option<Interval>,
    /// If it happened in no other night than those in which it is known to have: of all nights of the period.
    pub at_least_per_week: Option<f64>,
    /// If it happened in all nights whose cramps are known, and of which this is not: of all nights whose cramps are known.
    pub at_most_per_week: Option<f64>,
    /// Why there is no figure.
    pub reason: Option<Reason>,
}

impl NightRate {
    /// Of nights.
    #[must_use]
    pub fn of(nights: Nights) -> Self {
        let weekly = |share: f64| six_decimals(share * 7.0);
        Self {
            observed_nights: nights.observed,
            cramp_nights: nights.with,
            per_week: share(nights.with, nights.observed).map(weekly),
            ci95: wilson_95(nights.with, nights.observed)
                .map(|interval| Interval { low: weekly(interval.low), high: weekly(interval.high) }),
            at_least_per_week: share(nights.known_with, nights.all).map(weekly),
            at_most_per_week: share(nights.with + (nights.told - nights.observed), nights.told).map(weekly),
            reason: Reason::of_nights(&nights),
        }
    }

    /// In words, of nights with cramps.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        self.written("cramp-nights", "cramp-nights-range", language)
    }

    /// In words, of nights with broken sleep.
    #[must_use]
    pub fn say_broken(&self, language: Language) -> Option<String> {
        self.written("broken-nights", "broken-nights-range", language)
    }

    /// In words, of nights with cramps that were written down within 24 hours.
    #[must_use]
    pub fn say_soon(&self, language: Language) -> Option<String> {
        self.written("cramp-nights-soon", "cramp-nights-soon-range", language)
    }

    /// Between what and what it lies, where of too many nights it is not known for one figure.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        self.at_least_per_week.zip(self.at_most_per_week).filter(|(low, high)| *low < FIRM_COVERAGE * *high)
    }

    fn written(&self, as_one: &str, as_range: &str, language: Language) -> Option<String> {
        let (per_week, ci95) = self.per_week.zip(self.ci95)?;
        if let Some((low, high)) = self.range() {
            return Some(say!(
                language,
                as_range,
                low = language.decimal(low, 1),
                high = language.decimal(high, 1),
                nights = self.cramp_nights,
                observed = self.observed_nights,
            ));
        }
        Some(say!(
            language,
            as_one,
            per_week = language.decimal(per_week, 1),
            low = language.decimal(ci95.low, 1),
            high = language.decimal(ci95.high, 1),
            nights = self.cramp_nights,
            observed = self.observed_nights,
        ))
    }

    /// What it is if nothing came in the other nights, where that is less and no range says so.
    #[must_use]
    pub fn say_at_least(&self, language: Language) -> Option<String> {
        let (at_least, per_week) = self.at_least_per_week.zip(self.per_week).filter(|_| self.range().is_none())?;
        (at_least < per_week).then(|| say!(language, "cramp-nights-at-least", at_least = language.decimal(at_least, 1)))
    }
}

/// Whether so many in a short time are more than the usual rate explains: P(X ≥ spell) given both, one-sided.
#[must_use]
pub fn is_spell(usual: Exposure, spell: Exposure) -> bool {
    const LEVEL: f64 = 0.05;
    let all = usual.events + spell.events;
    let part = f64::from(spell.days) / f64::from((usual.days + spell.days).max(1));
    binomial_at_least(spell.events, all, part).is_some_and(|p| p < LEVEL)
}
