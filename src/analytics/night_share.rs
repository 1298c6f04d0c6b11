//! What share of the cramps begins at night, and how sure that is.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    period::Period,
    statistics::{Interval, binomial_at_least, share, six_decimals, six_digits, wilson_95},
};
use crate::{
    covered_days::model::DayCounts,
    local_clock::{DayParts, LocalTime},
    precondition::Revision,
    vocabulary,
};

/// Name and version of the method; the version rises when a number would come out differently.
const METHOD: &str = "night-share@1";
/// Fewer cramps than these support no statement.
const FEWEST_EPISODES: u32 = 5;
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

/// A question that is answered yes, no or not at all.
#[derive(Debug, Serialize)]
pub struct YesNoUnknown {
    yes: u32,
    no: u32,
    unknown: u32,
    share: Option<f64>,
    ci95: Option<Interval>,
}

impl YesNoUnknown {
    fn of(yes: u32, no: u32, all: u32) -> Self {
        let known = yes + no;
        Self {
            yes,
            no,
            unknown: all.saturating_sub(known),
            share: share(yes, known).map(six_decimals),
            ci95: wilson_95(yes, known).map(Interval::rounded),
        }
    }
}

/// Evening or night, and sleep broke: the pattern that a conversation about veins begins with.
#[derive(Debug, Serialize)]
pub struct LateAndInterrupted {
    yes: u32,
    of_known: u32,
    share: Option<f64>,
    always: bool,
}

/// How much of the period is recorded.
#[derive(Debug, Serialize)]
pub struct Coverage {
    days: u32,
    covered: u32,
    share: Option<f64>,
}

/// The answer. Shares are null where the denominator is 0.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub struct NightShare {
    from: NaiveDate,
    to: NaiveDate,
    revision: Revision,
    method: &'static str,
    night_start: LocalTime,
    night_end: LocalTime,
    episodes: u32,
    night: u32,
    evening: u32,
    day: u32,
    night_share: Option<f64>,
    night_share_ci95: Option<Interval>,
    clock_share: f64,
    p_value_vs_clock: Option<f64>,
    population_share: f64,
    cramp_days: u32,
    cramp_nights: u32,
    interrupted_sleep: YesNoUnknown,
    in_bed: YesNoUnknown,
    evening_or_night_and_interrupted_sleep: LateAndInterrupted,
    while_walking_or_exercising: u32,
    coverage: Coverage,
    verdict: Verdict,
    statements: Vec<String>,
}

/// What the diary knows about a period.
#[derive(Debug)]
pub struct Known<'a> {
    /// The period.
    pub period: Period,
    /// The diary's revision.
    pub revision: Revision,
    /// How its days divide.
    pub parts: DayParts,
    /// Its covered days in the period, by date.
    pub days: &'a [(NaiveDate, DayCounts)],
    /// Its first covered day at all.
    pub first_day: Option<NaiveDate>,
    /// Today in its zone.
    pub today: NaiveDate,
}

impl NightShare {
    /// Works the answer out.
    #[must_use]
    pub fn of(known: &Known) -> Self {
        let sum = known.days.iter().fold(DayCounts::default(), |sum, (_, counts)| sum.plus(*counts));
        let count = |number: i32| u32::try_from(number).unwrap_or_default();
        let episodes = count(sum.episodes);
        let night = count(sum.night_begun_this_date + sum.night_begun_the_date_before);
        let evening = count(sum.evening);
        let clock_share = f64::from(known.parts.night().minutes()) / (24.0 * 60.0);
        let ci95 = wilson_95(night, episodes);
        let interrupted_sleep =
            YesNoUnknown::of(count(sum.sleep_interrupted), count(sum.sleep_not_interrupted), episodes);
        let of_known = interrupted_sleep.yes + interrupted_sleep.no;
        let late = count(sum.late_and_sleep_interrupted);
        let mut answer = Self {
            from: known.period.from,
            to: known.period.to,
            revision: known.revision,
            method: METHOD,
            night_start: known.parts.night_start(),
            night_end: known.parts.night_end(),
            episodes,
            night,
            evening,
            day: episodes.saturating_sub(night + evening),
            night_share: share(night, episodes).map(six_decimals),
            night_share_ci95: ci95.map(Interval::rounded),
            clock_share: six_decimals(clock_share),
            p_value_vs_clock: binomial_at_least(night, episodes, clock_share).map(six_digits),
            population_share: POPULATION_SHARE,
            cramp_days: u32::try_from(known.days.iter().filter(|(_, day)| day.episodes > 0).count())
                .unwrap_or(u32::MAX),
            cramp_nights: cramp_nights(known.days),
            interrupted_sleep,
            in_bed: YesNoUnknown::of(count(sum.in_bed), count(sum.not_in_bed), episodes),
            evening_or_night_and_interrupted_sleep: LateAndInterrupted {
                yes: late,
                of_known,
                share: share(late, of_known).map(six_decimals),
                always: of_known > 0 && late == of_known,
            },
            while_walking_or_exercising: count(sum.on_the_move),
            coverage: coverage(known),
            verdict: verdict(night, episodes, ci95, clock_share),
            statements: Vec::new(),
        };
        answer.statements = answer.say();
        answer
    }

    /// Short plain sentences that a person can read out, made of the same numbers.
    fn say(&self) -> Vec<String> {
        let mut statements = Vec::new();
        let Some((night_share, ci95)) = self.night_share.zip(self.night_share_ci95) else {
            statements.push(format!("No cramps are logged from {} to {}.", self.from, self.to));
            statements.extend(self.say_coverage());
            return statements;
        };
        statements.push(format!(
            "{} of {} ({} %, 95 % CI {}–{} %) began between {} and {}.",
            self.night,
            cramps(self.episodes),
            percent(night_share),
            percent(ci95.low),
            percent(ci95.high),
            self.night_start,
            self.night_end,
        ));
        if self.verdict == Verdict::InsufficientData {
            statements
                .push(format!("Fewer than {FEWEST_EPISODES} cramps: not enough data to say when they mostly come."));
        } else {
            statements.push(format!(
                "If cramps came at any hour alike, {} % would fall in these hours.",
                percent(self.clock_share)
            ));
            statements.push(format!(
                "In a survey, {} % of people with cramps at rest usually had them at night, so a high night share is common.",
                percent(self.population_share)
            ));
        }
        let sleep = &self.interrupted_sleep;
        if let Some((share, ci95)) = sleep.share.zip(sleep.ci95) {
            statements.push(format!(
                "Sleep was interrupted by {} of {} for which it is known ({} %, 95 % CI {}–{} %).",
                sleep.yes,
                cramps(sleep.yes + sleep.no),
                percent(share),
                percent(ci95.low),
                percent(ci95.high),
            ));
        }
        if self.evening_or_night_and_interrupted_sleep.always {
            statements.push("Each of these came in the evening or at night and interrupted sleep.".to_owned());
        }
        if self.while_walking_or_exercising > 0 {
            let moving = self.while_walking_or_exercising;
            statements.push(format!("{} began while walking or exercising.", cramps(moving)));
        }
        statements.extend(self.say_coverage());
        statements.push(
            "This describes what was logged and supports a conversation with your clinician; it is not a diagnosis."
                .to_owned(),
        );
        statements
    }

    fn say_coverage(&self) -> Option<String> {
        let Coverage { days, covered, share } = &self.coverage;
        share.map(|share| {
            format!("{covered} of {days} days ({} %) have an entry; nothing is known of the others.", percent(share))
        })
    }
}

fn cramps(count: u32) -> String {
    if count == 1 { "1 cramp".to_owned() } else { format!("{count} cramps") }
}

fn percent(share: f64) -> String {
    // Half a per cent counts up, as people round; formatting alone would round half to even.
    format!("{:.0}", (share * 100.0 + 1e-9).round())
}

/// A night runs over two dates: its cramps of the evening side are counted on the one, those after midnight on the next.
fn cramp_nights(days: &[(NaiveDate, DayCounts)]) -> u32 {
    let mut nights = 0;
    let mut last_night = None;
    for (date, counts) in days {
        let night_before = date.pred_opt().filter(|_| counts.night_begun_the_date_before > 0);
        let night_begun = Some(*date).filter(|_| counts.night_begun_this_date > 0);
        for night in night_before.into_iter().chain(night_begun) {
            if last_night != Some(night) {
                nights += 1;
                last_night = Some(night);
            }
        }
    }
    nights
}

fn coverage(known: &Known) -> Coverage {
    let days = known.first_day.map_or(0, |first| {
        let (from, to) = (known.period.from.max(first), known.period.to.min(known.today));
        u32::try_from((to - from).num_days() + 1).unwrap_or_default()
    });
    let covered = known.days.iter().filter(|(date, _)| *date <= known.today).count();
    let covered = u32::try_from(covered).unwrap_or(u32::MAX);
    Coverage { days, covered, share: share(covered, days).map(six_decimals) }
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
