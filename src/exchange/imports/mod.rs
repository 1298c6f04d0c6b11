//! Imports: what an export took away, brought back, into the diary that it came from or into another one; and cramps from
//! other diaries.
//!
//! [`document`] and [`table`] read what is sent, and [`merge`] brings it in, batch by batch: of a row that is there already,
//! what is newer wins.

pub mod answer;
pub mod document;
pub mod http;
pub mod merge;
pub mod table;
