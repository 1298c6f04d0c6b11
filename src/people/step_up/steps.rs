//! How somebody who is signed in shows that it is they: the same from an app and from a page.

use crate::{
    access::{
        Caller,
        accounts::{self, model::Password},
        passkeys::{self, model::Shown},
        passwords::PasswordHasher,
        sessions,
    },
    foundation::faults::Faults,
    people::{
        confirmation::{confirm_anew, wrong_password},
        second_factor::{
            self,
            asked::{PASSKEY, PASSWORD, Proof},
            model::{Factor, TypedCode},
            steps::{settle, wrong_code, wrong_passkey},
        },
    },
    storage::refusal::Refusal,
};

/// Why somebody has not shown that it is they.
#[derive(Debug)]
pub enum NotShown {
    /// The password is right, and one of these is asked for as well.
    SecondFactorRequired(Vec<Factor>),
    /// Something else is in the way.
    Refused(Refusal),
}

impl From<Refusal> for NotShown {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What came of the password.
enum Outcome {
    Everything,
    NoCode(Vec<Factor>),
    WrongCode,
}

/// Proves this session, and no other, by a passkey, or by the password and, if the account has a second factor, a code of
/// it.
///
/// # Errors
/// That a second factor is asked for; a fault at the passkey, the password or the code when it is a wrong one, a wait after
/// many of those, or what the database or the hasher refuses.
pub async fn step_up(caller: &Caller, passwords: &PasswordHasher, said: Result<Proof, Faults>) -> Result<(), NotShown> {
    match said {
        Ok(Proof::Passkey(shown)) => Ok(by_passkey(caller, shown).await?),
        Ok(Proof::Password(password, code)) => by_password(caller, passwords, Ok((password, code))).await,
        Err(faults) => by_password(caller, passwords, Err(faults)).await,
    }
}

async fn by_passkey(caller: &Caller, shown: Shown) -> Result<(), Refusal> {
    let is_right = caller
        .write(Ok(shown), |db, me, shown| {
            let owner = passkeys::store::judge(db, &shown, me.now())?;
            let is_right = owner.is_some_and(|account| account.user.id == *me.user_id());
            settle(db, me, is_right)?;
            if is_right {
                sessions::store::prove(db, me)?;
            }
            Ok(is_right)
        })
        .await?;
    if is_right { Ok(()) } else { Err(wrong_passkey(PASSKEY)) }
}

async fn by_password(
    caller: &Caller,
    passwords: &PasswordHasher,
    said: Result<(Password, Option<TypedCode>), Faults>,
) -> Result<(), NotShown> {
    let (account, code) = confirm_anew(caller, passwords, PASSWORD, said).await?;
    let vault = caller.vault().clone();
    let shown = caller
        .write(Ok(()), move |db, me, ()| {
            // While the hash was worked out, the password may have been changed.
            let present = accounts::store::find_locked(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
            if present.password_hash != account.password_hash {
                return Err(wrong_password(PASSWORD).into());
            }
            let factors = second_factor::store::factors(db, me.user_id())?;
            if factors.are_any() {
                let Some(code) = code else { return Ok(Outcome::NoCode(factors.which())) };
                let is_right = second_factor::store::spend(db, &vault, me.user_id(), &code, me.now())?;
                settle(db, me, is_right)?;
                if !is_right {
                    return Ok(Outcome::WrongCode);
                }
            }
            sessions::store::prove(db, me)?;
            Ok(Outcome::Everything)
        })
        .await?;
    match shown {
        Outcome::Everything => Ok(()),
        Outcome::NoCode(factors) => Err(NotShown::SecondFactorRequired(factors)),
        Outcome::WrongCode => Err(wrong_code().into()),
    }
}
