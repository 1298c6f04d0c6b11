//! Registering, changing what an account says, and taking everything away again.

pub mod changing;
pub mod erasure;
pub mod http;
pub mod password;
pub mod registration;
