//! What share of the legs is still sore, day by day after the cramp, with how sure that is.

use super::{TO_BASE, length, short};
use crate::{
    analytics::soreness::{SorenessCourse, SurvivalStep},
    reports::drawing::{Anchor, Drawing, Frame, Ink, Point, lettering::room, point},
};

const FEWEST_DAYS: u32 = 5;

/// Draws it; `day` is what the axis counts.
#[must_use]
pub fn course(answer: &SorenessCourse, day: &str, frame: Frame) -> Drawing {
    let (letters, thin) = (frame.letters, frame.of(0.8));
    let (top, bottom) = (letters * 0.6, letters * 0.6 + frame.of(72.0));
    let first = format!("{day} 0");
    let left = (room("100 %", letters) + frame.of(6.0)).max(room(&first, letters) / 2.0);
    let right = frame.width - room("30", letters) / 2.0;
    let mut drawing = Drawing::new(frame, bottom + letters * 1.7);
    let last = answer.survival.last().map_or(0, |step| step.day).max(FEWEST_DAYS);
    let at = |on: u32, share: f64| {
        point(left + length(on) / length(last) * (right - left), bottom - short(share) * (bottom - top))
    };
    for (share, name) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        let (from, to) = (at(0, share), at(last, share));
        drawing.line(vec![from, to], if share > 0.0 { Ink::Rule } else { Ink::Muted }, thin);
        let place = point(left - frame.of(6.0), from.y + letters * TO_BASE);
        drawing.label(place, Anchor::End, Ink::Muted, name);
    }
    let apart = room(&first, letters).max(room("30", letters)) + frame.of(4.0);
    let day_wide = (right - left) / length(last);
    let every = [1_u32, 2, 5, 10].into_iter().find(|every| length(*every) * day_wide > apart).unwrap_or(10);
    for on in (0..=last).step_by(usize::try_from(every).unwrap_or(10)) {
        let place = at(on, 0.0);
        drawing.line(vec![place, point(place.x, place.y + frame.of(3.0))], Ink::Muted, thin);
        let name = if on == 0 { first.clone() } else { on.to_string() };
        drawing.label(point(place.x, bottom + letters * 1.45), Anchor::Middle, Ink::Muted, name);
    }
    let band = |end: fn(&SurvivalStep) -> Option<f64>| steps(&answer.survival, last, &at, end);
    let low = band(|step| Some(step.ci95.map_or(step.still_sore, |ci95| ci95.low)));
    let high = band(|step| Some(step.ci95.map_or(step.still_sore, |ci95| ci95.high)));
    if !answer.survival.is_empty() {
        drawing.surface(high.into_iter().chain(low.into_iter().rev()).collect(), Ink::Shade);
        drawing.line(band(|step| Some(step.still_sore)), Ink::Strong, frame.of(2.0));
    }
    if let Some(median) = answer.median_days {
        let (half, foot) = (at(median, 0.5), at(median, 0.0));
        drawing.dashes(vec![half, foot], Ink::Text, frame.of(1.0));
        drawing.dot(half, frame.of(2.8), Ink::Text);
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
