//! The same for an app and a page.

use crate::{
    access::{
        Caller, Proved,
        accounts::{
            model::{Email, Notice, Password, Reader, SoughtEmail, User},
            store as accounts,
        },
        mail::{
            model::{Letter, MailKey, Mailing, Matter, Recipient},
            store as mail,
        },
        notices::store as notices,
        passwords::PasswordHasher,
    },
    foundation::{
        faults::{FaultCode, Faults},
        fields::Fields,
        language::Language,
    },
    people::{
        confirmation::confirm,
        recovery::steps::{TOKEN, count_letter, wrong_token},
    },
    storage::{Db, refusal::Refusal},
    web::stranger::Stranger,
};

use super::store;

/// Where the address is.
pub const EMAIL: &str = "email";
/// Where the password is.
pub const PASSWORD: &str = "current_password";

/// What somebody says to have another address, or to have the letter sent anew that the present one is confirmed by.
#[derive(Debug, Clone)]
pub struct Wish {
    password: Password,
    email: Email,
}

impl Wish {
    /// Reads a body or a form.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_fields(fields: Fields) -> Result<Self, Faults> {
        fields.said(|fields| {
            let (email, password) = (fields.required(EMAIL), fields.required(PASSWORD));
            email.zip(password).map(|(email, password)| Self { password, email })
        })
    }
}

/// Has letters sent by which an account gets another address, or its present one is confirmed. Until whoever reads them has
/// said so, nothing changes. That the other address is somebody else's already, only they are told, by a letter.
///
/// # Errors
/// That the proof of who they are is too old, that the service sends no mail, that so many letters were asked for that the
/// next one has to wait, another password, or what the database or the hasher refuses.
pub async fn wish(
    caller: &Caller,
    passwords: &PasswordHasher,
    mailing: Mailing,
    language: Option<Language>,
    said: Result<Wish, Faults>,
) -> Result<(), Refusal> {
    caller.read_proved(Ok(()), move |_, _, ()| mailing.needed()).await?;
    let said = said.map(|Wish { password, email }| (password, email));
    let (_, email) = confirm(caller, passwords, PASSWORD, said).await?;
    caller
        .write_proved(Ok(()), move |db, me, ()| {
            let user = accounts::find_locked(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
            if email.key() == user.email.key() {
                return stay(db, me, &user, language);
            }
            let (sought, is_asked) = (SoughtEmail::from(&email), user.email_verified_at.is_some());
            count_letter(db, &sought, Matter::NewAddress, me.now())?;
            let write = |db: &mut Db, matter, to| mail::write(db, &Letter::asking(matter, to, language), me.now());
            // Whoever never showed that they read the mail to the present address is not asked there.
            store::put(db, me, &email, !is_asked)?;
            mail::revoke(db, me.user_id(), &[Matter::NewAddress, Matter::AddressChange])?;
            if accounts::find_by_email(db, &sought)?.is_some() {
                write(db, Matter::AlreadyRegistered, Recipient::Whoever(sought))?;
            } else {
                write(db, Matter::NewAddress, Recipient::At(user.id.clone(), email.clone()))?;
            }
            if is_asked {
                let asking = Letter::asking(Matter::AddressChange, Recipient::Account(user.id), language);
                // Which address they agree to: somebody else may ask for another one at the same time.
                mail::write(db, &Letter { label: Some(email.as_str().to_owned()), ..asking }, me.now())?;
            }
            Ok(())
        })
        .await
}

/// No other address waits any more; and if the present one is not confirmed, a letter goes there.
fn stay(db: &mut Db, me: &Proved, user: &User, language: Option<Language>) -> Result<(), Refusal> {
    store::delete(db, me.user_id())?;
    mail::revoke(db, me.user_id(), ABOUT)?;
    if user.email_verified_at.is_none() {
        count_letter(db, &SoughtEmail::from(&user.email), Matter::Address, me.now())?;
        let to = Recipient::Account(user.id.clone());
        mail::write(db, &Letter::asking(Matter::Address, to, language), me.now())?;
    }
    Ok(())
}

const ABOUT: &[Matter] = &[Matter::Address, Matter::NewAddress, Matter::AddressChange];

/// Takes it from whoever comes with the key of a letter that they read the mail to its address.
///
/// # Errors
/// That the service sends no mail, a fault at the key, or that the database fails.
pub async fn verify(stranger: &Stranger, mailing: Mailing, said: Result<String, Faults>) -> Result<(), Refusal> {
    mailing.needed()?;
    let (key, now) = (MailKey::parse(&said?).ok_or_else(wrong_token)?, stranger.now());
    stranger
        .store
        .write(move |db| {
            let (reader, matter) = mail::redeem(db, &key, ABOUT, now)?.ok_or_else(wrong_token)?;
            let user = accounts::find_locked(db, reader.user_id())?.ok_or_else(wrong_token)?.user;
            if matter != Matter::NewAddress && user.email.key() != reader.address().key() {
                return Err(wrong_token().into());
            }
            if matter == Matter::Address {
                return Ok(accounts::verify_email(db, &reader)?);
            }
            go_on(db, &reader, &user, matter)
        })
        .await
}

/// Notes one of the two words that a change waits for, and makes it if that was the last one.
fn go_on(db: &mut Db, reader: &Reader, user: &User, matter: Matter) -> Result<(), Refusal> {
    let mut change = store::find(db, &user.id, reader.now())?.ok_or_else(wrong_token)?;
    if matter == Matter::NewAddress {
        if reader.address().key() != change.email.key() {
            return Err(wrong_token().into());
        }
        store::confirm(db, reader)?;
        change.is_confirmed = true;
    } else {
        store::agree(db, reader)?;
        change.is_agreed = true;
    }
    if !change.is_confirmed || !change.is_agreed {
        return Ok(());
    }
    if accounts::find_by_email(db, &SoughtEmail::from(&change.email))?.is_some() {
        let why = "is of a letter to an address that is another account's by now";
        return Err(Faults::at(TOKEN, FaultCode::Contradiction, why).into());
    }
    accounts::change_email(db, reader, &change.email)?;
    store::delete(db, &user.id)?;
    // What was sent to the address before opens nothing any more.
    mail::revoke(db, &user.id, &Matter::ALL)?;
    let to = Recipient::At(user.id.clone(), user.email.clone());
    // Whoever has the account by now is told in the app; whoever had it reads their mail there.
    Ok(notices::tell_at(db, &user.id, to, (Notice::EmailChanged, None), reader.now())?)
}
