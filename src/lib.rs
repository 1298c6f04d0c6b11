//! A diary for people with leg cramps: they log cramps and how sore the leg stays, and see what share comes at night.
//!
//! A request comes in through [`web`] and an `http` module of its subject, is authorised by [`access`], and is answered
//! from the subject's `store`, which alone knows SQL. Each folder is a layer, and imports run down this list alone:
//!
//! - [`service`]: how it is put together and run
//! - [`pages`]: what people see in a browser
//! - [`people`]: registering, signing in, second factors, taking an account away
//! - [`exchange`]: what leaves the diary and comes back
//! - [`sharing`]: consents, invitations, grants, reviews, links
//! - [`reports`]: the sheet for the clinician, as a page and as a PDF
//! - [`analytics`]: what the log says, in figures
//! - [`diary`]: what people log, and the sums kept of it
//! - [`access`]: who somebody is, what they may do, and what they did
//! - [`web`]: requests in, answers out
//! - [`storage`]: the only door to the database
//! - [`foundation`]: clock, local clock, ids, values, faults, fields, paging, languages
//!
//! `ARCHITECTURE.md` draws the map.

pub mod access;
pub mod analytics;
pub mod diary;
pub mod exchange;
pub mod foundation;
pub mod pages;
pub mod people;
pub mod reports;
pub mod service;
pub mod sharing;
pub mod storage;
pub mod web;
