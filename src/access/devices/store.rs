//! Known devices in the database.

use diesel::prelude::*;

use super::model::{DeviceToken, KNOWN_FOR};
use crate::{
    access::sessions::{model::Session, proofs::Proved},
    foundation::{clock::Instant, ids::Id},
    storage::{Db, Result, on_engine, schema::known_devices},
};

/// Whose device it is, if it is still known.
pub fn owner(db: &mut Db, device: &DeviceToken, now: Instant) -> Result<Option<Id>> {
    let known = known_devices::table.find(device.hash().to_vec()).filter(known_devices::expires_at.gt(now));
    let owner: Option<String> = known.select(known_devices::user_id).first(db).optional()?;
    Ok(owner.map(Id::stored))
}

/// Whether any device of a person is known.
pub fn any(db: &mut Db, user_id: &Id, now: Instant) -> Result<bool> {
    let theirs = known_devices::user_id.eq(user_id.as_str()).and(known_devices::expires_at.gt(now));
    let found: Option<Vec<u8>> = on_engine!(db, |db| {
        known_devices::table.filter(theirs).select(known_devices::token_hash).first(db).optional()
    })?;
    Ok(found.is_some())
}

/// So many devices of one account are known. For one more, the one that was unused the longest is forgotten.
const MOST_OF_ONE: i64 = 200;

/// Knows from now on the device on which a session began.
pub fn insert(db: &mut Db, device: &DeviceToken, session: &Session) -> Result<()> {
    let of_them = known_devices::user_id.eq(session.user_id.as_str());
    on_engine!(db, |db| {
        let unused_longest = known_devices::table.filter(of_them).order(known_devices::expires_at.desc());
        let too_many = unused_longest.offset(MOST_OF_ONE - 1).limit(MOST_OF_ONE).select(known_devices::token_hash);
        let too_many: Vec<Vec<u8>> = too_many.load(db)?;
        diesel::delete(known_devices::table.filter(known_devices::token_hash.eq_any(too_many))).execute(db)
    })?;
    diesel::insert_into(known_devices::table)
        .values((
            known_devices::token_hash.eq(device.hash().to_vec()),
            known_devices::user_id.eq(session.user_id.as_str()),
            known_devices::session_id.eq(session.id.as_str()),
            known_devices::expires_at.eq(session.created_at.plus(KNOWN_FOR)),
        ))
        .execute(db)?;
    Ok(())
}

/// Notes that another session began on a device; `false` when it is not known any more, or is somebody else's.
pub fn used(db: &mut Db, device: &DeviceToken, session: &Session) -> Result<bool> {
    let of_them = known_devices::table
        .find(device.hash().to_vec())
        .filter(known_devices::user_id.eq(session.user_id.as_str()))
        .filter(known_devices::expires_at.gt(session.created_at));
    let noted = diesel::update(of_them)
        .set((
            known_devices::session_id.eq(session.id.as_str()),
            known_devices::expires_at.eq(session.created_at.plus(KNOWN_FOR)),
        ))
        .execute(db)?;
    Ok(noted > 0)
}

/// Forgets a person's devices, but for the one that asks.
pub fn forget_others(db: &mut Db, me: &Proved) -> Result<()> {
    let others = known_devices::user_id.eq(me.user_id().as_str());
    let others = others.and(known_devices::session_id.ne(me.session_id().as_str()));
    diesel::delete(known_devices::table.filter(others)).execute(db)?;
    Ok(())
}

/// Forgets all devices of a person.
pub fn forget_all(db: &mut Db, user_id: &Id) -> Result<()> {
    let theirs = known_devices::user_id.eq(user_id.as_str());
    diesel::delete(known_devices::table.filter(theirs)).execute(db)?;
    Ok(())
}

/// Clears away `most` devices that are known no more, and says how many.
pub fn delete_expired(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let over = known_devices::expires_at.le(now);
        let first = known_devices::table.filter(over).order(known_devices::expires_at).limit(most);
        let first: Vec<Vec<u8>> = first.select(known_devices::token_hash).load(db)?;
        // Only if it is still over.
        diesel::delete(known_devices::table.filter(known_devices::token_hash.eq_any(first).and(over))).execute(db)
    })?)
}
