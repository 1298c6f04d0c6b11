//! People who sign in: who they are, their passwords, and taking everything away again.

pub mod confirmation;
pub mod http;
pub mod model;
pub mod passwords;
pub mod registration;
pub mod store;
pub mod view;
