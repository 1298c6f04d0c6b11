//! What people log, and the sums that are kept of it.

pub mod change_log;
pub mod check_ins;
pub mod covered_days;
pub mod episodes;
pub mod erasing;
pub mod logged;
pub mod prompts;
pub mod settings;
pub mod table;
pub mod tombstones;
pub mod treatments;
pub mod versions;
