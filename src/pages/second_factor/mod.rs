//! On which somebody sets up their second factor, whoever they are.

pub mod http;
mod view;

pub use view::first_codes;
