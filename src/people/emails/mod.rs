//! The address of an account: that it is one's own, and another one in its place.

pub mod http;
pub mod steps;
pub mod store;
