//! Check-ins: "this day is fully recorded", with or without cramps.

pub mod http;
pub mod model;
pub mod store;
