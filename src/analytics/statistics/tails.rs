//! Tails of counts, exact for one cramp and for a million.
//!
//! Libraries work tails out through incomplete beta and gamma functions, whose series need more terms than they allow
//! themselves when counts are large, and subtract from 1, which loses the digits of small probabilities. A tail is a sum
//! of positive terms, each a simple multiple of the one before; only the first must be right.

use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

/// Both tails of a count at the value that was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// P(X ≤ seen).
    pub at_most: f64,
    /// P(X ≥ seen).
    pub at_least: f64,
    /// P(X = seen).
    pub exactly: f64,
}

impl Tails {
    fn new(exactly: f64, below: f64, above: f64, mean_is_above: bool) -> Self {
        // The smaller tail is a sum of falling terms; the other is what it leaves.
        let (at_most, at_least) = if mean_is_above {
            let at_most = exactly * (1.0 + below);
            (at_most, 1.0 - (at_most - exactly))
        } else {
            let at_least = exactly * (1.0 + above);
            (1.0 - (at_least - exactly), at_least)
        };
        Self { at_most: at_most.clamp(0.0, 1.0), at_least: at_least.clamp(0.0, 1.0), exactly }
    }

    /// The two-sided p-value: twice the smaller tail.
    pub fn two_sided(self) -> f64 {
        (2.0 * self.at_most.min(self.at_least)).min(1.0)
    }

    /// The two-sided mid-P value: half of what was seen counts as more extreme (H. O. Lancaster, JASA 56, 1961).
    pub fn two_sided_mid(self) -> f64 {
        (2.0 * (self.at_most.min(self.at_least) - self.exactly / 2.0)).clamp(0.0, 1.0)
    }
}

/// Tails of a binomial count of `of` trials with probability `p` in (0, 1), at `seen`.
pub fn binomial(seen: u32, of: u32, p: f64) -> Tails {
    let (n, x) = (f64::from(of), f64::from(seen));
    let (odds, exactly) = (p / (1.0 - p), binomial_term(x, n, p));
    if x < n * p {
        let below = falling((0..seen).rev().map(f64::from).map(|k| (k + 1.0) / ((n - k) * odds)));
        Tails::new(exactly, below, 0.0, true)
    } else {
        let above = falling((seen + 1..=of).map(f64::from).map(|k| (n - k + 1.0) * odds / k));
        Tails::new(exactly, 0.0, above, false)
    }
}

/// P(X ≥ `seen`) of a binomial count, carried over to real numbers: the regularised incomplete beta function
/// Iₚ(seen, of − seen + 1), for 0 < `seen` ≤ `of` and `p` in (0, 1). Between whole numbers it is what there is at them.
///
/// The series is Iₚ(a, b) = pᵃ(1 − p)ᵇ / (a B(a, b)) · Σ (a + b)ₖ / (a + 1)ₖ pᵏ (M. Abramowitz & I. Stegun, Handbook of
/// Mathematical Functions, 1964, 26.5.4), of the tail that falls.
pub fn at_least(seen: f64, of: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    let exactly = binomial_term(seen, of, p);
    let series = |first: f64, part: f64| {
        let steps = std::iter::successors(Some(0.0), |step| Some(step + 1.0));
        1.0 + falling(steps.map(|step| (of + 1.0 + step) * part / (first + step)))
    };
    let tail = if seen < of * p {
        1.0 - exactly * q * seen / (of - seen + 1.0) * series(of - seen + 2.0, q)
    } else {
        exactly * q * series(seen + 1.0, p)
    };
    tail.clamp(0.0, 1.0)
}

/// Tails of a Poisson count with a positive mean, at `seen`.
pub fn poisson(seen: u32, mean: f64) -> Tails {
    let x = f64::from(seen);
    let exactly = poisson_term(x, mean);
    if x < mean {
        let below = falling((0..seen).rev().map(|k| (f64::from(k) + 1.0) / mean));
        Tails::new(exactly, below, 0.0, true)
    } else {
        let above = falling((1_u32..).map(|step| mean / (x + f64::from(step))));
        Tails::new(exactly, 0.0, above, false)
    }
}

/// r₁ + r₁r₂ + r₁r₂r₃ + …, until the terms do not count any more.
fn falling(ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut term, mut sum) = (1.0, 0.0);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term <= sum * 1e-17 || !sum.is_finite() {
            break;
        }
    }
    sum
}

/// P(X = x) of a binomial count, to the last digits also where factorials would overflow (C. Loader, Fast and Accurate
/// Computation of Binomial Probabilities, 2000).
fn binomial_term(x: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if x == 0.0 {
        return (n * (-p).ln_1p()).exp();
    }
    if x >= n {
        return (n * p.ln()).exp();
    }
    let exponent =
        stirling_error(n) - stirling_error(x) - stirling_error(n - x) - deviance(x, n * p) - deviance(n - x, n * q);
    exponent.exp() * (n / (2.0 * PI * x * (n - x))).sqrt()
}

/// P(X = x) of a Poisson count, by the same way.
fn poisson_term(x: f64, mean: f64) -> f64 {
    if x == 0.0 {
        return (-mean).exp();
    }
    (-stirling_error(x) - deviance(x, mean)).exp() / (2.0 * PI * x).sqrt()
}

/// ln n! less Stirling's approximation of it.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / square) / square) / square) / square)
        / n
}

/// x ln(x / mean) + mean − x, without losing the digits when both are close.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - difference;
    }
    // ln(x / mean) = 2 artanh(v) with v = (x − mean) / (x + mean), as its series
    let v = difference / (x + mean);
    let square = v * v;
    let (mut sum, mut power, mut odd) = (difference * v, 2.0 * x * v, 1.0);
    // v is below 0.1: each term is less than a hundredth of the one before.
    for _ in 0..10 {
        power *= square;
        odd += 2.0;
        sum += power / odd;
    }
    sum
}

/// Where a function that falls or rises from one sign to the other within [low, high] is 0, to the last bits; `high` where it
/// does not change its sign. Between two of the points known so far it is taken for the inverse of a parabola where that is
/// safe, and halved otherwise, so that nothing can mislead it (T. R. Chandrupatla, Advances in Engineering Software 28,
/// 1997). Each step costs a tail, and a tenth of those that halving alone takes are enough.
pub fn root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let at = |x: f64| (x, f(x));
    let differ = |one: f64, other: f64| (one > 0.0) != (other > 0.0);
    let (mut newest, mut opposite) = (at(low), at(high));
    if !differ(newest.1, opposite.1) {
        return high;
    }
    let mut part = 0.5;
    for _ in 0..200 {
        let found = at(newest.0 + part * (opposite.0 - newest.0));
        let before = if differ(found.1, newest.1) { std::mem::replace(&mut opposite, newest) } else { newest };
        newest = found;
        let best = if newest.1.abs() < opposite.1.abs() { newest } else { opposite };
        let least = 1e-15 * best.0.abs() / (opposite.0 - newest.0).abs();
        if best.1 == 0.0 || least >= 1.0 {
            return best.0;
        }
        part = inverse_parabola(newest, opposite, before).unwrap_or(0.5).clamp(0.5 * least, 1.0 - 0.5 * least);
    }
    f64::midpoint(newest.0, opposite.0)
}

/// How far it is from `newest` to `opposite` where the inverse of the parabola through three points is 0, if between these
/// two it only falls or only rises.
fn inverse_parabola(newest: (f64, f64), opposite: (f64, f64), before: (f64, f64)) -> Option<f64> {
    let ((a, fa), (b, fb), (c, fc)) = (newest, opposite, before);
    let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb));
    (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
        .then(|| fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::reference::{read, same_digits},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Binomial {
        k: u32,
        n: u32,
        p: f64,
        at_most: f64,
        at_least: f64,
        exactly: f64,
    }

    #[test]
    fn binomial_tails_keep_their_digits_from_one_to_a_million() {
        for case in read::<Binomial>("binomial_tails") {
            let ours = binomial(case.k, case.n, case.p);
            for (ours, theirs) in
                [(ours.at_most, case.at_most), (ours.at_least, case.at_least), (ours.exactly, case.exactly)]
            {
                assert!(same_digits(ours, theirs, 1e-9), "{} of {}, {}: {ours} {theirs}", case.k, case.n, case.p);
            }
        }
    }

    #[derive(serde::Deserialize)]
    struct Beta {
        seen: f64,
        of: f64,
        p: f64,
        at_least: f64,
    }

    #[test]
    fn between_whole_numbers_the_tail_keeps_its_digits_too() {
        for case in read::<Beta>("incomplete_beta") {
            let ours = at_least(case.seen, case.of, case.p);
            assert!(same_digits(ours, case.at_least, 1e-9), "{} of {}, {}: {ours}", case.seen, case.of, case.p);
        }
    }

    proptest! {
        #[test]
        fn tails_overlap_in_what_was_seen(of in 1_u32..1_000_000, part in 0.0_f64..=1.0, p in 0.001_f64..0.999) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of `of`")]
            let seen = (f64::from(of) * part) as u32;
            let tails = binomial(seen, of, p);
            prop_assert!((tails.at_most + tails.at_least - 1.0 - tails.exactly).abs() < 1e-12);
            let mirrored = binomial(of - seen, of, 1.0 - p);
            prop_assert!((tails.at_most - mirrored.at_least).abs() < 1e-11);
        }

        #[test]
        fn at_whole_numbers_the_beta_function_is_the_binomial_tail(of in 1_u32..1_000_000, part in 0.0_f64..=1.0, p in 0.001_f64..0.999) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of `of`")]
            let seen = ((f64::from(of) * part) as u32).max(1);
            let ours = at_least(f64::from(seen), f64::from(of), p);
            prop_assert!((ours - binomial(seen, of, p).at_least).abs() < 1e-11);
        }
    }
}
