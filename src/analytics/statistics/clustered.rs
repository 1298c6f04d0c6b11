//! Shares of what comes in bouts: five cramps of one night say little more than one.

use super::{
    shares::{Interval, wilson_95_of_share},
    tails,
};

/// What came together, such as the cramps of one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bout {
    /// How many of them are a yes.
    pub yes: u32,
    /// How many there are.
    pub all: u32,
}

/// A share of all that came, which is as sure as its bouts are many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered {
    /// How many are a yes.
    pub yes: u32,
    /// How many there are.
    pub all: u32,
    /// In how many bouts they came.
    pub bouts: u32,
    /// How many times the variance is that of as many which come each by itself, at least 1. `None` where it can't be
    /// estimated: with one bout, or when all or none are a yes.
    pub design_effect: Option<f64>,
    /// As many which come each by itself would say as much.
    pub effective_n: f64,
    /// `yes` of `all`.
    pub share: f64,
    /// Wilson's interval of it on `effective_n`.
    pub ci95: Interval,
}

/// The share over all bouts, with the variance of a ratio estimate between them: V = G/(G − 1) · Σ(yᵢ − p̂nᵢ)² / N² for G
/// bouts of nᵢ of which yᵢ are a yes, N = Σnᵢ, p̂ = Σyᵢ/N (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, chapter 3). The
/// design effect is max(1, V (N − 1) / (p̂(1 − p̂))) (L. Kish, Survey Sampling, 1965, 8.2), and is 1 where every bout is one.
/// The effective number is N over it (J. N. K. Rao & A. J. Scott, Biometrics 48, 1992); where there is no design effect it
/// is G, as though all of a bout were alike. Bouts of nothing do not count; `None` without any.
#[must_use]
pub fn clustered(bouts: &[Bout]) -> Option<Clustered> {
    let bouts = || bouts.iter().filter(|bout| bout.all > 0).map(|bout| (bout.yes.min(bout.all), bout.all));
    let count = u32::try_from(bouts().count()).unwrap_or(u32::MAX);
    let (yes, all) =
        bouts().fold((0_u32, 0_u32), |sum, bout| (sum.0.saturating_add(bout.0), sum.1.saturating_add(bout.1)));
    if all == 0 {
        return None;
    }
    let (y, n, g) = (f64::from(yes), f64::from(all), f64::from(count));
    let share = y / n;
    let design_effect = (count > 1 && 0 < yes && yes < all).then(|| {
        // N² V: whole numbers as long as they can be, so that single cramps have a design effect of 1 to the last bit.
        let squares: f64 = bouts().map(|(yes, all)| (f64::from(yes) * n - y * f64::from(all)).powi(2)).sum();
        (g * squares * (n - 1.0) / ((g - 1.0) * n * n * y * (n - y))).max(1.0)
    });
    let effective_n = design_effect.map_or(g, |effect| n / effect);
    let ci95 = wilson_95_of_share(share, effective_n)?;
    Some(Clustered { yes, all, bouts: count, design_effect, effective_n, share, ci95 })
}

impl Clustered {
    /// How likely so large a share or a larger one would be if each were a yes with probability `p`: the binomial tail on
    /// effective counts, Iₚ(x, n − x + 1) with x = p̂n, the regularised incomplete beta function. `None` when `p` is no
    /// probability.
    #[must_use]
    pub fn at_least_under(&self, p: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        Some(match self.yes {
            0 => 1.0,
            _ if p <= 0.0 => 0.0,
            _ if p >= 1.0 => 1.0,
            _ => tails::at_least(self.share * self.effective_n, self.effective_n, p),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{
            reference::{close, read, same_digits},
            shares::{binomial_at_least, wilson_95},
        },
        *,
    };

    #[derive(serde::Deserialize)]
    struct Night {
        night: u32,
        all: u32,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        bouts: Vec<Night>,
        night: u32,
        episodes: u32,
        bout_days: u32,
        design_effect: Option<f64>,
        effective_n: f64,
        share: f64,
        low: f64,
        high: f64,
        clock_share: f64,
        p_value_vs_clock: f64,
    }

    #[test]
    fn shares_of_bouts_agree_with_the_reference() {
        for case in read::<Case>("night_share") {
            let bouts: Vec<_> = case.bouts.iter().map(|bout| Bout { yes: bout.night, all: bout.all }).collect();
            let ours = clustered(&bouts).unwrap();
            assert_eq!((ours.yes, ours.all, ours.bouts), (case.night, case.episodes, case.bout_days));
            match (ours.design_effect, case.design_effect) {
                (Some(ours), Some(theirs)) => assert!(close(ours, theirs, 1e-9), "{ours} {theirs}"),
                (ours, theirs) => assert_eq!(ours, theirs),
            }
            assert!(close(ours.effective_n, case.effective_n, 1e-9) && close(ours.share, case.share, 1e-9), "{ours:?}");
            assert!(close(ours.ci95.low, case.low, 1e-9) && close(ours.ci95.high, case.high, 1e-9), "{ours:?}");
            let p = ours.at_least_under(case.clock_share).unwrap();
            assert!(same_digits(p, case.p_value_vs_clock, 1e-9), "{p} {}", case.p_value_vs_clock);
        }
    }

    #[test]
    fn without_bouts_nothing_is_said() {
        assert_eq!((clustered(&[]), clustered(&[Bout { yes: 0, all: 0 }])), (None, None));
        assert_eq!(clustered(&[Bout { yes: 1, all: 2 }]).unwrap().at_least_under(1.5), None);
    }

    proptest! {
        #[test]
        fn bouts_of_one_are_simple_trials(yes in 0_u32..200, no in 0_u32..200, p in 0.01_f64..0.99) {
            prop_assume!(yes + no > 0);
            let bouts: Vec<_> = (0..yes + no).map(|at| Bout { yes: u32::from(at < yes), all: 1 }).collect();
            let ours = clustered(&bouts).unwrap();
            prop_assert!(ours.design_effect.is_none_or(|effect| close(effect, 1.0, 0.0)));
            prop_assert!(close(ours.effective_n, f64::from(yes + no), 0.0));
            prop_assert_eq!(ours.ci95, wilson_95(yes, yes + no).unwrap());
            let theirs = binomial_at_least(yes, yes + no, p).unwrap();
            prop_assert!((ours.at_least_under(p).unwrap() - theirs).abs() < 1e-12);
        }

        #[test]
        fn bouts_never_say_more_than_trials(bouts in proptest::collection::vec((0_u32..=6, 0_u32..=6), 1..60)) {
            let bouts: Vec<_> = bouts.iter().map(|(yes, no)| Bout { yes: *yes, all: yes + no }).collect();
            let Some(ours) = clustered(&bouts) else { return Ok(()) };
            prop_assert!(0.0 < ours.effective_n && ours.effective_n <= f64::from(ours.all));
            prop_assert!(ours.ci95.low <= ours.share && ours.share <= ours.ci95.high, "{:?}", ours);
            let p = ours.at_least_under(1.0 / 3.0).unwrap();
            prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}
