//! Rows that a client may name, so that it can send one again: how they are logged, written, changed and deleted, whatever
//! is in them.

use serde_json::Value;

use super::tombstones::{self, Table};
use crate::{
    access::{ReadableDiary, Stamp, WritableDiary},
    foundation::{
        clock::Instant,
        faults::Faults,
        ids::Id,
        precondition::{Precondition, Revision},
    },
    storage::{Db, Result, Written, refusal::Refusal},
};

/// A row with an id of its client's choice.
pub trait Named: Sized {
    /// What a client writes.
    type Draft;
    /// Where its deletion is remembered.
    const TABLE: Table;

    /// The id that a client chose.
    fn id_of(draft: &Self::Draft) -> Option<&Id>;
    /// When the row was last changed.
    fn revision(&self) -> Revision;
    /// Whether a client that writes this draft would find nothing changed.
    fn says(&self, draft: &Self::Draft) -> bool;
    /// What a client would have to write to have a merge patch applied.
    ///
    /// # Errors
    /// Every fault of the patch.
    fn patched(&self, patch: Value, now: Instant) -> Result<Self::Draft, Faults>;
    /// The row of an id, if it is there and shown.
    fn lookup(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<Self>>;
    /// Adds a row, and what follows from it.
    ///
    /// # Errors
    /// What its kind does not allow.
    fn insert(db: &mut Db, diary: &WritableDiary, id: Id, draft: Self::Draft) -> Result<Self, Refusal>;
    /// Writes a draft that says something else in the row's place, and what follows from it.
    ///
    /// # Errors
    /// What its kind does not allow.
    fn replace(self, db: &mut Db, diary: &WritableDiary, draft: Self::Draft) -> Result<Self, Refusal>;
    /// Takes the row away, and what follows from it.
    fn remove(self, db: &mut Db, diary: &WritableDiary, stamp: Stamp) -> Result<()>;
}

/// A row by its id.
///
/// # Errors
/// When it was deleted or never was.
pub fn find<R: Named>(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<R, Refusal> {
    match R::lookup(db, diary, id)? {
        Some(row) => Ok(row),
        None => tombstones::absent(db, diary, R::TABLE, id.as_str()),
    }
}

/// Logs a row. It is unchanged when it had been logged before, word for word.
///
/// # Errors
/// When its id stands for another row, or for a deleted one.
pub fn create<R: Named>(db: &mut Db, diary: &WritableDiary, draft: R::Draft) -> Result<Written<R>, Refusal> {
    let Some(id) = R::id_of(&draft).cloned() else {
        return R::insert(db, diary, Id::random(), draft).map(Written::New);
    };
    if let Some(before) = R::lookup(db, diary, &id)? {
        return if before.says(&draft) { Ok(Written::Unchanged(before)) } else { Err(Refusal::IdConflict) };
    }
    if tombstones::is_buried(db, diary, R::TABLE, id.as_str())? {
        return Err(Refusal::Gone);
    }
    R::insert(db, diary, id, draft).map(Written::New)
}

/// Writes a row at an id: a new one, or in place of the one that is there.
///
/// # Errors
/// When the precondition does not hold, or what its kind does not allow.
pub fn put<R: Named>(
    db: &mut Db,
    diary: &WritableDiary,
    id: Id,
    draft: R::Draft,
    precondition: &Precondition,
) -> Result<Written<R>, Refusal> {
    let before = R::lookup(db, diary, &id)?;
    if !precondition.holds(before.as_ref().map(R::revision)) {
        return Err(Refusal::Stale);
    }
    if let Some(before) = before {
        write_over(db, diary, before, draft)
    } else {
        tombstones::unearth(db, diary, R::TABLE, id.as_str())?;
        R::insert(db, diary, id, draft).map(Written::New)
    }
}

/// Changes parts of a row.
///
/// # Errors
/// When it is not there, the precondition does not hold, or what comes out is invalid.
pub fn patch<R: Named>(
    db: &mut Db,
    diary: &WritableDiary,
    id: &Id,
    patch: Value,
    precondition: &Precondition,
) -> Result<R, Refusal> {
    let before: R = find(db, diary, id)?;
    let draft = before.patched(patch, diary.now())?;
    if !precondition.holds(Some(before.revision())) {
        return Err(Refusal::Stale);
    }
    write_over(db, diary, before, draft).map(Written::into_row)
}

/// Deletes a row. Deleting it again does nothing.
///
/// # Errors
/// When it never was, or the precondition does not hold.
pub fn delete<R: Named>(
    db: &mut Db,
    diary: &WritableDiary,
    id: &Id,
    precondition: &Precondition,
) -> Result<(), Refusal> {
    let Some(row) = R::lookup(db, diary, id)? else {
        return tombstones::already_deleted(db, diary, R::TABLE, id.as_str());
    };
    if !precondition.holds(Some(row.revision())) {
        return Err(Refusal::Stale);
    }
    let stamp = diary.stamp(db)?;
    row.remove(db, diary, stamp)?;
    Ok(tombstones::bury(db, diary, R::TABLE, id.as_str(), stamp)?)
}

fn write_over<R: Named>(db: &mut Db, diary: &WritableDiary, before: R, draft: R::Draft) -> Result<Written<R>, Refusal> {
    if before.says(&draft) {
        Ok(Written::Unchanged(before))
    } else {
        before.replace(db, diary, draft).map(Written::Replaced)
    }
}
