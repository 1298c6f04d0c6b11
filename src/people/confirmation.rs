//! Asking for the password once more, before something that can't be undone or that lets somebody in.

use std::time::Duration;

use crate::{
    access::{
        Caller, SignedIn,
        accounts::{
            model::Password,
            store::{self, Account},
        },
        guesses::{self, Guesser, Try},
        passwords::{PasswordHasher, Verdict},
    },
    foundation::faults::{FaultCode, Faults},
    storage::{Db, refusal::Refusal},
};

/// Looks whether somebody who is signed in, and has shown a moment ago that it is they, knows the password, and answers
/// with their account. A stolen session is no way to guess it: failures count as those of signing in do, apart from them and in this session alone.
/// `said` is the password with what else was said, and `field` is where the body has it.
///
/// # Errors
/// That the proof is too old, a fault at the field when it is another password, a wait after many of those, or what the
/// database or the hasher refuses.
pub async fn confirm<A: Clone + Send + 'static>(
    caller: &Caller,
    passwords: &PasswordHasher,
    field: &'static str,
    said: Result<(Password, A), Faults>,
) -> Result<(Account, A), Refusal> {
    let asked = caller.read_proved(said, |db, me, said| look(db, me, said)).await?;
    judge(caller, passwords, field, asked).await
}

/// The same of somebody whose proof may be old: so begins a new one.
///
/// # Errors
/// As [`confirm`], whenever they last showed that it is they.
pub async fn confirm_anew<A: Clone + Send + 'static>(
    caller: &Caller,
    passwords: &PasswordHasher,
    field: &'static str,
    said: Result<(Password, A), Faults>,
) -> Result<(Account, A), Refusal> {
    let asked = caller.read(said, look).await?;
    judge(caller, passwords, field, asked).await
}

/// A password that was typed, beside the account that it should be of.
struct Asked<A> {
    account: Account,
    wait: Option<Duration>,
    password: Password,
    more: A,
}

fn look<A>(db: &mut Db, me: &SignedIn, (password, more): (Password, A)) -> Result<Asked<A>, Refusal> {
    let account = store::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
    let wait = guesses::wait(db, &Guesser::confirming(me), me.now())?;
    Ok(Asked { account, wait, password, more })
}

async fn judge<A>(
    caller: &Caller,
    passwords: &PasswordHasher,
    field: &'static str,
    asked: Asked<A>,
) -> Result<(Account, A), Refusal> {
    let Asked { account, wait, password, more } = asked;
    if let Some(wait) = wait {
        return Err(Refusal::Held(wait));
    }
    let verdict = passwords.verify(caller.asker(), password, account.password_hash.clone()).await?;
    let right = verdict != Verdict::Wrong;
    match caller
        .write(Ok(()), move |db, me, ()| Ok(guesses::settle(db, &Guesser::confirming(me), right, me.now())?))
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
