//! Invitations: a code that the patient says, writes or shows to somebody, who redeems it once for a grant.

pub mod http;
pub mod model;
pub mod steps;
pub mod store;
