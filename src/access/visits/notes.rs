//! What the access log says of a visit.

use crate::{
    access::{
        Role, accounts,
        grants::proofs::ReadableDiary,
        sessions::proofs::SignedIn,
        visits::{
            model::{Deed, Visitor, VisitorRole},
            store,
        },
    },
    storage::{Db, refusal::Refusal},
};

/// Notes that somebody who is signed in was let in to others' diaries.
///
/// # Errors
/// When the database fails, and then nobody is let in.
pub fn record(db: &mut Db, who: &SignedIn, diaries: &[ReadableDiary], deed: &Deed) -> Result<(), Refusal> {
    let user = accounts::store::find(db, who.user_id())?.ok_or(Refusal::NotSignedIn)?.user;
    for diary in diaries {
        let visitor = Visitor {
            consent_id: diary.right().consent_id.clone(),
            user: Some((user.id.clone(), user.display_name.clone(), user.email.clone())),
            role: match diary.role() {
                Role::Owner | Role::Contributor => VisitorRole::Contributor,
                Role::Viewer => VisitorRole::Viewer,
            },
        };
        store::record(db, diary.id(), &visitor, deed, who.now())?;
    }
    Ok(())
}
