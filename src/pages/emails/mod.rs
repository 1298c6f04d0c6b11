//! The address that one signs in with: that it is one's own, and another one in its place.

pub mod http;
mod view;

pub use view::notice;
