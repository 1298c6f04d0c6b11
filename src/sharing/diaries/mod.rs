//! The list of the diaries that somebody may open: whose each is, and how far they have read it.

pub mod http;
pub mod model;
pub mod store;
pub mod view;
