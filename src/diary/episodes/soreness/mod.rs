//! How sore the leg stays: one entry for each local date after a cramp.

pub mod http;
pub mod log;
pub mod model;
pub mod store;
