//! Signing in with a browser, and out again.

pub mod http;
mod view;
