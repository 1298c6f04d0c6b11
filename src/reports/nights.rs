//! The last nights of a period one by one, each from noon to noon: when cramps came, what they were like, how sore the leg
//! was, and of which days nothing is known.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::{
    access::ReadableDiary,
    analytics::{period::DateRange, record::Record},
    diary::episodes::{
        self,
        model::Episode,
        soreness::{model::LAST_DAY, store as soreness},
    },
    foundation::local_clock::DayParts,
    storage::{Db, Result},
};

/// More nights than these are not drawn, but the last of them.
pub const MOST_NIGHTS: u32 = 90;
/// More cramps than these are not read. Where there are more, fewer nights are drawn.
const MOST_CRAMPS: i64 = 2_000;
/// From midnight on.
const NOON: u16 = 12 * 60;

/// Nights in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Nights {
    /// How the person's day divides.
    pub parts: DayParts,
    /// By their dates, without a gap.
    pub rows: Vec<Night>,
    /// How sore the leg was, by date.
    pub sore: BTreeMap<NaiveDate, Sore>,
}

/// From the noon of a date to that of the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Night {
    /// The date on which it begins.
    pub date: NaiveDate,
    /// What is known of that date, of which it has the hours from noon on.
    pub evening: Day,
    /// And of the next, of which it has those before.
    pub morning: Day,
    /// The cramps in it, in the order of their onsets.
    pub onsets: Vec<Onset>,
}

/// What is known of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// It has an entry.
    Known,
    /// It has none, or one that tells of a cramp which is not logged.
    Unknown,
    /// It is not what is asked about, has not come, or came before the diary.
    Outside,
}

/// A cramp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onset {
    /// When it began, in minutes from noon on.
    pub minute: u16,
    /// How bad it was.
    pub intensity: Option<u32>,
    /// How long it lasted.
    pub seconds: Option<u32>,
    /// Whether it broke sleep.
    pub broke_sleep: Option<bool>,
}

/// How sore the leg was on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sore {
    /// After whichever cramp it was worst.
    pub level: u32,
    /// In minutes from midnight on: the first cramp's onset, or none when the leg was sore from a day before.
    pub from: u16,
}

impl Nights {
    /// Reads them.
    pub fn read(db: &mut Db, diary: &ReadableDiary, record: &Record) -> Result<Self> {
        let parts = record.parts;
        let nothing = Self { parts, rows: Vec::new(), sore: BTreeMap::new() };
        let Some(known) = record.known_period() else { return Ok(nothing) };
        let (from, to) = (known.from.max(earlier(known.to, u64::from(MOST_NIGHTS))), record.period.to);
        // What began a month before may be felt still.
        let since = earlier(from, LAST_DAY.unsigned_abs().into());
        let cramps = episodes::store::latest(db, diary, since, to, MOST_CRAMPS)?;
        let is_cut = i64::try_from(cramps.len()).is_ok_and(|read| read == MOST_CRAMPS);
        // Of the day of the first one that was read, not all may have been.
        let from = cramps.last().filter(|_| is_cut).map_or(from, |first| from.max(later(first.clock.date)));
        let rows = rows(record, from.min(to), &cramps);
        let Some((first, last)) = rows.first().zip(rows.last()) else { return Ok(nothing) };
        let dates = (first.date, later(last.date));
        let followed = cramps.iter().filter(|cramp| cramp.soreness.days_logged > 0);
        let ids: Vec<_> = followed.map(|cramp| cramp.id.clone()).collect();
        let onsets: BTreeMap<_, _> = cramps.iter().map(|cramp| (&cramp.id, cramp.clock)).collect();
        let mut sore: BTreeMap<NaiveDate, Sore> = BTreeMap::new();
        for entry in soreness::after(db, diary, &ids, dates)? {
            let Some(level) = u32::try_from(entry.level.get()).ok().filter(|level| *level > 0) else { continue };
            let onset = onsets.get(&entry.episode_id).filter(|onset| onset.date == entry.date);
            let from = onset.map_or(0, |onset| onset.time.minute());
            let day = sore.entry(entry.date).or_insert(Sore { level, from });
            *day = Sore { level: level.max(day.level), from: from.min(day.from) };
        }
        Ok(Self { parts, rows, sore })
    }

    /// The dates on which the first and the last of them begin.
    #[must_use]
    pub fn range(&self) -> Option<DateRange> {
        self.rows.first().zip(self.rows.last()).map(|(first, last)| DateRange { from: first.date, to: last.date })
    }

    /// How many cramps came in them.
    #[must_use]
    pub fn cramps(&self) -> u32 {
        self.rows.iter().map(|night| u32::try_from(night.onsets.len()).unwrap_or(u32::MAX)).sum()
    }
}

/// The nights from a date on; the one before it as well, when a cramp came on its morning. That of the last day is there when
/// the day is over, or a cramp came in it.
fn rows(record: &Record, from: NaiveDate, cramps: &[Episode]) -> Vec<Night> {
    let mut onsets: BTreeMap<NaiveDate, Vec<Onset>> = BTreeMap::new();
    for cramp in cramps.iter().rev().filter(|cramp| cramp.clock.date >= from) {
        let (date, minute) = (cramp.clock.date, cramp.clock.time.minute());
        let (night, minute) = if minute < NOON { (earlier(date, 1), minute + NOON) } else { (date, minute - NOON) };
        let details = &cramp.details;
        onsets.entry(night).or_default().push(Onset {
            minute,
            intensity: details.intensity.and_then(|rating| u32::try_from(rating.get()).ok()),
            seconds: details.duration_seconds.and_then(|seconds| u32::try_from(seconds.get()).ok()),
            broke_sleep: details.interrupted_sleep,
        });
    }
    let end = record.period.to.min(record.today);
    let last = if end < record.today { end } else { earlier(end, 1) };
    let first = onsets.keys().next().map_or(from, |night| from.min(*night));
    let last = onsets.keys().next_back().map_or(last, |night| last.max(*night)).max(first);
    let first = first.max(earlier(last, u64::from(MOST_NIGHTS) - 1));
    let known = record.known_period();
    let day = |date: NaiveDate| match record.day(date) {
        Some(day) if day.tells_all() => Day::Known,
        Some(_) => Day::Unknown,
        None if known.is_some_and(|known| known.from <= date && date <= known.to && date < record.today) => {
            Day::Unknown
        }
        None => Day::Outside,
    };
    let nights = first.iter_days().take_while(|date| *date <= last);
    nights
        .map(|date| Night {
            date,
            evening: day(date),
            morning: day(later(date)),
            onsets: {
                let mut onsets = onsets.remove(&date).unwrap_or_default();
                onsets.sort_by_key(|onset| onset.minute);
                onsets
            },
        })
        .collect()
}

fn earlier(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

fn later(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}
