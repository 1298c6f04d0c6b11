//! What is behind the first page: the numbers of its charts, and the log.

use super::canvas::NodeId;
use super::flow::{Column, Flow};
use super::tables::{self, Look};
use super::text::Style;
use crate::reports::{
    drawing::Ink,
    sheet::{GAP, Sheet, Table, Width},
};

const HEADING: Style = Style::new(12.0, true, Ink::Text);
const LINE: Style = Style::new(8.0, false, Ink::Text);
const NUMBERS: Look = Look::new(7.5, 1.6, true);
const LOG: Look = Look::new(7.5, 2.6, false);

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
        flow.together(|flow| tables::lay_out(flow, section, column, table, NUMBERS));
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

/// A new page with a heading.
fn begin(flow: &mut Flow, title: &str) -> NodeId {
    if !flow.at_top() {
        flow.new_page();
    }
    let section = flow.section();
    flow.heading(section, Column::PAGE, 2, title, HEADING);
    flow.skip(5.0);
    section
}
