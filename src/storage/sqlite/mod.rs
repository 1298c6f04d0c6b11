//! SQLite: one file, a lane of readers, one writer that commits in groups, and checkpoints beside it.

mod connection;
mod engine;
pub mod files;
mod log;
mod writer;

pub use engine::Engine;
