//! What people do with their account: registering, signing in, second factors, taking everything away again.

pub mod accounts;
pub mod confirmation;
pub mod second_factor;
pub mod sign_in;
