//! The change log as the service itself speaks it: pages of changes by cursors, and batches of them.

pub mod answer;
pub mod cursor;
pub mod http;
pub mod item;
