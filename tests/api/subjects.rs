//! What is tested on either engine.

use super::support;

mod accounts;
mod callers;
mod check_ins;
mod diaries;
mod episodes;
mod night_share;
mod prompts;
mod protocol;
mod sessions;
mod soreness;
mod treatments;
