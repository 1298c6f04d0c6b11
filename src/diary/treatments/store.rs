//! Treatments in the database.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{Course, Draft, Kind, Treatment};
use crate::{
    access::{ReadableDiary, WritableDiary},
    diary::tombstones::{self, Table},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        precondition::{Precondition, Revision},
        values::{Dose, Name, Note, Side},
    },
    storage::{Db, Error, Result, Written, delete_first, refusal::Refusal, schema::treatments},
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
    Ok(Page::cut(found, request.limit, |treatment| (treatment.course.started_on, treatment.id.to_string())))
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

fn lookup(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<Treatment>> {
    let row: Option<Row> =
        treatments::table.find((diary.id(), id.as_str())).select(Row::as_select()).first(db).optional()?;
    let treatment = row.map(|row| seen(diary, row)).transpose()?;
    // One that was under way on the first visible day is part of what is seen, whenever it began.
    Ok(treatment.filter(|treatment| treatment.course.ended_on.is_none_or(|ended| diary.view().shows(ended))))
}

/// A treatment as the caller may see it.
fn seen(diary: &ReadableDiary, row: Row) -> Result<Treatment> {
    let mut treatment = Treatment::try_from(row)?;
    treatment.course.note = diary.view().note(treatment.course.note);
    Ok(treatment)
}

/// A treatment by its id.
///
/// # Errors
/// When it was deleted or never was.
pub fn find(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Treatment, Refusal> {
    match lookup(db, diary, id)? {
        Some(treatment) => Ok(treatment),
        None => tombstones::absent(db, diary, Table::Treatments, id.as_str()),
    }
}

/// Logs a treatment. It is unchanged when it had been logged before, word for word.
///
/// # Errors
/// When its id stands for another treatment, or for a deleted one.
pub fn create(db: &mut Db, diary: &WritableDiary, draft: Draft) -> Result<Written<Treatment>, Refusal> {
    if let Some(id) = &draft.id {
        if let Some(before) = lookup(db, diary, id)? {
            let same = before.course == draft.course;
            return if same { Ok(Written::Unchanged(before)) } else { Err(Refusal::IdConflict) };
        }
        if tombstones::is_buried(db, diary, Table::Treatments, id.as_str())? {
            return Err(Refusal::Gone);
        }
    }
    Ok(Written::New(insert(db, diary, draft.id.unwrap_or_else(Id::random), draft.course)?))
}

/// Writes a treatment at an id: a new one, or in place of the one that is there.
///
/// # Errors
/// When the precondition does not hold.
pub fn put(
    db: &mut Db,
    diary: &WritableDiary,
    id: Id,
    course: Course,
    precondition: &Precondition,
) -> Result<Written<Treatment>, Refusal> {
    let before = lookup(db, diary, &id)?;
    if !precondition.holds(before.as_ref().map(|before| before.revision)) {
        return Err(Refusal::Stale);
    }
    if let Some(before) = before {
        Ok(replace(db, diary, before, course)?)
    } else {
        tombstones::unearth(db, diary, Table::Treatments, id.as_str())?;
        Ok(Written::New(insert(db, diary, id, course)?))
    }
}

/// Changes parts of a treatment.
///
/// # Errors
/// When it is not there, the precondition does not hold, or what comes out is invalid.
pub fn patch(
    db: &mut Db,
    diary: &WritableDiary,
    id: &Id,
    patch: serde_json::Value,
    precondition: &Precondition,
) -> Result<Treatment, Refusal> {
    let before = find(db, diary, id)?;
    let course = before.patched(patch)?.course;
    if !precondition.holds(Some(before.revision)) {
        return Err(Refusal::Stale);
    }
    Ok(replace(db, diary, before, course)?.into_row())
}

/// Deletes a treatment. Deleting it again does nothing.
///
/// # Errors
/// When it never was, or the precondition does not hold.
pub fn delete(db: &mut Db, diary: &WritableDiary, id: &Id, precondition: &Precondition) -> Result<(), Refusal> {
    let Some(treatment) = lookup(db, diary, id)? else {
        return tombstones::already_deleted(db, diary, Table::Treatments, id.as_str());
    };
    if !precondition.holds(Some(treatment.revision)) {
        return Err(Refusal::Stale);
    }
    let stamp = diary.stamp(db)?;
    diesel::delete(treatments::table.find((diary.id(), id.as_str()))).execute(db)?;
    Ok(tombstones::bury(db, diary, Table::Treatments, id.as_str(), stamp)?)
}

fn insert(db: &mut Db, diary: &WritableDiary, id: Id, course: Course) -> Result<Treatment> {
    let stamp = diary.stamp(db)?;
    let treatment = Treatment { id, course, revision: stamp.revision, created_at: stamp.at, updated_at: stamp.at };
    diesel::insert_into(treatments::table)
        .values((treatments::diary_id.eq(diary.id()), Row::from(&treatment)))
        .execute(db)?;
    Ok(treatment)
}

fn replace(db: &mut Db, diary: &WritableDiary, before: Treatment, course: Course) -> Result<Written<Treatment>> {
    if before.course == course {
        return Ok(Written::Unchanged(before));
    }
    let stamp = diary.stamp(db)?;
    let treatment = Treatment { course, revision: stamp.revision, updated_at: stamp.at, ..before };
    diesel::update(treatments::table.find((diary.id(), treatment.id.as_str())))
        .set(Row::from(&treatment))
        .execute(db)?;
    Ok(Written::Replaced(treatment))
}

/// Erases the first `most` treatments, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, treatments by id: String, where treatments::diary_id.eq(diary.id()))?)
}
