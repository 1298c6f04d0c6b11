//! Whether a rate rises or falls over the weeks.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{BEYOND_95, shares::Interval, tails};

/// Weeks with covered days without which no slope is drawn.
const FEWEST_WEEKS: u32 = 4;
/// An average month, in weeks: 30.4375 days.
const WEEKS_PER_MONTH: f64 = 30.4375 / 7.0;
/// A rate that changes by e⁵⁰ a week or more changes in no diary.
const STEEPEST: f64 = 50.0;

/// How many events came in a week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// When it was, in weeks from anywhere.
    pub at: f64,
    /// How many events.
    pub events: u32,
    /// On how many covered days.
    pub days: u32,
}

/// By how much a rate changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// In percent a month of 30.4375 days: −100 and above.
    pub percent_a_month: f64,
    /// Its 95 % interval, in percent too.
    pub ci95: Interval,
    /// By how much events vary more than independent ones do, at least 1.
    pub phi: f64,
    /// How many weeks have covered days.
    pub weeks: u32,
}

/// The slope of a quasi-Poisson regression of events on weeks, with the logarithm of covered days as an offset: the rate is
/// exp(α + β week), and variances are φ times those of independent events (P. `McCullagh` & J. A. Nelder, Generalized Linear
/// Models, 2nd ed. 1989, 6.2). β is where the mean week of events is the mean week that the rates expect, and its variance
/// φ / Σ μ (week − mean)². φ is Pearson's Σ (y − μ)² / μ over weeks − 2, at least 1, and the interval is of Student's t on as
/// many degrees of freedom, as R gives.
///
/// `None` with fewer than 4 weeks with covered days, without events, or when all events are in the first of these weeks or
/// in the last: then there is no steepest slope.
#[must_use]
pub fn slope(weeks: &[Week]) -> Option<Slope> {
    let known: Vec<_> = weeks.iter().filter(|week| week.days > 0).collect();
    let count = u32::try_from(known.len()).ok().filter(|count| *count >= FEWEST_WEEKS)?;
    let events: f64 = known.iter().map(|week| f64::from(week.events)).sum();
    let mean = known.iter().map(|week| f64::from(week.events) * week.at).sum::<f64>() / events;
    // Without events the mean is none, and nothing lies on either side of it.
    let (earlier, later) = (known.iter().any(|week| week.at < mean), known.iter().any(|week| week.at > mean));
    if !(earlier && later) {
        return None;
    }
    let from_mean = |week: &Week| week.at - mean;
    // Weights as logarithms, less the largest one: a power of e would overflow.
    let expected = |slope: f64| -> Vec<f64> {
        let logs = || known.iter().map(|week| f64::from(week.days).ln() + slope * from_mean(week));
        let largest = logs().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<_> = logs().map(|log| (log - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum * events).collect()
    };
    let slope = tails::root(-STEEPEST, STEEPEST, |slope| {
        known.iter().zip(expected(slope)).map(|(week, expected)| from_mean(week) * expected).sum()
    });
    let expected = expected(slope);
    let both = || known.iter().zip(&expected);
    let information: f64 = both().map(|(week, expected)| expected * from_mean(week).powi(2)).sum();
    let statistic: f64 = both().map(|(week, expected)| deviation(week.events, *expected)).sum();
    let freedom = f64::from(count - 2);
    let phi = (statistic / freedom).max(1.0);
    let reach = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - BEYOND_95) * (phi / information).sqrt();
    let percent = |slope: f64| (slope * WEEKS_PER_MONTH).exp_m1() * 100.0;
    let ci95 = Interval { low: percent(slope - reach), high: percent(slope + reach) };
    Some(Slope { percent_a_month: percent(slope), ci95, phi, weeks: count })
}

/// (y − μ)² / μ, also where next to nothing is expected and nothing came.
fn deviation(events: u32, expected: f64) -> f64 {
    if events == 0 { expected } else { (f64::from(events) - expected).powi(2) / expected }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{
        super::reference::{close, read},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Case {
        weeks: Vec<(f64, u32, u32)>,
        percent_a_month: f64,
        ci95: (f64, f64),
        phi: f64,
    }

    fn weeks(of: &[(f64, u32, u32)]) -> Vec<Week> {
        of.iter().map(|&(at, events, days)| Week { at, events, days }).collect()
    }

    #[test]
    fn slopes_agree_with_the_reference() {
        for case in read::<Case>("slope") {
            let ours = slope(&weeks(&case.weeks)).unwrap();
            assert!(close(ours.percent_a_month, case.percent_a_month, 1e-6), "{ours:?} {}", case.percent_a_month);
            assert!(close(ours.ci95.low, case.ci95.0, 1e-6) && close(ours.ci95.high, case.ci95.1, 1e-6), "{ours:?}");
            assert!(close(ours.phi, case.phi, 1e-6), "{ours:?} {}", case.phi);
        }
    }

    #[test]
    fn a_rate_that_doubles_each_week_does_so_whatever_is_covered() {
        let ours = slope(&weeks(&[(0.0, 1, 1), (1.0, 14, 7), (2.0, 12, 3), (3.0, 40, 5)])).unwrap();
        let expected = (2_f64.powf(WEEKS_PER_MONTH) - 1.0) * 100.0;
        assert!(close(ours.percent_a_month, expected, 1e-9) && close(ours.phi, 1.0, 0.0), "{ours:?}");
    }

    #[test]
    fn without_weeks_or_events_between_there_is_no_slope() {
        let none = [
            weeks(&[(0.0, 3, 7), (1.0, 2, 7), (2.0, 0, 0), (3.0, 1, 7)]),
            weeks(&[(0.0, 0, 7), (1.0, 0, 7), (2.0, 0, 7), (3.0, 0, 7)]),
            weeks(&[(0.0, 5, 7), (1.0, 0, 7), (2.0, 0, 7), (3.0, 0, 7)]),
            weeks(&[(0.0, 0, 7), (1.0, 0, 7), (2.0, 0, 7), (3.0, 5, 7)]),
        ];
        for weeks in none {
            assert_eq!(slope(&weeks), None, "{weeks:?}");
        }
        assert!(slope(&weeks(&[(0.0, 0, 7), (1.0, 5, 7), (2.0, 0, 7), (3.0, 0, 7)])).is_some());
    }
}
