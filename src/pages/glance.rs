//! A diary at a glance: a few figures over the last four weeks, compared with the four before.

use chrono::{Days, NaiveDate};

use crate::{
    access::ReadableDiary,
    analytics::{
        figures::{Comparison, Direction, Rate},
        night_share::NightShare,
        period::DateRange,
        record::Record,
    },
    diary::covered_days,
    foundation::{ids::Id, language::Language, values::Name},
    say,
    sharing::reviews,
    storage::{Db, refusal::Refusal},
};

/// How many days are looked at.
const DAYS: u64 = 28;

/// The figures of a diary.
#[derive(Debug)]
pub struct Glance {
    /// The diary.
    pub id: Id,
    /// What it is called.
    pub name: Option<Name>,
    /// Cramps a week, on covered days.
    pub rate: Rate,
    /// How that compares with the time before.
    pub change: Comparison,
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
        let period = DateRange { from: to.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to), to };
        let record = Record::read(db, diary, period)?;
        let before = Record::read(db, diary, period.previous())?;
        let seen = |record: &Record| record.seen(record.known_period());
        let reviewed = reviews::store::latest(db, diary)?;
        Ok(Self {
            id: diary.diary().id.clone(),
            name: diary.diary().display_name.clone(),
            rate: Rate::of(seen(&record).covered),
            change: Comparison::of(&seen(&before), &seen(&record)),
            night: NightShare::of(&record, language),
            last_entry: covered_days::store::last(db, diary, to)?,
            is_new: reviewed.is_none_or(|revision| revision < diary.diary().revision),
        })
    }

    /// Cramps a week.
    #[must_use]
    pub fn rate(&self, language: Language) -> String {
        self.rate.per_week.map_or_else(nothing, |rate| language.decimal(rate, 1))
    }

    /// How that changed.
    #[must_use]
    pub fn change(&self, language: Language) -> String {
        match self.change.verdict {
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

fn nothing() -> String {
    "–".to_owned()
}
