//! Treatments: something started, and perhaps stopped, before and after which cramps are compared.

pub mod http;
pub mod model;
pub mod store;
