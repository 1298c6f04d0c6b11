//! How often, how long, how bad, where, and what helped.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    bouts::Question,
    comparison::{Comparison, Direction},
    figures::{FEWEST_EPISODES, FIRM_COVERAGE, Proportion, Rate, Reason, Spread},
    night_share::no_cramps,
    record::{Coverage, Record, Run},
    statistics::{quantile, share, six_decimals},
};
use crate::{
    diary::{
        covered_days::tally::{Tally, Words},
        episodes::{
            contribution::site_word,
            model::{Part, Site},
        },
    },
    foundation::{language::Language, precondition::Revision, values::Side},
    say,
};

/// Name and version of the method.
pub const METHOD: &str = "summary@2";
/// Whether standing still ends a cramp in so many seconds is worth a question.
const STOOD_STILL_SECONDS: u32 = 600;
/// The commonest words that are listed; the rest are counted together.
const MOST_WORDS: usize = 20;

/// The answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Summary {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub episodes: u32,
    pub per_week: Rate,
    pub at_least_per_week: Option<f64>,
    pub cramp_free_days: u32,
    pub contradictions: u32,
    pub days_since_last_cramp: Option<u32>,
    pub covered_days_since_last_cramp: Option<u32>,
    pub longest_cramp_free_run: Option<Run>,
    pub cramp_days: u32,
    pub cramp_nights: u32,
    pub coverage: Coverage,
    pub change: Change,
    pub intensity: Spread,
    pub duration_seconds: Spread,
    pub over_10_minutes: Proportion,
    pub sites: Sites,
    pub contexts: Counted,
    pub on_the_move: OnTheMove,
    pub triggers: Counted,
    pub relief: Relief,
    pub sleep_disturbance: Spread,
    pub entry_within_24_hours: Proportion,
    pub insufficient_data: bool,
    pub statements: Vec<String>,
    #[serde(skip)]
    pub today: NaiveDate,
}

/// Cramps while walking or exercising, and whether standing still ended them.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct OnTheMove {
    #[serde(flatten)]
    pub proportion: Proportion,
    pub stood_still: u32,
    pub timed: u32,
    pub gone_within_10_minutes: u32,
}

/// How the period compares with the one of the same length before it, as far as the diary goes back.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Change {
    pub previous_from: Option<NaiveDate>,
    pub previous_to: Option<NaiveDate>,
    pub previous: Rate,
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// Where it hurt. A cramp may hurt in several places, and then counts in each.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Sites {
    pub known: u32,
    pub unknown: u32,
    pub in_both_legs_at_once: u32,
    pub items: Vec<SiteCount>,
}

/// How often it hurt in one part of the leg.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct SiteCount {
    pub part: Part,
    pub left: u32,
    pub right: u32,
    pub both: u32,
    pub unknown: u32,
    pub total: u32,
}

/// Words with their counts, the commonest first.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Counted {
    pub known: u32,
    pub unknown: u32,
    pub items: Vec<WordCount>,
    /// How many times words came that are not listed.
    pub others: u32,
}

/// How often a word came.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct WordCount {
    pub word: String,
    pub count: u32,
    pub share: Option<f64>,
}

/// What was tried, and how soon it helped.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Relief {
    pub known: u32,
    pub unknown: u32,
    pub items: Vec<MeasureCount>,
}

/// How often a measure was tried, and how soon it helped.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct MeasureCount {
    pub measure: String,
    pub tried: u32,
    pub timed: u32,
    pub median_seconds_to_relief: Option<f64>,
    pub reason: Option<Reason>,
}

impl Summary {
    /// Works the answer out, given the counts of the period before as well.
    #[must_use]
    pub fn of(record: &Record, tally: &Tally, previous: &Record, language: Language) -> Self {
        let episodes = record.sum().all().episodes;
        let bouts = record.bouts();
        let proportion = |question| Proportion::of(&bouts.ask(question));
        let since = record.since_last_cramp();
        let known_before = previous.known_period();
        let (now, before) = (record.seen(record.known_period()), previous.seen(known_before));
        let mut answer = Self {
            from: record.period.from,
            to: record.period.to,
            revision: record.revision,
            method: METHOD,
            episodes,
            per_week: Rate::of(now.covered),
            at_least_per_week: now.all.rate().map(|rate| six_decimals(rate * 7.0)),
            cramp_free_days: now.cramp_free_days,
            contradictions: record.contradictions(),
            days_since_last_cramp: since.map(|since| since.days),
            covered_days_since_last_cramp: since.map(|since| since.covered),
            longest_cramp_free_run: record.longest_run(),
            cramp_days: record.cramp_days(),
            cramp_nights: bouts.cramp_nights(),
            coverage: record.coverage(record.period),
            change: Change {
                previous_from: known_before.map(|known| known.from),
                previous_to: known_before.map(|known| known.to),
                previous: Rate::of(before.covered),
                comparison: Comparison::of(&before, &now),
            },
            intensity: Spread::of(&tally.intensities, episodes),
            duration_seconds: Spread::of(&tally.durations, episodes),
            over_10_minutes: proportion(Question::OVER_10_MINUTES),
            sites: Sites::of(tally, episodes),
            contexts: Counted::of(&tally.contexts, tally.contexts.values().sum(), episodes),
            on_the_move: OnTheMove {
                proportion: proportion(Question::ON_THE_MOVE),
                stood_still: tally.stood_still.times,
                timed: tally.stood_still.seconds.total(),
                gone_within_10_minutes: tally
                    .stood_still
                    .seconds
                    .iter()
                    .filter(|(seconds, _)| *seconds <= STOOD_STILL_SECONDS)
                    .map(|(_, times)| times)
                    .sum(),
            },
            triggers: Counted::of(&tally.triggers, tally.with_triggers, episodes),
            relief: Relief::of(tally, episodes),
            sleep_disturbance: Spread::of(&tally.sleep_disturbances, episodes),
            entry_within_24_hours: proportion(Question::WRITTEN_SOON),
            insufficient_data: episodes < FEWEST_EPISODES,
            statements: Vec::new(),
            today: record.today,
        };
        answer.statements = answer.say(language);
        answer
    }

    fn say(&self, language: Language) -> Vec<String> {
        if self.episodes == 0 {
            let mut statements = vec![no_cramps(language, self.from, self.to)];
            statements.extend(self.coverage.say(language));
            statements.extend(self.say_contradictions(language));
            return statements;
        }
        let mut statements = Vec::new();
        if self.insufficient_data {
            let Rate { episodes, covered_days, .. } = self.per_week;
            statements.push(say!(language, "counted", episodes = episodes, days = covered_days));
            statements.push(say!(language, "too-few", fewest = FEWEST_EPISODES));
        } else {
            statements.extend(self.say_rate(language));
            statements.extend(self.say_at_least(language));
            statements.extend(self.change.say(language));
        }
        statements.extend(self.say_intensity(language));
        statements.extend(self.say_duration(language));
        statements.extend(self.relief.say(language));
        statements.extend(self.say_runs(language));
        statements.extend(self.coverage.say(language));
        statements.extend(self.say_contradictions(language));
        statements.push(say!(language, "no-diagnosis"));
        statements
    }

    /// Whether days lack an entry, and no day without cramps has one: then the rate on covered days says little.
    #[must_use]
    pub const fn lacks_cramp_free_days(&self) -> bool {
        self.cramp_free_days == 0 && self.coverage.days > self.coverage.covered
    }

    /// The range in which the rate lies where too few days have an entry for one figure: the lower end if nothing came on
    /// the others, the upper end if as many came on them.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        let is_firm = self.coverage.share.is_some_and(|share| share >= FIRM_COVERAGE);
        self.at_least_per_week.zip(self.per_week.per_week).filter(|_| !is_firm)
    }

    /// How many a week.
    #[must_use]
    pub fn say_rate(&self, language: Language) -> Option<String> {
        let Rate { per_week, ci95, episodes, covered_days, .. } = self.per_week;
        if let Some((low, high)) = self.range() {
            return Some(say!(
                language,
                "per-week-range",
                low = language.decimal(low, 1),
                high = language.decimal(high, 1),
                episodes = episodes,
                days = covered_days,
            ));
        }
        let (per_week, ci95) = per_week.zip(ci95)?;
        Some(say!(
            language,
            "per-week",
            per_week = language.decimal(per_week, 1),
            low = language.decimal(ci95.low, 1),
            high = language.decimal(ci95.high, 1),
            episodes = episodes,
            days = covered_days,
        ))
    }

    /// How long it is since the last cramp that was logged and how much is known of that time, and the longest time without
    /// one.
    pub fn say_runs(&self, language: Language) -> impl Iterator<Item = String> {
        let since = self.days_since_last_cramp.zip(self.covered_days_since_last_cramp).map(|(days, covered)| {
            let end = language.date(self.to.min(self.today));
            say!(language, "since-last-cramp", days = days, covered = covered, end = end)
        });
        let run = self.longest_cramp_free_run.map(|run| {
            say!(language, "longest-run", days = run.days, from = language.date(run.from), to = language.date(run.to),)
        });
        since.into_iter().chain(run)
    }

    /// That word and log contradict each other, where they do.
    #[must_use]
    pub fn say_contradictions(&self, language: Language) -> Option<String> {
        (self.contradictions > 0).then(|| say!(language, "contradictions", days = self.contradictions))
    }

    /// How many a week there are at least, where days lack an entry.
    #[must_use]
    pub fn say_at_least(&self, language: Language) -> Option<String> {
        let at_least = language.decimal(self.at_least_per_week?, 1);
        let days = self.coverage.days;
        if self.lacks_cramp_free_days() {
            Some(say!(language, "at-least-not-checked-in", days = days, at_least = at_least))
        } else {
            let says_more = days > self.coverage.covered && self.range().is_none();
            says_more.then(|| say!(language, "at-least", days = days, at_least = at_least))
        }
    }

    /// How bad they were, when enough say so.
    #[must_use]
    pub fn say_intensity(&self, language: Language) -> Option<String> {
        let Spread { known, median, q1, q3, .. } = self.intensity;
        (known >= FEWEST_EPISODES).then_some(())?;
        Some(say!(
            language,
            "intensity",
            known = known,
            median = language.rounded(median?),
            low = language.rounded(q1?),
            high = language.rounded(q3?),
        ))
    }

    /// How long they lasted, when enough say so.
    #[must_use]
    pub fn say_duration(&self, language: Language) -> Option<String> {
        let Spread { known, median, .. } = self.duration_seconds;
        (known >= FEWEST_EPISODES).then_some(())?;
        Some(say!(
            language,
            "duration",
            known = known,
            median = language.duration(median?),
            long = self.over_10_minutes.counts.yes,
        ))
    }
}

impl Change {
    /// How it compares, where something can be said of it.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let id = match self.comparison.verdict {
            Direction::InsufficientData => return Some(say!(language, "change-unknown")),
            Direction::Fewer => "change-fewer",
            Direction::More => "change-more",
            Direction::NoClearChange => "change-unclear",
        };
        Some(say!(
            language,
            id,
            before = language.decimal(self.previous.per_week?, 1),
            days = self.previous.covered_days,
            from = language.date(self.previous_from?),
            to = language.date(self.previous_to?),
            ratio = self.comparison.say_ratio(language),
        ))
    }
}

impl Sites {
    fn of(tally: &Tally, episodes: u32) -> Self {
        let of = |part, side| tally.sites.get(&site_word(Site { part, side })).copied().unwrap_or_default();
        let mut items: Vec<_> = Part::ALL
            .into_iter()
            .map(|part| {
                let (left, right) = (of(part, Some(Side::Left)), of(part, Some(Side::Right)));
                let (both, unknown) = (of(part, Some(Side::Both)), of(part, None));
                SiteCount { part, left, right, both, unknown, total: left + right + both + unknown }
            })
            .filter(|item| item.total > 0)
            .collect();
        items.sort_by_key(|item| Reverse(item.total));
        Self {
            known: tally.with_sites,
            unknown: episodes.saturating_sub(tally.with_sites),
            in_both_legs_at_once: tally.in_both_legs,
            items,
        }
    }
}

impl Counted {
    fn of(words: &Words, known: u32, episodes: u32) -> Self {
        let mut items: Vec<_> = words
            .iter()
            .map(|(word, &count)| WordCount { word: word.clone(), count, share: share(count, known).map(six_decimals) })
            .collect();
        // The order of the alphabet among equals, since that is how they come.
        items.sort_by_key(|item| Reverse(item.count));
        let others = items.iter().skip(MOST_WORDS).map(|item| item.count).sum();
        items.truncate(MOST_WORDS);
        Self { known, unknown: episodes.saturating_sub(known), items, others }
    }
}

impl Relief {
    fn of(tally: &Tally, episodes: u32) -> Self {
        let mut items: Vec<_> = tally
            .relief
            .iter()
            .map(|(measure, tried)| MeasureCount {
                measure: measure.clone(),
                tried: tried.times,
                timed: tried.seconds.total(),
                median_seconds_to_relief: quantile(&tried.seconds, 0.5).map(six_decimals),
                reason: tried.seconds.is_empty().then_some(Reason::NotRecorded),
            })
            .collect();
        items.sort_by_key(|item| Reverse(item.tried));
        Self { known: tally.with_relief, unknown: episodes.saturating_sub(tally.with_relief), items }
    }

    /// What was tried most, and how soon it helped.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let most = self.items.iter().find(|item| item.timed >= FEWEST_EPISODES)?;
        Some(say!(
            language,
            "relief",
            measure = say!(language, &format!("measure-{}", most.measure)),
            median = language.duration(most.median_seconds_to_relief?),
            timed = most.timed,
            tried = most.tried,
        ))
    }
}
