//! Statistics as pure functions of numbers. Each names its formula and source, and is checked against values computed
//! elsewhere (`statistics.json`, `bouts.json` and `more_statistics.json` in `tests/reference`).

mod circular;
mod clustered;
mod contingency;
mod control_chart;
mod dispersion;
mod level;
mod quantiles;
mod quasi_poisson;
mod rates;
mod rounding;
mod shares;
mod splitmix;
mod survival;
mod tails;
mod trend;

pub use circular::{Concentration, circular_mean, concentration, concentration_of, mean_half_width_95};
pub use clustered::{Bout, Clustered, clustered};
pub use contingency::{OddsRatio, TwoByTwo, odds_ratio};
pub use control_chart::{ControlChart, xmr};
pub use dispersion::{Dispersion, dispersion, dispersion_of_blocks};
pub use level::Level;
pub use quantiles::{Quantiles, quantile, quantiles};
pub use quasi_poisson::{DispersedRatio, rate_ratio_with_dispersion, rate_ratio_with_estimated_dispersion};
pub use rates::{Exposure, Poisson95, RateRatio, poisson_95, rate_ratio, rate_ratio_interval, rate_ratio_p};
pub use rounding::{six_decimals, six_digits};
pub use shares::{Interval, binomial_at_least, newcombe_95, share, wilson_95, wilson_95_of_share};
pub use splitmix::SplitMix;
pub use survival::{Lasting, Step, Survival, survival};
pub use trend::{Slope, Week, slope};

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

    const FILES: [&str; 3] = [
        include_str!("../../../tests/reference/statistics.json"),
        include_str!("../../../tests/reference/more_statistics.json"),
        include_str!("../../../tests/reference/bouts.json"),
    ];

    /// A part of one of the files.
    pub fn read<T: DeserializeOwned>(part: &str) -> Vec<T> {
        let of = |file: &str| serde_json::from_str::<Value>(file).unwrap()[part].take();
        let cases = FILES.into_iter().map(of).find(|cases| !cases.is_null()).unwrap();
        let cases: Vec<T> = serde_json::from_value(cases).unwrap();
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
