//! Rates whose events vary more than independent ones.

use statrs::{
    distribution::{ContinuousCDF, StudentsT},
    function::erf::erfc,
};

use super::{dispersion::Dispersion, level::Level, rates::Exposure};

/// How a rate after compares with one before, when counts vary φ times as much as independent events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DispersedRatio {
    /// The rate after over the rate before.
    pub estimate: f64,
    /// The interval of it.
    pub interval: (f64, f64),
    /// The two-sided p-value of "the rates are the same".
    pub p: f64,
}

/// Compares two rates by quasi-Poisson: exp(ln RR ± z √(φ (1/a + 1/b))) with a and b the events, and the normal p of
/// ln RR = 0 (P. `McCullagh` & J. A. Nelder, Generalized Linear Models, 2nd ed. 1989, 6.2). `phi`, at least 1, is taken for
/// known. `None` when a side has no events or no days: no logarithm.
#[must_use]
pub fn rate_ratio_with_dispersion(before: Exposure, after: Exposure, phi: f64, level: Level) -> Option<DispersedRatio> {
    dispersed(before, after, phi, level.z(), |z| erfc(z / std::f64::consts::SQRT_2))
}

/// The same with a φ that was estimated: by Student's t on as many degrees of freedom as it has, which is wider, since few
/// blocks do not tell well by how much they vary. Of 90 days against 90, z calls 6 % of changes that are none significant
/// at 5 %, and t 5 % (benches/simulations.rs). `None` as there.
#[must_use]
pub fn rate_ratio_with_estimated_dispersion(
    before: Exposure,
    after: Exposure,
    dispersion: Dispersion,
    level: Level,
) -> Option<DispersedRatio> {
    let student = StudentsT::new(0.0, 1.0, f64::from(dispersion.freedom)).ok()?;
    let reach = student.inverse_cdf(1.0 - level.beyond());
    dispersed(before, after, dispersion.phi(), reach, |t| 2.0 * student.sf(t))
}

/// By how many standard errors an interval reaches, and the two-sided p of so many.
fn dispersed(
    before: Exposure,
    after: Exposure,
    phi: f64,
    reach: f64,
    p: impl Fn(f64) -> f64,
) -> Option<DispersedRatio> {
    if before.events == 0 || after.events == 0 {
        return None;
    }
    let estimate = after.rate()? / before.rate()?;
    let error = (phi * (1.0 / f64::from(before.events) + 1.0 / f64::from(after.events))).sqrt();
    let factor = (reach * error).exp();
    Some(DispersedRatio {
        estimate,
        interval: (estimate / factor, estimate * factor),
        p: p(estimate.ln().abs() / error).min(1.0),
    })
}

impl Exposure {
    /// As many independent events as would say as much, where counts vary φ times as much: events / φ, rounded down, in the
    /// same days. For an exact interval where a side has no events, and quasi-Poisson has none. Where all events came in one
    /// block, φ is their number, but for the last digits.
    #[must_use]
    pub fn thinned(self, phi: f64) -> Self {
        const TINY: f64 = 1e-9;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to as many as there are")]
        let events = (f64::from(self.events) / phi.max(1.0) + TINY).floor() as u32;
        Self { events, ..self }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{
        super::reference::{close, read, same_digits},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Counted {
        events: u32,
        days: u32,
    }

    impl From<Counted> for Exposure {
        fn from(counted: Counted) -> Self {
            Self { events: counted.events, days: counted.days }
        }
    }

    #[derive(serde::Deserialize)]
    struct Case {
        before: Counted,
        after: Counted,
        dispersion: f64,
        rate_ratio: f64,
        low: f64,
        high: f64,
        p: f64,
    }

    #[test]
    fn dispersed_ratios_agree_with_the_reference() {
        for case in read::<Case>("quasi_poisson") {
            let (before, after) = (case.before.into(), case.after.into());
            let ours = rate_ratio_with_dispersion(before, after, case.dispersion, Level::Percent95).unwrap();
            assert!(close(ours.estimate, case.rate_ratio, 1e-9), "{ours:?}");
            let (low, high) = ours.interval;
            assert!(same_digits(low, case.low, 1e-9) && same_digits(high, case.high, 1e-9), "{ours:?} {}", case.low);
            assert!(same_digits(ours.p, case.p, 1e-6), "{ours:?} {}", case.p);
            let at_99 = rate_ratio_with_dispersion(before, after, case.dispersion, Level::Percent99).unwrap();
            assert!(at_99.interval.0 < low && high < at_99.interval.1);
        }
    }

    #[derive(serde::Deserialize)]
    struct Estimated {
        before: Counted,
        after: Counted,
        dispersion: f64,
        freedom: u32,
        ci95: (f64, f64),
        ci99: (f64, f64),
        p: f64,
    }

    #[test]
    fn ratios_with_an_estimated_dispersion_agree_with_the_reference() {
        for case in read::<Estimated>("quasi_poisson_by_t") {
            let (before, after) = (case.before.into(), case.after.into());
            let dispersion = Dispersion { index: case.dispersion, freedom: case.freedom, p: 0.5 };
            let at = |level| rate_ratio_with_estimated_dispersion(before, after, dispersion, level).unwrap();
            for (ours, theirs) in [(at(Level::Percent95), case.ci95), (at(Level::Percent99), case.ci99)] {
                let same = |ours, theirs| same_digits(ours, theirs, 1e-6);
                assert!(same(ours.interval.0, theirs.0) && same(ours.interval.1, theirs.1), "{ours:?} {theirs:?}");
                assert!(same(ours.p, case.p), "{ours:?} {}", case.p);
            }
        }
    }

    #[test]
    fn without_events_there_is_no_logarithm_but_a_thinned_count() {
        let exposure = |events, days| Exposure { events, days };
        let compare = |before, after| rate_ratio_with_dispersion(before, after, 2.0, Level::Percent95);
        assert_eq!(compare(exposure(20, 60), exposure(0, 60)), None);
        assert_eq!(compare(exposure(0, 60), exposure(20, 60)), None);
        assert_eq!(compare(exposure(20, 0), exposure(20, 60)), None);
        assert_eq!(exposure(21, 60).thinned(2.0), exposure(10, 60));
        assert_eq!(exposure(21, 60).thinned(0.4), exposure(21, 60));
    }

    #[test]
    fn events_of_one_block_are_one_whatever_the_last_digits_of_phi() {
        for events in 2..=40 {
            for phi in [f64::from(events), f64::from(events).next_up(), f64::from(events).next_down()] {
                assert_eq!(Exposure { events, days: 84 }.thinned(phi).events, 1, "{events} {phi}");
            }
        }
        assert_eq!(Exposure { events: 20, days: 84 }.thinned(3.0).events, 6);
    }
}
