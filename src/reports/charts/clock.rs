//! The day as a clock of 24 hours: how many cramps began in each hour, with the night shaded.

use std::f32::consts::TAU;

use super::{TO_BASE, length};
use crate::{
    analytics::time_of_day::{Clustering, TimeOfDay},
    reports::drawing::{Anchor, Drawing, Frame, Ink, Point, lettering::room, point},
};

/// Between two points of an arc.
const STEP_MINUTES: f32 = 10.0;

/// The ring on which hours stand.
struct Dial {
    centre: Point,
    /// How far out it reaches.
    radius: f32,
    /// How far from the centre it begins.
    hole: f32,
}

/// Draws it.
#[must_use]
pub fn clock(answer: &TimeOfDay, frame: Frame) -> Drawing {
    let letters = frame.letters;
    let count = answer.episodes.to_string();
    let hole = frame.of(16.0).max(room(&count, letters) * 0.55);
    let (radius, margin) = (hole + frame.of(44.0), frame.of(7.0) + letters * 1.2);
    let mut drawing = Drawing::new(frame, 2.0 * (radius + margin));
    let centre = point(frame.width / 2.0, radius + margin);
    let dial = Dial { centre, radius, hole };
    let (start, end) = (f32::from(answer.night_start.minute()), f32::from(answer.night_end.minute()));
    let night = (end - start).rem_euclid(1440.0);
    drawing.surface(dial.part(radius, start, night), Ink::Shade);
    for part in [0.5_f32, 1.0] {
        // The area shows the count: half of the most is at the root of a half.
        drawing.ring(centre, dial.reach(part), Ink::Rule, frame.of(0.6));
    }
    let most = answer.hours.iter().map(|hour| hour.episodes).max().unwrap_or_default().max(1);
    for hour in answer.hours.iter().filter(|hour| hour.episodes > 0) {
        let outer = dial.reach(length(hour.episodes) / length(most));
        drawing.surface(dial.part(outer, length(hour.hour) * 60.0 + 3.0, 54.0), Ink::Strong);
    }
    for hour in (0_u16..24).step_by(3) {
        let minute = f32::from(hour) * 60.0;
        let tick = vec![dial.on(radius, minute), dial.on(radius + frame.of(4.0), minute)];
        drawing.line(tick, Ink::Muted, frame.of(0.8));
        let at = dial.on(radius + frame.of(6.0) + letters * 0.6, minute);
        let at = point(at.x, at.y + letters * TO_BASE);
        drawing.label(at, Anchor::Middle, Ink::Muted, format!("{hour:02}"));
    }
    if let (Clustering::Concentrated, Some(mean)) = (answer.verdict, answer.mean_time) {
        // Within the ring, where no hour is written; on paper's colour, to be seen on whatever bar is below.
        let minute = f32::from(mean.minute());
        let head = dial.on(radius - frame.of(5.0), minute);
        drawing.line(vec![dial.on(hole, minute), head], Ink::Paper, frame.of(3.4));
        drawing.line(vec![dial.on(hole, minute), head], Ink::Text, frame.of(1.4));
        drawing.dot(head, frame.of(4.4), Ink::Paper);
        drawing.dot(head, frame.of(3.2), Ink::Text);
    }
    let at = point(centre.x, centre.y + letters * TO_BASE);
    drawing.label(at, Anchor::Middle, Ink::Text, count);
    drawing
}

impl Dial {
    /// How far from the centre a part of the most reaches, so that areas compare.
    fn reach(&self, part: f32) -> f32 {
        let (inner, outer) = (self.hole * self.hole, self.radius * self.radius);
        (inner + (outer - inner) * part).sqrt()
    }

    fn on(&self, radius: f32, minute: f32) -> Point {
        // Midnight is at the top, and the day goes round as clocks do.
        let (sine, cosine) = (minute / 1440.0 * TAU).sin_cos();
        point(self.centre.x + radius * sine, self.centre.y - radius * cosine)
    }

    /// So many minutes of the ring, from one on.
    fn part(&self, outer: f32, from: f32, minutes: f32) -> Vec<Point> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 144")]
        let steps = (minutes / STEP_MINUTES).ceil().max(1.0) as u16;
        let at = |step: u16| from + minutes * f32::from(step) / f32::from(steps);
        let out = (0..=steps).map(|step| self.on(outer, at(step)));
        let back = (0..=steps).rev().map(|step| self.on(self.hole, at(step)));
        out.chain(back).collect()
    }
}
