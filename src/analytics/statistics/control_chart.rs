//! Whether a week is out of the ordinary for this diary.

/// What is ordinary, from single values in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlChart {
    /// Their mean.
    pub mean: f64,
    /// How far a value lies from the one before, on average.
    pub mean_moving_range: f64,
    /// What lies below is out of the ordinary.
    pub low: f64,
    /// What lies above is out of the ordinary.
    pub high: f64,
}

/// 3 / d₂ with d₂ = 1.128 for ranges of two: three standard deviations, in mean moving ranges.
const LIMIT: f64 = 2.66;

/// The chart of single values and their moving ranges (`XmR`), of a baseline of values that are never negative: mean ± 2.66
/// mean moving ranges, and not below 0 (W. A. Shewhart, Economic Control of Quality of Manufactured Product, 1931; D. J.
/// Wheeler, Understanding Variation, 1993). `None` with fewer than two.
#[must_use]
pub fn xmr(baseline: &[f64]) -> Option<ControlChart> {
    let count = |of: usize| u32::try_from(of).ok().filter(|of| *of > 0).map(f64::from);
    let ranges = baseline.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let mean_moving_range = ranges.clone().sum::<f64>() / count(ranges.len())?;
    let mean = baseline.iter().sum::<f64>() / count(baseline.len())?;
    let reach = LIMIT * mean_moving_range;
    Some(ControlChart { mean, mean_moving_range, low: (mean - reach).max(0.0), high: mean + reach })
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
        weeks: Vec<f64>,
        mean: f64,
        mean_moving_range: f64,
        low: f64,
        high: f64,
    }

    #[test]
    fn charts_agree_with_the_reference() {
        for case in read::<Case>("xmr") {
            let ours = xmr(&case.weeks).unwrap();
            assert!(close(ours.mean, case.mean, 1e-9) && close(ours.mean_moving_range, case.mean_moving_range, 1e-9));
            assert!(close(ours.low, case.low, 1e-9) && close(ours.high, case.high, 1e-9), "{ours:?}");
        }
    }

    #[test]
    fn one_week_is_not_a_baseline() {
        assert_eq!((xmr(&[]), xmr(&[3.0])), (None, None));
    }
}
