//! The access log: everybody besides the owner who read a diary or wrote in it, for the patient to see.

pub mod http;
pub mod model;
pub mod store;
