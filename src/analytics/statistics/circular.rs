//! Times of day, which have no beginning and no end.

use std::f64::consts::TAU;

use crate::foundation::histogram::Histogram;

const MINUTES_PER_DAY: f64 = 1440.0;
/// Below this, directions cancel out and what is left is rounding.
const NO_DIRECTION: f64 = 1e-9;

/// How times of day lie together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// The circular mean, in minutes after midnight, 0 ≤ mean < 1440; `None` when the times cancel each other out.
    pub mean_minute: Option<f64>,
    /// The mean resultant length R̄: 0 when times are spread evenly or cancel out, 1 when all are the same.
    pub resultant_length: f64,
    /// Rayleigh's z = n R̄².
    pub rayleigh_z: f64,
    /// How likely so much concentration would be if times were spread evenly round the clock.
    pub rayleigh_p: f64,
}

/// Circular mean, mean resultant length and Rayleigh's test of minutes of the day (Mardia & Jupp, Directional Statistics,
/// 2000, 2.2 and 6.3.1), with the p-value of J. H. Zar, Biostatistical Analysis, 27.1:
/// exp(√(1 + 4n + 4(n² − R²)) − (1 + 2n)) with R = n R̄. `None` when there are none.
#[must_use]
pub fn concentration(minutes: &Histogram) -> Option<Concentration> {
    let n = f64::from(minutes.total());
    if minutes.is_empty() {
        return None;
    }
    let (mut cosines, mut sines) = (0.0, 0.0);
    for (minute, count) in minutes.iter() {
        let (sine, cosine) = (f64::from(minute) / MINUTES_PER_DAY * TAU).sin_cos();
        cosines += f64::from(count) * cosine;
        sines += f64::from(count) * sine;
    }
    let length = (cosines.hypot(sines) / n).min(1.0);
    let resultant = n * length;
    let mean = sines.atan2(cosines) / TAU * MINUTES_PER_DAY;
    // √a − b as (a − b²) / (√a + b): the difference of two large numbers would keep few digits.
    let exponent =
        -4.0 * resultant * resultant / ((1.0 + 4.0 * n + 4.0 * (n * n - resultant * resultant)).sqrt() + 1.0 + 2.0 * n);
    Some(Concentration {
        mean_minute: (length > NO_DIRECTION).then(|| mean.rem_euclid(MINUTES_PER_DAY) % MINUTES_PER_DAY),
        resultant_length: length,
        rayleigh_z: n * length * length,
        rayleigh_p: exponent.exp().min(1.0),
    })
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
        local_minutes: Vec<u32>,
        mean_minute: f64,
        resultant_length: f64,
        rayleigh_z: f64,
        rayleigh_p: f64,
    }

    fn counted(minutes: &[u32]) -> Histogram {
        minutes.iter().map(|minute| (*minute, 1)).collect()
    }

    /// The shorter way round from one minute to another.
    fn apart(a: f64, b: f64) -> f64 {
        let difference = (a - b).rem_euclid(MINUTES_PER_DAY);
        difference.min(MINUTES_PER_DAY - difference)
    }

    #[test]
    fn the_circular_mean_and_rayleigh_agree_with_the_reference() {
        for case in read::<Case>("time_of_day") {
            let ours = concentration(&counted(&case.local_minutes)).unwrap();
            assert!(apart(ours.mean_minute.unwrap(), case.mean_minute) < 1e-6, "{ours:?} {}", case.mean_minute);
            assert!(close(ours.resultant_length, case.resultant_length, 1e-9), "{ours:?}");
            assert!(close(ours.rayleigh_z, case.rayleigh_z, 1e-9), "{ours:?}");
            assert!(close(ours.rayleigh_p, case.rayleigh_p, 1e-9), "{ours:?} {}", case.rayleigh_p);
        }
    }

    #[test]
    fn opposite_times_have_no_mean() {
        let ours = concentration(&counted(&[0, 720])).unwrap();
        assert_eq!(ours.mean_minute, None);
        assert!(ours.rayleigh_p > 0.99);
        assert_eq!(concentration(&Histogram::default()), None);
    }

    proptest! {
        #[test]
        fn turning_the_clock_turns_the_mean_and_nothing_else(
            minutes in proptest::collection::vec(0_u32..1440, 1..60), by in 0_u32..1440,
        ) {
            let turned: Vec<_> = minutes.iter().map(|minute| (minute + by) % 1440).collect();
            let (before, after) = (concentration(&counted(&minutes)).unwrap(), concentration(&counted(&turned)).unwrap());
            prop_assert!(close(before.resultant_length, after.resultant_length, 1e-9));
            prop_assert!((0.0..=1.0).contains(&before.rayleigh_p) && (0.0..=1.0).contains(&before.resultant_length));
            if before.resultant_length > 1e-6 {
                let expected = (before.mean_minute.unwrap() + f64::from(by)).rem_euclid(1440.0);
                prop_assert!(apart(after.mean_minute.unwrap(), expected) < 1e-6);
            }
        }
    }

    #[test]
    fn a_million_onsets_spread_evenly_show_nothing() {
        let even: Histogram = (0..1440).map(|minute| (minute, 700)).collect();
        let ours = concentration(&even).unwrap();
        assert!(ours.rayleigh_p > 0.99 && ours.resultant_length < 1e-9, "{ours:?}");
        let same: Histogram = [(150, 1_000_000)].into_iter().collect();
        let ours = concentration(&same).unwrap();
        assert!(close(ours.mean_minute.unwrap(), 150.0, 1e-9) && ours.rayleigh_p < 1e-300, "{ours:?}");
    }
}
