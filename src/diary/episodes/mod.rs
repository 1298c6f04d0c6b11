//! Cramps: what is logged of each, the lists that show them, and the soreness after them.

pub mod backfill;
pub mod contribution;
pub mod history;
pub mod http;
pub mod model;
pub mod reclock;
pub mod soreness;
pub mod store;
pub mod view;
