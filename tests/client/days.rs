//! Days of the calendar.

use chrono::{Duration, NaiveDate};

/// The date so many days after another, or before it.
pub fn days_after(date: &str, days: i64) -> String {
    (date.parse::<NaiveDate>().unwrap() + Duration::days(days)).to_string()
}

/// How many days lie from one date to another.
pub fn days_between(from: &str, to: &str) -> i64 {
    (to.parse::<NaiveDate>().unwrap() - from.parse::<NaiveDate>().unwrap()).num_days()
}
