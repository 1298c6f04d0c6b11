//! What share of the cramps begins at night, and how sure that is.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    figures::{FEWEST_EPISODES, YesNoUnknown},
    record::{Coverage, Record, count},
    statistics::{Interval, binomial_at_least, share, six_decimals, six_digits, wilson_95},
};
use crate::{
    foundation::{language::Language, local_clock::LocalTime, precondition::Revision},
    say, vocabulary,
};

/// Name and version of the method; the version rises when a number would come out differently.
pub const METHOD: &str = "night-share@1";
/// Of people with cramps at rest, the share whose cramps usually come at night: Naylor & Young, Age and Ageing 23 (1994)
/// 418–420. A share of people, not of cramps, and so only a rough yardstick.
const POPULATION_SHARE: f64 = 0.73;

vocabulary! {
    /// What the numbers come to.
    pub enum Verdict {
        /// Too few cramps to say.
        InsufficientData = "insufficient_data",
        /// More at night than the clock alone would bring, and at least half.
        MostlyAtNight = "mostly_at_night",
        /// Fewer at night than the clock alone would bring.
        RarelyAtNight = "rarely_at_night",
        /// Neither is clear.
        Mixed = "mixed",
    }
}

/// Evening or night, and sleep broke: the pattern that a conversation about veins begins with.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct LateAndInterrupted {
    pub yes: u32,
    pub of_known: u32,
    pub share: Option<f64>,
    pub always: bool,
}

/// The answer. Shares are null where the denominator is 0.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct NightShare {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub night_start: LocalTime,
    pub night_end: LocalTime,
    pub episodes: u32,
    pub night: u32,
    pub evening: u32,
    pub day: u32,
    pub night_share: Option<f64>,
    pub night_share_ci95: Option<Interval>,
    pub clock_share: f64,
    pub p_value_vs_clock: Option<f64>,
    pub population_share: f64,
    pub cramp_days: u32,
    pub cramp_nights: u32,
    pub interrupted_sleep: YesNoUnknown,
    pub in_bed: YesNoUnknown,
    pub evening_or_night_and_interrupted_sleep: LateAndInterrupted,
    pub while_walking_or_exercising: u32,
    pub coverage: Coverage,
    pub verdict: Verdict,
    pub statements: Vec<String>,
}

impl NightShare {
    /// Works the answer out.
    #[must_use]
    pub fn of(record: &Record, language: Language) -> Self {
        let sum = record.sum();
        let episodes = count(sum.episodes);
        let night = count(sum.night_begun_this_date + sum.night_begun_the_date_before);
        let evening = count(sum.evening);
        let clock_share = f64::from(record.parts.night().minutes()) / (24.0 * 60.0);
        let ci95 = wilson_95(night, episodes);
        let interrupted_sleep =
            YesNoUnknown::of(count(sum.sleep_interrupted), count(sum.sleep_not_interrupted), episodes);
        let of_known = interrupted_sleep.known();
        let late = count(sum.late_and_sleep_interrupted);
        let mut answer = Self {
            from: record.period.from,
            to: record.period.to,
            revision: record.revision,
            method: METHOD,
            night_start: record.parts.night_start(),
            night_end: record.parts.night_end(),
            episodes,
            night,
            evening,
            day: episodes.saturating_sub(night + evening),
            night_share: share(night, episodes).map(six_decimals),
            night_share_ci95: ci95.map(Interval::rounded),
            clock_share: six_decimals(clock_share),
            p_value_vs_clock: binomial_at_least(night, episodes, clock_share).map(six_digits),
            population_share: POPULATION_SHARE,
            cramp_days: record.cramp_days(),
            cramp_nights: record.cramp_nights(),
            interrupted_sleep,
            in_bed: YesNoUnknown::of(count(sum.in_bed), count(sum.not_in_bed), episodes),
            evening_or_night_and_interrupted_sleep: LateAndInterrupted {
                yes: late,
                of_known,
                share: share(late, of_known).map(six_decimals),
                always: of_known > 0 && late == of_known,
            },
            while_walking_or_exercising: count(sum.on_the_move),
            coverage: record.coverage(record.period),
            verdict: verdict(night, episodes, ci95, clock_share),
            statements: Vec::new(),
        };
        answer.statements = answer.say(language);
        answer
    }

    /// Short plain sentences that a person can read out, made of the same numbers.
    fn say(&self, language: Language) -> Vec<String> {
        let mut statements = Vec::new();
        let Some(main) = self.main_statement(language) else {
            statements.push(no_cramps(language, self.from, self.to));
            statements.extend(self.coverage.say(language));
            return statements;
        };
        statements.push(main);
        if self.verdict != Verdict::InsufficientData {
            statements.push(say!(language, "night-share-clock", percent = language.percent(self.clock_share)));
        }
        statements.extend(self.caution_statement(language));
        statements.extend(self.sleep_statement(language));
        statements.extend(self.pattern_statements(language));
        statements.extend(self.coverage.say(language));
        statements.push(say!(language, "no-diagnosis"));
        statements
    }

    /// The one sentence to remember; `None` without cramps.
    #[must_use]
    pub fn main_statement(&self, language: Language) -> Option<String> {
        let (share, ci95) = self.night_share.zip(self.night_share_ci95)?;
        Some(say!(
            language,
            "night-share",
            night = self.night,
            episodes = self.episodes,
            percent = language.percent(share),
            low = language.percent(ci95.low),
            high = language.percent(ci95.high),
            start = self.night_start.to_string(),
            end = self.night_end.to_string(),
        ))
    }

    /// What keeps a reader from making too much of the share; `None` without cramps.
    #[must_use]
    pub fn caution_statement(&self, language: Language) -> Option<String> {
        self.night_share.map(|_| {
            if self.verdict == Verdict::InsufficientData {
                say!(language, "night-share-too-few", fewest = FEWEST_EPISODES)
            } else {
                say!(language, "night-share-survey", percent = language.percent(self.population_share))
            }
        })
    }

    /// Patterns that are worth a word when they are there.
    pub fn pattern_statements(&self, language: Language) -> impl Iterator<Item = String> {
        let moving = self.while_walking_or_exercising;
        let always = self.evening_or_night_and_interrupted_sleep.always;
        let always = always.then(|| say!(language, "late-and-interrupted-always"));
        always.into_iter().chain((moving > 0).then(|| say!(language, "on-the-move", episodes = moving)))
    }

    /// How many broke sleep, as far as it is known.
    #[must_use]
    pub fn sleep_statement(&self, language: Language) -> Option<String> {
        let sleep = &self.interrupted_sleep;
        let (share, ci95) = sleep.share.zip(sleep.ci95)?;
        Some(say!(
            language,
            "interrupted-sleep",
            yes = sleep.yes,
            known = sleep.known(),
            percent = language.percent(share),
            low = language.percent(ci95.low),
            high = language.percent(ci95.high),
        ))
    }
}

/// What there is to say of a period without cramps.
#[must_use]
pub fn no_cramps(language: Language, from: NaiveDate, to: NaiveDate) -> String {
    say!(language, "no-cramps", from = language.date(from), to = language.date(to))
}

fn verdict(night: u32, episodes: u32, ci95: Option<Interval>, clock_share: f64) -> Verdict {
    match (share(night, episodes), ci95) {
        (Some(_), Some(_)) if episodes < FEWEST_EPISODES => Verdict::InsufficientData,
        (Some(share), Some(ci95)) if ci95.low > clock_share && share >= 0.5 => Verdict::MostlyAtNight,
        (Some(_), Some(ci95)) if ci95.high < clock_share => Verdict::RarelyAtNight,
        (Some(_), Some(_)) => Verdict::Mixed,
        _ => Verdict::InsufficientData,
    }
}
