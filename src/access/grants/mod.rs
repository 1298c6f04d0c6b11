//! Grants: what somebody may do with a diary, and the proofs of it.

pub mod proofs;
pub mod view;
