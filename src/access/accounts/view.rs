//! How an account is shown to whoever has it.

use serde::Serialize;

use crate::{
    access::accounts::model::{Email, Kind, Muted, User},
    foundation::{clock::Instant, ids::Id, language::Language, values::Name},
};

/// An account without its secrets.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct UserView<'a> {
    pub id: &'a Id,
    pub email: &'a Email,
    pub email_verified: bool,
    pub display_name: Option<&'a Name>,
    pub kind: Kind,
    pub time_zone: &'static str,
    pub language: Option<Language>,
    pub muted_notices: &'a Muted,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: &user.id,
            email: &user.email,
            email_verified: user.email_verified_at.is_some(),
            display_name: user.display_name.as_ref(),
            kind: user.kind,
            time_zone: user.time_zone.name(),
            language: user.language,
            muted_notices: &user.muted,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}
