//! Changes of an address that wait for somebody's word, in the database.

use std::time::Duration;

use diesel::prelude::*;

use crate::{
    access::{
        Proved,
        accounts::model::{Email, Reader},
        mail::model::WORTH_SENDING_FOR,
    },
    foundation::{clock::Instant, ids::Id},
    storage::{Db, Result, on_engine, schema::email_changes},
};

/// How long a change waits: as long as any link to it works.
const WAITS: Duration = Duration::from_hours(72).saturating_add(WORTH_SENDING_FOR);

/// A change that waits.
#[derive(Debug, Clone)]
pub struct Change {
    /// The address that the account is to have.
    pub email: Email,
    /// Whether whoever reads the mail to the present one has agreed.
    pub is_agreed: bool,
    /// Whether whoever reads the mail to the new one has confirmed it.
    pub is_confirmed: bool,
}

/// Has an account's change wait, in place of one that waited before. `is_agreed`: nobody is asked at the present address.
pub fn put(db: &mut Db, me: &Proved, email: &Email, is_agreed: bool) -> Result<()> {
    delete(db, me.user_id())?;
    diesel::insert_into(email_changes::table)
        .values((
            email_changes::user_id.eq(me.user_id().as_str()),
            email_changes::email.eq(email.as_str()),
            email_changes::agreed_at.eq(is_agreed.then(|| me.now())),
            email_changes::expires_at.eq(me.now().plus(WAITS)),
        ))
        .execute(db)?;
    Ok(())
}

/// The change of an account that waits, if there is one.
pub fn find(db: &mut Db, user_id: &Id, now: Instant) -> Result<Option<Change>> {
    let waiting = email_changes::table.find(user_id.as_str()).filter(email_changes::expires_at.gt(now));
    let columns = (email_changes::email, email_changes::agreed_at, email_changes::confirmed_at);
    let found: Option<(String, Option<Instant>, Option<Instant>)> = waiting.select(columns).first(db).optional()?;
    Ok(found.map(|(email, agreed_at, confirmed_at)| Change {
        email: Email::stored(email),
        is_agreed: agreed_at.is_some(),
        is_confirmed: confirmed_at.is_some(),
    }))
}

/// Notes that whoever reads the mail to the present address agrees.
pub fn agree(db: &mut Db, reader: &Reader) -> Result<()> {
    let one = email_changes::table.find(reader.user_id().as_str());
    diesel::update(one).set(email_changes::agreed_at.eq(reader.now())).execute(db)?;
    Ok(())
}

/// Notes that whoever reads the mail to the new address confirms it.
pub fn confirm(db: &mut Db, reader: &Reader) -> Result<()> {
    let one = email_changes::table.find(reader.user_id().as_str());
    diesel::update(one).set(email_changes::confirmed_at.eq(reader.now())).execute(db)?;
    Ok(())
}

/// Has no change of an account wait any more.
pub fn delete(db: &mut Db, user_id: &Id) -> Result<()> {
    diesel::delete(email_changes::table.find(user_id.as_str())).execute(db)?;
    Ok(())
}

/// Clears away `most` that waited for too long, and says how many.
pub fn delete_expired(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let over = email_changes::expires_at.le(now);
        let first = email_changes::table.filter(over).order(email_changes::expires_at).limit(most);
        let first: Vec<String> = first.select(email_changes::user_id).load(db)?;
        // Only if no other one waits by now.
        diesel::delete(email_changes::table.filter(email_changes::user_id.eq_any(first)).filter(over)).execute(db)
    })?)
}
