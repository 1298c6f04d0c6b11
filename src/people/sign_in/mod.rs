//! Signing in and staying signed in.

pub mod http;
pub mod steps;
pub mod tokens;
