//! What happened with the account, and of what of it one wants mail.

pub mod http;
mod view;
