//! How somebody who is signed in shows that it is they: the same from an app and from a page.

use crate::{
    access::{
        Caller,
        accounts::{self, model::Password},
        passwords::PasswordHasher,
        sessions,
    },
    foundation::faults::Faults,
    people::{
        confirmation::{confirm_anew, wrong_password},
        second_factor::{
            self,
            asked::PASSWORD,
            model::TypedCode,
            steps::{settle, wrong_code},
        },
    },
    storage::refusal::Refusal,
};

/// Why somebody has not shown that it is they.
#[derive(Debug)]
pub enum NotShown {
    /// The password is right, and the account has a second factor: a code is asked for.
    SecondFactorRequired,
    /// Something else is in the way.
    Refused(Refusal),
}

impl From<Refusal> for NotShown {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What was shown.
enum Shown {
    Everything,
    NoCode,
    WrongCode,
}

/// Proves this session, and no other, by the password and, if the account has a second factor, a code of it.
///
/// # Errors
/// That a code is asked for; a fault at the password or at the code when it is a wrong one, a wait after many of those, or
/// what the database or the hasher refuses.
pub async fn step_up(
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
            if second_factor::store::is_on(db, me.user_id())? {
                let Some(code) = code else { return Ok(Shown::NoCode) };
                let is_right = second_factor::store::spend(db, &vault, me.user_id(), &code, me.now())?;
                settle(db, me, is_right)?;
                if !is_right {
                    return Ok(Shown::WrongCode);
                }
            }
            sessions::store::prove(db, me)?;
            Ok(Shown::Everything)
        })
        .await?;
    match shown {
        Shown::Everything => Ok(()),
        Shown::NoCode => Err(NotShown::SecondFactorRequired),
        Shown::WrongCode => Err(wrong_code().into()),
    }
}
