//! How somebody who is signed in sets a second factor up, and takes it away again: the same from an app and from a page.

use super::{
    asked::{CODE, PASSWORD},
    model::{RecoveryCode, SecondFactor, Secret, TypedCode},
    store,
};
use crate::{
    access::{
        Caller, SignedIn,
        accounts::{
            self,
            model::{Email, Notice, Password},
        },
        guesses::{self, Guesser, Try},
        notices::store as notices,
        passkeys,
        passwords::PasswordHasher,
        sessions,
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
    },
    people::confirmation::confirm as confirm_password,
    storage::{Db, refusal::Refusal},
};

/// What somebody has of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Since when an app's codes are on, if they are.
    pub enabled_at: Option<Instant>,
    /// How many passkeys there are.
    pub passkeys: i64,
    /// How many recovery codes are unused.
    pub recovery_codes_left: i64,
}

/// A set-up that has begun: what the app has to know, and is told this once.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What codes are computed from.
    pub secret: Secret,
    /// Whose account it is.
    pub email: Email,
}

impl Setup {
    /// What an app reads off the screen.
    #[must_use]
    pub fn otpauth_url(&self) -> String {
        self.secret.otpauth_url(self.email.as_str())
    }
}

/// Why a set-up does not go on.
#[derive(Debug)]
pub enum NotSetUp {
    /// It is on already.
    AlreadyOn,
    /// Something else is in the way.
    Refused(Refusal),
}

impl From<Refusal> for NotSetUp {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether it is on, and how many recovery codes are left.
///
/// # Errors
/// When the database fails, or the session is over.
pub async fn status(caller: &Caller) -> Result<Status, Refusal> {
    caller
        .read(Ok(()), |db, me, ()| {
            let enabled_at = store::enabled_at(db, me.user_id())?;
            let passkeys = passkeys::store::count(db, me.user_id())?;
            Ok(Status { enabled_at, passkeys, recovery_codes_left: store::recovery_codes_left(db, me.user_id())? })
        })
        .await
}

/// Begins a set-up, in place of one that was begun before.
///
/// # Errors
/// When it is on already, or the proof of who they are is too old; a fault at the password when it is another one, a wait
/// after many of those, or what the database or the hasher refuses.
pub async fn begin(
    caller: &Caller,
    passwords: &PasswordHasher,
    said: Result<Password, Faults>,
) -> Result<Setup, NotSetUp> {
    let (account, ()) = confirm_password(caller, passwords, PASSWORD, said.map(|password| (password, ()))).await?;
    let secret = Secret::random();
    let (stored, vault) = (secret.clone(), caller.vault().clone());
    let begun = caller
        .write_proved(Ok(()), move |db, me, ()| {
            lock(db, me)?;
            if store::factors(db, me.user_id())?.has_app {
                return Ok(false);
            }
            store::begin(db, &vault, me, &stored)?;
            Ok(true)
        })
        .await?;
    if begun { Ok(Setup { secret, email: account.user.email }) } else { Err(NotSetUp::AlreadyOn) }
}

/// How a code at the set-up was taken.
enum Confirmed {
    Now,
    WrongCode,
    Before,
}

/// Turns on what was begun, since a code shows that the app has it, and answers with the recovery codes.
///
/// # Errors
/// When it is on already, none was begun, or the proof of who they are is too old; a fault at the code when it is a wrong
/// one, a wait after many of those, or what the database refuses.
pub async fn confirm(caller: &Caller, said: Result<TypedCode, Faults>) -> Result<Vec<RecoveryCode>, NotSetUp> {
    let codes = RecoveryCode::fresh();
    let (stored, vault) = (codes.clone(), caller.vault().clone());
    let confirmed = caller
        .write_proved(said, move |db, me, code| {
            lock(db, me)?;
            let secret = match store::find(db, &vault, me.user_id())?.ok_or(Refusal::NotFound)? {
                SecondFactor::Begun(secret) => secret,
                SecondFactor::On(_) => return Ok(Confirmed::Before),
            };
            let step = secret.step_of(code.of_app(), me.now());
            settle(db, me, step.is_some())?;
            let Some(step) = step else { return Ok(Confirmed::WrongCode) };
            store::enable(db, me, step)?;
            store::set_recovery_codes(db, me, &stored)?;
            tell(db, me, Notice::SecondFactorOn)?;
            // Whoever else is signed in got in without a code.
            sessions::store::end_others(db, me.user_id(), me.session_id(), me.now())?;
            Ok(Confirmed::Now)
        })
        .await?;
    match confirmed {
        Confirmed::Now => Ok(codes),
        Confirmed::WrongCode => Err(wrong_code().into()),
        Confirmed::Before => Err(NotSetUp::AlreadyOn),
    }
}

/// Gives out new recovery codes in place of those before.
///
/// # Errors
/// When there is neither an app nor a passkey, or the proof of who they are is too old; a fault at the password when it is another
/// one, a wait after many of those, or what the database or the hasher refuses.
pub async fn replace_recovery_codes(
    caller: &Caller,
    passwords: &PasswordHasher,
    said: Result<Password, Faults>,
) -> Result<Vec<RecoveryCode>, Refusal> {
    confirm_password(caller, passwords, PASSWORD, said.map(|password| (password, ()))).await?;
    let codes = RecoveryCode::fresh();
    let stored = codes.clone();
    caller
        .write_proved(Ok(()), move |db, me, ()| {
            lock(db, me)?;
            if !store::factors(db, me.user_id())?.are_any() {
                return Err(Refusal::NotFound);
            }
            store::set_recovery_codes(db, me, &stored)?;
            tell(db, me, Notice::RecoveryCodesReplaced)
        })
        .await?;
    Ok(codes)
}

/// Takes it away. One that was begun only is given up with any code.
///
/// # Errors
/// That the proof of who they are is too old; a fault at the password or at the code when it is a wrong one, a wait after
/// many of those, or what the database or the hasher refuses.
pub async fn disable(
    caller: &Caller,
    passwords: &PasswordHasher,
    said: Result<(Password, TypedCode), Faults>,
) -> Result<(), Refusal> {
    let (_, code) = confirm_password(caller, passwords, PASSWORD, said).await?;
    let vault = caller.vault().clone();
    let is_off = caller
        .write_proved(Ok(()), move |db, me, ()| {
            lock(db, me)?;
            if store::factors(db, me.user_id())?.has_app {
                let right = store::spend(db, &vault, me.user_id(), &code, me.now())?;
                settle(db, me, right)?;
                if !right {
                    return Ok(false);
                }
                tell(db, me, Notice::SecondFactorOff)?;
            }
            store::delete(db, me)?;
            Ok(true)
        })
        .await?;
    if is_off { Ok(()) } else { Err(wrong_code()) }
}

fn tell(db: &mut Db, me: &SignedIn, what: Notice) -> Result<(), Refusal> {
    Ok(notices::tell(db, me.user_id(), what, None, me.now())?)
}

fn lock(db: &mut Db, me: &SignedIn) -> Result<(), Refusal> {
    accounts::store::find_locked(db, me.user_id())?.map(drop).ok_or(Refusal::NotSignedIn)
}

/// Counts a code that was typed. A wrong one is no error yet, which would undo that it was counted.
///
/// # Errors
/// That so many were wrong that this one does not count.
pub fn settle(db: &mut Db, me: &SignedIn, right: bool) -> Result<(), Refusal> {
    match guesses::settle(db, &Guesser::typing_codes(me), right, me.now())? {
        Try::Right | Try::Wrong => Ok(()),
        Try::Held(wait) => Err(Refusal::Held(wait)),
    }
}

/// What is wrong when a passkey is not taken.
#[must_use]
pub fn wrong_passkey(field: &'static str) -> Refusal {
    Faults::at(field, FaultCode::WrongPasskey, "is not a passkey that can be taken here, or not what it was asked for")
        .into()
}

/// What is wrong when a code is not taken.
#[must_use]
pub fn wrong_code() -> Refusal {
    Faults::at(CODE, FaultCode::WrongCode, "is not the code of this moment, or was used before").into()
}
