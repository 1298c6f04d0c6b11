//! On which somebody changes their password, and ends what others may have opened with the one before.

pub mod http;
mod view;
