//! Connections and their keys in the database.

mod rows;

use std::{collections::HashSet, sync::Arc};

use diesel::{dsl, prelude::*};

use rows::{Key, NewKey, Row, remembered};

use super::model::{
    AccessToken, AuthorizationCode, Binding, CODE_LIFE, Challenge, Connection, GRACE, Granted, IDLE, Issued, Kind,
    NOTED_EVERY, Shown, Told,
};
use crate::{
    access::{
        clients::model::Client,
        scopes::{Scope, TokenRights},
        sessions::{
            keys::{Bearer, Credential},
            model::RefreshToken,
            proofs::{Proved, SignedIn},
        },
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
    },
    storage::{
        Db, Error, Result, on_engine,
        refusal::Refusal,
        schema::{connection_keys, connections},
        stored_json,
    },
};

/// So many live at once of one account. For one more, the one that lay unused the longest ends: an app whose device was lost
/// is let in anew, and never says that the other is over.
const MOST_OF_ONE: i64 = 100;
/// So many access tokens of one connection are good at once.
const MOST_ACCESS: i64 = 20;
/// So many refresh tokens of one connection are remembered, with the one that is good: a week of quarters of an hour.
const MOST_SPENT: i64 = 700;
/// How many connections a step ends with all their keys.
const AT_ONCE: i64 = 10;

/// As [`Connection::lives`].
#[dsl::auto_type]
fn lives(now: Instant) -> _ {
    connections::expires_at.gt(now)
}

/// Lets an app in, which redeems this code in the next minute.
///
/// # Errors
/// When the database fails.
pub fn insert(
    db: &mut Db,
    me: &Proved,
    (client, rights): (&Client, TokenRights),
    (code, binding): (&AuthorizationCode, Binding),
) -> Result<()> {
    let (of_me, lives) = (connections::user_id.eq(me.user_id().as_str()), lives(me.now()));
    let unused_longest = connections::table.filter(of_me).filter(lives).order(connections::expires_at.desc());
    let too_many: Vec<String> =
        unused_longest.offset(MOST_OF_ONE - 1).limit(MOST_OF_ONE).select(connections::id).load::<String>(db)?;
    remove(db, &too_many)?;
    let id = Id::random();
    let row = Row {
        id: id.to_string(),
        user_id: me.user_id().to_string(),
        client_id: client.id.to_string(),
        name: rights.name.as_str().to_owned(),
        scopes: stored_json::write(&rights.scopes)?,
        diary_ids: rights.diary_ids.as_ref().map(stored_json::write).transpose()?,
        created_at: me.now(),
        expires_at: me.now().plus(CODE_LIFE),
        last_used_at: None,
    };
    diesel::insert_into(connections::table).values(row).execute(db)?;
    insert_key(db, id.as_str(), NewKey::code(code, binding, me.now()))
}

fn insert_key(db: &mut Db, connection: &str, key: NewKey) -> Result<()> {
    let (redirect_uri, challenge) = match key.binding {
        Some(Binding { redirect_uri, challenge }) => (Some(redirect_uri), Some(challenge.0.to_vec())),
        None => (None, None),
    };
    diesel::insert_into(connection_keys::table)
        .values((
            connection_keys::key_hash.eq(key.hash.to_vec()),
            connection_keys::connection_id.eq(connection),
            connection_keys::kind.eq(key.kind.as_str()),
            connection_keys::scopes.eq(key.scopes),
            connection_keys::redirect_uri.eq(redirect_uri),
            connection_keys::challenge.eq(challenge),
            connection_keys::expires_at.eq(key.expires_at),
        ))
        .execute(db)?;
    Ok(())
}

/// A key of a kind, and its connection if that has not run out.
fn find_key(db: &mut Db, hash: &[u8; 32], now: Instant) -> Result<Option<(Key, Connection)>> {
    let key: Option<Key> = on_engine!(db, |db| {
        let columns = (
            connection_keys::connection_id,
            connection_keys::kind,
            connection_keys::scopes,
            connection_keys::redirect_uri,
            connection_keys::challenge,
            connection_keys::expires_at,
            connection_keys::spent_at,
            connection_keys::child_hash,
            connection_keys::sealed_child,
        );
        connection_keys::table.find(hash.to_vec()).select(columns).first(db).optional()
    })?;
    let Some(key) = key else { return Ok(None) };
    let row: Option<Row> = on_engine!(db, |db| {
        connections::table.find(&key.connection_id).select(Row::as_select()).first(db).optional()
    })?;
    let connection = row.map(Connection::try_from).transpose()?;
    Ok(connection.filter(|connection| connection.lives(now)).map(|connection| (key, connection)))
}

/// Redeems a code. One that was redeemed before ends its connection (RFC 9700, section 2.1.1).
///
/// # Errors
/// When the database fails.
pub fn redeem(
    db: &mut Db,
    client: &Client,
    code: &AuthorizationCode,
    (redirect_uri, challenge): (Option<&str>, Challenge),
    now: Instant,
) -> Result<Granted> {
    let Some((key, connection)) = find_key(db, &code.hash(), now)? else { return Ok(Granted::Refused) };
    if key.kind()? != Kind::Code || connection.client_id != client.id {
        return Ok(Granted::Refused);
    }
    if key.spent_at.is_none() && (now >= key.expires_at || !key.is_bound_to(redirect_uri, challenge)) {
        return Ok(Granted::Refused);
    }
    if key.spent_at.is_some() || !spend(db, &code.hash(), None, now)? {
        remove(db, &[key.connection_id])?;
        return Ok(Granted::Reused);
    }
    issue(db, connection, None, RefreshToken::random(), now)
}

/// Gives an app new tokens. Within the grace time the direct parent of the present refresh token gets the same child again,
/// if that was never used: an answer may have been lost. Any other spent one ends the connection.
///
/// # Errors
/// When the database fails.
pub fn refresh(
    db: &mut Db,
    client: &Client,
    presented: &RefreshToken,
    scopes: Option<Vec<Scope>>,
    now: Instant,
) -> Result<Granted> {
    let Some((key, connection)) = find_key(db, &presented.hash(), now)? else { return Ok(Granted::Refused) };
    if key.kind()? != Kind::Refresh || connection.client_id != client.id || now >= key.expires_at {
        return Ok(Granted::Refused);
    }
    if let (Some(spent_at), Some(child_hash), Some(sealed)) = (key.spent_at, &key.child_hash, &key.sealed_child) {
        let child: Option<Option<Instant>> =
            connection_keys::table.find(child_hash).select(connection_keys::spent_at).first(db).optional()?;
        if now.since(spent_at) > GRACE || child != Some(None) {
            remove(db, &[key.connection_id])?;
            return Ok(Granted::Reused);
        }
        let child = presented.open(sealed).ok_or_else(|| Error::corrupt("refresh token"))?;
        return issue_access(db, connection, scopes, child, now);
    }
    if scopes.iter().flatten().any(|scope| !connection.rights.scopes.contains(scope)) {
        return Ok(Granted::TooMuch);
    }
    let child = RefreshToken::random();
    if !spend(db, &presented.hash(), Some((presented, &child)), now)? {
        // Somebody was faster; what they made is the child.
        return refresh(db, client, presented, scopes, now);
    }
    issue(db, connection, scopes, child, now)
}

/// Spends a key, unless somebody was faster.
fn spend(db: &mut Db, hash: &[u8; 32], child: Option<(&RefreshToken, &RefreshToken)>, now: Instant) -> Result<bool> {
    let unspent = connection_keys::table.find(hash.to_vec()).filter(connection_keys::spent_at.is_null());
    let spent = diesel::update(unspent)
        .set((
            connection_keys::spent_at.eq(now),
            connection_keys::expires_at.eq(remembered(now)),
            connection_keys::child_hash.eq(child.map(|(_, child)| child.hash().to_vec())),
            connection_keys::sealed_child.eq(child.map(|(parent, child)| parent.seal(child).to_vec())),
        ))
        .execute(db)?;
    Ok(spent > 0)
}

/// Carries a connection on by this refresh token.
fn issue(
    db: &mut Db,
    connection: Connection,
    scopes: Option<Vec<Scope>>,
    refresh: RefreshToken,
    now: Instant,
) -> Result<Granted> {
    let connection = Connection { expires_at: now.plus(IDLE), ..connection };
    diesel::update(connections::table.find(connection.id.as_str()))
        .set(connections::expires_at.eq(connection.expires_at))
        .execute(db)?;
    forget(db, &connection.id, Kind::Refresh, MOST_SPENT)?;
    insert_key(db, connection.id.as_str(), NewKey::refresh(&refresh, connection.expires_at))?;
    issue_access(db, connection, scopes, refresh, now)
}

/// Forgets the keys of a kind that run out first, beyond as many as one connection keeps: however often an app asks for new
/// ones, it leaves no more than can be taken away at once.
fn forget(db: &mut Db, connection: &Id, kind: Kind, most: i64) -> Result<()> {
    let of_it = connection_keys::connection_id.eq(connection.as_str()).and(connection_keys::kind.eq(kind.as_str()));
    let first_to_go = connection_keys::table.filter(of_it).order(connection_keys::expires_at.desc());
    let too_many: Vec<Vec<u8>> = first_to_go.offset(most - 1).limit(most).select(connection_keys::key_hash).load(db)?;
    if !too_many.is_empty() {
        on_engine!(db, |db| {
            diesel::delete(connection_keys::table.filter(connection_keys::key_hash.eq_any(too_many))).execute(db)
        })?;
    }
    Ok(())
}

fn issue_access(
    db: &mut Db,
    connection: Connection,
    scopes: Option<Vec<Scope>>,
    refresh: RefreshToken,
    now: Instant,
) -> Result<Granted> {
    let scopes = scopes.unwrap_or_else(|| connection.rights.scopes.clone());
    if scopes.iter().any(|scope| !connection.rights.scopes.contains(scope)) {
        return Ok(Granted::TooMuch);
    }
    forget(db, &connection.id, Kind::Access, MOST_ACCESS)?;
    let access = AccessToken::random();
    insert_key(db, connection.id.as_str(), NewKey::access(&access, &scopes, now)?)?;
    Ok(Granted::Issued(Box::new(Issued { connection, scopes, access, refresh })))
}

/// What a token of an app is good for; `None` when for nothing, or when it is another app's.
///
/// # Errors
/// When the database fails.
pub fn tell(db: &mut Db, client: &Client, shown: &Shown, now: Instant) -> Result<Option<Told>> {
    let Some((key, connection)) = find_key(db, &shown.hash(), now)? else { return Ok(None) };
    if connection.client_id != client.id || key.spent_at.is_some() || now >= key.expires_at {
        return Ok(None);
    }
    let scopes = key.scopes()?.unwrap_or_else(|| connection.rights.scopes.clone());
    Ok(Some(Told { kind: key.kind()?, scopes, expires_at: key.expires_at, connection }))
}

/// Ends what an app shows: with a refresh token its connection, with an access token that alone. `false` when it is another
/// app's.
///
/// # Errors
/// When the database fails.
pub fn revoke(db: &mut Db, client: &Client, shown: &Shown, now: Instant) -> Result<bool> {
    let Some((key, connection)) = find_key(db, &shown.hash(), now)? else { return Ok(true) };
    if connection.client_id != client.id {
        return Ok(false);
    }
    match shown {
        Shown::Refresh(_) => remove(db, &[key.connection_id])?,
        Shown::Access(token) => {
            diesel::delete(connection_keys::table.find(token.hash().to_vec())).execute(db)?;
        }
    }
    Ok(true)
}

fn by_hash(db: &mut Db, hash: &[u8; 32], now: Instant) -> Result<Option<Connection>> {
    let Some((key, connection)) = find_key(db, hash, now)? else { return Ok(None) };
    if key.kind()? != Kind::Access || now >= key.expires_at {
        return Ok(None);
    }
    let scopes = key.scopes()?.unwrap_or_else(|| connection.rights.scopes.clone());
    Ok(Some(Connection { rights: TokenRights { scopes, ..connection.rights }, ..connection }))
}

/// The connection of an access token that is good, with what that token lets do.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, token: &AccessToken, now: Instant) -> Result<Option<Connection>> {
    by_hash(db, &token.hash(), now)
}

/// The proof that a connection of this user lives, in the place of a session.
pub(in crate::access) fn signed_in(
    db: &mut Db,
    (bearer, hash): (&Bearer, &[u8; 32]),
    now: Instant,
) -> Result<SignedIn, Refusal> {
    let connection = by_hash(db, hash, now)?.ok_or(Refusal::NotSignedIn)?;
    Ok(SignedIn::by_token(bearer.clone(), Arc::new(connection.rights), now))
}

/// Which of some access tokens are good, by their hashes.
pub(in crate::access) fn alive(db: &mut Db, bearers: &[&Bearer], now: Instant) -> Result<HashSet<Vec<u8>>> {
    let hash = |bearer: &&Bearer| match &bearer.credential {
        Credential::Connection(hash) => Some(hash.to_vec()),
        Credential::Session | Credential::Token(_) => None,
    };
    let hashes: Vec<Vec<u8>> = bearers.iter().filter_map(hash).collect();
    if hashes.is_empty() {
        return Ok(HashSet::new());
    }
    // A connection that ends takes its keys along, and none of them outlives it.
    let found: Vec<Vec<u8>> = on_engine!(db, |db| {
        connection_keys::table
            .filter(connection_keys::key_hash.eq_any(hashes))
            .filter(connection_keys::kind.eq(Kind::Access.as_str()))
            .filter(connection_keys::expires_at.gt(now))
            .select(connection_keys::key_hash)
            .load(db)
    })?;
    Ok(found.into_iter().collect())
}

/// Notes that a connection was used, unless somebody just did.
///
/// # Errors
/// When the database fails.
pub fn touch(db: &mut Db, id: &Id, now: Instant) -> Result<()> {
    let is_older = connections::last_used_at.is_null().or(connections::last_used_at.le(now.minus(NOTED_EVERY)));
    diesel::update(connections::table.find(id.as_str()).filter(is_older))
        .set(connections::last_used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// A page of a user's connections, by id.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, me: &SignedIn, request: &PageRequest<String>) -> Result<Page<Connection>> {
    let mut query = connections::table
        .filter(connections::user_id.eq(me.user_id().as_str()))
        .filter(lives(me.now()))
        .order(connections::id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(connections::id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.id.clone()).try_map(Connection::try_from)
}

/// Some connections of a user that began at a time or after it, the latest first: as many as a page has, and one.
///
/// # Errors
/// When the database fails.
pub fn made_since(db: &mut Db, me: &SignedIn, since: Instant, request: &PageRequest<Timed>) -> Result<Vec<Connection>> {
    let mut query = connections::table
        .filter(connections::user_id.eq(me.user_id().as_str()).and(connections::created_at.ge(since)))
        .filter(lives(me.now()))
        .order((connections::created_at.desc(), connections::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = connections::created_at.lt(at).or(connections::id.lt(id.clone()));
        query = query.filter(connections::created_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    found.into_iter().map(Connection::try_from).collect()
}

/// Ends a connection of a user's. One that is not there has ended.
///
/// # Errors
/// When the database fails.
pub fn end(db: &mut Db, me: &SignedIn, id: &Id) -> Result<()> {
    let of_me = connections::user_id.eq(me.user_id().as_str()).and(connections::id.eq(id.as_str()));
    let found = connections::table.filter(of_me).select(connections::id).load::<String>(db)?;
    remove(db, &found)
}

/// Ends the connections of a user that began at a time or after it.
///
/// # Errors
/// When the database fails.
pub fn end_made_since(db: &mut Db, me: &Proved, since: Instant) -> Result<()> {
    let later = connections::user_id.eq(me.user_id().as_str()).and(connections::created_at.ge(since));
    let found = connections::table.filter(later).select(connections::id).load::<String>(db)?;
    remove(db, &found)
}

/// Erases some connections of an account that is being erased, and says how many.
///
/// # Errors
/// When the database fails.
pub fn erase_first(db: &mut Db, me: &Proved, _most: i64) -> Result<usize> {
    let of_me = connections::table.filter(connections::user_id.eq(me.user_id().as_str()));
    let first = of_me.order(connections::id).limit(AT_ONCE).select(connections::id).load::<String>(db)?;
    remove_counted(db, &first)
}

/// Ends some connections with an app, and says how many.
///
/// # Errors
/// When the database fails.
pub fn end_first_of(db: &mut Db, client: &Id) -> Result<usize> {
    let of_it = connections::table.filter(connections::client_id.eq(client.as_str()));
    let first = of_it.order(connections::id).limit(AT_ONCE).select(connections::id).load::<String>(db)?;
    remove_counted(db, &first)
}

/// Ends some connections, whosever they are, and says how many.
///
/// # Errors
/// When the database fails.
pub fn end_first(db: &mut Db) -> Result<usize> {
    let first = connections::table.order(connections::id).limit(AT_ONCE).select(connections::id).load::<String>(db)?;
    remove_counted(db, &first)
}

/// Clears away some connections that have run out, and says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(db: &mut Db, now: Instant, _most: i64) -> Result<usize> {
    let over = connections::table.filter(connections::expires_at.le(now)).order(connections::expires_at);
    let first = over.limit(AT_ONCE).select(connections::id).load::<String>(db)?;
    // Only if its app did not carry it on meanwhile. Its keys go with it.
    let is_over = connections::expires_at.le(now);
    Ok(on_engine!(db, |db| {
        diesel::delete(connections::table.filter(connections::id.eq_any(first)).filter(is_over)).execute(db)
    })?)
}

/// Clears away `most` keys that have run out, and says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_expired_keys(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let over = connection_keys::table.filter(connection_keys::expires_at.le(now)).order(connection_keys::expires_at);
    let first: Vec<Vec<u8>> = over.limit(most).select(connection_keys::key_hash).load(db)?;
    Ok(on_engine!(db, |db| {
        let first = connection_keys::table.filter(connection_keys::key_hash.eq_any(first));
        diesel::delete(first.filter(connection_keys::expires_at.le(now))).execute(db)
    })?)
}

fn remove_counted(db: &mut Db, ids: &[String]) -> Result<usize> {
    remove(db, ids)?;
    Ok(ids.len())
}

/// Takes connections away, and their keys with them.
fn remove(db: &mut Db, ids: &[String]) -> Result<()> {
    if !ids.is_empty() {
        on_engine!(db, |db| {
            diesel::delete(connection_keys::table.filter(connection_keys::connection_id.eq_any(ids))).execute(db)?;
            diesel::delete(connections::table.filter(connections::id.eq_any(ids))).execute(db)
        })?;
    }
    Ok(())
}
