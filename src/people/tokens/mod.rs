//! Personal access tokens, as people make and end them.

pub mod http;
pub mod steps;
