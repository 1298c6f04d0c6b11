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
                        dt title=(figure.name) { (figure.name) }
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
                (few_rows(card.width, table, table.caption == card.title))
            }
            @if let Some(numbers) = &card.numbers {
                details { summary { (numbers.caption) } div.wide { (self::table(numbers, true)) } }
            }
        }
    }
}

/// What takes half of the width is narrow enough for any screen. What takes all of it is cards where there is less.
fn few_rows(width: Width, table: &Table, caption_is_said: bool) -> Markup {
    match width {
        Width::Half => html! { div.wide { (self::table(table, caption_is_said)) } },
        Width::Full => html! { div.wide { (rows(table, caption_is_said)) } },
    }
}

fn log(sheet: &Sheet) -> Markup {
    html! {
        @if let Some(log) = &sheet.log {
            section.log aria-labelledby="log" {
                h2 #log { (sheet.log_title) }
                @if let Some(note) = &sheet.log_note { p { (note) } }
                div.wide tabindex="0" role="group" aria-labelledby="log" { (rows(log, true)) }
            }
        }
    }
}

/// A table; its caption may be seen, or only said.
#[must_use]
pub fn table(table: &Table, caption_is_said: bool) -> Markup {
    written(table, caption_is_said, false)
}

/// A table that is cards where there is no room for its columns: one for each row, with the name of a column before what it
/// says there. As it looks like a table no more then, it says itself that it is one.
#[must_use]
pub fn rows(table: &Table, caption_is_said: bool) -> Markup {
    written(table, caption_is_said, true)
}

fn written(table: &Table, caption_is_said: bool, may_be_cards: bool) -> Markup {
    let role = |role: &'static str| may_be_cards.then_some(role);
    let number = |column: &Column| column.numeric.then_some("number");
    let label = |column: &Column| may_be_cards.then(|| column.name.clone());
    html! {
        table.rows[may_be_cards] role=[role("table")] {
            caption.unseen[caption_is_said] { (table.caption) }
            thead role=[role("rowgroup")] {
                tr role=[role("row")] {
                    @for column in &table.columns {
                        th scope="col" role=[role("columnheader")] class=[number(column)] { (column.name) }
                    }
                }
            }
            tbody role=[role("rowgroup")] {
                @for row in &table.rows {
                    @let below = row.get(table.columns.len()).filter(|below| !below.is_empty());
                    tr.goes-on[below.is_some()] role=[role("row")] {
                        @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                            @if index == 0 {
                                th scope="row" role=[role("rowheader")] dir="auto" { (cell) }
                            } @else {
                                td role=[role("cell")] class=[number(column)] data-label=[label(column)] dir="auto" { (cell) }
                            }
                        }
                    }
                    @if let Some(below) = below {
                        tr role=[role("row")] {
                            td.below role=[role("cell")] colspan=(table.columns.len()) dir="auto" { (below) }
                        }
                    }
                }
            }
        }
    }
}
