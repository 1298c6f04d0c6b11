//! The response as trials of remedies for night cramps count it: four weeks of treatment beside four weeks before it.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::sides::Sides;
use crate::{
    analytics::{
        comparison::{Comparison, RatioInterval},
        figures::{FEWEST_EPISODES, Rate, Reason, is_firm},
        period::DateRange,
        record::Record,
        statistics::{Exposure, six_decimals},
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

/// The answer. There is no change where too many days of either side have no entry, with fewer than five cramps, or without
/// one before.
#[derive(Debug, Serialize)]
pub struct Response {
    pub baseline_from: Option<NaiveDate>,
    pub baseline_to: Option<NaiveDate>,
    pub baseline: Rate,
    pub treated_from: Option<NaiveDate>,
    pub treated_to: Option<NaiveDate>,
    pub treated: Rate,
    pub change_percent: Option<f64>,
    pub change_ci95_percent: Option<RatioInterval>,
    pub change_over_all_days_percent: Option<f64>,
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
        let (before, after) = (record.seen(baseline), record.seen(treated));
        let found = Comparison::of(&before, &after);
        let is_whole =
            |part: Option<DateRange>| part.is_some_and(|part| (part.to - part.from).num_days() + 1 == i64::from(DAYS));
        let reason = if !(is_whole(baseline) && is_whole(treated) && is_firm(&before) && is_firm(&after)) {
            Some(Reason::NotCovered)
        } else if before.covered.events + after.covered.events < FEWEST_EPISODES {
            Some(Reason::TooFew)
        } else if before.covered.events == 0 {
            Some(Reason::NothingBefore)
        } else {
            None
        };
        let percent = |ratio: f64| six_decimals((ratio - 1.0) * 100.0);
        let is_said = reason.is_none();
        let change = |before: Exposure, after: Exposure| {
            let (before, after) = before.rate().zip(after.rate()).filter(|_| is_said)?;
            Some(percent(after / before))
        };
        let over_all_days = change(before.all, after.all);
        let change = change(before.covered, after.covered);
        let is_response = |change: f64| change <= -RESPONSE_PERCENT;
        Self {
            baseline_from: baseline.map(|part| part.from),
            baseline_to: baseline.map(|part| part.to),
            baseline: Rate::of(before.covered),
            treated_from: treated.map(|part| part.from),
            treated_to: treated.map(|part| part.to),
            treated: Rate::of(after.covered),
            change_percent: change,
            change_ci95_percent: found
                .verdict_ci95
                .filter(|_| is_said)
                .map(|ci95| RatioInterval { low: percent(ci95.low), high: ci95.high.map(percent) }),
            change_over_all_days_percent: over_all_days,
            // Where the days without an entry decide it, it is not known.
            at_least_a_quarter_fewer: change
                .zip(over_all_days)
                .map(|(known, all)| (is_response(known), is_response(all)))
                .filter(|(known, all)| known == all)
                .map(|(known, _)| known),
            placebo_change_percent: PLACEBO_CHANGE_PERCENT,
            placebo_at_least_a_quarter_fewer: PLACEBO_RESPONDERS,
            reason,
        }
    }

    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let change = self.change_percent.filter(|change| change.abs() >= 0.5)?;
        let ci95 = self.change_ci95_percent?;
        let id = if change < 0.0 { "response-fewer" } else { "response-more" };
        Some(say!(
            language,
            id,
            change = language.decimal(change.abs(), 0),
            low = language.signed(ci95.low, 0),
            high = ci95.high.map_or_else(|| "∞".to_owned(), |high| language.signed(high, 0)),
            before = language.decimal(self.baseline.per_week?, 1),
            after = language.decimal(self.treated.per_week?, 1),
            placebo = language.decimal(self.placebo_change_percent.abs(), 0),
            responders = language.percent(self.placebo_at_least_a_quarter_fewer),
        ))
    }
}
