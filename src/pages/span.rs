//! Over how many days the figures of a page are, for all of them alike.

use chrono::{NaiveDate, TimeDelta};

use crate::{analytics::period::DateRange, foundation::language::Language, say, vocabulary};

vocabulary! {
    /// A number of days to today.
    pub enum Span {
        /// Four weeks.
        FourWeeks = "4w",
        /// Three months, which are the usual.
        ThreeMonths = "3m",
        /// A year.
        Year = "1y",
    }
}

impl Span {
    /// The days to a day.
    #[must_use]
    pub fn to(self, today: NaiveDate) -> DateRange {
        let days = match self {
            Self::FourWeeks => 28,
            Self::ThreeMonths => 90,
            Self::Year => 365,
        };
        DateRange { from: today - TimeDelta::days(days - 1), to: today }
    }

    /// What it is called.
    #[must_use]
    pub fn name(self, language: Language) -> String {
        match self {
            Self::FourWeeks => say!(language, "span-weeks"),
            Self::ThreeMonths => say!(language, "span-months"),
            Self::Year => say!(language, "span-year"),
        }
    }
}
