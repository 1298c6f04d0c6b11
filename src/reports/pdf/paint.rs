//! The pages as a file.

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use super::PdfError;
use super::canvas::{Canvas, Mark, NodeId, Shown};
use super::flow::FULL;
use super::text::{Style, clean, cut_short, one_line};
use crate::reports::{
    drawing::Ink,
    sheet::{MARGIN, PAPER, Sheet},
};

mod shapes;

const FOOT: Style = Style::new(8.0, false, Ink::Muted);
/// The footer's base line, within the margin and where printers still print.
const FOOT_BASE: f32 = PAPER.1 - 22.0;

/// Writes the pages. There is no date and no chance in it: the same sheet gives the same bytes.
pub(super) fn paint(canvas: &Canvas, sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| PdfError::Write(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut leaves: Vec<Vec<Identifier>> = canvas.nodes.iter().map(|_| Vec::new()).collect();
    let pages = canvas.pages();
    for number in 0..pages {
        let settings = PageSettings::from_wh(PAPER.0, PAPER.1);
        let mut page = document.start_page_with(settings.unwrap_or_default());
        let mut surface = page.surface();
        for mark in canvas.marks.iter().filter(|mark| mark.place.page == number) {
            let identifier = draw_mark(&mut surface, canvas, mark);
            if let (Some(NodeId(node)), Some(identifier)) = (mark.node, identifier) {
                leaves[node].push(identifier);
            }
        }
        draw_footer(&mut surface, canvas, sheet, number + 1, pages);
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata(sheet));
    document.set_outline(outline(canvas));
    document.set_tag_tree(tag_tree(canvas, leaves, sheet));
    document.finish().map_err(|error| PdfError::Write(error.to_string()))
}

/// Draws a mark; returns what its place in the structure refers to it by.
fn draw_mark(surface: &mut Surface, canvas: &Canvas, mark: &Mark) -> Option<Identifier> {
    let tag = match (&mark.shown, mark.node) {
        (Shown::Line { .. }, Some(_)) => ContentTag::Span(SpanTag::empty()),
        (_, Some(_)) => ContentTag::Other,
        (_, None) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
    };
    let identifier = surface.start_tagged(tag);
    let at = Point::from_xy(mark.x, mark.place.y);
    match &mark.shown {
        Shown::Line { line, style } => shapes::line(surface, canvas.fonts, at, line, *style),
        Shown::Rule { length, width, ink } => shapes::rule(surface, at, *length, *width, *ink),
        Shown::Frame { width, height } => shapes::frame(surface, at, *width, *height),
        Shown::Drawing { drawing, scale } => shapes::drawing(surface, canvas.fonts, at, drawing, *scale),
    }
    surface.end_tagged();
    mark.node.map(|_| identifier)
}

fn draw_footer(surface: &mut Surface, canvas: &Canvas, sheet: &Sheet, page: usize, pages: usize) {
    let number = sheet.page_of.replace("{page}", &page.to_string()).replace("{pages}", &pages.to_string());
    let number = one_line(canvas.fonts, &number, FOOT.bold);
    let number_width = number.width * FOOT.size;
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    if let Some(name) = &sheet.name {
        let name = cut_short(canvas.fonts, name, FOOT, (FULL - number_width - 24.0).max(0.0));
        shapes::line(surface, canvas.fonts, Point::from_xy(MARGIN, FOOT_BASE), &name, FOOT);
    }
    let at = Point::from_xy(PAPER.0 - MARGIN - number_width, FOOT_BASE);
    shapes::line(surface, canvas.fonts, at, &number, FOOT);
    surface.end_tagged();
}

fn metadata(sheet: &Sheet) -> Metadata {
    let title: String = sheet.title.trim().chars().filter_map(clean).collect();
    // PDF/UA asks for a title, even of a sheet that has none.
    let title = if title.is_empty() { "–".to_owned() } else { title };
    Metadata::new().title(title).language(sheet.language.tag().to_owned())
}

fn outline(canvas: &Canvas) -> Outline {
    let mut outline = Outline::new();
    for bookmark in &canvas.bookmarks {
        let at = Point::from_xy(MARGIN, bookmark.place.y);
        outline.push_child(OutlineNode::new(bookmark.text.clone(), XyzDestination::new(bookmark.place.page, at)));
    }
    outline
}

fn tag_tree(canvas: &Canvas, leaves: Vec<Vec<Identifier>>, sheet: &Sheet) -> TagTree {
    let groups = canvas.nodes.iter().zip(leaves).map(|(node, leaves)| {
        let children = leaves.into_iter().map(Into::into).collect();
        TagGroup::with_children(node.tag.clone(), children)
    });
    let mut groups: Vec<TagGroup> = groups.collect();
    // Parents come before their children: from the end, each is complete when it is put into its own.
    let mut top = Vec::new();
    while let Some(mut group) = groups.pop() {
        group.children.reverse();
        match canvas.nodes[groups.len()].parent {
            Some(NodeId(parent)) => groups[parent].children.push(group.into()),
            None => top.push(group.into()),
        }
    }
    top.reverse();
    TagTree::from(top).with_lang(Some(sheet.language.tag().to_owned()))
}
