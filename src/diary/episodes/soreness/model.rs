//! What is logged of one date, and the short of all dates.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use serde_json::Value;

use crate::foundation::{
    clock::Instant,
    faults::{FaultCode, Faults},
    fields::Fields,
    ids::Id,
    precondition::Revision,
    timestamps::parse_date,
    values::Rating,
};

/// The last day, counted from the onset's, on which soreness is logged.
pub const LAST_DAY: i32 = 30;

/// The day of a date, counted from the onset's local date; `None` outside 0 to 30.
#[must_use]
pub fn day(onset: NaiveDate, date: NaiveDate) -> Option<i32> {
    i32::try_from((date - onset).num_days()).ok().filter(|day| (0..=LAST_DAY).contains(day))
}

/// After which cramp and on which date an entry of the change log is: its last ten characters are the date.
#[must_use]
pub fn key(id: &str) -> Option<(Id, NaiveDate)> {
    let (episode, date) = id.split_at_checked(id.len().checked_sub(11)?)?;
    Some((Id::parse(episode)?, parse_date(date.strip_prefix('.')?)?))
}

/// What a client writes about a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SorenessReport {
    /// How sore; 0 means resolved.
    pub level: Rating,
    /// Whether touching hurts.
    pub tender_to_touch: Option<bool>,
    /// Whether walking suffers.
    pub limits_walking: Option<bool>,
}

/// A row may be sent back as it came: these are not looked at.
const WORKED_OUT: [&str; 6] = ["episode_id", "date", "day", "revision", "created_at", "updated_at"];

impl SorenessReport {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(body)?;
        let level = fields.required("level");
        let (tender_to_touch, limits_walking) = (fields.optional("tender_to_touch"), fields.optional("limits_walking"));
        fields.ignore(&WORKED_OUT);
        let faults = fields.close();
        match level {
            Some(level) if faults.is_empty() => Ok(Self { level, tender_to_touch, limits_walking }),
            _ => Err(faults),
        }
    }
}

/// A logged entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SorenessEntry {
    /// After which cramp.
    pub episode_id: Id,
    /// The local date.
    pub date: NaiveDate,
    /// Counted from the onset's local date.
    pub day: i32,
    /// How sore; 0 means resolved.
    pub level: Rating,
    /// Whether touching hurts.
    pub tender_to_touch: Option<bool>,
    /// Whether walking suffers.
    pub limits_walking: Option<bool>,
    /// When it was last changed, in the diary's count.
    pub revision: Revision,
    /// When it was logged.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl SorenessEntry {
    /// The local date of the cramp.
    #[must_use]
    pub fn onset(&self) -> NaiveDate {
        self.date - Days::new(self.day.unsigned_abs().into())
    }

    /// What was said of the date.
    #[must_use]
    pub const fn report(&self) -> SorenessReport {
        SorenessReport { level: self.level, tender_to_touch: self.tender_to_touch, limits_walking: self.limits_walking }
    }
}

/// The soreness after one cramp, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SorenessSummary {
    /// On how many days it was logged.
    pub days_logged: i32,
    /// The highest level.
    pub peak: Option<Rating>,
    /// The level of the last entry.
    pub last_level: Option<Rating>,
    /// The first day with level 0 that no soreness follows.
    pub resolved_day: Option<i32>,
}

impl SorenessSummary {
    /// Sums up entries in the order of their dates.
    #[must_use]
    pub fn of(entries: &[SorenessEntry]) -> Self {
        let resolved = entries.iter().rev().take_while(|entry| entry.level.get() == 0).last();
        Self {
            days_logged: i32::try_from(entries.len()).unwrap_or(i32::MAX),
            peak: entries.iter().map(|entry| entry.level).max(),
            last_level: entries.last().map(|entry| entry.level),
            resolved_day: resolved.map(|entry| entry.day),
        }
    }
}

/// The day of a date on which soreness can be logged.
///
/// # Errors
/// When the date is not within 30 days from the onset's.
pub fn check_date(onset: NaiveDate, date: NaiveDate) -> Result<i32, Faults> {
    day(onset, date).ok_or_else(|| {
        Faults::at("date", FaultCode::OutOfRange, format!("must lie within {LAST_DAY} days from the onset on {onset}"))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn summary(levels: &[(i32, i32)]) -> SorenessSummary {
        let onset = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let entries: Vec<_> = levels
            .iter()
            .map(|&(day, level)| SorenessEntry {
                episode_id: Id::random(),
                date: onset + chrono::Days::new(day.unsigned_abs().into()),
                day,
                level: Rating::new(level).unwrap(),
                tender_to_touch: None,
                limits_walking: None,
                revision: Revision(1),
                created_at: Instant::EPOCH,
                updated_at: Instant::EPOCH,
            })
            .collect();
        SorenessSummary::of(&entries)
    }

    #[test]
    fn it_is_resolved_on_the_first_zero_that_no_soreness_follows() {
        assert_eq!(summary(&[(0, 4), (1, 0), (2, 2), (4, 0), (5, 0)]).resolved_day, Some(4));
        assert_eq!(summary(&[(0, 0), (1, 3)]).resolved_day, None);
        assert_eq!(summary(&[(0, 0)]).resolved_day, Some(0));
        assert_eq!(summary(&[]), SorenessSummary::default());
    }
}
