//! Links to the report in the database.

use std::{collections::HashMap, time::Duration};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{Draft, Link, LinkSecret};
use crate::{
    access::{
        self, ReadableDiary, SharableDiary,
        guesses::{self, Guesser, Try},
        visits::{
            self,
            model::{Deed, Outcome, Visitor, VisitorRole},
        },
    },
    analytics::period::Asked,
    foundation::{clock::Instant, ids::Id, sealed::Place, secrets::SharedKey},
    sharing::{
        consents::{
            self,
            model::{Consent, Kind},
        },
        deliveries::{self, store::Happening},
        webhooks::model::Event,
    },
    storage::{
        Db, Error, Result, Written, on_engine,
        refusal::Refusal,
        schema::report_links,
        vault::{Looked, Vault},
    },
};

/// Where the key of a link's file is sealed.
fn place(diary_id: &str, id: &str) -> Place {
    Place::of("report_links", "sealed_health_key", &[diary_id, id])
}

/// Makes a link, or gives one that was made before a new secret and a new passcode.
///
/// # Errors
/// When there are as many as fit, there is another one of this id, or it has ended.
pub fn insert(
    db: &mut Db,
    vault: &Vault,
    diary: &SharableDiary,
    draft: &Draft,
    (secrets, key): (&[LinkSecret; 2], &SharedKey),
    passcode_hash: Option<String>,
) -> Result<(Written<Consent>, Link), Refusal> {
    let link = Link { from: draft.asked.from, to: draft.asked.to, passcode_hash, wrong_passcodes: 0 };
    let sealed =
        |db: &mut Db, id: &Id| vault.sealer(db, diary.now())?.seal(&place(diary.id(), id.as_str()), key.expose());
    let consent = match consents::store::insert(
        db,
        diary,
        draft.consent(diary.now()),
        &secrets.each_ref().map(LinkSecret::hash),
    )? {
        Written::Replaced(consent) | Written::Unchanged(consent) => {
            let before = find(db, diary.id(), &consent.id)?;
            let has_passcode = |link: &Link| link.passcode_hash.is_some();
            if (before.from, before.to, has_passcode(&before)) != (link.from, link.to, has_passcode(&link)) {
                return Err(Refusal::IdConflict);
            }
            let sealed_health_key = report_links::sealed_health_key.eq(sealed(db, &consent.id)?);
            diesel::update(report_links::table.find((diary.id(), consent.id.as_str())))
                .set((
                    report_links::passcode_hash.eq(&link.passcode_hash),
                    sealed_health_key,
                    report_links::wrong_passcodes.eq(link.wrong_passcodes),
                ))
                .execute(db)?;
            return Ok((Written::Replaced(consent), link));
        }
        Written::New(consent) => consent,
    };
    let sealed_health_key = report_links::sealed_health_key.eq(sealed(db, &consent.id)?);
    diesel::insert_into(report_links::table)
        .values((
            report_links::diary_id.eq(diary.id()),
            report_links::id.eq(consent.id.as_str()),
            report_links::from_date.eq(link.from),
            report_links::to_date.eq(link.to),
            report_links::passcode_hash.eq(&link.passcode_hash),
            sealed_health_key,
            report_links::wrong_passcodes.eq(link.wrong_passcodes),
        ))
        .execute(db)?;
    Ok((Written::New(consent), link))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = report_links)]
struct Row {
    id: String,
    from_date: Option<NaiveDate>,
    to_date: Option<NaiveDate>,
    passcode_hash: Option<String>,
    wrong_passcodes: Option<i32>,
}

impl From<Row> for Link {
    fn from(row: Row) -> Self {
        Self {
            from: row.from_date,
            to: row.to_date,
            passcode_hash: row.passcode_hash,
            wrong_passcodes: row.wrong_passcodes.unwrap_or_default(),
        }
    }
}

/// What there is to a link besides its consent.
///
/// # Errors
/// When there is none of this id.
pub fn find(db: &mut Db, diary_id: &str, id: &Id) -> Result<Link, Refusal> {
    let row: Option<Row> =
        report_links::table.find((diary_id, id.as_str())).select(Row::as_select()).first(db).optional()?;
    row.map(Link::from).ok_or(Refusal::NotFound)
}

/// The same for some links of a diary.
pub fn find_all(db: &mut Db, diary_id: &str, ids: &[Id]) -> Result<HashMap<Id, Link>> {
    let ids: Vec<_> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<Row> = on_engine!(db, |db| {
        let those = report_links::diary_id.eq(diary_id).and(report_links::id.eq_any(ids));
        report_links::table.filter(those).select(Row::as_select()).load(db)
    })?;
    Ok(rows.into_iter().map(|row| (Id::stored(row.id.clone()), Link::from(row))).collect())
}

/// A link that opens the report now.
#[derive(Debug, Clone)]
pub struct OpenLink {
    /// Whose report it is.
    pub diary_id: Id,
    /// The patient's consent.
    pub consent: Consent,
    /// The rest.
    pub link: Link,
    /// Too many wrong passcodes: nothing is opened until then.
    pub held: Option<Duration>,
}

/// What a secret opens now.
///
/// # Errors
/// When it opens nothing: it never did, or does no more.
pub fn find_open(db: &mut Db, secret: &LinkSecret, now: Instant) -> Result<OpenLink, Refusal> {
    let open = consents::store::find_open(db, &secret.hash(), Kind::ReportLink, now)?;
    let (diary_id, consent) = open.ok_or(Refusal::NotFound)?;
    let link = find(db, diary_id.as_str(), &consent.id)?;
    let held = match link.passcode_hash {
        Some(_) => guesses::wait(db, &Guesser::opening(&diary_id, &consent.id), now)?,
        None => None,
    };
    Ok(OpenLink { diary_id, consent, link, held })
}

/// Counts a try with a passcode that was looked at, and says how many are left if it was wrong.
///
/// # Errors
/// When the link opens nothing any more, or too many passcodes were wrong.
pub fn settle(
    db: &mut Db,
    secret: &LinkSecret,
    passcode_is_right: bool,
    now: Instant,
) -> Result<std::result::Result<(), i32>, Refusal> {
    let open = find_open(db, secret, now)?;
    let (diary_id, id) = (open.diary_id.as_str(), &open.consent.id);
    // Of tries at the same time, each sees the ones before.
    let left = find_locked(db, diary_id, id)?.tries_left();
    if left == 0 {
        return Err(Refusal::NotFound);
    }
    match guesses::settle(db, &Guesser::opening(&open.diary_id, id), passcode_is_right, now)? {
        Try::Right => Ok(Ok(())),
        Try::Wrong => {
            let wrong = Link::MOST_WRONG - left + 1;
            let this = report_links::table.find((diary_id, id.as_str()));
            diesel::update(this).set(report_links::wrong_passcodes.eq(wrong)).execute(db)?;
            if left == 1 {
                consents::store::run_out(db, diary_id, id, now)?;
            }
            Ok(Err(left - 1))
        }
        Try::Held(wait) => Err(Refusal::Held(wait)),
    }
}

/// What there is to a link besides its consent, locked until the transaction ends.
fn find_locked(db: &mut Db, diary_id: &str, id: &Id) -> Result<Link, Refusal> {
    let row = report_links::table.find((diary_id, id.as_str()));
    let row: Option<Row> = match db {
        Db::Sqlite(db) => row.select(Row::as_select()).first(db).optional(),
        Db::Postgres(db) => row.select(Row::as_select()).for_update().first(db).optional(),
    }?;
    row.map(Link::from).ok_or(Refusal::NotFound)
}

/// The key of a link's file.
///
/// # Errors
/// When it has none, since it is from before there were any.
pub fn health_key(db: &mut Db, vault: &Vault, link: &OpenLink) -> Result<SharedKey, Refusal> {
    let (diary_id, id) = (link.diary_id.as_str(), link.consent.id.as_str());
    let sealed: Option<Vec<u8>> =
        report_links::table.find((diary_id, id)).select(report_links::sealed_health_key).first(db)?;
    let key = vault.open(&place(diary_id, id), &sealed.ok_or(Refusal::NotFound)?)?;
    Ok(SharedKey::stored(&key).ok_or_else(|| Error::corrupt("key of a health link"))?)
}

/// A diary as whoever has opened a link sees it, and what they asked to see of it by opening it.
///
/// # Errors
/// When the link opens nothing any more.
pub fn opened(db: &mut Db, secret: &LinkSecret, now: Instant) -> Result<(ReadableDiary, Asked, OpenLink), Refusal> {
    let open = find_open(db, secret, now)?;
    let diary = access::through_link(db, &open.diary_id, open.consent.terms.right(open.consent.id.clone()), now)?;
    let about = Asked { from: open.link.from, to: open.link.to, language: open.consent.language };
    Ok((diary, about, open))
}

/// Notes in the access log what is shown. Who takes the link back meanwhile waits for that.
///
/// # Errors
/// When the link opens nothing any more.
pub fn note(db: &mut Db, secret: &LinkSecret, deed: &Deed, now: Instant) -> Result<(), Refusal> {
    let OpenLink { diary_id, consent, .. } = find_open(db, secret, now)?;
    if !consents::store::is_held(db, diary_id.as_str(), &consent.id)? {
        return Err(Refusal::NotFound);
    }
    let what = Happening { event: Event::LinkOpened, diary_id: &diary_id, subject_id: &consent.id, holder: None };
    deliveries::store::announce(db, what, now)?;
    Ok(record(db, &diary_id, consent.id, deed, now)?)
}

/// Which diary's report a secret opens, or opened once, and the consent for it.
pub fn find_known(db: &mut Db, secret: &LinkSecret) -> Result<Option<(Id, Id)>> {
    consents::store::find_known(db, &secret.hash(), Kind::ReportLink)
}

/// Notes in the access log that somebody tried to open the report, by a link that is over or without its passcode.
///
/// # Errors
/// When the database fails.
pub fn note_denied(db: &mut Db, secret: &LinkSecret, deed: &Deed, now: Instant) -> Result<(), Refusal> {
    match find_known(db, secret)? {
        Some((diary_id, consent_id)) => {
            let deed = Deed { outcome: Outcome::Denied, ..deed.clone() };
            Ok(record(db, &diary_id, consent_id, &deed, now)?)
        }
        // Erased a moment ago.
        None => Ok(()),
    }
}

fn record(db: &mut Db, diary_id: &Id, consent_id: Id, deed: &Deed, now: Instant) -> Result<()> {
    let visitor = Visitor { consent_id: Some(consent_id), user: None, role: VisitorRole::ReportLink, token_name: None };
    visits::store::record(db, diary_id.as_str(), &visitor, deed, now)
}

/// Seals the keys of the first `most` links behind one anew, whosever they are, by the key that seals now.
///
/// # Errors
/// When the database fails.
pub fn seal_anew(db: &mut Db, vault: &Vault, after: &(String, String), most: i64, now: Instant) -> Result<Looked> {
    let later = report_links::diary_id.gt(&after.0).or(report_links::id.gt(&after.1));
    let behind = report_links::table
        .filter(report_links::diary_id.ge(&after.0).and(later))
        .filter(report_links::sealed_health_key.is_not_null())
        .order((report_links::diary_id, report_links::id))
        .limit(most)
        .select((report_links::diary_id, report_links::id, report_links::sealed_health_key.assume_not_null()));
    let rows: Vec<(String, String, Vec<u8>)> = match db {
        Db::Sqlite(db) => behind.load(db),
        Db::Postgres(db) => behind.for_no_key_update().load(db),
    }?;
    let stored = rows.into_iter().map(|(diary_id, id, value)| {
        let place = place(&diary_id, &id);
        ((diary_id, id), place, value)
    });
    vault.seal_anew(db, stored.collect(), now, |db, (diary_id, id), sealed| {
        let one = report_links::table.find((diary_id, id));
        let one = diesel::update(one).set(report_links::sealed_health_key.eq(sealed));
        on_engine!(db, |db| one.execute(db))?;
        Ok(())
    })
}
