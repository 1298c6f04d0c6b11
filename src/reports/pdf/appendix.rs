//! What is behind the first page: the cards that it has no room for, the numbers of the charts, and the log.

use super::canvas::NodeId;
use super::first_page;
use super::flow::{Column, Flow};
use super::tables::{self, Look};
use super::text::Style;
use crate::reports::{
    drawing::Ink,
    sheet::{Card, GAP, Sheet, Table, Width},
};

const HEADING: Style = Style::new(12.0, true, Ink::Text);
const LINE: Style = Style::new(8.0, false, Ink::Text);
const NUMBERS: Look = Look::new(8.0, 1.4, true);
const LOG: Look = Look::new(8.0, 2.0, false);

/// A table of so many rows is kept on one page.
const KEPT: usize = 24;
/// A part of the appendix begins on a page with so much room, else on the next.
const ROOM: f32 = 200.0;

/// Cards that are not on the first page.
pub(super) fn answers(flow: &mut Flow, sheet: &Sheet, cards: &[&Card]) {
    if !cards.is_empty() {
        begin(flow, &sheet.answers_title);
        first_page::cards(flow, &first_page::rows(cards), GAP);
    }
}

/// The numbers of the charts. Narrow tables go into two columns, each below the one that ends first.
pub(super) fn numbers(flow: &mut Flow, sheet: &Sheet) {
    let tables: Vec<&Table> = sheet.cards.iter().filter_map(|card| card.numbers.as_ref()).collect();
    if tables.is_empty() {
        return;
    }
    let section = begin(flow, &sheet.numbers_title);
    let half = Width::Half.points();
    let columns = [0.0, half + GAP].map(|x| Column { x: Column::PAGE.x + x, width: half });
    let start = flow.at;
    let mut ends = [start; 2];
    for table in tables {
        let shorter = usize::from(ends[1] < ends[0]);
        let narrow = tables::natural_width(flow, table, NUMBERS) <= half;
        let at = if narrow { shorter } else { 1 - shorter };
        flow.at = ends[at];
        if flow.at != start {
            flow.skip(GAP * 1.5);
        }
        let column = if narrow { columns[at] } else { Column::PAGE };
        if table.rows.len() > KEPT {
            tables::lay_out(flow, section, column, table, NUMBERS);
        } else {
            flow.together(|flow| tables::lay_out(flow, section, column, table, NUMBERS));
        }
        if narrow {
            ends[at] = flow.at;
        } else {
            ends = [flow.at; 2];
        }
    }
    flow.at = if ends[1] > ends[0] { ends[1] } else { ends[0] };
}

/// The cramps one by one.
pub(super) fn log(flow: &mut Flow, sheet: &Sheet) {
    let Some(log) = &sheet.log else { return };
    let section = begin(flow, &sheet.log_title);
    if let Some(note) = &sheet.log_note {
        flow.paragraph(section, Column::PAGE, note, LINE);
    }
    flow.skip(4.0);
    let captioned = log.caption.trim() != sheet.log_title.trim();
    tables::lay_out(flow, section, Column::PAGE, log, Look { captioned, ..LOG });
}

/// A heading: nothing else is on the first page, and what is behind it goes on where there is room.
fn begin(flow: &mut Flow, title: &str) -> NodeId {
    if (flow.at.page == 0 && !flow.at_top()) || flow.room() < ROOM {
        flow.new_page();
    }
    flow.skip(GAP * 2.0);
    let section = flow.section();
    flow.heading(section, Column::PAGE, 2, title, HEADING);
    flow.skip(5.0);
    section
}
