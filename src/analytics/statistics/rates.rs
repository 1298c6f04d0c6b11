//! How many in how many days: rates, and the ratio of two.

use super::{
    BEYOND_95,
    level::Level,
    tails::{self, Tails},
};

/// Events over time at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exposure {
    /// How many events.
    pub events: u32,
    /// In how many days.
    pub days: u32,
}

impl Exposure {
    /// Events a day; `None` without days.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.days > 0).then(|| f64::from(self.events) / f64::from(self.days))
    }
}

/// An interval of a rate, in events a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson95 {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The exact 95 % interval of a rate, for events that come independently (F. Garwood, Biometrika 28, 1936): the rates under
/// which neither so many nor so few events would be seen in fewer than 2.5 % of such times. `None` without days.
#[must_use]
pub fn poisson_95(exposure: Exposure) -> Option<Poisson95> {
    let Exposure { events, days } = exposure;
    if days == 0 {
        return None;
    }
    let seen = f64::from(events);
    // Ten standard deviations and some more: both ends lie well within.
    let far = seen + 10.0 * seen.sqrt() + 20.0;
    let low = if events == 0 {
        0.0
    } else {
        tails::root(f64::MIN_POSITIVE, seen, |mean| tails::poisson(events, mean).at_least - BEYOND_95)
    };
    let high = tails::root(seen.max(f64::MIN_POSITIVE), far, |mean| tails::poisson(events, mean).at_most - BEYOND_95);
    Some(Poisson95 { low: low / f64::from(days), high: high / f64::from(days) })
}

/// How a rate after compares with one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    /// The rate after over the rate before; `None` when nothing came before.
    pub estimate: Option<f64>,
    /// The exact 95 % interval; an end that is `None` has no bound.
    pub exact_95: (f64, Option<f64>),
    /// The exact two-sided p-value of "the rates are the same".
    pub exact_p: f64,
    /// The mid-P 95 % interval.
    pub mid_p_95: (f64, Option<f64>),
    /// The mid-P value.
    pub mid_p: f64,
}

/// Compares two rates exactly. Given how many events there were in all, those after are binomial with
/// p = ρ t₂ / (t₁ + ρ t₂), where ρ is the rate ratio: Clopper & Pearson's interval of p (Biometrika 26, 1934), turned into
/// one of ρ. p-values are twice the smaller tail. Mid-P counts half of what was seen, which makes exact intervals less wide
/// than they say (Lancaster 1961; Rothman, Greenland & Lash, Modern Epidemiology, 3rd ed., 14).
///
/// `None` when nothing came at all, or one of them has no days: there is nothing to compare.
#[must_use]
pub fn rate_ratio(before: Exposure, after: Exposure) -> Option<RateRatio> {
    let given = Given::of(before, after)?;
    let half = |tails: Tails| tails.exactly / 2.0;
    let same = given.same();
    Some(RateRatio {
        estimate: (before.events > 0).then_some(after.rate()? / before.rate()?),
        exact_95: given.exact(Level::Percent95),
        exact_p: same.two_sided(),
        mid_p_95: given.interval(
            |tails| tails.at_least - half(tails) - BEYOND_95,
            |tails| tails.at_most - half(tails) - BEYOND_95,
        ),
        mid_p: same.two_sided_mid(),
    })
}

/// The exact interval of [`rate_ratio`] at a level; an end that is `None` has no bound.
#[must_use]
pub fn rate_ratio_interval(before: Exposure, after: Exposure, level: Level) -> Option<(f64, Option<f64>)> {
    Some(Given::of(before, after)?.exact(level))
}

/// The exact p-value of [`rate_ratio`], for whoever needs no more.
#[must_use]
pub fn rate_ratio_p(before: Exposure, after: Exposure) -> Option<f64> {
    Some(Given::of(before, after)?.same().two_sided())
}

/// Events after, given how many there were in all.
#[derive(Clone, Copy)]
struct Given {
    seen: u32,
    of: u32,
    /// Days before over days after.
    days: f64,
}

impl Given {
    fn of(before: Exposure, after: Exposure) -> Option<Self> {
        let of = before.events.checked_add(after.events).filter(|of| *of > 0)?;
        let days = (before.days > 0 && after.days > 0).then(|| f64::from(before.days) / f64::from(after.days))?;
        Some(Self { seen: after.events, of, days })
    }

    fn at(self, p: f64) -> Tails {
        tails::binomial(self.seen, self.of, p)
    }

    /// If both rates are the same.
    fn same(self) -> Tails {
        self.at(1.0 / (1.0 + self.days))
    }

    fn exact(self, level: Level) -> (f64, Option<f64>) {
        self.interval(|tails| tails.at_least - level.beyond(), |tails| tails.at_most - level.beyond())
    }

    /// The ratios between those at which one and the other are 0.
    fn interval(self, at_low: impl Fn(Tails) -> f64, at_high: impl Fn(Tails) -> f64) -> (f64, Option<f64>) {
        let ratio = |p: f64| p / (1.0 - p) * self.days;
        // Between what the share could be at all; its ends are never reached, since one more bit would be 0 or 1.
        let (least, most) = (1e-300, 1.0 - f64::EPSILON / 2.0);
        let share = (f64::from(self.seen) / f64::from(self.of)).clamp(least, most);
        let low = if self.seen == 0 { 0.0 } else { ratio(tails::root(least, share, |p| at_low(self.at(p)))) };
        let high = (self.seen < self.of).then(|| ratio(tails::root(share, most, |p| at_high(self.at(p)))));
        (low, high)
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
    struct Ratio {
        before: Counted,
        after: Counted,
        #[serde(rename = "rate_ratio")]
        estimate: Option<f64>,
        exact_ci95: (f64, Option<f64>),
        exact_p: f64,
        mid_p_ci95: (f64, Option<f64>),
        mid_p: f64,
    }

    fn same_interval(ours: (f64, Option<f64>), theirs: (f64, Option<f64>)) -> bool {
        let high = match (ours.1, theirs.1) {
            (Some(ours), Some(theirs)) => same_digits(ours, theirs, 1e-6),
            (None, None) => true,
            _ => false,
        };
        same_digits(ours.0, theirs.0, 1e-6) && high
    }

    #[test]
    fn rate_ratios_agree_with_the_reference() {
        for case in read::<Ratio>("rate_ratio").into_iter().chain(read("rate_ratio_of_many")) {
            let ours = rate_ratio(case.before.into(), case.after.into()).unwrap();
            let name = format!("{ours:?}, {:?} {:?}", case.exact_ci95, case.mid_p_ci95);
            match (ours.estimate, case.estimate) {
                (Some(ours), Some(theirs)) => assert!(close(ours, theirs, 1e-9), "{name}"),
                (ours, theirs) => assert_eq!(ours, theirs),
            }
            assert!(same_interval(ours.exact_95, case.exact_ci95), "{name}");
            assert!(same_interval(ours.mid_p_95, case.mid_p_ci95), "{name}");
            assert!(same_digits(ours.exact_p, case.exact_p, 1e-9), "{name} {}", case.exact_p);
            assert!(same_digits(ours.mid_p, case.mid_p, 1e-9), "{name} {}", case.mid_p);
        }
    }

    #[derive(serde::Deserialize)]
    struct Rate {
        events: u32,
        days: u32,
        low: f64,
        high: f64,
    }

    #[test]
    fn intervals_of_rates_agree_with_the_reference() {
        for case in read::<Rate>("poisson_rate") {
            let ours = poisson_95(Exposure { events: case.events, days: case.days }).unwrap();
            assert!(same_digits(ours.low, case.low, 1e-6) && same_digits(ours.high, case.high, 1e-6), "{ours:?}");
        }
    }

    #[derive(serde::Deserialize)]
    struct At99 {
        before: Counted,
        after: Counted,
        exact_ci99: (f64, Option<f64>),
    }

    #[test]
    fn intervals_at_99_percent_agree_with_the_reference() {
        for case in read::<At99>("rate_ratio_at_99") {
            let ours = rate_ratio_interval(case.before.into(), case.after.into(), Level::Percent99).unwrap();
            assert!(same_interval(ours, case.exact_ci99), "{ours:?} {:?}", case.exact_ci99);
        }
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let exposure = |events, days| Exposure { events, days };
        assert_eq!(rate_ratio(exposure(0, 30), exposure(0, 30)), None);
        assert_eq!(rate_ratio(exposure(3, 30), exposure(0, 0)), None);
        assert_eq!(rate_ratio(exposure(0, 0), exposure(3, 30)), None);
        assert_eq!((poisson_95(exposure(0, 0)), exposure(0, 0).rate()), (None, None));
        assert_eq!(rate_ratio_interval(exposure(0, 30), exposure(0, 30), Level::Percent99), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_ratio_lies_in_its_intervals_and_turns_over(
            events in (0_u32..=1_000_000, 0_u32..=1_000_000), days in (1_u32..30_000, 1_u32..30_000),
        ) {
            prop_assume!(events.0 + events.1 > 0);
            let (before, after) = (Exposure { events: events.0, days: days.0 }, Exposure { events: events.1, days: days.1 });
            let (there, back) = (rate_ratio(before, after).unwrap(), rate_ratio(after, before).unwrap());
            for (low, high) in [there.exact_95, there.mid_p_95] {
                let estimate = there.estimate.unwrap_or(f64::INFINITY);
                prop_assert!(low <= estimate * (1.0 + 1e-9) && estimate <= high.unwrap_or(f64::INFINITY) * (1.0 + 1e-9));
            }
            // Mid-P is never the wider one.
            prop_assert!(there.exact_95.0 <= there.mid_p_95.0 * (1.0 + 1e-9));
            prop_assert!((0.0..=1.0).contains(&there.exact_p) && there.mid_p <= there.exact_p);
            prop_assert!(close(there.exact_p, back.exact_p, 1e-9));
            if let (Some(high), low) = (there.exact_95.1, back.exact_95.0) {
                prop_assert!(same_digits(high, 1.0 / low, 1e-6), "{high} {}", 1.0 / low);
            }
        }

        #[test]
        fn a_rate_lies_in_its_interval(events in 0_u32..=1_000_000, days in 1_u32..30_000) {
            let interval = poisson_95(Exposure { events, days }).unwrap();
            let rate = f64::from(events) / f64::from(days);
            prop_assert!(interval.low <= rate && rate <= interval.high);
        }
    }
}
