//! Changes that a device brings: each is done, or is told why not, and none keeps the others from being done.

use serde_json::Value;

use super::{
    model::Row,
    tables::{of_table, settings_row},
};
use crate::{
    access::{Stamp, WritableDiary, diaries::model::Settings},
    diary::{
        logged::{self, Logged},
        settings,
        table::Table,
        tombstones,
        versions::model::Authorship,
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        lenient::leniently,
        precondition::Revision,
    },
    storage::{self, Db, refusal::Refusal},
};

/// A change that a device brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// Of which table.
    pub table: Table,
    /// Of which row.
    pub id: String,
    /// What is to be done.
    pub doing: Doing,
    /// Up to where the row is known to who brings it; they do not say, when the last writer is to win.
    pub base: Option<Base>,
}

/// Up to where a row is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// As it was at this revision; at 0, it must never have been there.
    Revision(Revision),
    /// As it was told at this time, by whichever clock: what was told last wins. When nobody knows the time, that is what is
    /// there.
    Told(Option<Instant>),
}

impl Base {
    /// When what is brought was told, if not now.
    fn told_at(self) -> Option<Instant> {
        match self {
            Self::Told(at) => at,
            Self::Revision(_) => None,
        }
    }
}

/// What is done to a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Doing {
    /// It says this from now on, whether it was there or not.
    Put(Value),
    /// What of it is named says this from now on.
    Patch(Value),
    /// It is there no more.
    Delete,
}

/// What came of it.
pub enum Outcome {
    /// It was done: the row is at this revision.
    Applied(Revision),
    /// It was so already; the revision of the row, or of its deletion, if it was ever there.
    Unchanged(Option<Revision>),
    /// Somebody else changed the row meanwhile: what it says, if it is there.
    Conflict(Option<Revision>, Option<Row>),
    /// It can't be done.
    Rejected(Refusal),
}

impl Outcome {
    /// The same, with what is wrong at a place within what was brought.
    #[must_use]
    pub fn under(self, place: &str) -> Self {
        match self {
            Self::Rejected(Refusal::Invalid(faults)) => Self::Rejected(faults.under(place).into()),
            other => other,
        }
    }
}

/// What the diary has of a row that a device brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing, and nobody remembers that it ever had.
    Unknown,
    /// It was told last at this revision.
    Present(Revision),
    /// It was deleted at this revision.
    Deleted(Revision),
}

/// What the diary has of a row.
///
/// # Errors
/// When the database fails.
pub fn standing(db: &mut Db, diary: &WritableDiary, table: Table, id: &str) -> Result<Standing, storage::Error> {
    of_table!(
        table,
        settings => {
            let is_there = id == diary.id();
            Ok(if is_there { Standing::Present(diary.diary().settings_revision) } else { Standing::Unknown })
        },
        R => standing_of::<R>(db, diary, id)
    )
}

fn standing_of<R: Logged>(db: &mut Db, diary: &WritableDiary, id: &str) -> Result<Standing, storage::Error> {
    let Some(key) = R::read_id(id) else { return Ok(Standing::Unknown) };
    if let Some(row) = R::lookup(db, diary, &key)? {
        return Ok(Standing::Present(told(db, diary, &row)?.revision));
    }
    let deleted = tombstones::buried(db, diary, R::TABLE, id)?;
    Ok(deleted.map_or(Standing::Unknown, |stamp| Standing::Deleted(stamp.revision)))
}

/// The row of an id, as its own operation shows it.
///
/// # Errors
/// When the database fails.
pub fn row(db: &mut Db, diary: &WritableDiary, table: Table, id: &str) -> Result<Option<Row>, storage::Error> {
    of_table!(
        table,
        settings => if id == diary.id() { settings_row(diary).map(Some) } else { Ok(None) },
        R => match R::read_id(id) {
            Some(key) => R::lookup(db, diary, &key)?.map(|row| Row::new(&row.view(diary))).transpose(),
            None => Ok(None),
        }
    )
}

/// Whether a row that is there says what a device believes it to say. What the service works out is not compared.
///
/// # Errors
/// When the database fails.
pub fn says(db: &mut Db, diary: &WritableDiary, table: Table, id: &str, believed: Value) -> Result<bool, Refusal> {
    of_table!(
        table,
        settings => {
            Ok(leniently(believed, Settings::read).is_ok_and(|settings| settings == diary.diary().settings))
        },
        R => row_says::<R>(db, diary, id, believed)
    )
}

fn row_says<R: Logged>(db: &mut Db, diary: &WritableDiary, id: &str, believed: Value) -> Result<bool, Refusal> {
    let Some(key) = R::read_id(id) else { return Ok(false) };
    let Some(row) = R::lookup(db, diary, &key)? else { return Ok(false) };
    let draft = leniently(believed, |believed| R::drafted(&key, believed, diary.now()));
    match R::accept(db, diary, &key, Some(&row), draft) {
        Ok(accepted) => Ok(row.says(&accepted)),
        Err(Refusal::Storage(error)) => Err(error.into()),
        // It could never have been so.
        Err(_) => Ok(false),
    }
}

/// A batch on its way into the diary.
pub struct Batch<'a, F> {
    diary: &'a WritableDiary,
    /// Asked before the day divides otherwise, which takes as long as the diary is large.
    may_divide: Option<F>,
    /// What the settings are to be. They are written last: what else is in the batch is counted by how the day divides when it
    /// begins, and then all is counted anew.
    settings: Settings,
    /// When they were told, if not now.
    settings_told_at: Option<Instant>,
}

impl<'a, F: FnMut() -> Result<(), Refusal>> Batch<'a, F> {
    /// Begins one.
    #[must_use]
    pub fn begin(diary: &'a WritableDiary, may_divide: F) -> Self {
        Self { diary, may_divide: Some(may_divide), settings: diary.diary().settings.clone(), settings_told_at: None }
    }

    /// Does one change. What goes wrong with it is undone and told.
    ///
    /// # Errors
    /// When the database fails: then nothing of the batch is done.
    pub fn push(&mut self, db: &mut Db, change: Pushed) -> Result<Outcome, Refusal> {
        let Pushed { table, id, doing, base } = change;
        let diary = self.diary;
        diary.tells_of(base.and_then(Base::told_at));
        let outcome = diary.attempt(db, |db| {
            of_table!(
                table,
                settings => self.set(db, &id, doing, base),
                R => push_row::<R>(db, diary, &id, doing, base)
            )
        });
        diary.tells_of(None);
        match outcome {
            Err(Refusal::Storage(error)) => Err(error.into()),
            Err(refusal) => Ok(Outcome::Rejected(refusal)),
            Ok(outcome) => Ok(outcome),
        }
    }

    fn set(&mut self, db: &mut Db, id: &str, doing: Doing, base: Option<Base>) -> Result<Outcome, Refusal> {
        let present = self.diary.diary();
        if id != present.id.as_str() {
            return Err(Refusal::NotFound);
        }
        let settings = match doing {
            Doing::Put(row) => leniently(row, Settings::read),
            Doing::Patch(patch) => leniently(patch, |patch| self.settings.patched(patch)),
            Doing::Delete => return Err(Faults::here(FaultCode::NotOneOf, "settings can't be deleted").into()),
        };
        let settings = settings?;
        if settings == self.settings {
            return Ok(Outcome::Unchanged(Some(present.settings_revision)));
        }
        let is_known = match base {
            None => true,
            Some(Base::Revision(base)) => present.settings_revision <= base,
            // As they were when the diary was made, nobody has told them.
            Some(Base::Told(at)) => present.settings_revision == Revision::FIRST || at > Some(present.updated_at),
        };
        if !is_known {
            return Ok(Outcome::Conflict(Some(present.settings_revision), Some(settings_row(self.diary)?)));
        }
        if settings.day_parts != present.day_parts
            && let Some(may_divide) = &mut self.may_divide
        {
            may_divide()?;
            self.may_divide = None;
        }
        self.settings = settings;
        self.settings_told_at = base.and_then(Base::told_at);
        Ok(Outcome::Applied(self.diary.stamp(db)?.revision))
    }

    /// Ends the batch.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end(self, db: &mut Db) -> Result<(), Refusal> {
        self.diary.tells_of(self.settings_told_at);
        let written = settings::store::write(db, self.diary, self.settings, || Ok(()));
        self.diary.tells_of(None);
        written.map(drop)
    }
}

fn push_row<R: Logged>(
    db: &mut Db,
    diary: &WritableDiary,
    id: &str,
    doing: Doing,
    base: Option<Base>,
) -> Result<Outcome, Refusal> {
    let key = R::read_id(id).ok_or(Refusal::NotFound)?;
    let before = R::lookup(db, diary, &key)?;
    let deleted = if before.is_none() { tombstones::buried(db, diary, R::TABLE, id)? } else { None };
    let told = match &before {
        Some(row) => Some(told(db, diary, row)?),
        None => deleted,
    };
    let is_conflict = match (base, told) {
        (None, _) | (Some(Base::Told(_)), None) => false,
        // What the batch itself did a moment ago is nobody else's.
        (Some(Base::Revision(base)), Some(told)) => {
            told.revision > base && diary.stamped().map(|own| own.revision) != Some(told.revision)
        }
        // It was there once, and its deletion is forgotten.
        (Some(Base::Revision(base)), None) => {
            base > Revision(0) && base < tombstones::forgotten_up_to(db, diary, R::TABLE)?
        }
        (Some(Base::Told(at)), Some(told)) => at <= Some(told.at),
    };
    if let (true, Some(deleted), Some(Base::Told(_))) = (is_conflict, deleted, base) {
        // Whatever it says: what it is about may be deleted as well.
        return Ok(Outcome::Conflict(Some(deleted.revision), None));
    }
    let deleted = deleted.map(|stamp| stamp.revision);
    let accepted = match (doing, &before) {
        (Doing::Delete, None) => return Ok(Outcome::Unchanged(deleted)),
        (Doing::Delete, Some(_)) => None,
        (Doing::Put(row), _) => Some(leniently(row, |row| R::drafted(&key, row, diary.now()))),
        (Doing::Patch(patch), Some(before)) => Some(leniently(patch, |patch| before.patched(patch, diary.now()))),
        (Doing::Patch(_), None) if is_conflict => return Ok(Outcome::Conflict(deleted, None)),
        (Doing::Patch(_), None) => return tombstones::absent(db, diary, R::TABLE, id),
    };
    let accepted = match accepted {
        Some(draft) => Some(R::accept(db, diary, &key, before.as_ref(), draft)?),
        None => None,
    };
    if let (Some(before), Some(accepted)) = (&before, &accepted)
        && before.says(accepted)
    {
        return Ok(Outcome::Unchanged(Some(before.revision())));
    }
    if is_conflict {
        let revision = before.as_ref().map(R::revision).or(deleted);
        let row = before.map(|row| Row::new(&row.view(diary))).transpose()?;
        return Ok(Outcome::Conflict(revision, row));
    }
    match (before, accepted) {
        (before, Some(accepted)) => {
            logged::write(db, diary, key, before, accepted)?;
        }
        (Some(before), None) => logged::remove(db, diary, before)?,
        (None, None) => {}
    }
    Ok(Outcome::Applied(diary.stamp(db)?.revision))
}

/// When somebody last told something of a row. It may have changed since, by the soreness after it or by how the day divides:
/// nobody is in conflict with that.
fn told<R: Logged>(db: &mut Db, diary: &WritableDiary, row: &R) -> Result<Stamp, storage::Error> {
    let written = R::written(db, diary, &row.key())?;
    let authorship = written.as_deref().map(Authorship::read).transpose()?;
    Ok(authorship.map_or(row.stamp(), |authorship| Stamp { revision: authorship.revision, at: authorship.at }))
}
