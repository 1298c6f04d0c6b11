//! What the report says of treatments.

use super::{
    charts,
    findings::Findings,
    sheet::{Card, Column, Table, Width},
};
use crate::{
    analytics::{
        before_after::{BeforeAfter, NightState},
        comparison::Direction,
        figures::Rate,
    },
    diary::treatments::model::{Course, Treatment},
    foundation::language::Language,
    say,
};

/// The latest treatments, with what came before and after the start of each.
#[must_use]
pub fn card(findings: &Findings) -> Card {
    let language = findings.language;
    let mut card = Card::titled(say!(language, "card-treatments"), Width::Full);
    if findings.treatments.is_empty() {
        card.lines.push(say!(language, "no-treatments"));
        return card;
    }
    let count = findings.more_treatments.len();
    let more = (count > 0).then(|| vec![say!(language, "and-more", count = count)]);
    card.table = Some(Table {
        caption: say!(language, "treatments-caption"),
        columns: vec![
            Column::named(language, "column-treatment", 8, false),
            Column::named(language, "column-since", 5, false),
            Column::named(language, "column-before", 3, true),
            Column::named(language, "column-after", 3, true),
            Column::named(language, "column-verdict", 16, false),
        ],
        rows: findings.treatments.iter().map(|(about, answer)| row(about, answer, language)).chain(more).collect(),
    });
    card.numbers = others(findings);
    if findings.treatments.len() == 1 {
        card.lines = lines(findings);
    }
    let rows: Vec<_> = findings
        .treatments
        .iter()
        .filter(|(_, answer)| answer.first_nights.iter().any(|night| night.state != NightState::Unknown))
        .map(|(about, answer)| (charts::short_name(about.course.name.as_str()), answer.first_nights.as_slice()))
        .collect();
    if !rows.is_empty() {
        let (title, legend) = (say!(language, "chart-first-nights"), say!(language, "chart-first-nights-legend"));
        let description = first_nights_in_words(findings).join(" ");
        card.chart = Some(Width::Full.chart(title, description, |frame| charts::first_nights(&rows, &legend, frame)));
    }
    card
}

/// What is said of each of several treatments, which would leave the first page no room.
#[must_use]
pub fn details(findings: &Findings) -> Card {
    let title = say!(findings.language, "card-treatments-details");
    Card { is_behind: true, lines: lines(findings), ..Card::titled(title, Width::Full) }
}

fn lines(findings: &Findings) -> Vec<String> {
    let (language, several) = (findings.language, findings.treatments.len() > 1);
    let said = findings.treatments.iter().flat_map(|(about, answer)| {
        let name =
            if several { format!("{}: ", charts::short_name(about.course.name.as_str())) } else { String::new() };
        let lines = answer.detail_statements(language).chain(answer.sensitivity_statement(language));
        lines.map(move |line| format!("{name}{line}")).collect::<Vec<_>>()
    });
    said.collect()
}

/// Those that there is no room for.
fn others(findings: &Findings) -> Option<Table> {
    let language = findings.language;
    let rows = findings.more_treatments.iter().map(|Treatment { course, .. }| {
        let ended = course.ended_on.map_or_else(String::new, |date| language.date(date));
        vec![named(course, language), language.date(course.started_on), ended]
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Table {
        caption: say!(language, "treatments-others"),
        columns: vec![
            Column::named(language, "column-treatment", 5, false),
            Column::named(language, "column-since", 2, false),
            Column::named(language, "column-until", 2, false),
        ],
        rows,
    })
}

fn first_nights_in_words(findings: &Findings) -> Vec<String> {
    findings
        .treatments
        .iter()
        .map(|(about, answer)| {
            let count = |state| answer.first_nights.iter().filter(|night| night.state == state).count();
            say!(
                findings.language,
                "first-nights",
                name = about.course.name.as_str(),
                cramp = count(NightState::Cramp),
                free = count(NightState::Free),
                unknown = count(NightState::Unknown),
            )
        })
        .collect()
}

/// A treatment with its dose and its leg.
fn named(course: &Course, language: Language) -> String {
    let side = course.side.map(|side| say!(language, &format!("side-{}", side.as_str())));
    let more: Vec<_> = course.dose.as_ref().map(|dose| dose.as_str().to_owned()).into_iter().chain(side).collect();
    let name = course.name.as_str();
    if more.is_empty() { name.to_owned() } else { format!("{name} ({})", more.join(", ")) }
}

fn row(about: &Treatment, answer: &BeforeAfter, language: Language) -> Vec<String> {
    let rate = |rate: &Rate| rate.per_week.map_or_else(|| "–".to_owned(), |rate| language.decimal(rate, 1));
    let verdict = match answer.comparison.verdict {
        Direction::InsufficientData => say!(language, "short-unknown"),
        Direction::Fewer => say!(language, "short-fewer", ratio = answer.comparison.brief_ratio(language)),
        Direction::More => say!(language, "short-more", ratio = answer.comparison.brief_ratio(language)),
        Direction::NoClearChange => say!(language, "short-unclear", ratio = answer.comparison.brief_ratio(language)),
    };
    let cautions = answer.cautions.iter().map(|caution| say!(language, &format!("short-{}", caution.code.as_str())));
    let cautions = cautions.collect::<Vec<_>>().join("; ");
    let cautions =
        if cautions.is_empty() { cautions } else { format!("{}: {cautions}", say!(language, "column-cautions")) };
    let since = language.date(about.course.started_on);
    vec![
        charts::short_name(&named(&about.course, language)),
        since,
        rate(&answer.before.per_week),
        rate(&answer.after.per_week),
        verdict,
        cautions,
    ]
}
