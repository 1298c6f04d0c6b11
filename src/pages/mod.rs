//! What pages for people share: how one is laid out, and how one says that something went wrong. They need no script.

pub mod document;
pub mod failure;
