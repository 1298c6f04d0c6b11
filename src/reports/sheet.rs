//! What stands on the report, in words and drawings, whatever it is written as: the page and the PDF show the same sheet.

use super::{
    drawing::{Chart, Drawing, Frame},
    findings::Way,
    headline::Figure,
};
use crate::{foundation::language::Language, say};

/// A4, in points.
pub const PAPER: (f32, f32) = (595.28, 841.89);
/// The margin on each side, in points.
pub const MARGIN: f32 = 36.0;
/// Between cards that stand side by side, and one above the other.
pub const GAP: f32 = 12.0;

/// How wide a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Two stand side by side.
    Half,
    /// One fills the row.
    Full,
}

impl Width {
    /// In points.
    #[must_use]
    pub fn points(self) -> f32 {
        let full = PAPER.0 - 2.0 * MARGIN;
        match self {
            Self::Half => (full - GAP) / 2.0,
            Self::Full => full,
        }
    }

    /// A chart of that width, which is drawn for each place where it may stand.
    #[must_use]
    pub fn chart(self, title: String, description: String, draw: impl Fn(Frame) -> Drawing) -> Chart {
        let paper = draw(Frame::on_paper(self.points()));
        let desk = (self == Self::Full).then(|| draw(Frame::DESK));
        Chart { title, description, phone: draw(Frame::PHONE), desk, paper }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What is in it.
    pub name: String,
    /// Whether its cells are numbers, which stand at the right.
    pub numeric: bool,
    /// How much of the width it takes, beside the others.
    pub share: u16,
}

impl Column {
    /// One whose name is a sentence of the catalogue.
    #[must_use]
    pub fn named(language: Language, id: &str, share: u16, numeric: bool) -> Self {
        Self { name: say!(language, id), numeric, share }
    }
}

/// Rows of words and numbers. The first cell of a row says what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, with a cell for each column. One cell more stands below the row, over the whole width.
    pub rows: Vec<Vec<String>>,
}

/// One answer, on a part of the first page.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// What it is about.
    pub title: String,
    /// How wide it is.
    pub width: Width,
    /// Whether on paper it stands behind the first page, whatever room there is.
    pub is_behind: bool,
    /// The one figure to remember.
    pub headline: Option<String>,
    /// What it says in a line, where it is folded and there is no such figure.
    pub brief: Option<String>,
    /// Short sentences.
    pub lines: Vec<String>,
    /// A chart.
    pub chart: Option<Chart>,
    /// A few rows to read at once.
    pub table: Option<Table>,
    /// The numbers of the chart, for those who do not see it or want to know.
    pub numbers: Option<Table>,
}

impl Card {
    /// One that says nothing yet.
    #[must_use]
    pub const fn titled(title: String, width: Width) -> Self {
        Self {
            title,
            width,
            is_behind: false,
            headline: None,
            brief: None,
            lines: Vec::new(),
            chart: None,
            table: None,
            numbers: None,
        }
    }
}

/// The report: a page to read in a minute, the numbers behind it, and the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Which language it is in.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// Whose diary it is, in words of their own.
    pub name: Option<String>,
    /// What and how much it is about: pairs of a label and a text.
    pub facts: Vec<(String, String)>,
    /// Where whoever reads it in a browser may go on.
    pub ways: Vec<Way>,
    /// The figures to see first; none where there are no cramps.
    pub figures: Vec<Figure>,
    /// What a clinician may want to ask about first.
    pub flags: Vec<String>,
    /// What the flags are called.
    pub flags_title: String,
    /// The answers, in the order of reading.
    pub cards: Vec<Card>,
    /// What holds for all of it.
    pub notes: Vec<String>,
    /// "Further on: {what}", to be filled in on paper with what the first page has no room for.
    pub further_on: String,
    /// What is called so there.
    pub answers_title: String,
    /// What the numbers of the charts are called.
    pub numbers_title: String,
    /// What the log is called.
    pub log_title: String,
    /// What is not in the log, if anything.
    pub log_note: Option<String>,
    /// The cramps one by one; `None` when there are none.
    pub log: Option<Table>,
    /// "Page {page} of {pages}", to be filled in.
    pub page_of: String,
}
