//! Second factors in the database. Whoever changes one, or spends a code, has locked the account: of requests that come
//! at once with one code, one finds it unused.

use diesel::prelude::*;

use super::model::{Enabled, Factors, RecoveryCode, Second, SecondFactor, Secret, Step, TypedCode};
use crate::{
    access::{Proved, passkeys},
    foundation::{clock::Instant, ids::Id, sealed::Place},
    storage::{
        Db, Error, Result, on_engine,
        schema::{recovery_codes, second_factors},
        vault::{Looked, Vault},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = second_factors)]
struct Row {
    sealed_secret: Vec<u8>,
    confirmed_at: Option<Instant>,
    last_step: Option<i64>,
}

/// Where the secret of an account's app is sealed.
fn place(user_id: &str) -> Place {
    Place::of("second_factors", "sealed_secret", &[user_id])
}

/// What an account has of a second factor, opened.
///
/// # Errors
/// When the database fails, or the secret does not open.
pub fn find(db: &mut Db, vault: &Vault, user_id: &Id) -> Result<Option<SecondFactor>> {
    let row: Option<Row> =
        second_factors::table.find(user_id.as_str()).select(Row::as_select()).first(db).optional()?;
    let Some(Row { sealed_secret, confirmed_at, last_step }) = row else { return Ok(None) };
    let secret = Secret::stored(&vault.open(&place(user_id.as_str()), &sealed_secret)?);
    let secret = secret.ok_or_else(|| Error::corrupt("secret of a second factor"))?;
    Ok(Some(match (confirmed_at, last_step) {
        (Some(since), Some(step)) => SecondFactor::On(Enabled { secret, since, last_step: Step::stored(step) }),
        _ => SecondFactor::Begun(secret),
    }))
}

/// Since when the second factor of an account is on, if it is; without what it is made of.
pub fn enabled_at(db: &mut Db, user_id: &Id) -> Result<Option<Instant>> {
    let confirmed: Option<Option<Instant>> =
        second_factors::table.find(user_id.as_str()).select(second_factors::confirmed_at).first(db).optional()?;
    Ok(confirmed.flatten())
}

/// What an account has beside its password.
pub fn factors(db: &mut Db, user_id: &Id) -> Result<Factors> {
    Ok(Factors { has_app: enabled_at(db, user_id)?.is_some(), has_passkeys: passkeys::store::count(db, user_id)? > 0 })
}

/// Begins to set one up, in place of one that was begun before.
pub fn begin(db: &mut Db, vault: &Vault, me: &Proved, secret: &Secret) -> Result<()> {
    diesel::delete(second_factors::table.find(me.user_id().as_str())).execute(db)?;
    let sealed = vault.sealer(db, me.now())?.seal(&place(me.user_id().as_str()), secret.bytes())?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(me.user_id().as_str()),
            second_factors::sealed_secret.eq(sealed),
            second_factors::created_at.eq(me.now()),
        ))
        .execute(db)?;
    Ok(())
}

/// Turns on the one that was begun. The code that proved it is used.
pub fn enable(db: &mut Db, me: &Proved, proved_by: Step) -> Result<()> {
    diesel::update(second_factors::table.find(me.user_id().as_str()))
        .set((second_factors::confirmed_at.eq(me.now()), second_factors::last_step.eq(proved_by.number())))
        .execute(db)?;
    Ok(())
}

/// Gives an account recovery codes in place of those before.
pub fn set_recovery_codes(db: &mut Db, me: &Proved, codes: &[RecoveryCode]) -> Result<()> {
    let user_id = me.user_id();
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id.as_str()))).execute(db)?;
    for code in codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::code_hash.eq(code.hash(user_id).to_vec()),
                recovery_codes::user_id.eq(user_id.as_str()),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// How many recovery codes of an account are unused.
pub fn recovery_codes_left(db: &mut Db, user_id: &Id) -> Result<i64> {
    Ok(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id.as_str())).count().get_result(db)?)
}

/// Whether what somebody shows beside the password is right. A code is spent, and so is what a passkey was asked.
///
/// # Errors
/// When the database fails, or the secret of the app does not open.
pub fn is_right(db: &mut Db, vault: &Vault, user_id: &Id, shown: &Second, now: Instant) -> Result<bool> {
    match shown {
        Second::Code(code) => spend(db, vault, user_id, code, now),
        Second::Passkey(shown) => {
            Ok(passkeys::store::judge(db, shown, now)?.is_some_and(|account| account.user.id == *user_id))
        }
    }
}

/// Spends a code of the app or a recovery code; false when it is wrong or was used before. What can be a recovery code is
/// none of the app, and needs no secret: it lets somebody in also when the key is lost that opens theirs.
///
/// # Errors
/// When the database fails, or the secret does not open.
pub fn spend(db: &mut Db, vault: &Vault, user_id: &Id, code: &TypedCode, now: Instant) -> Result<bool> {
    if let Some(recovery) = code.recovery() {
        let unused = recovery_codes::table.find(recovery.hash(user_id).to_vec());
        let used = diesel::delete(unused.filter(recovery_codes::user_id.eq(user_id.as_str()))).execute(db)?;
        return Ok(used > 0);
    }
    let Some(SecondFactor::On(enabled)) = find(db, vault, user_id)? else { return Ok(false) };
    let Some(step) = enabled.unused_step(code.of_app(), now) else { return Ok(false) };
    diesel::update(second_factors::table.find(user_id.as_str()))
        .set(second_factors::last_step.eq(step.number()))
        .execute(db)?;
    Ok(true)
}

/// Takes the codes of an app away, and the recovery codes if nothing is left that they stand in for.
pub fn delete(db: &mut Db, me: &Proved) -> Result<()> {
    diesel::delete(second_factors::table.find(me.user_id().as_str())).execute(db)?;
    forget_unneeded_codes(db, me.user_id())
}

/// Forgets the recovery codes of an account that has nothing but its password any more.
pub fn forget_unneeded_codes(db: &mut Db, user_id: &Id) -> Result<()> {
    if !factors(db, user_id)?.are_any() {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id.as_str()))).execute(db)?;
    }
    Ok(())
}

/// Seals the secrets of the first `most` accounts behind one anew, by the key that seals now.
///
/// # Errors
/// When the database fails.
pub fn seal_anew(db: &mut Db, vault: &Vault, after: &(String, String), most: i64, now: Instant) -> Result<Looked> {
    let behind = second_factors::table
        .filter(second_factors::user_id.gt(&after.0))
        .order(second_factors::user_id)
        .limit(most)
        .select((second_factors::user_id, second_factors::sealed_secret));
    let rows: Vec<(String, Vec<u8>)> = match db {
        Db::Sqlite(db) => behind.load(db),
        Db::Postgres(db) => behind.for_no_key_update().load(db),
    }?;
    let stored = rows.into_iter().map(|(user_id, value)| {
        let place = place(&user_id);
        ((user_id, String::new()), place, value)
    });
    vault.seal_anew(db, stored.collect(), now, |db, (user_id, _), sealed| {
        let one = diesel::update(second_factors::table.find(user_id)).set(second_factors::sealed_secret.eq(sealed));
        on_engine!(db, |db| one.execute(db))?;
        Ok(())
    })
}
