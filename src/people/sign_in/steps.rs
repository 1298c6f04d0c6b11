//! Signing somebody in, whatever they sign in with it: an app that gets tokens, or a page that gets a cookie.

use crate::{
    access::{
        accounts::{
            self,
            model::{Password, SoughtEmail, User},
        },
        devices::{self, model::DeviceToken},
        guesses::{self, Guesser, Try},
        passwords::{PasswordHasher, Verdict},
        sessions::{
            self,
            model::{Lifetime, Session},
        },
    },
    foundation::{clock::Instant, values::DeviceName},
    people::second_factor::{self, model::TypedCode},
    storage::{self, Db, refusal::Refusal, vault::Vault},
    web::stranger::Stranger,
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
    /// What the device got at an earlier sign-in, if there was one.
    pub device: Option<DeviceToken>,
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

/// A session that has begun, and what its device is known by from now on.
#[derive(Debug)]
pub struct Begun {
    /// Who it is.
    pub user: User,
    /// The session.
    pub session: Session,
    /// For the next sign-in on this device.
    pub device: DeviceToken,
}

/// A password that was right a moment ago.
#[derive(Debug, Clone)]
struct Verified {
    hash: String,
    rehashed: Option<String>,
}

/// What is known before the account is locked.
struct Seen {
    guesser: Guesser,
    verified: Option<Verified>,
}

/// Begins a session, if the credentials are right. `keep` stores in the same transaction what carries the session on,
/// such as a refresh token; it may run again, as every write may.
///
/// # Errors
/// Why they are not let in. An e-mail that nobody has costs and answers what a wrong password does.
pub async fn sign_in(
    stranger: &Stranger,
    passwords: &PasswordHasher,
    credentials: Credentials,
    keep: impl FnOnce(&mut Db, &Session) -> storage::Result<()> + Clone + Send + 'static,
) -> Result<Begun, NotSignedIn> {
    let Credentials { email, password, code, device_name, device, lifetime } = credentials;
    let now = stranger.now();
    let Some(email) = SoughtEmail::typed(&email) else {
        passwords.sign_in(stranger.asker, password, None).await.map_err(Refusal::from)?;
        return Err(NotSignedIn::InvalidCredentials);
    };
    let Seen { guesser, verified } = verify(stranger, passwords, &email, device.as_ref(), password).await?;
    let (fresh, vault) = (DeviceToken::random(), stranger.store.vault().clone());
    stranger
        .store
        .write(move |db| {
            let judged = judge(db, &vault, &email, verified, code.as_ref(), now)?;
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
            let session = Session::begin(user.id.clone(), device_name, now, lifetime);
            sessions::store::insert(db, &session)?;
            keep(db, &session)?;
            let device = match device {
                Some(known) if devices::store::used(db, &known, &session)? => known,
                _ => {
                    devices::store::insert(db, &fresh, &session)?;
                    fresh
                }
            };
            Ok(Ok(Begun { user, session, device }))
        })
        .await?
}

/// Compares the password with that of the account, and does the same work when there is none. A device that is known to
/// the account has tries of its own; any other is a stranger's.
async fn verify(
    stranger: &Stranger,
    passwords: &PasswordHasher,
    email: &SoughtEmail,
    device: Option<&DeviceToken>,
    password: Password,
) -> Result<Seen, Refusal> {
    let (email, device, now) = (email.clone(), device.cloned(), stranger.now());
    let (account, guesser, wait) = stranger
        .store
        .read(move |db| {
            let account = accounts::store::find_by_email(db, &email)?;
            let owner = device.as_ref().map_or(Ok(None), |device| devices::store::owner(db, device, now))?;
            let known =
                device.filter(|_| owner.is_some() && owner == account.as_ref().map(|known| known.user.id.clone()));
            let guesser = known.map_or_else(|| Guesser::signing_in(&email), |device| Guesser::signing_in_on(&device));
            let wait = guesses::wait(db, &guesser, now)?;
            Ok::<_, Refusal>((account, guesser, wait))
        })
        .await?;
    if let Some(wait) = wait {
        return Err(Refusal::Held(wait));
    }
    let hash = account.map(|account| account.password_hash);
    let verdict = passwords.sign_in(stranger.asker, password, hash.clone()).await?;
    let verified = match (hash, verdict) {
        (Some(hash), Verdict::Right { rehashed }) => Some(Verified { hash, rehashed }),
        _ => None,
    };
    Ok(Seen { guesser, verified })
}

/// Who it is, with the account locked. A code that is right is spent.
fn judge(
    db: &mut Db,
    vault: &Vault,
    email: &SoughtEmail,
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
    if second_factor::store::is_on(db, &account.user.id)? {
        let Some(code) = code else { return Ok(Err(NotSignedIn::SecondFactorRequired)) };
        if !second_factor::store::spend(db, vault, &account.user.id, code, now)? {
            return Ok(Err(NotSignedIn::InvalidSecondFactor));
        }
    }
    if let Some(hash) = verified.rehashed {
        accounts::store::rehash(db, &account.user.id, &hash)?;
    }
    Ok(Ok(account.user))
}
