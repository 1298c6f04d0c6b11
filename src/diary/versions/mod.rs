//! What rows said before: versions are kept when a row is written over or deleted, each with who had written it, so that
//! nothing that somebody told is lost to whoever wrote later.

pub mod model;
pub mod store;
pub mod view;
