//! The one function over sessions and grants, and the proofs it gives.

use std::cell::Cell;

use super::{
    model::{Grant, Right, Role},
    store,
    view::View,
};
use crate::{
    access::{
        accounts,
        diaries::{model::Diary, store as diaries},
        sessions::{self, keys::Bearer},
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        precondition::Revision,
    },
    storage::{Db, Result, refusal::Refusal},
    web::conditional::ETag,
};

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
    user_id: Option<Id>,
    right: Right,
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

    /// Who the caller is; `None` for who came without an account.
    #[must_use]
    pub const fn user_id(&self) -> Option<&Id> {
        self.user_id.as_ref()
    }

    /// The caller's role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.right.role
    }

    /// The caller's right in full.
    #[must_use]
    pub const fn right(&self) -> &Right {
        &self.right
    }

    /// What the caller may see. Stores show no more.
    #[must_use]
    pub const fn view(&self) -> View {
        self.right.view
    }

    /// The tag of what follows from the whole diary, as far as the caller may see it.
    #[must_use]
    pub fn tag(&self) -> ETag {
        self.view().tag(ETag::of(self.diary.revision))
    }

    /// The same for what is another tomorrow.
    #[must_use]
    pub fn tag_today(&self) -> ETag {
        self.view().tag(ETag::on(self.diary.revision, self.today()))
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

/// Proof that the caller owns a diary, and so decides who else may touch it.
#[derive(Debug)]
pub struct OwnedDiary(ReadableDiary);

impl std::ops::Deref for OwnedDiary {
    type Target = ReadableDiary;

    fn deref(&self) -> &ReadableDiary {
        &self.0
    }
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
pub(in crate::access) enum DiaryRef {
    Me,
    Id(Id),
}

pub(in crate::access) fn signed_in(db: &mut Db, bearer: &Bearer, now: Instant) -> Result<SignedIn, Refusal> {
    if !sessions::store::lives(db, &bearer.session_id, &bearer.user_id, now)? {
        return Err(Refusal::NotSignedIn);
    }
    Ok(SignedIn { user_id: bearer.user_id.clone(), session_id: bearer.session_id.clone(), now })
}

/// Every question of rights on a diary comes here. What the caller can't see does not exist for them.
fn right_on(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<(Id, Right), Refusal> {
    let id = match which {
        DiaryRef::Id(id) => id.clone(),
        // An account names the diary that it owns, and nothing takes that from it.
        DiaryRef::Me => {
            let own = accounts::store::own_diary_id(db, &who.user_id)?;
            return own.map(|id| (id, Right::OWNER)).ok_or(Refusal::NotFound);
        }
    };
    let grant = store::find(db, id.as_str(), &who.user_id)?;
    Ok((id, in_force(grant, who)?))
}

/// What somebody may do to a diary, until the transaction ends.
fn right_held(db: &mut Db, who: &SignedIn, id: &Id) -> Result<Right, Refusal> {
    in_force(store::find_held(db, id.as_str(), &who.user_id)?, who)
}

fn in_force(grant: Option<Grant>, who: &SignedIn) -> Result<Right, Refusal> {
    grant.map(|grant| grant.right).filter(|right| right.holds(who.now)).ok_or(Refusal::NotFound)
}

pub(in crate::access) fn readable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<ReadableDiary, Refusal> {
    let (id, right) = right_on(db, who, which)?;
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, user_id: Some(who.user_id.clone()), right, now: who.now })
}

pub(in crate::access) fn owned(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<OwnedDiary, Refusal> {
    let readable = readable(db, who, which)?;
    if readable.role() == Role::Owner { Ok(OwnedDiary(readable)) } else { Err(Refusal::Forbidden) }
}

/// The same diary by the same right in another snapshot, unless that is older.
pub(in crate::access) fn read_again(db: &mut Db, known: &ReadableDiary) -> Result<Option<ReadableDiary>, Refusal> {
    let diary = diaries::find(db, known.id())?.filter(|diary| diary.revision >= known.diary.revision);
    Ok(diary.map(|diary| ReadableDiary { diary, ..known.clone() }))
}

/// Whether somebody may still be at a diary, by the same right as before, and goes on to until the transaction ends.
pub(in crate::access) fn still_holds(db: &mut Db, who: &SignedIn, known: &ReadableDiary) -> Result<bool, Refusal> {
    match right_held(db, who, &known.diary.id) {
        Ok(right) => Ok(right == known.right),
        Err(Refusal::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

pub(in crate::access) fn writable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<WritableDiary, Refusal> {
    let (id, mut right) = right_on(db, who, which)?;
    if !right.role.writes() {
        return Err(Refusal::Forbidden);
    }
    let diary = diaries::find_locked(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    if right.role != Role::Owner {
        // While it waited for the lock, the owner may have taken it back, or given another in its place.
        right = right_held(db, who, &id)?;
        if !right.role.writes() {
            return Err(Refusal::Forbidden);
        }
    }
    let readable = ReadableDiary { diary, user_id: Some(who.user_id.clone()), right, now: who.now };
    Ok(WritableDiary { readable, stamp: Cell::new(None) })
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
    Ok(ReadableDiary { diary, user_id: None, right: Right::OWNER, now })
}

/// A diary to read through a link, without an account. Who calls this has found the link open, in this transaction.
///
/// # Errors
/// When there is none of this id.
pub fn through_link(db: &mut Db, id: &Id, right: Right, now: Instant) -> Result<ReadableDiary, Refusal> {
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, user_id: None, right, now })
}

/// Any diary to write, for what the service keeps of it by itself.
///
/// # Errors
/// When there is none of this id.
pub fn any_diary(db: &mut Db, id: &str, now: Instant) -> Result<WritableDiary, Refusal> {
    let diary = diaries::find_locked(db, id)?.ok_or(Refusal::NotFound)?;
    Ok(WritableDiary {
        readable: ReadableDiary { diary, user_id: None, right: Right::OWNER, now },
        stamp: Cell::new(None),
    })
}

/// Any diary as its owner has it, for ending once more what a restored backup brought back.
///
/// # Errors
/// When there is none of this id.
pub fn any_owned(db: &mut Db, id: &str, now: Instant) -> Result<OwnedDiary, Refusal> {
    any_readable(db, id, now).map(OwnedDiary)
}

/// The diaries that a user may read, by id.
pub(in crate::access) fn readable_diaries(
    db: &mut Db,
    who: &SignedIn,
    request: &PageRequest<String>,
) -> Result<Page<ReadableDiary>> {
    store::page_of_user(db, &who.user_id, request, who.now)?.try_filter_map(|grant| {
        // Gone a moment ago, if there is none.
        let diary = diaries::find(db, grant.diary_id.as_str())?;
        let user_id = Some(grant.user_id);
        Ok(diary.map(|diary| ReadableDiary { diary, user_id, right: grant.right, now: who.now }))
    })
}

/// Gives a user the owner's right on a diary that was just made.
pub fn grant_owner(db: &mut Db, diary_id: &Id, user_id: &Id, now: Instant) -> Result<()> {
    grant(db, diary_id, user_id, Right::OWNER, now)
}

/// Gives a user a right that rests on a consent.
///
/// # Errors
/// When the database fails; a grant that the user has is to be withdrawn before.
pub fn grant(db: &mut Db, diary_id: &Id, user_id: &Id, right: Right, now: Instant) -> Result<()> {
    store::insert(db, &Grant { diary_id: diary_id.clone(), user_id: user_id.clone(), right, created_at: now })
}

/// As what somebody may touch a diary, if they may.
///
/// # Errors
/// When the database fails.
pub fn role_of(db: &mut Db, diary_id: &Id, who: &SignedIn) -> Result<Option<Role>, Refusal> {
    match right_on(db, who, &DiaryRef::Id(diary_id.clone())) {
        Ok((_, right)) => Ok(Some(right.role)),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
