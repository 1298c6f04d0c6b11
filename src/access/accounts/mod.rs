//! Accounts: who there is.

mod breached;
mod habits;
pub mod model;
pub mod older;
pub mod store;
pub mod view;
