//! Statistics as pure functions of numbers. Each names its formula and source, and is checked against values computed
//! elsewhere (`tests/reference/statistics.json`, and `more_statistics.json` beside it).

mod circular;
mod quantiles;
mod rates;
mod rounding;
mod shares;
mod survival;
mod tails;

pub use circular::{Concentration, concentration};
pub use quantiles::{Quantiles, quantile, quantiles};
pub use rates::{Dispersion, Exposure, Poisson95, RateRatio, dispersion, poisson_95, rate_ratio};
pub use rounding::{six_decimals, six_digits};
pub use shares::{Interval, binomial_at_least, share, wilson_95};
pub use survival::{Step, Survival, survival};

/// The two-sided 95 % point of the standard normal distribution, Φ⁻¹(0.975).
const Z_95: f64 = 1.959_963_984_540_054;
/// What lies beyond each end of a two-sided 95 % interval.
const BEYOND_95: f64 = 0.025;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(super) mod reference {
    //! Values that other software computed.

    use serde::de::DeserializeOwned;
    use serde_json::Value;

    /// A part of `statistics.json` or `more_statistics.json`.
    pub fn read<T: DeserializeOwned>(part: &str) -> Vec<T> {
        let mut given: Value = serde_json::from_str(include_str!("../../../tests/reference/statistics.json")).unwrap();
        let mut more: Value =
            serde_json::from_str(include_str!("../../../tests/reference/more_statistics.json")).unwrap();
        let part = if given[part].is_null() { more[part].take() } else { given[part].take() };
        let cases: Vec<T> = serde_json::from_value(part).unwrap();
        assert!(!cases.is_empty());
        cases
    }

    /// Whether two numbers agree to so much of the larger one, or absolutely where both are small.
    pub fn close(ours: f64, theirs: f64, tolerance: f64) -> bool {
        (ours - theirs).abs() <= tolerance * ours.abs().max(theirs.abs()).max(1.0)
    }

    /// Whether two probabilities agree in their digits, however small they are.
    pub fn same_digits(ours: f64, theirs: f64, tolerance: f64) -> bool {
        (ours - theirs).abs() <= tolerance * theirs.abs()
    }
}
