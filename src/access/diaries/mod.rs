//! Diaries as what a right is about: their settings and their revision.

pub mod model;
pub mod store;
