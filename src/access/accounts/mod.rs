//! Accounts: who there is.

mod breached;
mod habits;
pub mod model;
mod notice;
pub mod older;
pub mod store;
pub mod view;
