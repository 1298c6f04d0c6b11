//! What share of the cramps begins at night, and how sure that is.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    bouts::{Bouts, Question, Told},
    figures::{FEWEST_BOUTS, FEWEST_EPISODES, NightRate, YesNoUnknown},
    record::{Coverage, InNight, Record},
    statistics::{Clustered, Interval, six_decimals, six_digits},
};
use crate::{
    foundation::{language::Language, local_clock::LocalTime, precondition::Revision},
    say, vocabulary,
};

/// Name and version of the method; the version rises when a number would come out differently.
pub const METHOD: &str = "night-share@2";
/// Of people with cramps at rest, the share whose cramps usually come at night: Naylor & Young, Age and Ageing 23 (1994)
/// 418–420. A share of people, not of cramps, and so only a rough yardstick.
const POPULATION_SHARE: f64 = 0.73;
/// Wilson's interval of the same, 63 of 86.
const POPULATION_SHARE_CI95: (f64, f64) = (0.63, 0.81);
/// The night is said to bring most cramps only if chance would so rarely bring as many.
const LEVEL: f64 = 0.025;
/// So many cramps while walking or exercising are worth a line.
pub const FEWEST_ON_THE_MOVE: u32 = 3;

vocabulary! {
    /// What the numbers come to.
    pub enum Verdict {
        /// Too few cramps, or too few bouts, to say.
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
    pub effective_n: Option<f64>,
    pub ci95: Option<Interval>,
    pub always: bool,
}

/// The same figures from the entries made within 24 hours alone: do they rest on what people remember later?
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct WrittenSoon {
    pub episodes: u32,
    pub night: u32,
    pub bout_days: u32,
    pub night_share: Option<f64>,
    pub night_share_ci95: Option<Interval>,
    pub night_rate: NightRate,
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
    pub bout_days: u32,
    pub design_effect: Option<f64>,
    pub effective_n: f64,
    pub night_share: Option<f64>,
    pub night_share_ci95: Option<Interval>,
    pub clock_share: f64,
    pub p_value_vs_clock: Option<f64>,
    pub population_share: f64,
    pub cramp_days: u32,
    pub cramp_nights: u32,
    pub night_rate: NightRate,
    pub broken_night_rate: NightRate,
    pub interrupted_sleep: YesNoUnknown,
    pub interrupted_sleep_at_night: YesNoUnknown,
    pub in_bed: YesNoUnknown,
    pub evening_or_night_and_interrupted_sleep: LateAndInterrupted,
    pub while_walking_or_exercising: u32,
    pub written_within_24_hours: WrittenSoon,
    pub coverage: Coverage,
    pub verdict: Verdict,
    pub statements: Vec<String>,
}

impl NightShare {
    /// Works the answer out.
    #[must_use]
    pub fn of(record: &Record, language: Language) -> Self {
        let mut answer = Self::figures(record);
        answer.statements = answer.say(language);
        answer
    }

    /// The same without a sentence.
    #[must_use]
    pub fn figures(record: &Record) -> Self {
        let sum = record.sum();
        let bouts = record.bouts();
        let yes_no = |question| YesNoUnknown::of(&bouts.ask(question));
        let clock_share = f64::from(record.parts.night().minutes()) / (24.0 * 60.0);
        let found = bouts.ask(Question::AT_NIGHT).share();
        let nights = |what| NightRate::of(record.nights(Some(record.period), what));
        Self {
            from: record.period.from,
            to: record.period.to,
            revision: record.revision,
            method: METHOD,
            night_start: record.parts.night_start(),
            night_end: record.parts.night_end(),
            episodes: sum.all().episodes,
            night: sum.night().episodes,
            evening: sum.evening.episodes,
            day: sum.day.episodes,
            bout_days: found.as_ref().map_or(0, |found| found.bouts),
            design_effect: found.as_ref().and_then(|found| found.design_effect).map(six_decimals),
            effective_n: found.as_ref().map_or(0.0, |found| six_decimals(found.effective_n)),
            night_share: found.as_ref().map(|found| six_decimals(found.share)),
            night_share_ci95: found.as_ref().map(|found| found.ci95.rounded()),
            clock_share: six_decimals(clock_share),
            p_value_vs_clock: found.as_ref().and_then(|found| found.at_least_under(clock_share)).map(six_digits),
            population_share: POPULATION_SHARE,
            cramp_days: record.cramp_days(),
            cramp_nights: bouts.cramp_nights(),
            night_rate: nights(InNight::CRAMP),
            broken_night_rate: nights(InNight::BROKEN_SLEEP),
            interrupted_sleep: yes_no(Question::SLEEP_INTERRUPTED),
            interrupted_sleep_at_night: yes_no(Question::SLEEP_INTERRUPTED_AT_NIGHT),
            in_bed: yes_no(Question::IN_BED),
            evening_or_night_and_interrupted_sleep: LateAndInterrupted::of(
                &bouts.ask(Question::LATE_AND_SLEEP_INTERRUPTED),
            ),
            while_walking_or_exercising: sum.all().on_the_move,
            written_within_24_hours: WrittenSoon::of(record, &bouts),
            coverage: record.coverage(record.period),
            verdict: verdict(found.as_ref(), clock_share),
            statements: Vec::new(),
        }
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
        statements.extend(self.bouts_statement(language));
        if self.verdict != Verdict::InsufficientData {
            statements.push(say!(language, "night-share-clock", percent = language.percent(self.clock_share)));
        }
        statements.extend(self.caution_statement(language));
        statements.extend(self.night_rate.say(language));
        statements.extend(self.night_rate.say_at_least(language));
        statements.extend(self.broken_night_rate.say_broken(language));
        statements.extend(self.sleep_statement(language));
        statements.extend(self.always_statement(language));
        statements.extend(self.moving_statement(language));
        statements.extend(self.sensitivity_statements(language));
        statements.extend(self.coverage.say(language));
        statements.push(say!(language, "no-diagnosis"));
        statements
    }

    /// The one sentence to remember; `None` without cramps.
    #[must_use]
    pub fn main_statement(&self, language: Language) -> Option<String> {
        let (share, ci95) = self.night_share.zip(self.night_share_ci95)?;
        if self.episodes < FEWEST_EPISODES {
            let (start, end) = (self.night_start.to_string(), self.night_end.to_string());
            let (night, episodes) = (self.night, self.episodes);
            return Some(say!(
                language,
                "night-share-count",
                night = night,
                episodes = episodes,
                start = start,
                end = end
            ));
        }
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

    /// That cramps come several at a time, where they do.
    #[must_use]
    pub fn bouts_statement(&self, language: Language) -> Option<String> {
        (self.bout_days < self.episodes)
            .then(|| say!(language, "night-share-bouts", episodes = self.episodes, bouts = self.bout_days))
    }

    /// What keeps a reader from making too much of the share; `None` without cramps.
    #[must_use]
    pub fn caution_statement(&self, language: Language) -> Option<String> {
        let share = self.night_share?;
        if self.verdict == Verdict::InsufficientData {
            return Some(say!(language, "night-share-too-few", fewest = FEWEST_EPISODES));
        }
        let (low, high) = POPULATION_SHARE_CI95;
        let survey = || {
            say!(
                language,
                "night-share-survey",
                percent = language.percent(self.population_share),
                low = language.percent(low),
                high = language.percent(high),
            )
        };
        // That a high share is common says nothing of a low one.
        (share >= 0.5).then(survey)
    }

    /// That all came late and broke sleep, when it holds of enough.
    #[must_use]
    pub fn always_statement(&self, language: Language) -> Option<String> {
        let late = &self.evening_or_night_and_interrupted_sleep;
        // Where all of a bout are alike, it counts once.
        let bouts = late.effective_n.unwrap_or_default();
        let enough = late.of_known >= FEWEST_EPISODES && bouts >= f64::from(FEWEST_BOUTS);
        let ci95 = late.ci95.filter(|_| late.always && enough)?;
        let low = language.percent(ci95.low);
        Some(say!(language, "late-and-interrupted-always", known = late.of_known, low = low))
    }

    /// How many began while walking or exercising, when they are more than a few.
    #[must_use]
    pub fn moving_statement(&self, language: Language) -> Option<String> {
        let (moving, known) = (self.while_walking_or_exercising, self.in_bed.known());
        (moving >= FEWEST_ON_THE_MOVE).then(|| say!(language, "on-the-move", episodes = moving, known = known))
    }

    /// The share and the nights a week among the entries made within 24 hours, where others are there as well.
    pub fn sensitivity_statements(&self, language: Language) -> impl Iterator<Item = String> {
        let soon = &self.written_within_24_hours;
        let tells = self.verdict != Verdict::InsufficientData
            && soon.episodes < self.episodes
            && soon.episodes >= FEWEST_EPISODES;
        let statements = [soon.say(language), soon.night_rate.say_soon(language)];
        statements.into_iter().flatten().filter(move |_| tells)
    }

    /// How many of those at night broke sleep, as far as it is known.
    #[must_use]
    pub fn sleep_statement(&self, language: Language) -> Option<String> {
        let sleep = &self.interrupted_sleep_at_night;
        let (share, ci95) = sleep.share.zip(sleep.ci95)?;
        if sleep.known() < FEWEST_EPISODES {
            return Some(say!(language, "interrupted-sleep-count", yes = sleep.yes, known = sleep.known()));
        }
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

impl LateAndInterrupted {
    fn of(told: &Told) -> Self {
        let YesNoUnknown { yes, no, share, effective_n, ci95, .. } = YesNoUnknown::of(told);
        Self { yes, of_known: yes + no, share, effective_n, ci95, always: yes > 0 && no == 0 }
    }
}

impl WrittenSoon {
    fn of(record: &Record, bouts: &Bouts) -> Self {
        let found = bouts.ask(Question::AT_NIGHT_WRITTEN_SOON).share();
        Self {
            episodes: found.as_ref().map_or(0, |found| found.all),
            night: found.as_ref().map_or(0, |found| found.yes),
            bout_days: found.as_ref().map_or(0, |found| found.bouts),
            night_share: found.as_ref().map(|found| six_decimals(found.share)),
            night_share_ci95: found.as_ref().map(|found| found.ci95.rounded()),
            night_rate: NightRate::of(record.nights(Some(record.period), InNight::CRAMP_WRITTEN_SOON)),
        }
    }

    fn say(&self, language: Language) -> Option<String> {
        let (share, ci95) = self.night_share.zip(self.night_share_ci95)?;
        Some(say!(
            language,
            "night-share-soon",
            night = self.night,
            episodes = self.episodes,
            percent = language.percent(share),
            low = language.percent(ci95.low),
            high = language.percent(ci95.high),
        ))
    }
}

/// What cramps in bouts come to, beside the share of the clock that is night.
#[must_use]
pub fn verdict(found: Option<&Clustered>, clock_share: f64) -> Verdict {
    let Some(found) = found.filter(|found| found.all >= FEWEST_EPISODES && found.bouts >= FEWEST_BOUTS) else {
        return Verdict::InsufficientData;
    };
    let is_rare = found.at_least_under(clock_share).is_some_and(|p| p <= LEVEL);
    if found.ci95.low > clock_share && found.share >= 0.5 && is_rare {
        Verdict::MostlyAtNight
    } else if found.ci95.high < clock_share {
        Verdict::RarelyAtNight
    } else {
        Verdict::Mixed
    }
}
