//! The nights just after a start, one dot each.

use super::{TO_BASE, legend, length, many};
use crate::{
    analytics::before_after::{Night, NightState},
    reports::drawing::{
        Anchor, Drawing, Frame, Ink,
        lettering::{LEADING, fitted, room},
        point,
    },
};

/// Draws a row for each treatment: a full dot is a night with a cramp, a ring one without, a short line one of which nothing
/// is known.
#[must_use]
pub fn first_nights(rows: &[(String, &[Night])], signs: &str, frame: Frame) -> Drawing {
    let (letters, radius, gap) = (frame.letters, frame.of(4.4), frame.of(10.0));
    let mut drawing = Drawing::new(frame, 0.0);
    let mut y = 0.0;
    for (name, nights) in rows {
        let step = frame.of(15.0).min(frame.width / many(nights).max(1.0));
        let dots = many(nights) * step;
        // The name stands behind the dots, or above them where there is no room.
        let is_above = dots + gap + room(name, letters) > frame.width;
        if is_above {
            let name = fitted(name, letters, frame.width);
            drawing.label(point(0.0, y + letters), Anchor::Start, Ink::Text, name);
            y += letters * LEADING;
        }
        y += letters * LEADING;
        let middle = y - letters * LEADING / 2.0;
        for (number, night) in (0_u32..).zip(*nights) {
            let centre = point(radius + length(number) * step, middle);
            match night.state {
                NightState::Cramp => drawing.dot(centre, radius, Ink::Strong),
                NightState::Free => drawing.ring(centre, radius - frame.of(0.6), Ink::Strong, frame.of(1.2)),
                NightState::Unknown => {
                    let half = radius / 2.0;
                    let ends = vec![point(centre.x - half, middle), point(centre.x + half, middle)];
                    drawing.line(ends, Ink::Muted, frame.of(1.2));
                }
            }
        }
        if !is_above {
            let at = point(dots + gap, middle + letters * TO_BASE);
            drawing.label(at, Anchor::Start, Ink::Text, name.as_str());
        }
    }
    drawing.height = legend::of_words(&mut drawing, frame, y + frame.of(3.0), signs);
    drawing
}
