//! The pages of those with whom diaries are shared: redeem a code, see at once which patients to look at, read one's log
//! and report, and say that it was read.

pub mod http;
mod list;
mod view;
