//! Webhooks: whom a person has told of what happens at their diaries and at those that others share with them.

pub mod model;
pub mod store;
