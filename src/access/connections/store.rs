//! Connections and their tokens in the database.

mod rows;

use std::{collections::HashSet, sync::Arc};

use diesel::{dsl, prelude::*};

use rows::{CodeRow, Row, TokenRow, Turn, Turns};

use super::model::{
    ACCESS_LIFE, AccessToken, AuthorizationCode, Binding, CODE_LIFE, Challenge, Connection, Granted, IDLE, Issued,
    NOTED_EVERY, RefreshToken, Shown, Told,
};
use crate::{
    access::{
        clients::model::Client,
        scopes::{Scope, TokenRights},
        sessions::{
            keys::{Bearer, Credential},
            proofs::{Proved, SignedIn},
        },
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
    },
    storage::{
        Db, Result, on_engine,
        refusal::Refusal,
        schema::{connection_tokens, connections},
        stored_json,
    },
};

/// So many live at once of one account. For one more, the one that lay unused the longest ends: an app whose device was lost
/// is let in anew, and never says that the other is over.
const MOST_OF_ONE: i64 = 100;
/// So many access tokens of one connection are good at once.
const MOST_ACCESS: i64 = 20;
/// How many connections a step ends at most: up to twenty tokens go with each.
const AT_ONCE: i64 = 50;

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
    let Binding { redirect_uri, challenge } = binding;
    let bound = (connections::redirect_uri.eq(redirect_uri), connections::challenge.eq(challenge.0.to_vec()));
    let values = (row, connections::code_hash.eq(code.hash().to_vec()), bound);
    diesel::insert_into(connections::table).values(values).execute(db)?;
    Ok(())
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
    let of_code = connections::table.filter(connections::code_hash.eq(code.hash().to_vec()));
    let found: Option<(Row, CodeRow)> =
        of_code.select((Row::as_select(), CodeRow::as_select())).first(db).optional()?;
    let Some((row, code)) = found else { return Ok(Granted::Refused) };
    let connection = Connection::try_from(row)?;
    // Who has found the code somewhere, and not what it is bound to, does nothing with it, and ends nothing.
    let is_theirs = connection.client_id == client.id && code.is_bound_to(redirect_uri, challenge);
    if !connection.lives(now) || !is_theirs {
        return Ok(Granted::Refused);
    }
    if code.redeemed_at.is_none() {
        let refresh = RefreshToken::random();
        let unredeemed = connections::table.find(connection.id.as_str()).filter(connections::redeemed_at.is_null());
        let redeemed = diesel::update(unredeemed)
            .set((
                connections::redeemed_at.eq(now),
                connections::expires_at.eq(now.plus(IDLE)),
                connections::family_hash.eq(refresh.family_hash().to_vec()),
                connections::refresh_hash.eq(refresh.hash().to_vec()),
            ))
            .execute(db)?;
        if redeemed == 1 {
            end_those_unused(db, &connection.user_id, now)?;
            let scopes = connection.rights.scopes.clone();
            return issue(db, connection, scopes, refresh, now);
        }
    }
    remove(db, &[connection.id.to_string()])?;
    Ok(Granted::Reused)
}

/// Ends those of an account that lay unused the longest, beyond as many as one has.
fn end_those_unused(db: &mut Db, user_id: &Id, now: Instant) -> Result<()> {
    let of_it = connections::user_id.eq(user_id.as_str()).and(connections::redeemed_at.is_not_null());
    let unused_longest = connections::table.filter(of_it).filter(lives(now)).order(connections::expires_at.desc());
    let too_many = unused_longest.offset(MOST_OF_ONE).limit(MOST_OF_ONE).select(connections::id);
    let too_many: Vec<String> = too_many.load(db)?;
    remove(db, &too_many)
}

/// The connection that carries on with a refresh token, or did, if it has not run out.
fn of_family(db: &mut Db, presented: &RefreshToken, now: Instant) -> Result<Option<(Connection, Turns)>> {
    let of_it = connections::table.filter(connections::family_hash.eq(presented.family_hash().to_vec()));
    let found: Option<(Row, Turns)> = of_it.select((Row::as_select(), Turns::as_select())).first(db).optional()?;
    let Some((row, turns)) = found else { return Ok(None) };
    let connection = Connection::try_from(row)?;
    Ok(connection.lives(now).then_some((connection, turns)))
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
    let Some((connection, turns)) = of_family(db, presented, now)? else { return Ok(Granted::Refused) };
    if connection.client_id != client.id {
        return Ok(Granted::Refused);
    }
    let turn = turns.find(presented, now)?;
    let asked = scopes.clone().unwrap_or_else(|| connection.rights.scopes.clone());
    let is_too_much = asked.iter().any(|scope| !connection.rights.scopes.contains(scope));
    let of_it = connections::table.find(connection.id.as_str());
    let expires_at = connections::expires_at.eq(now.plus(IDLE));
    let (child, changed) = match turn {
        Turn::Spent => {
            remove(db, &[connection.id.to_string()])?;
            return Ok(Granted::Reused);
        }
        Turn::Present | Turn::Parent(_) if is_too_much => return Ok(Granted::TooMuch),
        Turn::Present => {
            let child = presented.next();
            let unspent = of_it.filter(connections::refresh_hash.eq(presented.hash().to_vec()));
            let next = (
                connections::refresh_hash.eq(child.hash().to_vec()),
                connections::parent_hash.eq(presented.hash().to_vec()),
                connections::sealed_child.eq(presented.seal(&child).to_vec()),
                connections::refreshed_at.eq(now),
            );
            let changed = diesel::update(unspent).set((expires_at, next)).execute(db)?;
            (child, changed)
        }
        Turn::Parent(child) => {
            let unspent = of_it.filter(connections::refresh_hash.eq(child.hash().to_vec()));
            let changed = diesel::update(unspent).set(expires_at).execute(db)?;
            (child, changed)
        }
    };
    if changed == 0 {
        // Somebody was faster: what is shown is another turn by now.
        return refresh(db, client, presented, scopes, now);
    }
    issue(db, connection, asked, child, now)
}

/// Makes an access token for a connection that has just been changed, so that nobody ends it meanwhile.
fn issue(
    db: &mut Db,
    connection: Connection,
    scopes: Vec<Scope>,
    refresh: RefreshToken,
    now: Instant,
) -> Result<Granted> {
    forget_oldest(db, &connection.id)?;
    let access = AccessToken::random();
    diesel::insert_into(connection_tokens::table)
        .values((
            connection_tokens::token_hash.eq(access.hash().to_vec()),
            connection_tokens::connection_id.eq(connection.id.as_str()),
            connection_tokens::scopes.eq(stored_json::write(&scopes)?),
            connection_tokens::expires_at.eq(now.plus(ACCESS_LIFE)),
        ))
        .execute(db)?;
    Ok(Granted::Issued(Box::new(Issued { connection, scopes, access, refresh })))
}

/// Forgets the access tokens that run out first, beyond as many as one connection keeps: however often an app asks for new
/// ones, it leaves no more than can be taken away at once.
fn forget_oldest(db: &mut Db, connection: &Id) -> Result<()> {
    let of_it = connection_tokens::table.filter(connection_tokens::connection_id.eq(connection.as_str()));
    let oldest = of_it.order(connection_tokens::expires_at.desc()).offset(MOST_ACCESS - 1).limit(MOST_ACCESS);
    let too_many: Vec<Vec<u8>> = oldest.select(connection_tokens::token_hash).load(db)?;
    if !too_many.is_empty() {
        on_engine!(db, |db| {
            diesel::delete(connection_tokens::table.filter(connection_tokens::token_hash.eq_any(too_many))).execute(db)
        })?;
    }
    Ok(())
}

/// An access token that is good, and its connection.
fn by_hash(db: &mut Db, hash: &[u8; 32], now: Instant) -> Result<Option<(TokenRow, Connection)>> {
    let token = connection_tokens::table.find(hash.to_vec()).select(TokenRow::as_select()).first(db).optional()?;
    let Some(token) = token.filter(|token| now < token.expires_at) else { return Ok(None) };
    let of_it = connections::table.find(&token.connection_id);
    let row: Option<Row> = of_it.select(Row::as_select()).first(db).optional()?;
    let connection = row.map(Connection::try_from).transpose()?;
    Ok(connection.filter(|connection| connection.lives(now)).map(|connection| (token, connection)))
}

/// What a token of an app is good for; `None` when for nothing, or when it is another app's.
///
/// # Errors
/// When the database fails.
pub fn tell(db: &mut Db, client: &Client, shown: &Shown, now: Instant) -> Result<Option<Told>> {
    let told = match shown {
        Shown::Access(token) => match by_hash(db, &token.hash(), now)? {
            Some((row, connection)) => Some(Told { scopes: row.scopes()?, expires_at: row.expires_at, connection }),
            None => None,
        },
        Shown::Refresh(token) => match of_family(db, token, now)? {
            Some((connection, turns)) if matches!(turns.find(token, now)?, Turn::Present) => {
                let scopes = connection.rights.scopes.clone();
                Some(Told { scopes, expires_at: connection.expires_at, connection })
            }
            _ => None,
        },
    };
    Ok(told.filter(|told| told.connection.client_id == client.id))
}

/// Ends what an app shows: with a refresh token its connection, with an access token that alone. `false` when it is another
/// app's.
///
/// # Errors
/// When the database fails.
pub fn revoke(db: &mut Db, client: &Client, shown: &Shown, now: Instant) -> Result<bool> {
    let connection = match shown {
        Shown::Access(token) => by_hash(db, &token.hash(), now)?.map(|(_, connection)| connection),
        Shown::Refresh(token) => of_family(db, token, now)?.map(|(connection, _)| connection),
    };
    let Some(connection) = connection else { return Ok(true) };
    if connection.client_id != client.id {
        return Ok(false);
    }
    match shown {
        Shown::Refresh(_) => remove(db, &[connection.id.to_string()])?,
        Shown::Access(token) => {
            diesel::delete(connection_tokens::table.find(token.hash().to_vec())).execute(db)?;
        }
    }
    Ok(true)
}

/// The connection of an access token that is good, with what that token lets do.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, token: &AccessToken, now: Instant) -> Result<Option<Connection>> {
    with_token(db, &token.hash(), now)
}

fn with_token(db: &mut Db, hash: &[u8; 32], now: Instant) -> Result<Option<Connection>> {
    let Some((token, connection)) = by_hash(db, hash, now)? else { return Ok(None) };
    Ok(Some(Connection { rights: TokenRights { scopes: token.scopes()?, ..connection.rights }, ..connection }))
}

/// The proof that a connection of this user lives, in the place of a session.
pub(in crate::access) fn signed_in(
    db: &mut Db,
    (bearer, hash): (&Bearer, &[u8; 32]),
    now: Instant,
) -> Result<SignedIn, Refusal> {
    let connection = with_token(db, hash, now)?.ok_or(Refusal::NotSignedIn)?;
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
    // A connection that ends takes its tokens along, and none of them outlives it.
    let found: Vec<Vec<u8>> = on_engine!(db, |db| {
        connection_tokens::table
            .filter(connection_tokens::token_hash.eq_any(hashes))
            .filter(connection_tokens::expires_at.gt(now))
            .select(connection_tokens::token_hash)
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
pub fn erase_first(db: &mut Db, me: &Proved, most: i64) -> Result<usize> {
    let of_me = connections::table.filter(connections::user_id.eq(me.user_id().as_str()));
    let first = of_me.order(connections::id).limit(most.min(AT_ONCE)).select(connections::id).load::<String>(db)?;
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
pub fn delete_expired(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let over = connections::table.filter(connections::expires_at.le(now)).order(connections::expires_at);
    let first = over.limit(most.min(AT_ONCE)).select(connections::id).load::<String>(db)?;
    // Only if its app did not carry it on meanwhile. Its tokens go with it.
    let is_over = connections::expires_at.le(now);
    Ok(on_engine!(db, |db| {
        diesel::delete(connections::table.filter(connections::id.eq_any(first)).filter(is_over)).execute(db)
    })?)
}

/// Clears away `most` access tokens that have run out, and says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_expired_tokens(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let over =
        connection_tokens::table.filter(connection_tokens::expires_at.le(now)).order(connection_tokens::expires_at);
    let first: Vec<Vec<u8>> = over.limit(most).select(connection_tokens::token_hash).load(db)?;
    Ok(on_engine!(db, |db| {
        let first = connection_tokens::table.filter(connection_tokens::token_hash.eq_any(first));
        diesel::delete(first.filter(connection_tokens::expires_at.le(now))).execute(db)
    })?)
}

fn remove_counted(db: &mut Db, ids: &[String]) -> Result<usize> {
    remove(db, ids)?;
    Ok(ids.len())
}

/// Takes connections away. Their tokens go with them.
fn remove(db: &mut Db, ids: &[String]) -> Result<()> {
    if !ids.is_empty() {
        on_engine!(db, |db| { diesel::delete(connections::table.filter(connections::id.eq_any(ids))).execute(db) })?;
    }
    Ok(())
}
