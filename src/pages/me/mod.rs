//! The pages of those who keep a diary: the diary at a glance, with whom it is shared, who looked, and taking it away.

mod forms;
pub mod http;
mod looks;
mod offers;
mod sharing;
mod view;
