//! Apps of others that the operator has registered (OAuth 2.1). What people let them do are [`super::connections`].

pub mod model;
pub mod store;
