//! Many made-up lives, of which no two labels meet, none leaves its drawing, and none stands on a dot.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::*;
use crate::{
    analytics::{
        before_after,
        period::DateRange,
        record::{Record, Tallies},
        soreness::SorenessCourse,
        statistics::{Interval, SplitMix},
        time_of_day::TimeOfDay,
        trend::{Bucket, Trend},
    },
    diary::covered_days::{
        model::{CoveredDay, DayCounts},
        tally::Tally,
    },
    foundation::{language::Language, local_clock::DayParts, precondition::Revision},
    reports::{
        drawing::{Anchor, Drawing, Frame, Shape, lettering::room},
        nights::{Day, Night, Nights, Onset, Sore},
    },
};

/// So many are tried.
const LIVES: u64 = 250;
/// Names as people write them, and as nobody does.
const NAMES: [&str; 8] = [
    "Sclerotherapy",
    "Kompressionsstrümpfe Klasse II, beidseits, tagsüber",
    "Mg",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "Endovenous ablation of the great saphenous vein",
    "פיזיותרפיה 12 טיפולים",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "Дыхательная гимнастика перед сном",
];

/// A life that a seed makes up.
struct Life {
    random: SplitMix,
    period: DateRange,
    record: Record,
    tallies: Tallies,
    nights: Nights,
    lanes: Vec<Lane>,
}

impl Life {
    fn of(seed: u64) -> Self {
        let mut random = SplitMix::new(seed);
        let from = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(random.below(500).into());
        let longest = [1, 7, 28, 90, 365, 1_095][random.below(6) as usize];
        let days = 1 + random.below(longest);
        let period = DateRange { from, to: from + Days::new(u64::from(days) - 1) };
        let cramps = [0, 1, 2, 40, 200][random.below(5) as usize];
        let starts_late = random.below(days.min(4));
        let (mut covered, mut tallied) = (BTreeMap::new(), BTreeMap::new());
        for day in starts_late..days {
            if random.below(4) > 0 {
                covered.insert(from + Days::new(day.into()), 0);
            }
        }
        for _ in 0..cramps {
            let date = from + Days::new(random.below(days).into());
            *covered.entry(date).or_insert(0) += 1;
            let tally: &mut Tally = tallied.entry(date).or_default();
            tally.minutes.add(random.below(1440) / (1 + random.below(4)));
            tally.soreness.peaks.add(1 + random.below(9));
            tally.soreness.resolved_on.add(random.below(30));
            tally.soreness.last_seen_on.add(random.below(30));
        }
        let day = |(date, count): (NaiveDate, u32)| {
            let mut counts = DayCounts::default();
            counts.night_begun_this_date.episodes = count / 2;
            counts.day.episodes = count - count / 2;
            CoveredDay { date, said_cramp_free: (count == 0).then_some(true), counts }
        };
        let days: Vec<_> = covered.into_iter().map(day).collect();
        let record = Record {
            period,
            revision: Revision(1),
            parts: DayParts::DEFAULT,
            first_day: days.first().map(|day| day.date),
            days,
            today: period.to,
        };
        let lanes = (0..random.below(6)).map(|_| lane(&mut random, period)).collect();
        let nights = nights(&mut random, period);
        Self { random, period, record, tallies: Tallies(tallied.into_iter().collect()), nights, lanes }
    }

    /// All its charts, in a frame of a full width and in one of a half.
    fn charts(&mut self, language: Language, full: Frame, half: Frame) -> Vec<(&'static str, Drawing)> {
        let known = self.record.known_period().unwrap_or(self.period);
        let bucket = if (known.to - known.from).num_days() < 750 { Bucket::Week } else { Bucket::Month };
        let trend = Trend::of(&self.record, bucket, &bucket.divide(known).unwrap(), language);
        let times = TimeOfDay::of(&self.record, &self.tallies, language);
        let soreness = SorenessCourse::of(&self.record, &self.tallies, language);
        let share = self.random.uniform();
        let estimate = Some((share, Interval { low: share / 2.0, high: f64::midpoint(share, 1.0) }));
        let clock = say_clock(language, self.random.uniform());
        let first: Vec<_> =
            self.lanes.iter().map(|lane| (lane.name.clone(), first_nights_of(&self.record, lane))).collect();
        let first: Vec<_> = first.iter().map(|(name, nights)| (name.clone(), nights.as_slice())).collect();
        let signs = crate::say!(language, "chart-first-nights-legend");
        vec![
            ("weeks", weeks(&trend, (&self.lanes, self.lanes.len() / 2), self.period, language, full)),
            ("raster", raster(&self.nights, &self.lanes, language, full)),
            ("first nights", first_nights(&first, &signs, full)),
            ("clock", super::clock(&times, half)),
            ("course", course(&soreness, &crate::say!(language, "day"), half)),
            ("interval", interval(estimate, &clock, half)),
        ]
    }
}

fn say_clock(language: Language, share: f64) -> (f64, String) {
    (share, crate::say!(language, "chart-clock-share", percent = language.percent(share)))
}

fn lane(random: &mut SplitMix, period: DateRange) -> Lane {
    let days = u32::try_from((period.to - period.from).num_days()).unwrap() + 1;
    let from = period.from - Days::new(20) + Days::new(random.below(days + 20).into());
    let to = (random.below(2) == 0).then(|| from + Days::new(random.below(90).into()));
    Lane { name: short_name(NAMES[random.below(8) as usize]), from, to }
}

fn first_nights_of(record: &Record, lane: &Lane) -> Vec<before_after::Night> {
    let state = |date| match record.day(date) {
        Some(day) if day.has_cramps() => before_after::NightState::Cramp,
        Some(_) => before_after::NightState::Free,
        None => before_after::NightState::Unknown,
    };
    lane.from.iter_days().take(14).map(|date| before_after::Night { night_of: date, state: state(date) }).collect()
}

fn nights(random: &mut SplitMix, period: DateRange) -> Nights {
    let dates: Vec<_> = period.from.iter_days().take_while(|date| *date <= period.to).collect();
    let mut sore = BTreeMap::new();
    let rows = dates.iter().rev().take(90).rev().map(|date| {
        let day =
            |random: &mut SplitMix| [Day::Known, Day::Known, Day::Unknown, Day::Outside][random.below(4) as usize];
        let told = |random: &mut SplitMix, most| (random.below(4) > 0).then(|| random.below(most));
        let onsets = (0..random.below(3)).map(|_| Onset {
            minute: u16::try_from(random.below(1440)).unwrap(),
            intensity: told(random, 11),
            seconds: told(random, 2_000),
            broke_sleep: told(random, 2).map(|broke| broke == 1),
        });
        let onsets = onsets.collect();
        if random.below(3) == 0 {
            sore.insert(*date, Sore { level: 1 + random.below(10), from: 0 });
        }
        Night { date: *date, evening: day(random), morning: day(random), onsets }
    });
    let rows = rows.collect();
    let time = |random: &mut SplitMix, hour: u32| {
        let minute = u16::try_from(random.below(6) * 60 + hour).unwrap();
        crate::foundation::local_clock::LocalTime::from_minute(minute).unwrap()
    };
    let (end, start, evening) = (time(random, 0), time(random, 720), time(random, 360));
    Nights { parts: DayParts::new(start, end, evening).unwrap(), rows, sore }
}

#[derive(Debug, Clone, Copy)]
struct Area {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Area {
    fn meets(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// What a label takes at most, with the letters that go highest and lowest.
fn area(shape: &Shape) -> Option<(Area, &str)> {
    let Shape::Text { at, anchor, size, text, .. } = shape else { return None };
    let room = room(text, *size);
    let left = match anchor {
        Anchor::Start => at.x,
        Anchor::Middle => at.x - room / 2.0,
        Anchor::End => at.x - room,
    };
    Some((Area { left, right: left + room, top: at.y - size * 0.78, bottom: at.y + size * 0.24 }, text.as_str()))
}

/// What is wrong with the labels of a drawing.
fn faults(drawing: &Drawing) -> Vec<String> {
    let labels: Vec<_> = drawing.shapes.iter().filter_map(area).collect();
    let mut faults = Vec::new();
    for (number, (here, text)) in labels.iter().enumerate() {
        if here.left < -0.1 || here.right > drawing.width + 0.1 || here.top < -0.1 || here.bottom > drawing.height + 0.1
        {
            faults.push(format!("{text:?} leaves {} × {}: {here:?}", drawing.width, drawing.height));
        }
        for (there, other) in &labels[..number] {
            if here.meets(*there) {
                faults.push(format!("{text:?} meets {other:?}: {here:?} {there:?}"));
            }
        }
        for shape in &drawing.shapes {
            if let Shape::Circle { centre, radius, fill: Some(_), .. } = shape {
                let (left, right) = (centre.x - radius, centre.x + radius);
                let dot = Area { left, right, top: centre.y - radius, bottom: centre.y + radius };
                if here.meets(dot) {
                    faults.push(format!("{text:?} stands on a dot: {here:?} {dot:?}"));
                }
            }
        }
    }
    faults
}

#[test]
fn in_no_life_do_labels_meet_or_leave_their_drawing() {
    // Those that fill a row, and those that stand two in a row: on a phone, on a wide screen, on paper.
    let frames =
        [(Frame::PHONE, Frame::PHONE), (Frame::DESK, Frame::PHONE), (Frame::on_paper(523.28), Frame::on_paper(255.64))];
    let mut found = Vec::new();
    for (seed, language) in (0..LIVES).flat_map(|seed| Language::ALL.into_iter().map(move |language| (seed, language)))
    {
        for (full, half) in frames {
            for (name, drawing) in Life::of(seed).charts(language, full, half) {
                let faults = faults(&drawing).into_iter();
                found.extend(faults.map(|fault| format!("{name} of life {seed}, {language:?}, {full:?}: {fault}")));
            }
        }
    }
    assert!(found.is_empty(), "{} faults: {:#?}", found.len(), &found[..found.len().min(30)]);
}

#[test]
fn an_axis_ends_at_a_round_number() {
    let ends = [0, 1, 3, 5, 6, 11, 41, 99, 1_000_000].map(round_up);
    assert_eq!(ends, [1, 1, 4, 5, 10, 20, 50, 100, 1_000_000]);
}
