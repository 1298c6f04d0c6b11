//! Signing somebody in, whatever they sign in with it: an app that gets tokens, or a page that gets a cookie.

use crate::{
    access::{
        accounts::{
            self,
            model::{Notice, Password, SoughtEmail, User},
        },
        devices::{self, model::DeviceToken},
        guesses::{self, Guesser, Try},
        notices::store as notices,
        passkeys::{self, model::Shown},
        passwords::{PasswordHasher, Verdict},
        sessions::{
            self,
            model::{Lifetime, Session},
        },
    },
    foundation::{clock::Instant, values::DeviceName},
    people::second_factor::{
        self,
        model::{Factor, Second},
    },
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
    pub second: Option<Second>,
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
    /// They are right, and one of these is asked for as well.
    #[error("a second factor is asked for")]
    SecondFactorRequired(Vec<Factor>),
    /// They are right, and what was shown beside them is wrong or was used before.
    #[error("the second factor is wrong")]
    InvalidSecondFactor,
    /// No account has the passkey, or it has not signed what was asked for.
    #[error("the passkey is not taken")]
    InvalidPasskey,
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
    let Credentials { email, password, second, device_name, device, lifetime } = credentials;
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
            let judged = judge(db, &vault, &email, verified, second.as_ref(), now)?;
            let held = match &judged {
                // No guess: neither a failure, nor a success that would have wrong codes forgotten.
                Err(NotSignedIn::SecondFactorRequired(_)) => guesses::wait(db, &guesser, now)?,
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
            Ok(Ok(begin(db, user, session, (device, fresh), keep)?))
        })
        .await?
}

/// What somebody who comes with a passkey says besides.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What the device calls itself.
    pub device_name: Option<DeviceName>,
    /// What the device got at an earlier sign-in, if there was one.
    pub device: Option<DeviceToken>,
    /// How long the session lives.
    pub lifetime: Lifetime,
}

/// Begins a session of whoever has a passkey, which is two factors by itself: the device, and that it is they who use it.
/// Nothing of it can be guessed, so nobody is held up by those who guess the password. `keep` is as in [`sign_in`].
///
/// # Errors
/// That it is not taken: the same answer whether it is unknown or has not signed what was asked for.
pub async fn sign_in_by_passkey(
    stranger: &Stranger,
    shown: Shown,
    arrival: Arrival,
    keep: impl FnOnce(&mut Db, &Session) -> storage::Result<()> + Clone + Send + 'static,
) -> Result<Begun, NotSignedIn> {
    let Arrival { device_name, device, lifetime } = arrival;
    let (now, fresh) = (stranger.now(), DeviceToken::random());
    stranger
        .store
        .write(move |db| {
            // A failure is no error here, so that what was asked stays spent.
            let Some(account) = passkeys::store::judge(db, &shown, now)? else {
                return Ok(Err(NotSignedIn::InvalidPasskey));
            };
            let session = Session::begin(account.user.id.clone(), device_name, now, lifetime);
            Ok::<_, Refusal>(Ok(begin(db, account.user, session, (device, fresh), keep)?))
        })
        .await?
}

/// The session of somebody who has shown who they are, on a device that is known from then on.
fn begin(
    db: &mut Db,
    user: User,
    session: Session,
    (device, fresh): (Option<DeviceToken>, DeviceToken),
    keep: impl FnOnce(&mut Db, &Session) -> storage::Result<()>,
) -> storage::Result<Begun> {
    sessions::store::insert(db, &session)?;
    keep(db, &session)?;
    let device = match device {
        Some(known) if devices::store::used(db, &known, &session)? => known,
        _ => {
            // Whoever has none yet knows of this one.
            if devices::store::any(db, &user.id, session.created_at)? {
                let called = session.device_name.as_ref().map(DeviceName::as_str);
                notices::tell(db, &user.id, Notice::NewDevice, called, session.created_at)?;
            }
            devices::store::insert(db, &fresh, &session)?;
            fresh
        }
    };
    Ok(Begun { user, session, device })
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

/// Who it is, with the account locked. What is shown beside the password is spent.
fn judge(
    db: &mut Db,
    vault: &Vault,
    email: &SoughtEmail,
    verified: Option<Verified>,
    second: Option<&Second>,
    now: Instant,
) -> storage::Result<Result<User, NotSignedIn>> {
    let Some(verified) = verified else { return Ok(Err(NotSignedIn::InvalidCredentials)) };
    // While the hash was worked out, the password may have been changed, or the account erased.
    let account = accounts::store::find_locked_by_email(db, email)?;
    let Some(account) = account.filter(|account| account.password_hash == verified.hash) else {
        return Ok(Err(NotSignedIn::InvalidCredentials));
    };
    let factors = second_factor::store::factors(db, &account.user.id)?;
    if factors.are_any() {
        let Some(second) = second else { return Ok(Err(NotSignedIn::SecondFactorRequired(factors.which()))) };
        if !second_factor::store::is_right(db, vault, &account.user.id, second, now)? {
            return Ok(Err(NotSignedIn::InvalidSecondFactor));
        }
    }
    if let Some(hash) = verified.rehashed {
        accounts::store::rehash(db, &account.user.id, &hash)?;
    }
    Ok(Ok(account.user))
}
