//! How the owner invites somebody: the same from an app and from a page.

use super::model::{Draft, InvitationCode};
use crate::{
    access::{Visit, visits::operation::Operation},
    foundation::{faults::Faults, zones::Zone},
    sharing::consents::{model::Consent, store as consents},
    storage::{Written, refusal::Refusal},
};

/// An invitation that was just made. Nobody knows its code later.
pub struct Invited {
    /// What was agreed to, now or when this was asked before.
    pub consent: Written<Consent>,
    /// What redeems it.
    pub code: InvitationCode,
    /// Where the owner usually is.
    pub time_zone: Zone,
}

/// Makes an invitation. Making it again gives it a new code.
///
/// # Errors
/// When there is another one of this id, or it has ended; when the diary is not the caller's own, their proof of who they are
/// is too old, or what is wrong with what they said.
pub async fn invite(visit: &Visit, said: Result<Draft, Faults>) -> Result<Invited, Refusal> {
    let code = InvitationCode::random();
    let hash = code.hash();
    let (consent, time_zone) = visit
        .share(Operation::CreateInvitation, said, move |db, diary, draft| {
            let consent = consents::insert(db, diary, draft.consent(diary.now()), &[hash])?;
            Ok((consent, diary.diary().time_zone))
        })
        .await?;
    Ok(Invited { consent, code, time_zone })
}
