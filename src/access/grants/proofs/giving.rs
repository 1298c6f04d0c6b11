//! Giving somebody a right. Who calls these has the right to.

use crate::{
    access::{
        Right,
        diaries::store as diaries,
        grants::{model::Grant, store},
    },
    foundation::{clock::Instant, ids::Id, quota::Quota},
    storage::{Db, Result, refusal::Refusal},
};

/// What a clinic may hold.
const HELD: Quota = Quota { what: "diaries that others share with you", most: 10_000 };

/// Gives a user the owner's right on a diary that was just made.
pub fn grant_owner(db: &mut Db, diary_id: &Id, user_id: &Id, now: Instant) -> Result<()> {
    let right = Right::OWNER;
    store::insert(db, &Grant { diary_id: diary_id.clone(), user_id: user_id.clone(), right, created_at: now })
}

/// Gives a user a right that rests on a consent.
///
/// # Errors
/// When the database fails; a grant that the user has is to be withdrawn before.
pub fn grant(db: &mut Db, diary_id: &Id, user_id: &Id, right: Right, now: Instant) -> Result<(), Refusal> {
    HELD.one_more(store::count_from_others(db, user_id)?)?;
    let diary = diaries::find(db, diary_id.as_str())?.ok_or(Refusal::NotFound)?;
    let right = Right { since_revision: Some(diary.revision), ..right };
    Ok(store::insert(db, &Grant { diary_id: diary_id.clone(), user_id: user_id.clone(), right, created_at: now })?)
}
