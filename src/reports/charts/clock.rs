//! The day as a clock of 24 hours: how many cramps began in each hour, with the night shaded.

use std::f32::consts::TAU;

use super::length;
use crate::{
    analytics::time_of_day::{Clustering, TimeOfDay},
    reports::drawing::{Anchor, Drawing, Ink, Point, point},
};

const RADIUS: f32 = 40.0;
const HOLE: f32 = 11.0;
const MARGIN: f32 = 13.0;
/// Between two points of an arc.
const STEP_MINUTES: f32 = 10.0;

/// Draws it, `width` wide.
#[must_use]
pub fn clock(answer: &TimeOfDay, width: f32, title: String, description: String) -> Drawing {
    let mut drawing = Drawing::new(width, 2.0 * (RADIUS + MARGIN), title, description);
    let centre = point(width / 2.0, RADIUS + MARGIN);
    let (start, end) = (f32::from(answer.night_start.minute()), f32::from(answer.night_end.minute()));
    let night = (end - start).rem_euclid(1440.0);
    drawing.surface(ring_part(centre, HOLE, RADIUS, start, night), Ink::Shade);
    for part in [0.5_f32, 1.0] {
        // The area shows the count: half of the most is at the root of a half.
        drawing.ring(centre, reach(part), Ink::Rule, 0.4);
    }
    let most = answer.hours.iter().map(|hour| hour.episodes).max().unwrap_or_default().max(1);
    for hour in answer.hours.iter().filter(|hour| hour.episodes > 0) {
        let outer = reach(length(hour.episodes) / length(most));
        drawing.surface(ring_part(centre, HOLE, outer, length(hour.hour) * 60.0 + 3.0, 54.0), Ink::Strong);
    }
    for hour in (0_u16..24).step_by(3) {
        let minute = f32::from(hour) * 60.0;
        drawing.line(vec![on(centre, RADIUS, minute), on(centre, RADIUS + 2.5, minute)], Ink::Muted, 0.6);
        let at = on(centre, RADIUS + 8.0, minute);
        drawing.label(point(at.x, at.y + 2.3), Anchor::Middle, Ink::Muted, format!("{hour:02}"));
    }
    if let (Clustering::Concentrated, Some(mean)) = (answer.verdict, answer.mean_time) {
        let minute = f32::from(mean.minute());
        let (tip, foot) = (on(centre, RADIUS - 1.0, minute), on(centre, RADIUS + 4.0, minute));
        drawing.line(vec![on(centre, HOLE, minute), tip], Ink::Text, 0.9);
        drawing.dot(foot, 1.9, Ink::Text);
    }
    drawing.label(point(centre.x, centre.y + 2.3), Anchor::Middle, Ink::Text, answer.episodes.to_string());
    drawing
}

/// How far from the centre a part of the most reaches, so that areas compare.
fn reach(part: f32) -> f32 {
    (HOLE * HOLE + (RADIUS * RADIUS - HOLE * HOLE) * part).sqrt()
}

fn on(centre: Point, radius: f32, minute: f32) -> Point {
    // Midnight is at the top, and the day goes round as clocks do.
    let (sine, cosine) = (minute / 1440.0 * TAU).sin_cos();
    point(centre.x + radius * sine, centre.y - radius * cosine)
}

fn ring_part(centre: Point, inner: f32, outer: f32, from: f32, minutes: f32) -> Vec<Point> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 144")]
    let steps = (minutes / STEP_MINUTES).ceil().max(1.0) as u16;
    let at = |step: u16| from + minutes * f32::from(step) / f32::from(steps);
    let out = (0..=steps).map(|step| on(centre, outer, at(step)));
    let back = (0..=steps).rev().map(|step| on(centre, inner, at(step)));
    out.chain(back).collect()
}
