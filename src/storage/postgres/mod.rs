//! PostgreSQL: connections of our own making, to servers that an address names.

pub mod address;
pub mod connection;
mod report;
mod row;
mod tls;
