//! Check-ins in the database.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{CheckIn, CheckInReport, check_date};
use crate::{
    access::{ReadableDiary, WritableDiary},
    diary::{
        covered_days,
        tombstones::{self, Table},
    },
    foundation::{
        clock::Instant,
        faults::Faults,
        paging::{Page, PageRequest},
        precondition::{Precondition, Revision},
        values::Note,
    },
    storage::{Db, Error, Result, Written, delete_first, refusal::Refusal, schema::check_ins, stored_json},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(
    table_name = check_ins,
    primary_key(date),
    treat_none_as_null = true,
    treat_none_as_default_value = false
)]
struct Row {
    date: NaiveDate,
    cramp_free: bool,
    note: Option<String>,
    revision: i64,
    created_at: Instant,
    updated_at: Instant,
    triggers: String,
}

impl Row {
    fn new(check_in: &CheckIn) -> Result<Self> {
        let report = &check_in.report;
        Ok(Self {
            date: check_in.date,
            cramp_free: report.cramp_free,
            note: report.note.as_ref().map(|note| note.as_str().to_owned()),
            revision: check_in.revision.0,
            created_at: check_in.created_at,
            updated_at: check_in.updated_at,
            triggers: stored_json::write(&report.triggers)?,
        })
    }
}

impl TryFrom<Row> for CheckIn {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            date: row.date,
            report: CheckInReport {
                cramp_free: row.cramp_free,
                triggers: stored_json::read("trigger", &row.triggers)?,
                note: row.note.map(Note::stored),
            },
            revision: Revision(row.revision),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A check-in as the caller may see it.
fn seen(diary: &ReadableDiary, row: Row) -> Result<CheckIn> {
    let mut check_in = CheckIn::try_from(row)?;
    check_in.report.note = diary.view().note(check_in.report.note);
    Ok(check_in)
}

/// A page of check-ins by date, from and to included.
pub fn page(
    db: &mut Db,
    diary: &ReadableDiary,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    request: &PageRequest<NaiveDate>,
) -> Result<Page<CheckIn>> {
    let mut query = check_ins::table
        .filter(check_ins::diary_id.eq(diary.id()))
        .order(check_ins::date)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(from) = from.max(diary.view().visible_from) {
        query = query.filter(check_ins::date.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(check_ins::date.le(to));
    }
    if let Some(after) = request.after {
        query = query.filter(check_ins::date.gt(after));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.date).try_map(|row| seen(diary, row))
}

fn find(db: &mut Db, diary: &ReadableDiary, date: NaiveDate) -> Result<Option<CheckIn>> {
    let row: Option<Row> = check_ins::table.find((diary.id(), date)).select(Row::as_select()).first(db).optional()?;
    row.map(CheckIn::try_from).transpose()
}

/// Checks a day in, or says something else about it.
///
/// # Errors
/// What is wrong with the date and with the report; when the precondition does not hold.
pub fn put(
    db: &mut Db,
    diary: &WritableDiary,
    date: NaiveDate,
    report: Result<CheckInReport, Faults>,
    precondition: &Precondition,
) -> Result<Written<CheckIn>, Refusal> {
    let before = find(db, diary, date)?;
    // A day of which something was told had come then, though the diary may have gone west since.
    let has_come = || if before.is_some() { Ok(()) } else { diary.has_come(date) };
    let ((), report) = Faults::of_both(check_date(date).and_then(|()| has_come()), report)?;
    if !precondition.holds(before.as_ref().map(|before| before.revision)) {
        return Err(Refusal::Stale);
    }
    let cramp_free = report.cramp_free;
    let written = match before {
        Some(before) if before.report == report => return Ok(Written::Unchanged(before)),
        Some(before) => {
            let stamp = diary.stamp(db)?;
            let check_in = CheckIn { report, revision: stamp.revision, updated_at: stamp.at, ..before };
            diesel::update(check_ins::table.find((diary.id(), date))).set(Row::new(&check_in)?).execute(db)?;
            Written::Replaced(check_in)
        }
        None => {
            tombstones::unearth(db, diary, Table::CheckIns, &date.to_string())?;
            let stamp = diary.stamp_one_more(db)?;
            let check_in =
                CheckIn { date, report, revision: stamp.revision, created_at: stamp.at, updated_at: stamp.at };
            let row = Row::new(&check_in)?;
            diesel::insert_into(check_ins::table).values((check_ins::diary_id.eq(diary.id()), row)).execute(db)?;
            Written::New(check_in)
        }
    };
    covered_days::store::set_said(db, diary, date, Some(cramp_free))?;
    Ok(written)
}

/// Takes a check-in back, if there is one: a date is nothing that a client could have mistaken.
///
/// # Errors
/// When the precondition does not hold.
pub fn delete(db: &mut Db, diary: &WritableDiary, date: NaiveDate, precondition: &Precondition) -> Result<(), Refusal> {
    let Some(check_in) = find(db, diary, date)? else {
        return Ok(());
    };
    if !precondition.holds(Some(check_in.revision)) {
        return Err(Refusal::Stale);
    }
    let stamp = diary.stamp(db)?;
    diesel::delete(check_ins::table.find((diary.id(), date))).execute(db)?;
    tombstones::bury(db, diary, Table::CheckIns, &date.to_string(), stamp)?;
    covered_days::store::set_said(db, diary, date, None)?;
    Ok(())
}

/// Erases the first `most` check-ins, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, check_ins by date: NaiveDate, where check_ins::diary_id.eq(diary.id()))?)
}
