//! On which somebody adds passkeys, names them, and removes them.

pub mod http;
mod view;
