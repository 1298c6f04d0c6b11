//! On which somebody lets programs in by personal access tokens, and ends them.

mod form;
pub mod http;
mod view;

pub use view::may;
