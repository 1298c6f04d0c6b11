//! How the owner invites somebody: the same from an app and from a page.

use super::model::{Draft, InvitationCode};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::{faults::Faults, zones::Zone},
    sharing::consents::{model::Consent, store as consents},
    storage::refusal::Refusal,
};

/// An invitation that was just made. Nobody knows its code later.
pub struct Invited {
    /// What was agreed to.
    pub consent: Consent,
    /// What redeems it.
    pub code: InvitationCode,
    /// Where the owner usually is.
    pub time_zone: Zone,
}

/// Makes an invitation.
///
/// # Errors
/// When the diary is not the caller's own, their proof of who they are is too old, or what is wrong with what they said.
pub async fn invite(visit: &Visit, said: Result<Draft, Faults>) -> Result<Invited, Refusal> {
    let code = InvitationCode::random();
    let hash = code.hash();
    let (consent, time_zone) = visit
        .share(Operation::CreateInvitation, said, move |db, diary, draft| {
            let consent = draft.consent(diary.now());
            consents::insert(db, diary, &consent, &hash)?;
            Ok((consent, diary.diary().time_zone))
        })
        .await?;
    Ok(Invited { consent, code, time_zone })
}
