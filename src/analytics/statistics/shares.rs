//! Shares of a whole.

use serde::Serialize;

use super::{Z_95, rounding::six_decimals, tails};

/// An interval of a share, within [0, 1], or of the difference of two, within [−1, 1].
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
    wilson_95_of_share(share(yes.min(of), of)?, f64::from(of))
}

/// The same of a share of so many, which need not be a whole number: an effective one. `None` when there is nothing to
/// share or `share` is none.
#[must_use]
pub fn wilson_95_of_share(share: f64, n: f64) -> Option<Interval> {
    if !(n > 0.0 && (0.0..=1.0).contains(&share)) {
        return None;
    }
    let z2 = Z_95 * Z_95;
    let centre = share + z2 / (2.0 * n);
    let half_width = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // The ends are exact at 0 and 1; rounding must not move them.
    let low = if share <= 0.0 { 0.0 } else { ((centre - half_width) / scale).clamp(0.0, 1.0) };
    let high = if share >= 1.0 { 1.0 } else { ((centre + half_width) / scale).clamp(0.0, 1.0) };
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

/// How a share after differs from one before, `(yes, of)` each, and the 95 % interval of the difference: how far both
/// shares may move within Wilson's intervals, added up as squares (R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890,
/// method 10). `None` when there is nothing to share on a side.
#[must_use]
pub fn newcombe_95(before: (u32, u32), after: (u32, u32)) -> Option<(f64, Interval)> {
    let of = |(yes, of): (u32, u32)| Some((share(yes.min(of), of)?, wilson_95(yes, of)?));
    let ((before, around_before), (after, around_after)) = (of(before)?, of(after)?);
    let difference = after - before;
    let low = difference - (after - around_after.low).hypot(around_before.high - before);
    let high = difference + (around_after.high - after).hypot(before - around_before.low);
    Some((difference, Interval { low: low.max(-1.0), high: high.min(1.0) }))
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

    #[derive(serde::Deserialize)]
    struct Weekly {
        cramp_nights: u32,
        observed_nights: u32,
        per_week: f64,
        low: f64,
        high: f64,
    }

    #[test]
    fn nights_a_week_are_seven_shares() {
        for case in read::<Weekly>("night_rate") {
            let ours = wilson_95(case.cramp_nights, case.observed_nights).unwrap();
            assert!(close(7.0 * share(case.cramp_nights, case.observed_nights).unwrap(), case.per_week, 1e-9));
            assert!(close(7.0 * ours.low, case.low, 1e-9) && close(7.0 * ours.high, case.high, 1e-9), "{ours:?}");
        }
    }

    #[derive(serde::Deserialize)]
    struct Nightly {
        before: (u32, u32),
        after: (u32, u32),
        difference: f64,
        low: f64,
        high: f64,
    }

    #[test]
    fn differences_agree_with_the_reference() {
        for case in read::<Nightly>("night_difference") {
            let (difference, ours) = newcombe_95(case.before, case.after).unwrap();
            assert!(close(difference, case.difference, 1e-9), "{difference}");
            assert!(close(ours.low, case.low, 1e-9) && close(ours.high, case.high, 1e-9), "{ours:?}");
        }
    }

    #[test]
    fn without_trials_nothing_is_said() {
        assert_eq!((share(0, 0), wilson_95(0, 0), binomial_at_least(0, 0, 0.5)), (None, None, None));
        assert_eq!((newcombe_95((0, 0), (3, 7)), newcombe_95((3, 7), (0, 0))), (None, None));
        assert_eq!((wilson_95_of_share(0.5, 0.0), wilson_95_of_share(1.5, 8.0)), (None, None));
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
        fn a_difference_lies_in_its_interval_and_turns_over(
            yes in (0_u32..=1000, 0_u32..=1000), no in (0_u32..=1000, 0_u32..=1000),
        ) {
            prop_assume!(yes.0 + no.0 > 0 && yes.1 + no.1 > 0);
            let (before, after) = ((yes.0, yes.0 + no.0), (yes.1, yes.1 + no.1));
            let ((there, ours), (back, turned)) = (newcombe_95(before, after).unwrap(), newcombe_95(after, before).unwrap());
            prop_assert!(-1.0 <= ours.low && ours.low <= there && there <= ours.high && ours.high <= 1.0);
            prop_assert!(close(there, -back, 1e-12) && close(ours.low, -turned.high, 1e-12));
        }

        #[test]
        fn a_tail_falls_with_what_it_asks_for(of in 1_u32..1_000_000, yes in 0_u32..1_000_000, p in 0.01_f64..0.99) {
            prop_assume!(yes < of);
            let (more, less) = (binomial_at_least(yes + 1, of, p).unwrap(), binomial_at_least(yes, of, p).unwrap());
            prop_assert!((0.0..=1.0).contains(&more) && more <= less + 1e-12);
        }
    }
}
