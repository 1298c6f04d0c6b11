//! A share on a scale from none to all: the estimate, how sure it is, and what it can be compared with.

use super::{length, short};
use crate::{
    analytics::statistics::Interval,
    reports::drawing::{
        Anchor, Drawing, Frame, Ink,
        lettering::{fitted, room},
        point,
    },
};

/// Draws it, with a line at another share that has a name.
#[must_use]
pub fn interval(estimate: Option<(f64, Interval)>, beside: &(f64, String), frame: Frame) -> Drawing {
    let (letters, thin) = (frame.letters, frame.of(1.0));
    let (bar, axis) = (letters + frame.of(14.0), letters + frame.of(26.0));
    let mut drawing = Drawing::new(frame, axis + letters * 1.75);
    let margin = room("100 %", letters) / 2.0;
    let at = |share: f64| margin + short(share) * (frame.width - 2.0 * margin);
    drawing.line(vec![point(at(0.0), axis), point(at(1.0), axis)], Ink::Muted, thin);
    for quarter in 0..=4_u32 {
        let x = at(f64::from(quarter) / 4.0);
        drawing.line(vec![point(x, axis), point(x, axis + frame.of(4.0))], Ink::Muted, thin);
        let name = format!("{} %", length(quarter) * 25.0);
        drawing.label(point(x, axis + letters * 1.45), Anchor::Middle, Ink::Muted, name);
    }
    let (share, name) = beside;
    let x = at(*share);
    drawing.dashes(vec![point(x, letters + frame.of(3.0)), point(x, axis)], Ink::Text, thin);
    let name = fitted(name, letters, frame.width);
    drawing.label_within(point(x, letters), Anchor::Middle, Ink::Muted, name);
    if let Some((share, ci95)) = estimate {
        let half = frame.of(5.5);
        drawing.block(point(at(ci95.low), bar - half), at(ci95.high) - at(ci95.low), 2.0 * half, Ink::Soft);
        drawing.dot(point(at(share), bar), half, Ink::Strong);
    }
    drawing
}
