//! A drawing as SVG. Colours are classes, so that the page's style sheet says what they look like on screen, in the dark
//! and on paper.

use std::fmt::Write;

use maud::{Markup, Render, html};

use super::drawing::{Anchor, Chart, Drawing, Ink, Point, Shape, Stroke};

/// Writes a chart, for the width that there is for it; `id` tells it apart from others on the page.
pub fn chart(chart: &Chart, id: &str) -> Markup {
    let phone = if chart.desk.is_some() { "for-phone or-desk" } else { "for-phone" };
    html! {
        div.chart {
            (svg(chart, &chart.phone, phone, &format!("{id}-phone")))
            @if let Some(desk) = &chart.desk { (svg(chart, desk, "for-desk", &format!("{id}-desk"))) }
        }
    }
}

fn svg(chart: &Chart, drawing: &Drawing, class: &str, id: &str) -> Markup {
    let (title, description) = (format!("{id}-title"), format!("{id}-description"));
    html! {
        svg class=(class) xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby=(title)
            aria-describedby=(description)
            viewBox=(format!("0 0 {} {}", Length(drawing.width), Length(drawing.height))) {
            title id=(title) { (chart.title) }
            desc id=(description) { (chart.description) }
            @for shape in &drawing.shapes { (shape) }
        }
    }
}

impl Render for Shape {
    fn render(&self) -> Markup {
        match self {
            Self::Lines { lines, stroke } => {
                let (class, width, dash) = look(None, Some(*stroke));
                let d: String = lines.iter().map(|line| path(line, false)).collect();
                html! { path d=(d) class=(class) stroke-width=[width] stroke-dasharray=[dash] {} }
            }
            Self::Path { points, closed, fill, stroke } => {
                let (class, width, dash) = look(*fill, *stroke);
                html! { path d=(path(points, *closed)) class=(class) stroke-width=[width] stroke-dasharray=[dash] {} }
            }
            Self::Circle { centre, radius, fill, stroke } => {
                let (class, width, dash) = look(*fill, *stroke);
                html! {
                    circle cx=(Length(centre.x)) cy=(Length(centre.y)) r=(Length(*radius)) class=(class)
                        stroke-width=[width] stroke-dasharray=[dash] {}
                }
            }
            Self::Text { at, anchor, size, bold, ink, text } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                html! {
                    text x=(Length(at.x)) y=(Length(at.y)) text-anchor=(anchor) font-size=(Length(*size))
                        font-weight=[bold.then_some("bold")] class=(format!("f-{}", name(*ink))) { (text) }
                }
            }
        }
    }
}

fn look(fill: Option<Ink>, stroke: Option<Stroke>) -> (String, Option<Length>, Option<String>) {
    let filled = fill.map_or_else(|| "f-none".to_owned(), |ink| format!("f-{}", name(ink)));
    let class = match stroke {
        Some(stroke) => format!("{filled} s-{}", name(stroke.ink)),
        None => filled,
    };
    let dash = stroke.filter(|stroke| stroke.dashed).map(|stroke| {
        let length = Length(stroke.width * 3.0);
        format!("{length} {length}")
    });
    (class, stroke.map(|stroke| Length(stroke.width)), dash)
}

fn path(points: &[Point], closed: bool) -> String {
    let mut text = String::new();
    for (index, at) in points.iter().enumerate() {
        // Writing to a String can't fail.
        let _ = write!(text, "{}{} {}", if index == 0 { 'M' } else { 'L' }, Length(at.x), Length(at.y));
    }
    if closed {
        text.push('Z');
    }
    text
}

/// The name of an ink in classes.
pub const fn name(ink: Ink) -> &'static str {
    match ink {
        Ink::Text => "text",
        Ink::Muted => "muted",
        Ink::Rule => "rule",
        Ink::Shade => "shade",
        Ink::Strong => "strong",
        Ink::Soft => "soft",
        Ink::Paper => "paper",
    }
}

/// A length with two decimals at most.
#[derive(Clone, Copy)]
struct Length(f32);

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        let short = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if short == "-0" { "0" } else { short })
    }
}

impl Render for Length {
    fn render(&self) -> Markup {
        maud::PreEscaped(self.to_string())
    }
}
