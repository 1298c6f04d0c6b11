//! How long the leg stays sore after a cramp.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{
    bouts::Told,
    figures::{FEWEST_EPISODES, Proportion, Reason, Spread},
    night_share::no_cramps,
    period::DateRange,
    record::{Coverage, Record, Tallies},
    statistics::{Bout, Interval, Survival, share, six_decimals, survival, wilson_95},
};
use crate::{
    access::ReadableDiary,
    diary::{covered_days::tally, episodes::soreness::model::LAST_DAY},
    foundation::{histogram::Histogram, language::Language, precondition::Revision},
    say,
    storage::{Db, Result},
};

/// Name and version of the method.
pub const METHOD: &str = "soreness@2";
/// Of the days at least up to this one it is said how many are still sore.
const ALWAYS_UNTIL_DAY: u32 = 7;
/// The days on which people ask how it will be.
const FIRST_DAYS: [u32; 3] = [1, 2, 3];

/// The answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct SorenessCourse {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub episodes: u32,
    pub followed_up: u32,
    pub entries: u32,
    pub still_sore: Vec<StillSore>,
    pub survival: Vec<SurvivalStep>,
    pub first_days: Vec<FirstDay>,
    pub median_days: Option<u32>,
    pub median_days_ci95: Option<DayInterval>,
    pub median_reason: Option<Reason>,
    pub isolated: Isolated,
    pub peak_level: Spread,
    pub tender_days: Spread,
    pub tender_to_touch: Proportion,
    pub limits_walking: Proportion,
    pub coverage: Coverage,
    pub insufficient_data: bool,
    pub statements: Vec<String>,
}

/// What share of the legs is still sore on one of the first days, by the curve. An entry that says "not sore any more" tells
/// that it was over by then, and not since when: the share lies between what it would be if each had been over at the
/// first moment possible, and at the last.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct FirstDay {
    pub day: u32,
    pub still_sore: Option<f64>,
    pub ci95: Option<Interval>,
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
}

/// Days, which may have no end.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct DayInterval {
    pub low: Option<u32>,
    pub high: Option<u32>,
}

/// The same of cramps that came alone, as far as no other followed.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Isolated {
    pub followed_up: u32,
    pub first_days: Vec<FirstDay>,
    pub median_days: Option<u32>,
    pub median_days_ci95: Option<DayInterval>,
}

/// How many legs are still sore so many days after the cramp, of those of which it is known.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct StillSore {
    pub day: u32,
    pub sore: u32,
    pub of: u32,
    pub share: Option<f64>,
    pub ci95: Option<Interval>,
    pub reason: Option<Reason>,
}

/// A step of the estimated curve.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct SurvivalStep {
    pub day: u32,
    pub at_risk: u32,
    pub resolved: u32,
    pub censored: u32,
    pub still_sore: f64,
    pub ci95: Option<Interval>,
}

impl SorenessCourse {
    /// Reads what the answer needs, and works it out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, record: &Record, language: Language) -> Result<Self> {
        // A leg is watched for so many days at most: what came earlier or comes later shares no soreness with the period.
        let around = record.tallies_around(db, diary, LAST_DAY.unsigned_abs())?;
        Ok(Self::of(record, &around, language))
    }

    /// Works the answer out, given the cramps of the period and those around it.
    #[must_use]
    pub fn of(record: &Record, around: &Tallies, language: Language) -> Self {
        let tally = around.within(record.period);
        let episodes = tally.minutes.total();
        let counted = &tally.soreness;
        let followed_up = counted.peaks.total();
        let course = Course::of(counted);
        let median_days = course.latest.as_ref().and_then(|curve| curve.median);
        let isolated = Course::of(&isolated(around, record.period));
        let first_days = course.first_days();
        let median_days_ci95 = course.median_95();
        let steps = course.latest.into_iter().flat_map(|curve| curve.steps);
        // What is said of a leg on one day and on the next is much alike, after whichever cramp.
        let entries_say = |yes, no| {
            let said = Proportion::of(&Told { bouts: vec![Bout { yes, all: yes + no }], all: counted.entries });
            let nothing = if episodes == 0 { Reason::NoEpisodes } else { Reason::NotRecorded };
            Proportion { counts: said.counts.without_interval(), reason: said.reason.map(|_| nothing) }
        };
        let mut answer = Self {
            from: record.period.from,
            to: record.period.to,
            revision: record.revision,
            method: METHOD,
            episodes,
            followed_up,
            entries: counted.entries,
            still_sore: still_sore(counted),
            survival: steps
                .map(|step| SurvivalStep {
                    day: step.day,
                    at_risk: step.at_risk,
                    resolved: step.resolved,
                    censored: step.censored,
                    still_sore: six_decimals(step.lasting),
                    ci95: step.ci95.map(|(low, high)| Interval { low, high }.rounded()),
                })
                .collect(),
            first_days,
            median_days,
            median_days_ci95,
            median_reason: match (episodes, followed_up, median_days) {
                (0, ..) => Some(Reason::NoEpisodes),
                (_, 0, _) => Some(Reason::NotRecorded),
                (_, _, None) => Some(Reason::NotReached),
                _ => None,
            },
            isolated: Isolated {
                followed_up: isolated.followed_up,
                first_days: isolated.first_days(),
                median_days: isolated.latest.as_ref().and_then(|curve| curve.median),
                median_days_ci95: isolated.median_95(),
            },
            peak_level: Spread::of(&counted.peaks, episodes),
            tender_days: Spread::of(&counted.tender_days, episodes),
            tender_to_touch: entries_say(counted.tender, counted.not_tender),
            limits_walking: entries_say(counted.limits_walking, counted.not_limits_walking),
            coverage: record.coverage(record.period),
            insufficient_data: followed_up < FEWEST_EPISODES,
            statements: Vec::new(),
        };
        answer.statements = answer.say(language);
        answer
    }

    /// Short plain sentences.
    #[must_use]
    pub fn say(&self, language: Language) -> Vec<String> {
        if self.episodes == 0 {
            return vec![no_cramps(language, self.from, self.to)];
        }
        let mut statements =
            vec![say!(language, "soreness-followed", followed = self.followed_up, episodes = self.episodes)];
        if self.insufficient_data {
            statements.push(say!(language, "soreness-too-few", fewest = FEWEST_EPISODES));
            return statements;
        }
        let not_reached = || say!(language, "soreness-median-not-reached");
        let end = |day: Option<u32>| day.map_or_else(|| "∞".to_owned(), |day| day.to_string());
        let median = self.median_days.zip(self.median_days_ci95.as_ref()).map(|(days, ci95)| {
            say!(language, "soreness-median", days = days, low = end(ci95.low), high = end(ci95.high))
        });
        statements.push(median.unwrap_or_else(not_reached));
        let days: Vec<_> = self.first_days.iter().filter_map(|item| item.say(language)).collect();
        statements.extend((!days.is_empty()).then(|| say!(language, "soreness-days", days = days.join(", "))));
        statements
    }
}

/// How long it lasts, by what was logged.
struct Course {
    followed_up: u32,
    /// If each was over on the day of the entry that says so.
    latest: Option<Survival>,
    /// If each was over on the day after the last entry that says sore.
    earliest: Option<Survival>,
}

impl Course {
    fn of(counted: &tally::Soreness) -> Self {
        Self {
            followed_up: counted.peaks.total(),
            latest: survival(&counted.resolved_on, &counted.last_seen_on),
            earliest: survival(&counted.over_from, &counted.last_seen_on),
        }
    }

    fn first_days(&self) -> Vec<FirstDay> {
        let at = |curve: &Option<Survival>, day| curve.as_ref().and_then(|curve| curve.at(day));
        FIRST_DAYS
            .into_iter()
            .map(|day| {
                let (latest, earliest) = (at(&self.latest, day), at(&self.earliest, day));
                let bounds = latest.as_ref().zip(earliest.as_ref()).map(|(one, other)| (one.share, other.share));
                FirstDay {
                    day,
                    still_sore: latest.as_ref().map(|latest| six_decimals(latest.share)),
                    ci95: latest
                        .as_ref()
                        .and_then(|latest| latest.ci95)
                        .map(|(low, high)| Interval { low, high }.rounded()),
                    // Whoever is known to be over it later stays at risk longer: the curves may cross.
                    at_least: bounds.map(|(one, other)| six_decimals(one.min(other))),
                    at_most: bounds.map(|(one, other)| six_decimals(one.max(other))),
                }
            })
            .collect()
    }

    fn median_95(&self) -> Option<DayInterval> {
        let curve = self.latest.as_ref().filter(|curve| curve.median.is_some())?;
        Some(DayInterval { low: curve.median_95.0, high: curve.median_95.1 })
    }
}

impl FirstDay {
    fn say(&self, language: Language) -> Option<String> {
        let (share, ci95) = self.still_sore.zip(self.ci95)?;
        Some(say!(
            language,
            "soreness-day",
            day = self.day,
            percent = language.percent(share),
            low = language.percent(ci95.low),
            high = language.percent(ci95.high),
        ))
    }
}

/// What followed the cramps of a period that came alone: each the only one of its day, while the leg was not watched after an
/// earlier one, be that of the period or not. From the day of the next cramp on nobody knows whose soreness it is, so what was
/// seen until then is all that counts: to leave such cramps out would leave out the long courses.
fn isolated(around: &Tallies, period: DateRange) -> tally::Soreness {
    let last = |day: &Histogram| day.iter().map(|(day, _)| day).max();
    let watched_until = |date: NaiveDate, soreness: &tally::Soreness| {
        let days = last(&soreness.resolved_on).max(last(&soreness.last_seen_on))?;
        date.checked_add_days(Days::new(days.into()))
    };
    let mut sum = tally::Soreness::default();
    let mut watched: Option<NaiveDate> = None;
    let mut days = around.0.iter().peekable();
    while let Some((date, tally)) = days.next() {
        let before = watched.is_some_and(|watched| watched >= *date);
        let within = period.from <= *date && *date <= period.to;
        if within && tally.minutes.total() == 1 && !before {
            let next = days.peek().and_then(|(next, _)| u32::try_from((*next - *date).num_days()).ok());
            sum.replace(&tally::Soreness::default(), &seen_before(&tally.soreness, next.unwrap_or(u32::MAX)));
        }
        watched = watched.max(watched_until(*date, &tally.soreness));
    }
    sum
}

/// What was seen of the course after one cramp until the day before `next`, counted from its onset.
fn seen_before(soreness: &tally::Soreness, next: u32) -> tally::Soreness {
    let mut ends = soreness.resolved_on.iter().chain(soreness.last_seen_on.iter());
    if ends.all(|(day, _)| day < next) {
        return soreness.clone();
    }
    let entries = soreness.sore_on.iter().chain(soreness.paused_on.iter());
    let last = entries.map(|(day, _)| day).filter(|day| *day < next).max();
    last.map_or_else(tally::Soreness::default, |day| tally::Soreness {
        last_seen_on: [(day, 1)].into_iter().collect(),
        peaks: soreness.peaks.clone(),
        ..tally::Soreness::default()
    })
}

/// Who was over it before has no more to log, and is known not to be sore; who stopped logging is not known.
fn still_sore(counted: &tally::Soreness) -> Vec<StillSore> {
    let last = counted.sore_on.iter().map(|(day, _)| day).max().unwrap_or_default();
    let last = last.max(ALWAYS_UNTIL_DAY).min(LAST_DAY.unsigned_abs());
    let mut over = 0;
    (0..=last)
        .map(|day| {
            over += counted.resolved_on.of(day);
            let sore = counted.sore_on.of(day);
            let of = sore + over + counted.paused_on.of(day);
            StillSore {
                day,
                sore,
                of,
                share: share(sore, of).map(six_decimals),
                ci95: wilson_95(sore, of).map(Interval::rounded),
                reason: (of == 0).then_some(Reason::NotRecorded),
            }
        })
        .collect()
}
