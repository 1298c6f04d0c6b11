//! Letters and their keys in the database.

use std::time::Duration;

use diesel::prelude::*;

use super::model::{About, Letter, MailKey, Matter, Outgoing, Recipient, Sent, WORTH_SENDING_FOR};
use crate::{
    access::accounts::{
        model::{Email, Reader, SoughtEmail, User},
        store::{self as accounts, Account},
    },
    foundation::{clock::Instant, ids::Id, language::Language},
    storage::{
        Db, Error, Result, on_engine,
        schema::{letters, mail_keys},
    },
};

/// For so long nobody else tries to send a letter that is on its way: longer than any server may take.
const LEASE: Duration = Duration::from_mins(5);
/// How long to wait after the first attempt that failed; after each further one twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(15);
/// But no longer.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Writes a letter down, in the transaction of what it tells of.
pub fn write(db: &mut Db, letter: &Letter, now: Instant) -> Result<()> {
    let (user_id, address) = match &letter.to {
        Recipient::Account(user_id) => (Some(user_id.as_str()), None),
        Recipient::At(user_id, email) => (Some(user_id.as_str()), Some(email.as_str())),
        Recipient::Whoever(sought) => (None, Some(sought.as_written())),
    };
    diesel::insert_into(letters::table)
        .values((
            letters::id.eq(Id::random().as_str()),
            letters::matter.eq(letter.about.as_str()),
            letters::user_id.eq(user_id),
            letters::address.eq(address),
            letters::language.eq(letter.language.map(Language::tag)),
            letters::label.eq(letter.label.as_deref()),
            letters::created_at.eq(now),
            letters::due_at.eq(now),
            letters::attempts.eq(0),
        ))
        .execute(db)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct Row {
    id: String,
    matter: String,
    user_id: Option<String>,
    address: Option<String>,
    language: Option<String>,
    label: Option<String>,
    created_at: Instant,
    attempts: i32,
}

/// Whether a letter is to be sent.
pub fn any_due(db: &mut Db, now: Instant) -> Result<bool> {
    let due = letters::table.filter(letters::due_at.le(now)).select(letters::id);
    let found: Option<String> = on_engine!(db, |db| due.first(db).optional())?;
    Ok(found.is_some())
}

/// Takes `most` letters that are to be sent, so that no other process does: each with the address that it goes to by now,
/// and with a fresh key. Letters that nobody is to get any more are gone.
pub fn take(db: &mut Db, now: Instant, most: i64) -> Result<Vec<Outgoing>> {
    let due = letters::table.filter(letters::due_at.le(now)).order(letters::due_at).limit(most);
    let rows: Vec<Row> = match db {
        Db::Sqlite(db) => due.select(Row::as_select()).load(db),
        Db::Postgres(db) => due.select(Row::as_select()).for_no_key_update().skip_locked().load(db),
    }?;
    let mut taken = Vec::new();
    for row in rows {
        let id = row.id.clone();
        let Some(about) = About::parse(&row.matter) else {
            // Of a newer version, which sends it.
            tracing::warn!("a letter waits of which this version does not know what it is about");
            put_off(db, &id, now)?;
            continue;
        };
        match begin(db, row, about, now)? {
            Some(outgoing) => taken.push(outgoing),
            None => delete(db, &id)?,
        }
    }
    Ok(taken)
}

/// `None` when it is not worth sending any more, or nobody is there to get it.
fn begin(db: &mut Db, row: Row, about: About, now: Instant) -> Result<Option<Outgoing>> {
    if now.since(row.created_at) > about.worth_sending_for() {
        tracing::warn!(about = about.as_str(), attempts = row.attempts, "a letter could not be sent in time");
        return Ok(None);
    }
    let Some(Account { user, .. }) = account_of(db, &row)? else { return Ok(None) };
    let address = match (&row.user_id, row.address) {
        (Some(_), Some(address)) => Email::stored(address),
        _ => user.email,
    };
    let key = about.key_works_for().map(|works_for| (MailKey::random(), works_for));
    if let Some((key, works_for)) = &key {
        diesel::insert_into(mail_keys::table)
            .values((
                mail_keys::key_hash.eq(key.hash().to_vec()),
                mail_keys::user_id.eq(user.id.as_str()),
                mail_keys::matter.eq(about.as_str()),
                mail_keys::address.eq(address.as_str()),
                mail_keys::expires_at.eq(now.plus(*works_for)),
            ))
            .execute(db)?;
    }
    let attempts = row.attempts + 1;
    diesel::update(letters::table.find(&row.id))
        .set((letters::due_at.eq(now.plus(LEASE)), letters::attempts.eq(attempts)))
        .execute(db)?;
    Ok(Some(Outgoing {
        id: Id::stored(row.id),
        about,
        label: row.label,
        address,
        language: row.language.as_deref().and_then(Language::parse).or(user.language).unwrap_or(Language::English),
        key: key.map(|(key, _)| key),
        attempts,
    }))
}

fn account_of(db: &mut Db, row: &Row) -> Result<Option<Account>> {
    match (&row.user_id, &row.address) {
        (Some(user_id), _) => accounts::find(db, &Id::stored(user_id.clone())),
        (None, Some(address)) => {
            let Some(sought) = SoughtEmail::typed(address) else { return Ok(None) };
            accounts::find_by_email(db, &sought)
        }
        (None, None) => Err(Error::corrupt("letter")),
    }
}

/// Notes what came of an attempt. Whoever was so slow that another one tries by now changes nothing.
pub fn settle(db: &mut Db, outgoing: &Outgoing, sent: Sent, now: Instant) -> Result<()> {
    let ours = letters::table.find(outgoing.id.as_str()).filter(letters::attempts.eq(outgoing.attempts));
    if sent == Sent::NotNow {
        let doublings = u32::try_from(outgoing.attempts - 1).unwrap_or_default().min(16);
        let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
        diesel::update(ours).set(letters::due_at.eq(now.plus(wait))).execute(db)?;
    } else {
        diesel::delete(ours).execute(db)?;
    }
    Ok(())
}

fn put_off(db: &mut Db, id: &str, now: Instant) -> Result<()> {
    diesel::update(letters::table.find(id)).set(letters::due_at.eq(now.plus(LONGEST_WAIT))).execute(db)?;
    Ok(())
}

fn delete(db: &mut Db, id: &str) -> Result<()> {
    diesel::delete(letters::table.find(id)).execute(db)?;
    Ok(())
}

/// Whose mail somebody reads who comes with a key, and about what; `None` when it is unknown, spent or has expired, or was
/// sent about something else. It stays what it is.
pub fn find(db: &mut Db, key: &MailKey, about: &[Matter], now: Instant) -> Result<Option<(Reader, Matter)>> {
    let columns = (mail_keys::user_id, mail_keys::matter, mail_keys::address);
    let living = mail_keys::table.find(key.hash().to_vec()).filter(mail_keys::expires_at.gt(now));
    let found: Option<(String, String, String)> = living.select(columns).first(db).optional()?;
    let Some((user_id, matter, address)) = found else { return Ok(None) };
    let matter = Matter::parse(&matter).ok_or_else(|| Error::corrupt("matter of a key"))?;
    let reader = Reader::of(Id::stored(user_id), Email::stored(address), now);
    Ok(about.contains(&matter).then_some((reader, matter)))
}

/// The same, and spends the key: of two who come with it at once, one is too late.
pub fn redeem(db: &mut Db, key: &MailKey, about: &[Matter], now: Instant) -> Result<Option<(Reader, Matter)>> {
    let Some(found) = find(db, key, about, now)? else { return Ok(None) };
    let spent = diesel::delete(mail_keys::table.find(key.hash().to_vec())).execute(db)?;
    Ok((spent == 1).then_some(found))
}

/// Has no letter about something that an account got before open anything any more, and none that still waits be sent.
pub fn revoke(db: &mut Db, user_id: &Id, about: &[Matter]) -> Result<()> {
    let about: Vec<&str> = about.iter().map(|matter| matter.as_str()).collect();
    on_engine!(db, |db| {
        // First the letters: whoever sends one at this moment is waited for, and its key is there then.
        let waiting = letters::table.filter(letters::user_id.eq(user_id.as_str()));
        diesel::delete(waiting.filter(letters::matter.eq_any(&about))).execute(db)?;
        let keys = mail_keys::table.filter(mail_keys::user_id.eq(user_id.as_str()));
        diesel::delete(keys.filter(mail_keys::matter.eq_any(&about))).execute(db)
    })?;
    Ok(())
}

/// The same of another password, for which letters wait that were asked for by the address.
pub fn revoke_resets(db: &mut Db, user: &User) -> Result<()> {
    let sought = SoughtEmail::from(&user.email);
    let asked = letters::matter.eq(Matter::PasswordReset.as_str()).and(letters::address.eq(sought.as_written()));
    diesel::delete(letters::table.filter(asked)).execute(db)?;
    revoke(db, &user.id, &[Matter::PasswordReset])
}

/// Clears away `most` keys that work no more, and says how many.
pub fn delete_expired_keys(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let over = mail_keys::expires_at.le(now);
        let first = mail_keys::table.filter(over).order(mail_keys::expires_at).limit(most);
        let first: Vec<Vec<u8>> = first.select(mail_keys::key_hash).load(db)?;
        diesel::delete(mail_keys::table.filter(mail_keys::key_hash.eq_any(first))).execute(db)
    })?)
}

/// Clears away `most` letters that nobody sends, since no server is named any more, and says how many.
pub fn delete_unsent(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    // Where they are sent, each is gone by then.
    let long_ago = now.minus(WORTH_SENDING_FOR * 2);
    Ok(on_engine!(db, |db| {
        let old = letters::table.filter(letters::due_at.le(long_ago)).order(letters::due_at).limit(most);
        let first: Vec<String> = old.select(letters::id).load(db)?;
        diesel::delete(letters::table.filter(letters::id.eq_any(first))).execute(db)
    })?)
}
