//! What people log, and the sums that are kept of it.

pub mod check_ins;
pub mod covered_days;
pub mod episodes;
pub mod erasing;
pub mod named;
pub mod prompts;
pub mod settings;
pub mod tombstones;
pub mod treatments;
