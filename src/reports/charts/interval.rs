//! A share on a scale from none to all: the estimate, how sure it is, and what it can be compared with.

use super::short;
use crate::{
    analytics::statistics::Interval,
    reports::drawing::{Anchor, Drawing, Ink, point},
};

const LEFT: f32 = 12.0;
const BAR: f32 = 18.0;
const AXIS: f32 = 27.0;

/// Draws it, `width` wide, with lines at other shares that have a name.
#[must_use]
pub fn interval(
    estimate: Option<(f64, Interval)>,
    beside: &[(f64, String)],
    width: f32,
    title: String,
    description: String,
) -> Drawing {
    let mut drawing = Drawing::new(width, AXIS + 11.0, title, description);
    let at = |share: f64| LEFT + short(share) * (width - 2.0 * LEFT);
    drawing.line(vec![point(at(0.0), AXIS), point(at(1.0), AXIS)], Ink::Muted, 0.6);
    for quarter in 0..=4_u8 {
        let x = at(f64::from(quarter) / 4.0);
        drawing.line(vec![point(x, AXIS), point(x, AXIS + 2.5)], Ink::Muted, 0.6);
        drawing.label(point(x, AXIS + 9.5), Anchor::Middle, Ink::Muted, format!("{} %", u16::from(quarter) * 25));
    }
    for (share, name) in beside {
        let x = at(*share);
        drawing.dashes(vec![point(x, 9.0), point(x, AXIS)], Ink::Text, 0.7);
        let anchor = if *share < 0.5 { Anchor::Middle } else { Anchor::End };
        let nudge = if *share < 0.5 { 0.0 } else { 6.0 };
        drawing.label(point(x + nudge, 6.5), anchor, Ink::Text, name.clone());
    }
    if let Some((share, ci95)) = estimate {
        drawing.block(point(at(ci95.low), BAR - 3.5), at(ci95.high) - at(ci95.low), 7.0, Ink::Soft);
        drawing.dot(point(at(share), BAR), 3.6, Ink::Strong);
    }
    drawing
}
