//! Changing what an account says of its person: the same from an app and from a page.

use serde_json::{Map, Value, json};

use crate::{
    access::{
        Caller,
        accounts::{
            model::{Muted, User},
            store as accounts,
        },
    },
    foundation::{
        faults::Faults,
        fields::{self, Fields},
        language::Language,
        values::Name,
        zones::Zone,
    },
    storage::refusal::Refusal,
};

/// What a person may change.
#[derive(PartialEq)]
struct Profile {
    display_name: Option<Name>,
    time_zone: Zone,
    language: Option<Language>,
    muted: Muted,
}

impl Profile {
    fn of(user: &User) -> Self {
        Self {
            display_name: user.display_name.clone(),
            time_zone: user.time_zone,
            language: user.language,
            muted: user.muted.clone(),
        }
    }

    /// With what a merge patch (RFC 7396) says.
    fn patched(&self, user: &User, patch: Map<String, Value>) -> Result<Self, Faults> {
        let present = [
            ("display_name", json!(self.display_name)),
            ("time_zone", json!(self.time_zone.name())),
            ("language", json!(self.language)),
            ("muted_notices", json!(self.muted)),
        ];
        let present = present.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let mut fields = Fields::open(fields::merge(present, patch))?;
        fields.fixed("id", user.id.as_str());
        fields.fixed("email", user.email.as_str());
        fields.fixed("kind", user.kind.as_str());
        fields.ignore(&["created_at", "updated_at", "email_verified"]);
        fields.said(|fields| {
            let (display_name, language) = (fields.optional("display_name"), fields.optional("language"));
            let (time_zone, muted) = (fields.required("time_zone"), fields.required("muted_notices"));
            time_zone.zip(muted).map(|(time_zone, muted)| Self { display_name, time_zone, language, muted })
        })
    }
}

/// Changes what a merge patch says.
///
/// # Errors
/// Every fault of the patch, that the session is over, or that the database fails.
pub async fn change(caller: &Caller, patch: Result<Map<String, Value>, Faults>) -> Result<User, Refusal> {
    caller
        .write(patch, |db, me, patch| {
            let user = accounts::find_locked(db, me.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
            let before = Profile::of(&user);
            let after = before.patched(&user, patch)?;
            if after == before {
                return Ok(user);
            }
            let Profile { display_name, time_zone, language, muted } = after;
            let user = User { display_name, time_zone, language, muted, updated_at: me.now(), ..user };
            accounts::update(db, &user)?;
            Ok(user)
        })
        .await
}
