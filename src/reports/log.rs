//! The cramps one by one, as rows of a table.

use super::sheet::{Column, Table};
use crate::{
    diary::episodes::model::{Episode, Site},
    foundation::{language::Language, local_clock::DayParts},
    say,
};

/// Of so many places each is named in the row; of more there is a count, and they are named below.
const MOST_PLACES: usize = 2;

/// The rows, in the order of the cramps; `None` when there are none. What most cramps have stands in columns of one line, and
/// all else below them: what was tried, say, and the note.
#[must_use]
pub fn table(episodes: &[Episode], parts: DayParts, language: Language) -> Option<Table> {
    let column = |id: &str, share, numeric| Column { name: say!(language, &format!("log-{id}")), numeric, share };
    let columns = vec![
        column("when", 22, false),
        column("part-of-day", 12, false),
        column("lasted", 13, true),
        column("intensity", 12, true),
        column("where", 28, false),
        column("sleep", 18, false),
        column("soreness", 28, false),
    ];
    let rows: Vec<_> = episodes.iter().map(|episode| row(episode, parts, language)).collect();
    (!rows.is_empty()).then(|| Table { caption: say!(language, "log-title"), columns, rows })
}

fn row(episode: &Episode, parts: DayParts, language: Language) -> Vec<String> {
    let details = &episode.details;
    let period = parts.period(episode.clock.time).as_str();
    let places = details.sites.items().iter().map(|site| place(*site, language));
    let are_many = details.sites.items().len() > MOST_PLACES;
    let count = say!(language, "log-places", count = details.sites.items().len());
    vec![
        format!("{} {}", language.date(episode.clock.date), episode.clock.time),
        say!(language, &format!("period-{period}")),
        details.duration_seconds.map_or_else(String::new, |seconds| language.brief_duration(seconds.get().into())),
        details.intensity.map_or_else(String::new, |rating| format!("{}/10", rating.get())),
        if are_many { count } else { join(places.clone()) },
        sleep(episode, language),
        soreness(episode, language),
        below(episode, are_many.then(|| join(places)), language),
    ]
}

/// What has no column, each with its name, and the note.
fn below(episode: &Episode, places: Option<String>, language: Language) -> String {
    let details = &episode.details;
    let context = details.context.map(|context| say!(language, &format!("context-{}", context.as_str())));
    let relief = details.relief.items().iter().map(|tried| {
        let measure = say!(language, &format!("measure-{}", tried.measure.as_str()));
        match tried.seconds_to_relief {
            Some(seconds) => format!("{measure} {}", language.brief_duration(seconds.into())),
            None => measure,
        }
    });
    let triggers = details.triggers.items().iter().map(|word| trigger(word.as_str(), language));
    let told = [
        ("log-where", places.unwrap_or_default()),
        ("log-while", context.unwrap_or_default()),
        ("log-relief", join(relief)),
        ("log-triggers", join(triggers)),
    ];
    let told = told.into_iter().filter(|(_, what)| !what.is_empty());
    let told = told.map(|(id, what)| format!("{}: {what}", say!(language, id)));
    let note = details.note.as_ref().map(|note| note.as_str().to_owned());
    told.chain(note).collect::<Vec<_>>().join(" · ")
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.filter(|item| !item.is_empty()).collect::<Vec<_>>().join("; ")
}

fn place(site: Site, language: Language) -> String {
    let part = say!(language, &format!("part-{}", site.part.as_str()));
    match site.side {
        Some(leg) => format!("{part} {}", say!(language, &format!("side-{}", leg.as_str()))),
        None => part,
    }
}

/// What may have brought a cramp on. Apps have words of their own, which stand as they are.
fn trigger(word: &str, language: Language) -> String {
    let id = format!("trigger-{word}");
    if language.has(&id) { say!(language, &id) } else { word.replace('_', " ") }
}

fn sleep(episode: &Episode, language: Language) -> String {
    let details = &episode.details;
    let interrupted = details.interrupted_sleep.map(|broken| if broken { "sleep-broken" } else { "sleep-unbroken" });
    let disturbed = details.sleep_disturbance.map(|rating| format!("{}/10", rating.get()));
    join(interrupted.map(|id| say!(language, id)).into_iter().chain(disturbed))
}

fn soreness(episode: &Episode, language: Language) -> String {
    let soreness = episode.soreness;
    let Some(peak) = soreness.peak else { return String::new() };
    if peak.get() == 0 {
        return say!(language, "soreness-none");
    }
    let peak = say!(language, "soreness-peak", level = peak.get());
    match soreness.resolved_day {
        Some(day) => format!("{peak}, {}", say!(language, "soreness-over", day = day)),
        None => peak,
    }
}
