//! Rows that people log, by keys that a client knows, so that it can send one again: how they are logged, written, changed
//! and deleted, whatever is in them.

use serde::Serialize;
use serde_json::Value;

use super::{change_log::After, table::Table, tombstones, versions};
use crate::{
    access::{ReadableDiary, Stamp, WritableDiary},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        ids::Id,
        precondition::{Precondition, Revision},
    },
    storage::{Db, Result, Written, refusal::Refusal},
};

/// A row of a diary that a client writes.
pub trait Logged: Sized {
    /// What names it within its diary.
    type Key;
    /// What a client writes.
    type Draft;
    /// The same, found to be right where the row is to be.
    type Accepted;
    /// Where its deletion is remembered.
    const TABLE: Table;

    /// A key in one piece, as the deletion is remembered by.
    fn id(key: &Self::Key) -> String;
    /// The key of an id in one piece; `None` when it is none.
    fn read_id(id: &str) -> Option<Self::Key>;
    /// What names this row.
    fn key(&self) -> Self::Key;
    /// When the row was last changed.
    fn stamp(&self) -> Stamp;
    /// At which revision the row was last changed.
    fn revision(&self) -> Revision {
        self.stamp().revision
    }
    /// Reads what a client writes at a key.
    ///
    /// # Errors
    /// Every fault of it.
    fn drafted(key: &Self::Key, body: Value, now: Instant) -> Result<Self::Draft, Faults>;
    /// Looks at what a client writes where it is to be, beside what is there.
    ///
    /// # Errors
    /// Every fault of both.
    fn accept(
        db: &mut Db,
        diary: &WritableDiary,
        key: &Self::Key,
        before: Option<&Self>,
        draft: Result<Self::Draft, Faults>,
    ) -> Result<Self::Accepted, Refusal>;
    /// What the person told of it, as JSON: what of it is kept when it is written over.
    fn told(&self) -> Result<String>;
    /// Who wrote what the row of a key says, as it is stored.
    fn written(db: &mut Db, diary: &ReadableDiary, key: &Self::Key) -> Result<Option<String>>;
    /// Whether a client that writes this would find nothing changed.
    fn says(&self, accepted: &Self::Accepted) -> bool;
    /// What a client would have to write to have a merge patch applied.
    ///
    /// # Errors
    /// Every fault of the patch.
    fn patched(&self, patch: Value, now: Instant) -> Result<Self::Draft, Faults>;
    /// The row of a key, if it is there and shown.
    fn lookup(db: &mut Db, diary: &ReadableDiary, key: &Self::Key) -> Result<Option<Self>>;
    /// Adds a row, and what follows from it.
    ///
    /// # Errors
    /// What its kind does not allow.
    fn insert(db: &mut Db, diary: &WritableDiary, key: Self::Key, accepted: Self::Accepted) -> Result<Self, Refusal>;
    /// Writes something else in the row's place, and what follows from it.
    ///
    /// # Errors
    /// What its kind does not allow.
    fn replace(self, db: &mut Db, diary: &WritableDiary, accepted: Self::Accepted) -> Result<Self, Refusal>;
    /// Takes the row away, and what follows from it.
    fn remove(self, db: &mut Db, diary: &WritableDiary, stamp: Stamp) -> Result<()>;
    /// The revisions and ids of the rows behind a place in the change log, in its order.
    fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>>;
    /// The rows behind a place in the change log, in its order; `None` for those that the caller is not shown.
    fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<Self>>>;
    /// The row as its own operation shows it.
    fn view(self, diary: &ReadableDiary) -> impl Serialize;
    /// What deleting a row amounts to that is not there and never was.
    ///
    /// # Errors
    /// When a client must have mistaken something.
    fn delete_unknown(_: &mut Db, _: &WritableDiary, _: &Self::Key) -> Result<(), Refusal> {
        Err(Refusal::NotFound)
    }
}

/// A row with an id of its client's choice.
pub trait Named: Logged<Key = Id> {
    /// The id that a client chose.
    fn chosen_id(draft: &Self::Draft) -> Option<&Id>;
}

/// An id in a body can only repeat the one that it is written at.
///
/// # Errors
/// When it is another.
pub fn repeats_id(at: &Id, body: Option<&Id>) -> Result<(), Faults> {
    match body {
        Some(id) if id != at => Err(Faults::at("id", FaultCode::Contradiction, "is not the id that it is written at")),
        _ => Ok(()),
    }
}

/// A row by its key.
///
/// # Errors
/// When it was deleted or never was.
pub fn find<R: Logged>(db: &mut Db, diary: &ReadableDiary, key: &R::Key) -> Result<R, Refusal> {
    match R::lookup(db, diary, key)? {
        Some(row) => Ok(row),
        None => tombstones::absent(db, diary, R::TABLE, &R::id(key)),
    }
}

/// Logs a row. It is unchanged when it had been logged before, word for word.
///
/// # Errors
/// When its id stands for another row, or for a deleted one.
pub fn create<R: Named>(db: &mut Db, diary: &WritableDiary, draft: R::Draft) -> Result<Written<R>, Refusal> {
    let chosen = R::chosen_id(&draft).cloned();
    let Some(id) = chosen else {
        let id = Id::random();
        let accepted = R::accept(db, diary, &id, None, Ok(draft))?;
        return R::insert(db, diary, id, accepted).map(Written::New);
    };
    tombstones::foresee(db, diary, R::TABLE, id.as_str())?;
    let before = R::lookup(db, diary, &id)?;
    let accepted = R::accept(db, diary, &id, before.as_ref(), Ok(draft))?;
    if let Some(before) = before {
        return if before.says(&accepted) { Ok(Written::Unchanged(before)) } else { Err(Refusal::IdConflict) };
    }
    if tombstones::is_buried(db, diary, R::TABLE, id.as_str())? {
        return Err(Refusal::Gone);
    }
    R::insert(db, diary, id, accepted).map(Written::New)
}

/// Whether what the caller knows of a row is how it is.
fn hold<R: Logged>(precondition: &Precondition, row: Option<&R>) -> Result<(), Refusal> {
    let revision = row.map(R::revision);
    if precondition.holds(revision) { Ok(()) } else { Err(Refusal::Stale(revision)) }
}

/// Writes a row at a key: a new one, or in place of the one that is there.
///
/// # Errors
/// What is wrong with what is written, when the precondition does not hold, or what its kind does not allow.
pub fn put<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    key: R::Key,
    draft: Result<R::Draft, Faults>,
    precondition: &Precondition,
) -> Result<Written<R>, Refusal> {
    let before = R::lookup(db, diary, &key)?;
    let accepted = R::accept(db, diary, &key, before.as_ref(), draft)?;
    hold(precondition, before.as_ref())?;
    write(db, diary, key, before, accepted)
}

/// Changes parts of a row.
///
/// # Errors
/// When it is not there, the precondition does not hold, or what comes out is invalid.
pub fn patch<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    key: &R::Key,
    patch: Value,
    precondition: &Precondition,
) -> Result<R, Refusal> {
    let before: R = find(db, diary, key)?;
    let draft = before.patched(patch, diary.now());
    let accepted = R::accept(db, diary, key, Some(&before), draft)?;
    hold(precondition, Some(&before))?;
    write_over(db, diary, before, accepted).map(Written::into_row)
}

/// Deletes a row. Deleting it again does nothing.
///
/// # Errors
/// When it never was, or the precondition does not hold.
pub fn delete<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    key: &R::Key,
    precondition: &Precondition,
) -> Result<(), Refusal> {
    let id = R::id(key);
    let Some(row) = R::lookup(db, diary, key)? else {
        if tombstones::is_buried(db, diary, R::TABLE, &id)? {
            return Ok(());
        }
        return R::delete_unknown(db, diary, key);
    };
    hold(precondition, Some(&row))?;
    remove(db, diary, row)
}

/// Writes what was accepted at a key, in place of what is there or as a new row.
///
/// # Errors
/// What its kind does not allow.
pub fn write<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    key: R::Key,
    before: Option<R>,
    accepted: R::Accepted,
) -> Result<Written<R>, Refusal> {
    if let Some(before) = before {
        return write_over(db, diary, before, accepted);
    }
    let id = R::id(&key);
    if tombstones::unearth(db, diary, R::TABLE, &id)?
        && let Some(stamp) = diary.stamped()
    {
        versions::store::unend(db, diary, (R::TABLE, &id), stamp)?;
    }
    R::insert(db, diary, key, accepted).map(Written::New)
}

/// Deletes a row that is there, and remembers that.
///
/// # Errors
/// When the database fails.
pub fn remove<R: Logged>(db: &mut Db, diary: &WritableDiary, row: R) -> Result<(), Refusal> {
    let id = R::id(&row.key());
    keep(db, diary, &row)?;
    let stamp = diary.stamp(db)?;
    row.remove(db, diary, stamp)?;
    versions::store::end(db, diary, (R::TABLE, &id), stamp)?;
    Ok(tombstones::bury(db, diary, R::TABLE, &id, stamp)?)
}

fn write_over<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    before: R,
    accepted: R::Accepted,
) -> Result<Written<R>, Refusal> {
    if before.says(&accepted) {
        return Ok(Written::Unchanged(before));
    }
    keep(db, diary, &before)?;
    before.replace(db, diary, accepted).map(Written::Replaced)
}

/// Keeps what a row said, which is about to be written over or deleted.
pub fn keep<R: Logged>(db: &mut Db, diary: &WritableDiary, row: &R) -> Result<()> {
    let key = row.key();
    let written = R::written(db, diary, &key)?;
    versions::store::keep(db, diary, (R::TABLE, &R::id(&key)), row.told()?, written, row.revision())
}
