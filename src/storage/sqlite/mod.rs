//! SQLite: connections to one file, its log, and copies of it.

pub mod connection;
pub mod files;
pub mod log;
