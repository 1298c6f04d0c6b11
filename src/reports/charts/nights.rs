//! The nights just after a start, one dot each.

use super::length;
use crate::{
    analytics::before_after::{Night, NightState},
    reports::drawing::{Anchor, Drawing, Ink, point},
};

const TOP: f32 = 12.0;
const ROW: f32 = 11.0;
const STEP: f32 = 11.0;
const RADIUS: f32 = 3.2;
const GAP: f32 = 8.0;

/// Draws a row for each treatment, `width` wide: a full dot is a night with a cramp, a ring one without, a short line one
/// of which nothing is known.
#[must_use]
pub fn first_nights(
    rows: &[(String, &[Night])],
    legend: String,
    width: f32,
    title: String,
    description: String,
) -> Drawing {
    let height = TOP + length(u32::try_from(rows.len()).unwrap_or_default()) * ROW;
    let mut drawing = Drawing::new(width, height, title, description);
    drawing.label(point(width, 6.0), Anchor::End, Ink::Muted, legend);
    for (row, (name, nights)) in (0_u32..).zip(rows) {
        let y = TOP + length(row) * ROW + ROW / 2.0;
        for (number, night) in (0_u32..).zip(*nights) {
            let centre = point(RADIUS + length(number) * STEP, y);
            match night.state {
                NightState::Cramp => drawing.dot(centre, RADIUS, Ink::Strong),
                NightState::Free => drawing.ring(centre, RADIUS - 0.4, Ink::Strong, 0.8),
                NightState::Unknown => {
                    let ends = vec![point(centre.x - RADIUS / 2.0, y), point(centre.x + RADIUS / 2.0, y)];
                    drawing.line(ends, Ink::Muted, 0.8);
                }
            }
        }
        let x = length(u32::try_from(nights.len()).unwrap_or_default()) * STEP + GAP;
        drawing.label(point(x, y + 2.3), Anchor::Start, Ink::Text, name.clone());
    }
    drawing
}
