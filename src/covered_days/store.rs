//! The kept sums in the database.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{DayCounts, Facts};
use crate::{
    access::{ReadableDiary, WritableDiary},
    local_clock::DayParts,
    storage::{Db, Result, on_engine, schema::covered_days},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Default)]
#[diesel(table_name = covered_days)]
struct Row {
    checked_in: bool,
    episodes: i32,
    night_begun_this_date: i32,
    night_begun_the_date_before: i32,
    evening: i32,
    sleep_interrupted: i32,
    sleep_not_interrupted: i32,
    late_and_sleep_interrupted: i32,
    in_bed: i32,
    not_in_bed: i32,
    on_the_move: i32,
}

impl Row {
    const fn new(checked_in: bool, counts: DayCounts) -> Self {
        Self {
            checked_in,
            episodes: counts.episodes,
            night_begun_this_date: counts.night_begun_this_date,
            night_begun_the_date_before: counts.night_begun_the_date_before,
            evening: counts.evening,
            sleep_interrupted: counts.sleep_interrupted,
            sleep_not_interrupted: counts.sleep_not_interrupted,
            late_and_sleep_interrupted: counts.late_and_sleep_interrupted,
            in_bed: counts.in_bed,
            not_in_bed: counts.not_in_bed,
            on_the_move: counts.on_the_move,
        }
    }

    const fn counts(&self) -> DayCounts {
        DayCounts {
            episodes: self.episodes,
            night_begun_this_date: self.night_begun_this_date,
            night_begun_the_date_before: self.night_begun_the_date_before,
            evening: self.evening,
            sleep_interrupted: self.sleep_interrupted,
            sleep_not_interrupted: self.sleep_not_interrupted,
            late_and_sleep_interrupted: self.late_and_sleep_interrupted,
            in_bed: self.in_bed,
            not_in_bed: self.not_in_bed,
            on_the_move: self.on_the_move,
        }
    }
}

/// The covered days of a period with their counts, by date.
///
/// # Errors
/// When the database fails.
pub fn between(
    db: &mut Db,
    diary: &ReadableDiary,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, DayCounts)>> {
    let rows: Vec<(NaiveDate, Row)> = on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()).and(covered_days::date.between(from, to)))
            .order(covered_days::date)
            .select((covered_days::date, Row::as_select()))
            .load(db)
    })?;
    Ok(rows.into_iter().map(|(date, row)| (date, row.counts())).collect())
}

/// The first covered day of a diary: before it, nothing is known.
///
/// # Errors
/// When the database fails.
pub fn first(db: &mut Db, diary: &ReadableDiary) -> Result<Option<NaiveDate>> {
    let first = on_engine!(db, |db| {
        covered_days::table
            .filter(covered_days::diary_id.eq(diary.id()))
            .order(covered_days::date)
            .select(covered_days::date)
            .first(db)
            .optional()
    });
    Ok(first?)
}

/// Whether a day has a cramp or a check-in.
///
/// # Errors
/// When the database fails.
pub fn is_covered(db: &mut Db, diary: &ReadableDiary, date: NaiveDate) -> Result<bool> {
    Ok(find(db, diary, date)?.is_some())
}

/// Counts a cramp.
///
/// # Errors
/// When the database fails.
pub fn add(db: &mut Db, diary: &WritableDiary, facts: &Facts) -> Result<()> {
    let counts = DayCounts::of(facts, diary.diary().day_parts);
    change(db, diary, facts.clock.date, |row| Row::new(row.checked_in, row.counts().plus(counts)))
}

/// Counts a cramp no more.
///
/// # Errors
/// When the database fails.
pub fn remove(db: &mut Db, diary: &WritableDiary, facts: &Facts) -> Result<()> {
    let counts = DayCounts::of(facts, diary.diary().day_parts);
    change(db, diary, facts.clock.date, |row| Row::new(row.checked_in, row.counts().minus(counts)))
}

/// Notes that a day has a check-in, or has it no more.
///
/// # Errors
/// When the database fails.
pub fn set_checked_in(db: &mut Db, diary: &WritableDiary, date: NaiveDate, checked_in: bool) -> Result<()> {
    change(db, diary, date, |row| Row { checked_in, ..row })
}

/// Counts everything anew, for another division of the day.
///
/// # Errors
/// When the database fails.
pub fn recount(
    db: &mut Db,
    diary: &WritableDiary,
    episodes: impl Iterator<Item = Facts>,
    parts: DayParts,
) -> Result<()> {
    let mut days: BTreeMap<NaiveDate, DayCounts> = BTreeMap::new();
    for facts in episodes {
        let day = days.entry(facts.clock.date).or_default();
        *day = day.plus(DayCounts::of(&facts, parts));
    }
    for (date, counts) in days {
        change(db, diary, date, |row| Row::new(row.checked_in, counts))?;
    }
    Ok(())
}

fn find(db: &mut Db, diary: &ReadableDiary, date: NaiveDate) -> Result<Option<Row>> {
    let key = (diary.id(), date);
    Ok(on_engine!(db, |db| covered_days::table.find(key).select(Row::as_select()).first(db).optional())?)
}

fn change(db: &mut Db, diary: &WritableDiary, date: NaiveDate, to: impl FnOnce(Row) -> Row) -> Result<()> {
    let before = find(db, diary, date)?;
    let there = before.is_some();
    let row = to(before.unwrap_or_default());
    let key = (covered_days::diary_id.eq(diary.id()), covered_days::date.eq(date));
    let target = covered_days::table.find((diary.id(), date));
    on_engine!(db, |db| match (there, row.checked_in || row.episodes > 0) {
        (false, true) => diesel::insert_into(covered_days::table).values((key, row)).execute(db),
        (true, true) => diesel::update(target).set(row).execute(db),
        (true, false) => diesel::delete(target).execute(db),
        (false, false) => Ok(0),
    })?;
    Ok(())
}
