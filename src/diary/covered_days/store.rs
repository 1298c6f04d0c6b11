//! The kept sums in the database.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use diesel::{
    backend::Backend,
    connection::DefaultLoadingMode,
    deserialize::{self, FromSql, FromSqlRow},
    pg::Pg,
    prelude::*,
    sql_types::Text,
    sqlite::Sqlite,
};

use super::{
    model::{Contribution, CoveredDay, DayCounts},
    notation,
    tally::{Soreness, Tally},
};
use crate::{
    access::{ReadableDiary, WritableDiary},
    storage::{
        self, Db, Error, Result, StoredDate, delete_first, fixed, on_engine, schema::covered_days, write_unwaited,
    },
};

/// The counts of a day as they are kept.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = covered_days, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Counted {
    /// All cramps: the database checks that a day without any has a check-in.
    episodes: i32,
    counts: String,
}

impl From<DayCounts> for Counted {
    fn from(counts: DayCounts) -> Self {
        let episodes = i32::try_from(counts.all().episodes).unwrap_or(i32::MAX);
        Self { episodes, counts: notation::write_counts(counts) }
    }
}

/// All that is kept of a day.
struct Day {
    /// What the check-in said; `None` without one.
    said_cramp_free: Option<bool>,
    counts: DayCounts,
    /// `None` while nobody has tallied what an older version wrote; then it stays so until somebody does.
    tally: Option<Tally>,
}

impl Day {
    fn empty() -> Self {
        Self { said_cramp_free: None, counts: DayCounts::default(), tally: Some(Tally::default()) }
    }

    fn add(&mut self, cramp: &Contribution) {
        self.counts = self.counts.plus(cramp.counts);
        self.tally(|tally| tally.add(&cramp.tally));
    }

    fn remove(&mut self, cramp: &Contribution) {
        self.counts = self.counts.minus(cramp.counts);
        self.tally(|tally| tally.subtract(&cramp.tally));
    }

    fn tally(&mut self, change: impl FnOnce(&mut Tally)) {
        self.tally.as_mut().map(change);
    }
}

/// The counts of a day, read where the row has them.
#[derive(Debug, Clone, Copy, FromSqlRow)]
struct StoredCounts(DayCounts);

impl StoredCounts {
    fn read(text: &[u8]) -> deserialize::Result<Self> {
        Ok(Self(notation::read_counts(text).ok_or_else(|| Error::corrupt("counts of a day"))?))
    }
}

impl FromSql<Text, Sqlite> for StoredCounts {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::read(value.read_text().as_bytes())
    }
}

impl FromSql<Text, Pg> for StoredCounts {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::read(value.as_bytes())
    }
}

fn read_tally(text: &str) -> Result<Tally> {
    notation::read_tally(text).ok_or_else(|| Error::corrupt("tally of a day"))
}

/// The covered days of a period with their counts, by date.
pub fn between(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate) -> Result<Vec<CoveredDay>> {
    let from = diary.view().since(from);
    Ok(on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()).and(covered_days::date.between(from, to)))
            .order(covered_days::date)
            .select((covered_days::date, covered_days::said_cramp_free, covered_days::counts))
            .load_iter::<(StoredDate, Option<bool>, StoredCounts), DefaultLoadingMode>(db)?
            .map(|row| {
                row.map(|(date, said_cramp_free, StoredCounts(counts))| CoveredDay {
                    date: date.into(),
                    said_cramp_free,
                    counts,
                })
            })
            .collect::<QueryResult<Vec<_>>>()
    })?)
}

/// Those of these dates on which cramps began.
pub fn with_cramps(
    db: &mut Db,
    diary: &ReadableDiary,
    dates: impl IntoIterator<Item = NaiveDate>,
) -> Result<HashSet<NaiveDate>> {
    let dates = dates.into_iter().map(StoredDate::from);
    let found: Vec<StoredDate> = on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()).and(covered_days::date.eq_any(dates)))
            .filter(covered_days::episodes.gt(0))
            .select(covered_days::date)
            .load(db)
    })?;
    Ok(found.into_iter().map(NaiveDate::from).collect())
}

/// What the cramps of a period were like, by the date on which they began.
pub fn tallies(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, Tally)>> {
    let from = diary.view().since(from);
    let days: Vec<(StoredDate, Option<String>)> = on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()).and(covered_days::date.between(from, to)))
            .filter(covered_days::episodes.gt(0))
            .order(covered_days::date)
            .select((covered_days::date, covered_days::tally))
            .load(db)
    })?;
    let counted = days.into_iter().filter_map(|(date, tally)| Some((date, tally?)));
    counted.map(|(date, tally)| Ok((date.into(), read_tally(&tally)?))).collect()
}

/// The query of the first covered day from a date on: of one type wherever it is asked, which is what it is known by.
macro_rules! first_since {
    ($diary:ident, $from:ident) => {
        covered_days::table
            .filter(covered_days::diary_id.eq($diary.id()).and(covered_days::date.ge($from)))
            .order(covered_days::date)
            .limit(1)
            .select(covered_days::date)
    };
}

/// The first covered day of a diary: before it, nothing is known.
pub fn first(db: &mut Db, diary: &ReadableDiary) -> Result<Option<NaiveDate>> {
    // Nothing can be recorded before 1970.
    let from = diary.view().since(NaiveDate::default());
    Ok(on_engine!(db, |db| first_since!(diary, from).load(db))?.pop())
}

/// Has the first covered day sent along with the next query, since it is asked for by [`first`] after it.
pub fn foresee_first(db: &mut Db, diary: &ReadableDiary) -> Result<()> {
    let from = diary.view().since(NaiveDate::default());
    Ok(db.foresee(&first_since!(diary, from))?)
}

/// The last covered day of a diary up to a date.
pub fn last(db: &mut Db, diary: &ReadableDiary, to: NaiveDate) -> Result<Option<NaiveDate>> {
    let from = diary.view().since(NaiveDate::default());
    let last = on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()).and(covered_days::date.between(from, to)))
            .order(covered_days::date.desc())
            .select(covered_days::date)
            .first(db)
            .optional()
    });
    Ok(last?)
}

/// Whether a day has a cramp or a check-in.
pub fn is_covered(db: &mut Db, diary: &ReadableDiary, date: NaiveDate) -> Result<bool> {
    Ok(diary.view().shows(date) && find(db, diary, date)?.is_some())
}

/// Counts a cramp.
pub fn add(db: &mut Db, diary: &WritableDiary, cramp: &Contribution) -> Result<()> {
    change(db, diary, cramp.date, |day| day.add(cramp))
}

/// Counts a cramp no more.
pub fn remove(db: &mut Db, diary: &WritableDiary, cramp: &Contribution) -> Result<()> {
    change(db, diary, cramp.date, |day| day.remove(cramp))
}

/// Counts a cramp as it is now instead of as it was.
pub fn replace(db: &mut Db, diary: &WritableDiary, before: &Contribution, after: &Contribution) -> Result<()> {
    if before == after {
        return Ok(());
    }
    if before.date == after.date {
        return change(db, diary, after.date, |day| {
            day.remove(before);
            day.add(after);
        });
    }
    remove(db, diary, before)?;
    add(db, diary, after)
}

/// Counts the soreness after a cramp of a date as it is now instead of as it was.
pub fn set_soreness(
    db: &mut Db,
    diary: &WritableDiary,
    onset: NaiveDate,
    before: &Soreness,
    after: &Soreness,
) -> Result<()> {
    change(db, diary, onset, |day| day.tally(|tally| tally.soreness.replace(before, after)))
}

/// Notes what a check-in says of a day, or that there is none any more.
pub fn set_said(db: &mut Db, diary: &WritableDiary, date: NaiveDate, cramp_free: Option<bool>) -> Result<()> {
    change(db, diary, date, |day| day.said_cramp_free = cramp_free)
}

/// Counts anew what depends on how the day divides, from what each cramp adds to which date under another division.
pub fn recount(
    db: &mut Db,
    diary: &WritableDiary,
    cramps: impl IntoIterator<Item = (NaiveDate, DayCounts)>,
) -> Result<()> {
    let mut days: BTreeMap<NaiveDate, DayCounts> = BTreeMap::new();
    for (date, counts) in cramps {
        let day = days.entry(date).or_default();
        *day = day.plus(counts);
    }
    for (date, counts) in days {
        let target = covered_days::table.find((diary.id(), date));
        on_engine!(db, |db| fixed!(storage::update(target, Counted::from(counts))).execute(db))?;
    }
    Ok(())
}

/// The first days of the diaries' that an older version of this service counted without a tally.
pub fn without_tally(db: &mut Db, limit: i64) -> Result<Vec<(String, NaiveDate)>> {
    let query = covered_days::table
        .filter(covered_days::tally.is_null())
        .select((covered_days::diary_id, covered_days::date))
        .limit(limit);
    Ok(on_engine!(db, |db| query.load(db))?)
}

/// Counts the cramps of a day that has no tally.
pub fn count(
    db: &mut Db,
    diary: &WritableDiary,
    date: NaiveDate,
    cramps: impl IntoIterator<Item = Contribution>,
) -> Result<()> {
    let mut day = Day::empty();
    cramps.into_iter().for_each(|cramp| day.add(&cramp));
    let target = covered_days::table.find((diary.id(), date));
    let row = (Counted::from(day.counts), covered_days::tally.eq(day.tally.map(notation::write_tally)));
    on_engine!(db, |db| fixed!(storage::update(target, row)).execute(db))?;
    Ok(())
}

fn find(db: &mut Db, diary: &ReadableDiary, date: NaiveDate) -> Result<Option<Day>> {
    let key = (diary.id(), StoredDate::from(date));
    let row: Option<(Option<bool>, StoredCounts, Option<String>)> = on_engine!(db, |db| {
        covered_days::table
            .find(key)
            .select((covered_days::said_cramp_free, covered_days::counts, covered_days::tally))
            .first(db)
            .optional()
    })?;
    row.map(|(said_cramp_free, StoredCounts(counts), tally)| {
        let tally = tally.map(|tally| read_tally(&tally)).transpose()?;
        Ok(Day { said_cramp_free, counts, tally })
    })
    .transpose()
}

fn change(db: &mut Db, diary: &WritableDiary, date: NaiveDate, change: impl FnOnce(&mut Day)) -> Result<()> {
    let before = find(db, diary, date)?;
    let there = before.is_some();
    let mut day = before.unwrap_or_else(Day::empty);
    change(&mut day);
    let date = StoredDate::from(date);
    let key = (covered_days::diary_id.eq(diary.id()), covered_days::date.eq(date));
    let target = covered_days::table.find((diary.id(), date));
    let is_covered = day.said_cramp_free.is_some() || day.counts != DayCounts::default();
    let row = (
        covered_days::said_cramp_free.eq(day.said_cramp_free),
        Counted::from(day.counts),
        covered_days::tally.eq(day.tally.map(notation::write_tally)),
    );
    Ok(match (there, is_covered) {
        (false, true) => write_unwaited!(db, fixed!(diesel::insert_into(covered_days::table).values((key, row)))),
        (true, true) => write_unwaited!(db, fixed!(storage::update(target, row))),
        (true, false) => write_unwaited!(db, diesel::delete(target)),
        (false, false) => Ok(()),
    }?)
}

/// Erases the first `most` covered days, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, covered_days by date: NaiveDate, where covered_days::diary_id.eq(diary.id()))?)
}
