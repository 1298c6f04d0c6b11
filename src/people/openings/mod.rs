//! What was opened with an account: sessions, and ways for others to the diary that it keeps. Whoever changes the password
//! because somebody knew it sees what that one may have left open, and ends it.

pub mod http;
pub mod model;
pub mod store;
