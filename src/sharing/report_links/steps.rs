//! How the owner makes a link, the same from an app and from a page, and how somebody opens it.

use super::{
    model::{Draft, Link, LinkSecret},
    store::{self, OpenLink},
};
use crate::{
    access::{
        Visit,
        accounts::model::Password,
        passwords::{PasswordHasher, Verdict},
    },
    foundation::{clock::Instant, faults::Faults, local_clock::Zone},
    reports::findings::Findings,
    sharing::consents::model::Consent,
    storage::{Store, refusal::Refusal},
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
/// When the diary is not the caller's own, their proof of who they are is too old, what is wrong with what they said, or
/// what the hasher refuses.
pub async fn make(visit: &Visit, passwords: &PasswordHasher, said: Result<Draft, Faults>) -> Result<Made, Refusal> {
    let draft = visit
        .read_to_share(said, |_, diary, draft| {
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
        .share(Ok(draft), move |db, diary, draft| {
            let (consent, link) = store::insert(db, diary, &draft, &opens, passcode_hash)?;
            Ok((consent, link, diary.diary().time_zone))
        })
        .await?;
    Ok(Made { consent, link, secret, time_zone })
}

/// What came of opening a link.
#[derive(Debug)]
pub enum Opened {
    /// What the report says.
    Report(Box<Findings>),
    /// The passcode is wrong, or there was none.
    WrongPasscode(Box<OpenLink>),
}

/// Opens the report by a link. It is read on a snapshot, and noted before it is shown, in a short write that looks whether
/// the link still opens it.
///
/// # Errors
/// When the link opens nothing, too many passcodes were wrong, the period can't be reported on, or what the hasher
/// refuses.
pub async fn open(
    store: &Store,
    passwords: &PasswordHasher,
    secret: LinkSecret,
    passcode: Option<Password>,
    now: Instant,
) -> Result<Opened, Refusal> {
    let secret = &secret;
    let asked = secret.clone();
    let link = store.read(move |db| store::find_open(db, &asked, now)).await?;
    if let Some(wait) = link.held {
        return Err(Refusal::Held(wait));
    }
    if let Some(hash) = &link.link.passcode_hash {
        let is_right = match passcode {
            Some(passcode) => passwords.verify(passcode, Some(hash.clone())).await? != Verdict::Wrong,
            None => false,
        };
        let tried = secret.clone();
        if !store.write(move |db| store::settle(db, &tried, is_right, now)).await? {
            return Ok(Opened::WrongPasscode(Box::new(link)));
        }
    }
    let read = secret.clone();
    let findings = store.read(move |db| store::report(db, &read, now)).await?;
    let shown = secret.clone();
    store.write(move |db| store::note(db, &shown, now)).await?;
    Ok(Opened::Report(Box::new(findings)))
}
