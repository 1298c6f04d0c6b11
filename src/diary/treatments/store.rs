//! Treatments in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use serde::Serialize;
use serde_json::Value;

use super::model::{Course, Draft, Kind, Treatment};
use crate::{
    access::{OwnedDiary, ReadableDiary, Stamp, WritableDiary},
    diary::{
        change_log::{After, logged_after},
        logged::{self, Logged, Named},
        table::Table,
        versions::model::{AuthorRole, Authorship, roles},
    },
    foundation::{
        clock::Instant,
        faults::Faults,
        ids::Id,
        paging::{Page, PageRequest},
        precondition::Revision,
        values::{Dose, Name, Note, Side},
    },
    storage::{Db, Error, Result, delete_first, on_engine, refusal::Refusal, schema::treatments, stored_json},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = treatments, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: String,
    kind: String,
    name: String,
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
    note: Option<String>,
    revision: i64,
    created_at: Instant,
    updated_at: Instant,
    dose: Option<String>,
    side: Option<String>,
}

impl From<&Treatment> for Row {
    fn from(treatment: &Treatment) -> Self {
        let course = &treatment.course;
        Self {
            id: treatment.id.to_string(),
            kind: course.kind.as_str().to_owned(),
            name: course.name.as_str().to_owned(),
            started_on: course.started_on,
            ended_on: course.ended_on,
            note: course.note.as_ref().map(|note| note.as_str().to_owned()),
            revision: treatment.revision.0,
            created_at: treatment.created_at,
            updated_at: treatment.updated_at,
            dose: course.dose.as_ref().map(|dose| dose.as_str().to_owned()),
            side: course.side.map(|side| side.as_str().to_owned()),
        }
    }
}

fn side(word: &str) -> Result<Side> {
    Side::parse(word).ok_or_else(|| Error::corrupt("side of a treatment"))
}

impl TryFrom<Row> for Treatment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            course: Course {
                kind: Kind::parse(&row.kind).ok_or_else(|| Error::corrupt("kind of treatment"))?,
                name: Name::stored(row.name),
                dose: row.dose.map(Dose::stored),
                side: row.side.as_deref().map(side).transpose()?,
                started_on: row.started_on,
                ended_on: row.ended_on,
                note: row.note.map(Note::stored),
            },
            revision: Revision(row.revision),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A page of treatments, the latest start first.
pub fn page(db: &mut Db, diary: &ReadableDiary, request: &PageRequest<(NaiveDate, String)>) -> Result<Page<Treatment>> {
    let mut query = treatments::table
        .filter(treatments::diary_id.eq(diary.id()))
        .order((treatments::started_on.desc(), treatments::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((start, id)) = &request.after {
        query = query
            .filter(treatments::started_on.le(*start))
            .filter(treatments::started_on.lt(*start).or(treatments::id.lt(id.clone())));
    }
    if let Some(first) = diary.view().visible_from {
        query = query.filter(treatments::ended_on.is_null().or(treatments::ended_on.ge(first)));
    }
    let found = query.load::<Row>(db)?.into_iter().map(|row| seen(diary, row)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request, |treatment| (treatment.course.started_on, treatment.id.to_string())))
}

/// Treatments that were under way on some day from one date to another, the latest start first: two hundred at most.
pub fn between(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate) -> Result<Vec<Treatment>> {
    const MOST: i64 = 200;
    let from = diary.view().since(from);
    let rows: Vec<Row> = treatments::table
        .filter(treatments::diary_id.eq(diary.id()).and(treatments::started_on.le(to)))
        .filter(treatments::ended_on.is_null().or(treatments::ended_on.ge(from)))
        .order((treatments::started_on.desc(), treatments::id.desc()))
        .limit(MOST)
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(|row| seen(diary, row)).collect()
}

/// A treatment as the caller may see it.
fn seen(diary: &ReadableDiary, row: Row) -> Result<Treatment> {
    let mut treatment = Treatment::try_from(row)?;
    treatment.course.note = diary.view().note(treatment.course.note);
    Ok(treatment)
}

/// One that was under way on the first visible day is part of what is seen, whenever it began.
fn is_shown(diary: &ReadableDiary, treatment: &Treatment) -> bool {
    treatment.course.ended_on.is_none_or(|ended| diary.view().shows(ended))
}

/// As what those wrote who wrote what these treatments say now, where that is known: a page of them at most.
pub fn authors(db: &mut Db, diary: &OwnedDiary, ids: &[Id]) -> Result<HashMap<String, AuthorRole>> {
    let ids = ids.iter().map(Id::as_str);
    let stored: Vec<(String, Option<String>)> = on_engine!(db, |db| {
        let these = treatments::table.filter(treatments::diary_id.eq(diary.id()).and(treatments::id.eq_any(ids)));
        these.select((treatments::id, treatments::written)).load(db)
    })?;
    roles(stored)
}

impl Named for Treatment {
    fn chosen_id(draft: &Draft) -> Option<&Id> {
        draft.id.as_ref()
    }
}

impl Logged for Treatment {
    type Key = Id;
    type Draft = Draft;
    type Accepted = Draft;
    const TABLE: Table = Table::Treatments;

    fn id(key: &Id) -> String {
        key.to_string()
    }

    fn read_id(id: &str) -> Option<Id> {
        Id::parse(id)
    }

    fn key(&self) -> Id {
        self.id.clone()
    }

    fn stamp(&self) -> Stamp {
        Stamp { revision: self.revision, at: self.updated_at }
    }

    fn drafted(id: &Id, body: Value, _: Instant) -> Result<Draft, Faults> {
        let draft = Draft::from_json(body)?;
        logged::repeats_id(id, draft.id.as_ref())?;
        Ok(draft)
    }

    fn accept(
        _: &mut Db,
        _: &WritableDiary,
        _: &Id,
        _: Option<&Self>,
        draft: Result<Draft, Faults>,
    ) -> Result<Draft, Refusal> {
        Ok(draft?)
    }

    fn told(&self) -> Result<String> {
        stored_json::write(&self.course)
    }

    fn written(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<String>> {
        let one = treatments::table.find((diary.id(), id.as_str()));
        Ok(one.select(treatments::written).first(db).optional()?.flatten())
    }

    fn says(&self, draft: &Draft) -> bool {
        self.says(draft)
    }

    fn patched(&self, patch: Value, _: Instant) -> Result<Draft, Faults> {
        self.patched(patch)
    }

    fn lookup(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<Self>> {
        let row: Option<Row> =
            treatments::table.find((diary.id(), id.as_str())).select(Row::as_select()).first(db).optional()?;
        let treatment = row.map(|row| seen(diary, row)).transpose()?;
        Ok(treatment.filter(|treatment| is_shown(diary, treatment)))
    }

    fn insert(db: &mut Db, diary: &WritableDiary, id: Id, draft: Draft) -> Result<Self, Refusal> {
        let stamp = diary.stamp_one_more(db)?;
        let course = draft.course;
        let treatment = Self { id, course, revision: stamp.revision, created_at: stamp.at, updated_at: stamp.at };
        diesel::insert_into(treatments::table)
            .values((
                treatments::diary_id.eq(diary.id()),
                Row::from(&treatment),
                treatments::written.eq(Authorship::stamped(diary, stamp)?),
            ))
            .execute(db)?;
        Ok(treatment)
    }

    fn replace(self, db: &mut Db, diary: &WritableDiary, draft: Draft) -> Result<Self, Refusal> {
        let stamp = diary.stamp(db)?;
        let treatment = Self { course: draft.course, revision: stamp.revision, updated_at: stamp.at, ..self };
        diesel::update(treatments::table.find((diary.id(), treatment.id.as_str())))
            .set((Row::from(&treatment), treatments::written.eq(Authorship::stamped(diary, stamp)?)))
            .execute(db)?;
        Ok(treatment)
    }

    fn remove(self, db: &mut Db, diary: &WritableDiary, _: Stamp) -> Result<()> {
        diesel::delete(treatments::table.find((diary.id(), self.id.as_str()))).execute(db)?;
        Ok(())
    }

    fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>> {
        let keys: Vec<(i64, String)> = logged_after!(diary, after, treatments by treatments::id, after.id.clone())
            .limit(most)
            .select((treatments::revision, treatments::id))
            .load(db)?;
        Ok(keys.into_iter().map(|(revision, id)| (Revision(revision), id)).collect())
    }

    fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<Self>>> {
        let rows: Vec<Row> = logged_after!(diary, after, treatments by treatments::id, after.id.clone())
            .limit(most)
            .select(Row::as_select())
            .load(db)?;
        let shown = |treatment: Self| Some(treatment).filter(|treatment| is_shown(diary, treatment));
        rows.into_iter().map(|row| seen(diary, row).map(shown)).collect()
    }

    fn view(self, _: &ReadableDiary) -> impl Serialize {
        self
    }
}

/// Erases the first `most` treatments, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, treatments by id: String, where treatments::diary_id.eq(diary.id()))?)
}
