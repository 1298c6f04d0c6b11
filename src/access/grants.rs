//! The one function over sessions and grants, and the proofs it gives.

use std::cell::Cell;

use diesel::prelude::*;

use crate::{
    clock::Instant,
    diaries::{model::Diary, rows as diaries},
    ids::Id,
    page::{Page, PageRequest},
    precondition::Revision,
    refusal::Refusal,
    sessions::{self, keys::Bearer},
    storage::{
        Db, Error, Result, on_engine,
        schema::{grants, users},
    },
    vocabulary,
};

vocabulary! {
    /// A user's right on a diary.
    pub enum Role {
        /// Everything, sharing and erasing included.
        Owner = "owner",
        /// Reads and writes: a parent, a carer.
        Contributor = "contributor",
        /// Reads: a clinician.
        Viewer = "viewer",
    }
}

impl Role {
    const fn writes(self) -> bool {
        matches!(self, Self::Owner | Self::Contributor)
    }
}

/// Proof that the caller's session lives, in the transaction at hand.
#[derive(Debug, Clone)]
pub struct SignedIn {
    user_id: Id,
    session_id: Id,
    now: Instant,
}

impl SignedIn {
    /// Who.
    #[must_use]
    pub const fn user_id(&self) -> &Id {
        &self.user_id
    }

    /// In which session.
    #[must_use]
    pub const fn session_id(&self) -> &Id {
        &self.session_id
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }
}

/// Proof that the caller may read a diary, in the transaction at hand.
#[derive(Debug, Clone)]
pub struct ReadableDiary {
    diary: Diary,
    role: Role,
    now: Instant,
}

impl ReadableDiary {
    /// The diary as it is in this transaction.
    #[must_use]
    pub const fn diary(&self) -> &Diary {
        &self.diary
    }

    /// The diary's id, as the database knows it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.diary.id.as_str()
    }

    /// The caller's right.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Today in the diary's zone.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.diary.time_zone.date_at(self.now)
    }

    /// The last date that has begun anywhere on earth: a traveller's today is never in the future.
    #[must_use]
    pub fn latest_date(&self) -> chrono::NaiveDate {
        const FURTHEST_EAST: std::time::Duration = std::time::Duration::from_hours(14);
        self.now.plus(FURTHEST_EAST).utc().date_naive()
    }
}

/// Proof that the caller may change a diary, in the write transaction at hand.
#[derive(Debug)]
pub struct WritableDiary {
    readable: ReadableDiary,
    stamp: Cell<Option<Stamp>>,
}

/// What a change writes on the rows it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The diary's new revision.
    pub revision: Revision,
    /// When.
    pub at: Instant,
}

impl std::ops::Deref for WritableDiary {
    type Target = ReadableDiary;

    fn deref(&self) -> &ReadableDiary {
        &self.readable
    }
}

impl WritableDiary {
    /// The revision of this transaction: allocated once, at the first change, so that a transaction that changes
    /// nothing takes none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stamp(&self, db: &mut Db) -> Result<Stamp> {
        if let Some(stamp) = self.stamp.get() {
            return Ok(stamp);
        }
        // The row is locked: what was read of it still holds.
        let stamp = Stamp { revision: self.diary.revision.next(), at: self.now };
        diaries::set_revision(db, self.id(), stamp.revision)?;
        self.stamp.set(Some(stamp));
        Ok(stamp)
    }
}

/// Which diary a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DiaryRef {
    Me,
    Id(Id),
}

pub(super) fn signed_in(db: &mut Db, bearer: &Bearer, now: Instant) -> Result<SignedIn, Refusal> {
    if !sessions::store::lives(db, &bearer.session_id, &bearer.user_id, now)? {
        return Err(Refusal::NotSignedIn);
    }
    Ok(SignedIn { user_id: bearer.user_id.clone(), session_id: bearer.session_id.clone(), now })
}

/// Every question of rights on a diary comes here. What the caller can't see does not exist for them.
fn role_on(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<(Id, Role), Refusal> {
    let id = match which {
        DiaryRef::Id(id) => id.clone(),
        DiaryRef::Me => {
            let own: Option<Option<String>> = on_engine!(db, |db| users::table
                .find(who.user_id.as_str())
                .select(users::diary_id)
                .first(db)
                .optional())?;
            own.flatten().map(Id::stored).ok_or(Refusal::NotFound)?
        }
    };
    let role: Option<String> = on_engine!(db, |db| {
        grants::table.find((id.as_str(), who.user_id.as_str())).select(grants::role).first(db).optional()
    })?;
    let role = Role::parse(&role.ok_or(Refusal::NotFound)?).ok_or_else(|| Error::corrupt("role"))?;
    Ok((id, role))
}

pub(super) fn readable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<ReadableDiary, Refusal> {
    let (id, role) = role_on(db, who, which)?;
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, role, now: who.now })
}

/// The same diary by the same right in another snapshot, unless that is older.
pub(super) fn read_again(db: &mut Db, known: &ReadableDiary) -> Result<Option<ReadableDiary>, Refusal> {
    let diary = diaries::find(db, known.id())?.filter(|diary| diary.revision >= known.diary.revision);
    Ok(diary.map(|diary| ReadableDiary { diary, role: known.role, now: known.now }))
}

pub(super) fn writable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<WritableDiary, Refusal> {
    let (id, role) = role_on(db, who, which)?;
    if !role.writes() {
        return Err(Refusal::Forbidden);
    }
    let diary = diaries::find_locked(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(WritableDiary { readable: ReadableDiary { diary, role, now: who.now }, stamp: Cell::new(None) })
}

/// A user's own diary, for commands that an operator runs beside the service and that nobody signs in to.
///
/// # Errors
/// When the user has none.
pub fn own_diary(db: &mut Db, user_id: &Id, now: Instant) -> Result<WritableDiary, Refusal> {
    let operator = SignedIn { user_id: user_id.clone(), session_id: Id::random(), now };
    writable(db, &operator, &DiaryRef::Me)
}

/// Any diary to read, for a command that an operator runs beside the service.
///
/// # Errors
/// When there is none of this id.
pub fn any_readable(db: &mut Db, id: &str, now: Instant) -> Result<ReadableDiary, Refusal> {
    let diary = diaries::find(db, id)?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, role: Role::Owner, now })
}

/// Any diary to write, for what the service keeps of it by itself.
///
/// # Errors
/// When there is none of this id.
pub fn any_diary(db: &mut Db, id: &str, now: Instant) -> Result<WritableDiary, Refusal> {
    let diary = diaries::find_locked(db, id)?.ok_or(Refusal::NotFound)?;
    Ok(WritableDiary { readable: ReadableDiary { diary, role: Role::Owner, now }, stamp: Cell::new(None) })
}

/// The diaries that a user may read, by id.
///
/// # Errors
/// When the database fails.
pub fn readable_diaries(db: &mut Db, who: &SignedIn, request: &PageRequest<String>) -> Result<Page<ReadableDiary>> {
    let mut query = grants::table
        .filter(grants::user_id.eq(who.user_id.as_str()))
        .order(grants::diary_id)
        .limit(request.limit.and_one())
        .select((grants::diary_id, grants::role))
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(grants::diary_id.gt(after.clone()));
    }
    let found = query
        .load::<(String, String)>(db)?
        .into_iter()
        .map(|(id, role)| {
            let role = Role::parse(&role).ok_or_else(|| Error::corrupt("role"))?;
            let diary = diaries::find(db, &id)?.ok_or_else(|| Error::corrupt("grant"))?;
            Ok(ReadableDiary { diary, role, now: who.now })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request.limit, |readable| readable.id().to_owned()))
}

/// Gives a user the owner's right on a diary that was just made.
///
/// # Errors
/// When the database fails.
pub fn grant_owner(db: &mut Db, diary_id: &Id, user_id: &Id, now: Instant) -> Result<()> {
    diesel::insert_into(grants::table)
        .values((
            grants::diary_id.eq(diary_id.as_str()),
            grants::user_id.eq(user_id.as_str()),
            grants::role.eq(Role::Owner.as_str()),
            grants::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}
