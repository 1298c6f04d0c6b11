//! How long the leg stays sore after a cramp.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    figures::{FEWEST_EPISODES, Proportion, Reason, Spread},
    night_share::no_cramps,
    record::{Coverage, Record},
    statistics::{Interval, share, six_decimals, survival, wilson_95},
};
use crate::{
    diary::{
        covered_days::tally::{self, Tally},
        episodes::soreness::model::LAST_DAY,
    },
    foundation::{language::Language, precondition::Revision},
    say,
};

/// Name and version of the method.
pub const METHOD: &str = "soreness@1";
/// Of the days at least up to this one it is said how many are still sore.
const ALWAYS_UNTIL_DAY: u32 = 7;

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
    pub median_days: Option<u32>,
    pub median_reason: Option<Reason>,
    pub peak_level: Spread,
    pub tender_days: Spread,
    pub tender_to_touch: Proportion,
    pub limits_walking: Proportion,
    pub coverage: Coverage,
    pub insufficient_data: bool,
    pub statements: Vec<String>,
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
    /// Works the answer out.
    #[must_use]
    pub fn of(record: &Record, tally: &Tally, language: Language) -> Self {
        let episodes = tally.minutes.total();
        let counted = &tally.soreness;
        let followed_up = counted.peaks.total();
        let curve = survival(&counted.resolved_on, &counted.last_seen_on);
        let median_days = curve.as_ref().and_then(|curve| curve.median);
        let steps = curve.into_iter().flat_map(|curve| curve.steps);
        let entries_say = |yes, no| Proportion {
            reason: (yes + no == 0).then_some(if episodes == 0 { Reason::NoEpisodes } else { Reason::NotRecorded }),
            ..Proportion::of(yes, no, counted.entries)
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
            median_days,
            median_reason: match (episodes, followed_up, median_days) {
                (0, ..) => Some(Reason::NoEpisodes),
                (_, 0, _) => Some(Reason::NotRecorded),
                (_, _, None) => Some(Reason::NotReached),
                _ => None,
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
        statements
            .push(self.median_days.map_or_else(not_reached, |days| say!(language, "soreness-median", days = days)));
        for day in [1, 3] {
            let known = self.still_sore.iter().find(|item| item.day == day);
            if let Some((item, share)) = known.and_then(|item| Some((item, item.share?))) {
                statements.push(say!(
                    language,
                    "soreness-day",
                    day = day,
                    sore = item.sore,
                    of = item.of,
                    percent = language.percent(share),
                ));
            }
        }
        statements
    }
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
