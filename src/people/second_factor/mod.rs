//! A second factor beside the password: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for whoever
//! lost the phone.

pub mod asked;
pub mod http;
pub mod model;
pub mod steps;
pub mod store;
