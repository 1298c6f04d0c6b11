//! The report as a page: for screens of any width, for screen readers, and for paper. No script, nothing loaded.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{
    headline::Figure,
    sheet::{Card, Column, Sheet, Table, Width},
    svg,
};

// How charts look is said once for all pages; the colours are those of the page around them.
const STYLE: &str = concat!(include_str!("page.css"), include_str!("drawing.css"));

/// The content policy under which the page works: its one style sheet is known by its hash.
pub static CONTENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// Writes the sheet as a page.
#[must_use]
pub fn write(sheet: &Sheet) -> String {
    let heading = match &sheet.name {
        Some(name) => format!("{} – {name}", sheet.title),
        None => sheet.title.clone(),
    };
    html! {
        (DOCTYPE)
        html lang=(sheet.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (heading) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    @if !sheet.ways.is_empty() {
                        nav.ways { @for way in &sheet.ways { a href=(way.href) { (way.name) } } }
                    }
                    section.first {
                        (header(sheet))
                        (flags(sheet))
                        div.cards { @for (index, card) in sheet.cards.iter().enumerate() { (self::card(card, index)) } }
                        footer { @for note in &sheet.notes { p { (note) } } }
                    }
                    (log(sheet))
                }
            }
        }
    }
    .into_string()
}

fn header(sheet: &Sheet) -> Markup {
    html! {
        header {
            h1 { (sheet.title) }
            @if let Some(name) = &sheet.name { p.name { bdi { (name) } } }
            dl.facts { @for (label, text) in &sheet.facts { div { dt { (label) } dd { (text) } } } }
            (figures(&sheet.figures))
        }
    }
}

/// The figures to see first, in a row.
#[must_use]
pub fn figures(figures: &[Figure]) -> Markup {
    html! {
        @if !figures.is_empty() {
            dl.figures {
                @for figure in figures {
                    div {
                        dt { (figure.name) }
                        dd { (figure.value) @if let Some(range) = &figure.range { small { (range) } } }
                    }
                }
            }
        }
    }
}

fn flags(sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.flags.is_empty() {
            section.flags aria-labelledby="flags" {
                h2 #flags { (sheet.flags_title) }
                ul { @for flag in &sheet.flags { li { (flag) } } }
            }
        }
    }
}

/// An answer; its place among the others tells it apart.
#[must_use]
pub fn card(card: &Card, index: usize) -> Markup {
    let id = format!("card-{index}");
    let class = match (card.width, card.is_behind) {
        (Width::Half, _) => "card half",
        (Width::Full, false) => "card full",
        (Width::Full, true) => "card full behind",
    };
    html! {
        section class=(class) aria-labelledby=(id) {
            h2 id=(id) { (card.title) }
            @if let Some(headline) = &card.headline { p.headline { (headline) } }
            @for line in &card.lines { p dir="auto" { (line) } }
            @if let Some(chart) = &card.chart { (svg::chart(chart, &id)) }
            @if let Some(table) = &card.table {
                (pushed_aside(card.width, &table.caption, &self::table(table, table.caption == card.title)))
            }
            @if let Some(numbers) = &card.numbers {
                details { summary { (numbers.caption) } div.wide { (self::table(numbers, true)) } }
            }
        }
    }
}

/// What is too wide for a narrow screen can be pushed aside. What takes the whole width always is, so it can be reached by
/// keyboard too.
fn pushed_aside(width: Width, name: &str, content: &Markup) -> Markup {
    match width {
        Width::Half => html! { div.wide { (content) } },
        Width::Full => html! { div.wide tabindex="0" role="group" aria-label=(name) { (content) } },
    }
}

fn log(sheet: &Sheet) -> Markup {
    html! {
        @if let Some(log) = &sheet.log {
            section.log aria-labelledby="log" {
                h2 #log { (sheet.log_title) }
                @if let Some(note) = &sheet.log_note { p { (note) } }
                div.wide tabindex="0" role="group" aria-labelledby="log" { (labelled(log)) }
            }
        }
    }
}

/// A table; its caption may be seen, or only said.
#[must_use]
pub fn table(table: &Table, caption_is_said: bool) -> Markup {
    rows(table, caption_is_said, false)
}

/// A table whose cells know what their column is called: where there is no room for columns, each row is a card of its own.
/// Its caption is only said.
#[must_use]
pub fn labelled(table: &Table) -> Markup {
    rows(table, true, true)
}

fn rows(table: &Table, caption_is_said: bool, is_labelled: bool) -> Markup {
    let class = |column: &Column| column.numeric.then_some("number");
    let label = |column: &Column| is_labelled.then(|| column.name.clone());
    html! {
        table {
            caption class=[caption_is_said.then_some("unseen")] { (table.caption) }
            thead { tr { @for column in &table.columns { th scope="col" class=[class(column)] { (column.name) } } } }
            tbody {
                @for row in &table.rows {
                    @let below = row.get(table.columns.len()).filter(|below| !below.is_empty());
                    tr class=[below.map(|_| "goes-on")] {
                        @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                            @if index == 0 { th scope="row" dir="auto" { (cell) } }
                            @else { td class=[class(column)] data-label=[label(column)] dir="auto" { (cell) } }
                        }
                    }
                    @if let Some(below) = below {
                        tr { td.below colspan=(table.columns.len()) dir="auto" { (below) } }
                    }
                }
            }
        }
    }
}
