//! Accounts in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Email, Kind, Muted, Reader, SoughtEmail, User};
use crate::{
    access::{
        diaries,
        sessions::{
            self,
            proofs::{Proved, SignedIn},
        },
    },
    foundation::{clock::Instant, ids::Id, language::Language, values::Name, zones::Zone},
    storage::{
        Db, Error, Result,
        ledger::{self, What},
        on_engine,
        refusal::Refusal,
        schema::users,
        stored_json,
    },
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Row {
    id: String,
    email: String,
    email_key: String,
    password_hash: String,
    display_name: Option<String>,
    kind: String,
    time_zone: String,
    diary_id: Option<String>,
    created_at: Instant,
    updated_at: Instant,
    password_changed_at: Option<Instant>,
    email_verified_at: Option<Instant>,
    language: Option<String>,
    muted_notices: Option<String>,
}

/// An account with the hash of its password.
#[derive(Debug)]
pub struct Account {
    /// Whose it is.
    pub user: User,
    /// PHC string.
    pub password_hash: String,
    /// Since when the password is this one, or one that was chosen by mail in its place.
    pub password_since: Instant,
}

impl TryFrom<Row> for Account {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let password_since = row.password_changed_at.unwrap_or(row.created_at);
        let muted = row.muted_notices.as_deref().map(|json| stored_json::read::<Vec<String>>("muted notices", json));
        let muted = muted.transpose()?.map(|words| Muted::stored(&words)).unwrap_or_default();
        let user = User {
            id: Id::stored(row.id),
            email: Email::stored(row.email),
            display_name: row.display_name.map(Name::stored),
            kind: Kind::parse(&row.kind).ok_or_else(|| Error::corrupt("kind of user"))?,
            time_zone: Zone::named(&row.time_zone).ok_or_else(|| Error::corrupt("time zone"))?,
            diary_id: row.diary_id.map(Id::stored),
            email_verified_at: row.email_verified_at,
            // One that this version has no words in is as good as none.
            language: row.language.as_deref().and_then(Language::parse),
            muted,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Self { user, password_hash: row.password_hash, password_since })
    }
}

/// Adds an account.
///
/// # Errors
/// When the database fails; look for the e-mail first.
pub fn insert(db: &mut Db, user: &User, password_hash: String) -> Result<()> {
    let row = Row {
        id: user.id.to_string(),
        email: user.email.as_str().to_owned(),
        email_key: user.email.key(),
        password_hash,
        display_name: user.display_name.as_ref().map(|name| name.as_str().to_owned()),
        kind: user.kind.as_str().to_owned(),
        time_zone: user.time_zone.name().to_owned(),
        diary_id: user.diary_id.as_ref().map(ToString::to_string),
        created_at: user.created_at,
        updated_at: user.updated_at,
        password_changed_at: None,
        email_verified_at: user.email_verified_at,
        language: user.language.map(|language| language.tag().to_owned()),
        muted_notices: muted(user)?,
    };
    diesel::insert_into(users::table).values(row).execute(db)?;
    Ok(())
}

/// As it is stored.
fn muted(user: &User) -> Result<Option<String>> {
    (!user.muted.is_empty()).then(|| stored_json::write(&user.muted)).transpose()
}

/// The account of an e-mail, however it is written.
pub fn find_by_email(db: &mut Db, email: &SoughtEmail) -> Result<Option<Account>> {
    for key in email.keys() {
        let row = users::table.filter(users::email_key.eq(key)).select(Row::as_select());
        if let Some(row) = row.first::<Row>(db).optional()? {
            return Account::try_from(row).map(Some);
        }
    }
    Ok(None)
}

/// The account of an id.
pub fn find(db: &mut Db, id: &Id) -> Result<Option<Account>> {
    let row: Option<Row> = users::table.find(id.as_str()).select(Row::as_select()).first(db).optional()?;
    row.map(Account::try_from).transpose()
}

/// The account of an e-mail, locked until the transaction ends: nobody changes its password while somebody is signed in
/// by the old one. SQLite has one writer, and nothing to lock.
pub fn find_locked_by_email(db: &mut Db, email: &SoughtEmail) -> Result<Option<Account>> {
    let Db::Postgres(db) = db else { return find_by_email(db, email) };
    for key in email.keys() {
        let row = users::table.filter(users::email_key.eq(key)).select(Row::as_select()).for_no_key_update();
        if let Some(row) = row.first::<Row>(db).optional()? {
            return Account::try_from(row).map(Some);
        }
    }
    Ok(None)
}

/// What became of accounts whose e-mail was compared in another way by an older version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rekeyed {
    /// So many are found however their e-mail is written.
    pub changed: usize,
    /// So many have an e-mail that is another account's by now: each is found only as its own is written.
    pub shadowed: usize,
}

/// Compares the e-mails of accounts anew, `most` of them in the order of their ids after one, and answers with what became
/// of them and with the last id, if there may be more. Only what is not of ASCII was ever compared in another way.
pub fn rekey(db: &mut Db, after: &str, most: i64) -> Result<(Rekeyed, Option<String>)> {
    let is_of_other_letters =
        diesel::dsl::sql::<diesel::sql_types::Bool>("octet_length(email_key) > length(email_key)");
    let older: Vec<(String, String, String)> = users::table
        .filter(users::id.gt(after))
        .filter(is_of_other_letters)
        .order(users::id)
        .limit(most)
        .select((users::id, users::email, users::email_key))
        .load(db)?;
    let last = (i64::try_from(older.len()) == Ok(most)).then(|| older.last().map(|(id, ..)| id.clone())).flatten();
    let mut rekeyed = Rekeyed::default();
    for (id, email, key) in older {
        let meant = Email::stored(email).key();
        if meant == key {
            continue;
        }
        let taken = users::table.filter(users::email_key.eq(&meant)).select(users::id);
        if taken.first::<String>(db).optional()?.is_some() {
            rekeyed.shadowed += 1;
        } else {
            let own = users::table.find(&id).filter(users::email_key.eq(&key));
            rekeyed.changed += diesel::update(own).set(users::email_key.eq(&meant)).execute(db)?;
        }
    }
    Ok((rekeyed, last))
}

/// The account of an id, locked until the transaction ends: what is seen of it is what is changed.
pub fn find_locked(db: &mut Db, id: &Id) -> Result<Option<Account>> {
    let Db::Postgres(db) = db else { return find(db, id) };
    let row = users::table.find(id.as_str()).select(Row::as_select()).for_no_key_update();
    row.first::<Row>(db).optional()?.map(Account::try_from).transpose()
}

/// Proof that somebody has shown a moment ago that it is they, with their account kept as it is until the transaction ends.
/// Whoever changes the password has it locked while they end what was opened: what others of the account open at that time
/// is there by then, or is refused to a session that is over.
///
/// # Errors
/// That the session is over, or the proof is too old.
pub fn proved(db: &mut Db, who: &SignedIn) -> Result<Proved, Refusal> {
    let proved = who.clone().proved()?;
    let Db::Postgres(postgres) = db else { return Ok(proved) };
    let account = users::table.find(who.user_id().as_str()).select(users::id).for_share();
    account.first::<String>(postgres).optional()?.ok_or(Refusal::NotSignedIn)?;
    // It may have waited.
    sessions::store::signed_in(db, who.bearer(), who.now())?.proved()
}

/// Stores what a person may change of an account.
pub fn update(db: &mut Db, user: &User) -> Result<()> {
    diesel::update(users::table.find(user.id.as_str()))
        .set((
            users::display_name.eq(user.display_name.as_ref().map(Name::as_str)),
            users::time_zone.eq(user.time_zone.name()),
            users::language.eq(user.language.map(Language::tag)),
            users::muted_notices.eq(muted(user)?),
            users::updated_at.eq(user.updated_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Stores the hash of another password.
pub fn change_password(db: &mut Db, me: &Proved, hash: &str) -> Result<()> {
    diesel::update(users::table.find(me.user_id().as_str()))
        .set((users::password_hash.eq(hash), users::password_changed_at.eq(me.now())))
        .execute(db)?;
    Ok(())
}

/// Stores the hash of another password, chosen by whoever reads the account's mail. Since when the one before was the present
/// one stays known: somebody else may have known it, and what was opened with it is shown by that.
pub fn reset_password(db: &mut Db, reader: &Reader, hash: &str) -> Result<()> {
    diesel::update(users::table.find(reader.user_id().as_str())).set(users::password_hash.eq(hash)).execute(db)?;
    Ok(())
}

/// Notes that mail to the address of an account reaches its person, since when at the latest.
pub fn verify_email(db: &mut Db, reader: &Reader) -> Result<()> {
    let unverified = users::table.find(reader.user_id().as_str()).filter(users::email_verified_at.is_null());
    diesel::update(unverified).set(users::email_verified_at.eq(reader.now())).execute(db)?;
    Ok(())
}

/// Gives an account another address, at which its person reads their mail. Whether it is another account's is looked at
/// before.
pub fn change_email(db: &mut Db, reader: &Reader, email: &Email) -> Result<()> {
    diesel::update(users::table.find(reader.user_id().as_str()))
        .set((
            users::email.eq(email.as_str()),
            users::email_key.eq(email.key()),
            users::email_verified_at.eq(reader.now()),
            users::updated_at.eq(reader.now()),
        ))
        .execute(db)?;
    Ok(())
}

/// Stores another hash of the same password.
pub fn rehash(db: &mut Db, id: &Id, hash: &str) -> Result<()> {
    diesel::update(users::table.find(id.as_str())).set(users::password_hash.eq(hash)).execute(db)?;
    Ok(())
}

/// The diary that `me` stands for, if the account keeps one.
pub fn diary_id_of(db: &mut Db, id: &Id) -> Result<Option<Id>> {
    let own: Option<Option<String>> =
        on_engine!(db, |db| users::table.find(id.as_str()).select(users::diary_id).first(db).optional())?;
    Ok(own.flatten().map(Id::stored))
}

/// The diary that whoever is signed in owns, if they keep one.
pub fn diary_of(db: &mut Db, who: &SignedIn) -> Result<Option<Id>> {
    match &who.bearer().owns {
        Some(own) => Ok(Some(own.clone())),
        None => diary_id_of(db, who.user_id()),
    }
}

/// The accounts of some ids, in no order; those that are gone are missing.
pub fn find_all(db: &mut Db, ids: &[Id]) -> Result<Vec<User>> {
    let ids: Vec<_> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<Row> =
        on_engine!(db, |db| users::table.filter(users::id.eq_any(ids)).select(Row::as_select()).load(db))?;
    rows.into_iter().map(|row| Account::try_from(row).map(|account| account.user)).collect()
}

/// What the people of some accounts call themselves, of those who say.
pub fn names(db: &mut Db, ids: &[&str]) -> Result<HashMap<Id, Name>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = users::table.filter(users::id.eq_any(ids)).select((users::id, users::display_name));
    let rows: Vec<(String, Option<String>)> = on_engine!(db, |db| query.load(db))?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((Id::stored(id), Name::stored(name?)))).collect())
}

/// Whether rows can be read: a row and not a constant, since that is the question.
///
/// # Errors
/// When they can't.
pub fn can_be_read(db: &mut Db) -> Result<()> {
    let _: Option<String> = users::table.select(users::id).first(db).optional()?;
    Ok(())
}

/// Erases an account with everything that hangs on it: its sessions, and the diaries it owns with all they hold.
pub fn erase(db: &mut Db, me: &Proved) -> Result<()> {
    let diary_id = diary_of(db, me)?;
    if let Some(diary_id) = &diary_id {
        diaries::store::delete(db, diary_id)?;
    }
    diesel::delete(users::table.find(me.user_id().as_str())).execute(db)?;
    ledger::record(db, What::AccountErased, diary_id.as_ref().unwrap_or(me.user_id()), me.user_id(), me.now())
}
