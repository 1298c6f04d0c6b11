//! Diaries in the database, below the question of rights: who comes here has a proof of them, or makes or erases a diary.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Diary, Settings};
use crate::{
    foundation::{
        clock::Instant,
        ids::Id,
        local_clock::{DayParts, LocalTime},
        precondition::Revision,
        values::Name,
        zones::Zone,
    },
    storage::{self, Db, Error, Result, fixed, on_engine, schema::diaries, write_unwaited},
};

/// The query of a diary by its id: of one type wherever it is asked, which is what it is known by.
macro_rules! by_id {
    ($id:expr) => {
        diaries::table.find($id).select(Row::as_select())
    };
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = diaries, treat_none_as_default_value = false)]
struct Row {
    id: String,
    owner_id: String,
    display_name: Option<String>,
    time_zone: String,
    night_start: i32,
    night_end: i32,
    evening_start: i32,
    revision: i64,
    complete_since: i64,
    created_at: Instant,
    updated_at: Instant,
    size: i64,
    settings_revision: Option<i64>,
}

impl TryFrom<Row> for Diary {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let time = |minute: i32| u16::try_from(minute).ok().and_then(LocalTime::from_minute);
        let day_parts = match (time(row.night_start), time(row.night_end), time(row.evening_start)) {
            (Some(start), Some(end), Some(evening)) => DayParts::new(start, end, evening).ok(),
            _ => None,
        };
        Ok(Self {
            id: Id::stored(row.id),
            settings: Settings {
                display_name: row.display_name.map(Name::stored),
                time_zone: Zone::named(&row.time_zone).ok_or_else(|| Error::corrupt("time zone"))?,
                day_parts: day_parts.ok_or_else(|| Error::corrupt("division of the day"))?,
            },
            revision: Revision(row.revision),
            settings_revision: row.settings_revision.map_or(Revision::FIRST, Revision),
            complete_since: Revision(row.complete_since),
            size: row.size,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Makes a diary for an owner.
pub fn insert(db: &mut Db, id: &Id, owner_id: &Id, settings: &Settings, now: Instant) -> Result<()> {
    let row = Row {
        id: id.to_string(),
        owner_id: owner_id.to_string(),
        display_name: settings.display_name.as_ref().map(|name| name.as_str().to_owned()),
        time_zone: settings.time_zone.name().to_owned(),
        night_start: settings.day_parts.night_start().minute().into(),
        night_end: settings.day_parts.night_end().minute().into(),
        evening_start: settings.day_parts.evening_start().minute().into(),
        revision: Revision::FIRST.0,
        settings_revision: Some(Revision::FIRST.0),
        size: 0,
        complete_since: 0,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(diaries::table).values(row).execute(db)?;
    Ok(())
}

/// A diary by its id.
pub fn find(db: &mut Db, id: &str) -> Result<Option<Diary>> {
    let row: Option<Row> = on_engine!(db, |db| by_id!(id).load(db))?.pop();
    row.map(Diary::try_from).transpose()
}

/// Diaries by their ids, in no order; those that are gone are missing.
pub fn find_all(db: &mut Db, ids: &[&str]) -> Result<Vec<Diary>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = diaries::table.filter(diaries::id.eq_any(ids));
    let rows: Vec<Row> = on_engine!(db, |db| query.select(Row::as_select()).load(db))?;
    rows.into_iter().map(Diary::try_from).collect()
}

/// The accounts that own some diaries, by diary.
pub fn owners(db: &mut Db, ids: &[&str]) -> Result<HashMap<Id, Id>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = diaries::table.filter(diaries::id.eq_any(ids)).select((diaries::id, diaries::owner_id));
    let rows: Vec<(String, String)> = on_engine!(db, |db| query.load(db))?;
    Ok(rows.into_iter().map(|(id, owner_id)| (Id::stored(id), Id::stored(owner_id))).collect())
}

/// Has a diary sent along with the next statement, since it is looked at by [`find`] after it.
pub fn foresee(db: &mut Db, id: &str) -> Result<()> {
    Ok(db.foresee(&by_id!(id))?)
}

/// The same for [`find_locked`].
pub fn foresee_locked(db: &mut Db, id: &str) -> Result<()> {
    Ok(db.foresee(&by_id!(id).for_no_key_update())?)
}

/// At which revision some diaries are, of those that there are.
pub fn revisions(db: &mut Db, ids: &[&str]) -> Result<Vec<(String, Revision)>> {
    let query = diaries::table.filter(diaries::id.eq_any(ids)).select((diaries::id, diaries::revision));
    let rows: Vec<(String, i64)> = on_engine!(db, |db| query.load(db))?;
    Ok(rows.into_iter().map(|(id, revision)| (id, Revision(revision))).collect())
}

/// What of a diary is still remembered, after some of what was deleted was forgotten.
pub fn set_complete_since(db: &mut Db, id: &str, since: Revision, size: i64) -> Result<()> {
    diesel::update(diaries::table.find(id))
        .set((diaries::complete_since.eq(since.0), diaries::size.eq(size)))
        .execute(db)?;
    Ok(())
}

/// The first `most` ids of diaries after this one.
pub fn ids_after(db: &mut Db, last: &str, most: i64) -> Result<Vec<String>> {
    let query = diaries::table.filter(diaries::id.gt(last)).order(diaries::id).limit(most).select(diaries::id);
    Ok(on_engine!(db, |db| query.load(db))?)
}

/// A diary by its id, locked until the transaction ends: whoever changes a diary looks at it through this first, so that
/// what is seen stays true, and revisions come in the order of commits. SQLite has one writer, and nothing to lock.
pub fn find_locked(db: &mut Db, id: &str) -> Result<Option<Diary>> {
    let Db::Postgres(db) = db else { return find(db, id) };
    let row: Option<Row> = by_id!(id).for_no_key_update().load(db)?.pop();
    row.map(Diary::try_from).transpose()
}

/// Stores the next revision of a locked diary, and how many rows it has.
pub fn set_revision(db: &mut Db, id: &str, revision: Revision, size: i64) -> Result<()> {
    let next = (diaries::revision.eq(revision.0), diaries::size.eq(size));
    let row = storage::update(diaries::table.find(id), next);
    Ok(write_unwaited!(db, fixed!(row))?)
}

/// Stores the settings of a locked diary, which are others from this revision on.
pub fn update(db: &mut Db, id: &str, settings: &Settings, since: Revision, at: Instant) -> Result<()> {
    diesel::update(diaries::table.find(id))
        .set((
            diaries::display_name.eq(settings.display_name.as_ref().map(Name::as_str)),
            diaries::time_zone.eq(settings.time_zone.name()),
            diaries::night_start.eq(i32::from(settings.day_parts.night_start().minute())),
            diaries::night_end.eq(i32::from(settings.day_parts.night_end().minute())),
            diaries::evening_start.eq(i32::from(settings.day_parts.evening_start().minute())),
            diaries::updated_at.eq(at),
            diaries::settings_revision.eq(since.0),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes a diary with all it holds. Where diaries are spread over machines, this goes to one of them; who deletes a
/// person there asks all.
pub fn delete(db: &mut Db, id: &Id) -> Result<()> {
    diesel::delete(diaries::table.find(id.as_str())).execute(db)?;
    Ok(())
}
