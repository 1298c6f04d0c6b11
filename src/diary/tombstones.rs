//! What was deleted: ids and revisions without content, so that deletions reach other devices and a late retry does not
//! bring back what somebody removed.

use std::collections::BTreeMap;

use diesel::{dsl::max, prelude::*};

use crate::{
    access::{ReadableDiary, Stamp, WritableDiary, diaries},
    diary::{change_log::Position, table::Table},
    foundation::{clock::Instant, precondition::Revision},
    storage::{
        Db, Error, Result, delete_first, on_engine,
        refusal::Refusal,
        schema::{forgotten, tombstones},
    },
};

/// Behind the names of all tables, whatever a database takes for the order of letters.
const LAST: &str = "zz";

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

/// Forgets a deletion, since the id is about to live again, and says whether there was one.
pub fn unearth(db: &mut Db, diary: &WritableDiary, table: Table, id: &str) -> Result<bool> {
    let was_deleted = diesel::delete(tombstones::table.find((diary.id(), table.as_str(), id))).execute(db)? > 0;
    if was_deleted {
        diary.one_less();
    }
    Ok(was_deleted)
}

/// The query of when a row was deleted: of one type wherever it is asked, which is what it is known by.
macro_rules! of_row {
    ($diary:ident, $table:ident, $id:ident) => {
        tombstones::table
            .find(($diary.id(), $table.as_str(), $id))
            .select((tombstones::revision, tombstones::deleted_at))
    };
}

/// With which stamp a row of this id was deleted, if it was.
pub fn buried(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<Option<Stamp>> {
    let stamp: Option<(i64, Instant)> = on_engine!(db, |db| of_row!(diary, table, id).load(db))?.pop();
    Ok(stamp.map(|(revision, at)| Stamp { revision: Revision(revision), at }))
}

/// Has what [`buried`] asks for sent along with the next query, since it is asked for after it.
pub fn foresee(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<()> {
    Ok(db.foresee(&of_row!(diary, table, id))?)
}

/// Whether a row of this id was deleted.
pub fn is_buried(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<bool> {
    Ok(buried(db, diary, table, id)?.is_some())
}

/// What was deleted behind a place in the change log, in its order: at which revision, of which table, by which id.
pub fn after(
    db: &mut Db,
    diary: &ReadableDiary,
    place: &Position,
    tables: &[Table],
    most: i64,
) -> Result<Vec<(Revision, Table, String)>> {
    let kinds: Vec<&str> = tables.iter().map(|table| table.as_str()).collect();
    let (table, id) = place.row.as_ref().map_or((LAST, ""), |(table, id)| (table.as_str(), id.as_str()));
    let later = tombstones::revision.gt(place.revision.0);
    let of_the_same = tombstones::kind.gt(table).or(tombstones::kind.eq(table).and(tombstones::id.gt(id)));
    let rows: Vec<(i64, String, String)> = on_engine!(db, |db| {
        tombstones::table
            .filter(tombstones::diary_id.eq(diary.id()).and(tombstones::revision.ge(place.revision.0)))
            .filter(later.or(of_the_same))
            .filter(tombstones::kind.eq_any(&kinds))
            .order((tombstones::revision, tombstones::kind, tombstones::id))
            .limit(most)
            .select((tombstones::revision, tombstones::kind, tombstones::id))
            .load(db)
    })?;
    rows.into_iter()
        .map(|(revision, kind, id)| {
            let table = Table::parse(&kind).ok_or_else(|| Error::corrupt("table of what was deleted"))?;
            Ok((Revision(revision), table, id))
        })
        .collect()
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

/// Forgets the first `most` of all deletions that were before an instant, and says how many. Whoever has not heard of them by
/// now can't any more: their diaries say from which revision on they remember everything.
pub fn delete_before(db: &mut Db, instant: Instant, most: i64) -> Result<usize> {
    let old: Vec<(String, String, String, i64)> = on_engine!(db, |db| {
        tombstones::table
            .filter(tombstones::deleted_at.lt(instant))
            .order(tombstones::deleted_at)
            .limit(most)
            .select((tombstones::diary_id, tombstones::kind, tombstones::id, tombstones::revision))
            .load(db)
    })?;
    let mut of_diaries: BTreeMap<String, Vec<(String, String, i64)>> = BTreeMap::new();
    for (diary, kind, id, revision) in old {
        of_diaries.entry(diary).or_default().push((kind, id, revision));
    }
    let mut rows = 0;
    // In the order of their ids, so that nobody who does the same waits for us while we wait for them.
    for (diary_id, old) in of_diaries {
        let Some(diary) = diaries::store::find_locked(db, &diary_id)? else { continue };
        let (mut since, mut gone) = (diary.complete_since, 0);
        let mut of_tables: BTreeMap<String, i64> = BTreeMap::new();
        for (kind, id, revision) in old {
            let one = tombstones::table.find((&diary_id, &kind, id)).filter(tombstones::revision.eq(revision));
            // Unless the row has come back to life meanwhile.
            if diesel::delete(one).execute(db)? > 0 {
                since = since.max(Revision(revision));
                gone += 1;
                let last = of_tables.entry(kind).or_default();
                *last = revision.max(*last);
            }
        }
        for (kind, revision) in of_tables {
            let known = forgotten::table.find((&diary_id, &kind)).select(forgotten::revision).first(db).optional()?;
            let last = known.map_or(revision, |known: i64| known.max(revision));
            forget(db, &diary_id, &kind, Revision(last))?;
        }
        diaries::store::set_complete_since(db, &diary_id, since, diary.size - gone)?;
        rows += usize::try_from(gone).unwrap_or_default();
    }
    Ok(rows)
}

/// Up to which revision deletions from a table are forgotten.
pub fn forgotten_up_to(db: &mut Db, diary: &ReadableDiary, table: Table) -> Result<Revision> {
    if diary.diary().complete_since == Revision(0) {
        return Ok(Revision(0));
    }
    let of_it = forgotten::kind.eq(table.as_str()).or(forgotten::kind.eq(EVERYTHING));
    let last: Option<i64> = forgotten::table
        .filter(forgotten::diary_id.eq(diary.id()))
        .filter(of_it)
        .select(max(forgotten::revision))
        .first(db)?;
    Ok(Revision(last.unwrap_or_default()))
}

/// Stands for all tables.
const EVERYTHING: &str = "*";
/// No diary is changed so often between a backup and what is lost with what it was a backup of.
const LEAP: i64 = 1_000_000;

/// Has the devices of the first `most` diaries behind an id begin anew, since the database is an older one than they have
/// seen: revisions leap ahead of whatever they know. The last id comes back, if there may be more.
pub fn begin_anew(db: &mut Db, after: &str, most: i64) -> Result<Option<String>> {
    let ids = diaries::store::ids_after(db, after, most)?;
    for id in &ids {
        let Some(diary) = diaries::store::find_locked(db, id)? else { continue };
        let revision = Revision(diary.revision.0 + LEAP);
        diaries::store::set_revision(db, id, revision, diary.size)?;
        diaries::store::set_complete_since(db, id, revision, diary.size)?;
        forget(db, id, EVERYTHING, revision)?;
    }
    Ok(ids.last().cloned())
}

/// Notes up to which revision deletions from a table are forgotten.
fn forget(db: &mut Db, diary_id: &str, kind: &str, revision: Revision) -> Result<()> {
    diesel::delete(forgotten::table.find((diary_id, kind))).execute(db)?;
    let row = (forgotten::diary_id.eq(diary_id), forgotten::kind.eq(kind), forgotten::revision.eq(revision.0));
    diesel::insert_into(forgotten::table).values(row).execute(db)?;
    Ok(())
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
