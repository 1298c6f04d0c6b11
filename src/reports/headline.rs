//! The figures to see first, each as a figure and what it lies between: for the page, the report and the list of patients
//! alike, so that none of them says less than it knows, or more.

use super::findings::Findings;
use crate::{
    analytics::{
        before_after::BeforeAfter,
        comparison::Direction,
        figures::{FEWEST_EPISODES, NightRate, Rate, Reason, Spread, YesNoUnknown},
        night_share::{NightShare, Verdict},
        soreness::SorenessCourse,
        statistics::Interval,
    },
    diary::treatments::model::Treatment,
    foundation::language::Language,
    say,
};

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is of.
    pub name: String,
    /// It, in few characters.
    pub value: String,
    /// Between what and what it lies, or what it is of.
    pub range: Option<String>,
}

/// What stands for nothing.
const NOTHING: &str = "–";

impl Figure {
    fn new(language: Language, name: &str, (value, range): (String, Option<String>)) -> Self {
        Self { name: say!(language, name), value, range }
    }
}

/// How often, at night, sleep, how bad, how long sore, and since the latest treatment.
#[must_use]
pub fn figures(findings: &Findings) -> Vec<Figure> {
    let (language, night) = (findings.language, &findings.night_share);
    let often = if night.episodes < FEWEST_EPISODES { "figure-cramps" } else { "figure-nights" };
    vec![
        Figure::new(language, often, nights(night, language)),
        Figure::new(language, "figure-at-night", at_night(night, language)),
        Figure::new(language, "figure-sleep", sleep(&night.interrupted_sleep, language)),
        Figure::new(language, "figure-intensity", median(&findings.summary.intensity, language)),
        Figure::new(language, "figure-sore", sore(&findings.soreness, language)),
        since(findings.treatments.first(), language),
    ]
}

/// How many of the days have an entry.
#[must_use]
pub fn coverage(findings: &Findings) -> String {
    let (language, coverage) = (findings.language, &findings.summary.coverage);
    coverage.share.map_or_else(
        || say!(language, "none"),
        |share| {
            let percent = language.percent(share);
            say!(language, "count-of", count = coverage.covered, of = coverage.days, percent = percent)
        },
    )
}

/// Nights with cramps a week. Of a few cramps there are only these to tell.
#[must_use]
pub fn nights(night: &NightShare, language: Language) -> (String, Option<String>) {
    if (1..FEWEST_EPISODES).contains(&night.episodes) {
        return (say!(language, "headline-cramps", episodes = night.episodes), None);
    }
    let decimal = |number: f64| language.decimal(number, 1);
    let NightRate { per_week, ci95, at_least_per_week, .. } = night.night_rate;
    if let Some((low, high)) = night.night_rate.range() {
        let few = say!(language, "figure-few-nights");
        return (format!("{}–{}", decimal(low), decimal(high)), Some(few));
    }
    match (per_week, ci95, at_least_per_week) {
        (Some(rate), Some(ci95), _) => (decimal(rate), Some(interval(ci95, decimal))),
        (_, _, Some(least)) if least > 0.0 => (say!(language, "figure-at-least", number = decimal(least)), None),
        _ => (NOTHING.to_owned(), None),
    }
}

/// How many cramps came at night, of how many.
#[must_use]
pub fn at_night(night: &NightShare, language: Language) -> (String, Option<String>) {
    let enough = night.verdict != Verdict::InsufficientData;
    of_all(night.night, night.episodes, night.night_share.zip(night.night_share_ci95).filter(|_| enough), language)
}

/// How many of the cramps broke sleep, of those of which it is known.
#[must_use]
pub fn sleep(broken: &YesNoUnknown, language: Language) -> (String, Option<String>) {
    let enough = broken.known() >= FEWEST_EPISODES;
    of_all(broken.yes, broken.known(), broken.share.zip(broken.ci95).filter(|_| enough), language)
}

fn of_all(count: u32, of: u32, share: Option<(f64, Interval)>, language: Language) -> (String, Option<String>) {
    match share {
        Some((share, ci95)) => (
            format!("{}\u{a0}%", language.percent(share)),
            Some(say!(
                language,
                "figure-of",
                count = count,
                of = of,
                low = language.percent(ci95.low),
                high = format!("{}\u{a0}%", language.percent(ci95.high)),
            )),
        ),
        None if of > 0 => (say!(language, "headline-count", count = count, of = of), None),
        None => (NOTHING.to_owned(), None),
    }
}

fn median(values: &Spread, language: Language) -> (String, Option<String>) {
    let write = |value: f64| language.rounded(value);
    let enough = values.known >= FEWEST_EPISODES;
    let middle = values.q1.zip(values.q3).filter(|_| enough).map(|(low, high)| {
        say!(language, "figure-middle-half", low = write(low), high = write(high), known = values.known)
    });
    (values.median.map_or_else(|| NOTHING.to_owned(), write), middle)
}

fn sore(course: &SorenessCourse, language: Language) -> (String, Option<String>) {
    if course.insufficient_data {
        return (NOTHING.to_owned(), None);
    }
    match (course.median_days, course.median_reason) {
        (Some(day), _) => {
            let between = course.median_days_ci95.as_ref().and_then(|ci95| ci95.low.zip(ci95.high));
            let range = between.map(|(low, high)| say!(language, "figure-days", low = low, high = high));
            (say!(language, "figure-day", day = day), range)
        }
        (None, Some(Reason::NotReached)) => (say!(language, "figure-longer"), None),
        (None, _) => (NOTHING.to_owned(), None),
    }
}

fn since(latest: Option<&(Treatment, BeforeAfter)>, language: Language) -> Figure {
    let Some((treatment, answer)) = latest else {
        return Figure::new(language, "figure-treatment", (say!(language, "figure-no-treatment"), None));
    };
    let name = in_few(treatment.course.name.as_str());
    let name = say!(language, "figure-rate-since", name = name);
    let rate = |rate: &Rate| rate.per_week.map_or_else(|| NOTHING.to_owned(), |rate| language.decimal(rate, 1));
    let (before, after) = (rate(&answer.before.per_week), rate(&answer.after.per_week));
    let value = say!(language, "figure-before-after", before = before, after = after);
    let ratio = answer.comparison.bare_ratio(language);
    let range = match answer.comparison.verdict {
        Direction::InsufficientData => say!(language, "short-unknown"),
        Direction::Fewer => say!(language, "short-fewer", ratio = ratio),
        Direction::More => say!(language, "short-more", ratio = ratio),
        Direction::NoClearChange => say!(language, "short-unclear", ratio = ratio),
    };
    Figure { name, value, range: Some(range) }
}

/// A name as far as there is room for it in a column.
fn in_few(name: &str) -> String {
    const LONGEST: usize = 24;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    format!("{}…", name.chars().take(LONGEST - 1).collect::<String>().trim_end())
}

fn interval(interval: Interval, write: impl Fn(f64) -> String) -> String {
    format!("{}–{}", write(interval.low), write(interval.high))
}
