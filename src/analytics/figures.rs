//! The figures that answers are made of: each with its denominator, its uncertainty, and why it is missing when it is.

use serde::Serialize;

use super::{
    record::{Nights, Seen},
    statistics::{
        self, DispersedRatio, Dispersion, Exposure, Interval, Level, binomial_at_least, dispersion_of_blocks,
        poisson_95, quantiles, rate_ratio, rate_ratio_interval, rate_ratio_with_dispersion,
        rate_ratio_with_estimated_dispersion, share, six_decimals, six_digits, wilson_95,
    },
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

vocabulary! {
    /// How an interval of a ratio was worked out.
    pub enum RatioMethod {
        /// For cramps that come independently: the weeks vary no more than chance lets them.
        Exact = "exact",
        /// Wider by what the weeks vary more.
        QuasiPoisson = "quasi_poisson",
    }
}

/// How one rate compares with another that came before it.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The rate now over the rate before.
    pub rate_ratio: Option<f64>,
    /// The interval on which the verdict rests.
    pub ci95: Option<RatioInterval>,
    /// The p-value of "no change" that goes with it.
    pub p: Option<f64>,
    /// How both were worked out.
    pub ci_method: Option<RatioMethod>,
    /// How many times as much the cramps vary from week to week as independent ones would; `None` where it can't be told.
    pub dispersion_index: Option<f64>,
    /// How likely so much variation would be for independent cramps.
    pub dispersion_p: Option<f64>,
    /// The same ratio if nothing came on the days without an entry.
    pub over_all_days: Ratio,
    /// The exact interval for independent cramps.
    pub exact_ci95: Option<RatioInterval>,
    /// The exact p-value of "no change" for independent cramps.
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

/// A ratio of two rates.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ratio {
    /// The later rate over the earlier one.
    pub rate_ratio: Option<f64>,
    /// The interval of it.
    pub ci95: Option<RatioInterval>,
}

impl Comparison {
    /// Compares what came on covered days.
    #[must_use]
    pub fn of(before: &Seen, after: &Seen) -> Self {
        let (covered_before, covered_after) = (before.covered, after.covered);
        let exact = rate_ratio(covered_before, covered_after);
        let sides = [before, after];
        let (dispersion, of_all) = (weekly_dispersion(&sides), whole_weeks_dispersion(&sides));
        let shown = |before, after, dispersion| {
            compare(before, after, dispersion, Level::Percent95, rate_ratio_with_dispersion_of)
        };
        let covered = shown(covered_before, covered_after, dispersion);
        let all = shown(before.all, after.all, of_all);
        let reason = if covered_before.days == 0 || covered_after.days == 0 {
            Some(Reason::NotCovered)
        } else if covered_before.events + covered_after.events == 0 {
            Some(Reason::NoEpisodes)
        } else if covered_before.events == 0 {
            Some(Reason::NothingBefore)
        } else {
            None
        };
        let estimate = |before: Exposure, after: Exposure| {
            before.rate().filter(|rate| *rate > 0.0).zip(after.rate()).map(|(before, after)| six_digits(after / before))
        };
        Self {
            rate_ratio: exact.and_then(|exact| exact.estimate).map(six_digits),
            ci95: covered.map(|covered| covered.interval.into()),
            p: covered.map(|covered| six_digits(covered.p)),
            ci_method: covered.map(|covered| covered.method),
            dispersion_index: dispersion.map(|dispersion| six_digits(dispersion.index)),
            dispersion_p: dispersion.map(|dispersion| six_digits(dispersion.p)),
            over_all_days: Ratio {
                rate_ratio: estimate(before.all, after.all),
                ci95: all.map(|all| all.interval.into()),
            },
            exact_ci95: exact.map(|exact| exact.exact_95.into()),
            exact_p: exact.map(|exact| six_digits(exact.exact_p)),
            mid_p_ci95: exact.map(|exact| exact.mid_p_95.into()),
            mid_p: exact.map(|exact| six_digits(exact.mid_p)),
            verdict: Direction::of(&sides, Level::Percent95),
            reason,
        }
    }
}

impl Direction {
    /// What the last two of some rates come to; all of them tell how much weeks vary. There is a clear change only if the interval says so on the days with an entry, and also
    /// when the other days are taken for days without cramps: who begins to check in must not seem to have fewer. Where
    /// weeks vary more than chance lets them, the interval is Student's, which allows for how few weeks tell by how much.
    #[must_use]
    pub fn of(parts: &[&Seen], level: Level) -> Self {
        let [.., before, after] = parts else { return Self::InsufficientData };
        let estimated =
            |before, after, dispersion| compare(before, after, dispersion, level, rate_ratio_with_estimated_dispersion);
        let enough = before.covered.events + after.covered.events >= FEWEST_EPISODES
            && before.covered.days.min(after.covered.days) >= FEWEST_COVERED_DAYS;
        let covered = estimated(before.covered, after.covered, weekly_dispersion(parts));
        let all = estimated(before.all, after.all, whole_weeks_dispersion(parts));
        match covered.zip(all).filter(|_| enough) {
            None => Self::InsufficientData,
            Some((covered, all)) if covered.is_below_one() && all.is_below_one() => Self::Fewer,
            Some((covered, all)) if covered.is_above_one() && all.is_above_one() => Self::More,
            Some(_) => Self::NoClearChange,
        }
    }
}

/// An interval of a ratio of two rates, with its p-value.
#[derive(Debug, Clone, Copy)]
struct Compared {
    interval: (f64, Option<f64>),
    p: f64,
    method: RatioMethod,
}

impl Compared {
    fn is_below_one(&self) -> bool {
        self.interval.1.is_some_and(|high| high < 1.0)
    }

    fn is_above_one(&self) -> bool {
        self.interval.0 > 1.0
    }
}

fn weekly_dispersion(parts: &[&Seen]) -> Option<Dispersion> {
    dispersion_of_blocks(&parts.iter().map(|part| part.weeks.clone()).collect::<Vec<_>>())
}

/// A cramp covers its own day, so that covered days alone make weeks of few entries look more alike than they are.
fn whole_weeks_dispersion(parts: &[&Seen]) -> Option<Dispersion> {
    dispersion_of_blocks(&parts.iter().map(|part| part.whole_weeks.clone()).collect::<Vec<_>>())
}

fn rate_ratio_with_dispersion_of(
    before: Exposure,
    after: Exposure,
    dispersion: Dispersion,
    level: Level,
) -> Option<DispersedRatio> {
    rate_ratio_with_dispersion(before, after, dispersion.phi(), level)
}

/// Compares two rates exactly, or, where weeks vary more than chance lets them, with an interval that is wider for it.
fn compare(
    before: Exposure,
    after: Exposure,
    dispersion: Option<Dispersion>,
    level: Level,
    dispersed: fn(Exposure, Exposure, Dispersion, Level) -> Option<DispersedRatio>,
) -> Option<Compared> {
    let exact = |before: Exposure, after: Exposure, method| {
        let interval = rate_ratio_interval(before, after, level)?;
        Some(Compared { interval, p: rate_ratio(before, after)?.exact_p, method })
    };
    let Some(dispersion) = dispersion.filter(|dispersion| dispersion.phi() > 1.0) else {
        return exact(before, after, RatioMethod::Exact);
    };
    if let Some(wide) = dispersed(before, after, dispersion, level) {
        let interval = (wide.interval.0, Some(wide.interval.1));
        return Some(Compared { interval, p: wide.p, method: RatioMethod::QuasiPoisson });
    }
    // Nothing on one side has no logarithm: as few independent cramps as say as much are compared exactly.
    let thinned = |side: Exposure| side.thinned(dispersion.phi());
    let nothing = rate_ratio(before, after).map(|_| (0.0, None));
    exact(thinned(before), thinned(after), RatioMethod::QuasiPoisson).or(nothing.map(|interval| Compared {
        interval,
        p: 1.0,
        method: RatioMethod::QuasiPoisson,
    }))
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
            reason: Reason::of_nights(&nights),
        }
    }

    /// In words, of nights with cramps.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        self.written("cramp-nights", language)
    }

    /// In words, of nights with broken sleep.
    #[must_use]
    pub fn say_broken(&self, language: Language) -> Option<String> {
        self.written("broken-nights", language)
    }

    fn written(&self, id: &str, language: Language) -> Option<String> {
        let (per_week, ci95) = self.per_week.zip(self.ci95)?;
        Some(say!(
            language,
            id,
            per_week = language.decimal(per_week, 1),
            low = language.decimal(ci95.low, 1),
            high = language.decimal(ci95.high, 1),
            nights = self.cramp_nights,
            observed = self.observed_nights,
        ))
    }

    /// What it is if nothing came in the other nights, where that is less.
    #[must_use]
    pub fn say_at_least(&self, language: Language) -> Option<String> {
        let (at_least, per_week) = self.at_least_per_week.zip(self.per_week)?;
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
