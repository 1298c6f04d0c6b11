//! What lies where in a row of values.

use crate::foundation::histogram::Histogram;

/// The points that say most of a row of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// The smallest.
    pub min: f64,
    /// A quarter lies below.
    pub q1: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub q3: f64,
    /// Nine tenths lie below.
    pub p90: f64,
    /// The largest.
    pub max: f64,
}

/// Minimum, quartiles, 90th percentile and maximum; `None` when there are no values.
#[must_use]
pub fn quantiles(values: &Histogram) -> Option<Quantiles> {
    let at = |part| quantile(values, part);
    Some(Quantiles { min: at(0.0)?, q1: at(0.25)?, median: at(0.5)?, q3: at(0.75)?, p90: at(0.9)?, max: at(1.0)? })
}

/// The value below which a part of the values lies, 0 to 1: type 7 of Hyndman & Fan (The American Statistician 50, 1996),
/// which R and spreadsheets give. Between two values it is interpolated. `None` when there are none.
#[must_use]
pub fn quantile(values: &Histogram, part: f64) -> Option<f64> {
    let last = values.total().checked_sub(1)?;
    let place = f64::from(last) * part.clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `last`")]
    let below = place.floor() as u32;
    let low = f64::from(nth(values, below)?);
    let high = f64::from(nth(values, (below + 1).min(last))?);
    Some(low + (place - place.floor()) * (high - low))
}

fn nth(values: &Histogram, n: u32) -> Option<u32> {
    let mut before = 0;
    values.iter().find_map(|(value, count)| {
        before += count;
        (n < before).then_some(value)
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
        values: Vec<u32>,
        median: f64,
        q1: f64,
        q3: f64,
        p90: f64,
    }

    fn counted(values: &[u32]) -> Histogram {
        values.iter().map(|value| (*value, 1)).collect()
    }

    #[test]
    fn quantiles_agree_with_the_reference() {
        for case in read::<Case>("quantiles_type_7") {
            let ours = quantiles(&counted(&case.values)).unwrap();
            for (ours, theirs) in
                [(ours.q1, case.q1), (ours.median, case.median), (ours.q3, case.q3), (ours.p90, case.p90)]
            {
                assert!(close(ours, theirs, 1e-9), "{ours} {theirs}");
            }
        }
    }

    proptest! {
        #[test]
        fn quantiles_rise_and_stay_among_the_values(values in proptest::collection::vec(0_u32..=86_400, 1..200)) {
            let all = quantiles(&counted(&values)).unwrap();
            let rising = [all.min, all.q1, all.median, all.q3, all.p90, all.max];
            prop_assert!(rising.is_sorted());
            prop_assert!(close(all.min, f64::from(*values.iter().min().unwrap()), 1e-15));
            prop_assert!(close(all.max, f64::from(*values.iter().max().unwrap()), 1e-15));
        }
    }

    #[test]
    fn a_million_values_are_no_trouble() {
        let million: Histogram = (0..=1_000_000).map(|value| (value, 1)).collect();
        assert_eq!(quantile(&million, 0.25), Some(250_000.0));
        assert_eq!(quantile(&Histogram::default(), 0.5), None);
    }
}
