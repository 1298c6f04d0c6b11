//! What is tested on either engine.

use super::support;

mod accounts;
mod analytics;
mod before_after;
mod callers;
mod check_ins;
mod clinic;
mod demo;
mod diaries;
mod episodes;
mod exports;
mod fields;
mod kept_tallies;
mod known_devices;
mod me;
mod night_share;
mod openings;
mod prompts;
mod protocol;
mod report;
mod report_links;
mod second_factor;
mod second_factor_pages;
mod sessions;
mod shared_views;
mod sharing;
mod soreness;
mod soreness_course;
mod step_up;
mod step_up_pages;
mod summary;
mod time_of_day;
mod treatments;
mod trend;
