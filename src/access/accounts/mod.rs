//! Accounts: who there is.

mod habits;
pub mod model;
pub mod store;
pub mod view;
