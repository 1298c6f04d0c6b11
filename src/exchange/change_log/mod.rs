//! The change log of a diary, by which devices are kept in step: what changed after some place ([`log`]), and changes that
//! a device brings ([`push`]). The protocols that devices speak are subjects of their own.

pub mod log;
pub mod model;
pub mod push;
pub mod tables;
