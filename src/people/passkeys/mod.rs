//! Passkeys, as people add, name and remove them.

pub mod http;
pub mod steps;
