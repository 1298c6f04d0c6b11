//! How many cramps came in each week or month, how much of it is recorded, how the halves compare, and which treatments
//! were under way.

use chrono::{Datelike, NaiveDate};

use super::{length, round_up, short};
use crate::{
    analytics::{
        comparison::Direction,
        trend::{Half, Point as Bucket, Trend},
    },
    foundation::language::Language,
    reports::drawing::{Anchor, Drawing, Ink, LABEL_SIZE, point},
    say,
};

const TOP: f32 = 14.0;
const LEFT: f32 = 18.0;
const BOTTOM: f32 = 60.0;
const STRIP: f32 = 4.0;
const LANE: f32 = 11.0;
/// Labels of the axis need so much room.
const LABEL_WIDTH: f32 = 34.0;

/// A treatment on the time line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// Its first date.
    pub from: NaiveDate,
    /// Its last date, when it is over.
    pub to: Option<NaiveDate>,
}

/// Draws it, `width` wide.
#[must_use]
pub fn weeks(
    answer: &Trend,
    lanes: &[Lane],
    language: Language,
    width: f32,
    title: String,
    description: String,
) -> Drawing {
    let axis = BOTTOM + STRIP + 11.0;
    let height = axis + length(u32::try_from(lanes.len()).unwrap_or_default()) * LANE + 3.0;
    let mut drawing = Drawing::new(width, height, title, description);
    let across = Across { from: answer.from, to: answer.to, width };
    let most = round_up(answer.items.iter().map(|item| item.episodes).max().unwrap_or_default());
    let up = |count: f32| BOTTOM - count / length(most) * (BOTTOM - TOP);
    drawing.label(point(width, 6.0), Anchor::End, Ink::Muted, say!(language, "chart-weeks-legend"));
    let marks = if most.is_multiple_of(2) { vec![0, most / 2, most] } else { vec![0, most] };
    for count in marks {
        let y = up(length(count));
        let ink = if count == 0 { Ink::Muted } else { Ink::Rule };
        drawing.line(vec![point(LEFT, y), point(width, y)], ink, 0.5);
        drawing.label(point(LEFT - 4.0, y + 2.3), Anchor::End, Ink::Muted, count.to_string());
    }
    for item in &answer.items {
        bar(&mut drawing, &across, item, &up);
    }
    for half in [&answer.halves.earlier, &answer.halves.later] {
        if answer.halves.comparison.verdict != Direction::InsufficientData {
            rate(&mut drawing, &across, half, answer, &up);
        }
    }
    months(&mut drawing, &across, language, axis - 2.0);
    for (row, lane) in (0_u32..).zip(lanes) {
        treatment(&mut drawing, &across, lane, axis + length(row) * LANE);
    }
    drawing
}

/// Where dates are.
struct Across {
    from: NaiveDate,
    to: NaiveDate,
    width: f32,
}

impl Across {
    /// Where a date begins.
    fn at(&self, date: NaiveDate) -> f32 {
        let day = |date: NaiveDate| u32::try_from((date - self.from).num_days()).unwrap_or_default();
        let days = day(self.to) + 1;
        LEFT + length(day(date).min(days)) / length(days) * (self.width - LEFT)
    }

    /// Where a date ends.
    fn after(&self, date: NaiveDate) -> f32 {
        date.succ_opt().map_or(self.width, |next| self.at(next))
    }
}

/// The night is dark, the rest light; below it, how many of the days are recorded.
fn bar(drawing: &mut Drawing, across: &Across, item: &Bucket, up: &impl Fn(f32) -> f32) {
    let (left, right) = (across.at(item.from), across.after(item.to));
    let gap = ((right - left) * 0.12).min(1.5);
    let (x, width) = (left + gap, (right - left - 2.0 * gap).max(0.3));
    let (night, all) = (up(length(item.night)), up(length(item.episodes)));
    if item.episodes > item.night {
        drawing.block(point(x, all), width, night - all, Ink::Soft);
    }
    if item.night > 0 {
        drawing.block(point(x, night), width, BOTTOM - night, Ink::Strong);
    }
    if let Some(share) = item.coverage.share {
        let filled = width * short(share);
        drawing.block(point(x, BOTTOM + 1.5), width, STRIP - 1.5, Ink::Shade);
        drawing.block(point(x, BOTTOM + 1.5), filled, STRIP - 1.5, Ink::Muted);
    }
}

/// The cramps of one half of the period over all its days, in a bucket of the usual length: on the scale of the bars, which
/// count what is logged.
fn rate(drawing: &mut Drawing, across: &Across, half: &Half, answer: &Trend, up: &impl Fn(f32) -> f32) {
    let (Some(from), Some(to)) = (half.from, half.to) else { return };
    let days = match answer.bucket {
        crate::analytics::trend::Bucket::Day => 1.0,
        crate::analytics::trend::Bucket::Week => 7.0,
        crate::analytics::trend::Bucket::Month => 365.25 / 12.0,
    };
    let all_days = u32::try_from((to - from).num_days() + 1).unwrap_or(1);
    let y = up(length(half.per_week.episodes) / length(all_days) * days).max(1.0);
    drawing.dashes(vec![point(across.at(from), y), point(across.after(to), y)], Ink::Text, 0.9);
}

/// The first days of months, as many as there is room for; a new year is named.
fn months(drawing: &mut Drawing, across: &Across, language: Language, y: f32) {
    let mut free_from = 0.0;
    for date in across.from.iter_days().take_while(|date| *date <= across.to).filter(|date| date.day() == 1) {
        let x = across.at(date);
        if x < free_from || x > across.width - LABEL_WIDTH / 2.0 {
            continue;
        }
        let month = say!(language, "month-short", month = date.month());
        let label = if date.month() == 1 { format!("{month} {}", date.year()) } else { month };
        drawing.line(vec![point(x, BOTTOM), point(x, BOTTOM + STRIP + 2.0)], Ink::Muted, 0.5);
        drawing.label(point(x + 1.0, y), Anchor::Start, Ink::Muted, label);
        free_from = x + LABEL_WIDTH;
    }
}

fn treatment(drawing: &mut Drawing, across: &Across, lane: &Lane, y: f32) {
    let starts_here = lane.from >= across.from;
    let left = across.at(lane.from.max(across.from));
    let right = lane.to.filter(|to| *to < across.to).map_or(across.width, |to| across.after(to));
    let middle = y + LANE / 2.0;
    drawing.line(vec![point(left, middle), point(right, middle)], Ink::Text, 1.2);
    if starts_here {
        drawing.line(vec![point(left, middle - 3.0), point(left, middle + 3.0)], Ink::Text, 1.2);
        drawing.dashes(vec![point(left, TOP), point(left, middle)], Ink::Muted, 0.5);
    }
    if lane.to.is_some_and(|to| to < across.to) {
        drawing.line(vec![point(right, middle - 3.0), point(right, middle + 3.0)], Ink::Text, 1.2);
    }
    // The name stands where there is more room: before the start, or below the line's beginning.
    let letters = length(u32::try_from(lane.name.chars().count()).unwrap_or(u32::MAX)) * LABEL_SIZE * 0.62;
    if left - LEFT > letters + 6.0 {
        drawing.label(point(left - 4.0, middle + 2.3), Anchor::End, Ink::Text, lane.name.clone());
    } else {
        drawing.label(point(left + 4.0, middle - 1.6), Anchor::Start, Ink::Text, lane.name.clone());
    }
}
