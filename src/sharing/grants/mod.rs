//! Grants: who may touch a diary besides its owner. The patient ends them, or who has one gives it back.

pub mod http;
pub mod model;
pub mod store;
