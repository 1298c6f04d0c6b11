//! A diary's settings, as they are shown and changed: the zone, and how the person's day divides.

pub mod http;
pub mod store;
pub mod view;
