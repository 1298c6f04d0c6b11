//! What was deleted: ids and revisions without content, so that deletions reach other devices and a late retry does not
//! bring back what somebody removed.

use diesel::prelude::*;

use crate::{
    access::{ReadableDiary, Stamp, WritableDiary},
    storage::{Db, Result, delete_first, on_engine, refusal::Refusal, schema::tombstones},
    vocabulary,
};

vocabulary! {
    /// The tables whose deletions are remembered.
    pub enum Table {
        /// Cramps.
        Episodes = "episodes",
        /// Soreness entries; their id is `{episode_id}:{date}`.
        Soreness = "soreness",
        /// Check-ins; their id is the date.
        CheckIns = "check_ins",
        /// Treatments.
        Treatments = "treatments",
    }
}

/// Remembers a deletion.
pub fn bury(db: &mut Db, diary: &WritableDiary, table: Table, id: &str, stamp: Stamp) -> Result<()> {
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::diary_id.eq(diary.id()),
            tombstones::kind.eq(table.as_str()),
            tombstones::id.eq(id),
            tombstones::revision.eq(stamp.revision.0),
            tombstones::deleted_at.eq(stamp.at),
        ))
        .execute(db)?;
    Ok(())
}

/// Forgets a deletion, since the id is about to live again.
pub fn unearth(db: &mut Db, diary: &WritableDiary, table: Table, id: &str) -> Result<()> {
    if diesel::delete(tombstones::table.find((diary.id(), table.as_str(), id))).execute(db)? > 0 {
        diary.one_less();
    }
    Ok(())
}

/// Whether a row of this id was deleted.
pub fn is_buried(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<bool> {
    let key = (diary.id(), table.as_str(), id);
    let revision: Option<i64> =
        on_engine!(db, |db| tombstones::table.find(key).select(tombstones::revision).first(db).optional())?;
    Ok(revision.is_some())
}

/// Why a row that was looked for is not there: deleted, or never been.
///
/// # Errors
/// Always: one of the two, or that the database fails.
pub fn absent<T>(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<T, Refusal> {
    // Who sees a part of the diary does not learn of what was deleted in the rest.
    let tells = diary.view().visible_from.is_none() && is_buried(db, diary, table, id)?;
    Err(if tells { Refusal::Gone } else { Refusal::NotFound })
}

/// What deleting a row that is not there amounts to: nothing, if it was deleted before.
///
/// # Errors
/// When it has never been, or the database fails.
pub fn already_deleted(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<(), Refusal> {
    if is_buried(db, diary, table, id)? { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Erases the first `most` of what is remembered of one of the tables, and says how many they were.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    for table in Table::ALL {
        let kind = table.as_str();
        let erased = delete_first!(
            db, most, tombstones by id: String,
            where tombstones::diary_id.eq(diary.id()).and(tombstones::kind.eq(kind))
        )?;
        if erased > 0 {
            return Ok(erased);
        }
    }
    Ok(0)
}
