//! The page to read in a minute: whose it is, what to ask about first, and as many of the cards as there is room for.

use krilla::tagging::{ListNumbering, Tag};

use super::canvas::NodeId;
use super::flow::{BOTTOM, Column, FULL, Flow, Side};
use super::tables::{self, Look};
use super::text::{Style, wrap};
use crate::reports::{
    drawing::Ink,
    headline::Figure,
    sheet::{Card, GAP, Sheet, Width},
};

/// What is tried for it all to be on one page: how much is between cards. Letters stay as high as they are.
const AIRS: [f32; 3] = [1.5, 1.0, 0.75];
const LEAST_AIR: f32 = 0.5;

const TITLE: Style = Style::new(15.0, true, Ink::Text);
const NAME: Style = Style::new(12.0, true, Ink::Text);
const LABEL: Style = Style::new(8.0, false, Ink::Muted);
const VALUE: Style = Style::new(8.5, false, Ink::Text);
const CARD: Style = Style::new(9.0, true, Ink::Text);
const FIGURE: Style = Style::new(13.0, true, Ink::Text);
const HEADLINE: Style = Style::new(14.0, true, Ink::Text);
const LINE: Style = Style::new(8.0, false, Ink::Text);
const NOTE: Style = Style::new(8.0, false, Ink::Muted);
const TABLE: Look = Look::new(8.0, 1.3, true);

/// How wide the last figure is, as a multiple of the others.
const LAST_FIGURE: f32 = 1.3;
/// Between figures.
const FIGURE_GAP: f32 = 8.0;
/// Between the facts of a row.
const FACT_GAP: f32 = 14.0;
/// From the left of a list's text to that of its bullet.
const HANG: f32 = 9.0;

/// Lays out all but the numbers and the log, on one page; returns the cards that it has no room for. Those that come first
/// have room first; what is too high for the rest of the page gives way, and the page is filled with what comes after.
pub(super) fn lay_out<'s>(flow: &mut Flow, sheet: &'s Sheet) -> Vec<&'s Card> {
    let (behind, here): (Vec<&Card>, Vec<&Card>) = sheet.cards.iter().partition(|card| card.is_behind);
    let (start, empty) = (flow.at, flow.canvas.extent());
    let (mut kept, mut rest) = (Vec::new(), rows(&here));
    let left = |rows: &[Vec<&'s Card>]| behind.iter().copied().chain(rows.concat()).collect::<Vec<_>>();
    let mut fits = |kept: &[Vec<&Card>], behind: &[&Card], air: f32| {
        flow.canvas.back_to(empty);
        flow.at = start;
        page(flow, sheet, kept, behind, GAP * air);
        flow.at.page == start.page
    };
    let mut next = 0;
    while next < rest.len() {
        kept.push(rest.remove(next));
        // What is not kept yet is named at the foot of the page, so that there is room for that, too.
        if !fits(&kept, &left(&rest), LEAST_AIR) {
            rest.splice(next..next, kept.pop());
            next += 1;
        }
    }
    let behind = left(&rest);
    // Where what goes before the cards is more than a page alone, the least air is as good as any.
    if !AIRS.into_iter().any(|air| fits(&kept, &behind, air)) {
        fits(&kept, &behind, LEAST_AIR);
    }
    behind
}

fn page(flow: &mut Flow, sheet: &Sheet, all: &[Vec<&Card>], behind: &[&Card], gap: f32) {
    header(flow, sheet);
    if sheet.flags.iter().any(|flag| !flag.trim().is_empty()) {
        flow.skip(gap);
        flow.together(|flow| flags(flow, sheet));
    }
    cards(flow, all, gap);
    flow.skip(gap);
    notes(flow, sheet, behind);
}

/// Cards in rows.
pub(super) fn cards(flow: &mut Flow, rows: &[Vec<&Card>], gap: f32) {
    for row in rows {
        flow.skip(gap);
        flow.together(|flow| match row[..] {
            [left, right] => {
                let width = Width::Half.points();
                let [a, b] = [0.0, width + GAP].map(|x| Column { x: Column::PAGE.x + x, width });
                flow.beside(|flow| card(flow, left, a), |flow| card(flow, right, b));
            }
            ref row => {
                for of in row {
                    card(flow, of, Column { width: of.width.points(), ..Column::PAGE });
                }
            }
        });
    }
}

fn header(flow: &mut Flow, sheet: &Sheet) {
    let section = flow.section();
    flow.heading(section, Column::PAGE, 1, &sheet.title, TITLE);
    if let Some(name) = &sheet.name {
        let node = flow.canvas.node(Some(section), Tag::P);
        flow.write(Some(node), Column::PAGE, Side::Left, name, NAME);
    }
    if !sheet.facts.is_empty() {
        flow.skip(5.0);
        facts(flow, section, &sheet.facts);
    }
    if !sheet.figures.is_empty() {
        flow.skip(5.0);
        figures(flow, section, &sheet.figures);
    }
}

/// The figures to see first, side by side. The last has more room: a treatment's name is in it.
fn figures(flow: &mut Flow, section: NodeId, figures: &[Figure]) {
    #[expect(clippy::cast_precision_loss, reason = "there are six")]
    let count = figures.len() as f32;
    let usual = (FULL - FIGURE_GAP * (count - 1.0)) / (count - 1.0 + LAST_FIGURE);
    let list = flow.canvas.node(Some(section), Tag::L(ListNumbering::None));
    let start = flow.at;
    let mut end = start;
    let mut x = Column::PAGE.x;
    for (number, figure) in (1..).zip(figures) {
        let width = if number == figures.len() { usual * LAST_FIGURE } else { usual };
        let column = Column { x, width };
        flow.at = start;
        flow.canvas.rule(flow.at, x, width, 1.2, Ink::Shade);
        flow.at.y += 3.0;
        let item = flow.canvas.node(Some(list), Tag::LI);
        let name = flow.canvas.node(Some(item), Tag::Lbl);
        flow.write(Some(name), column, Side::Left, &figure.name, LABEL);
        let body = flow.canvas.node(Some(item), Tag::LBody);
        flow.write(Some(body), column, Side::Left, &figure.value, FIGURE);
        if let Some(range) = &figure.range {
            flow.write(Some(body), column, Side::Left, range, NOTE);
        }
        if flow.at > end {
            end = flow.at;
        }
        x += width + FIGURE_GAP;
    }
    flow.at = end;
}

/// Pairs of a small label and a text below it, in as few rows as they fit in without wrapping.
fn facts(flow: &mut Flow, section: NodeId, facts: &[(String, String)]) {
    let (label, value) = (LABEL, VALUE);
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
        flow.at.y += 3.0;
    }
}

/// A quiet box: it asks to be read first, and does not shout.
fn flags(flow: &mut Flow, sheet: &Sheet) {
    let padding = 7.0;
    let start = flow.at;
    let inner = Column::PAGE.inset(padding + 1.0);
    let section = flow.section();
    flow.at.y += padding - 2.0;
    flow.heading(section, inner, 2, &sheet.flags_title, CARD);
    let text = LINE;
    let body = Column { x: inner.x + HANG, width: inner.width - HANG };
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
    flow.at.y += padding - 1.0;
    if flow.at.page == start.page {
        flow.canvas.frame(start, Column::PAGE.x, FULL, flow.at.y - start.y);
    }
}

/// The cards by rows: two halves, or one.
pub(super) fn rows<'s>(cards: &[&'s Card]) -> Vec<Vec<&'s Card>> {
    let mut rows = Vec::new();
    let mut rest = cards;
    while let [first, after @ ..] = rest {
        let second = after.first().filter(|second| first.width == Width::Half && second.width == Width::Half);
        let (row, next) = rest.split_at(if second.is_some() { 2 } else { 1 });
        rows.push(row.to_vec());
        rest = next;
    }
    rows
}

fn card(flow: &mut Flow, card: &Card, column: Column) {
    let section = flow.section();
    flow.canvas.rule(flow.at, column.x, column.width, 0.6, Ink::Muted);
    flow.at.y += 2.5;
    flow.heading(section, column, 2, &card.title, CARD);
    if let Some(headline) = &card.headline {
        flow.at.y += 1.0;
        flow.paragraph(section, column, headline, HEADLINE);
        flow.at.y += 1.5;
    }
    for text in &card.lines {
        flow.paragraph(section, column, text, LINE);
    }
    if let Some(chart) = &card.chart {
        flow.at.y += 4.0;
        // Charts are drawn for the column's width, and their labels are small enough as they are.
        let scale = (column.width / chart.paper.width.max(1.0)).min(1.0);
        let height = chart.paper.height * scale;
        flow.need(height);
        flow.canvas.chart(flow.at, column.x, section, chart, scale);
        flow.at.y += height;
    }
    if let Some(table) = &card.table {
        flow.at.y += 3.0;
        let look = Look { captioned: table.caption.trim() != card.title.trim(), ..TABLE };
        tables::lay_out(flow, section, column, table, look);
    }
}

/// What holds for all of it and what is behind the page, at its foot.
fn notes(flow: &mut Flow, sheet: &Sheet, behind: &[&Card]) {
    let style = NOTE;
    let titles = behind.iter().map(|card| &card.title).chain(sheet.log.is_some().then_some(&sheet.log_title));
    let titles: Vec<_> = titles.filter(|title| !title.trim().is_empty()).map(String::as_str).collect();
    let further_on = (!titles.is_empty()).then(|| sheet.further_on.replace("{what}", &titles.join(" · ")));
    let notes: Vec<&String> = further_on.iter().chain(&sheet.notes).filter(|note| !note.trim().is_empty()).collect();
    if notes.is_empty() {
        return;
    }
    let lines = notes.iter().map(|note| wrap(flow.canvas.fonts, note, style, FULL).len()).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "a page has some dozens of lines")]
    let height = lines as f32 * style.leading() + 4.0;
    flow.need(height);
    flow.at.y = flow.at.y.max(BOTTOM - height);
    flow.canvas.rule(flow.at, Column::PAGE.x, FULL, 0.4, Ink::Rule);
    flow.at.y += 4.0;
    let section = flow.section();
    for note in notes {
        flow.paragraph(section, Column::PAGE, note, style);
    }
}
