//! What every subject's `http.rs` is made of: reading requests, writing answers, and what happens around both.

pub mod allowance;
pub mod answer;
pub mod body;
pub mod compressed;
pub mod conditional;
pub mod connection;
pub mod counts;
pub mod crowd;
pub mod headers;
pub mod json;
pub mod language;
pub mod observe;
pub mod part;
pub mod path;
pub mod problem;
pub mod query;
pub mod request_id;
pub mod routes;
pub mod stopping;
pub mod stranger;
pub mod throttle;
