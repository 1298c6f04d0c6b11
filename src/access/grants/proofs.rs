//! The one function over grants, and the proofs it gives.

pub mod beside;
mod bringing;
pub mod giving;
pub mod naming;

use std::{cell::Cell, collections::HashMap, sync::Arc};

use super::{
    model::{Ended, Grant, Right, Role},
    store,
    view::View,
};
use crate::{
    access::{
        accounts,
        diaries::{
            model::{Diary, ROWS},
            store as diaries,
        },
        scopes::TokenRights,
        sessions::proofs::{Proved, SignedIn},
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        ids::Id,
        paging::{Page, PageRequest},
        precondition::Revision,
        values::Name,
    },
    storage::{self, Db, Result, refusal::Refusal},
    web::conditional::ETag,
};

/// Proof that the caller may read a diary, in the transaction at hand.
#[derive(Debug, Clone)]
pub struct ReadableDiary {
    diary: Diary,
    user_id: Option<Id>,
    right: Right,
    token: Option<Arc<TokenRights>>,
    now: Instant,
}

impl ReadableDiary {
    /// Of somebody who is signed in, by the right that was found.
    fn of(diary: Diary, right: Right, who: &SignedIn) -> Self {
        let (user_id, token) = (Some(who.user_id().clone()), who.token().cloned());
        Self { diary, user_id, right, token, now: who.now() }
    }

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

    /// What the personal access token by which they came is called, if they came by one.
    #[must_use]
    pub fn token_name(&self) -> Option<&Name> {
        self.token.as_ref().map(|token| &token.name)
    }

    /// Whether what they do is noted: whatever is not done by the owner in person.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.role() != Role::Owner || self.token.is_some()
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

    /// Whether whoever was in step with the diary at a revision can't be brought up to date by what changed since: too much of
    /// what was deleted is forgotten, they see another part of it now, or it is older than they are, after a restore.
    #[must_use]
    pub fn needs_resync(&self, known: Revision) -> bool {
        let forgotten = known < self.diary.complete_since;
        let another_part = self.right.since_revision.is_some_and(|since| known <= since);
        forgotten || another_part || known > self.diary.revision
    }

    /// Whether what was on a date can be told: up to tomorrow in the diary's zone. The day of grace is for whoever has
    /// travelled ahead of it; cramps have one as well.
    ///
    /// # Errors
    /// A fault at `date` when it has not come yet.
    pub fn has_come(&self, date: chrono::NaiveDate) -> Result<(), Faults> {
        let last = self.today() + chrono::Days::new(1);
        if date > last {
            let detail =
                format!("has not come yet: {last}, a day after the diary's today, is the last that can be told of");
            return Err(Faults::at("date", FaultCode::InTheFuture, detail));
        }
        Ok(())
    }
}

/// Proof that the caller may change a diary, in the write transaction at hand.
#[derive(Debug)]
pub struct WritableDiary {
    readable: ReadableDiary,
    through: Option<&'static str>,
    stamp: Cell<Option<Stamp>>,
    size: Cell<i64>,
    /// When what is written now was told, if not now.
    told_at: Cell<Option<Instant>>,
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

/// Proof that the caller owns a diary, and has shown a moment ago that it is they: now others may be let in.
#[derive(Debug)]
pub struct SharableDiary(OwnedDiary);

impl std::ops::Deref for SharableDiary {
    type Target = OwnedDiary;

    fn deref(&self) -> &OwnedDiary {
        &self.0
    }
}

/// Proof that the caller owns a diary, and has shown a moment ago that it is they: now it may be emptied, in the write
/// transaction at hand.
#[derive(Debug)]
pub struct ErasableDiary(WritableDiary);

impl std::ops::Deref for ErasableDiary {
    type Target = WritableDiary;

    fn deref(&self) -> &WritableDiary {
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
    /// By which operation of the contract it is changed, if by one.
    #[must_use]
    pub const fn through(&self) -> Option<&'static str> {
        self.through
    }

    /// The stamp of this transaction, if it has changed something already.
    #[must_use]
    pub const fn stamped(&self) -> Option<Stamp> {
        self.stamp.get()
    }

    /// The revision of this transaction: allocated once, at the first change, so that a transaction that changes
    /// nothing takes none.
    pub fn stamp(&self, db: &mut Db) -> Result<Stamp> {
        match self.stamp.get() {
            Some(stamp) => Ok(stamp),
            None => self.put_stamp(db),
        }
    }

    /// The same for a row that is added.
    ///
    /// # Errors
    /// When the diary has as many as fit.
    pub fn stamp_one_more(&self, db: &mut Db) -> Result<Stamp, Refusal> {
        ROWS.one_more(self.size.get())?;
        self.size.set(self.size.get() + 1);
        Ok(self.put_stamp(db)?)
    }

    /// Does something that may be refused while the transaction goes on: what it did is undone then.
    ///
    /// # Errors
    /// What the work is refused with.
    pub fn attempt<T>(&self, db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let (stamp, size) = (self.stamp.get(), self.size.get());
        let outcome = storage::within(db, work);
        if outcome.is_err() {
            self.stamp.set(stamp);
            self.size.set(size);
        }
        outcome
    }

    /// What was remembered of a row is forgotten. Who calls this adds the row anew, and then takes its stamp.
    pub fn one_less(&self) {
        self.size.set(self.size.get() - 1);
    }

    fn put_stamp(&self, db: &mut Db) -> Result<Stamp> {
        // The row is locked: what was read of it still holds.
        let stamp = Stamp { revision: self.diary.revision.next(), at: self.now };
        diaries::set_revision(db, self.id(), stamp.revision, self.size.get())?;
        self.stamp.set(Some(stamp));
        Ok(stamp)
    }
}

impl AsRef<ReadableDiary> for ReadableDiary {
    fn as_ref(&self) -> &ReadableDiary {
        self
    }
}

impl AsRef<ReadableDiary> for OwnedDiary {
    fn as_ref(&self) -> &ReadableDiary {
        &self.0
    }
}

impl AsRef<ReadableDiary> for WritableDiary {
    fn as_ref(&self) -> &ReadableDiary {
        &self.readable
    }
}

/// How something is proved of a caller and a diary.
pub(in crate::access) type Prove<P> = fn(&mut Db, &SignedIn, &DiaryRef) -> Result<P, Refusal>;

/// Which diary a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::access) enum DiaryRef {
    Me,
    Id(Id),
}

/// Every question of rights on a diary comes here, and every one of what a token lets do at it. What the caller can't
/// see does not exist for them, and neither does what their token is not good for.
fn right_on(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<(Id, Right), Refusal> {
    let (id, right) = right_of_account(db, who, which)?;
    by_token(who, &id)?;
    Ok((id, right))
}

/// The diary first, then the scope.
fn by_token(who: &SignedIn, id: &Id) -> Result<(), Refusal> {
    match who.token() {
        Some(token) if !token.reach(id.as_str()) => Err(Refusal::NotFound),
        _ => who.may(),
    }
}

fn right_of_account(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<(Id, Right), Refusal> {
    let id = match which {
        DiaryRef::Id(id) if who.bearer().owns.as_ref() != Some(id) => id.clone(),
        // An account names the diary that it owns, and nothing takes that from it.
        _ => {
            let own = accounts::store::diary_of(db, who)?;
            return own.map(|id| (id, Right::OWNER)).ok_or(Refusal::NotFound);
        }
    };
    let grant = store::find(db, id.as_str(), who.user_id())?;
    Ok((id, in_force(grant, who)?))
}

/// What somebody may do to a diary, until the transaction ends.
fn right_held(db: &mut Db, who: &SignedIn, id: &Id) -> Result<Right, Refusal> {
    let right = in_force(store::find_held(db, id.as_str(), who.user_id())?, who)?;
    by_token(who, id)?;
    Ok(right)
}

fn in_force(grant: Option<Grant>, who: &SignedIn) -> Result<Right, Refusal> {
    grant.map(|grant| grant.right).filter(|right| right.holds(who.now())).ok_or(Refusal::NotFound)
}

pub(in crate::access) fn readable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<ReadableDiary, Refusal> {
    let (id, right) = right_on(db, who, which)?;
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary::of(diary, right, who))
}

/// The same, kept from being taken back until the transaction ends.
pub(in crate::access) fn readable_held(
    db: &mut Db,
    who: &SignedIn,
    which: &DiaryRef,
) -> Result<ReadableDiary, Refusal> {
    let (id, right) = match which {
        DiaryRef::Id(id) => (id.clone(), right_held(db, who, id)?),
        // Nobody takes their own from an owner.
        DiaryRef::Me => right_on(db, who, which)?,
    };
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary::of(diary, right, who))
}

pub(in crate::access) fn owned(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<OwnedDiary, Refusal> {
    let readable = readable(db, who, which)?;
    if readable.role() == Role::Owner { Ok(OwnedDiary(readable)) } else { Err(Refusal::Forbidden) }
}

/// The right comes before the proof: of somebody else's diary nobody learns that there is anything to prove.
pub(in crate::access) fn sharable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<SharableDiary, Refusal> {
    let owned = owned(db, who, which)?;
    let _: Proved = who.clone().proved()?;
    Ok(SharableDiary(owned))
}

/// The same in a transaction that writes.
pub(in crate::access) fn sharable_held(
    db: &mut Db,
    who: &SignedIn,
    which: &DiaryRef,
) -> Result<SharableDiary, Refusal> {
    let owned = owned(db, who, which)?;
    let _: Proved = accounts::store::proved(db, who)?;
    Ok(SharableDiary(owned))
}

/// Whoever locks an account and a diary takes the account first.
pub(in crate::access) fn erasable(db: &mut Db, who: &SignedIn, which: &DiaryRef) -> Result<ErasableDiary, Refusal> {
    let SharableDiary(_) = sharable_held(db, who, which)?;
    Ok(ErasableDiary(writable(db, who, which)?))
}

/// The diary that somebody keeps, if they keep one.
///
/// # Errors
/// When the database fails.
pub fn kept_diary(db: &mut Db, who: &SignedIn) -> Result<Option<OwnedDiary>, Refusal> {
    match owned(db, who, &DiaryRef::Me) {
        Ok(diary) => Ok(Some(diary)),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
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

/// What somebody had of a diary, if they have nothing of it any more.
pub(in crate::access) fn ended(db: &mut Db, who: &SignedIn, id: &Id) -> Result<Option<Ended>> {
    match store::find(db, id.as_str(), who.user_id())?.map(|grant| grant.right) {
        Some(right) if right.holds(who.now()) => Ok(None),
        Some(right) => Ok(right.consent_id.map(|consent_id| Ended { consent_id, role: right.role })),
        None => store::find_former(db, id.as_str(), who.user_id()),
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
    let size = Cell::new(diary.size);
    let readable = ReadableDiary::of(diary, right, who);
    Ok(WritableDiary { readable, through: who.through(), stamp: Cell::new(None), size, told_at: Cell::new(None) })
}

/// The diaries that a user may read, by id; those in which they have one role, if one is named.
pub(in crate::access) fn readable_diaries(
    db: &mut Db,
    who: &SignedIn,
    role: Option<Role>,
    request: &PageRequest<String>,
) -> Result<Page<ReadableDiary>> {
    let grants = store::page_of_user(db, who.user_id(), role, request, who.now())?;
    let ids = grants.items.iter().map(|grant| grant.diary_id.as_str());
    let ids: Vec<_> = ids.filter(|id| who.token().is_none_or(|token| token.reach(id))).collect();
    let found = diaries::find_all(db, &ids)?.into_iter().map(|diary| (diary.id.clone(), diary));
    let mut found: HashMap<_, _> = found.collect();
    // Out of the token's reach, or gone a moment ago, if there is none.
    grants.try_filter_map(|grant| {
        Ok(found.remove(&grant.diary_id).map(|diary| ReadableDiary::of(diary, grant.right, who)))
    })
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
