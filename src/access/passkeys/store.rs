//! Passkeys in the database, and what their devices were asked to sign. Whoever changes a passkey, or lets one sign, has
//! locked the account: of answers that come at once, each sees the count that the one before has left.

use std::time::Duration;

use diesel::prelude::*;
use passki::StoredPasskey;

use super::model::{CHALLENGE_MINUTES, Challenge, NotTaken, Passkey, Shown, Signed};
use crate::{
    access::{
        accounts::{self, store::Account},
        sessions::proofs::{Proved, SignedIn},
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
        quota::Quota,
        values::Name,
    },
    storage::{
        Db, Error, Result,
        ledger::{self, Line, What},
        on_engine,
        refusal::Refusal,
        schema::{passkey_challenges, passkeys},
        stored_json,
    },
};

/// So many does one account have: several for each device that somebody uses.
const OF_ONE: Quota = Quota { what: "passkeys", most: 20 };

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, treat_none_as_default_value = false)]
struct Row {
    id: String,
    user_id: String,
    name: String,
    credential: Vec<u8>,
    public_key: Vec<u8>,
    algorithm: i32,
    counter: i64,
    backup_eligible: bool,
    backed_up: bool,
    transports: String,
    created_at: Instant,
    last_used_at: Option<Instant>,
}

impl Row {
    fn of(passkey: &Passkey) -> Result<Self> {
        let credential = &passkey.credential;
        Ok(Self {
            id: passkey.id.to_string(),
            user_id: passkey.user_id.to_string(),
            name: passkey.name.as_str().to_owned(),
            credential: credential.credential_id.clone(),
            public_key: credential.public_key.clone(),
            algorithm: credential.algorithm,
            counter: credential.counter.into(),
            backup_eligible: credential.be,
            backed_up: credential.bs,
            transports: stored_json::write(&credential.transports)?,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        })
    }
}

impl TryFrom<Row> for Passkey {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let mut credential = StoredPasskey::default();
        credential.credential_id = row.credential;
        credential.public_key = row.public_key;
        credential.algorithm = row.algorithm;
        credential.counter = u32::try_from(row.counter).map_err(|_| Error::corrupt("counter of a passkey"))?;
        credential.be = row.backup_eligible;
        credential.bs = row.backed_up;
        credential.transports = stored_json::read("transports of a passkey", &row.transports)?;
        Ok(Self {
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            name: Name::stored(row.name),
            credential,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// Notes what a browser is asked to have signed: by whoever comes with a passkey.
///
/// # Errors
/// When the database fails.
pub fn ask(db: &mut Db, challenge: &Challenge, now: Instant) -> Result<()> {
    insert_challenge(db, challenge, None, now)
}

/// The same of what somebody adds a passkey by, in the place of what they were asked before in this session.
///
/// # Errors
/// When the database fails.
pub fn ask_in_session(db: &mut Db, me: &Proved, challenge: &Challenge) -> Result<()> {
    let before = passkey_challenges::table.filter(passkey_challenges::session_id.eq(me.session_id().as_str()));
    diesel::delete(before).execute(db)?;
    insert_challenge(db, challenge, Some(me.session_id()), me.now())
}

fn insert_challenge(db: &mut Db, challenge: &Challenge, session: Option<&Id>, now: Instant) -> Result<()> {
    diesel::insert_into(passkey_challenges::table)
        .values((
            passkey_challenges::challenge_hash.eq(challenge.hash().to_vec()),
            passkey_challenges::session_id.eq(session.map(Id::as_str)),
            passkey_challenges::expires_at.eq(now.plus(Duration::from_mins(CHALLENGE_MINUTES))),
        ))
        .execute(db)?;
    Ok(())
}

/// Spends what was asked in a session; `false` when it was not, was answered before, or too long ago.
///
/// # Errors
/// When the database fails.
pub fn answer_in_session(db: &mut Db, me: &Proved, challenge: &Challenge) -> Result<bool> {
    let asked = passkey_challenges::table
        .find(challenge.hash().to_vec())
        .filter(passkey_challenges::session_id.eq(me.session_id().as_str()))
        .filter(passkey_challenges::expires_at.gt(me.now()));
    Ok(diesel::delete(asked).execute(db)? > 0)
}

/// The same of what was asked of nobody in particular.
fn answer(db: &mut Db, challenge: &Challenge, now: Instant) -> Result<bool> {
    let asked = passkey_challenges::table
        .find(challenge.hash().to_vec())
        .filter(passkey_challenges::session_id.is_null())
        .filter(passkey_challenges::expires_at.gt(now));
    Ok(diesel::delete(asked).execute(db)? > 0)
}

/// Clears away `most` challenges that nobody answered, and says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_unanswered(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let over = passkey_challenges::table.filter(passkey_challenges::expires_at.le(now));
    let first = over.order(passkey_challenges::expires_at).limit(most).select(passkey_challenges::challenge_hash);
    let first: Vec<Vec<u8>> = first.load(db)?;
    let first = passkey_challenges::challenge_hash.eq_any(first);
    Ok(on_engine!(db, |db| diesel::delete(passkey_challenges::table.filter(first)).execute(db))?)
}

/// Whose passkey has signed what was asked, with their account locked; `None` when none has. What was asked is spent in
/// either case.
///
/// # Errors
/// When the database fails.
pub fn judge(db: &mut Db, shown: &Shown, now: Instant) -> Result<Option<Account>> {
    let Shown { ceremonies, assertion } = shown;
    if !answer(db, assertion.challenge(), now)? {
        return Ok(None);
    }
    let Some(found) = by_credential(db, assertion.credential_id())? else { return Ok(None) };
    let Some(account) = accounts::store::find_locked(db, &found.user_id)? else { return Ok(None) };
    // Somebody may have removed it, or signed with it, before the account was locked.
    let Some(passkey) = by_credential(db, assertion.credential_id())? else { return Ok(None) };
    match ceremonies.signed(&passkey, assertion) {
        Ok(signed) => {
            note(db, &passkey, signed, now)?;
            Ok(Some(account))
        }
        Err(NotTaken::CountedBack) => {
            tracing::warn!("a passkey has counted on elsewhere: there may be a copy of it; it was not taken");
            Ok(None)
        }
        Err(NotTaken::Wrong) => Ok(None),
    }
}

fn note(db: &mut Db, passkey: &Passkey, signed: Signed, now: Instant) -> Result<()> {
    diesel::update(passkeys::table.find(passkey.id.as_str()))
        .set((
            passkeys::counter.eq(i64::from(signed.counter)),
            passkeys::backed_up.eq(signed.is_backed_up),
            passkeys::last_used_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

fn by_credential(db: &mut Db, credential_id: &[u8]) -> Result<Option<Passkey>> {
    let row = passkeys::table.filter(passkeys::credential.eq(credential_id)).select(Row::as_select());
    row.first::<Row>(db).optional()?.map(Passkey::try_from).transpose()
}

/// Whether somebody may have one more.
///
/// # Errors
/// When they have as many as fit, or the database fails.
pub fn has_room(db: &mut Db, me: &Proved) -> Result<(), Refusal> {
    Ok(OF_ONE.one_more(count(db, me.user_id())?)?)
}

/// Adds a passkey; `None` when somebody has it already.
///
/// # Errors
/// When the account has as many as fit, or the database fails.
pub fn insert(db: &mut Db, me: &Proved, (name, credential): (Name, StoredPasskey)) -> Result<Option<Passkey>, Refusal> {
    if by_credential(db, &credential.credential_id)?.is_some() {
        return Ok(None);
    }
    has_room(db, me)?;
    let (id, user_id, created_at) = (Id::random(), me.user_id().clone(), me.now());
    let passkey = Passkey { id, user_id, name, credential, created_at, last_used_at: None };
    diesel::insert_into(passkeys::table).values(Row::of(&passkey)?).execute(db)?;
    Ok(Some(passkey))
}

/// How many an account has.
///
/// # Errors
/// When the database fails.
pub fn count(db: &mut Db, user_id: &Id) -> Result<i64> {
    Ok(passkeys::table.filter(passkeys::user_id.eq(user_id.as_str())).count().get_result(db)?)
}

/// All that somebody has: never more than fit on a page.
///
/// # Errors
/// When the database fails.
pub fn all(db: &mut Db, me: &SignedIn) -> Result<Vec<Passkey>> {
    let of_me = passkeys::table.filter(passkeys::user_id.eq(me.user_id().as_str())).order(passkeys::id);
    of_me.select(Row::as_select()).load::<Row>(db)?.into_iter().map(Passkey::try_from).collect()
}

/// A page of what somebody has, by id.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, me: &SignedIn, request: &PageRequest<String>) -> Result<Page<Passkey>> {
    let mut query = passkeys::table
        .filter(passkeys::user_id.eq(me.user_id().as_str()))
        .order(passkeys::id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(passkeys::id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.id.clone()).try_map(Passkey::try_from)
}

/// Some passkeys of a user that were added at a time or after it, the latest first: as many as a page has, and one.
///
/// # Errors
/// When the database fails.
pub fn added_since(db: &mut Db, me: &SignedIn, since: Instant, request: &PageRequest<Timed>) -> Result<Vec<Passkey>> {
    let mut query = passkeys::table
        .filter(passkeys::user_id.eq(me.user_id().as_str()).and(passkeys::created_at.ge(since)))
        .order((passkeys::created_at.desc(), passkeys::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = passkeys::created_at.lt(at).or(passkeys::id.lt(id.clone()));
        query = query.filter(passkeys::created_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    found.into_iter().map(Passkey::try_from).collect()
}

/// Calls a passkey of somebody's by another name.
///
/// # Errors
/// When they have none of this id, or the database fails.
pub fn rename(db: &mut Db, me: &SignedIn, id: &Id, name: &Name) -> Result<Passkey, Refusal> {
    let theirs = passkeys::table.find(id.as_str()).filter(passkeys::user_id.eq(me.user_id().as_str()));
    let row: Option<Row> = theirs.select(Row::as_select()).first(db).optional()?;
    let passkey = Passkey::try_from(row.ok_or(Refusal::NotFound)?)?;
    diesel::update(theirs).set(passkeys::name.eq(name.as_str())).execute(db)?;
    Ok(Passkey { name: name.clone(), ..passkey })
}

/// Removes a passkey of somebody's. One that is not there was removed.
///
/// # Errors
/// When the database fails.
pub fn remove(db: &mut Db, me: &Proved, id: &Id) -> Result<()> {
    let theirs = passkeys::table.find(id.as_str()).filter(passkeys::user_id.eq(me.user_id().as_str()));
    let is_removed = diesel::delete(theirs).execute(db)? > 0;
    let line = Line { at: me.now(), what: What::PasskeyRemoved, whose: me.user_id().clone(), id: id.clone() };
    // Who asks again, not having heard that it is done, is answered when the ledger has it.
    if is_removed || ledger::unknown(db, std::slice::from_ref(&line))?.is_empty() {
        ledger::record(db, line.what, &line.whose, &line.id, line.at)?;
    }
    Ok(())
}

/// Removes the passkeys of a user that were added at a time or after it.
///
/// # Errors
/// When the database fails.
pub fn remove_added_since(db: &mut Db, me: &Proved, since: Instant) -> Result<()> {
    let later = passkeys::user_id.eq(me.user_id().as_str()).and(passkeys::created_at.ge(since));
    let later: Vec<String> = passkeys::table.filter(later).order(passkeys::id).select(passkeys::id).load(db)?;
    later.into_iter().try_for_each(|id| remove(db, me, &Id::stored(id)))
}

/// Removes once more a passkey that a restored backup brought back; `false` when it is not there.
///
/// # Errors
/// When the database fails.
pub fn remove_again(db: &mut Db, line: &Line) -> Result<bool> {
    let back = passkeys::table.find(line.id.as_str()).filter(passkeys::user_id.eq(line.whose.as_str()));
    Ok(diesel::delete(back).execute(db)? > 0)
}
