//! What people are told that happened with their account.

pub mod model;
pub mod store;
