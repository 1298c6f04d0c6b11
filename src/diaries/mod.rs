//! Diaries and their settings: the zone, and how the person's day divides.

pub mod http;
pub mod model;
pub mod rows;
pub mod store;
pub mod view;
