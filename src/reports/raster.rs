//! The nights one by one, as a card: the raster, and the same in words.

use super::{
    charts::{self, Lane},
    findings::Findings,
    nights::{Day, Night, Nights, Onset},
    sheet::{Card, Column, Table, Width},
};
use crate::{
    foundation::{language::Language, local_clock::LocalTime},
    say,
};

/// The card.
#[must_use]
pub fn card(findings: &Findings) -> Card {
    let (language, nights) = (findings.language, &findings.nights);
    let mut card = Card::titled(say!(language, "card-nights"), Width::Full);
    let Some(range) = nights.range() else {
        card.lines.push(say!(language, "not-recorded"));
        return card;
    };
    let (from, to) = (language.date(range.from), language.date(range.to));
    card.lines.push(say!(
        language,
        "raster-says",
        nights = nights.rows.len(),
        from = from,
        to = to,
        cramps = nights.cramps()
    ));
    let treatments = lanes(findings);
    let description = card.lines.join(" ");
    card.chart = Some(
        Width::Full
            .chart(card.title.clone(), description, |frame| charts::raster(nights, &treatments, language, frame)),
    );
    card.numbers = Some(table(nights, &treatments, say!(language, "in-numbers", what = card.title.as_str()), language));
    card
}

/// The treatments on a time line.
#[must_use]
pub fn lanes(findings: &Findings) -> Vec<Lane> {
    let treatments = findings.treatments.iter().map(|(treatment, _)| treatment).chain(&findings.more_treatments);
    let lane = |course: &crate::diary::treatments::model::Course| Lane {
        name: charts::short_name(course.name.as_str()),
        from: course.started_on,
        to: course.ended_on,
    };
    treatments.map(|treatment| lane(&treatment.course)).collect()
}

/// A row for each night of which there is something to tell; one for several in a row of which there is the same.
fn table(nights: &Nights, treatments: &[Lane], caption: String, language: Language) -> Table {
    let told = nights.rows.iter().map(|night| (night, cells(night, nights, treatments, language))).collect::<Vec<_>>();
    let quiet = |cells: &[String]| cells.iter().skip(1).all(String::is_empty);
    let alike = |(_, one): &(&Night, Vec<String>), (_, next): &(&Night, Vec<String>)| quiet(one) && one == next;
    let rows = told.chunk_by(alike).filter_map(|stretch| {
        let ((first, cells), (last, _)) = (stretch.first()?, stretch.last()?);
        let (from, to) = (language.date(first.date), language.date(last.date));
        let when = if from == to { from } else { say!(language, "from-to", from = from, to = to) };
        Some(std::iter::once(when).chain(cells.iter().cloned()).collect())
    });
    Table {
        caption,
        columns: vec![
            Column::named(language, "column-night", 6, false),
            Column::named(language, "column-entries", 3, false),
            Column::named(language, "column-cramps", 11, false),
            Column::named(language, "column-sore-on", 3, true),
            Column::named(language, "card-treatments", 6, false),
        ],
        rows: rows.collect(),
    }
}

/// What is told of a night, but for its date.
fn cells(night: &Night, nights: &Nights, treatments: &[Lane], language: Language) -> Vec<String> {
    let known = [night.evening, night.morning].map(|day| day == Day::Known);
    let entries = match known {
        [true, true] => "entries-whole",
        [false, false] => "entries-none",
        _ => "entries-part",
    };
    let onsets = night.onsets.iter().map(|onset| in_words(onset, language)).collect::<Vec<_>>().join("; ");
    let sore = nights.sore.get(&night.date).map_or_else(String::new, |sore| sore.level.to_string());
    let begun = treatments.iter().filter(|lane| lane.from == night.date).map(|lane| lane.name.clone());
    let ended = treatments.iter().filter(|lane| lane.to == Some(night.date));
    let ended = ended.map(|lane| say!(language, "raster-ends", name = lane.name.as_str()));
    let treatments = begun.chain(ended).collect::<Vec<_>>().join("; ");
    vec![say!(language, entries), onsets, sore, treatments]
}

/// A cramp, as far as it is told.
fn in_words(onset: &Onset, language: Language) -> String {
    let time = LocalTime::from_minute((onset.minute + 720) % 1440).unwrap_or(LocalTime::MIDNIGHT);
    let sleep = onset.broke_sleep.map(|broke| if broke { "raster-woke" } else { "raster-slept" });
    let rest = [
        onset.intensity.map(|intensity| format!("{intensity}/10")),
        onset.seconds.map(|seconds| language.brief_duration(seconds.into())),
        sleep.map(|id| say!(language, id)),
    ];
    std::iter::once(time.to_string()).chain(rest.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}
