//! Personal access tokens: what a person gives a program of theirs, in the place of a session.

pub mod model;
pub mod store;
