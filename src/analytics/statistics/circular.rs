//! Times of day, which have no beginning and no end.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{BEYOND_95, Z_95, splitmix::SplitMix};
use crate::foundation::histogram::Histogram;

const MINUTES_PER_DAY: f64 = 1440.0;
/// Below this, directions cancel out and what is left is rounding.
const NO_DIRECTION: f64 = 1e-9;
/// With so many times, the large-sample interval of their mean is good enough (Fisher 1993, 4.4.4).
const LARGE_SAMPLE: usize = 25;
/// With fewer there is no interval: samples of samples would hardly differ.
const FEWEST: usize = 5;
/// How many samples are drawn of a small one.
const SAMPLES: u32 = 1999;
/// The place of the 95 % point among them, from 0: 0.95 · (1999 + 1) − 1.
const PLACE_95: usize = 1899;
/// Where the numbers begin that they are drawn by.
const SEED: u64 = 1993;

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
    concentration_around(&Sum::of(minutes.iter().map(|(minute, count)| (angle(minute.into()), count.into()))))
}

/// The same of times that are no whole minutes, such as the means of bouts.
#[must_use]
pub fn concentration_of(minutes: &[f64]) -> Option<Concentration> {
    concentration_around(&Sum::of(minutes.iter().map(|minute| (angle(*minute), 1.0))))
}

/// The circular mean of minutes of the day, such as those of a bout; `None` when there are none or they cancel each other
/// out.
#[must_use]
pub fn circular_mean(minutes: &[f64]) -> Option<f64> {
    concentration_of(minutes)?.mean_minute
}

/// The 95 % interval of the circular mean: by how many minutes the mean may lie to either side.
///
/// From 25 times on it is arcsin(z σ̂) with σ̂² = δ̂ / n and the circular dispersion δ̂ = (1 − ρ̂₂) / (2 R̄²), where ρ̂₂ is the
/// mean cosine of twice the distances from the mean (N. I. Fisher, Statistical Analysis of Circular Data, 1993, 2.3.4 and
/// 4.4.4). With fewer it is the wider one of two: the same with Student's t of n − 1 degrees of freedom for z, and a
/// bootstrap's, the distance from the mean within which the means of 95 % of 1999 samples lie, drawn from the times by
/// numbers that are the same each time (Fisher 8.3). The bootstrap sees lopsided times; alone it holds the mean of few only
/// 9 times in 10, since samples of few lie closer together than the times do.
///
/// `None` with fewer than 5 times, and where the mean may lie anywhere: more than a quarter of the day to either side.
#[must_use]
pub fn mean_half_width_95(minutes: &[f64]) -> Option<f64> {
    let angles: Vec<_> = minutes.iter().map(|minute| angle(*minute)).collect();
    let half_width = match angles.len() {
        0..FEWEST => None,
        FEWEST..LARGE_SAMPLE => {
            by_dispersion(&angles, student_95(&angles)?).zip(bootstrap(&angles)).map(|(a, b)| a.max(b))
        }
        LARGE_SAMPLE.. => by_dispersion(&angles, Z_95),
    };
    half_width.filter(|half_width| *half_width < FRAC_PI_2).map(|half_width| half_width / TAU * MINUTES_PER_DAY)
}

fn angle(minute: f64) -> f64 {
    minute / MINUTES_PER_DAY * TAU
}

/// Directions added up.
struct Sum {
    n: f64,
    cosines: f64,
    sines: f64,
}

impl Sum {
    /// Of angles, each so many times.
    fn of(angles: impl Iterator<Item = (f64, f64)>) -> Self {
        angles.fold(Self { n: 0.0, cosines: 0.0, sines: 0.0 }, |sum, (angle, times)| {
            let (sine, cosine) = angle.sin_cos();
            Self { n: sum.n + times, cosines: sum.cosines + times * cosine, sines: sum.sines + times * sine }
        })
    }

    /// The mean resultant length.
    fn length(&self) -> f64 {
        (self.cosines.hypot(self.sines) / self.n).min(1.0)
    }

    /// The mean angle; `None` without a direction.
    fn mean(&self) -> Option<f64> {
        (self.n > 0.0 && self.length() > NO_DIRECTION).then(|| self.sines.atan2(self.cosines))
    }
}

fn concentration_around(sum: &Sum) -> Option<Concentration> {
    let n = sum.n;
    if n <= 0.0 {
        return None;
    }
    let length = sum.length();
    let resultant = n * length;
    // √a − b as (a − b²) / (√a + b): the difference of two large numbers would keep few digits.
    let exponent =
        -4.0 * resultant * resultant / ((1.0 + 4.0 * n + 4.0 * (n * n - resultant * resultant)).sqrt() + 1.0 + 2.0 * n);
    let minute = |mean: f64| (mean / TAU * MINUTES_PER_DAY).rem_euclid(MINUTES_PER_DAY) % MINUTES_PER_DAY;
    Some(Concentration {
        mean_minute: sum.mean().map(minute),
        resultant_length: length,
        rayleigh_z: n * length * length,
        rayleigh_p: exponent.exp().min(1.0),
    })
}

/// The point of Student's t that belongs to so many times.
fn student_95(angles: &[f64]) -> Option<f64> {
    let freedom = f64::from(u32::try_from(angles.len()).ok()?) - 1.0;
    Some(StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - BEYOND_95))
}

/// arcsin of so many standard errors.
fn by_dispersion(angles: &[f64], errors: f64) -> Option<f64> {
    let sum = Sum::of(angles.iter().map(|angle| (*angle, 1.0)));
    let mean = sum.mean()?;
    let doubled = angles.iter().map(|angle| (2.0 * (angle - mean)).cos()).sum::<f64>() / sum.n;
    let dispersion = (1.0 - doubled) / (2.0 * sum.length().powi(2));
    // Not a number beyond 1.
    let half_width = (errors * (dispersion / sum.n).sqrt()).asin();
    half_width.is_finite().then_some(half_width)
}

fn bootstrap(angles: &[f64]) -> Option<f64> {
    let mean = Sum::of(angles.iter().map(|angle| (*angle, 1.0))).mean()?;
    let from_mean: Vec<_> = angles.iter().map(|angle| (angle - mean).sin_cos()).collect();
    let bound = u32::try_from(from_mean.len()).ok()?;
    let mut random = SplitMix::new(SEED);
    let mut distances: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let (sines, cosines) = (0..bound).fold((0.0, 0.0), |sum, _| {
                let (sine, cosine) = from_mean[random.below(bound) as usize];
                (sum.0 + sine, sum.1 + cosine)
            });
            let has_direction = f64::hypot(sines, cosines) > NO_DIRECTION * f64::from(bound);
            if has_direction { f64::atan2(sines, cosines).abs() } else { PI }
        })
        .collect();
    distances.sort_by(f64::total_cmp);
    distances.get(PLACE_95).copied()
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

    #[derive(serde::Deserialize)]
    struct Around {
        minutes: Vec<f64>,
        mean_minute: f64,
        by_z: f64,
        by_t: f64,
        bootstrap: f64,
    }

    #[test]
    fn intervals_of_the_mean_agree_with_the_reference() {
        for case in read::<Around>("circular_mean_interval") {
            let angles: Vec<_> = case.minutes.iter().map(|minute| angle(*minute)).collect();
            let same = |half_width: Option<f64>, minutes: f64| {
                let ours = half_width.unwrap() / TAU * MINUTES_PER_DAY;
                assert!(close(ours, minutes, 1e-7), "{ours} {minutes}");
            };
            assert!(apart(circular_mean(&case.minutes).unwrap(), case.mean_minute) < 1e-6);
            same(by_dispersion(&angles, Z_95), case.by_z);
            same(by_dispersion(&angles, student_95(&angles).unwrap()), case.by_t);
            same(bootstrap(&angles), case.bootstrap);
            let chosen = if angles.len() < LARGE_SAMPLE { case.by_t.max(case.bootstrap) } else { case.by_z };
            assert!(close(mean_half_width_95(&case.minutes).unwrap(), chosen, 1e-7));
        }
    }

    #[test]
    fn a_mean_that_may_lie_anywhere_has_no_interval() {
        let even: Vec<_> = (0..24).map(|hour| f64::from(hour) * 60.0 + f64::from(hour % 5)).collect();
        let twice = [even.clone(), even.clone()].concat();
        assert_eq!((mean_half_width_95(&even), mean_half_width_95(&twice)), (None, None));
        assert_eq!((mean_half_width_95(&[120.0; 4]), mean_half_width_95(&[])), (None, None));
        assert!(mean_half_width_95(&[120.0; 5]).unwrap() < 1e-9);
    }

    #[test]
    fn opposite_times_have_no_mean() {
        let ours = concentration(&counted(&[0, 720])).unwrap();
        assert_eq!(ours.mean_minute, None);
        assert!(ours.rayleigh_p > 0.99);
        assert_eq!((concentration(&Histogram::default()), concentration_of(&[])), (None, None));
        assert_eq!((circular_mean(&[0.0, 720.0]), circular_mean(&[])), (None, None));
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
