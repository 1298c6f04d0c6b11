//! The accounts of made-up people.

use crate::{
    access::accounts::{
        model::{Email, Password, User},
        store,
    },
    foundation::{
        clock::Instant,
        fields::FromJson,
        party::{Asker, Party},
    },
    people::accounts::registration::{self, NewUser},
    service::Service,
    storage::{Db, Result},
};

/// Everybody's password: these accounts are for looking and for load tests, not for keeping.
pub const PASSWORD: &str = "seven cramps before breakfast";

/// The same, to hash or to sign in with.
///
/// # Errors
/// When nobody could have it.
pub fn password() -> Result<Password, String> {
    Password::from_json(&PASSWORD.into()).map_err(|_| "the password is not accepted".to_owned())
}

/// The service itself, that makes people up.
#[must_use]
pub const fn itself(now: Instant) -> Asker {
    Asker { party: Party::Service, now }
}

/// The hash of it, one for all: each would take as long as thousands of cramps.
///
/// # Errors
/// One line about what went wrong.
pub async fn password_hash(service: &Service) -> Result<String, String> {
    service.passwords.hash(itself(service.clock.now()), password()?).await.map_err(|error| error.to_string())
}

/// An e-mail that is written down here.
///
/// # Errors
/// When it is none.
pub fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).ok_or_else(|| format!("{text} is no e-mail"))
}

/// Opens an account, unless somebody has the e-mail: whoever that is, they are left alone.
pub fn open(db: &mut Db, new: NewUser, password_hash: String, began: Instant) -> Result<Option<User>> {
    if store::find_by_email(db, &(&new.email).into())?.is_some() {
        return Ok(None);
    }
    registration::open(db, new, password_hash, began).map(Some)
}
