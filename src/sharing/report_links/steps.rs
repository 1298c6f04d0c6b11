//! How the owner makes a link, the same from an app and from a page, and how somebody opens it.

use std::slice;

use super::{
    model::{Draft, Link, LinkSecret, TypedPasscode},
    store::{self, OpenLink},
};
use crate::{
    access::{
        Visit,
        passwords::{PasswordHasher, Verdict},
        visits::{self, operation::Operation, store::Visits},
    },
    foundation::{faults::Faults, zones::Zone},
    reports::findings::{Findings, LogLength},
    sharing::consents::model::Consent,
    storage::{Written, refusal::Refusal},
    web::stranger::Stranger,
};

/// A link that was just made. Nobody knows its secret later.
pub struct Made {
    /// What was agreed to, now or when this was asked before.
    pub consent: Written<Consent>,
    /// The rest.
    pub link: Link,
    /// How often it was opened, which is never when it is new.
    pub visits: Visits,
    /// What opens it.
    pub secret: LinkSecret,
    /// Where the owner usually is.
    pub time_zone: Zone,
}

/// Makes a link. Its passcode is hashed only for whoever may make one. Making it again gives it a new address, and the
/// passcode that is said then.
///
/// # Errors
/// When there is another one of this id, or it has ended; when the diary is not the caller's own, their proof of who they are
/// is too old, what is wrong with what they said, or what the hasher refuses.
pub async fn make(visit: &Visit, passwords: &PasswordHasher, said: Result<Draft, Faults>) -> Result<Made, Refusal> {
    let draft = visit
        .read_to_share(Operation::CreateReportLink, said, |_, diary, draft| {
            // What could not be opened is refused to whoever makes it, not to whoever has it.
            draft.asked.in_diary(diary.today())?;
            Ok(draft)
        })
        .await?;
    let passcode_hash = match draft.passcode.clone() {
        Some(passcode) => Some(passwords.hash(visit.asker(), passcode.0).await?),
        None => None,
    };
    let secret = LinkSecret::random();
    let opens = secret.clone();
    let (consent, link, visits, time_zone) = visit
        .share(Operation::CreateReportLink, Ok(draft), move |db, diary, draft| {
            let (consent, link) = store::insert(db, diary, &draft, &opens, passcode_hash)?;
            let id = consent.row().id.clone();
            let visits = visits::store::visits(db, diary.id(), slice::from_ref(&id))?.remove(&id).unwrap_or_default();
            Ok((consent, link, visits, diary.diary().time_zone))
        })
        .await?;
    Ok(Made { consent, link, visits, secret, time_zone })
}

/// What came of opening a link.
#[derive(Debug)]
pub enum Opened {
    /// What the report says.
    Report(Box<Findings>),
    /// The passcode is wrong, or there was none.
    WrongPasscode(Box<OpenLink>),
}

/// Looks what a link opens, before anybody opens it. Whoever comes by one that is over is noted.
///
/// # Errors
/// When the link opens nothing.
pub async fn look(stranger: &Stranger, secret: LinkSecret) -> Result<OpenLink, Refusal> {
    let (asked, now) = (secret.clone(), stranger.now());
    let found = stranger.store.read(move |db| store::find_open(db, &asked, now)).await;
    if matches!(found, Err(Refusal::NotFound)) {
        note_denied(stranger, secret).await;
    }
    found
}

/// Notes a try that is denied. Whatever becomes of that, the answer stays what it is.
async fn note_denied(stranger: &Stranger, secret: LinkSecret) {
    let (store, now, known) = (&stranger.store, stranger.now(), secret.clone());
    let noted = async {
        // Whoever made an address up writes nothing.
        match store.read(move |db| store::find_known(db, &known)).await? {
            Some(_) => store.write(move |db| store::note_denied(db, &secret, now)).await,
            None => Ok(()),
        }
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a try that was denied could not be noted");
    }
}

/// Opens the report by a link. It is read on a snapshot, and noted before it is shown, in a short write that looks whether
/// the link still opens it.
///
/// # Errors
/// When the link opens nothing, too many passcodes were wrong, the period can't be reported on, or what the hasher
/// refuses.
pub async fn open(
    stranger: &Stranger,
    passwords: &PasswordHasher,
    secret: LinkSecret,
    passcode: Option<TypedPasscode>,
    log: LogLength,
) -> Result<Opened, Refusal> {
    let link = look(stranger, secret.clone()).await?;
    let (store, now, secret) = (&stranger.store, stranger.now(), &secret);
    if let Some(wait) = link.held {
        return Err(Refusal::Held(wait));
    }
    if let Some(hash) = &link.link.passcode_hash {
        let is_right = match passcode {
            Some(TypedPasscode(passcode)) => {
                passwords.verify(stranger.asker, passcode, hash.clone()).await? != Verdict::Wrong
            }
            None => false,
        };
        let tried = secret.clone();
        if !store.write(move |db| store::settle(db, &tried, is_right, now)).await? {
            note_denied(stranger, secret.clone()).await;
            return Ok(Opened::WrongPasscode(Box::new(link)));
        }
    }
    let read = secret.clone();
    let findings = store.read(move |db| store::report(db, &read, log, now)).await?;
    let shown = secret.clone();
    store.write(move |db| store::note(db, &shown, now)).await?;
    Ok(Opened::Report(Box::new(findings)))
}
