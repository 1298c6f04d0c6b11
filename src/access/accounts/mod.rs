//! Accounts: who there is.

pub mod model;
pub mod store;
pub mod view;
