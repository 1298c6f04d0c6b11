//! What runs work on connections: lanes of readers and writers, the one writer of a file, and migrations before them.

pub mod migrations;
pub mod postgres;
pub mod sqlite;
mod writer;
