//! What the access log says of a visit.

use std::time::Duration;

use crate::{
    access::{
        Role,
        accounts::{self, model::User},
        grants::{model::Ended, proofs::ReadableDiary},
        sessions::proofs::SignedIn,
        visits::{
            model::{Deed, Visitor, VisitorRole},
            operation::Operation,
            store,
        },
    },
    foundation::{ids::Id, values::Name},
    storage::{Db, refusal::Refusal},
};

/// Notes that somebody who is signed in was let in to others' diaries, or by a token to their own.
///
/// # Errors
/// When the database fails, and then nobody is let in.
pub fn record(db: &mut Db, who: &SignedIn, diaries: &[ReadableDiary], deed: &Deed) -> Result<(), Refusal> {
    let user = accounts::store::find(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
    for diary in diaries {
        let visitor = visitor(&user, diary.right().consent_id.clone(), diary.role(), diary.token_name());
        store::record(db, diary.id(), &visitor, deed, who.now())?;
    }
    Ok(())
}

/// Whether it was noted within ten minutes that somebody did this, by the right that they have.
///
/// # Errors
/// When the database fails.
pub fn is_noted_lately(db: &mut Db, who: &SignedIn, diary: &ReadableDiary, what: Operation) -> Result<bool, Refusal> {
    const LATELY: Duration = Duration::from_mins(10);
    let by = (diary.right().consent_id.as_ref(), diary.token_name());
    Ok(store::is_noted_since(db, diary.id(), by, what, who.now().minus(LATELY))?)
}

/// Notes that somebody who is signed in was not let in to a diary any more.
///
/// # Errors
/// When the database fails.
pub fn record_denied(db: &mut Db, who: &SignedIn, diary_id: &Id, had: Ended, deed: &Deed) -> Result<(), Refusal> {
    let user = accounts::store::find(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
    let visitor = visitor(&user, Some(had.consent_id), had.role, who.token().map(|token| &token.name));
    Ok(store::record(db, diary_id.as_str(), &visitor, deed, who.now())?)
}

fn visitor(user: &User, consent_id: Option<Id>, role: Role, token: Option<&Name>) -> Visitor {
    Visitor {
        consent_id,
        user: Some((user.id.clone(), user.display_name.clone(), user.email.clone())),
        role: match role {
            Role::Owner => VisitorRole::Owner,
            Role::Contributor => VisitorRole::Contributor,
            Role::Viewer => VisitorRole::Viewer,
        },
        token_name: token.cloned(),
    }
}
