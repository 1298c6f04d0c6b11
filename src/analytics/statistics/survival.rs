//! How long something lasts when not everything was seen to its end.

use super::Z_95;
use crate::foundation::histogram::Histogram;

/// What happened on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The day.
    pub day: u32,
    /// How many were still watched, unresolved, as the day began.
    pub at_risk: u32,
    /// How many resolved on this day.
    pub resolved: u32,
    /// How many were last seen on this day, unresolved.
    pub censored: u32,
    /// The estimated share that lasts beyond this day.
    pub lasting: f64,
    /// The 95 % interval of it; `None` where all or none last, since the variance says nothing there.
    pub ci95: Option<(f64, f64)>,
}

/// An estimate of how long it lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Each day on which something happened, in order.
    pub steps: Vec<Step>,
    /// The first day beyond which at most half last; `None` while more than half do.
    pub median: Option<u32>,
    /// The ends of its 95 % interval: the first days beyond which the lower and the upper ends of the intervals of the
    /// curve are at most one half, and at the latest the day beyond which none last. `None` where they stay above.
    pub median_95: (Option<u32>, Option<u32>),
}

/// What share lasts beyond one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lasting {
    /// The estimated share.
    pub share: f64,
    /// The 95 % interval of it; `None` where all or none last.
    pub ci95: Option<(f64, f64)>,
}

/// The product-limit estimate (E. L. Kaplan & P. Meier, JASA 53, 1958) of how long it takes to resolve, from the days of
/// resolution and the last days of those that were not seen to resolve. Whoever is last seen on the day on which others
/// resolve was still at risk then. Intervals are Greenwood's on the scale of log(−log S), so that they stay within [0,
/// 1] (J. D. Kalbfleisch & R. L. Prentice, The Statistical Analysis of Failure Time Data, 1980). The interval of the median
/// is where they hold one half (R. Brookmeyer & J. Crowley, Biometrics 38, 1982). `None` when nobody was seen.
#[must_use]
pub fn survival(resolved: &Histogram, censored: &Histogram) -> Option<Survival> {
    let mut at_risk = resolved.total() + censored.total();
    let last = resolved.iter().chain(censored.iter()).map(|(day, _)| day).max()?;
    let (mut lasting, mut greenwood) = (1.0, 0.0);
    let mut steps = Vec::new();
    for day in 0..=last {
        let (ended, left) = (resolved.of(day), censored.of(day));
        if ended + left == 0 {
            continue;
        }
        let (n, d) = (f64::from(at_risk), f64::from(ended));
        lasting *= (n - d) / n;
        greenwood += d / (n * (n - d));
        let ci95 = (lasting > 0.0 && lasting < 1.0).then(|| log_log_95(lasting, greenwood));
        steps.push(Step { day, at_risk, resolved: ended, censored: left, lasting, ci95 });
        at_risk -= ended + left;
    }
    // Half is half, also when factors were multiplied on the way to it.
    let first = |share: fn(&Step) -> f64| steps.iter().find(|step| share(step) <= 0.5 + 1e-12).map(|step| step.day);
    let median = first(|step| step.lasting);
    let low = first(|step| step.ci95.map_or(step.lasting, |(low, _)| low));
    let high = first(|step| step.ci95.map_or(step.lasting, |(_, high)| high));
    Some(Survival { steps, median, median_95: (low, high) })
}

impl Survival {
    /// What share lasts beyond a day. `None` after the last day on which anybody was watched, unless none lasted until
    /// then: what comes after is not known.
    #[must_use]
    pub fn at(&self, day: u32) -> Option<Lasting> {
        let last = self.steps.last()?;
        if day > last.day && last.lasting > 0.0 {
            return None;
        }
        let step = self.steps.iter().rev().find(|step| step.day <= day);
        Some(step.map_or(Lasting { share: 1.0, ci95: None }, |step| Lasting { share: step.lasting, ci95: step.ci95 }))
    }
}

fn log_log_95(lasting: f64, greenwood: f64) -> (f64, f64) {
    let log = lasting.ln();
    let spread = Z_95 * greenwood.sqrt() / log;
    // `log` is negative: less of it is a higher share.
    ((log * (-spread).exp()).exp(), (log * spread.exp()).exp())
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
    struct Case {
        observations: Vec<Observation>,
        survival: Vec<Point>,
        median_days: Option<f64>,
    }

    #[derive(serde::Deserialize)]
    struct Observation {
        day: u32,
        resolved: bool,
    }

    #[derive(serde::Deserialize)]
    struct Point {
        day: u32,
        still_sore: f64,
        ci95: Option<(f64, f64)>,
    }

    fn of(observations: &[Observation]) -> Option<Survival> {
        let days =
            |resolved| observations.iter().filter(|seen| seen.resolved == resolved).map(|seen| (seen.day, 1)).collect();
        survival(&days(true), &days(false))
    }

    #[test]
    fn survival_agrees_with_the_reference() {
        for case in read::<Case>("soreness_resolution").into_iter().chain(read("survival_with_intervals")) {
            let ours = of(&case.observations).unwrap();
            assert_eq!(ours.median.map(f64::from), case.median_days);
            for point in case.survival {
                // The last step at or before the day; before the first one, everything lasts.
                let step = ours.steps.iter().rev().find(|step| step.day <= point.day);
                let lasting = step.map_or(1.0, |step| step.lasting);
                assert!(close(lasting, point.still_sore, 1e-9), "day {}: {lasting} {}", point.day, point.still_sore);
                if let (Some(theirs), Some(step)) = (point.ci95, step) {
                    let ours = step.ci95.unwrap();
                    assert!(close(ours.0, theirs.0, 1e-9) && close(ours.1, theirs.1, 1e-9), "{step:?} {theirs:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_curve_falls_and_holds_its_intervals(days in proptest::collection::vec((0_u32..=30, any::<bool>()), 1..200)) {
            let observations: Vec<_> = days.iter().map(|&(day, resolved)| Observation { day, resolved }).collect();
            let ours = of(&observations).unwrap();
            prop_assert!(ours.steps.is_sorted_by(|a, b| a.day < b.day && a.lasting >= b.lasting && a.at_risk > b.at_risk));
            for step in &ours.steps {
                prop_assert!((0.0..=1.0).contains(&step.lasting));
                if let Some((low, high)) = step.ci95 {
                    prop_assert!(0.0 <= low && low <= step.lasting && step.lasting <= high && high <= 1.0, "{step:?}");
                }
            }
        }
    }

    #[derive(serde::Deserialize)]
    struct OnDays {
        observations: Vec<Observation>,
        median: Option<u32>,
        median_ci95: (Option<u32>, Option<u32>),
        shares: Vec<Point>,
    }

    #[test]
    fn the_median_and_shares_on_days_agree_with_the_reference() {
        for case in read::<OnDays>("survival_medians") {
            let ours = of(&case.observations).unwrap();
            assert_eq!((ours.median, ours.median_95), (case.median, case.median_ci95));
            for point in case.shares {
                let ours = ours.at(point.day).unwrap();
                assert!(close(ours.share, point.still_sore, 1e-9), "day {}: {ours:?}", point.day);
                if let Some(theirs) = point.ci95 {
                    let ours = ours.ci95.unwrap();
                    assert!(close(ours.0, theirs.0, 1e-9) && close(ours.1, theirs.1, 1e-9), "{ours:?} {theirs:?}");
                }
            }
        }
    }

    #[test]
    fn of_days_after_the_last_one_watched_nothing_is_known() {
        let seen = |observations: &[(u32, bool)]| {
            of(&observations.iter().map(|&(day, resolved)| Observation { day, resolved }).collect::<Vec<_>>()).unwrap()
        };
        let left = seen(&[(1, true), (2, false)]);
        assert!(close(left.at(0).unwrap().share, 1.0, 0.0) && close(left.at(2).unwrap().share, 0.5, 1e-12));
        assert_eq!(left.at(3), None);
        let over = seen(&[(1, true), (2, true)]);
        assert_eq!(over.at(3), Some(Lasting { share: 0.0, ci95: None }));
    }

    #[test]
    fn without_censoring_it_is_the_share_that_lasts() {
        let resolved: Histogram = [(1, 250_000), (2, 500_000), (9, 250_000)].into_iter().collect();
        let ours = survival(&resolved, &Histogram::default()).unwrap();
        let lasting: Vec<_> = ours.steps.iter().map(|step| step.lasting).collect();
        assert!(close(lasting[0], 0.75, 1e-12) && close(lasting[1], 0.25, 1e-12) && close(lasting[2], 0.0, 1e-12));
        assert_eq!(ours.median, Some(2));
        assert_eq!(survival(&Histogram::default(), &Histogram::default()), None);
    }
}
