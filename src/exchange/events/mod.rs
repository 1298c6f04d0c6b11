//! Being told of each change of a diary as it happens, as a stream of Server-Sent Events.

pub mod http;
pub mod hub;
pub mod stream;
