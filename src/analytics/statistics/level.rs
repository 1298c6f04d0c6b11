//! How sure an interval is.

use super::{BEYOND_95, Z_95};

/// How sure an interval is, two-sided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For one look.
    Percent95,
    /// For looks that are repeated: each may err only once in a hundred.
    Percent99,
}

impl Level {
    /// The point of the standard normal distribution beyond which lies half of what the interval leaves out.
    #[must_use]
    pub const fn z(self) -> f64 {
        match self {
            Self::Percent95 => Z_95,
            Self::Percent99 => 2.575_829_303_548_900_4,
        }
    }

    /// What lies beyond each end.
    #[must_use]
    pub const fn beyond(self) -> f64 {
        match self {
            Self::Percent95 => BEYOND_95,
            Self::Percent99 => 0.005,
        }
    }
}
