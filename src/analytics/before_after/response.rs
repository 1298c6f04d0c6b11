//! The response as trials of remedies for night cramps count it: four weeks of treatment beside four weeks before it.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::sides::Sides;
use crate::{
    analytics::{
        figures::{FEWEST_COVERED_DAYS, Rate, Reason},
        period::DateRange,
        record::Record,
        statistics::six_decimals,
    },
    foundation::language::Language,
    say,
};

/// Days on each side.
pub const DAYS: u32 = 28;
/// A fall by so much of a hundred is what trials call a response.
const RESPONSE_PERCENT: f64 = 25.0;
/// What placebo reached in the trials of magnesium: the mean change, and the share of people with a response, 83 of them
/// (Garrison et al., Cochrane Database of Systematic Reviews, CD009402).
const PLACEBO_CHANGE_PERCENT: f64 = -27.8;
const PLACEBO_RESPONDERS: f64 = 0.659;

/// The answer. There is no change without enough days with an entry on both sides, or without a cramp before.
#[derive(Debug, Serialize)]
pub struct Response {
    pub baseline_from: Option<NaiveDate>,
    pub baseline_to: Option<NaiveDate>,
    pub baseline: Rate,
    pub treated_from: Option<NaiveDate>,
    pub treated_to: Option<NaiveDate>,
    pub treated: Rate,
    pub change_percent: Option<f64>,
    pub at_least_a_quarter_fewer: Option<bool>,
    pub placebo_change_percent: f64,
    pub placebo_at_least_a_quarter_fewer: f64,
    pub reason: Option<Reason>,
}

impl Response {
    /// Of the four weeks on either side, within the windows.
    #[must_use]
    pub fn of(record: &Record, sides: Sides) -> Self {
        let days = u64::from(DAYS - 1);
        let baseline = sides.before.map(|side| DateRange {
            from: side.to.checked_sub_days(Days::new(days)).map_or(side.from, |from| from.max(side.from)),
            ..side
        });
        let treated = sides.after.map(|side| DateRange {
            to: side.from.checked_add_days(Days::new(days)).map_or(side.to, |to| to.min(side.to)),
            ..side
        });
        let rate = |part: Option<DateRange>| Rate::of(record.seen(part).covered);
        let (before, after) = (rate(baseline), rate(treated));
        let is_whole =
            |part: Option<DateRange>| part.is_some_and(|part| (part.to - part.from).num_days() + 1 == i64::from(DAYS));
        let reason = if !(is_whole(baseline) && is_whole(treated))
            || before.covered_days.min(after.covered_days) < FEWEST_COVERED_DAYS
        {
            Some(Reason::NotCovered)
        } else if before.episodes == 0 {
            Some(Reason::NothingBefore)
        } else {
            None
        };
        let change = before.per_week.zip(after.per_week).filter(|_| reason.is_none());
        let change = change.map(|(before, after)| (after / before - 1.0) * 100.0);
        Self {
            baseline_from: baseline.map(|part| part.from),
            baseline_to: baseline.map(|part| part.to),
            baseline: before,
            treated_from: treated.map(|part| part.from),
            treated_to: treated.map(|part| part.to),
            treated: after,
            change_percent: change.map(six_decimals),
            at_least_a_quarter_fewer: change.map(|change| change <= -RESPONSE_PERCENT),
            placebo_change_percent: PLACEBO_CHANGE_PERCENT,
            placebo_at_least_a_quarter_fewer: PLACEBO_RESPONDERS,
            reason,
        }
    }

    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let change = self.change_percent.filter(|change| change.abs() >= 0.5)?;
        let id = if change < 0.0 { "response-fewer" } else { "response-more" };
        Some(say!(
            language,
            id,
            change = language.decimal(change.abs(), 0),
            before = language.decimal(self.baseline.per_week?, 1),
            after = language.decimal(self.treated.per_week?, 1),
            placebo = language.decimal(self.placebo_change_percent.abs(), 0),
            responders = language.percent(self.placebo_at_least_a_quarter_fewer),
        ))
    }
}
