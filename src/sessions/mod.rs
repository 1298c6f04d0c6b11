//! Signing in and staying signed in: short access tokens, rotating refresh tokens, and slowing down who guesses.

pub mod allowance;
pub mod http;
pub mod keys;
pub mod model;
pub mod sign_in;
pub mod store;
pub mod throttle;
