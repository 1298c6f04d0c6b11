//! The night raster: a row for each night, the newest at the bottom, from noon to noon; a sign at each onset.

use chrono::{Datelike, Days, NaiveDate};

use super::{
    Lane, TO_BASE,
    legend::{Item, legend},
    length, many,
};
use crate::{
    foundation::language::Language,
    reports::{
        drawing::{
            Anchor, Drawing, Frame, Ink, Point, Shape, Stroke, corners,
            lettering::{LEADING, fitted, room},
            point,
        },
        nights::{Day, Night, Nights, Onset},
    },
    say,
};

/// From noon to noon.
const MINUTES: f32 = 1440.0;
const NOON: f32 = 720.0;
/// How far from the hours dates end: half an hour's label is there, and half a sign.
const DATES: f32 = 9.0;
/// So many starts and ends of treatments have room in the margin.
const MOST_MARKS: usize = 10;
/// Up to so many seconds a cramp is a short one, and one of middle length.
const LENGTHS: [u32; 2] = [120, 600];
/// How high many rows are together: three months of nights are seen at once on a desk, and have room on the first page.
const HIGHEST: f32 = 405.0;
/// How high a sign is at least, whatever the row, and at most.
const SIGNS: [f32; 2] = [6.5, 11.0];
/// From which intensity on a sign is darker, and darkest.
const GRADES: [u32; 2] = [4, 7];

/// Draws it.
#[must_use]
pub fn raster(nights: &Nights, treatments: &[Lane], language: Language, frame: Frame) -> Drawing {
    let mut drawing = Drawing::new(frame, 0.0);
    let (marks, left_out) = marks(nights, treatments, language);
    let grid = Grid::new(nights, &marks, language, frame);
    grid.ground(&mut drawing, nights);
    grid.hours(&mut drawing);
    grid.dates(&mut drawing, nights, language);
    grid.soreness(&mut drawing, nights);
    let end = grid.treatments(&mut drawing, &marks);
    for (row, night) in (0_u32..).zip(&nights.rows) {
        for onset in &night.onsets {
            let at = point(grid.at(f32::from(onset.minute)), grid.top_of(row) + grid.row / 2.0);
            sign(&mut drawing, at, onset, grid.row.clamp(frame.of(SIGNS[0]), frame.of(SIGNS[1])), frame);
        }
    }
    let top = end.max(grid.bottom() + frame.letters * 1.5) + frame.of(6.0);
    let mut signs = grid.signs(nights, &marks, language);
    if left_out > 0 {
        signs.push(Item::words(&say!(language, "raster-more-treatments", count = left_out)));
    }
    drawing.height = legend(&mut drawing, frame, top, &signs);
    drawing
}

/// A treatment begins before a row, or ends before it.
struct Mark {
    row: u32,
    name: String,
    ends: bool,
}

/// The starts and ends within the nights, from the top down. A date begins in the middle of a row; a treatment that begins on
/// it was there in the night that follows. Also how many there is no room for.
fn marks(nights: &Nights, treatments: &[Lane], language: Language) -> (Vec<Mark>, usize) {
    let Some(range) = nights.range() else { return (Vec::new(), 0) };
    let row = |date: NaiveDate| u32::try_from((date - range.from).num_days()).ok().filter(|_| date <= range.to);
    let starts = treatments.iter().filter_map(|lane| Some((row(lane.from)?, &lane.name, false)));
    let ends = treatments.iter().filter_map(|lane| Some((row(lane.to?)? + 1, &lane.name, true)));
    let mut marks: Vec<_> = starts.chain(ends).collect();
    let left_out = marks.len().saturating_sub(MOST_MARKS);
    marks.truncate(MOST_MARKS);
    marks.sort_by_key(|(row, ..)| *row);
    let named = marks.into_iter().map(|(row, name, ends)| {
        let name = if ends { say!(language, "raster-ends", name = name.as_str()) } else { name.clone() };
        Mark { row, name, ends }
    });
    (named.collect(), left_out)
}

/// Where nights and hours are.
struct Grid {
    frame: Frame,
    left: f32,
    right: f32,
    top: f32,
    /// How high a row is, and how many there are.
    row: f32,
    rows: u32,
    /// Whether names are below the drawing, with numbers in the margin.
    is_numbered: bool,
}

impl Grid {
    fn new(nights: &Nights, marks: &[Mark], language: Language, frame: Frame) -> Self {
        let letters = frame.letters;
        let dates = nights.rows.iter().map(|night| room(&day_and_month(night.date, language), letters));
        let gap = frame.of(6.0);
        let is_numbered = frame.is_narrow();
        // The last hour stands half in the margin.
        let hour = room("12", letters) / 2.0 + frame.of(1.0);
        let names = if is_numbered {
            room("10", letters)
        } else {
            marks.iter().map(|mark| room(&mark.name, letters)).fold(0.0, f32::max).min(frame.of(210.0))
        };
        let margin = if marks.is_empty() { hour } else { (names + 2.0 * gap).max(hour) };
        let row = if nights.rows.len() > 14 { (HIGHEST / many(&nights.rows)).min(11.0) } else { 16.0 };
        Self {
            frame,
            left: dates.fold(0.0, f32::max) + frame.of(DATES),
            right: frame.width - margin,
            top: letters * 1.4,
            row: frame.of(row),
            rows: u32::try_from(nights.rows.len()).unwrap_or(u32::MAX),
            is_numbered,
        }
    }

    fn bottom(&self) -> f32 {
        self.top_of(self.rows)
    }

    fn top_of(&self, row: u32) -> f32 {
        self.top + length(row) * self.row
    }

    /// Where so many minutes after noon are.
    fn at(&self, minute: f32) -> f32 {
        self.left + minute / MINUTES * (self.right - self.left)
    }

    /// The person's night, and what nobody knows of.
    fn ground(&self, drawing: &mut Drawing, nights: &Nights) {
        for is_morning in [false, true] {
            let day = |night: &Night| if is_morning { night.morning } else { night.evening };
            let (from, to) = if is_morning { (NOON, MINUTES) } else { (0.0, NOON) };
            for (first, end) in runs(&nights.rows, |night| day(night) != Day::Outside) {
                let (top, height) = (self.top_of(first), length(end - first) * self.row);
                for (start, stop) in window(nights) {
                    let (start, stop) = (start.max(from), stop.min(to));
                    if start < stop {
                        let width = self.at(stop) - self.at(start);
                        drawing.block(point(self.at(start), top), width, height, Ink::Shade);
                    }
                }
            }
            for (first, end) in runs(&nights.rows, |night| day(night) == Day::Unknown) {
                let (at, height) = (point(self.at(from), self.top_of(first)), length(end - first) * self.row);
                let (apart, thin) = (self.frame.of(5.0), self.frame.of(0.6));
                drawing.hatching(at, self.at(to) - self.at(from), height, apart, Ink::Muted, thin);
            }
        }
    }

    fn hours(&self, drawing: &mut Drawing) {
        let (letters, bottom) = (self.frame.letters, self.bottom());
        let every = if self.frame.is_narrow() { 6 } else { 3 };
        for hour in (0_u16..=24).step_by(every) {
            let x = self.at(f32::from(hour) * 60.0);
            let ink = if hour == 12 { Ink::Muted } else { Ink::Rule };
            drawing.line(vec![point(x, self.top), point(x, bottom)], ink, self.frame.of(0.7));
            let name = format!("{:02}", (hour + 12) % 24);
            for base in [letters, bottom + letters * 1.15] {
                drawing.label(point(x, base), Anchor::Middle, Ink::Muted, name.as_str());
            }
        }
        for y in [self.top, bottom] {
            drawing.line(vec![point(self.left, y), point(self.right, y)], Ink::Rule, self.frame.of(0.7));
        }
    }

    /// The last night, and from there up as many as there is room for, in steps of a day, of some, or of weeks.
    fn dates(&self, drawing: &mut Drawing, nights: &Nights, language: Language) {
        let letters = self.frame.letters;
        let every = [1_u16, 2, 7, 14].into_iter().find(|every| f32::from(*every) * self.row >= letters * LEADING);
        let numbered = (0_u32..).zip(&nights.rows).collect::<Vec<_>>().into_iter().rev();
        for (row, night) in numbered.step_by(every.unwrap_or(14).into()) {
            let middle = self.top_of(row) + self.row / 2.0;
            let tick = vec![point(self.left - self.frame.of(3.0), middle), point(self.left, middle)];
            drawing.line(tick, Ink::Muted, self.frame.of(0.8));
            let at = point(self.left - self.frame.of(DATES), middle + letters * TO_BASE);
            drawing.label(at, Anchor::End, Ink::Muted, day_and_month(night.date, language));
        }
    }

    /// From the onset, or from midnight, to the end of the date: a thin line low in the rows, thicker for worse.
    fn soreness(&self, drawing: &mut Drawing, nights: &Nights) {
        for (row, night) in (0_u32..).zip(&nights.rows) {
            let y = self.top_of(row + 1) - self.frame.of(1.2);
            let next = night.date.checked_add_days(Days::new(1)).and_then(|date| nights.sore.get(&date));
            for (sore, midnight) in [(nights.sore.get(&night.date), -NOON), (next, NOON)] {
                let Some(sore) = sore else { continue };
                let (from, to) = ((midnight + f32::from(sore.from)).max(midnight.max(0.0)), midnight.max(0.0) + NOON);
                if from < to {
                    let line = vec![point(self.at(from), y), point(self.at(to), y)];
                    drawing.line(line, Ink::Strong, thickness(sore.level, self.frame));
                }
            }
        }
    }

    /// A line across where a treatment begins, a broken one where it ends, and in the margin its name. Returns where they end.
    fn treatments(&self, drawing: &mut Drawing, marks: &[Mark]) -> f32 {
        let (letters, gap) = (self.frame.letters, self.frame.of(6.0));
        let leading = letters * LEADING;
        // From the last one up, each makes room for those below it; what is left at the top is taken from there down.
        let mut places: Vec<f32> = marks.iter().map(|mark| self.top_of(mark.row)).collect();
        let mut below = self.bottom() + leading / 2.0;
        for place in places.iter_mut().rev() {
            *place = place.min(below - leading);
            below = *place;
        }
        let mut above = self.top - leading;
        for place in &mut places {
            *place = place.max(above + leading);
            above = *place;
        }
        for ((number, mark), place) in (1_u32..).zip(marks).zip(&places) {
            let y = self.top_of(mark.row);
            let line = vec![point(self.left, y), point(self.right, y), point(self.right + gap, *place)];
            if mark.ends {
                drawing.dashes(line, Ink::Text, self.frame.of(1.2));
            } else {
                drawing.line(line, Ink::Text, self.frame.of(1.2));
            }
            let at = point(self.right + 1.5 * gap, place + letters * TO_BASE);
            let most = self.frame.width - at.x;
            let name = if self.is_numbered { number.to_string() } else { fitted(&mark.name, letters, most) };
            drawing.label(at, Anchor::Start, Ink::Text, name);
        }
        above + leading / 2.0
    }

    /// What the signs mean, as far as they are there.
    fn signs(&self, nights: &Nights, marks: &[Mark], language: Language) -> Vec<Item<'static>> {
        let frame = self.frame;
        let wide = frame.of(10.0);
        let say = |id: &str| say!(language, id);
        let of = move |onset: Onset, width: f32, size: f32| {
            move |drawing: &mut Drawing, at: Point| sign(drawing, point(at.x + width / 2.0, at.y), &onset, size, frame)
        };
        let size = frame.of(8.0);
        let plain = Onset { minute: 0, intensity: Some(5), seconds: Some(300), broke_sleep: Some(true) };
        let mut items = Vec::new();
        let onsets = || nights.rows.iter().flat_map(|night| &night.onsets);
        for (broke_sleep, id) in
            [(Some(true), "raster-woke"), (Some(false), "raster-slept"), (None, "raster-sleep-unknown")]
        {
            if onsets().any(|onset| onset.broke_sleep == broke_sleep) {
                let sample = Box::new(of(Onset { broke_sleep, ..plain }, wide, size));
                items.push(Item { width: wide, sample, words: say(id) });
            }
        }
        if onsets().any(|onset| onset.intensity.is_some()) {
            let each = move |drawing: &mut Drawing, at: Point| {
                for (number, intensity) in [(0_u32, 2), (1, 5), (2, 8)] {
                    let at = point(at.x + length(number) * wide, at.y);
                    of(Onset { intensity: Some(intensity), ..plain }, wide, size)(drawing, at);
                }
            };
            items.push(Item { width: 3.0 * wide, sample: Box::new(each), words: say("raster-how-bad") });
        }
        if onsets().any(|onset| onset.intensity.is_none()) {
            let sample = Box::new(of(Onset { intensity: None, ..plain }, wide, size));
            items.push(Item { width: wide, sample, words: say("raster-how-bad-unknown") });
        }
        let each = move |drawing: &mut Drawing, at: Point| {
            for (number, seconds) in [(0_u32, 60), (1, 300), (2, 1_200)] {
                let at = point(at.x + length(number) * wide, at.y);
                of(Onset { seconds: Some(seconds), ..plain }, wide, size)(drawing, at);
            }
        };
        items.push(Item { width: 3.0 * wide, sample: Box::new(each), words: say("raster-how-long") });
        if !nights.sore.is_empty() {
            let width = frame.of(22.0);
            let sample = move |drawing: &mut Drawing, at: Point| {
                let middle = at.x + width / 2.0;
                for (from, level) in [(at.x, 2), (middle, 8)] {
                    let line = vec![point(from, at.y), point(from + width / 2.0, at.y)];
                    drawing.line(line, Ink::Strong, thickness(level, frame));
                }
            };
            items.push(Item { width, sample: Box::new(sample), words: say("raster-sore") });
        }
        let width = frame.of(16.0);
        let height = frame.of(9.0);
        let night = move |drawing: &mut Drawing, at: Point| {
            drawing.block(point(at.x, at.y - height / 2.0), width, height, Ink::Shade);
        };
        items.push(Item { width, sample: Box::new(night), words: say("raster-night") });
        if nights.rows.iter().any(|night| night.evening == Day::Unknown || night.morning == Day::Unknown) {
            let sample = move |drawing: &mut Drawing, at: Point| {
                let at = point(at.x, at.y - height / 2.0);
                drawing.hatching(at, width, height, frame.of(5.0), Ink::Muted, frame.of(0.6));
            };
            items.push(Item { width, sample: Box::new(sample), words: say("raster-unknown") });
        }
        if !marks.is_empty() {
            let sample = move |drawing: &mut Drawing, at: Point| {
                drawing.line(vec![at, point(at.x + width, at.y)], Ink::Text, frame.of(1.2));
            };
            items.push(Item { width, sample: Box::new(sample), words: say("raster-treatment") });
        }
        for (number, mark) in (1_u32..).zip(marks).filter(|_| self.is_numbered) {
            items.push(Item::words(&format!("{number}: {}", mark.name)));
        }
        items
    }
}

/// The day of a date and its month: the year stands above the chart.
fn day_and_month(date: NaiveDate, language: Language) -> String {
    let month = say!(language, "month", month = date.month());
    say!(language, "day-and-month", day = date.day(), month = month)
}

/// The person's night in minutes after noon. One that goes over noon is there twice.
fn window(nights: &Nights) -> Vec<(f32, f32)> {
    let from = f32::from((nights.parts.night_start().minute() + 720) % 1440);
    let to = from + f32::from(nights.parts.night().minutes());
    if to > MINUTES { vec![(from, MINUTES), (0.0, to - MINUTES)] } else { vec![(from, to)] }
}

/// The stretches of rows of which something holds, each with the first one and the one after the last.
fn runs(rows: &[Night], holds: impl Fn(&Night) -> bool) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (row, _) in (0_u32..).zip(rows).filter(|(_, night)| holds(night)) {
        match runs.last_mut() {
            Some((_, end)) if *end == row => *end = row + 1,
            _ => runs.push((row, row + 1)),
        }
    }
    runs
}

fn thickness(level: u32, frame: Frame) -> f32 {
    frame.of(0.5 + length(level.min(10)) * 0.09)
}

/// One cramp. Darker for worse, and square where that is not said; larger for longer; full when it broke sleep, hollow when it
/// did not, and half full where that is not said.
fn sign(drawing: &mut Drawing, centre: Point, onset: &Onset, size: f32, frame: Frame) {
    let [short, middle] = LENGTHS;
    let radius = size
        * match onset.seconds {
            Some(seconds) if seconds > middle => 0.6,
            Some(seconds) if seconds > short => 0.44,
            _ => 0.3,
        };
    let [some, much] = GRADES;
    // A hollow one has its darkness in its edge.
    let (ink, outline, width) = match onset.intensity {
        Some(intensity) if intensity >= much => (Ink::Text, Ink::Text, 1.8),
        Some(intensity) if intensity < some => (Ink::Soft, Ink::Strong, 0.7),
        _ => (Ink::Strong, Ink::Strong, 1.2),
    };
    let stroke = Some(Stroke { ink: outline, width: frame.of(width), dashed: false });
    let inside = if onset.broke_sleep == Some(true) { ink } else { Ink::Paper };
    let half = onset.broke_sleep.is_none();
    let Point { x, y } = centre;
    if onset.intensity.is_some() {
        drawing.shapes.push(Shape::Circle { centre, radius, fill: Some(inside), stroke });
        if half {
            drawing.surface(half_disc(centre, radius), ink);
        }
    } else {
        let edge = radius * 1.8;
        let at = point(x - edge / 2.0, y - edge / 2.0);
        drawing.shapes.push(Shape::Path { points: corners(at, edge, edge), closed: true, fill: Some(inside), stroke });
        if half {
            drawing.block(at, edge / 2.0, edge, ink);
        }
    }
}

/// The left half of a disc.
fn half_disc(centre: Point, radius: f32) -> Vec<Point> {
    const STEPS: u8 = 8;
    let on = |step: u8| {
        let (sine, cosine) = (f32::from(step) / f32::from(STEPS) * std::f32::consts::PI).sin_cos();
        point(centre.x - radius * sine, centre.y - radius * cosine)
    };
    (0..=STEPS).map(on).collect()
}
