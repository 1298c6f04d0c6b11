//! What to ask a person now, so that a diary stays complete with the least asking.

pub mod http;
pub mod model;
