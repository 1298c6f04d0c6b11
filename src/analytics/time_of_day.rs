//! At what time of day cramps begin.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    figures::{FEWEST_BOUTS, FEWEST_EPISODES, Reason},
    night_share::no_cramps,
    record::{Coverage, Record, Tallies},
    statistics::{Concentration, circular_mean, concentration_of, mean_half_width_95, six_decimals, six_digits},
};
use crate::{
    foundation::{
        language::Language,
        local_clock::{DayParts, LocalClock, LocalTime},
        precondition::Revision,
    },
    say, vocabulary,
};

/// Name and version of the method.
pub const METHOD: &str = "time-of-day@2";
/// Times are taken for concentrated when chance alone would bring so much concentration more rarely than this.
const LEVEL: f64 = 0.05;
const MINUTES_PER_DAY: f64 = 1440.0;

vocabulary! {
    /// What the times come to.
    pub enum Clustering {
        /// Too few cramps to say.
        InsufficientData = "insufficient_data",
        /// They lie closer together than chance would bring them.
        Concentrated = "concentrated",
        /// They may as well come at any time. Two peaks opposite each other look like that, too.
        NoClearPeak = "no_clear_peak",
    }
}

/// The answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct TimeOfDay {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub night_start: LocalTime,
    pub night_end: LocalTime,
    pub episodes: u32,
    pub bout_days: u32,
    pub hours: Vec<Hour>,
    pub mean_time: Option<LocalTime>,
    pub mean_minute: Option<f64>,
    pub mean_ci95_minutes: Option<f64>,
    pub mean_reason: Option<Reason>,
    pub resultant_length: Option<f64>,
    pub rayleigh_z: Option<f64>,
    pub rayleigh_p: Option<f64>,
    pub reason: Option<Reason>,
    pub coverage: Coverage,
    pub verdict: Clustering,
    pub statements: Vec<String>,
    /// The bouts of which all figures but `hours` are: those whose onsets do not cancel each other out.
    #[serde(skip)]
    pub bouts_with_mean: u32,
}

/// How many began within an hour of the day.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Hour {
    pub hour: u32,
    pub episodes: u32,
}

impl TimeOfDay {
    /// Works the answer out.
    #[must_use]
    pub fn of(record: &Record, tallies: &Tallies, language: Language) -> Self {
        let minutes = tallies.sum().minutes;
        let episodes = minutes.total();
        let bouts = onsets_of_bouts(tallies, record.parts);
        let bout_days = u32::try_from(bouts.len()).unwrap_or(u32::MAX);
        let onsets: Vec<_> = bouts.iter().filter_map(|minutes| circular_mean(minutes)).collect();
        let bouts_with_mean = u32::try_from(onsets.len()).unwrap_or(u32::MAX);
        let found = concentration_of(&onsets);
        let no_mean = if episodes == 0 { Reason::NoEpisodes } else { Reason::NoDirection };
        let mut hours: Vec<_> = (0..24).map(|hour| Hour { hour, episodes: 0 }).collect();
        for (minute, count) in minutes.iter() {
            if let Some(hour) = hours.get_mut((minute / 60) as usize) {
                hour.episodes += count;
            }
        }
        let is_enough = episodes >= FEWEST_EPISODES && bouts_with_mean >= FEWEST_BOUTS;
        let verdict = match found {
            Some(found) if is_enough && found.rayleigh_p < LEVEL => Clustering::Concentrated,
            Some(_) if is_enough => Clustering::NoClearPeak,
            _ => Clustering::InsufficientData,
        };
        let mean = found.and_then(|found| found.mean_minute);
        let mut answer = Self {
            from: record.period.from,
            to: record.period.to,
            revision: record.revision,
            method: METHOD,
            night_start: record.parts.night_start(),
            night_end: record.parts.night_end(),
            episodes,
            bout_days,
            hours,
            mean_time: mean.and_then(nearest),
            // Just before midnight may round to it.
            mean_minute: mean.map(|minute| six_decimals(minute) % MINUTES_PER_DAY),
            mean_ci95_minutes: mean_half_width_95(&onsets).map(six_decimals),
            mean_reason: mean.is_none().then_some(no_mean),
            resultant_length: found.map(|found| six_decimals(found.resultant_length)),
            rayleigh_z: found.map(|found| six_digits(found.rayleigh_z)),
            rayleigh_p: found.map(|found: Concentration| six_digits(found.rayleigh_p)),
            reason: found.is_none().then_some(no_mean),
            coverage: record.coverage(record.period),
            verdict,
            statements: Vec::new(),
            bouts_with_mean,
        };
        answer.statements = answer.say(language);
        answer
    }

    fn say(&self, language: Language) -> Vec<String> {
        let mut statements = vec![self.main_statement(language)];
        statements.extend(self.coverage.say(language));
        statements
    }

    /// Whether cramps keep to a time of day.
    #[must_use]
    pub fn main_statement(&self, language: Language) -> String {
        let around = self.mean_ci95_minutes.map(|minutes| language.decimal(minutes / 60.0, 1));
        let bouts = self.bouts_with_mean;
        match (self.verdict, self.mean_time, around) {
            (Clustering::InsufficientData, ..) => self.say_what_is_missing(language),
            (Clustering::Concentrated, Some(time), None) => {
                say!(language, "time-concentrated-roughly", time = time.to_string(), bouts = bouts)
            }
            (Clustering::Concentrated, Some(time), Some(hours)) => {
                say!(language, "time-concentrated", time = time.to_string(), bouts = bouts, hours = hours,)
            }
            _ => say!(language, "time-no-peak", bouts = bouts),
        }
    }

    /// Of what there is too little: of cramps, of bouts, or of bouts around one time.
    fn say_what_is_missing(&self, language: Language) -> String {
        let Self { episodes, bout_days, bouts_with_mean, .. } = *self;
        match (episodes, bout_days) {
            (0, _) => no_cramps(language, self.from, self.to),
            (..FEWEST_EPISODES, _) => say!(language, "too-few", fewest = FEWEST_EPISODES),
            (_, ..FEWEST_BOUTS) => {
                say!(language, "time-too-few-bouts", episodes = episodes, bouts = bout_days, fewest = FEWEST_BOUTS)
            }
            _ => say!(
                language,
                "time-too-few-with-mean",
                bouts = bout_days,
                with = bouts_with_mean,
                fewest = FEWEST_BOUTS,
            ),
        }
    }
}

/// The onsets of each bout, in minutes after midnight: those of a date, but for those of the night that began on the date
/// before, which belong to that one.
fn onsets_of_bouts(tallies: &Tallies, parts: DayParts) -> Vec<Vec<f64>> {
    let mut bouts: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
    for (date, tally) in &tallies.0 {
        for (minute, times) in tally.minutes.iter() {
            let clock = u16::try_from(minute)
                .ok()
                .and_then(LocalTime::from_minute)
                .map(|time| LocalClock { date: *date, time });
            let bout = clock.and_then(|clock| parts.night_of(clock)).unwrap_or(*date);
            let onsets = bouts.entry(bout).or_default();
            onsets.extend((0..times).map(|_| f64::from(minute)));
        }
    }
    bouts.into_values().collect()
}

fn nearest(minute: f64) -> Option<LocalTime> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1440")]
    LocalTime::from_minute(minute.round() as u16 % 1440)
}
