//! Two by two: whether two shares of events go together.

use super::{BEYOND_95, tails};

/// Beyond these odds ratios, as logarithms, no table of a diary has an end of its interval.
const FARTHEST_LOG: f64 = 100.0;
/// Tables as probable as the one that was seen may come out a few last digits apart; R's `fisher.test` allows so much.
const SAME_PROBABILITY: f64 = 1.0 + 1e-7;

/// A table of two rows and two columns, such as the cramps of the treated and of the untreated leg, after and before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoByTwo {
    /// The first row, such as the treated leg: after, before.
    pub first: (u32, u32),
    /// The second row, such as the untreated leg: after, before.
    pub second: (u32, u32),
}

/// How the odds of the first row compare with those of the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddsRatio {
    /// ad / bc; `None` when it would be infinite.
    pub sample: Option<f64>,
    /// The odds ratio under which what was seen is likeliest, given the margins; `None` when it would be infinite.
    pub conditional: Option<f64>,
    /// Its exact 95 % interval; an end that is `None` has no bound.
    pub exact_95: (f64, Option<f64>),
    /// Fisher's exact two-sided p-value of "the odds are the same".
    pub p: f64,
}

/// Compares the odds of two rows exactly. Given the margins, the first cell is hypergeometric, with weights
/// C(n₁, x) C(n₂, m − x) ψˣ for an odds ratio ψ. The interval has the ψ under which neither so many nor so few would be seen
/// in fewer than 2.5 % of such tables (J. Cornfield, Proc. 3rd Berkeley Symposium 4, 1956), and p is the sum over all tables
/// that are no more probable than the one seen (R. A. Fisher, Statistical Methods for Research Workers, 5th ed. 1934).
/// `None` when a row or a column is empty: there is nothing to compare.
#[must_use]
pub fn odds_ratio(table: TwoByTwo) -> Option<OddsRatio> {
    let cells = FirstCell::of(table)?;
    let seen = table.first.0;
    let tail = |log_ratio: f64, counts: fn(u32, u32) -> bool| {
        cells.at(log_ratio).filter(|(x, _)| counts(*x, seen)).map(|(_, p)| p).sum::<f64>()
    };
    let solve = |f: &dyn Fn(f64) -> f64| tails::root(-FARTHEST_LOG, FARTHEST_LOG, f).exp();
    let (has_low, has_high) = (seen > cells.least, seen < cells.most);
    let low = has_low.then(|| solve(&|log| tail(log, |x, seen| x >= seen) - BEYOND_95));
    let high = has_high.then(|| solve(&|log| tail(log, |x, seen| x <= seen) - BEYOND_95));
    let mean = |log: f64| cells.at(log).map(|(x, p)| f64::from(x) * p).sum::<f64>();
    let likeliest = if has_low { solve(&|log| mean(log) - f64::from(seen)) } else { 0.0 };
    let same: Vec<_> = cells.at(0.0).collect();
    let exactly = same.iter().find(|(x, _)| *x == seen).map_or(0.0, |(_, p)| *p);
    let as_rare: f64 = same.iter().map(|(_, p)| *p).filter(|p| *p <= exactly * SAME_PROBABILITY).sum();
    let product = |cells: (u32, u32)| f64::from(cells.0) * f64::from(cells.1);
    let across = product((table.first.1, table.second.0));
    Some(OddsRatio {
        sample: (across > 0.0).then(|| product((seen, table.second.1)) / across),
        conditional: has_high.then_some(likeliest),
        exact_95: (low.unwrap_or_default(), high),
        p: as_rare.min(1.0),
    })
}

/// What the first cell can be, given the margins.
struct FirstCell {
    least: u32,
    most: u32,
    /// ln of C(n₁, x) C(n₂, m − x) over that of the least.
    log_weights: Vec<f64>,
}

impl FirstCell {
    fn of(table: TwoByTwo) -> Option<Self> {
        let ((a, b), (c, d)) = (table.first, table.second);
        let (first, second, column) = (a.checked_add(b)?, c.checked_add(d)?, a.checked_add(c)?);
        let all = first.checked_add(second)?;
        if [first, second, column, all - column].contains(&0) {
            return None;
        }
        let (least, most) = (column.saturating_sub(second), column.min(first));
        let steps = (least..most).scan(0.0, |log, x| {
            let up = f64::from(first - x) * f64::from(column - x);
            let down = (f64::from(x) + 1.0) * (f64::from(second) - f64::from(column) + f64::from(x) + 1.0);
            *log += (up / down).ln();
            Some(*log)
        });
        Some(Self { least, most, log_weights: [0.0].into_iter().chain(steps).collect() })
    }

    /// Each value with its probability under an odds ratio.
    fn at(&self, log_ratio: f64) -> impl Iterator<Item = (u32, f64)> {
        let logs =
            || (self.least..=self.most).zip(&self.log_weights).map(|(x, log)| (x, log + f64::from(x) * log_ratio));
        let largest = logs().map(|(_, log)| log).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<_> = logs().map(|(x, log)| (x, (log - largest).exp())).collect();
        let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
        weights.into_iter().map(move |(x, weight)| (x, weight / sum))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::reference::{close, read, same_digits},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Case {
        first: (u32, u32),
        second: (u32, u32),
        sample: Option<f64>,
        conditional: Option<f64>,
        exact_ci95: (f64, Option<f64>),
        p: f64,
    }

    fn same(ours: Option<f64>, theirs: Option<f64>) -> bool {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => same_digits(ours, theirs, 1e-6),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        }
    }

    #[test]
    fn odds_ratios_agree_with_the_reference() {
        for case in read::<Case>("odds_ratio") {
            let ours = odds_ratio(TwoByTwo { first: case.first, second: case.second }).unwrap();
            let name = format!("{:?} {:?}: {ours:?}", case.first, case.second);
            assert!(same(ours.sample, case.sample) && same(ours.conditional, case.conditional), "{name}");
            assert!(same_digits(ours.exact_95.0, case.exact_ci95.0, 1e-6), "{name}");
            assert!(same(ours.exact_95.1, case.exact_ci95.1) && same_digits(ours.p, case.p, 1e-9), "{name}");
        }
    }

    #[test]
    fn an_empty_row_or_column_says_nothing() {
        for (first, second) in [((0, 0), (3, 4)), ((3, 4), (0, 0)), ((0, 3), (0, 4)), ((3, 0), (4, 0))] {
            assert_eq!(odds_ratio(TwoByTwo { first, second }), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_odds_ratio_lies_in_its_interval_and_turns_over(
            first in (0_u32..80, 0_u32..80), second in (0_u32..80, 0_u32..80),
        ) {
            let Some(there) = odds_ratio(TwoByTwo { first, second }) else { return Ok(()) };
            let back = odds_ratio(TwoByTwo { first: second, second: first }).unwrap();
            let (low, high) = (there.exact_95.0, there.exact_95.1.unwrap_or(f64::INFINITY));
            let likeliest = there.conditional.unwrap_or(f64::INFINITY);
            prop_assert!(low <= likeliest * (1.0 + 1e-9) && likeliest <= high * (1.0 + 1e-9), "{:?}", there);
            prop_assert!((0.0..=1.0).contains(&there.p) && close(there.p, back.p, 1e-9));
            if let (Some(high), low) = (there.exact_95.1, back.exact_95.0) {
                prop_assert!(same_digits(high, 1.0 / low, 1e-6), "{high} {}", 1.0 / low);
            }
        }
    }
}
