//! Writing, lines and charts as strokes and glyphs.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;

use crate::reports::{
    drawing::{self, Anchor, Drawing, Ink, Shape},
    pdf::{
        fonts::Fonts,
        text::{Line, Style, one_line},
    },
};

/// How far the handles of a quarter of a circle reach, in parts of the radius.
const ROUND: f32 = 0.552_284_8;

pub(super) fn line(surface: &mut Surface, fonts: &Fonts, at: Point, line: &Line, style: Style) {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(style.ink)));
    for piece in &line.pieces {
        let start = Point::from_xy(at.x + piece.x * style.size, at.y);
        surface.draw_glyphs(start, &piece.glyphs, fonts.font(piece.font), &line.text, style.size, false);
    }
}

pub(super) fn rule(surface: &mut Surface, at: Point, length: f32, width: f32, ink: Ink) {
    let mut path = PathBuilder::new();
    path.move_to(at.x, at.y);
    path.line_to(at.x + length, at.y);
    draw(surface, path.finish(), None, Some(stroke(drawing::Stroke { ink, width, dashed: false })));
}

pub(super) fn frame(surface: &mut Surface, at: Point, width: f32, height: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(at.x, at.y, width, height) {
        path.push_rect(rect);
    }
    let look = drawing::Stroke { ink: Ink::Muted, width: 0.5, dashed: false };
    draw(surface, path.finish(), None, Some(stroke(look)));
}

pub(super) fn drawing(surface: &mut Surface, fonts: &Fonts, at: Point, drawing: &Drawing, scale: f32) {
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, at.x, at.y));
    for shape in &drawing.shapes {
        draw_shape(surface, fonts, shape);
    }
    surface.pop();
}

fn draw_shape(surface: &mut Surface, fonts: &Fonts, shape: &Shape) {
    match shape {
        Shape::Lines { lines, stroke: along } => {
            let mut path = PathBuilder::new();
            for [from, to] in lines {
                path.move_to(from.x, from.y);
                path.line_to(to.x, to.y);
            }
            draw(surface, path.finish(), None, Some(stroke(*along)));
        }
        Shape::Path { points, closed, fill: inside, stroke: along } => {
            draw(surface, polyline(points, *closed), inside.map(fill), along.map(stroke));
        }
        Shape::Circle { centre, radius, fill: inside, stroke: along } => {
            draw(surface, circle(*centre, *radius), inside.map(fill), along.map(stroke));
        }
        Shape::Text { at, anchor, size, bold, ink, text } => {
            let words = one_line(fonts, text, *bold);
            let width = words.width * size;
            let left = match anchor {
                Anchor::Start => at.x,
                Anchor::Middle => at.x - width / 2.0,
                Anchor::End => at.x - width,
            };
            line(surface, fonts, Point::from_xy(left, at.y), &words, Style::new(*size, *bold, *ink));
        }
    }
}

fn polyline(points: &[drawing::Point], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.x, first.y);
    for point in rest {
        path.line_to(point.x, point.y);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn circle(centre: drawing::Point, radius: f32) -> Option<Path> {
    let (x, y, handle) = (centre.x, centre.y, radius * ROUND);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + handle, x + handle, y + radius, x, y + radius);
    path.cubic_to(x - handle, y + radius, x - radius, y + handle, x - radius, y);
    path.cubic_to(x - radius, y - handle, x - handle, y - radius, x, y - radius);
    path.cubic_to(x + handle, y - radius, x + radius, y - handle, x + radius, y);
    path.close();
    path.finish()
}

/// Draws a path, if there is something to draw and to draw it with: krilla would else fill it with black.
fn draw(surface: &mut Surface, path: Option<Path>, fill: Option<Fill>, stroke: Option<Stroke>) {
    let Some(path) = path else { return };
    if fill.is_some() || stroke.is_some() {
        surface.set_fill(fill);
        surface.set_stroke(stroke);
        surface.draw_path(&path);
    }
}

fn colour(ink: Ink) -> rgb::Color {
    let [red, green, blue] = ink.rgb();
    rgb::Color::new(red, green, blue)
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke(look: drawing::Stroke) -> Stroke {
    Stroke {
        paint: colour(look.ink).into(),
        width: look.width,
        line_join: LineJoin::Round,
        dash: look.dashed.then(|| StrokeDash { array: vec![2.5, 2.0], offset: 0.0 }),
        ..Stroke::default()
    }
}
