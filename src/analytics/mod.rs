//! What the diary says: counts, shares, rates and their uncertainty. It describes and never diagnoses.
//!
//! A question reads a [`record::Record`] and mostly the tallies of its period, and turns them into an answer; answers are made
//! of [`figures`], and of sentences from the catalogue of a language.

pub mod before_after;
pub mod bouts;
pub mod cautions;
pub mod comparison;
pub mod figures;
pub mod http;
pub mod night_share;
pub mod period;
pub mod record;
mod season;
pub mod soreness;
pub mod statistics;
pub mod summary;
pub mod time_of_day;
pub mod trend;
pub mod trial_block;
