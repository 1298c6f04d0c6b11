//! The change log as `RxDB`'s server replication asks for it, brings it, and has it told.

pub mod document;
pub mod http;
pub mod orphans;
pub mod push;
