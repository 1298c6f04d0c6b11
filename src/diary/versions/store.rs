//! Versions in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;

use super::model::{self, Authorship, Version};
use crate::{
    access::{ReadableDiary, Stamp, WritableDiary},
    diary::table::Table,
    foundation::{clock::Instant, precondition::Revision},
    storage::{Db, Result, delete_first, on_engine, schema::versions, stored_json},
};

/// So many are kept of one row: who writes more often has not changed their mind each time.
const MOST: i64 = 50;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = versions, treat_none_as_default_value = false)]
struct Row {
    revision: i64,
    content: Option<String>,
    written: Option<String>,
    ended_at: Instant,
}

impl TryFrom<Row> for Version {
    type Error = crate::storage::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            revision: Revision(row.revision),
            told: row.content.as_deref().map(|content| stored_json::read("version", content)).transpose()?,
            authorship: row.written.as_deref().map(Authorship::read).transpose()?,
        })
    }
}

/// Keeps what a row said, which is about to be written over or deleted. `at` is the row's revision.
pub fn keep(
    db: &mut Db,
    diary: &WritableDiary,
    (table, id): (Table, &str),
    told: String,
    written: Option<String>,
    at: Revision,
) -> Result<()> {
    // What is shown of a row may have changed after it was written.
    let authorship = written.as_deref().map(Authorship::read).transpose()?;
    let revision = authorship.map_or(at, |authorship| authorship.revision);
    // What was written a moment ago, in the same transaction, nobody has seen.
    if diary.stamped().is_some_and(|stamp| stamp.revision == revision) {
        return Ok(());
    }
    let revision = revision.0;
    insert(db, diary, (table, id), Row { revision, content: Some(told), written, ended_at: diary.now() })
}

/// Notes that a row is deleted from now on.
pub fn end(db: &mut Db, diary: &WritableDiary, (table, id): (Table, &str), stamp: Stamp) -> Result<()> {
    let revision = stamp.revision.0;
    let known = versions::table.find((diary.id(), table.as_str(), id, revision)).select(versions::revision);
    if known.first::<i64>(db).optional()?.is_some() {
        return Ok(());
    }
    let written = Some(Authorship::stamped(diary, stamp)?);
    insert(db, diary, (table, id), Row { revision, content: None, written, ended_at: stamp.at })
}

/// Takes back that a row was deleted in the same transaction: nobody has seen it gone.
pub fn unend(db: &mut Db, diary: &WritableDiary, (table, id): (Table, &str), stamp: Stamp) -> Result<()> {
    diesel::delete(versions::table.find((diary.id(), table.as_str(), id, stamp.revision.0))).execute(db)?;
    Ok(())
}

fn insert(db: &mut Db, diary: &WritableDiary, (table, id): (Table, &str), row: Row) -> Result<()> {
    let of_it = || {
        let key = versions::kind.eq(table.as_str()).and(versions::id.eq(id));
        versions::table.filter(versions::diary_id.eq(diary.id()).and(key))
    };
    let key = (versions::diary_id.eq(diary.id()), versions::kind.eq(table.as_str()), versions::id.eq(id));
    diesel::insert_into(versions::table).values((key, row)).execute(db)?;
    // They are the latest, and of those before them the one that the most limited view was shown: whoever has seen it is
    // still to be told that the row is gone from there.
    let oldest: Vec<(i64, Option<String>)> = of_it()
        .order(versions::revision.desc())
        .offset(MOST - 1)
        .select((versions::revision, versions::content))
        .load(db)?;
    if oldest.len() > 1 {
        let shown_up_to = |content: &Option<String>| {
            let told = content.as_deref().and_then(|content| serde_json::from_str(content).ok());
            told.map_or(NaiveDate::MIN, |told: Value| model::shown_up_to(table, &told))
        };
        let kept = oldest.iter().max_by_key(|(revision, content)| (shown_up_to(content), *revision));
        let kept = kept.map(|(revision, _)| *revision);
        let others: Vec<i64> = oldest.iter().map(|(revision, _)| *revision).filter(|one| Some(*one) != kept).collect();
        diesel::delete(of_it().filter(versions::revision.eq_any(others))).execute(db)?;
    }
    Ok(())
}

/// All that is kept of a row, the latest first: fifty at most.
pub fn all(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<Vec<Version>> {
    let rows: Vec<Row> = versions::table
        .filter(versions::diary_id.eq(diary.id()).and(versions::kind.eq(table.as_str())).and(versions::id.eq(id)))
        .order(versions::revision.desc())
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(Version::try_from).collect()
}

/// Forgets the first `most` of all versions that were no more before an instant, and says how many.
pub fn delete_before(db: &mut Db, instant: Instant, most: i64) -> Result<usize> {
    let old: Vec<(String, String, String, i64)> = on_engine!(db, |db| {
        versions::table
            .filter(versions::ended_at.lt(instant))
            .order(versions::ended_at)
            .limit(most)
            .select((versions::diary_id, versions::kind, versions::id, versions::revision))
            .load(db)
    })?;
    for (diary_id, kind, id, revision) in &old {
        diesel::delete(versions::table.find((diary_id, kind, id, revision))).execute(db)?;
    }
    Ok(old.len())
}

/// Erases the first `most` versions of one of the tables, or a few more, and says how many: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    for table in Table::ALL {
        let of_it = versions::diary_id.eq(diary.id()).and(versions::kind.eq(table.as_str()));
        let erased = delete_first!(db, most, versions by id: String, where of_it)?;
        if erased > 0 {
            return Ok(erased);
        }
    }
    Ok(0)
}
