//! How apps of others are let in: OAuth 2.1 with the security of RFC 9700. A browser brings somebody to a page, which asks
//! them ([`authorization`], [`steps`]); the app redeems the code that comes of it, and carries the connection on ([`http`]).

pub mod authorization;
pub mod clients;
pub mod http;
mod parameters;
mod problem;
pub mod steps;
