//! Tables: columns by their share, a header on each page, cells that wrap and go on on the next page.

use std::{num::NonZeroU32, ops::Range};

use krilla::tagging::{TableHeaderScope, Tag};

use super::canvas::NodeId;
use super::flow::{Column, Flow, Side};
use super::text::{Line, Style, one_line, wrap};
use crate::reports::{drawing::Ink, sheet::Table};

/// How far what stands below a row is moved in.
const INDENT: f32 = 12.0;
/// Between columns.
const GUTTER: f32 = 9.0;
/// A row with up to so many lines is not parted.
const KEPT: usize = 12;
/// So many rows are one body: PDF knows no longer lists than some thousands.
const BODY: usize = 500;

/// How a table looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) text: Style,
    /// Above and below the text of a row.
    pub(super) padding: f32,
    /// Whether its caption is to be seen.
    pub(super) captioned: bool,
}

impl Look {
    pub(super) const fn new(size: f32, padding: f32, captioned: bool) -> Self {
        Self { text: Style::new(size, false, Ink::Text), padding, captioned }
    }

    fn head(self) -> Style {
        Style { bold: true, ..self.text }
    }

    fn caption(self) -> Style {
        Style { size: self.text.size + 0.5, ..self.head() }
    }
}

/// A row in lines.
type Cells = Vec<Vec<Line>>;

struct Grid<'t> {
    table: &'t Table,
    look: Look,
    area: Column,
    columns: Vec<Column>,
    head: Cells,
}

/// Lays a table out, from where the flow is.
pub(super) fn lay_out(flow: &mut Flow, parent: NodeId, area: Column, table: &Table, look: Look) {
    if table.columns.is_empty() {
        return;
    }
    let columns = columns(table, area);
    let names = table.columns.iter().zip(&columns);
    let head = names.map(|(of, column)| wrap(flow.canvas.fonts, &of.name, look.head(), column.width)).collect();
    let grid = Grid { table, look, area, columns, head };
    let captioned = look.captioned && !table.caption.trim().is_empty();
    let summary = (!captioned && !table.caption.trim().is_empty()).then(|| table.caption.clone());
    // The caption, the header and the beginning of the first row stay together.
    flow.need(look.caption().leading() * 1.5 + grid.height(&grid.head) + look.text.leading() * 3.0);
    let node = flow.canvas.node(Some(parent), Tag::Table.with_summary(summary));
    if captioned {
        let caption = flow.canvas.node(Some(node), Tag::Caption);
        flow.write(Some(caption), area, Side::Left, &table.caption, look.caption());
        flow.at.y += look.padding;
    }
    let group = flow.canvas.node(Some(node), Tag::THead);
    let row = flow.canvas.node(Some(group), Tag::TR);
    let cells: Vec<NodeId> =
        table.columns.iter().map(|_| flow.canvas.node(Some(row), Tag::TH(TableHeaderScope::Column))).collect();
    grid.header(flow, Some(&cells));
    for rows in table.rows.chunks(BODY) {
        let group = flow.canvas.node(Some(node), Tag::TBody);
        for row in rows {
            grid.row(flow, group, row);
        }
    }
}

impl Grid<'_> {
    fn height(&self, cells: &Cells) -> f32 {
        lines_of(cells) * self.look.text.leading() + 2.0 * self.look.padding
    }

    /// The header; without nodes where it is there once more, on a further page, for the eye.
    fn header(&self, flow: &mut Flow, nodes: Option<&[NodeId]>) {
        let most = self.head.iter().map(Vec::len).max().unwrap_or(0);
        let look = Look { text: self.look.head(), ..self.look };
        self.slice(flow, nodes, &self.head, &self.columns, 0..most, look);
        flow.canvas.rule(flow.at, self.area.x, self.area.width, 0.7, Ink::Muted);
    }

    fn row(&self, flow: &mut Flow, group: NodeId, row: &[String]) {
        let node = flow.canvas.node(Some(group), Tag::TR);
        let texts = (0..self.columns.len()).map(|at| row.get(at).map_or("", String::as_str));
        let cells: Cells = texts
            .zip(&self.columns)
            .map(|(text, column)| wrap(flow.canvas.fonts, text, self.look.text, column.width))
            .collect();
        let nodes: Vec<NodeId> = (0..self.columns.len())
            .map(|at| match at {
                0 => flow.canvas.node(Some(node), Tag::TH(TableHeaderScope::Row)),
                _ => flow.canvas.node(Some(node), Tag::TD),
            })
            .collect();
        let Some(below) = row.get(self.columns.len()).filter(|below| !below.is_empty()) else {
            return self.part(flow, &nodes, &cells, &self.columns, true);
        };
        // The row and the beginning of what belongs to it stay together.
        if flow.room() < self.height(&cells) + 2.5 * self.look.text.leading() && !flow.at_top() {
            flow.new_page();
            self.header(flow, None);
        }
        self.part(flow, &nodes, &cells, &self.columns, false);
        flow.at.y -= self.look.padding;
        let indent = Column { x: self.area.x + INDENT, width: self.area.width - INDENT };
        let cells = vec![wrap(flow.canvas.fonts, below, self.look.text, indent.width)];
        let node = flow.canvas.node(Some(group), Tag::TR);
        let span = u32::try_from(self.columns.len()).ok().and_then(NonZeroU32::new);
        let node = flow.canvas.node(Some(node), Tag::TD.with_col_span(span));
        self.part(flow, &[node], &cells, &[indent], true);
    }

    /// A row of lines, over as many pages as it takes.
    fn part(&self, flow: &mut Flow, nodes: &[NodeId], cells: &Cells, columns: &[Column], ruled: bool) {
        let most = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut from = 0;
        let mut fresh = false;
        while from < most {
            let left = most - from;
            let fitting = self.fitting(flow.room());
            let to_place = if left <= fitting {
                left
            } else if !fresh && (most <= KEPT || fitting < 3) {
                0
            } else {
                // Neither a page's last nor its first line of a long text stands alone.
                fitting.min(left.saturating_sub(2)).max(1)
            };
            if to_place > 0 {
                self.slice(flow, Some(nodes), cells, columns, from..from + to_place, self.look);
                from += to_place;
            }
            if from < most {
                // No rule here: the row goes on.
                flow.new_page();
                self.header(flow, None);
            } else if ruled {
                flow.canvas.rule(flow.at, self.area.x, self.area.width, 0.4, Ink::Rule);
            }
            fresh = true;
        }
    }

    /// How many lines of a row there is room for.
    fn fitting(&self, room: f32) -> usize {
        let lines = ((room - 2.0 * self.look.padding) / self.look.text.leading()).floor().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page has some dozens of lines")]
        let lines = lines as usize;
        lines
    }

    /// Some lines of a row, or of the header.
    fn slice(
        &self,
        flow: &mut Flow,
        nodes: Option<&[NodeId]>,
        cells: &Cells,
        columns: &[Column],
        lines: Range<usize>,
        look: Look,
    ) {
        let top = flow.at.y + look.padding;
        for (at, (cell, column)) in cells.iter().zip(columns).enumerate() {
            let side = if self.table.columns[at].numeric { Side::Right } else { Side::Reading };
            let mut place = flow.at;
            place.y = top;
            for line in cell.iter().skip(lines.start).take(lines.len()) {
                let x = column.x + side.indent(line, look.text, column.width);
                flow.canvas.line(place, x, nodes.map(|nodes| nodes[at]), line.clone(), look.text);
                place.y += look.text.leading();
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a page has some dozens of lines")]
        let height = lines.len() as f32 * look.text.leading();
        flow.at.y = top + height + look.padding;
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not so many lines in a cell")]
fn lines_of(cells: &Cells) -> f32 {
    cells.iter().map(Vec::len).max().unwrap_or(0) as f32
}

/// The columns, by their share. Text begins at the left edge and ends at the right one.
fn columns(table: &Table, area: Column) -> Vec<Column> {
    let share = |at: usize| f32::from(table.columns[at].share.max(1));
    let all: f32 = (0..table.columns.len()).map(share).sum();
    let mut x = area.x;
    let last = table.columns.len() - 1;
    let column = |at: usize| {
        let width = (area.width + GUTTER) * share(at) / all;
        let column = Column { x, width: (width - GUTTER).max(1.0) };
        x += width;
        if at == last { Column { width: area.x + area.width - column.x, ..column } } else { column }
    };
    (0..table.columns.len()).map(column).collect()
}

/// How wide a table must be for none of its cells to wrap.
pub(super) fn natural_width(flow: &Flow, table: &Table, look: Look) -> f32 {
    let all: f32 = table.columns.iter().map(|column| f32::from(column.share.max(1))).sum();
    let width = |text: &str, style: Style| one_line(flow.canvas.fonts, text, style.bold).width * style.size;
    let needed = table.columns.iter().enumerate().map(|(at, column)| {
        let cells = table.rows.iter().filter_map(|row| row.get(at));
        let widest = cells.map(|text| width(text, look.text)).fold(width(&column.name, look.head()), f32::max);
        // A column gets its share and no more, so the neediest says how wide the table must be.
        (widest + GUTTER) * all / f32::from(column.share.max(1))
    });
    needed.fold(0.0, f32::max) - GUTTER
}
