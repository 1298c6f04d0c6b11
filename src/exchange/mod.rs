//! What leaves a diary, and comes back.

pub mod exports;
