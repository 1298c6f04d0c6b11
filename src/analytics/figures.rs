//! The figures that answers are made of: each with its denominator, its uncertainty, and why it is missing when it is.

use std::cmp::Ordering;

use serde::Serialize;

use super::{
    record::Seen,
    statistics::{
        self, Exposure, Interval, binomial_at_least, poisson_95, quantiles, rate_ratio, share, six_decimals,
        six_digits, wilson_95,
    },
};
use crate::{foundation::histogram::Histogram, vocabulary};

/// Fewer cramps than these support no statement.
pub const FEWEST_EPISODES: u32 = 5;
/// Fewer covered days than these support no comparison.
pub const FEWEST_COVERED_DAYS: u32 = 14;

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
    /// Wilson's interval of it.
    pub ci95: Option<Interval>,
}

impl YesNoUnknown {
    /// Of `all`, so many say yes and so many no.
    #[must_use]
    pub fn of(yes: u32, no: u32, all: u32) -> Self {
        let known = yes + no;
        Self {
            yes,
            no,
            unknown: all.saturating_sub(known),
            share: share(yes, known).map(six_decimals),
            ci95: wilson_95(yes, known).map(Interval::rounded),
        }
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
    /// Of `all`, so many say yes and so many no.
    #[must_use]
    pub fn of(yes: u32, no: u32, all: u32) -> Self {
        Self { counts: YesNoUnknown::of(yes, no, all), reason: not_recorded(yes + no, all) }
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

/// An interval of a ratio, which may have no upper end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RatioInterval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end; null when it has none.
    pub high: Option<f64>,
}

impl From<(f64, Option<f64>)> for RatioInterval {
    fn from((low, high): (f64, Option<f64>)) -> Self {
        Self { low: six_digits(low), high: high.map(six_digits) }
    }
}

vocabulary! {
    /// What a comparison of two rates comes to.
    pub enum Direction {
        /// Too little is recorded to say.
        InsufficientData = "insufficient_data",
        /// Fewer than before.
        Fewer = "fewer",
        /// More than before.
        More = "more",
        /// Neither is clear.
        NoClearChange = "no_clear_change",
    }
}

/// How one rate compares with another that came before it.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The rate now over the rate before.
    pub rate_ratio: Option<f64>,
    /// The exact interval of it.
    pub exact_ci95: Option<RatioInterval>,
    /// The exact p-value of "no change".
    pub exact_p: Option<f64>,
    /// The mid-P interval.
    pub mid_p_ci95: Option<RatioInterval>,
    /// The mid-P value.
    pub mid_p: Option<f64>,
    /// What it comes to.
    pub verdict: Direction,
    /// Why there is no ratio.
    pub reason: Option<Reason>,
}

impl Comparison {
    /// Compares what came on covered days. There is a verdict only if the ratio points the same way when days without an
    /// entry are taken for days without cramps: who begins to check in must not seem to have fewer.
    #[must_use]
    pub fn of(seen_before: &Seen, seen_after: &Seen) -> Self {
        let (before, after) = (seen_before.covered, seen_after.covered);
        let turn = seen_before.all.rate().zip(seen_after.all.rate()).map(|(before, after)| after.total_cmp(&before));
        let compared = rate_ratio(before, after);
        let reason = if before.days == 0 || after.days == 0 {
            Some(Reason::NotCovered)
        } else if before.events + after.events == 0 {
            Some(Reason::NoEpisodes)
        } else if before.events == 0 {
            Some(Reason::NothingBefore)
        } else {
            None
        };
        let enough =
            before.events + after.events >= FEWEST_EPISODES && before.days.min(after.days) >= FEWEST_COVERED_DAYS;
        let verdict = match compared.map(|compared| compared.exact_95) {
            Some((_, Some(high))) if enough && high < 1.0 && turn == Some(Ordering::Less) => Direction::Fewer,
            Some((low, _)) if enough && low > 1.0 && turn == Some(Ordering::Greater) => Direction::More,
            Some(_) if enough => Direction::NoClearChange,
            _ => Direction::InsufficientData,
        };
        Self {
            rate_ratio: compared.and_then(|compared| compared.estimate).map(six_digits),
            exact_ci95: compared.map(|compared| compared.exact_95.into()),
            exact_p: compared.map(|compared| six_digits(compared.exact_p)),
            mid_p_ci95: compared.map(|compared| compared.mid_p_95.into()),
            mid_p: compared.map(|compared| six_digits(compared.mid_p)),
            verdict,
            reason,
        }
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
