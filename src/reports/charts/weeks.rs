//! How many cramps came in each week or month, how much of it is recorded, how the halves compare, and which treatments
//! were under way.

use chrono::{Datelike, Months, NaiveDate};

use super::{TO_BASE, legend, length, round_up, short};
use crate::{
    analytics::{
        comparison::Direction,
        period::DateRange,
        trend::{Bucket, Half, Point as Part, Trend},
    },
    foundation::language::Language,
    reports::drawing::{
        Anchor, Drawing, Frame, Ink,
        lettering::{LEADING, fitted, room},
        point,
    },
    say,
};

/// From one labelled month to the next.
const MONTHS: [u32; 8] = [1, 2, 3, 6, 12, 24, 60, 120];

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

/// Draws it, over the whole period, whatever part of it anything is known of; with some treatments, and how many there are
/// besides.
#[must_use]
pub fn weeks(
    answer: &Trend,
    (lanes, more): (&[Lane], usize),
    period: DateRange,
    language: Language,
    frame: Frame,
) -> Drawing {
    let letters = frame.letters;
    let most = round_up(answer.items.iter().map(|item| item.episodes).max().unwrap_or_default());
    let plot = frame.of(if frame.is_narrow() { 96.0 } else { 72.0 });
    let mut drawing = Drawing::new(frame, 0.0);
    let across = Across {
        period,
        left: room(&most.to_string(), letters) + frame.of(6.0),
        top: letters * 0.6,
        bottom: letters * 0.6 + plot,
        most,
        frame,
    };
    let marks = if most.is_multiple_of(2) { vec![0, most / 2, most] } else { vec![0, most] };
    for count in marks {
        let y = across.up(length(count));
        let ink = if count == 0 { Ink::Muted } else { Ink::Rule };
        drawing.line(vec![point(across.left, y), point(frame.width, y)], ink, frame.of(0.8));
        let at = point(across.left - frame.of(6.0), y + letters * TO_BASE);
        drawing.label(at, Anchor::End, Ink::Muted, count.to_string());
    }
    for item in &answer.items {
        across.bar(&mut drawing, item);
    }
    for half in [&answer.halves.earlier, &answer.halves.later] {
        if answer.halves.comparison.verdict != Direction::InsufficientData {
            across.rate(&mut drawing, half, answer.bucket);
        }
    }
    let mut y = across.dates(&mut drawing, language);
    for lane in lanes {
        y = across.lane(&mut drawing, lane, y);
    }
    if more > 0 {
        let at = point(across.left, y + letters);
        drawing.label(at, Anchor::Start, Ink::Text, say!(language, "and-more", count = more));
        y += letters * LEADING;
    }
    let signs = say!(language, "chart-weeks-legend");
    drawing.height = legend::of_words(&mut drawing, frame, y + frame.of(4.0), &signs);
    drawing
}

/// Where dates and counts are.
struct Across {
    period: DateRange,
    left: f32,
    top: f32,
    bottom: f32,
    /// The count at the top.
    most: u32,
    frame: Frame,
}

impl Across {
    /// How high a count is.
    fn up(&self, count: f32) -> f32 {
        self.bottom - count / length(self.most) * (self.bottom - self.top)
    }

    /// Where a date begins.
    fn at(&self, date: NaiveDate) -> f32 {
        let day = |date: NaiveDate| u32::try_from((date - self.period.from).num_days()).unwrap_or_default();
        let days = day(self.period.to) + 1;
        self.left + length(day(date).min(days)) / length(days) * (self.frame.width - self.left)
    }

    /// Where a date ends.
    fn after(&self, date: NaiveDate) -> f32 {
        date.succ_opt().map_or(self.frame.width, |next| self.at(next))
    }

    /// Below the bars, how many of the days are recorded.
    fn strip(&self) -> f32 {
        self.bottom + self.frame.of(6.0)
    }

    /// The night is dark, the rest light. Of few weeks, or of one, each has no more room than a bar needs.
    fn bar(&self, drawing: &mut Drawing, item: &Part) {
        let (left, right) = (self.at(item.from), self.after(item.to));
        let gap = ((right - left) * 0.12).min(self.frame.of(2.0));
        let (x, width) = (left + gap, (right - left - 2.0 * gap).max(self.frame.of(0.4)));
        let bar = width.min(self.frame.of(28.0));
        let middle = x + (width - bar) / 2.0;
        let (night, all) = (self.up(length(item.night)), self.up(length(item.episodes)));
        if item.episodes > item.night {
            drawing.block(point(middle, all), bar, night - all, Ink::Soft);
        }
        if item.night > 0 {
            drawing.block(point(middle, night), bar, self.bottom - night, Ink::Strong);
        }
        if let Some(share) = item.coverage.share {
            let (top, height) = (self.bottom + self.frame.of(2.0), self.frame.of(4.0));
            drawing.block(point(x, top), width, height, Ink::Shade);
            drawing.block(point(x, top), width * short(share), height, Ink::Muted);
        }
    }

    /// The cramps of one half of the period over all its days, in a bucket of the usual length: on the scale of the bars,
    /// which count what is logged.
    fn rate(&self, drawing: &mut Drawing, half: &Half, bucket: Bucket) {
        let (Some(from), Some(to)) = (half.from, half.to) else { return };
        let days = match bucket {
            Bucket::Day => 1.0,
            Bucket::Week => 7.0,
            Bucket::Month => 365.25 / 12.0,
        };
        let all_days = u32::try_from((to - from).num_days() + 1).unwrap_or(1);
        let y = self.up(length(half.per_week.episodes) / length(all_days) * days).max(self.frame.of(1.5));
        drawing.dashes(vec![point(self.at(from), y), point(self.after(to), y)], Ink::Text, self.frame.of(1.3));
    }

    /// The first and the last date, and between them the first days of months or years, as many as there is room for. Returns
    /// where they end.
    fn dates(&self, drawing: &mut Drawing, language: Language) -> f32 {
        let (letters, gap) = (self.frame.letters, self.frame.of(10.0));
        let base = self.strip() + letters * 1.15;
        let DateRange { from, to } = self.period;
        let (first, last) = (language.date(from), language.date(to));
        let (start, mut end) = (self.left + room(&first, letters) + gap, self.frame.width);
        drawing.label(point(self.left, base), Anchor::Start, Ink::Muted, first);
        if to > from && start + room(&last, letters) <= self.frame.width {
            end -= room(&last, letters) + gap;
            drawing.label(point(self.frame.width, base), Anchor::End, Ink::Muted, last);
        }
        let name = |date: NaiveDate, every: u32| {
            let month = say!(language, "month", month = date.month());
            match (every < 12, date.month()) {
                (true, 1) => format!("{month} {}", date.year()),
                (true, _) => month,
                (false, _) => date.year().to_string(),
            }
        };
        let fitting = |every: u32| {
            let months = self.months(every).map(|date| (self.at(date), name(date, every)));
            let inside = months.filter(|(x, name)| {
                let half = room(name, letters) / 2.0;
                x - half >= start && x + half <= end
            });
            let inside: Vec<_> = inside.collect();
            let meet = inside.windows(2).any(|two| {
                let [(left, one), (right, other)] = two else { return false };
                right - left < f32::midpoint(room(one, letters), room(other, letters)) + gap
            });
            (!meet).then_some(inside)
        };
        for (x, name) in MONTHS.into_iter().find_map(fitting).unwrap_or_default() {
            let tick = vec![point(x, self.bottom), point(x, self.strip() + self.frame.of(2.0))];
            drawing.line(tick, Ink::Muted, self.frame.of(0.8));
            drawing.label(point(x, base), Anchor::Middle, Ink::Muted, name);
        }
        base + letters * 0.5
    }

    /// The first days of months within the period, of every so many months of the calendar.
    fn months(&self, every: u32) -> impl Iterator<Item = NaiveDate> {
        let DateRange { from, to } = self.period;
        let begins = move |date: &NaiveDate| {
            let month = date.year().unsigned_abs().saturating_mul(12).saturating_add(date.month0());
            month.is_multiple_of(every)
        };
        let first = from
            .with_day(1)
            .and_then(|date| if date < from { date.checked_add_months(Months::new(1)) } else { Some(date) });
        let next = |date: &NaiveDate| date.checked_add_months(Months::new(1));
        std::iter::successors(first, next).take_while(move |date| *date <= to).filter(begins)
    }

    /// A treatment below the axis, and where it ends. One that began before has an arrow for its beginning.
    fn lane(&self, drawing: &mut Drawing, lane: &Lane, top: f32) -> f32 {
        let (letters, thick) = (self.frame.letters, self.frame.of(1.8));
        let DateRange { from, to } = self.period;
        let (begins, ends) = (lane.from >= from, lane.to.filter(|end| *end < to));
        let (left, right) = (self.at(lane.from.max(from)), ends.map_or(self.frame.width, |end| self.after(end)));
        let gap = self.frame.of(6.0);
        let name = fitted(&lane.name, letters, self.frame.width);
        let needed = room(&name, letters);
        // The name stands before the line, behind it, or where there is room neither here nor there, above.
        let before = begins && left - self.left >= needed + gap;
        let behind = !before && right + gap + needed <= self.frame.width;
        let height = letters * LEADING;
        let middle = if before || behind { top + height / 2.0 } else { top + height + self.frame.of(4.0) };
        let base = top + height / 2.0 + letters * TO_BASE;
        if before {
            drawing.label(point(left - gap, base), Anchor::End, Ink::Text, name);
        } else if behind {
            drawing.label(point(right + gap, base), Anchor::Start, Ink::Text, name);
        } else {
            drawing.label_within(point(left, base), Anchor::Start, Ink::Text, name);
        }
        drawing.line(vec![point(left, middle), point(right, middle)], Ink::Text, thick);
        let end = self.frame.of(4.0);
        if begins {
            drawing.line(vec![point(left, middle - end), point(left, middle + end)], Ink::Text, thick);
            drawing.dashes(vec![point(left, self.top), point(left, self.strip())], Ink::Muted, self.frame.of(0.8));
        } else {
            let arrow = vec![point(left, middle), point(left + end, middle - end), point(left + end, middle + end)];
            drawing.surface(arrow, Ink::Text);
        }
        if ends.is_some() {
            drawing.line(vec![point(right, middle - end), point(right, middle + end)], Ink::Text, thick);
        }
        (middle + end).max(top + height) + self.frame.of(2.0)
    }
}
