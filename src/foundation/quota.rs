//! How much there may be of something: far more than anybody needs, so that nobody fills the disk for everybody.

use super::faults::{FaultCode, Faults};

/// A bound on what a diary or an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What it bounds, in the plural.
    pub what: &'static str,
    /// How much.
    pub most: i64,
}

impl Quota {
    /// Whether there may be one more, where there are `present` already.
    ///
    /// # Errors
    /// The fault of whoever adds it.
    pub fn one_more(self, present: i64) -> Result<(), Faults> {
        let Self { what, most } = self;
        if present < most {
            return Ok(());
        }
        Err(Faults::here(
            FaultCode::TooMany,
            format!("there are {present} {what} already, and {most} are as many as fit"),
        ))
    }
}
