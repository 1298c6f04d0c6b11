//! Passkeys (WebAuthn): keys that somebody's devices keep, and that sign only for this service and only once it is they who
//! use the device. One signs in alone, or stands beside the password as a second factor.

pub mod model;
pub mod store;
