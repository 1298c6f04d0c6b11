//! The apps that somebody has let in, as they see and end them.

pub mod http;
