//! Second factors in the database. Whoever changes one, or spends a code, has locked the account: of requests that come
//! at once with one code, one finds it unused.

use diesel::prelude::*;

use super::model::{Enabled, Factors, RecoveryCode, Second, SecondFactor, Secret, Step, TypedCode};
use crate::{
    access::{Proved, passkeys},
    foundation::{clock::Instant, ids::Id},
    storage::{
        Db, Error, Result,
        schema::{recovery_codes, second_factors},
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = second_factors)]
struct Row {
    secret: Vec<u8>,
    confirmed_at: Option<Instant>,
    last_step: Option<i64>,
}

impl TryFrom<Row> for SecondFactor {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let secret = Secret::stored(&row.secret).ok_or_else(|| Error::corrupt("secret of a second factor"))?;
        Ok(match (row.confirmed_at, row.last_step) {
            (Some(since), Some(step)) => Self::On(Enabled { secret, since, last_step: Step::stored(step) }),
            _ => Self::Begun(secret),
        })
    }
}

/// What an account has of a second factor.
pub fn find(db: &mut Db, user_id: &Id) -> Result<Option<SecondFactor>> {
    let row: Option<Row> =
        second_factors::table.find(user_id.as_str()).select(Row::as_select()).first(db).optional()?;
    row.map(SecondFactor::try_from).transpose()
}

/// The second factor of an account, if it is on.
pub fn find_enabled(db: &mut Db, user_id: &Id) -> Result<Option<Enabled>> {
    Ok(match find(db, user_id)? {
        Some(SecondFactor::On(enabled)) => Some(enabled),
        Some(SecondFactor::Begun(_)) | None => None,
    })
}

/// What an account has beside its password.
pub fn factors(db: &mut Db, user_id: &Id) -> Result<Factors> {
    Ok(Factors { app: find_enabled(db, user_id)?, has_passkeys: passkeys::store::count(db, user_id)? > 0 })
}

/// Begins to set one up, in place of one that was begun before.
pub fn begin(db: &mut Db, me: &Proved, secret: &Secret) -> Result<()> {
    diesel::delete(second_factors::table.find(me.user_id().as_str())).execute(db)?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(me.user_id().as_str()),
            second_factors::secret.eq(secret.bytes()),
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
pub fn is_right(db: &mut Db, user_id: &Id, factors: &Factors, shown: &Second, now: Instant) -> Result<bool> {
    match shown {
        Second::Code(code) => spend(db, user_id, factors, code, now),
        Second::Passkey(shown) => {
            Ok(passkeys::store::judge(db, shown, now)?.is_some_and(|account| account.user.id == *user_id))
        }
    }
}

/// Spends a code of the app or a recovery code; false when it is wrong or was used before.
pub fn spend(db: &mut Db, user_id: &Id, factors: &Factors, code: &TypedCode, now: Instant) -> Result<bool> {
    if let Some(step) = factors.app.as_ref().and_then(|enabled| enabled.unused_step(code.of_app(), now)) {
        diesel::update(second_factors::table.find(user_id.as_str()))
            .set(second_factors::last_step.eq(step.number()))
            .execute(db)?;
        return Ok(true);
    }
    let Some(recovery) = code.recovery() else { return Ok(false) };
    let unused = recovery_codes::table.find(recovery.hash(user_id).to_vec());
    let used = diesel::delete(unused.filter(recovery_codes::user_id.eq(user_id.as_str()))).execute(db)?;
    Ok(used > 0)
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
