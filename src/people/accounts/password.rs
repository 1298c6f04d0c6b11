//! Changing the password: the same from an app and from a page.

use crate::{
    access::{
        Caller,
        accounts::{
            model::{NewPassword, Notice, Password},
            store as accounts,
        },
        devices,
        mail::store as mail,
        notices::store as notices,
        passwords::PasswordHasher,
    },
    foundation::{clock::Instant, faults::Faults, fields::Fields},
    people::{
        confirmation::{confirm, wrong_password},
        openings,
    },
    storage::refusal::Refusal,
};

/// Where the present password is.
pub const CURRENT: &str = "current_password";
/// Where the new one is.
pub const NEW: &str = "new_password";
/// Where it is said what else is to end.
pub const END_OPENED_SINCE: &str = "end_opened_since";

/// What somebody says to change the password.
#[derive(Debug, Clone)]
pub struct Change {
    current: Password,
    new: NewPassword,
    end_opened_since: Option<Instant>,
}

impl Change {
    /// Reads a body or a form.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_fields(fields: Fields) -> Result<Self, Faults> {
        fields.said(|fields| {
            let (current, new) = (fields.required(CURRENT), fields.required(NEW));
            let end_opened_since = fields.optional(END_OPENED_SINCE);
            current.zip(new).map(|(current, new)| Self { current, new, end_opened_since })
        })
    }
}

/// Changes the password. Every other session ends with it, no other device is known any more, and what was opened of the
/// diary since a time ends too, if one is named.
///
/// # Errors
/// That the proof of who they are is too old; a fault at either password, a wait after many that were wrong, or what the
/// database or the hasher refuses.
pub async fn change(caller: &Caller, passwords: &PasswordHasher, said: Result<Change, Faults>) -> Result<(), Refusal> {
    let said = said.map(|Change { current, new, end_opened_since }| (current, (new, end_opened_since)));
    let (account, (new, end_opened_since)) = confirm(caller, passwords, CURRENT, said).await?;
    let weakness = passwords.judge(caller.asker(), new.clone(), account.user.email.clone()).await?;
    if !weakness.is_empty() {
        return Err(weakness.under(NEW).into());
    }
    let hash = passwords.hash(caller.asker(), new.password().clone()).await?;
    caller
        .write_proved(Ok(()), move |db, me, ()| {
            // While the new one was hashed, another device may have changed it: what was confirmed is no longer so.
            let present = accounts::find_locked(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?;
            if present.password_hash != account.password_hash {
                return Err(wrong_password(CURRENT).into());
            }
            accounts::change_password(db, me, &hash)?;
            mail::revoke_resets(db, &present.user)?;
            devices::store::forget_others(db, me)?;
            notices::tell(db, me.user_id(), Notice::PasswordChanged, None, me.now())?;
            openings::store::end(db, me, end_opened_since)
        })
        .await
}
