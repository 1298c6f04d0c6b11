//! From top to bottom, and on to the next page.

use std::num::NonZeroU16;

use krilla::tagging::{Tag, TagKind};

use super::canvas::{Canvas, NodeId, Place};
use super::text::{Line, Style, clean, wrap};
use crate::reports::sheet::{MARGIN, PAPER};

/// The width between the margins.
pub(super) const FULL: f32 = PAPER.0 - 2.0 * MARGIN;
/// Where pages end; the footer is below.
pub(super) const BOTTOM: f32 = PAPER.1 - MARGIN - 6.0;

/// On which side lines begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Left, whatever the script.
    Left,
    /// Where the script begins.
    Reading,
    /// Right.
    Right,
}

impl Side {
    /// How far from the left of a column a line begins.
    pub(super) fn indent(self, line: &Line, style: Style, width: f32) -> f32 {
        match self {
            Self::Left => 0.0,
            Self::Reading if !line.rtl => 0.0,
            Self::Reading | Self::Right => width - line.width * style.size,
        }
    }
}

/// A part of the page's width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) width: f32,
}

impl Column {
    pub(super) const PAGE: Self = Self { x: MARGIN, width: FULL };

    /// Without so much at both sides.
    pub(super) fn inset(self, by: f32) -> Self {
        Self { x: self.x + by, width: self.width - 2.0 * by }
    }
}

/// A canvas that is being filled.
pub(super) struct Flow<'a> {
    pub(super) canvas: Canvas<'a>,
    pub(super) at: Place,
}

impl<'a> Flow<'a> {
    pub(super) const fn new(canvas: Canvas<'a>) -> Self {
        Self { canvas, at: Place { page: 0, y: MARGIN } }
    }

    pub(super) fn at_top(&self) -> bool {
        self.at.y <= MARGIN
    }

    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.at.y
    }

    pub(super) fn new_page(&mut self) {
        self.at = Place { page: self.at.page + 1, y: MARGIN };
    }

    /// Goes to the next page if there is less room than that.
    pub(super) fn need(&mut self, height: f32) {
        // What was measured to fit must fit, whatever the order in which its parts were added.
        if self.room() + 0.1 < height && !self.at_top() {
            self.new_page();
        }
    }

    /// Leaves room, but not at the top of a page.
    pub(super) fn skip(&mut self, height: f32) {
        if !self.at_top() {
            self.at.y += height;
        }
    }

    /// Keeps on one page what fits on one.
    pub(super) fn together(&mut self, lay_out: impl Fn(&mut Self)) {
        let (start, extent) = (self.at, self.canvas.extent());
        let at_top = self.at_top();
        lay_out(self);
        if self.at.page > start.page && !at_top {
            self.canvas.back_to(extent);
            self.at = start;
            self.new_page();
            lay_out(self);
        }
    }

    /// Two things beside each other, each of which may go on on further pages.
    pub(super) fn beside(&mut self, left: impl FnOnce(&mut Self), right: impl FnOnce(&mut Self)) {
        let start = self.at;
        left(self);
        let end = self.at;
        self.at = start;
        right(self);
        if end > self.at {
            self.at = end;
        }
    }

    /// Writing in lines, as a part of something.
    pub(super) fn write(&mut self, node: Option<NodeId>, column: Column, side: Side, text: &str, style: Style) {
        for line in wrap(self.canvas.fonts, text, style, column.width) {
            self.need(style.leading());
            let x = column.x + side.indent(&line, style, column.width);
            self.canvas.line(self.at, x, node, line, style);
            self.at.y += style.leading();
        }
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, parent: NodeId, column: Column, text: &str, style: Style) {
        if !text.trim().is_empty() {
            let node = self.canvas.node(Some(parent), Tag::P);
            self.write(Some(node), column, Side::Reading, text, style);
        }
    }

    /// A heading, which is found in the list of contents too.
    pub(super) fn heading(&mut self, parent: NodeId, column: Column, level: u16, text: &str, style: Style) {
        let title: String = text.trim().chars().filter_map(clean).collect();
        if title.is_empty() {
            return;
        }
        // A heading stays with the line after it.
        self.need(style.leading() * 3.0);
        self.canvas.bookmark(self.at, &title);
        let node = self.canvas.node(Some(parent), heading(level, title));
        self.write(Some(node), column, Side::Left, text, style);
    }

    pub(super) fn section(&mut self) -> NodeId {
        self.canvas.node(None, Tag::Section)
    }
}

fn heading(level: u16, title: String) -> TagKind {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(title)).into()
}
