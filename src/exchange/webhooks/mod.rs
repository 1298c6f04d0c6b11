//! Webhooks: how people make them, and how programs are told.

pub mod http;
pub mod noticing;
pub mod post;
pub mod sender;
pub mod steps;
