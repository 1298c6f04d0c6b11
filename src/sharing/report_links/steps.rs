//! How the owner makes a link: the same from an app and from a page.

use super::{
    model::{Draft, Link, LinkSecret},
    store,
};
use crate::{
    access::{Visit, passwords::PasswordHasher},
    foundation::{faults::Faults, local_clock::Zone},
    sharing::consents::model::Consent,
    storage::refusal::Refusal,
};

/// A link that was just made. Nobody knows its secret later.
pub struct Made {
    /// What was agreed to.
    pub consent: Consent,
    /// The rest.
    pub link: Link,
    /// What opens it.
    pub secret: LinkSecret,
    /// Where the owner usually is.
    pub time_zone: Zone,
}

/// Makes a link. Its passcode is hashed only for whoever may make one.
///
/// # Errors
/// When the diary is not the caller's own, what is wrong with what they said, or what the hasher refuses.
pub async fn make(visit: &Visit, passwords: &PasswordHasher, said: Result<Draft, Faults>) -> Result<Made, Refusal> {
    let draft = visit
        .own_read(said, |_, diary, draft| {
            // What could not be opened is refused to whoever makes it, not to whoever has it.
            draft.asked.in_diary(diary.today())?;
            Ok(draft)
        })
        .await?;
    let passcode_hash = match draft.passcode.clone() {
        Some(passcode) => Some(passwords.hash(passcode.0).await?),
        None => None,
    };
    let secret = LinkSecret::random();
    let opens = secret.clone();
    let (consent, link, time_zone) = visit
        .own(Ok(draft), move |db, diary, draft| {
            let (consent, link) = store::insert(db, diary, &draft, &opens, passcode_hash)?;
            Ok((consent, link, diary.diary().time_zone))
        })
        .await?;
    Ok(Made { consent, link, secret, time_zone })
}
