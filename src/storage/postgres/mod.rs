//! PostgreSQL: connections of our own making, lanes of them, and what is done when they break or get in each other's way.

pub mod address;
pub mod connection;
mod engine;
mod migrations;
mod report;
mod row;
mod tls;

pub use engine::{Engine, Lanes, connect};
pub use migrations::{is_current, migrate};
