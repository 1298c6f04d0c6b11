//! Grants: who may touch a diary besides its owner. The patient ends them, or their holder gives them back.

pub mod http;
pub mod model;
pub mod store;
