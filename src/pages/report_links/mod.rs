//! The page before a report that a link opens.

pub mod view;
