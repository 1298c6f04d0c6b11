//! What stands where on which page, and what it is to those who do not see it. Nothing is written yet, so that it can
//! be taken back and laid out otherwise.

use krilla::tagging::{BBox, Tag, TagKind};

use super::fonts::Fonts;
use super::text::{Line, Style};
use crate::reports::drawing::{Chart, Drawing, Ink};

/// A place in a canvas.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) page: usize,
    pub(super) y: f32,
}

/// A part of the document's structure, as a place in [`Canvas::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) usize);

/// A part of the document's structure.
pub(super) struct Node {
    /// What it is in; `None` is the document.
    pub(super) parent: Option<NodeId>,
    pub(super) tag: TagKind,
}

/// What is drawn.
pub(super) enum Shown {
    /// Writing, with the left end of its base line at the place.
    Line { line: Line, style: Style },
    /// A line across, to the right of the place.
    Rule { length: f32, width: f32, ink: Ink },
    /// A frame, with its upper left corner at the place.
    Frame { width: f32, height: f32 },
    /// A chart, with its upper left corner at the place.
    Drawing { drawing: Drawing, scale: f32 },
}

/// Something in its place.
pub(super) struct Mark {
    pub(super) place: Place,
    pub(super) x: f32,
    /// What it belongs to; what belongs to nothing is only for the eye.
    pub(super) node: Option<NodeId>,
    pub(super) shown: Shown,
}

/// A heading to jump to.
pub(super) struct Bookmark {
    pub(super) text: String,
    pub(super) place: Place,
}

/// How far a canvas was filled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    marks: usize,
    nodes: usize,
    bookmarks: usize,
}

/// The pages to be.
pub(super) struct Canvas<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) marks: Vec<Mark>,
    pub(super) nodes: Vec<Node>,
    pub(super) bookmarks: Vec<Bookmark>,
}

impl<'a> Canvas<'a> {
    pub(super) const fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, marks: Vec::new(), nodes: Vec::new(), bookmarks: Vec::new() }
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> usize {
        self.marks.iter().map(|mark| mark.place.page + 1).max().unwrap_or(1)
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { marks: self.marks.len(), nodes: self.nodes.len(), bookmarks: self.bookmarks.len() }
    }

    /// Takes back what came after.
    pub(super) fn back_to(&mut self, extent: Extent) {
        self.marks.truncate(extent.marks);
        self.nodes.truncate(extent.nodes);
        self.bookmarks.truncate(extent.bookmarks);
    }

    /// A part of the structure, after those there are in the same parent.
    pub(super) fn node(&mut self, parent: Option<NodeId>, tag: impl Into<TagKind>) -> NodeId {
        self.nodes.push(Node { parent, tag: tag.into() });
        NodeId(self.nodes.len() - 1)
    }

    pub(super) fn line(&mut self, place: Place, x: f32, node: Option<NodeId>, line: Line, style: Style) {
        let place = Place { y: place.y + style.base(), ..place };
        self.marks.push(Mark { place, x, node, shown: Shown::Line { line, style } });
    }

    pub(super) fn rule(&mut self, place: Place, x: f32, length: f32, width: f32, ink: Ink) {
        self.marks.push(Mark { place, x, node: None, shown: Shown::Rule { length, width, ink } });
    }

    pub(super) fn frame(&mut self, place: Place, x: f32, width: f32, height: f32) {
        self.marks.push(Mark { place, x, node: None, shown: Shown::Frame { width, height } });
    }

    /// A chart, which is one thing with one description. One that says nothing is only for the eye.
    pub(super) fn chart(&mut self, place: Place, x: f32, parent: NodeId, chart: &Chart, scale: f32) {
        let drawing = &chart.paper;
        let words = [chart.title.trim(), chart.description.trim()];
        let alt = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(". ");
        let frame = krilla::geom::Rect::from_xywh(x, place.y, drawing.width * scale, drawing.height * scale);
        let bbox = frame.map(|rect| BBox::new(place.page, rect));
        let node = (!alt.is_empty()).then(|| self.node(Some(parent), Tag::Figure(Some(alt)).with_bbox(bbox)));
        self.marks.push(Mark { place, x, node, shown: Shown::Drawing { drawing: drawing.clone(), scale } });
    }

    pub(super) fn bookmark(&mut self, place: Place, text: &str) {
        self.bookmarks.push(Bookmark { text: text.to_owned(), place });
    }
}
