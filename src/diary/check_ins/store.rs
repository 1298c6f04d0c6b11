//! Check-ins in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::model::{CheckIn, CheckInReport, check_date};
use crate::{
    access::{OwnedDiary, ReadableDiary, Stamp, WritableDiary},
    diary::{
        change_log::{After, logged_after},
        covered_days,
        logged::Logged,
        table::Table,
        versions::model::{AuthorRole, Authorship, roles},
    },
    foundation::{
        clock::Instant,
        faults::Faults,
        fields,
        paging::{Page, PageRequest},
        precondition::Revision,
        timestamps::parse_date,
        values::Note,
    },
    storage::{Db, Error, Result, delete_first, on_engine, refusal::Refusal, schema::check_ins, stored_json},
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

/// As what those wrote who wrote what the check-ins of these days say now, where that is known: a page of them at most.
pub fn authors(db: &mut Db, diary: &OwnedDiary, dates: &[NaiveDate]) -> Result<HashMap<NaiveDate, AuthorRole>> {
    let stored: Vec<(NaiveDate, Option<String>)> = on_engine!(db, |db| {
        let these = check_ins::table.filter(check_ins::diary_id.eq(diary.id()).and(check_ins::date.eq_any(dates)));
        these.select((check_ins::date, check_ins::written)).load(db)
    })?;
    roles(stored)
}

impl Logged for CheckIn {
    type Key = NaiveDate;
    type Draft = CheckInReport;
    type Accepted = CheckInReport;
    const TABLE: Table = Table::CheckIns;

    fn id(date: &NaiveDate) -> String {
        date.to_string()
    }

    fn read_id(id: &str) -> Option<NaiveDate> {
        parse_date(id)
    }

    fn key(&self) -> NaiveDate {
        self.date
    }

    fn stamp(&self) -> Stamp {
        Stamp { revision: self.revision, at: self.updated_at }
    }

    fn drafted(_: &NaiveDate, body: Value, _: Instant) -> Result<CheckInReport, Faults> {
        CheckInReport::from_json(body)
    }

    fn accept(
        _: &mut Db,
        diary: &WritableDiary,
        date: &NaiveDate,
        before: Option<&Self>,
        report: Result<CheckInReport, Faults>,
    ) -> Result<CheckInReport, Refusal> {
        // A day of which something was told had come then, though the diary may have gone west since.
        let has_come = || if before.is_some() { Ok(()) } else { diary.has_come(*date) };
        let ((), report) = Faults::of_both(check_date(*date).and_then(|()| has_come()), report)?;
        Ok(report)
    }

    fn told(&self) -> Result<String> {
        stored_json::write(&self.report)
    }

    fn written(db: &mut Db, diary: &ReadableDiary, date: &NaiveDate) -> Result<Option<String>> {
        let one = check_ins::table.find((diary.id(), *date));
        Ok(one.select(check_ins::written).first(db).optional()?.flatten())
    }

    fn says(&self, report: &CheckInReport) -> bool {
        self.report == *report
    }

    fn patched(&self, patch: Value, _: Instant) -> Result<CheckInReport, Faults> {
        fields::patched(&self.date.to_string(), &self.report, patch, CheckInReport::from_json)
    }

    fn lookup(db: &mut Db, diary: &ReadableDiary, date: &NaiveDate) -> Result<Option<Self>> {
        let row: Option<Row> =
            check_ins::table.find((diary.id(), *date)).select(Row::as_select()).first(db).optional()?;
        let check_in = row.map(|row| seen(diary, row)).transpose()?;
        Ok(check_in.filter(|check_in| diary.view().shows(check_in.date)))
    }

    fn insert(db: &mut Db, diary: &WritableDiary, date: NaiveDate, report: CheckInReport) -> Result<Self, Refusal> {
        let stamp = diary.stamp_one_more(db)?;
        let check_in = Self { date, report, revision: stamp.revision, created_at: stamp.at, updated_at: stamp.at };
        let row = Row::new(&check_in)?;
        let written = check_ins::written.eq(Authorship::stamped(diary, stamp)?);
        diesel::insert_into(check_ins::table).values((check_ins::diary_id.eq(diary.id()), row, written)).execute(db)?;
        covered_days::store::set_said(db, diary, date, Some(check_in.report.cramp_free))?;
        Ok(check_in)
    }

    fn replace(self, db: &mut Db, diary: &WritableDiary, report: CheckInReport) -> Result<Self, Refusal> {
        let stamp = diary.stamp(db)?;
        let check_in = Self { report, revision: stamp.revision, updated_at: stamp.at, ..self };
        let row = Row::new(&check_in)?;
        let written = check_ins::written.eq(Authorship::stamped(diary, stamp)?);
        diesel::update(check_ins::table.find((diary.id(), check_in.date))).set((row, written)).execute(db)?;
        covered_days::store::set_said(db, diary, check_in.date, Some(check_in.report.cramp_free))?;
        Ok(check_in)
    }

    fn remove(self, db: &mut Db, diary: &WritableDiary, _: Stamp) -> Result<()> {
        diesel::delete(check_ins::table.find((diary.id(), self.date))).execute(db)?;
        covered_days::store::set_said(db, diary, self.date, None)
    }

    /// A date is nothing that a client could have mistaken.
    fn delete_unknown(_: &mut Db, _: &WritableDiary, _: &NaiveDate) -> Result<(), Refusal> {
        Ok(())
    }

    fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>> {
        let keys: Vec<(i64, NaiveDate)> = logged_after!(diary, after, check_ins by check_ins::date, after.date())
            .limit(most)
            .select((check_ins::revision, check_ins::date))
            .load(db)?;
        Ok(keys.into_iter().map(|(revision, date)| (Revision(revision), date.to_string())).collect())
    }

    fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<Self>>> {
        let rows: Vec<Row> = logged_after!(diary, after, check_ins by check_ins::date, after.date())
            .limit(most)
            .select(Row::as_select())
            .load(db)?;
        let shown = |check_in: Self| Some(check_in).filter(|check_in| diary.view().shows(check_in.date));
        rows.into_iter().map(|row| seen(diary, row).map(shown)).collect()
    }

    fn view(self, _: &ReadableDiary) -> impl Serialize {
        self
    }
}

/// Erases the first `most` check-ins, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, check_ins by date: NaiveDate, where check_ins::diary_id.eq(diary.id()))?)
}
