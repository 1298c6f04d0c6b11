//! Proofs for those who come without being signed in: the operator beside the service, the service itself, and whoever
//! has a link. Who calls these has made sure of what they say.

use std::cell::Cell;

use super::{DiaryRef, ErasableDiary, ReadableDiary, WritableDiary, writable};
use crate::{
    access::{
        Right,
        diaries::store as diaries,
        sessions::proofs::{Proved, SignedIn},
    },
    foundation::{clock::Instant, ids::Id},
    storage::{Db, refusal::Refusal},
};

/// A user's own diary, for commands that an operator runs beside the service and that nobody signs in to.
///
/// # Errors
/// When the user has none.
pub fn own_diary(db: &mut Db, user_id: &Id, now: Instant) -> Result<WritableDiary, Refusal> {
    writable(db, &SignedIn::operator(user_id.clone(), now), &DiaryRef::Me)
}

/// Any diary to read, for a command that an operator runs beside the service.
///
/// # Errors
/// When there is none of this id.
pub fn any_readable(db: &mut Db, id: &str, now: Instant) -> Result<ReadableDiary, Refusal> {
    let diary = diaries::find(db, id)?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, user_id: None, right: Right::OWNER, token: None, now })
}

/// A diary to read through a link, without an account. Who calls this has found the link open, in this transaction.
///
/// # Errors
/// When there is none of this id.
pub fn through_link(db: &mut Db, id: &Id, right: Right, now: Instant) -> Result<ReadableDiary, Refusal> {
    let diary = diaries::find(db, id.as_str())?.ok_or(Refusal::NotFound)?;
    Ok(ReadableDiary { diary, user_id: None, right, token: None, now })
}

/// Any diary to write, for what the service keeps of it by itself.
///
/// # Errors
/// When there is none of this id.
pub fn any_diary(db: &mut Db, id: &str, now: Instant) -> Result<WritableDiary, Refusal> {
    let diary = diaries::find_locked(db, id)?.ok_or(Refusal::NotFound)?;
    let size = Cell::new(diary.size);
    Ok(WritableDiary {
        readable: ReadableDiary { diary, user_id: None, right: Right::OWNER, token: None, now },
        through: None,
        stamp: Cell::new(None),
        size,
        told_at: Cell::new(None),
    })
}

/// Any diary to erase, for ending once more what a restored backup brought back.
///
/// # Errors
/// When there is none of this id.
pub fn any_erasable(db: &mut Db, id: &str, now: Instant) -> Result<ErasableDiary, Refusal> {
    any_diary(db, id, now).map(ErasableDiary)
}

/// The operator in somebody's place, who ends once more what a restored backup brought back.
///
/// # Errors
/// Never: the proof is of this moment.
pub fn in_place_of(user_id: &Id, now: Instant) -> Result<Proved, Refusal> {
    SignedIn::operator(user_id.clone(), now).proved()
}
