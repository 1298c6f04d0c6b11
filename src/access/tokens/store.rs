//! Personal access tokens in the database.

use std::{collections::HashSet, sync::Arc, time::Duration};

use diesel::{dsl, prelude::*};

use super::model::{Draft, NOTED_EVERY, Token, TokenSecret};
use crate::{
    access::{
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
        quota::Quota,
        values::Name,
    },
    storage::{Db, Error, Result, Written, on_engine, refusal::Refusal, schema::personal_tokens, stored_json},
};

/// So many does one account have: one for each program, and not one for each run of it.
const OF_ONE: Quota = Quota { what: "personal access tokens", most: 100 };
/// Of so many that have ended it is known that they were one.
const ENDED: i64 = 1_000;
/// How long it is known of a token that has ended that it was one: what made it may be sent again so late.
const REMEMBERED: Duration = Duration::from_hours(90 * 24);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = personal_tokens, treat_none_as_default_value = false)]
struct Row {
    id: String,
    user_id: String,
    name: String,
    scopes: String,
    diary_ids: Option<String>,
    created_at: Instant,
    expires_at: Option<Instant>,
    last_used_at: Option<Instant>,
}

impl Row {
    fn of(token: &Token) -> Result<Self> {
        let TokenRights { name, scopes, diary_ids } = &token.rights;
        Ok(Self {
            id: token.id.to_string(),
            user_id: token.user_id.to_string(),
            name: name.as_str().to_owned(),
            scopes: stored_json::write(scopes)?,
            diary_ids: diary_ids.as_ref().map(stored_json::write).transpose()?,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        })
    }
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let scopes: Vec<Scope> = stored_json::read("scopes of a token", &row.scopes)?;
        let diary_ids = stored_json::read_ids("diaries of a token", row.diary_ids.as_deref())?;
        Ok(Self {
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            rights: TokenRights { name: Name::stored(row.name), scopes, diary_ids },
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// Makes a token, or gives one that was made before, which only an id of the client's own can tell, a new secret: it is shown
/// once, and whoever repeats the request did not see it.
///
/// # Errors
/// When the token of this id has ended, or is another one; when the account has as many as fit; or the database fails.
pub fn insert(db: &mut Db, me: &Proved, draft: Draft, secret: &TokenSecret) -> Result<Written<Token>, Refusal> {
    let Draft { id, rights, expires_at } = draft;
    let id = id.unwrap_or_else(Id::random);
    let of_me = personal_tokens::user_id.eq(me.user_id().as_str());
    let is_there = personal_tokens::table.filter(of_me.and(personal_tokens::id.eq(id.as_str())));
    if let Some(row) = is_there.select(Row::as_select()).first::<Row>(db).optional()? {
        let before = Token::try_from(row)?;
        if !before.lives(me.now()) {
            return Err(Refusal::Gone);
        }
        if (&before.rights, before.expires_at) != (&rights, expires_at) {
            return Err(Refusal::IdConflict);
        }
        // It is made anew: whoever looks what was opened since a theft finds it.
        let made = (personal_tokens::token_hash.eq(secret.hash().to_vec()), personal_tokens::created_at.eq(me.now()));
        diesel::update(is_there).set(made).execute(db)?;
        return Ok(Written::Replaced(Token { created_at: me.now(), ..before }));
    }
    OF_ONE.one_more(personal_tokens::table.filter(of_me.and(lives(me.now()))).count().get_result(db)?)?;
    let forgotten: Vec<Vec<u8>> = personal_tokens::table
        .filter(of_me.and(personal_tokens::expires_at.le(me.now())))
        .order(personal_tokens::expires_at.desc())
        .offset(ENDED)
        .limit(ENDED)
        .select(personal_tokens::token_hash)
        .load(db)?;
    if !forgotten.is_empty() {
        delete(db, forgotten)?;
    }
    let (user_id, created_at) = (me.user_id().clone(), me.now());
    let token = Token { id, user_id, rights, created_at, expires_at, last_used_at: None };
    diesel::insert_into(personal_tokens::table)
        .values((personal_tokens::token_hash.eq(secret.hash().to_vec()), Row::of(&token)?))
        .execute(db)?;
    Ok(Written::New(token))
}

/// As [`Token::lives`].
#[dsl::auto_type]
fn lives(now: Instant) -> _ {
    personal_tokens::expires_at.is_null().or(personal_tokens::expires_at.gt(now))
}

fn by_hash(db: &mut Db, hash: &[u8; 32]) -> Result<Option<Token>> {
    let row: Option<Row> = on_engine!(db, |db| {
        personal_tokens::table.find(hash.to_vec()).select(Row::as_select()).first(db).optional()
    })?;
    row.map(Token::try_from).transpose()
}

/// The token of a secret, if it can still be used.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, secret: &TokenSecret, now: Instant) -> Result<Option<Token>> {
    Ok(by_hash(db, &secret.hash())?.filter(|token| token.lives(now)))
}

/// The proof that a token of this user lives, in the place of a session.
pub(in crate::access) fn signed_in(
    db: &mut Db,
    (bearer, hash): (&Bearer, &[u8; 32]),
    now: Instant,
) -> Result<SignedIn, Refusal> {
    let token = by_hash(db, hash)?.filter(|token| token.lives(now)).ok_or(Refusal::NotSignedIn)?;
    Ok(SignedIn::by_token(bearer.clone(), Arc::new(token.rights), now))
}

/// Which of some tokens live, by their hashes.
pub(in crate::access) fn alive(db: &mut Db, bearers: &[&Bearer], now: Instant) -> Result<HashSet<Vec<u8>>> {
    let hash = |bearer: &&Bearer| match &bearer.credential {
        Credential::Token(hash) => Some(hash.to_vec()),
        Credential::Session | Credential::Connection(_) => None,
    };
    let hashes: Vec<Vec<u8>> = bearers.iter().filter_map(hash).collect();
    if hashes.is_empty() {
        return Ok(HashSet::new());
    }
    let lives = lives(now);
    let found: Vec<Vec<u8>> = on_engine!(db, |db| {
        personal_tokens::table
            .filter(personal_tokens::token_hash.eq_any(hashes))
            .filter(lives)
            .select(personal_tokens::token_hash)
            .load(db)
    })?;
    Ok(found.into_iter().collect())
}

/// Notes that a token was used, unless somebody just did.
///
/// # Errors
/// When the database fails.
pub fn touch(db: &mut Db, secret: &TokenSecret, now: Instant) -> Result<()> {
    let before = now.minus(NOTED_EVERY);
    let is_older = personal_tokens::last_used_at.is_null().or(personal_tokens::last_used_at.le(before));
    diesel::update(personal_tokens::table.find(secret.hash().to_vec()).filter(is_older))
        .set(personal_tokens::last_used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// A page of a user's tokens that can still be used, by id.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, me: &SignedIn, request: &PageRequest<String>) -> Result<Page<Token>> {
    let lives = lives(me.now());
    let mut query = personal_tokens::table
        .filter(personal_tokens::user_id.eq(me.user_id().as_str()))
        .filter(lives)
        .order(personal_tokens::id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(personal_tokens::id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.id.clone()).try_map(Token::try_from)
}

/// Some tokens of a user that were made at a time or after it and can still be used, the latest first: as many as a page
/// has, and one.
///
/// # Errors
/// When the database fails.
pub fn made_since(db: &mut Db, me: &SignedIn, since: Instant, request: &PageRequest<Timed>) -> Result<Vec<Token>> {
    let lives = lives(me.now());
    let mut query = personal_tokens::table
        .filter(personal_tokens::user_id.eq(me.user_id().as_str()).and(personal_tokens::created_at.ge(since)))
        .filter(lives)
        .order((personal_tokens::created_at.desc(), personal_tokens::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = personal_tokens::created_at.lt(at).or(personal_tokens::id.lt(id.clone()));
        query = query.filter(personal_tokens::created_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    found.into_iter().map(Token::try_from).collect()
}

/// Ends a token of a user's. One that is not there has ended.
///
/// # Errors
/// When the database fails.
pub fn end(db: &mut Db, me: &SignedIn, id: &Id) -> Result<()> {
    let of_me = personal_tokens::user_id.eq(me.user_id().as_str()).and(personal_tokens::id.eq(id.as_str()));
    diesel::update(personal_tokens::table.filter(of_me.and(lives(me.now()))))
        .set(personal_tokens::expires_at.eq(me.now()))
        .execute(db)?;
    Ok(())
}

/// Ends the tokens of a user that were made at a time or after it.
///
/// # Errors
/// When the database fails.
pub fn end_made_since(db: &mut Db, me: &Proved, since: Instant) -> Result<()> {
    let later = personal_tokens::user_id.eq(me.user_id().as_str()).and(personal_tokens::created_at.ge(since));
    diesel::update(personal_tokens::table.filter(later.and(lives(me.now()))))
        .set(personal_tokens::expires_at.eq(me.now()))
        .execute(db)?;
    Ok(())
}

/// Erases the first `most` tokens of an account that is being erased, and says how many.
///
/// # Errors
/// When the database fails.
pub fn erase_first(db: &mut Db, me: &Proved, most: i64) -> Result<usize> {
    let of_me = personal_tokens::table.filter(personal_tokens::user_id.eq(me.user_id().as_str()));
    let first: Vec<Vec<u8>> =
        of_me.order(personal_tokens::id).limit(most).select(personal_tokens::token_hash).load(db)?;
    delete(db, first)
}

/// Ends the first `most` tokens, whosever they are, and says how many.
///
/// # Errors
/// When the database fails.
pub fn end_first(db: &mut Db, most: i64) -> Result<usize> {
    let first = personal_tokens::table.order(personal_tokens::token_hash).limit(most);
    let first: Vec<Vec<u8>> = first.select(personal_tokens::token_hash).load(db)?;
    delete(db, first)
}

/// Clears away `most` tokens that ended long ago, and says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let over = personal_tokens::table
        .filter(personal_tokens::expires_at.le(now.minus(REMEMBERED)))
        .order(personal_tokens::expires_at);
    let first: Vec<Vec<u8>> = over.limit(most).select(personal_tokens::token_hash).load(db)?;
    delete(db, first)
}

fn delete(db: &mut Db, hashes: Vec<Vec<u8>>) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        diesel::delete(personal_tokens::table.filter(personal_tokens::token_hash.eq_any(hashes))).execute(db)
    })?)
}
