//! The page before a report that a link opens.

pub mod http;
mod view;
