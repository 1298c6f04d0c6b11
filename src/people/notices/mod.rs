//! What happened with an account, for whoever has it.

pub mod http;
