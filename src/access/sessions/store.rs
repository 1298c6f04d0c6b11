//! Sessions and refresh tokens in the database.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{
    keys::Bearer,
    model::{self, GRACE, RefreshToken, Session},
    proofs::{Proved, SignedIn},
};
use crate::{
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
        values::DeviceName,
    },
    storage::{
        Db, Error, Result, on_engine,
        refusal::Refusal,
        schema::{refresh_tokens, sessions},
    },
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
struct Row {
    id: String,
    user_id: String,
    device_name: Option<String>,
    created_at: Instant,
    last_used_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
    ends_at: Instant,
    proved_at: Instant,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            device_name: row.device_name.map(DeviceName::stored),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            ends_at: row.ends_at,
            proved_at: row.proved_at,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = refresh_tokens)]
struct TokenRow {
    session_id: String,
    expires_at: Instant,
    spent_at: Option<Instant>,
    child_hash: Option<Vec<u8>>,
    sealed_child: Option<Vec<u8>>,
}

/// How carrying a session on ended.
#[derive(Debug)]
pub enum Rotation {
    /// The session goes on with this token.
    Next(Session, RefreshToken),
    /// The token is unknown or expired.
    Refused,
    /// The token had been spent before: somebody else has it too, so the session is over for all.
    Reused,
}

/// So many sessions live at once of one account. For one more, the one that lay unused the longest ends: to refuse it would
/// keep somebody out who may have lost a device.
const MOST_OF_ONE: i64 = 200;

/// So many sessions are remembered of one account that ended before their time.
const MOST_ENDED: i64 = 200;

/// Begins a session.
pub fn insert(db: &mut Db, session: &Session) -> Result<()> {
    let alive = sessions::table
        .filter(sessions::user_id.eq(session.user_id.as_str()))
        .filter(sessions::ended_at.is_null().and(sessions::ends_at.gt(session.created_at)))
        .order(sessions::last_used_at.desc());
    let too_many: Vec<String> = alive.offset(MOST_OF_ONE - 1).limit(MOST_OF_ONE).select(sessions::id).load(db)?;
    for id in too_many {
        end(db, &Id::stored(id), session.created_at)?;
    }
    forget_ended(db, &session.user_id)?;
    let row = Row {
        id: session.id.to_string(),
        user_id: session.user_id.to_string(),
        device_name: session.device_name.as_ref().map(|name| name.as_str().to_owned()),
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
        ended_at: session.ended_at,
        ends_at: session.ends_at,
        proved_at: session.proved_at,
    };
    diesel::insert_into(sessions::table).values(row).execute(db)?;
    Ok(())
}

/// Forgets the sessions of an account that ended first, beyond those that are remembered. Each sign-in does more of it than
/// it makes necessary: however often somebody signs in and out, they leave no more than an erasure takes along at once.
fn forget_ended(db: &mut Db, user_id: &Id) -> Result<()> {
    let ended = sessions::table
        .filter(sessions::user_id.eq(user_id.as_str()).and(sessions::ended_at.is_not_null()))
        .order(sessions::ended_at.desc());
    let too_many: Vec<String> = ended.offset(MOST_ENDED).limit(MOST_ENDED).select(sessions::id).load(db)?;
    if !too_many.is_empty() {
        on_engine!(db, |db| diesel::delete(sessions::table.filter(sessions::id.eq_any(too_many))).execute(db))?;
    }
    Ok(())
}

/// Gives a session a refresh token, which dies with it.
pub fn insert_token(db: &mut Db, session: &Session, token: &RefreshToken) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token.hash().to_vec()),
            refresh_tokens::session_id.eq(session.id.as_str()),
            refresh_tokens::expires_at.eq(session.ends_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Carries a session on: spends the token and makes its child. Within the grace time the direct parent of the present
/// token gets the same child again; any other spent token ends the session.
pub fn rotate(db: &mut Db, presented: &RefreshToken, now: Instant) -> Result<Rotation> {
    let hash = presented.hash().to_vec();
    let found: Option<TokenRow> =
        refresh_tokens::table.find(&hash).select(TokenRow::as_select()).first(db).optional()?;
    let Some(token) = found else { return Ok(Rotation::Refused) };
    let session = find(db, &Id::stored(token.session_id.clone()))?;
    let live = |session: &Session| session.lives(now) && now < token.expires_at;
    let Some(session) = session.filter(live) else {
        return Ok(Rotation::Refused);
    };
    if let (Some(spent_at), Some(child_hash), Some(sealed)) = (token.spent_at, token.child_hash, token.sealed_child) {
        let child: Option<Option<Instant>> =
            refresh_tokens::table.find(&child_hash).select(refresh_tokens::spent_at).first(db).optional()?;
        // Somebody has ended the session since it was looked at, and its tokens with it.
        let Some(child_spent) = child else { return Ok(Rotation::Refused) };
        if now.since(spent_at) > GRACE || child_spent.is_some() {
            end(db, &session.id, now)?;
            return Ok(Rotation::Reused);
        }
        let child = presented.open(&sealed).ok_or_else(|| Error::corrupt("refresh token"))?;
        return Ok(Rotation::Next(session, child));
    }
    let child = RefreshToken::random();
    let unspent = refresh_tokens::table.find(&hash).filter(refresh_tokens::spent_at.is_null());
    let spent = diesel::update(unspent)
        .set((
            refresh_tokens::spent_at.eq(now),
            refresh_tokens::child_hash.eq(child.hash().to_vec()),
            refresh_tokens::sealed_child.eq(presented.seal(&child).to_vec()),
        ))
        .execute(db)?;
    if spent == 0 {
        // Somebody was faster; what they made is the child.
        return rotate(db, presented, now);
    }
    let session = session.used(now);
    insert_token(db, &session, &child)?;
    touch(db, &session)?;
    Ok(Rotation::Next(session, child))
}

/// A session by its id.
pub fn find(db: &mut Db, id: &Id) -> Result<Option<Session>> {
    let row: Option<Row> = sessions::table.find(id.as_str()).select(Row::as_select()).first(db).optional()?;
    Ok(row.map(Session::from))
}

/// The proof that a session of this user lives.
pub(in crate::access) fn signed_in(db: &mut Db, bearer: &Bearer, now: Instant) -> Result<SignedIn, Refusal> {
    let found: Option<(String, Instant, Option<Instant>, Instant)> = on_engine!(db, |db| {
        let columns = (sessions::user_id, sessions::ends_at, sessions::ended_at, sessions::proved_at);
        sessions::table.find(bearer.session_id.as_str()).select(columns).first(db).optional()
    })?;
    let (owner, ends_at, ended_at, proved_at) = found.ok_or(Refusal::NotSignedIn)?;
    if owner != bearer.user_id.as_str() || !model::lives(ends_at, ended_at, now) {
        return Err(Refusal::NotSignedIn);
    }
    Ok(SignedIn::in_session(bearer.clone(), proved_at, now))
}

/// Which of some sessions live, by their ids.
pub(in crate::access) fn alive(db: &mut Db, bearers: &[&Bearer], now: Instant) -> Result<HashSet<String>> {
    let ids: Vec<&str> = bearers.iter().map(|bearer| bearer.session_id.as_str()).collect();
    let columns = (sessions::id, sessions::user_id, sessions::ends_at, sessions::ended_at);
    let query = sessions::table.filter(sessions::id.eq_any(ids)).select(columns);
    let found: Vec<(String, String, Instant, Option<Instant>)> = on_engine!(db, |db| query.load(db))?;
    let owners: HashMap<&str, &str> =
        bearers.iter().map(|bearer| (bearer.session_id.as_str(), bearer.user_id.as_str())).collect();
    let alive = found.into_iter().filter(|(id, owner, ends_at, ended_at)| {
        owners.get(id.as_str()) == Some(&owner.as_str()) && model::lives(*ends_at, *ended_at, now)
    });
    Ok(alive.map(|(id, ..)| id).collect())
}

/// Notes that somebody has just shown, in their session, the strongest factor that the account has. Whoever calls this has
/// seen it, in this transaction.
pub fn prove(db: &mut Db, who: &SignedIn) -> Result<()> {
    diesel::update(sessions::table.find(who.session_id().as_str()))
        .set(sessions::proved_at.eq(who.now()))
        .execute(db)?;
    Ok(())
}

/// A user's live sessions, the oldest first.
pub fn page(db: &mut Db, user_id: &Id, request: &PageRequest<String>, now: Instant) -> Result<Page<Session>> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(user_id.as_str()).and(sessions::ends_at.gt(now)).and(sessions::ended_at.is_null()))
        .order(sessions::id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(sessions::id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Ok(Page::cut(found, request, |row| row.id.clone()).map(Session::from))
}

/// Some live sessions of a user that began at a time or after it, without the one that asks, the latest first: as many as a
/// page has, and one.
pub fn begun_since(db: &mut Db, who: &SignedIn, since: Instant, request: &PageRequest<Timed>) -> Result<Vec<Session>> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(who.user_id().as_str()).and(sessions::id.ne(who.session_id().as_str())))
        .filter(sessions::ends_at.gt(who.now()).and(sessions::ended_at.is_null()))
        .filter(sessions::created_at.ge(since))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = sessions::created_at.lt(at).or(sessions::id.lt(id.clone()));
        query = query.filter(sessions::created_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    Ok(found.into_iter().map(Session::from).collect())
}

/// Notes that a session was used, and when it ends by that.
pub fn touch(db: &mut Db, used: &Session) -> Result<()> {
    diesel::update(sessions::table.find(used.id.as_str()))
        .set((sessions::last_used_at.eq(used.last_used_at), sessions::ends_at.eq(used.ends_at)))
        .execute(db)?;
    Ok(())
}

/// Ends a session: its tokens are gone, and the row says since when.
pub fn end(db: &mut Db, id: &Id, now: Instant) -> Result<()> {
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq(id.as_str()))).execute(db)?;
    let running = sessions::table.find(id.as_str()).filter(sessions::ended_at.is_null());
    diesel::update(running).set(sessions::ended_at.eq(now)).execute(db)?;
    Ok(())
}

/// Ends a user's sessions that live, except one.
pub fn end_others(db: &mut Db, user_id: &Id, keep: &Id, now: Instant) -> Result<()> {
    let others = sessions::table
        .filter(sessions::user_id.eq(user_id.as_str()).and(sessions::id.ne(keep.as_str())))
        .filter(sessions::ends_at.gt(now).and(sessions::ended_at.is_null()))
        .select(sessions::id)
        .load::<String>(db)?;
    others.into_iter().try_for_each(|id| end(db, &Id::stored(id), now))
}

/// Ends all of a user's sessions that live.
pub fn end_all(db: &mut Db, user_id: &Id, now: Instant) -> Result<()> {
    let living = sessions::table
        .filter(sessions::user_id.eq(user_id.as_str()))
        .filter(sessions::ends_at.gt(now).and(sessions::ended_at.is_null()))
        .select(sessions::id)
        .load::<String>(db)?;
    living.into_iter().try_for_each(|id| end(db, &Id::stored(id), now))
}

/// Erases the first `most` rows of the sessions of an account that is being erased, and says how many. Their tokens go before
/// them. The session that asks is kept, with what carries it on.
pub fn erase_first(db: &mut Db, me: &Proved, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let own = me.session_id().as_str();
        let others = sessions::table.filter(sessions::user_id.eq(me.user_id().as_str()).and(sessions::id.ne(own)));
        let first: Vec<String> = others.order(sessions::id).limit(most).select(sessions::id).load(db)?;
        let spent = refresh_tokens::session_id.eq(own).and(refresh_tokens::spent_at.is_not_null());
        let tokens = refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&first).or(spent)).limit(most);
        let tokens: Vec<Vec<u8>> = tokens.select(refresh_tokens::token_hash).load(db)?;
        if tokens.is_empty() {
            diesel::delete(sessions::table.filter(sessions::id.eq_any(&first))).execute(db)
        } else {
            diesel::delete(refresh_tokens::table.filter(refresh_tokens::token_hash.eq_any(&tokens))).execute(db)
        }
    })?)
}

/// Ends the first `most` sessions that live, whosever they are, and says how many.
pub fn end_first(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let living = sessions::table.filter(sessions::ends_at.gt(now).and(sessions::ended_at.is_null()));
    let first: Vec<String> = living.order(sessions::ends_at).limit(most).select(sessions::id).load(db)?;
    let ended = first.len();
    first.into_iter().try_for_each(|id| end(db, &Id::stored(id), now))?;
    Ok(ended)
}

/// Clears away `most` sessions that are over, and says how many rows that were. Their tokens go before them, as many at a
/// time. One that somebody ended is kept as long as it would have lived, so that ending it again is no error.
pub fn delete_expired(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let is_over = sessions::ends_at.le(now);
        let over = sessions::table.filter(is_over).order((sessions::ends_at, sessions::id));
        let over: Vec<String> = over.limit(most).select(sessions::id).load(db)?;
        let tokens = refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&over)).limit(most);
        let tokens: Vec<Vec<u8>> = tokens.select(refresh_tokens::token_hash).load(db)?;
        if tokens.is_empty() {
            // Only if nobody went on with it meanwhile.
            diesel::delete(sessions::table.filter(sessions::id.eq_any(&over)).filter(is_over)).execute(db)
        } else {
            diesel::delete(refresh_tokens::table.filter(refresh_tokens::token_hash.eq_any(&tokens))).execute(db)
        }
    })?)
}
