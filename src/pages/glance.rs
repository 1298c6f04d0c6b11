//! A diary at a glance: a few figures over the last four weeks, compared with the four before.

use chrono::{NaiveDate, TimeDelta};

use crate::{
    access::ReadableDiary,
    analytics::{
        comparison::Direction,
        figures::{Rate, is_firm},
        night_share::NightShare,
        period::DateRange,
        record::Record,
        statistics::Level,
    },
    diary::covered_days,
    foundation::{ids::Id, language::Language, values::Name},
    say,
    sharing::reviews,
    storage::{Db, refusal::Refusal},
};

/// How many days are looked at.
const DAYS: i64 = 28;
/// A year of blocks of so many days.
const BLOCKS: usize = 13;

/// The figures of a diary.
#[derive(Debug)]
pub struct Glance {
    /// The diary.
    pub id: Id,
    /// What it is called.
    pub name: Option<Name>,
    /// Cramps a week, on covered days.
    pub rate: Rate,
    /// What they are at least, where too few days have an entry for one figure.
    at_least: Option<f64>,
    /// How the last whole block of four weeks compares with the one before it.
    pub change: Direction,
    /// The night share.
    pub night: NightShare,
    /// The last day with an entry.
    pub last_entry: Option<NaiveDate>,
    /// Whether it changed since whoever looks said that they had read it.
    pub is_new: bool,
}

impl Glance {
    /// Reads them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, language: Language) -> Result<Self, Refusal> {
        let to = diary.today();
        let period = DateRange { from: to - TimeDelta::days(DAYS - 1), to };
        let record = Record::read(db, diary, period)?;
        let blocks = last_blocks(to);
        let year = Record::read(db, diary, DateRange { from: blocks[0].from, to: blocks[BLOCKS - 1].to })?;
        let seen = blocks.map(|block| year.seen(year.known(block)));
        let now = record.seen(record.known_period());
        let reviewed = reviews::store::latest(db, diary)?;
        Ok(Self {
            id: diary.diary().id.clone(),
            name: diary.diary().display_name.clone(),
            rate: Rate::of(now.covered),
            at_least: now.all.rate().filter(|_| !is_firm(&now)).map(|rate| rate * 7.0),
            change: Direction::of(&seen.each_ref(), Level::Percent99),
            night: NightShare::of(&record, language),
            last_entry: covered_days::store::last(db, diary, to)?,
            is_new: reviewed.is_none_or(|revision| revision < diary.diary().revision),
        })
    }

    /// Cramps a week, or the range in which they lie.
    #[must_use]
    pub fn rate(&self, language: Language) -> String {
        let decimal = |number: f64| language.decimal(number, 1);
        match (self.at_least, self.rate.per_week) {
            (_, None) => nothing(),
            (None, Some(rate)) => decimal(rate),
            (Some(low), Some(high)) => format!("{}–{}", decimal(low), decimal(high)),
        }
    }

    /// How that changed.
    #[must_use]
    pub fn change(&self, language: Language) -> String {
        match self.change {
            Direction::Fewer => say!(language, "glance-fewer"),
            Direction::More => say!(language, "glance-more"),
            Direction::NoClearChange => say!(language, "glance-none"),
            Direction::InsufficientData => say!(language, "glance-unknown"),
        }
    }

    /// How many came at night, of how many.
    #[must_use]
    pub fn at_night(&self, language: Language) -> String {
        let night = &self.night;
        night.night_share.map_or_else(nothing, |share| {
            say!(language, "count-of", count = night.night, of = night.episodes, percent = language.percent(share))
        })
    }

    /// The day of the last entry.
    #[must_use]
    pub fn last_entry(&self, language: Language) -> String {
        self.last_entry.map_or_else(nothing, |date| language.short_date(date))
    }
}

/// The last blocks of four weeks that are over, of those that are counted from Monday 5 January 1970 on: a year of them tells
/// how much weeks vary, and the last two are compared. Whoever looks each day must not compare anew each day: by chance
/// alone, some day of a year would show a change.
fn last_blocks(today: NaiveDate) -> [DateRange; BLOCKS] {
    const FIRST_MONDAY: i64 = 4;
    let into_block = ((today - NaiveDate::default()).num_days() - FIRST_MONDAY).rem_euclid(DAYS);
    let mut to = today - TimeDelta::days(into_block + 1);
    let mut blocks = [(); BLOCKS].map(|()| {
        let from = to - TimeDelta::days(DAYS - 1);
        let block = DateRange { from, to };
        to = from - TimeDelta::days(1);
        block
    });
    blocks.reverse();
    blocks
}

fn nothing() -> String {
    "–".to_owned()
}
