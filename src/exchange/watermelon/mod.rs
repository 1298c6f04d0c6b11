//! The change log as `WatermelonDB`'s own sync asks for it and brings it.

pub mod http;
pub mod pull;
pub mod push;
pub mod raw;
