//! How one rate compares with another that came before it, on the days with an entry and over all days.

use serde::Serialize;

use super::{
    figures::{FEWEST_COVERED_DAYS, FEWEST_EPISODES, Reason},
    record::Seen,
    statistics::{
        DispersedRatio, Dispersion, Exposure, Level, dispersion_of_blocks, rate_ratio, rate_ratio_interval,
        rate_ratio_p, rate_ratio_with_dispersion, rate_ratio_with_estimated_dispersion, six_digits,
    },
};
use crate::{foundation::language::Language, say, vocabulary};

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
    /// The interval of it.
    pub ci95: Option<RatioInterval>,
    /// The interval on which the verdict rests, beside that over all days: the same, or wider where weeks vary more than
    /// chance lets them, for how few of them tell by how much.
    pub verdict_ci95: Option<RatioInterval>,
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
    /// The interval on which a verdict rests.
    pub verdict_ci95: Option<RatioInterval>,
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
        let [deciding, deciding_of_all] = deciding(&sides, before, after, Level::Percent95);
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
            verdict_ci95: deciding.map(|deciding| deciding.interval.into()),
            p: covered.map(|covered| six_digits(covered.p)),
            ci_method: covered.map(|covered| covered.method),
            dispersion_index: dispersion.map(|dispersion| six_digits(dispersion.index)),
            dispersion_p: dispersion.map(|dispersion| six_digits(dispersion.p)),
            over_all_days: Ratio {
                rate_ratio: estimate(before.all, after.all),
                ci95: all.map(|all| all.interval.into()),
                verdict_ci95: deciding_of_all.map(|deciding| deciding.interval.into()),
            },
            exact_ci95: exact.map(|exact| exact.exact_95.into()),
            exact_p: exact.map(|exact| six_digits(exact.exact_p)),
            mid_p_ci95: exact.map(|exact| exact.mid_p_95.into()),
            mid_p: exact.map(|exact| six_digits(exact.mid_p)),
            verdict: Direction::judged(before, after, [deciding, deciding_of_all]),
            reason,
        }
    }

    /// The ratio in words, with the intervals on which the verdict rests: on the days with an entry, and over all days where
    /// that is another.
    #[must_use]
    pub fn say_ratio(&self, language: Language) -> String {
        self.written(["ratio-known", "ratio-known-and-all"], language)
    }

    /// The ratio of the days with an entry alone, for where there is little room.
    #[must_use]
    pub fn bare_ratio(&self, language: Language) -> String {
        let number = |number: Option<f64>| number.map_or_else(|| "∞".to_owned(), |number| language.decimal(number, 2));
        let (low, high) = (self.verdict_ci95.map(|ci95| ci95.low), self.verdict_ci95.and_then(|ci95| ci95.high));
        say!(language, "ratio-brief", ratio = number(self.rate_ratio), low = number(low), high = number(high))
    }

    /// The same for a table.
    #[must_use]
    pub fn brief_ratio(&self, language: Language) -> String {
        self.written(["ratio-brief", "ratio-brief-and-all"], language)
    }

    fn written(&self, [known_alone, with_all]: [&str; 2], language: Language) -> String {
        // Without an interval there is nothing on either side; without a ratio, nothing on the earlier.
        let number = |number: Option<f64>| number.map_or_else(|| "∞".to_owned(), |number| language.decimal(number, 2));
        let low = |interval: Option<RatioInterval>| number(interval.map(|interval| interval.low));
        let high = |interval: Option<RatioInterval>| number(interval.and_then(|interval| interval.high));
        let (known, all) = (self.verdict_ci95, self.over_all_days.verdict_ci95);
        let (ratio, of_all) = (number(self.rate_ratio), number(self.over_all_days.rate_ratio));
        if known == all {
            return say!(language, known_alone, ratio = ratio, low = low(known), high = high(known));
        }
        say!(
            language,
            with_all,
            ratio = ratio,
            low = low(known),
            high = high(known),
            all = of_all,
            all_low = low(all),
            all_high = high(all),
        )
    }
}

impl Direction {
    /// What the last two of some rates come to; all of them tell how much weeks vary. There is a clear change only if the
    /// interval says so on the days with an entry, and also when the other days are taken for days without cramps: who
    /// begins to check in must not seem to have fewer.
    #[must_use]
    pub fn of(parts: &[&Seen], level: Level) -> Self {
        let [.., before, after] = parts else { return Self::InsufficientData };
        Self::judged(before, after, deciding(parts, before, after, level))
    }

    fn judged(before: &Seen, after: &Seen, [covered, all]: [Option<Compared>; 2]) -> Self {
        let enough = before.covered.events + after.covered.events >= FEWEST_EPISODES
            && before.covered.days.min(after.covered.days) >= FEWEST_COVERED_DAYS;
        match covered.zip(all).filter(|_| enough) {
            None => Self::InsufficientData,
            Some((covered, all)) if covered.is_below_one() && all.is_below_one() => Self::Fewer,
            Some((covered, all)) if covered.is_above_one() && all.is_above_one() => Self::More,
            Some(_) => Self::NoClearChange,
        }
    }
}

/// The intervals on which a verdict rests, on the days with an entry and on all days. Where weeks vary more than chance lets
/// them, they are Student's, which allow for how few weeks tell by how much.
fn deciding(parts: &[&Seen], before: &Seen, after: &Seen, level: Level) -> [Option<Compared>; 2] {
    let estimated =
        |before, after, dispersion| compare(before, after, dispersion, level, rate_ratio_with_estimated_dispersion);
    [
        estimated(before.covered, after.covered, weekly_dispersion(parts)),
        estimated(before.all, after.all, whole_weeks_dispersion(parts)),
    ]
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
        Some(Compared { interval, p: rate_ratio_p(before, after)?, method })
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
    let nothing = rate_ratio_p(before, after).map(|_| (0.0, None));
    exact(thinned(before), thinned(after), RatioMethod::QuasiPoisson).or(nothing.map(|interval| Compared {
        interval,
        p: 1.0,
        method: RatioMethod::QuasiPoisson,
    }))
}
