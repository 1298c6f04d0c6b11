//! Choosing another password without the one before, by mail.

pub mod http;
mod view;
