//! A diary for people with leg cramps: they log cramps and how sore the leg stays, and see what share comes at night.
//!
//! A request comes in through [`web`] and an `http` module of its subject, is authorised by [`access`], and is answered
//! from the subject's `store`, which alone knows SQL. [`app`] puts the subjects together; `ARCHITECTURE.md` draws the map.
//!
//! In reading order:
//!
//! - the ground: [`clock`], [`local_clock`], [`ids`], [`values`], [`histogram`], [`faults`], [`fields`],
//!   [`page`], [`precondition`], [`language`], [`qr`]
//! - the database: [`lane`], [`storage`], [`tombstones`]
//! - people: [`accounts`], [`second_factor`], [`sessions`], [`access`], [`sharing`]
//! - what they log: [`diaries`], [`episodes`], [`soreness`], [`check_ins`], [`treatments`], [`prompts`]
//! - what it says: [`covered_days`], [`analytics`], [`reports`], [`exports`]
//! - how it is served: [`refusal`], [`problem`], [`web`], [`pages`], [`contract`], [`health`], [`service`], [`app`]
//! - how it is run: [`config`], [`telemetry`], [`demo`], [`seed`], [`secrets`], [`private_file`]

pub mod access;
pub mod accounts;
pub mod analytics;
pub mod app;
pub mod check_ins;
pub mod clock;
pub mod config;
pub mod contract;
pub mod covered_days;
pub mod demo;
pub mod diaries;
pub mod episodes;
pub mod exports;
pub mod faults;
pub mod fields;
pub mod health;
pub mod histogram;
pub mod ids;
pub mod lane;
pub mod language;
pub mod local_clock;
pub mod page;
pub mod pages;
pub mod precondition;
pub mod private_file;
pub mod problem;
pub mod prompts;
pub mod qr;
pub mod refusal;
pub mod reports;
pub mod second_factor;
pub mod secrets;
pub mod seed;
pub mod service;
pub mod sessions;
pub mod sharing;
pub mod soreness;
pub mod storage;
pub mod telemetry;
pub mod tombstones;
pub mod treatments;
pub mod values;
pub mod web;
