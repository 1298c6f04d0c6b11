//! Who to look at first: a few figures of each diary that is shared with somebody, over the last four weeks and the four
//! before.

use chrono::{Days, NaiveDate};

use crate::{
    access::{ReadableDiary, Role},
    analytics::{
        figures::{Comparison, Rate},
        night_share::NightShare,
        period::Period,
        record::Record,
    },
    ids::Id,
    language::Language,
    refusal::Refusal,
    sharing::reviews,
    storage::Db,
    values::Name,
};

/// How many days are looked at.
const DAYS: u64 = 28;

/// What the list shows of a diary.
#[derive(Debug)]
pub struct Line {
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
    /// Whether it changed since they last said that they had read it.
    pub is_new: bool,
}

impl Line {
    /// Reads the line of a diary; none of one's own.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, language: Language) -> Result<Option<Self>, Refusal> {
        if diary.role() == Role::Owner {
            return Ok(None);
        }
        let to = diary.today();
        let period = Period { from: to.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to), to };
        let record = Record::read(db, diary, period)?;
        let before = Record::read(db, diary, period.previous())?;
        let seen = |record: &Record| record.seen(record.known_period());
        let reviewed = reviews::store::latest(db, diary)?;
        Ok(Some(Self {
            id: diary.diary().id.clone(),
            name: diary.diary().display_name.clone(),
            rate: Rate::of(seen(&record).covered),
            change: Comparison::of(&seen(&before), &seen(&record)),
            night: NightShare::of(&record, language),
            last_entry: crate::covered_days::store::last(db, diary, to)?,
            is_new: reviewed.is_none_or(|revision| revision < diary.diary().revision),
        }))
    }
}

/// Those with something new first, and among them those with the most cramps.
pub fn sort(lines: &mut [Line]) {
    let cramps = |line: &Line| line.rate.per_week.unwrap_or(-1.0);
    lines.sort_by(|one, two| two.is_new.cmp(&one.is_new).then(cramps(two).total_cmp(&cramps(one))));
}
