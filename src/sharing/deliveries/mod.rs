//! The outbox of webhooks: what is to be told to whom, and what came of it.

pub mod changes;
pub mod model;
pub mod store;
