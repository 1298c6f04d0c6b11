//! Sessions: short access tokens, and the refresh tokens that carry a session on.

pub mod keys;
pub mod model;
pub mod proofs;
pub mod store;
