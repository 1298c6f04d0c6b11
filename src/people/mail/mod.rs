//! Sending letters to people: what they say, and how they get to a mail server.

pub mod letters;
pub mod sender;
pub mod smtp;
