//! Asking for the password once more, before something that can't be undone or that lets somebody in.

use crate::{
    access::{
        Caller,
        accounts::{
            model::Password,
            store::{self, Account},
        },
        guesses::{self, Guesser, Try},
        passwords::{PasswordHasher, Verdict},
    },
    foundation::faults::{FaultCode, Faults},
    storage::refusal::Refusal,
};

/// Looks whether somebody who is signed in knows the password, and answers with their account. A stolen session is no way
/// to guess it: failures count as those of signing in do, apart from them. `said` is the password with what else was said,
/// and `field` is where the body has it.
///
/// # Errors
/// A fault at the field when it is another password, a wait after many of those, or what the database or the hasher
/// refuses.
pub async fn confirm<A: Clone + Send + 'static>(
    caller: &Caller,
    passwords: &PasswordHasher,
    field: &'static str,
    said: Result<(Password, A), Faults>,
) -> Result<(Account, A), Refusal> {
    let (account, wait, (password, more)) = caller
        .read(said, |db, me, said| {
            let account = store::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
            let wait = guesses::wait(db, &Guesser::confirming(me.user_id()), me.now())?;
            Ok((account, wait, said))
        })
        .await?;
    if let Some(wait) = wait {
        return Err(Refusal::Held(wait));
    }
    let verdict = passwords.verify(caller.asker(), password, account.password_hash.clone()).await?;
    let right = verdict != Verdict::Wrong;
    match caller
        .write(Ok(()), move |db, me, ()| Ok(guesses::settle(db, &Guesser::confirming(me.user_id()), right, me.now())?))
        .await?
    {
        Try::Right => Ok((account, more)),
        Try::Wrong => Err(wrong_password(field).into()),
        Try::Held(wait) => Err(Refusal::Held(wait)),
    }
}

/// What is wrong when another password is at the field of a body.
#[must_use]
pub fn wrong_password(field: &'static str) -> Faults {
    Faults::at(field, FaultCode::WrongPassword, "is not the account's password")
}
