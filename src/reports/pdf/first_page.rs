//! The page to read in a minute: whose it is, what to ask about first, and the cards.

use krilla::tagging::{ListNumbering, Tag};

use super::canvas::NodeId;
use super::flow::{BOTTOM, Column, FULL, Flow, Side};
use super::tables::{self, Look};
use super::text::{Style, wrap};
use crate::reports::{
    drawing::Ink,
    sheet::{Card, GAP, Sheet, Width},
};

/// The sizes that are tried for it all to be on one page, of letters and charts and of what is between cards.
const SCALES: [Scale; 6] =
    [Scale(1.0, 1.5), Scale(1.0, 1.0), Scale(0.94, 0.94), Scale(0.88, 0.88), Scale(0.82, 0.82), Scale(0.82, 0.5)];

/// How large, and how airy.
#[derive(Clone, Copy)]
struct Scale(f32, f32);

const TITLE: Style = Style::new(15.0, true, Ink::Text);
const NAME: Style = Style::new(12.0, true, Ink::Text);
const LABEL: Style = Style::new(7.0, false, Ink::Muted);
const VALUE: Style = Style::new(8.0, false, Ink::Text);
const CARD: Style = Style::new(9.0, true, Ink::Text);
const HEADLINE: Style = Style::new(14.0, true, Ink::Text);
const LINE: Style = Style::new(8.0, false, Ink::Text);
const NOTE: Style = Style::new(6.8, false, Ink::Muted);
const TABLE: Look = Look::new(7.5, 1.6, true);

/// Between the facts of a row.
const FACT_GAP: f32 = 14.0;
/// From the left of a list's text to that of its bullet.
const HANG: f32 = 9.0;

/// Lays out all but the numbers and the log; a little smaller if only then it is one page.
pub(super) fn lay_out(flow: &mut Flow, sheet: &Sheet) {
    let (start, empty) = (flow.at, flow.canvas.extent());
    for scale in SCALES {
        at_scale(flow, sheet, scale);
        if flow.at.page == start.page {
            return;
        }
        flow.canvas.back_to(empty);
        flow.at = start;
    }
    // Two pages it is, and then there is no need to make them small.
    at_scale(flow, sheet, Scale(1.0, 1.0));
}

fn at_scale(flow: &mut Flow, sheet: &Sheet, Scale(scale, air): Scale) {
    let gap = GAP * air;
    header(flow, sheet, scale);
    if sheet.flags.iter().any(|flag| !flag.trim().is_empty()) {
        flow.skip(gap);
        flow.together(|flow| flags(flow, sheet, scale));
    }
    for cards in rows(&sheet.cards) {
        flow.skip(gap);
        flow.together(|flow| match cards {
            [left, right] => {
                let width = Width::Half.points();
                let [a, b] = [0.0, width + GAP].map(|x| Column { x: Column::PAGE.x + x, width });
                flow.beside(|flow| card(flow, left, a, scale), |flow| card(flow, right, b, scale));
            }
            cards => {
                for of in cards {
                    card(flow, of, Column { width: of.width.points(), ..Column::PAGE }, scale);
                }
            }
        });
    }
    flow.skip(gap);
    notes(flow, sheet, scale);
}

fn header(flow: &mut Flow, sheet: &Sheet, scale: f32) {
    let section = flow.section();
    flow.heading(section, Column::PAGE, 1, &sheet.title, TITLE.times(scale));
    if let Some(name) = &sheet.name {
        let node = flow.canvas.node(Some(section), Tag::P);
        flow.write(Some(node), Column::PAGE, Side::Left, name, NAME.times(scale));
    }
    if !sheet.facts.is_empty() {
        flow.skip(5.0 * scale);
        facts(flow, section, &sheet.facts, scale);
    }
}

/// Pairs of a small label and a text below it, in as few rows as they fit in without wrapping.
fn facts(flow: &mut Flow, section: NodeId, facts: &[(String, String)], scale: f32) {
    let (label, value) = (LABEL.times(scale), VALUE.times(scale));
    let column = |count: usize, at: usize| {
        #[expect(clippy::cast_precision_loss, reason = "there are at most five columns")]
        let (count, at) = (count as f32, at as f32);
        let width = (FULL - FACT_GAP * (count - 1.0)) / count;
        Column { x: Column::PAGE.x + at * (width + FACT_GAP), width }
    };
    let fits = |text: &str, style, count| wrap(flow.canvas.fonts, text, style, column(count, 0).width).len() < 2;
    let all_fit = |count: &usize| facts.iter().all(|(of, is)| fits(of, label, *count) && fits(is, value, *count));
    let most = (2..=5_usize.min(facts.len())).rev().find(all_fit).unwrap_or(2);
    // Five facts look better as three and two than as four and one.
    let count = facts.len().div_ceil(facts.len().div_ceil(most));
    let list = flow.canvas.node(Some(section), Tag::L(ListNumbering::None));
    for row in facts.chunks(count) {
        flow.need(label.leading() + value.leading());
        let start = flow.at;
        let mut end = start;
        for (at, (of, is)) in row.iter().enumerate() {
            flow.at = start;
            let item = flow.canvas.node(Some(list), Tag::LI);
            let name = flow.canvas.node(Some(item), Tag::Lbl);
            flow.write(Some(name), column(count, at), Side::Left, of, label);
            let body = flow.canvas.node(Some(item), Tag::LBody);
            flow.write(Some(body), column(count, at), Side::Left, is, value);
            if flow.at > end {
                end = flow.at;
            }
        }
        flow.at = end;
        flow.at.y += 3.0 * scale;
    }
}

/// A quiet box: it asks to be read first, and does not shout.
fn flags(flow: &mut Flow, sheet: &Sheet, scale: f32) {
    let padding = 7.0 * scale;
    let start = flow.at;
    let inner = Column::PAGE.inset(padding + 1.0);
    let section = flow.section();
    flow.at.y += padding - 2.0 * scale;
    flow.heading(section, inner, 2, &sheet.flags_title, CARD.times(scale));
    let text = LINE.times(scale);
    let body = Column { x: inner.x + HANG * scale, width: inner.width - HANG * scale };
    let list = flow.canvas.node(Some(section), Tag::L(ListNumbering::Disc));
    for flag in sheet.flags.iter().filter(|flag| !flag.trim().is_empty()) {
        flow.need(text.leading());
        let item = flow.canvas.node(Some(list), Tag::LI);
        let bullet = flow.canvas.node(Some(item), Tag::Lbl);
        let before = flow.at;
        flow.write(Some(bullet), inner, Side::Left, "•", text);
        flow.at = before;
        let node = flow.canvas.node(Some(item), Tag::LBody);
        flow.write(Some(node), body, Side::Reading, flag, text);
    }
    flow.at.y += padding - 1.0 * scale;
    if flow.at.page == start.page {
        flow.canvas.frame(start, Column::PAGE.x, FULL, flow.at.y - start.y);
    }
}

/// The cards by rows: two halves, or one.
fn rows(cards: &[Card]) -> Vec<&[Card]> {
    let mut rows = Vec::new();
    let mut rest = cards;
    while let [first, after @ ..] = rest {
        let second = after.first().filter(|second| first.width == Width::Half && second.width == Width::Half);
        let (row, next) = rest.split_at(if second.is_some() { 2 } else { 1 });
        rows.push(row);
        rest = next;
    }
    rows
}

fn card(flow: &mut Flow, card: &Card, column: Column, scale: f32) {
    let section = flow.section();
    flow.canvas.rule(flow.at, column.x, column.width, 0.6, Ink::Muted);
    flow.at.y += 2.5 * scale;
    flow.heading(section, column, 2, &card.title, CARD.times(scale));
    if let Some(headline) = &card.headline {
        flow.at.y += 1.0 * scale;
        flow.paragraph(section, column, headline, HEADLINE.times(scale));
        flow.at.y += 1.5 * scale;
    }
    for text in &card.lines {
        flow.paragraph(section, column, text, LINE.times(scale));
    }
    if let Some(drawing) = &card.drawing {
        flow.at.y += 4.0 * scale;
        // Charts are drawn for the column's width, and their labels are small enough as they are.
        let scale = (column.width / drawing.width.max(1.0)).min(1.0);
        flow.need(drawing.height * scale);
        flow.canvas.drawing(flow.at, column.x, section, drawing, scale);
        flow.at.y += drawing.height * scale;
    }
    if let Some(table) = &card.table {
        flow.at.y += 3.0 * scale;
        let look = Look { captioned: table.caption.trim() != card.title.trim(), ..TABLE };
        tables::lay_out(flow, section, column, table, look.times(scale));
    }
}

/// What holds for all of it, at the foot of the page.
fn notes(flow: &mut Flow, sheet: &Sheet, scale: f32) {
    let style = NOTE.times(scale);
    let notes: Vec<&String> = sheet.notes.iter().filter(|note| !note.trim().is_empty()).collect();
    if notes.is_empty() {
        return;
    }
    let lines = notes.iter().map(|note| wrap(flow.canvas.fonts, note, style, FULL).len()).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "a page has some dozens of lines")]
    let height = lines as f32 * style.leading() + 4.0 * scale;
    flow.need(height);
    flow.at.y = flow.at.y.max(BOTTOM - height);
    flow.canvas.rule(flow.at, Column::PAGE.x, FULL, 0.4, Ink::Rule);
    flow.at.y += 4.0 * scale;
    let section = flow.section();
    for note in notes {
        flow.paragraph(section, Column::PAGE, note, style);
    }
}
