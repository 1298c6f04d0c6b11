//! Signing somebody in, whatever they sign in with it: an app that gets tokens, or a page that gets a cookie.

use crate::{
    access::{
        accounts::{
            self,
            model::{Email, Password, User},
        },
        guesses::{self, Guesser, Try},
        passwords::{PasswordHasher, Verdict},
        sessions::{
            self,
            model::{Lifetime, Session},
        },
    },
    foundation::{clock::Instant, values::DeviceName},
    people::second_factor::{self, model::TypedCode},
    storage::{self, Db, Store, refusal::Refusal},
};

/// What somebody shows to be let in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// As it was typed: what can't be an address is nobody's.
    pub email: String,
    /// As it was typed.
    pub password: Password,
    /// Of the second factor; not looked at when the account has none.
    pub code: Option<TypedCode>,
    /// What the device calls itself.
    pub device_name: Option<DeviceName>,
    /// How long the session lives.
    pub lifetime: Lifetime,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    /// No account has this e-mail and password. Nobody learns which of them is wrong.
    #[error("e-mail or password is wrong")]
    InvalidCredentials,
    /// They are right, and a code of the second factor is asked for.
    #[error("a code is asked for")]
    SecondFactorRequired,
    /// They are right, and the code is wrong or was used before.
    #[error("the code is wrong")]
    InvalidSecondFactor,
    /// Among others, that so many tries failed that the next one has to wait.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A password that was right a moment ago.
#[derive(Debug, Clone)]
struct Verified {
    hash: String,
    rehashed: Option<String>,
}

/// Begins a session, if the credentials are right. `keep` stores in the same transaction what carries the session on,
/// such as a refresh token; it may run again, as every write may.
///
/// # Errors
/// Why they are not let in. An e-mail that nobody has costs and answers what a wrong password does.
pub async fn sign_in(
    store: &Store,
    passwords: &PasswordHasher,
    credentials: Credentials,
    now: Instant,
    keep: impl FnOnce(&mut Db, &Session) -> storage::Result<()> + Clone + Send + 'static,
) -> Result<Session, NotSignedIn> {
    let Credentials { email, password, code, device_name, lifetime } = credentials;
    let Some(email) = Email::parse(&email) else {
        passwords.verify(password, None).await.map_err(Refusal::from)?;
        return Err(NotSignedIn::InvalidCredentials);
    };
    let guesser = Guesser::signing_in(&email);
    let verified = verify(store, passwords, &email, &guesser, password, now).await?;
    store
        .write(move |db| {
            let judged = judge(db, &email, verified, code.as_ref(), now)?;
            let held = match &judged {
                // No guess: neither a failure, nor a success that would have wrong codes forgotten.
                Err(NotSignedIn::SecondFactorRequired) => guesses::wait(db, &guesser, now)?,
                judged => match guesses::settle(db, &guesser, judged.is_ok(), now)? {
                    Try::Held(wait) => Some(wait),
                    Try::Right | Try::Wrong => None,
                },
            };
            // An error undoes what was done: a code that came too early is not spent.
            if let Some(wait) = held {
                return Err(Refusal::Held(wait));
            }
            // A failure is no error here, so that it stays counted.
            let user = match judged {
                Ok(user) => user,
                Err(failure) => return Ok(Err(failure)),
            };
            let session = Session::begin(user.id, device_name, now, lifetime);
            sessions::store::insert(db, &session)?;
            keep(db, &session)?;
            Ok(Ok(session))
        })
        .await?
}

/// Compares the password with that of the account, and does the same work when there is none.
async fn verify(
    store: &Store,
    passwords: &PasswordHasher,
    email: &Email,
    guesser: &Guesser,
    password: Password,
    now: Instant,
) -> Result<Option<Verified>, Refusal> {
    let (email, guesser) = (email.clone(), guesser.clone());
    let (account, wait) = store
        .read(move |db| {
            let account = accounts::store::find_by_email(db, &email)?;
            Ok::<_, Refusal>((account, guesses::wait(db, &guesser, now)?))
        })
        .await?;
    if let Some(wait) = wait {
        return Err(Refusal::Held(wait));
    }
    let hash = account.map(|account| account.password_hash);
    let verdict = passwords.verify(password, hash.clone()).await?;
    Ok(match (hash, verdict) {
        (Some(hash), Verdict::Right { rehashed }) => Some(Verified { hash, rehashed }),
        _ => None,
    })
}

/// Who it is, with the account locked. A code that is right is spent.
fn judge(
    db: &mut Db,
    email: &Email,
    verified: Option<Verified>,
    code: Option<&TypedCode>,
    now: Instant,
) -> storage::Result<Result<User, NotSignedIn>> {
    let Some(verified) = verified else { return Ok(Err(NotSignedIn::InvalidCredentials)) };
    // While the hash was worked out, the password may have been changed, or the account erased.
    let account = accounts::store::find_locked_by_email(db, email)?;
    let Some(account) = account.filter(|account| account.password_hash == verified.hash) else {
        return Ok(Err(NotSignedIn::InvalidCredentials));
    };
    if let Some(enabled) = second_factor::store::find_enabled(db, &account.user.id)? {
        let Some(code) = code else { return Ok(Err(NotSignedIn::SecondFactorRequired)) };
        if !second_factor::store::spend(db, &account.user.id, &enabled, code, now)? {
            return Ok(Err(NotSignedIn::InvalidSecondFactor));
        }
    }
    if let Some(hash) = verified.rehashed {
        accounts::store::rehash(db, &account.user.id, &hash)?;
    }
    Ok(Ok(account.user))
}
