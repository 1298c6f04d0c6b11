//! The same for an app and a page.

use crate::{
    access::{
        accounts::{
            model::{NewPassword, Notice, Reader, SoughtEmail},
            store as accounts,
        },
        devices::store as devices,
        guesses::{self, Guesser, Try},
        mail::{
            model::{Letter, MailKey, Mailing, Matter, Recipient},
            store as mail,
        },
        notices::store as notices,
        passwords::PasswordHasher,
        sessions::store as sessions,
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::Fields,
        language::Language,
    },
    storage::{Db, refusal::Refusal},
    web::stranger::Stranger,
};

/// Where the key of the letter is.
pub const TOKEN: &str = "token";
/// Where the new password is.
pub const PASSWORD: &str = "password";

/// Has a letter sent to the account that has an address, if there is one. What is done and how long that takes is the same if
/// there is none: whether there is, is looked at when the letter is sent.
///
/// # Errors
/// That the service sends no mail, that so many letters to the address were asked for that the next one has to wait, or that
/// the database fails.
pub async fn ask(
    stranger: &Stranger,
    mailing: Mailing,
    email: &str,
    language: Option<Language>,
) -> Result<(), Refusal> {
    mailing.needed()?;
    let now = stranger.now();
    // What no account can have as its address gets no letter either.
    let Some(sought) = SoughtEmail::typed(email) else { return Ok(()) };
    stranger
        .store
        .write(move |db| {
            count_letter(db, &sought, Matter::PasswordReset, now)?;
            let letter = Letter::asking(Matter::PasswordReset, Recipient::Whoever(sought), language);
            Ok::<_, Refusal>(mail::write(db, &letter, now)?)
        })
        .await
}

/// What somebody says to choose another password.
#[derive(Debug, Clone)]
pub struct Choice {
    key: Option<MailKey>,
    password: NewPassword,
}

impl Choice {
    /// Reads a body or a form.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_fields(fields: Fields) -> Result<Self, Faults> {
        fields.said(|fields| {
            let (token, password) = (fields.required::<String>(TOKEN), fields.required(PASSWORD));
            token.zip(password).map(|(token, password)| Self { key: MailKey::parse(&token), password })
        })
    }
}

/// Gives an account another password, for whoever has the key of a letter. All its sessions end, and no device is known any
/// more. Nobody is signed in by it, and a second factor stays on.
///
/// # Errors
/// That the service sends no mail, faults of what was said, or what the database or the hasher refuses. A password that won't
/// do spends no key.
pub async fn choose(
    stranger: &Stranger,
    passwords: &PasswordHasher,
    mailing: Mailing,
    choice: Result<Choice, Faults>,
) -> Result<(), Refusal> {
    mailing.needed()?;
    let Choice { key, password } = choice?;
    let (Some(key), now) = (key, stranger.now()) else { return Err(wrong_token().into()) };
    let presented = key.clone();
    let found = stranger.store.read(move |db| Ok::<_, Refusal>(mail::find(db, &presented, ABOUT, now)?)).await?;
    let (reader, _) = found.ok_or_else(wrong_token)?;
    let weakness = passwords.judge(stranger.asker, password.clone(), reader.address().clone()).await?;
    if !weakness.is_empty() {
        return Err(weakness.under(PASSWORD).into());
    }
    let hash = passwords.hash(stranger.asker, password.password().clone()).await?;
    stranger
        .store
        .write(move |db| {
            let (reader, _) = mail::redeem(db, &key, ABOUT, now)?.ok_or_else(wrong_token)?;
            change(db, &reader, &hash)
        })
        .await
}

const ABOUT: &[Matter] = &[Matter::PasswordReset];

fn change(db: &mut Db, reader: &Reader, hash: &str) -> Result<(), Refusal> {
    let account = accounts::find_locked(db, reader.user_id())?.ok_or_else(wrong_token)?;
    // Since the letter was sent, the account may have got another address.
    if account.user.email.key() != reader.address().key() {
        return Err(wrong_token().into());
    }
    accounts::reset_password(db, reader, hash)?;
    accounts::verify_email(db, reader)?;
    sessions::end_all(db, reader.user_id(), reader.now())?;
    devices::forget_all(db, reader.user_id())?;
    mail::revoke_resets(db, &account.user)?;
    let sought = SoughtEmail::from(&account.user.email);
    guesses::forget(db, &Guesser::signing_in(&sought))?;
    guesses::forget(db, &Guesser::having_mail_sent(&sought, Matter::PasswordReset.as_str()))?;
    Ok(notices::tell(db, reader.user_id(), Notice::PasswordChanged, None, reader.now())?)
}

/// Counts a letter that somebody asks for: an address gets no more of a sort than one who guesses a password has tries,
/// whether anybody has it or not. Each sort is counted apart, so that nobody is kept from the one that they need.
///
/// # Errors
/// When it had so many that the next one has to wait.
pub fn count_letter(db: &mut Db, sought: &SoughtEmail, about: Matter, now: Instant) -> Result<(), Refusal> {
    match guesses::settle(db, &Guesser::having_mail_sent(sought, about.as_str()), false, now)? {
        Try::Held(wait) => Err(Refusal::Held(wait)),
        Try::Right | Try::Wrong => Ok(()),
    }
}

/// What is wrong with a key that opens nothing.
#[must_use]
pub fn wrong_token() -> Faults {
    Faults::at(
        TOKEN,
        FaultCode::WrongCode,
        "is not of a letter that still works: it was used, is too old, or is cut short",
    )
}
