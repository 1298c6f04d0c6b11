//! Choosing another password when the one before is forgotten, by the mail that one reads.

pub mod http;
pub mod steps;
