//! Cramps: what is logged of each, and the lists that show them.

pub mod http;
pub mod model;
mod rows;
pub mod store;
pub mod view;
