//! The findings in words and drawings: what stands where on the sheet.

use super::{
    charts,
    findings::{Findings, LogLength},
    headline, log, raster,
    sheet::{Card, Column, Sheet, Table, Width},
    treatments,
};
use crate::{
    analytics::{
        before_after,
        comparison::Direction,
        figures::{FEWEST_EPISODES, Spread},
        night_share::{self, Verdict},
        soreness, summary, time_of_day, trend,
    },
    foundation::language::Language,
    say,
};

/// So many rows of a small table have room on the page.
const MOST_ROWS: usize = 3;

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
        ways: findings.ways.clone(),
        figures: if findings.summary.episodes > 0 { headline::figures(findings) } else { Vec::new() },
        flags: flags(findings),
        flags_title: say("report-flags"),
        cards: cards(findings),
        notes: notes(findings),
        further_on: say!(language, "report-further-on", what = "{what}"),
        answers_title: say("report-answers"),
        numbers_title: say("report-numbers"),
        log_title: say("log-title"),
        log_note: (left_out > 0).then(|| match findings.log_length {
            LogLength::Latest => say!(language, "log-latest", listed = listed, left_out = left_out),
            LogLength::All => say!(language, "log-left-out", listed = listed, left_out = left_out),
        }),
        log: log::table(&findings.log, findings.diary.day_parts, language),
        page_of: say!(language, "report-page-of", page = "{page}", pages = "{pages}"),
    };
    let Sheet { facts, flags, cards, .. } = &mut sheet;
    cards.iter_mut().flat_map(texts).chain(flags).chain(facts.iter_mut().map(|(_, text)| text)).for_each(bind);
    sheet
}

/// What is seen at once of a diary on a screen: its nights, and what became of the cramps since a treatment, if there is any.
#[must_use]
pub fn first_answers(findings: &Findings) -> Vec<Card> {
    let nights = (findings.summary.episodes > 0).then(|| raster::card(findings));
    let treatments = (!findings.treatments.is_empty()).then(|| treatments::card(findings));
    bound(nights.into_iter().chain(treatments).collect())
}

/// The other answers one by one.
#[must_use]
pub fn answers(findings: &Findings) -> Vec<Card> {
    let mut answers = vec![over_time(findings)];
    if findings.summary.episodes > 0 {
        let more = [at_night, time_of_day, soreness_after, severity, places, helped];
        answers.extend(more.map(|answer| answer(findings)));
    }
    bound(answers)
}

fn bound(mut cards: Vec<Card>) -> Vec<Card> {
    cards.iter_mut().flat_map(texts).for_each(bind);
    cards
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
    type Answer = fn(&Findings) -> Card;
    let treated: &[Answer] = match findings.treatments.len() {
        0 | 1 => &[treatments::card],
        _ => &[treatments::card, treatments::details],
    };
    let described: &[Answer] = &[at_night, time_of_day, soreness_after, severity, places, helped];
    // On paper what comes first has room first: the nights, then before and after a treatment, then what is only described.
    let (nights, over_time): (&[Answer], &[Answer]) = (&[raster::card], &[over_time]);
    let answers = match (findings.summary.episodes, findings.treatments.is_empty()) {
        (0, _) => [over_time, treated].concat(),
        (_, false) => [nights, treated, over_time, described].concat(),
        (_, true) => [nights, over_time, described, treated].concat(),
    };
    let cards = answers.iter().map(|answer| answer(findings));
    // Of treatments of which too little is known there is nothing to say one by one.
    cards.filter(|card| !card.lines.is_empty() || card.headline.is_some() || card.table.is_some()).collect()
}

fn facts(findings: &Findings) -> Vec<(String, String)> {
    let language = findings.language;
    let parts = findings.diary.day_parts;
    let fact = |id: &str, text: String| (say!(language, id), text);
    vec![
        fact(
            "fact-period",
            say!(
                language,
                "from-to",
                from = language.date(findings.period.from),
                to = language.date(findings.period.to),
            ),
        ),
        fact("fact-coverage", headline::coverage(findings)),
        fact(
            "fact-night",
            format!("{}–{}, {}", parts.night_start(), parts.night_end(), findings.diary.time_zone.name()),
        ),
        fact(
            "fact-as-of",
            say!(
                language,
                "as-of",
                date = language.date(findings.today),
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
    let only_moving = moving >= night_share::FEWEST_ON_THE_MOVE && moving == known;
    let moving = if only_moving {
        Some(say!(language, "flag-only-moving", known = known))
    } else {
        findings.night_share.moving_statement(language)
    };
    let legs = (legs > 0).then(|| say!(language, "flag-both-legs", legs = legs, known = findings.summary.sites.known));
    over_10.into_iter().chain(moving).chain(legs).chain(stood_still(findings)).collect()
}

/// Whether cramps while walking went away when the person stood still, where they come often enough.
fn stood_still(findings: &Findings) -> Option<String> {
    let moving = &findings.summary.on_the_move;
    let enough = moving.proportion.counts.yes >= night_share::FEWEST_ON_THE_MOVE && moving.timed > 0;
    enough.then(|| {
        say!(
            findings.language,
            "flag-stood-still",
            gone = moving.gone_within_10_minutes,
            timed = moving.timed,
            moving = moving.proportion.counts.yes,
        )
    })
}

fn over_time(findings: &Findings) -> Card {
    let language = findings.language;
    let (summary, trend) = (&findings.summary, &findings.trend);
    let mut card = Card::titled(say!(language, "card-over-time"), Width::Full);
    if summary.episodes == 0 {
        card.lines.push(night_share::no_cramps(language, summary.from, summary.to));
        card.lines.extend(summary.say_contradictions(language));
        return card;
    }
    if summary.insufficient_data {
        card.headline = Some(say!(language, "headline-cramps", episodes = summary.episodes));
        card.lines.push(say!(language, "too-few", fewest = FEWEST_EPISODES));
    } else {
        card.headline = headline(findings);
        card.lines.extend(findings.night_share.night_rate.say(language));
        card.lines.extend(findings.night_share.broken_night_rate.say_broken(language));
        card.lines.extend(summary.say_rate(language));
        card.lines.extend(summary.say_at_least(language).filter(|_| summary.lacks_cramp_free_days()));
        let change = &summary.change;
        let is_clear = matches!(change.comparison.verdict, Direction::Fewer | Direction::More);
        card.lines.extend(change.say(language).filter(|_| is_clear));
        card.lines.push(trend.halves.say(language));
        let outside = trend.control_chart.iter().filter(|chart| !chart.outside.is_empty());
        card.lines.extend(outside.filter_map(|chart| chart.say(language)));
        card.lines.extend(summary.say_contradictions(language));
    }
    let lanes: Vec<_> = raster::lanes(findings).into_iter().take(findings.treatments.len()).collect();
    card.chart = Some(Width::Full.chart(say!(language, "chart-weeks"), trend.statements.join(" "), |frame| {
        charts::weeks(trend, (&lanes, findings.more_treatments.len()), findings.period, language, frame)
    }));
    card.numbers = Some(Table {
        caption: say!(language, "in-numbers", what = card.title.as_str()),
        columns: vec![
            Column::named(language, "column-from", 3, false),
            Column::named(language, "column-to", 3, false),
            Column::named(language, "column-cramps", 2, true),
            Column::named(language, "column-at-night", 2, true),
            Column::named(language, "column-covered", 3, true),
        ],
        rows: trend
            .items
            .iter()
            .map(|item| {
                vec![
                    language.date(item.from),
                    language.date(item.to),
                    item.episodes.to_string(),
                    item.night.to_string(),
                    format!("{} / {}", item.coverage.covered, item.coverage.days),
                ]
            })
            .collect(),
    });
    card
}

/// The figure to remember: nights with cramps a week, and the interval they lie in, or the range where too few nights are
/// known. Where too few days have an entry, the range of cramps a week is said, and where nothing but cramps was logged, what
/// there are at least.
fn headline(findings: &Findings) -> Option<String> {
    let (language, summary) = (findings.language, &findings.summary);
    let decimal = |number: f64| language.decimal(number, 1);
    if summary.lacks_cramp_free_days() {
        let rate = summary.at_least_per_week?;
        return Some(say!(language, "headline-at-least", per_week = decimal(rate)));
    }
    if let Some((low, high)) = summary.range() {
        return Some(say!(language, "headline-range", low = decimal(low), high = decimal(high)));
    }
    let nights = &findings.night_share.night_rate;
    if let Some((low, high)) = nights.range() {
        return Some(say!(language, "headline-nights-range", low = decimal(low), high = decimal(high)));
    }
    let (per_week, ci95) = nights.per_week.zip(nights.ci95)?;
    Some(say!(
        language,
        "headline-nights",
        per_week = decimal(per_week),
        low = decimal(ci95.low),
        high = decimal(ci95.high),
    ))
}

fn at_night(findings: &Findings) -> Card {
    let (language, share) = (findings.language, &findings.night_share);
    let mut card = Card::titled(say!(language, "card-night"), Width::Half);
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
    card.lines.extend(share.always_statement(language));
    card.lines.extend(share.sensitivity_statements(language));
    // Of so few there is no share in words, and none to look at.
    let enough = share.episodes >= FEWEST_EPISODES;
    card.chart = share.night_share.zip(share.night_share_ci95).filter(|_| enough).map(|estimate| {
        let clock = say!(language, "chart-clock-share", percent = language.percent(share.clock_share));
        let beside = (share.clock_share, clock);
        let description = share.main_statement(language).unwrap_or_default();
        Width::Half
            .chart(say!(language, "chart-night"), description, |frame| charts::interval(Some(estimate), &beside, frame))
    });
    card
}

fn time_of_day(findings: &Findings) -> Card {
    let (language, answer) = (findings.language, &findings.time_of_day);
    let mut card = Card::titled(say!(language, "card-time-of-day"), Width::Half);
    card.lines.push(answer.main_statement(language));
    if answer.episodes > 0 {
        let description = answer.main_statement(language);
        let title = say!(language, "chart-clock");
        card.chart = Some(Width::Half.chart(title, description, |frame| charts::clock(answer, frame)));
        card.numbers = Some(Table {
            caption: say!(language, "in-numbers", what = card.title.as_str()),
            columns: vec![
                Column::named(language, "column-hour", 2, false),
                Column::named(language, "column-cramps", 1, true),
            ],
            rows: answer
                .hours
                .iter()
                .map(|hour| vec![format!("{:02}:00–{:02}:59", hour.hour, hour.hour), hour.episodes.to_string()])
                .collect(),
        });
    }
    card
}

fn severity(findings: &Findings) -> Card {
    let (language, summary) = (findings.language, &findings.summary);
    let mut card = Card::titled(say!(language, "card-severity"), Width::Half);
    let rating = |value: f64| language.rounded(value);
    let rows = [
        spread("row-intensity", &summary.intensity, language, rating),
        spread("row-duration", &summary.duration_seconds, language, |value| language.brief_duration(value)),
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
            Column::named(language, "column-what", 7, false),
            Column::named(language, "column-known", 4, true),
            Column::named(language, "column-median", 4, true),
            Column::named(language, "column-middle-half", 5, true),
            Column::named(language, "column-most", 4, true),
        ],
        rows,
    });
    card.brief = summary.say_intensity(language).or_else(|| intensity_of_few(&summary.intensity, language));
    let soon = &summary.entry_within_24_hours.counts;
    card.lines.extend(soon.share.map(|share| {
        if soon.known() < FEWEST_EPISODES {
            return say!(language, "entry-delay-count", yes = soon.yes, known = soon.known());
        }
        say!(language, "entry-delay", yes = soon.yes, known = soon.known(), percent = language.percent(share))
    }));
    card
}

fn intensity_of_few(values: &Spread, language: Language) -> Option<String> {
    values.max.map(|most| say!(language, "intensity-of-few", known = values.known, most = language.rounded(most)))
}

/// A row about values; none when nothing is known of them.
fn spread(id: &str, values: &Spread, language: Language, write: impl Fn(f64) -> String) -> Option<Vec<String>> {
    let (q1, q3) = (write(values.q1?), write(values.q3?));
    // Few have no middle half that says more than their median.
    let middle = match values.known {
        ..FEWEST_EPISODES => String::new(),
        _ if q1 == q3 => q1,
        _ => format!("{q1} – {q3}"),
    };
    Some(vec![say!(language, id), values.known.to_string(), write(values.median?), middle, write(values.max?)])
}

fn soreness_after(findings: &Findings) -> Card {
    let (language, answer) = (findings.language, &findings.soreness);
    let mut card = Card::titled(say!(language, "card-soreness"), Width::Half);
    card.lines = answer.say(language);
    if !answer.survival.is_empty() {
        let day = say!(language, "day");
        let (title, description) = (say!(language, "chart-soreness"), card.lines.join(" "));
        card.chart = Some(Width::Half.chart(title, description, |frame| charts::course(answer, &day, frame)));
        card.numbers = Some(Table {
            caption: say!(language, "in-numbers", what = card.title.as_str()),
            columns: vec![
                Column::named(language, "column-day", 1, false),
                Column::named(language, "column-at-risk", 2, true),
                Column::named(language, "column-resolved", 2, true),
                Column::named(language, "column-censored", 2, true),
                Column::named(language, "column-still-sore", 3, true),
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
    let mut card = Card::titled(say!(language, "card-sites"), Width::Half);
    if sites.items.is_empty() {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    }
    let all = Table {
        caption: say!(language, "sites-caption", known = sites.known, episodes = findings.summary.episodes),
        columns: vec![
            Column::named(language, "column-part", 4, false),
            Column::named(language, "column-left", 2, true),
            Column::named(language, "column-right", 2, true),
            Column::named(language, "column-both", 2, true),
            Column::named(language, "column-side-unknown", 3, true),
        ],
        rows: sites
            .items
            .iter()
            .map(|item| {
                let part = say!(language, &format!("part-{}", item.part.as_str()));
                let counts = [item.left, item.right, item.both, item.unknown].map(|count| count.to_string());
                std::iter::once(part).chain(counts).collect()
            })
            .collect(),
    };
    card.brief = first_row(&all);
    in_short(card, all, language)
}

fn helped(findings: &Findings) -> Card {
    let (language, relief) = (findings.language, &findings.summary.relief);
    let mut card = Card::titled(say!(language, "card-relief"), Width::Half);
    if relief.items.is_empty() {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    }
    let all = Table {
        caption: say!(language, "relief-caption", known = relief.known, episodes = findings.summary.episodes),
        columns: vec![
            Column::named(language, "column-measure", 4, false),
            Column::named(language, "column-tried", 2, true),
            Column::named(language, "column-median-relief", 4, true),
        ],
        rows: relief
            .items
            .iter()
            .map(|item| {
                let median = item.median_seconds_to_relief.map_or_else(String::new, |median| {
                    say!(language, "median-of", median = language.brief_duration(median), known = item.timed)
                });
                vec![say!(language, &format!("measure-{}", item.measure)), item.tried.to_string(), median]
            })
            .collect(),
    };
    card.brief = relief.say(language).or_else(|| first_row(&all));
    in_short(card, all, language)
}

/// What the first row of a table says, with the names of its columns.
fn first_row(table: &Table) -> Option<String> {
    let (about, cells) = table.rows.first()?.split_first()?;
    let named = cells.iter().zip(&table.columns[1..]).filter(|(cell, _)| !["", "0"].contains(&cell.as_str()));
    let said = named.map(|(cell, column)| format!("{}: {cell}", column.name));
    Some(std::iter::once(about.clone()).chain(said).collect::<Vec<_>>().join(" · "))
}

/// As many rows as there is room for, how many there are besides, and all of them where the numbers are.
fn in_short(mut card: Card, all: Table, language: Language) -> Card {
    let more = all.rows.len().saturating_sub(MOST_ROWS);
    let mut table = all.clone();
    if more > 1 {
        table.rows.truncate(MOST_ROWS);
        table.rows.push(vec![say!(language, "and-more", count = more)]);
        let caption = say!(language, "in-full", what = card.title.as_str(), of = all.caption.as_str());
        card.numbers = Some(Table { caption, ..all });
    }
    card.table = Some(table);
    card
}

fn notes(findings: &Findings) -> Vec<String> {
    let language = findings.language;
    let mut methods = vec![summary::METHOD, night_share::METHOD, trend::METHOD, time_of_day::METHOD, soreness::METHOD];
    if !findings.treatments.is_empty() {
        methods.push(before_after::METHOD);
    }
    vec![
        say!(language, "note-self-reported"),
        say!(language, if findings.treatments.is_empty() { "note-primary" } else { "note-primary-treatments" }),
        say!(
            language,
            "note-methods",
            methods = methods.join(", "),
            revision = findings.summary.revision.0.to_string(),
            zone = findings.diary.time_zone.name(),
        ),
    ]
}
