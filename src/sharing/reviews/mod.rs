//! Reviews: up to which revision of a diary a clinician has read it, for both sides to see.

pub mod http;
pub mod model;
pub mod steps;
pub mod store;
