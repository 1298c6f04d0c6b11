//! How the owner takes a consent back: the same from an app and from a page.

use super::{
    model::{Kind, WithdrawnBy},
    store,
};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::ids::Id,
    storage::refusal::Refusal,
};

/// Ends what rests on a consent of the owner's, of a kind if one is named. Ending it again does nothing.
///
/// # Errors
/// When there is none of this id and kind.
pub async fn withdraw(visit: &Visit, id: Id, kind: Option<Kind>) -> Result<(), Refusal> {
    let operation = match kind {
        Some(Kind::Invitation) => Operation::RevokeInvitation,
        Some(Kind::ReportLink) => Operation::RevokeReportLink,
        None => Operation::RevokeGrant,
    };
    visit
        .own(operation, Ok(id), move |db, diary, id| {
            let consent = store::find(db, diary.id(), &id)?;
            consent.filter(|consent| kind.is_none_or(|kind| consent.kind == kind)).ok_or(Refusal::NotFound)?;
            Ok(store::withdraw(db, diary.id(), &id, WithdrawnBy::Owner, diary.now())?)
        })
        .await
}
