//! What the diary says: counts, shares and their uncertainty. It describes and never diagnoses.

pub mod http;
pub mod night_share;
pub mod period;
pub mod statistics;
