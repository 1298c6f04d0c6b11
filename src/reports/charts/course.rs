//! What share of the legs is still sore, day by day after the cramp, with how sure that is.

use super::{length, short};
use crate::{
    analytics::soreness::{SorenessCourse, SurvivalStep},
    reports::drawing::{Anchor, Drawing, Ink, Point, point},
};

const TOP: f32 = 6.0;
const LEFT: f32 = 26.0;
const BOTTOM: f32 = 50.0;
const FEWEST_DAYS: u32 = 5;

/// Draws it, `width` wide; `day` is what the axis counts.
#[must_use]
pub fn course(answer: &SorenessCourse, width: f32, day: &str, title: String, description: String) -> Drawing {
    let mut drawing = Drawing::new(width, BOTTOM + 12.0, title, description);
    let last = answer.survival.last().map_or(0, |step| step.day).max(FEWEST_DAYS);
    let at = |on: u32, share: f64| {
        point(LEFT + length(on) / length(last) * (width - LEFT - 12.0), BOTTOM - short(share) * (BOTTOM - TOP))
    };
    for (share, name) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        let (from, to) = (at(0, share), at(last, share));
        drawing.line(vec![from, to], if share > 0.0 { Ink::Rule } else { Ink::Muted }, 0.5);
        drawing.label(point(LEFT - 4.0, from.y + 2.3), Anchor::End, Ink::Muted, name);
    }
    let every = if last > 14 { 5 } else { 1 };
    for on in (0..=last).step_by(every) {
        let place = at(on, 0.0);
        drawing.line(vec![place, point(place.x, place.y + 2.5)], Ink::Muted, 0.5);
        let name = if on == 0 { format!("{day} 0") } else { on.to_string() };
        drawing.label(point(place.x, BOTTOM + 9.5), Anchor::Middle, Ink::Muted, name);
    }
    let band = |end: fn(&SurvivalStep) -> Option<f64>| steps(&answer.survival, last, &at, end);
    let low = band(|step| Some(step.ci95.map_or(step.still_sore, |ci95| ci95.low)));
    let high = band(|step| Some(step.ci95.map_or(step.still_sore, |ci95| ci95.high)));
    if !answer.survival.is_empty() {
        drawing.surface(high.into_iter().chain(low.into_iter().rev()).collect(), Ink::Shade);
        drawing.line(band(|step| Some(step.still_sore)), Ink::Strong, 1.4);
    }
    if let Some(median) = answer.median_days {
        let (half, foot) = (at(median, 0.5), at(median, 0.0));
        drawing.dashes(vec![half, foot], Ink::Text, 0.7);
        drawing.dot(half, 1.8, Ink::Text);
    }
    drawing
}

/// A line that goes down in steps, from all on the day of the cramp.
fn steps(
    survival: &[SurvivalStep],
    last: u32,
    at: &impl Fn(u32, f64) -> Point,
    height: fn(&SurvivalStep) -> Option<f64>,
) -> Vec<Point> {
    let mut share = 1.0;
    let mut points = vec![at(0, share)];
    for step in survival {
        points.push(at(step.day, share));
        share = height(step).unwrap_or(share);
        points.push(at(step.day, share));
    }
    // The curve ends with the last leg that was seen.
    let end = survival.last().map_or(last, |step| step.day);
    points.push(at(end, share));
    points
}
