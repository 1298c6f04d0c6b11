//! The findings in words and drawings: what stands where on the sheet.

use super::{
    charts::{self, Lane},
    findings::Findings,
    log,
    sheet::{Card, Column, Sheet, Table, Width},
};
use crate::{
    analytics::{
        before_after::{self, BeforeAfter},
        figures::{FEWEST_EPISODES, Rate, Spread},
        night_share::{self, NightShare, Verdict},
        soreness,
        summary::{self, say_rate},
        time_of_day,
        trend::{self, Bucket},
    },
    diary::treatments::model::Treatment,
    foundation::language::Language,
    say,
};

/// Names stand on one line of a chart.
const LONGEST_NAME: usize = 48;
/// So many rows of a small table have room on the page.
const MOST_ROWS: usize = 4;

/// Puts findings on a sheet.
#[must_use]
pub fn sheet(findings: &Findings) -> Sheet {
    let language = findings.language;
    let say = |id: &str| say!(language, id);
    let listed = u32::try_from(findings.log.len()).unwrap_or(u32::MAX);
    let left_out = findings.summary.episodes.saturating_sub(listed);
    let mut sheet = Sheet {
        language,
        title: say("report-title"),
        name: findings.diary.display_name.as_ref().map(|name| name.as_str().to_owned()),
        facts: facts(findings),
        flags: flags(findings),
        flags_title: say("report-flags"),
        cards: cards(findings),
        notes: notes(findings),
        numbers_title: say("report-numbers"),
        log_title: say("log-title"),
        log_note: (left_out > 0).then(|| say!(language, "log-left-out", listed = listed, left_out = left_out)),
        log: log::table(&findings.log, findings.diary.day_parts, language),
        page_of: say!(language, "report-page-of", page = "{page}", pages = "{pages}"),
    };
    let Sheet { facts, flags, cards, .. } = &mut sheet;
    cards.iter_mut().flat_map(texts).chain(flags).chain(facts.iter_mut().map(|(_, text)| text)).for_each(bind);
    sheet
}

/// The answers that have a chart.
#[must_use]
pub fn charts(findings: &Findings) -> Vec<Card> {
    let mut charts: Vec<_> = cards(findings).into_iter().filter(|card| card.drawing.is_some()).collect();
    charts.iter_mut().flat_map(texts).for_each(bind);
    charts
}

fn texts(card: &mut Card) -> impl Iterator<Item = &mut String> {
    card.headline.iter_mut().chain(&mut card.lines)
}

/// Keeps a number and its per cent sign on one line.
fn bind(text: &mut String) {
    *text = text.replace(" %", "\u{a0}%");
}

/// Of a period without cramps there is only that to say.
fn cards(findings: &Findings) -> Vec<Card> {
    let answers: &[fn(&Findings) -> Card] = if findings.summary.episodes == 0 {
        &[over_time, treatments]
    } else {
        &[over_time, at_night, time_of_day, soreness_after, severity, places, helped, treatments]
    };
    answers.iter().map(|answer| answer(findings)).collect()
}

fn facts(findings: &Findings) -> Vec<(String, String)> {
    let language = findings.language;
    let (parts, coverage) = (findings.diary.day_parts, &findings.summary.coverage);
    let fact = |id: &str, text: String| (say!(language, id), text);
    vec![
        fact(
            "fact-period",
            say!(
                language,
                "from-to",
                from = language.short_date(findings.period.from),
                to = language.short_date(findings.period.to),
            ),
        ),
        fact(
            "fact-coverage",
            coverage.share.map_or_else(
                || say!(language, "none"),
                |share| {
                    say!(
                        language,
                        "count-of",
                        count = coverage.covered,
                        of = coverage.days,
                        percent = language.percent(share),
                    )
                },
            ),
        ),
        fact(
            "fact-night",
            format!("{}–{}, {}", parts.night_start(), parts.night_end(), findings.diary.time_zone.name()),
        ),
        fact(
            "fact-as-of",
            say!(
                language,
                "as-of",
                date = language.short_date(findings.today),
                revision = findings.summary.revision.0.to_string(),
            ),
        ),
    ]
}

/// Neutral lines about what a clinician may want to ask about first. They say what is logged and nothing more.
fn flags(findings: &Findings) -> Vec<String> {
    let language = findings.language;
    let (long, legs) = (&findings.summary.over_10_minutes.counts, findings.summary.sites.in_both_legs_at_once);
    let (moving, known) = (findings.night_share.while_walking_or_exercising, findings.night_share.in_bed.known());
    let over_10 = (long.yes > 0).then(|| say!(language, "flag-over-10-minutes", long = long.yes, known = long.known()));
    let moving = (moving > 0 && moving == known).then(|| say!(language, "flag-only-moving", known = known));
    let legs = (legs > 0).then(|| say!(language, "flag-both-legs", legs = legs, known = findings.summary.sites.known));
    over_10.into_iter().chain(moving).chain(legs).collect()
}

fn card(title: String, width: Width) -> Card {
    Card { title, width, headline: None, lines: Vec::new(), drawing: None, table: None, numbers: None }
}

fn column(language: Language, id: &str, share: u16, numeric: bool) -> Column {
    Column { name: say!(language, id), numeric, share }
}

fn over_time(findings: &Findings) -> Card {
    let language = findings.language;
    let (summary, trend) = (&findings.summary, &findings.trend);
    let title = say!(language, if trend.bucket == Bucket::Month { "card-per-month" } else { "card-per-week" });
    let mut card = card(title, Width::Full);
    if summary.episodes == 0 {
        card.lines.push(night_share::no_cramps(language, summary.from, summary.to));
        return card;
    }
    if summary.insufficient_data {
        card.headline = Some(say!(language, "headline-cramps", episodes = summary.episodes));
        card.lines.push(say!(language, "too-few", fewest = FEWEST_EPISODES));
    } else {
        let (rate, headline) = if summary.lacks_cramp_free_days() {
            (summary.at_least_per_week, "headline-at-least")
        } else {
            (summary.per_week.per_week, "headline-per-week")
        };
        card.headline = rate.map(|rate| say!(language, headline, per_week = language.decimal(rate, 1)));
        card.lines.extend(say_rate(&summary.per_week, language));
        card.lines.extend(summary.say_at_least(language));
        card.lines.extend(summary.change.say(language));
        card.lines.push(trend.halves.say(language));
    }
    let lanes: Vec<_> = findings
        .treatments
        .iter()
        .map(|(treatment, _)| Lane {
            name: shortened(treatment.course.name.as_str()),
            from: treatment.course.started_on,
            to: treatment.course.ended_on,
        })
        .collect();
    let description = trend.statements.join(" ");
    let chart = say!(language, "chart-weeks");
    card.drawing = Some(charts::weeks(trend, &lanes, language, Width::Full.points(), chart, description));
    card.numbers = Some(Table {
        caption: say!(language, "in-numbers", what = card.title.as_str()),
        columns: vec![
            column(language, "column-from", 3, false),
            column(language, "column-to", 3, false),
            column(language, "column-cramps", 2, true),
            column(language, "column-at-night", 2, true),
            column(language, "column-covered", 3, true),
        ],
        rows: trend
            .items
            .iter()
            .map(|item| {
                vec![
                    item.from.to_string(),
                    item.to.to_string(),
                    item.episodes.to_string(),
                    item.night.to_string(),
                    format!("{} / {}", item.coverage.covered, item.coverage.days),
                ]
            })
            .collect(),
    });
    card
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        name.to_owned()
    } else {
        format!("{}…", name.chars().take(LONGEST_NAME - 1).collect::<String>())
    }
}

fn at_night(findings: &Findings) -> Card {
    let (language, share) = (findings.language, &findings.night_share);
    let mut card = card(say!(language, "card-night"), Width::Half);
    card.headline = share.night_share.map(|part| {
        if share.verdict == Verdict::InsufficientData {
            say!(language, "headline-count", count = share.night, of = share.episodes)
        } else {
            say!(language, "count-of", count = share.night, of = share.episodes, percent = language.percent(part),)
        }
    });
    card.lines = share.main_statement(language).into_iter().collect();
    card.lines.extend(share.caution_statement(language));
    card.lines.extend(share.sleep_statement(language));
    card.lines.extend(share.pattern_statements(language));
    card.lines.extend(in_bed(share, language));
    card.drawing = share.night_share.zip(share.night_share_ci95).map(|estimate| {
        let beside = [
            (share.clock_share, say!(language, "chart-clock-share", percent = language.percent(share.clock_share))),
            (
                share.population_share,
                say!(language, "chart-survey", percent = language.percent(share.population_share)),
            ),
        ];
        let description = share.main_statement(language).unwrap_or_default();
        charts::interval(Some(estimate), &beside, Width::Half.points(), say!(language, "chart-night"), description)
    });
    card
}

fn time_of_day(findings: &Findings) -> Card {
    let (language, answer) = (findings.language, &findings.time_of_day);
    let mut card = card(say!(language, "card-time-of-day"), Width::Half);
    card.lines.push(answer.main_statement(language));
    if answer.episodes > 0 {
        let description = answer.main_statement(language);
        card.drawing = Some(charts::clock(answer, Width::Half.points(), say!(language, "chart-clock"), description));
        card.numbers = Some(Table {
            caption: say!(language, "in-numbers", what = card.title.as_str()),
            columns: vec![column(language, "column-hour", 2, false), column(language, "column-cramps", 1, true)],
            rows: answer
                .hours
                .iter()
                .map(|hour| vec![format!("{:02}:00–{:02}:59", hour.hour, hour.hour), hour.episodes.to_string()])
                .collect(),
        });
    }
    card
}

/// Where they were when it began, and whether it came late and broke sleep, as far as it is known.
fn in_bed(share: &NightShare, language: Language) -> impl Iterator<Item = String> {
    let late = &share.evening_or_night_and_interrupted_sleep;
    let in_bed = share.in_bed.share.map(|part| {
        say!(
            language,
            "sleep-in-bed",
            yes = share.in_bed.yes,
            known = share.in_bed.known(),
            percent = language.percent(part),
        )
    });
    let late = late.share.map(|part| {
        say!(language, "sleep-late", yes = late.yes, known = late.of_known, percent = language.percent(part))
    });
    in_bed.into_iter().chain(late)
}

fn severity(findings: &Findings) -> Card {
    let (language, summary) = (findings.language, &findings.summary);
    let mut card = card(say!(language, "card-severity"), Width::Half);
    let rating = |value: f64| language.rounded(value);
    let rows = [
        spread("row-intensity", &summary.intensity, language, rating),
        spread("row-duration", &summary.duration_seconds, language, |value| language.duration(value)),
        spread("row-sleep-disturbance", &summary.sleep_disturbance, language, rating),
        spread("row-soreness-peak", &findings.soreness.peak_level, language, rating),
    ];
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    if rows.is_empty() {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    }
    card.table = Some(Table {
        caption: card.title.clone(),
        columns: vec![
            column(language, "column-what", 7, false),
            column(language, "column-known", 3, true),
            column(language, "column-median", 3, true),
            column(language, "column-middle-half", 4, true),
            column(language, "column-most", 3, true),
        ],
        rows,
    });
    let soon = &summary.entry_within_24_hours.counts;
    card.lines.extend(soon.share.map(|share| {
        say!(language, "entry-delay", yes = soon.yes, known = soon.known(), percent = language.percent(share))
    }));
    card
}

/// A row about values; none when nothing is known of them.
fn spread(id: &str, values: &Spread, language: Language, write: impl Fn(f64) -> String) -> Option<Vec<String>> {
    let (q1, q3) = (write(values.q1?), write(values.q3?));
    let middle = if q1 == q3 { q1 } else { format!("{q1} – {q3}") };
    Some(vec![say!(language, id), values.known.to_string(), write(values.median?), middle, write(values.max?)])
}

fn soreness_after(findings: &Findings) -> Card {
    let (language, answer) = (findings.language, &findings.soreness);
    let mut card = card(say!(language, "card-soreness"), Width::Half);
    card.lines = answer.say(language);
    if !answer.survival.is_empty() {
        let day = say!(language, "day");
        let description = card.lines.join(" ");
        let chart = say!(language, "chart-soreness");
        card.drawing = Some(charts::course(answer, Width::Half.points(), &day, chart, description));
        card.numbers = Some(Table {
            caption: say!(language, "in-numbers", what = card.title.as_str()),
            columns: vec![
                column(language, "column-day", 1, false),
                column(language, "column-at-risk", 2, true),
                column(language, "column-resolved", 2, true),
                column(language, "column-censored", 2, true),
                column(language, "column-still-sore", 3, true),
            ],
            rows: answer
                .survival
                .iter()
                .map(|step| {
                    let interval = step.ci95.map_or_else(String::new, |ci95| {
                        format!(" ({}–{})", language.percent(ci95.low), language.percent(ci95.high))
                    });
                    vec![
                        step.day.to_string(),
                        step.at_risk.to_string(),
                        step.resolved.to_string(),
                        step.censored.to_string(),
                        format!("{} %{interval}", language.percent(step.still_sore)),
                    ]
                })
                .collect(),
        });
    }
    card
}

fn places(findings: &Findings) -> Card {
    let (language, sites) = (findings.language, &findings.summary.sites);
    let mut card = card(say!(language, "card-sites"), Width::Half);
    if sites.items.is_empty() {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    }
    card.table = Some(Table {
        caption: say!(language, "sites-caption", known = sites.known, episodes = findings.summary.episodes),
        columns: vec![
            column(language, "column-part", 4, false),
            column(language, "column-left", 2, true),
            column(language, "column-right", 2, true),
            column(language, "column-both", 2, true),
            column(language, "column-side-unknown", 3, true),
        ],
        rows: sites
            .items
            .iter()
            .take(MOST_ROWS)
            .map(|item| {
                let part = say!(language, &format!("part-{}", item.part.as_str()));
                let counts = [item.left, item.right, item.both, item.unknown].map(|count| count.to_string());
                std::iter::once(part).chain(counts).collect()
            })
            .collect(),
    });
    card
}

fn helped(findings: &Findings) -> Card {
    let (language, relief) = (findings.language, &findings.summary.relief);
    let mut card = card(say!(language, "card-relief"), Width::Half);
    if relief.items.is_empty() {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    }
    card.table = Some(Table {
        caption: say!(language, "relief-caption", known = relief.known, episodes = findings.summary.episodes),
        columns: vec![
            column(language, "column-measure", 4, false),
            column(language, "column-tried", 2, true),
            column(language, "column-median-relief", 4, true),
        ],
        rows: relief
            .items
            .iter()
            .take(MOST_ROWS)
            .map(|item| {
                let median = item.median_seconds_to_relief.map_or_else(String::new, |median| {
                    say!(language, "median-of", median = language.duration(median), known = item.timed)
                });
                vec![say!(language, &format!("measure-{}", item.measure)), item.tried.to_string(), median]
            })
            .collect(),
    });
    card
}

fn treatments(findings: &Findings) -> Card {
    let language = findings.language;
    let mut card = card(say!(language, "card-treatments"), Width::Full);
    if findings.treatments.is_empty() {
        card.lines.push(say!(language, "no-treatments"));
        return card;
    }
    card.table = Some(Table {
        caption: say!(language, "treatments-caption"),
        columns: vec![
            column(language, "column-treatment", 8, false),
            column(language, "column-since", 4, false),
            column(language, "column-before", 3, true),
            column(language, "column-after", 3, true),
            column(language, "column-ratio", 5, true),
            column(language, "column-cautions", 14, false),
        ],
        rows: findings.treatments.iter().map(|(about, answer)| treatment(about, answer, language)).collect(),
    });
    card
}

fn treatment(about: &Treatment, answer: &BeforeAfter, language: Language) -> Vec<String> {
    let course = &about.course;
    let side = course.side.map(|side| say!(language, &format!("side-{}", side.as_str())));
    let more: Vec<_> = course.dose.as_ref().map(|dose| dose.as_str().to_owned()).into_iter().chain(side).collect();
    let name = course.name.as_str();
    let name = if more.is_empty() { name.to_owned() } else { format!("{name} ({})", more.join(", ")) };
    let rate = |rate: &Rate| rate.per_week.map_or_else(|| "–".to_owned(), |rate| language.decimal(rate, 1));
    let ratio = match (answer.comparison.rate_ratio, answer.comparison.exact_ci95) {
        (Some(ratio), Some(ci95)) => {
            let high = ci95.high.map_or_else(|| "∞".to_owned(), |high| language.decimal(high, 2));
            format!("{} ({}–{high})", language.decimal(ratio, 2), language.decimal(ci95.low, 2))
        }
        _ => "–".to_owned(),
    };
    let cautions = answer.cautions.iter().map(|caution| say!(language, &format!("short-{}", caution.code.as_str())));
    let cautions = cautions.collect::<Vec<_>>().join("; ");
    let since = language.short_date(course.started_on);
    vec![shortened(&name), since, rate(&answer.before.per_week), rate(&answer.after.per_week), ratio, cautions]
}

fn notes(findings: &Findings) -> Vec<String> {
    let language = findings.language;
    let mut methods = vec![summary::METHOD, night_share::METHOD, trend::METHOD, time_of_day::METHOD, soreness::METHOD];
    if !findings.treatments.is_empty() {
        methods.push(before_after::METHOD);
    }
    vec![
        say!(language, "note-self-reported"),
        say!(
            language,
            "note-methods",
            methods = methods.join(", "),
            revision = findings.summary.revision.0.to_string(),
            zone = findings.diary.time_zone.name(),
        ),
    ]
}
