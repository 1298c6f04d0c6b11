//! How cramps come over time: in days, weeks or months.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use super::{
    comparison::{Comparison, Direction},
    figures::{FEWEST_EPISODES, FIRM_COVERAGE, Rate, Reason},
    night_share::no_cramps,
    period::DateRange,
    record::{Coverage, Record, Seen},
    statistics::{self, Interval, six_decimals, xmr},
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
pub const METHOD: &str = "trend@2";
/// More points than these nobody looks at.
const MOST_BUCKETS: usize = 3_700;
/// So many weeks show what is ordinary.
const BASELINE_WEEKS: usize = 8;

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
    pub slope: Slope,
    pub control_chart: Option<ControlChart>,
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

/// By how much the rate changes from month to month, over the weeks of the period.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Slope {
    pub percent_a_month: Option<f64>,
    pub ci95: Option<Interval>,
    pub weeks: u32,
    pub reason: Option<Reason>,
}

/// Which weeks are out of the ordinary, by the first weeks of the period with enough entries.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ControlChart {
    pub baseline_weeks: u32,
    pub mean_per_week: f64,
    pub mean_moving_range: f64,
    pub low: f64,
    pub high: f64,
    pub outside: Vec<NaiveDate>,
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
        let slope = Slope::of(record);
        let control_chart = (bucket == Bucket::Week).then(|| ControlChart::of(&items)).flatten();
        let mut statements = Vec::new();
        if episodes == 0 {
            statements.push(no_cramps(language, period.from, period.to));
        } else {
            statements.push(halves.say(language));
            statements.extend(slope.say(language).filter(|_| episodes >= FEWEST_EPISODES));
            statements.extend(control_chart.iter().filter_map(|chart| chart.say(language)));
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
            insufficient_data: halves.comparison.verdict == Direction::InsufficientData,
            halves,
            slope,
            control_chart,
            items,
            statements,
        }
    }
}

impl Slope {
    /// Of the weeks of what can be known of the period, seven days each.
    fn of(record: &Record) -> Self {
        let weeks: Vec<_> = (0_u32..)
            .zip(record.seen(record.known_period()).weeks)
            .map(|(at, (events, days))| statistics::Week { at: f64::from(at), events, days })
            .collect();
        let found = statistics::slope(&weeks);
        Self {
            percent_a_month: found.as_ref().map(|found| six_decimals(found.percent_a_month)),
            ci95: found.as_ref().map(|found| found.ci95.rounded()),
            weeks: found.as_ref().map_or(0, |found| found.weeks),
            reason: match found {
                None if record.sum().all().episodes == 0 => Some(Reason::NoEpisodes),
                None => Some(Reason::NotCovered),
                Some(_) => None,
            },
        }
    }
}

impl Slope {
    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let (percent, ci95) = self.percent_a_month.zip(self.ci95)?;
        Some(say!(
            language,
            "trend-slope",
            percent = language.signed(percent, 0),
            low = language.signed(ci95.low, 0),
            high = language.signed(ci95.high, 0),
            weeks = self.weeks,
        ))
    }
}

impl ControlChart {
    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let outside = u32::try_from(self.outside.len()).ok()?;
        Some(say!(
            language,
            "control-chart",
            low = language.decimal(self.low, 1),
            high = language.decimal(self.high, 1),
            weeks = self.baseline_weeks,
            outside = outside,
        ))
    }

    /// Of whole weeks with entries on at least 70 % of their days; `None` with too few of them.
    fn of(items: &[Point]) -> Option<Self> {
        let firm = || {
            let is_firm = |item: &&Point| {
                item.coverage.days == 7 && item.coverage.share.is_some_and(|share| share >= FIRM_COVERAGE)
            };
            items.iter().filter(is_firm).filter_map(|item| Some((item.from, item.per_week.per_week?)))
        };
        let baseline: Vec<_> = firm().take(BASELINE_WEEKS).map(|(_, rate)| rate).collect();
        let found = xmr(&baseline).filter(|_| baseline.len() == BASELINE_WEEKS)?;
        let is_outside = |rate: f64| rate < found.low || rate > found.high;
        Some(Self {
            baseline_weeks: u32::try_from(baseline.len()).unwrap_or(u32::MAX),
            mean_per_week: six_decimals(found.mean),
            mean_moving_range: six_decimals(found.mean_moving_range),
            low: six_decimals(found.low),
            high: six_decimals(found.high),
            outside: firm().filter(|(_, rate)| is_outside(*rate)).map(|(from, _)| from).collect(),
        })
    }
}

impl Point {
    fn of(record: &Record, part: DateRange) -> Self {
        let sum = record.within(part).fold(DayCounts::default(), |sum, day| sum.plus(day.counts));
        let cramp_days = record.within(part).filter(|day| day.has_cramps()).count();
        Self {
            from: part.from,
            to: part.to,
            episodes: sum.all().episodes,
            night: sum.night().episodes,
            sleep_interrupted: sum.all().sleep_interrupted,
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
        let date = |date: Option<NaiveDate>| date.map_or_else(String::new, |date| language.date(date));
        say!(
            language,
            id,
            earlier = weekly(&self.earlier),
            earlier_from = date(self.earlier.from),
            earlier_to = date(self.earlier.to),
            later = weekly(&self.later),
            later_from = date(self.later.from),
            later_to = date(self.later.to),
            ratio = self.comparison.say_ratio(language),
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
