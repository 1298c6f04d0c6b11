//! How somebody adds a passkey, and removes it again: the same from an app and from a page.

use std::sync::Arc;

use crate::{
    access::{
        Caller,
        accounts::{self, model::Notice},
        notices::store as notices,
        passkeys::{
            model::{Asked, Ceremonies, NewCredential, Passkey},
            store,
        },
        sessions,
    },
    foundation::{faults::Faults, fields::Fields, ids::Id, values::Name},
    people::second_factor::{self, model::RecoveryCode, steps::wrong_passkey},
    storage::refusal::Refusal,
};

/// Where the browser's answer is.
pub const CREDENTIAL: &str = "credential";
/// Where it is said what it is called.
pub const NAME: &str = "name";

/// A passkey that a browser has made, and what it is called.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What the browser has made.
    pub credential: NewCredential,
    /// What it is called.
    pub name: Name,
}

impl Draft {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_fields(fields: Fields) -> Result<Self, Faults> {
        fields.said(|fields| {
            let (credential, name) = (fields.required(CREDENTIAL), fields.required(NAME));
            credential.zip(name).map(|(credential, name)| Self { credential, name })
        })
    }
}

/// Why no passkey is added.
#[derive(Debug)]
pub enum NotAdded {
    /// At the address of this service, browsers make none.
    NotHere,
    /// Something else is in the way.
    Refused(Refusal),
}

impl From<Refusal> for NotAdded {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A passkey that was added, and what is shown this once.
#[derive(Debug)]
pub struct Added {
    /// The passkey.
    pub passkey: Passkey,
    /// For whoever loses it, where the account had none.
    pub recovery_codes: Option<Vec<RecoveryCode>>,
}

/// What a browser needs to make a passkey.
///
/// # Errors
/// That the proof of who they are is too old, that there are as many as fit, that there are none here, or what the database
/// refuses.
pub async fn begin(caller: &Caller, ceremonies: Arc<Ceremonies>) -> Result<Asked, NotAdded> {
    let asked = caller
        .write_proved(Ok(()), move |db, me, ()| {
            let account = accounts::store::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
            let present = store::all(db, me)?;
            let Some(asked) = ceremonies.asks_for_a_new_one(&account.user, &present) else { return Ok(None) };
            store::has_room(db, me)?;
            store::ask_in_session(db, me, asked.challenge())?;
            Ok(Some(asked))
        })
        .await?;
    asked.ok_or(NotAdded::NotHere)
}

/// Adds what the browser has made. The first thing beside the password ends all other sessions, since nobody showed it
/// there.
///
/// # Errors
/// That the proof of who they are is too old, that there are as many as fit; a fault at the credential when it is not what
/// was asked for, or what the database refuses.
pub async fn finish(
    caller: &Caller,
    ceremonies: Arc<Ceremonies>,
    said: Result<Draft, Faults>,
) -> Result<Added, Refusal> {
    let codes = RecoveryCode::fresh();
    let added = caller
        .write_proved(said, move |db, me, Draft { credential, name }| {
            // That it is not taken is no error, so that what was asked stays spent.
            if !store::answer_in_session(db, me, credential.challenge())? {
                return Ok(None);
            }
            let account = accounts::store::find(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
            let Some(made) = ceremonies.made(&account.user, &credential) else { return Ok(None) };
            let is_first = !second_factor::store::factors(db, me.user_id())?.are_any();
            let Some(passkey) = store::insert(db, me, (name, made))? else { return Ok(None) };
            let label = Some(passkey.name.as_str());
            notices::tell(db, me.user_id(), Notice::PasskeyAdded, label, me.now())?;
            if is_first {
                sessions::store::end_others(db, me.user_id(), me.session_id(), me.now())?;
            }
            let has_codes = second_factor::store::recovery_codes_left(db, me.user_id())? > 0;
            if !has_codes {
                second_factor::store::set_recovery_codes(db, me, &codes)?;
            }
            Ok(Some(Added { passkey, recovery_codes: (!has_codes).then_some(codes) }))
        })
        .await?;
    added.ok_or_else(|| wrong_passkey(CREDENTIAL))
}

/// Removes a passkey. With the last thing beside the password, the recovery codes go.
///
/// # Errors
/// That the proof of who they are is too old, or what the database refuses.
pub async fn remove(caller: &Caller, id: Id) -> Result<(), Refusal> {
    caller
        .write_proved(Ok(id), |db, me, id| {
            let present = store::all(db, me)?.into_iter().find(|passkey| passkey.id == id);
            store::remove(db, me, &id)?;
            if let Some(Passkey { name, .. }) = present {
                notices::tell(db, me.user_id(), Notice::PasskeyRemoved, Some(name.as_str()), me.now())?;
            }
            Ok(second_factor::store::forget_unneeded_codes(db, me.user_id())?)
        })
        .await
}
