//! The API as its callers see it: each test talks to a server of its own over HTTP, and every answer of every test is
//! held against `openapi.yaml`. All of them run on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
#![allow(clippy::duplicate_mod, reason = "the same tests run on both engines")]

mod support;

mod both_engines;
mod contention;
mod on_postgres;
mod on_sqlite;
mod sql;
