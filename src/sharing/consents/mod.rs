//! What a patient agreed to: on which terms, in which words, since when and until when. Everything that is shared rests
//! on one of these; they are closed and never deleted, short of erasing the diary.

pub mod http;
pub mod model;
pub mod steps;
pub mod store;
pub mod view;
pub mod words;
