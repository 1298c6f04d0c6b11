//! Grants: what somebody may do with a diary, and the proofs of it.

pub mod model;
pub mod proofs;
pub mod store;
pub mod view;
