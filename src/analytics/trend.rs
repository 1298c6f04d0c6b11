//! How cramps come over time: in days, weeks or months.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use super::{
    figures::{Comparison, Direction, Rate},
    night_share::no_cramps,
    period::DateRange,
    record::{Coverage, Record, Seen, count},
};
use crate::{
    diary::covered_days::model::DayCounts,
    foundation::{
        faults::{FaultCode, Faults},
        language::Language,
        precondition::Revision,
    },
    say, vocabulary,
};

/// Name and version of the method.
pub const METHOD: &str = "trend@1";
/// More points than these nobody looks at.
const MOST_BUCKETS: usize = 3_700;

vocabulary! {
    /// How much time a point stands for.
    pub enum Bucket {
        /// A local date.
        Day = "day",
        /// Monday to Sunday.
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }
}

impl Bucket {
    /// The last date of the bucket that a date lies in.
    fn last(self, date: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(date),
            Self::Week => date.checked_add_days(Days::new((6 - date.weekday().num_days_from_monday()).into())),
            Self::Month => {
                let (year, month) =
                    if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
                NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()
            }
        }
    }

    /// The buckets that a period touches, each as far as it lies in it.
    ///
    /// # Errors
    /// When there are more than anybody looks at.
    pub fn divide(self, period: DateRange) -> Result<Vec<DateRange>, Faults> {
        let mut buckets = Vec::new();
        let mut from = period.from;
        loop {
            let to = self.last(from).map_or(period.to, |last| last.min(period.to));
            buckets.push(DateRange { from, to });
            if buckets.len() > MOST_BUCKETS {
                let detail =
                    format!("would give more than {MOST_BUCKETS} points; choose a longer one, or a shorter period");
                return Err(Faults::at("bucket", FaultCode::OutOfRange, detail));
            }
            match to.succ_opt().filter(|next| *next <= period.to) {
                Some(next) => from = next,
                None => return Ok(buckets),
            }
        }
    }
}

/// The answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Trend {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub bucket: Bucket,
    pub episodes: u32,
    pub coverage: Coverage,
    pub items: Vec<Point>,
    pub halves: Halves,
    pub insufficient_data: bool,
    pub statements: Vec<String>,
}

/// What came in one bucket.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Point {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub episodes: u32,
    pub night: u32,
    pub sleep_interrupted: u32,
    pub cramp_days: u32,
    pub coverage: Coverage,
    pub per_week: Rate,
}

/// The later half of the period beside the earlier one: the plainest question about a trend that has an exact answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Halves {
    pub earlier: Half,
    pub later: Half,
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// One of them. Dates are null when it has no days.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Half {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub per_week: Rate,
}

impl Trend {
    /// Works the answer out for the parts that the bucket divides the period into.
    #[must_use]
    pub fn of(record: &Record, bucket: Bucket, parts: &[DateRange], language: Language) -> Self {
        let items: Vec<_> = parts.iter().map(|part| Point::of(record, *part)).collect();
        let ends = parts.first().zip(parts.last());
        let period = ends.map_or(record.period, |(first, last)| DateRange { from: first.from, to: last.to });
        let halves = Halves::of(record);
        let episodes = items.iter().map(|item| item.episodes).sum();
        let coverage = record.coverage(period);
        let mut statements = Vec::new();
        if episodes == 0 {
            statements.push(no_cramps(language, period.from, period.to));
        } else {
            statements.push(halves.say(language));
        }
        statements.extend(coverage.say(language));
        Self {
            from: period.from,
            to: period.to,
            revision: record.revision,
            method: METHOD,
            bucket,
            episodes,
            coverage,
            items,
            insufficient_data: halves.comparison.verdict == Direction::InsufficientData,
            halves,
            statements,
        }
    }
}

impl Point {
    fn of(record: &Record, part: DateRange) -> Self {
        let sum = record.within(part).fold(DayCounts::default(), |sum, (_, counts)| sum.plus(*counts));
        let cramp_days = record.within(part).filter(|(_, counts)| counts.episodes > 0).count();
        Self {
            from: part.from,
            to: part.to,
            episodes: count(sum.episodes),
            night: count(sum.night_begun_this_date + sum.night_begun_the_date_before),
            sleep_interrupted: count(sum.sleep_interrupted),
            cramp_days: u32::try_from(cramp_days).unwrap_or(u32::MAX),
            coverage: record.coverage(part),
            per_week: Rate::of(record.exposure(part)),
        }
    }
}

impl Halves {
    /// Halves what can be known of the period: from the first entry on, to today.
    fn of(record: &Record) -> Self {
        let known = record.known_period();
        // Of an odd number of days, the one in the middle is the earlier half's.
        let earlier = known.map(|known| DateRange { to: known.from + (known.to - known.from) / 2, ..known });
        let later = known.zip(earlier).and_then(|(known, earlier)| {
            let from = earlier.to.succ_opt().filter(|from| *from <= known.to)?;
            Some(DateRange { from, ..known })
        });
        let (before, after) = (record.seen(earlier), record.seen(later));
        let half = |part: Option<DateRange>, seen: &Seen| Half {
            from: part.map(|part| part.from),
            to: part.map(|part| part.to),
            per_week: Rate::of(seen.covered),
        };
        Self {
            earlier: half(earlier, &before),
            later: half(later, &after),
            comparison: Comparison::of(&before, &after),
        }
    }

    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let id = match self.comparison.verdict {
            Direction::InsufficientData => return say!(language, "trend-unknown"),
            Direction::Fewer => "trend-fewer",
            Direction::More => "trend-more",
            Direction::NoClearChange => "trend-unclear",
        };
        let weekly = |half: &Half| language.decimal(half.per_week.per_week.unwrap_or_default(), 1);
        say!(
            language,
            id,
            earlier = weekly(&self.earlier),
            later = weekly(&self.later),
            since = self.later.from.map_or_else(String::new, |from| language.date(from)),
            p = language.p_value(self.comparison.exact_p.unwrap_or(1.0)),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> DateRange {
        DateRange { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn buckets_meet_without_gap_and_end_with_the_calendar() {
        let weeks = Bucket::Week.divide(period("2026-03-25", "2026-04-06")).unwrap();
        // A Wednesday to Sunday, a whole week, and the Monday after it.
        assert_eq!(
            weeks,
            [
                period("2026-03-25", "2026-03-29"),
                period("2026-03-30", "2026-04-05"),
                period("2026-04-06", "2026-04-06")
            ]
        );
        let months = Bucket::Month.divide(period("2025-12-31", "2026-02-01")).unwrap();
        assert_eq!(months[0], period("2025-12-31", "2025-12-31"));
        assert_eq!(months[1], period("2026-01-01", "2026-01-31"));
        assert_eq!(Bucket::Day.divide(period("2026-01-01", "2026-01-03")).unwrap().len(), 3);
        assert!(Bucket::Day.divide(period("0001-01-01", "9999-12-31")).is_err());
        assert!(Bucket::Month.divide(period("9999-11-30", "9999-12-31")).unwrap().len() == 2);
    }
}
