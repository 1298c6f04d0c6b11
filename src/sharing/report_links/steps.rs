//! How the owner makes a link, the same from an app and from a page, and how somebody opens it.

use std::slice;

use super::{
    model::{Door, Draft, Link, LinkSecret, Ticket, TypedPasscode},
    store::{self, OpenLink},
};
use crate::{
    access::{
        ReadableDiary, Visit,
        accounts::model::Notice,
        notices::store as notices,
        passwords::{PasswordHasher, Verdict},
        visits::{self, model::Deed, operation::Operation, store::Visits},
    },
    analytics::period::Asked,
    foundation::{faults::Faults, secrets::SharedKey, zones::Zone},
    sharing::consents::model::Consent,
    storage::{Db, Written, refusal::Refusal},
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
    /// What opens its page.
    pub secret: LinkSecret,
    /// What opens its file.
    pub program: LinkSecret,
    /// The key of its file, which is in the health link alone and not in the address that is asked.
    pub key: SharedKey,
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
    let secrets = [Door::Page, Door::Program].map(LinkSecret::random);
    let key = SharedKey::random();
    let (opens, vault) = ((secrets.clone(), key.clone()), visit.vault().clone());
    let (consent, link, visits, time_zone) = visit
        .share(Operation::CreateReportLink, Ok(draft), move |db, diary, draft| {
            let (consent, link) = store::insert(db, &vault, diary, &draft, (&opens.0, &opens.1), passcode_hash)?;
            if let (Written::New(_), Some(owner)) = (&consent, diary.user_id()) {
                notices::tell(db, owner, Notice::LinkMade, None, diary.now())?;
            }
            let id = consent.row().id.clone();
            let visits = visits::store::visits(db, diary.id(), slice::from_ref(&id))?.remove(&id).unwrap_or_default();
            Ok((consent, link, visits, diary.diary().time_zone))
        })
        .await?;
    let [secret, program] = secrets;
    Ok(Made { consent, link, visits, secret, program, key, time_zone })
}

/// What somebody shows to open a link that has a passcode.
#[derive(Debug, Clone)]
pub enum Shown {
    /// What they typed, if anything.
    Passcode(Option<TypedPasscode>),
    /// What they were given for the passcode a moment ago.
    Ticket(Ticket),
}

/// What came of opening a link.
#[derive(Debug)]
pub enum Opened<T> {
    /// What it shows.
    Read(T),
    /// The passcode is wrong, or there was none, and so many are left.
    WrongPasscode(Box<OpenLink>, i32),
}

/// Looks what a link opens, before anybody opens it. Whoever comes by one that is over is noted.
///
/// # Errors
/// When the link opens nothing.
pub async fn look(stranger: &Stranger, secret: LinkSecret, deed: &Deed) -> Result<OpenLink, Refusal> {
    let (asked, now) = (secret.clone(), stranger.now());
    let found = stranger.store.read(move |db| store::find_open(db, &asked, now)).await;
    if matches!(found, Err(Refusal::NotFound)) {
        note_denied(stranger, secret, deed.clone()).await;
    }
    found
}

/// Notes a try that is denied. Whatever becomes of that, the answer stays what it is.
async fn note_denied(stranger: &Stranger, secret: LinkSecret, deed: Deed) {
    let (store, now, known) = (&stranger.store, stranger.now(), secret.clone());
    let noted = async {
        // Whoever made an address up writes nothing.
        match store.read(move |db| store::find_known(db, &known)).await? {
            Some(_) => store.write(move |db| store::note_denied(db, &secret, &deed, now)).await,
            None => Ok(()),
        }
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a try that was denied could not be noted");
    }
}

/// Opens what a link shows. It is read on a snapshot, and noted before it is shown, in a short write that looks whether the
/// link still opens it.
///
/// # Errors
/// When the link opens nothing, too many passcodes were wrong, what is read fails with, or what the hasher refuses.
pub async fn open<T: Send + 'static>(
    stranger: &Stranger,
    passwords: &PasswordHasher,
    (secret, shown): (LinkSecret, Shown),
    deed: Deed,
    read: impl FnOnce(&mut Db, &ReadableDiary, Asked, &OpenLink) -> Result<T, Refusal> + Clone + Send + 'static,
) -> Result<Opened<T>, Refusal> {
    let link = look(stranger, secret.clone(), &deed).await?;
    let (store, now) = (&stranger.store, stranger.now());
    match (&link.link.passcode_hash, shown) {
        (_, Shown::Ticket(ticket)) => {
            if !ticket.opens(&secret, &link.link, now) {
                note_denied(stranger, secret, deed).await;
                return Err(Refusal::NotFound);
            }
        }
        (Some(_), Shown::Passcode(_)) if link.held.is_some() => {
            return Err(Refusal::Held(link.held.unwrap_or_default()));
        }
        (Some(_), Shown::Passcode(None)) => {
            // It was asked for, and not guessed at.
            note_denied(stranger, secret, deed).await;
            let left = link.link.tries_left();
            return Ok(Opened::WrongPasscode(Box::new(link), left));
        }
        (Some(hash), Shown::Passcode(Some(TypedPasscode(passcode)))) => {
            let is_right = passwords.verify(stranger.asker, passcode, hash.clone()).await? != Verdict::Wrong;
            let tried = secret.clone();
            if let Err(left) = store.write(move |db| store::settle(db, &tried, is_right, now)).await? {
                note_denied(stranger, secret, deed).await;
                return Ok(Opened::WrongPasscode(Box::new(link), left));
            }
        }
        (None, Shown::Passcode(_)) => {}
    }
    let opens = secret.clone();
    let found = store
        .read(move |db| {
            let (diary, about, link) = store::opened(db, &opens, now)?;
            read(db, &diary, about, &link)
        })
        .await?;
    store.write(move |db| store::note(db, &secret, &deed, now)).await?;
    Ok(Opened::Read(found))
}
