//! Shares of a whole.

use serde::Serialize;

use super::{Z_95, rounding::six_decimals, tails};

/// An interval of a share, within [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// `yes` of `of` as a share; `None` when there is nothing to share.
#[must_use]
pub fn share(yes: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(yes) / f64::from(of))
}

/// The Wilson score interval of a share at 95 % (E. B. Wilson, JASA 22, 1927): the shares that a two-sided score test at
/// 5 % would not reject. Unlike the textbook interval it keeps within [0, 1] and says something sensible when nobody or
/// everybody is a yes. `None` when there is nothing to share.
#[must_use]
pub fn wilson_95(yes: u32, of: u32) -> Option<Interval> {
    let estimate = share(yes.min(of), of)?;
    let n = f64::from(of);
    let z2 = Z_95 * Z_95;
    let centre = estimate + z2 / (2.0 * n);
    let half_width = Z_95 * (estimate * (1.0 - estimate) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // The ends are exact at 0 and 1; rounding must not move them.
    let low = if yes == 0 { 0.0 } else { ((centre - half_width) / scale).clamp(0.0, 1.0) };
    let high = if yes >= of { 1.0 } else { ((centre + half_width) / scale).clamp(0.0, 1.0) };
    Some(Interval { low, high })
}

/// P(X ≥ `yes`) for X binomial with `of` trials of probability `p`: how likely so many or more would be if onsets fell
/// anywhere on the clock. `None` when there are no trials or `p` is no probability.
#[must_use]
pub fn binomial_at_least(yes: u32, of: u32, p: f64) -> Option<f64> {
    if of == 0 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    Some(match yes {
        0 => 1.0,
        _ if yes > of || p <= 0.0 => 0.0,
        _ if p >= 1.0 => 1.0,
        _ => tails::binomial(yes, of, p).at_least,
    })
}

impl Interval {
    /// The same interval with its ends rounded to six decimals.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self { low: six_decimals(self.low), high: six_decimals(self.high) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::reference::{close, read},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Wilson {
        k: u32,
        n: u32,
        share: f64,
        low: f64,
        high: f64,
    }

    #[derive(serde::Deserialize)]
    struct AtLeast {
        k: u32,
        n: u32,
        p: f64,
        probability: f64,
    }

    #[test]
    fn wilson_agrees_with_the_reference() {
        for case in read::<Wilson>("wilson_95") {
            let ours = wilson_95(case.k, case.n).unwrap();
            let name = format!("{} of {}", case.k, case.n);
            assert!(close(share(case.k, case.n).unwrap(), case.share, 1e-15), "{name}");
            assert!(close(ours.low, case.low, 1e-9) && close(ours.high, case.high, 1e-9), "{name}: {ours:?}");
        }
    }

    #[test]
    fn the_binomial_tail_agrees_with_the_reference() {
        for case in read::<AtLeast>("binomial_at_least") {
            let ours = binomial_at_least(case.k, case.n, case.p).unwrap();
            assert!(close(ours, case.probability, 1e-9), "{} of {}: {ours} {}", case.k, case.n, case.probability);
        }
    }

    #[test]
    fn without_trials_nothing_is_said() {
        assert_eq!((share(0, 0), wilson_95(0, 0), binomial_at_least(0, 0, 0.5)), (None, None, None));
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_estimate_and_mirrors(yes in 0_u32..=1_000_000, no in 0_u32..=1_000_000) {
            prop_assume!(yes + no > 0);
            let of = yes + no;
            let interval = wilson_95(yes, of).unwrap();
            let estimate = share(yes, of).unwrap();
            prop_assert!(0.0 <= interval.low && interval.low <= estimate && estimate <= interval.high && interval.high <= 1.0);
            let mirrored = wilson_95(no, of).unwrap();
            prop_assert!(close(interval.low, 1.0 - mirrored.high, 1e-12) && close(interval.high, 1.0 - mirrored.low, 1e-12));
        }

        #[test]
        fn a_tail_falls_with_what_it_asks_for(of in 1_u32..1_000_000, yes in 0_u32..1_000_000, p in 0.01_f64..0.99) {
            prop_assume!(yes < of);
            let (more, less) = (binomial_at_least(yes + 1, of, p).unwrap(), binomial_at_least(yes, of, p).unwrap());
            prop_assert!((0.0..=1.0).contains(&more) && more <= less + 1e-12);
        }
    }
}
