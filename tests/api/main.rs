//! The API as its callers see it: each test talks to a server of its own over HTTP, and every answer of every test is
//! held against `openapi.yaml`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

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
