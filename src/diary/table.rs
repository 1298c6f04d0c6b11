//! The tables of a diary whose rows people log.

use crate::vocabulary;

vocabulary! {
    /// The tables that are kept in step between devices, in the order of their names.
    pub enum Table {
        /// Check-ins; their id is the date.
        CheckIns = "check_ins",
        /// Cramps.
        Episodes = "episodes",
        /// The diary's settings: one row, whose id is the diary's, and that nobody deletes.
        Settings = "settings",
        /// Soreness entries; their id is `{episode_id}.{date}`.
        Soreness = "soreness",
        /// Treatments.
        Treatments = "treatments",
    }
}
