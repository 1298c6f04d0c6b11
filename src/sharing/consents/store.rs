//! Consents in the database, with what opens them: the hash of a code or of a link's secret.

use std::time::Duration;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{Acceptance, Consent, Kind, SharedRole, Terms, WithdrawnBy};
use crate::{
    access::{
        ErasableDiary, OwnedDiary, SharableDiary,
        accounts::model::{Email, User},
        grants,
    },
    foundation::{
        clock::Instant,
        ids::Id,
        language::Language,
        paging::{Page, PageRequest, Timed},
        quota::Quota,
        values::Name,
    },
    sharing::{
        deliveries::{self, store::Happening},
        webhooks::model::Event,
    },
    storage::{
        Db, Error, Result, Written, delete_first,
        ledger::{self, Line, What},
        on_engine,
        refusal::Refusal,
        schema::{consents, share_keys},
    },
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
struct Row {
    id: String,
    kind: String,
    role: String,
    label: Option<String>,
    visible_from: Option<NaiveDate>,
    include_notes: bool,
    access_until: Option<Instant>,
    words_version: String,
    language: String,
    given_at: Instant,
    open_until: Instant,
    accepted_at: Option<Instant>,
    accepted_by: Option<String>,
    accepted_name: Option<String>,
    accepted_email: Option<String>,
    withdrawn_at: Option<Instant>,
    withdrawn_by: Option<String>,
}

impl TryFrom<Row> for Consent {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let acceptance = row.accepted_at.zip(row.accepted_by).map(|(at, user_id)| Acceptance {
            at,
            user_id: Id::stored(user_id),
            name: row.accepted_name.map(Name::stored),
            email: row.accepted_email.map(Email::stored),
        });
        let withdrawal = row.withdrawn_at.zip(row.withdrawn_by).map(|(at, by)| {
            let by = WithdrawnBy::parse(&by).ok_or_else(|| Error::corrupt("end of a consent"))?;
            Ok::<_, Error>((at, by))
        });
        Ok(Self {
            id: Id::stored(row.id),
            kind: Kind::parse(&row.kind).ok_or_else(|| Error::corrupt("kind of consent"))?,
            terms: Terms {
                role: SharedRole::parse(&row.role).ok_or_else(|| Error::corrupt("role"))?,
                label: row.label.map(Name::stored),
                visible_from: row.visible_from,
                include_notes: row.include_notes,
                access_until: row.access_until,
            },
            words_version: row.words_version,
            language: Language::parse(&row.language).ok_or_else(|| Error::corrupt("language"))?,
            given_at: row.given_at,
            open_until: row.open_until,
            acceptance,
            withdrawal: withdrawal.transpose()?,
        })
    }
}

/// Codes and links that open something now.
const OPEN: Quota = Quota { what: "open invitations and links", most: 200 };
/// All that was ever agreed to, which is kept.
const EVER: Quota = Quota { what: "invitations and links, with those that have ended", most: 10_000 };

/// Of so many addresses that a link had before it is known that they were its own.
const KEPT_KEYS: i64 = 10;

/// Records a consent, and what opens it. When it was given before, which only an id of the client's own can tell, what opens
/// it is replaced: it is shown once, and whoever repeats the request did not see it.
///
/// # Errors
/// When there is another consent of this id, or one that nobody can accept any more, or there are as many as fit.
pub fn insert(
    db: &mut Db,
    diary: &SharableDiary,
    consent: Consent,
    key_hashes: &[[u8; 32]],
) -> Result<Written<Consent>, Refusal> {
    if let Some(before) = find_locked(db, diary.id(), &consent.id)? {
        if !before.says(&consent) {
            return Err(Refusal::IdConflict);
        }
        if !before.can_be_accepted(diary.now()) {
            return Err(Refusal::Gone);
        }
        // It is given anew: whoever looks what was opened since a theft finds it.
        diesel::update(consents::table.find((diary.id(), consent.id.as_str())))
            .set((
                consents::given_at.eq(consent.given_at),
                consents::open_until.eq(consent.open_until),
                consents::access_until.eq(consent.terms.access_until),
            ))
            .execute(db)?;
        replace_keys(db, diary, &consent)?;
        insert_keys(db, diary, &consent, key_hashes)?;
        return Ok(Written::Replaced(Consent { words_version: before.words_version, ..consent }));
    }
    let ever = consents::table.filter(consents::diary_id.eq(diary.id()));
    EVER.one_more(ever.count().get_result(db)?)?;
    let open = ever.filter(consents::withdrawn_at.is_null().and(consents::accepted_at.is_null()));
    OPEN.one_more(open.filter(consents::open_until.gt(diary.now())).count().get_result(db)?)?;
    let terms = &consent.terms;
    let row = Row {
        id: consent.id.to_string(),
        kind: consent.kind.as_str().to_owned(),
        role: terms.role.as_str().to_owned(),
        label: terms.label.as_ref().map(|label| label.as_str().to_owned()),
        visible_from: terms.visible_from,
        include_notes: terms.include_notes,
        access_until: terms.access_until,
        words_version: consent.words_version.clone(),
        language: consent.language.as_str().to_owned(),
        given_at: consent.given_at,
        open_until: consent.open_until,
        accepted_at: None,
        accepted_by: None,
        accepted_name: None,
        accepted_email: None,
        withdrawn_at: None,
        withdrawn_by: None,
    };
    diesel::insert_into(consents::table).values((consents::diary_id.eq(diary.id()), row)).execute(db)?;
    insert_keys(db, diary, &consent, key_hashes)?;
    Ok(Written::New(consent))
}

/// What opened a consent opens nothing from now on. Of a link it is still known for a while that it was one: who comes by it
/// is noted.
fn replace_keys(db: &mut Db, diary: &SharableDiary, consent: &Consent) -> Result<()> {
    if consent.kind == Kind::Invitation {
        return close(db, diary.id(), &consent.id);
    }
    let keys = share_keys::diary_id.eq(diary.id()).and(share_keys::consent_id.eq(consent.id.as_str()));
    let opening = keys.and(share_keys::expires_at.gt(diary.now()));
    diesel::update(share_keys::table.filter(opening)).set(share_keys::expires_at.eq(diary.now())).execute(db)?;
    let kept: Vec<Vec<u8>> = share_keys::table
        .filter(keys)
        .order(share_keys::expires_at.desc())
        .limit(KEPT_KEYS)
        .select(share_keys::key_hash)
        .load(db)?;
    on_engine!(db, |db| {
        diesel::delete(share_keys::table.filter(keys.and(share_keys::key_hash.ne_all(kept)))).execute(db)
    })?;
    Ok(())
}

fn insert_keys(db: &mut Db, diary: &SharableDiary, consent: &Consent, key_hashes: &[[u8; 32]]) -> Result<()> {
    for key_hash in key_hashes {
        diesel::insert_into(share_keys::table)
            .values((
                share_keys::key_hash.eq(key_hash.to_vec()),
                share_keys::diary_id.eq(diary.id()),
                share_keys::consent_id.eq(consent.id.as_str()),
                share_keys::expires_at.eq(consent.open_until),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// A page of consents, the latest first; of one kind, or of all.
pub fn page(
    db: &mut Db,
    diary: &OwnedDiary,
    kind: Option<Kind>,
    request: &PageRequest<Timed>,
) -> Result<Page<Consent>> {
    let mut query = consents::table
        .filter(consents::diary_id.eq(diary.id()))
        .order((consents::given_at.desc(), consents::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(consents::kind.eq(kind.as_str()));
    }
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        query =
            query.filter(consents::given_at.le(at)).filter(consents::given_at.lt(at).or(consents::id.lt(id.clone())));
    }
    let found = query.load::<Row>(db)?.into_iter().map(Consent::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request, |consent| (consent.given_at.micros(), consent.id.to_string())))
}

/// The consents of a kind whose code or link still opens something, the latest first, and some 200 at most.
pub fn all_open(db: &mut Db, diary: &OwnedDiary, kind: Kind, now: Instant) -> Result<Vec<Consent>> {
    let open = consents::table
        .filter(consents::diary_id.eq(diary.id()).and(consents::kind.eq(kind.as_str())))
        .filter(consents::withdrawn_at.is_null().and(consents::accepted_at.is_null()))
        .filter(consents::open_until.gt(now))
        .order((consents::given_at.desc(), consents::id.desc()))
        .limit(PageRequest::<String>::longest().limit.and_one());
    let rows: Vec<Row> = open.select(Row::as_select()).load(db)?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// Some consents that still open something and did so first at a time or after it, when they were given or, once somebody
/// accepted, then; the latest first. Of either kind as many as a page has, and one.
pub fn opened_since(
    db: &mut Db,
    diary: &OwnedDiary,
    since: Instant,
    request: &PageRequest<Timed>,
) -> Result<Vec<Consent>> {
    let now = diary.now();
    let lasting = || {
        consents::table
            .filter(consents::diary_id.eq(diary.id()).and(consents::withdrawn_at.is_null()))
            .filter(consents::access_until.is_null().or(consents::access_until.gt(now)))
            .limit(request.limit.and_one())
            .select(Row::as_select())
    };
    let mut given = lasting()
        .filter(consents::accepted_at.is_null().and(consents::open_until.gt(now)))
        .filter(consents::given_at.ge(since))
        .order((consents::given_at.desc(), consents::id.desc()))
        .into_boxed();
    let mut accepted = lasting()
        .filter(consents::accepted_at.ge(since))
        .order((consents::accepted_at.desc(), consents::id.desc()))
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        given =
            given.filter(consents::given_at.le(at)).filter(consents::given_at.lt(at).or(consents::id.lt(id.clone())));
        accepted = accepted
            .filter(consents::accepted_at.le(at))
            .filter(consents::accepted_at.lt(at).or(consents::id.lt(id.clone())));
    }
    let mut rows: Vec<Row> = given.load(db)?;
    rows.extend(accepted.load::<Row>(db)?);
    rows.into_iter().map(Consent::try_from).collect()
}

/// A consent of a diary.
pub fn find(db: &mut Db, diary_id: &str, id: &Id) -> Result<Option<Consent>> {
    let row: Option<Row> =
        consents::table.find((diary_id, id.as_str())).select(Row::as_select()).first(db).optional()?;
    row.map(Consent::try_from).transpose()
}

/// The same, which nobody else changes until the transaction ends.
fn find_locked(db: &mut Db, diary_id: &str, id: &Id) -> Result<Option<Consent>> {
    let one = consents::table.find((diary_id, id.as_str()));
    let row: Option<Row> = match db {
        Db::Sqlite(db) => one.select(Row::as_select()).first(db).optional(),
        Db::Postgres(db) => one.select(Row::as_select()).for_update().first(db).optional(),
    }?;
    row.map(Consent::try_from).transpose()
}

/// Consents of a diary by their ids, in no order.
pub fn find_all(db: &mut Db, diary_id: &str, ids: &[Id]) -> Result<Vec<Consent>> {
    let ids: Vec<_> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<Row> = on_engine!(db, |db| {
        let those = consents::diary_id.eq(diary_id).and(consents::id.eq_any(ids));
        consents::table.filter(those).select(Row::as_select()).load(db)
    })?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// What a code or a link's secret opens now: the diary, and the consent. Nothing is said of what was open before.
pub fn find_open(db: &mut Db, key_hash: &[u8], kind: Kind, now: Instant) -> Result<Option<(Id, Consent)>> {
    let key: Option<(String, String)> = share_keys::table
        .filter(share_keys::key_hash.eq(key_hash).and(share_keys::expires_at.gt(now)))
        .select((share_keys::diary_id, share_keys::consent_id))
        .first(db)
        .optional()?;
    let Some((diary_id, consent_id)) = key else { return Ok(None) };
    let consent = find(db, &diary_id, &Id::stored(consent_id))?;
    let is_open = |consent: &Consent| {
        let runs = consent.terms.access_until.is_none_or(|until| now < until);
        consent.kind == kind && runs && consent.withdrawal.is_none() && consent.acceptance.is_none()
    };
    Ok(consent.filter(is_open).map(|consent| (Id::stored(diary_id), consent)))
}

/// The diary and the consent of a code or a link whose hash is known, whether it opens anything or not.
pub fn find_known(db: &mut Db, key_hash: &[u8], kind: Kind) -> Result<Option<(Id, Id)>> {
    let key: Option<(String, String)> =
        share_keys::table.find(key_hash).select((share_keys::diary_id, share_keys::consent_id)).first(db).optional()?;
    let Some((diary_id, consent_id)) = key else { return Ok(None) };
    let consent = find(db, &diary_id, &Id::stored(consent_id))?.filter(|consent| consent.kind == kind);
    Ok(consent.map(|consent| (Id::stored(diary_id), consent.id)))
}

/// Ends the time of a consent now: what opens it opens nothing any more, and nobody withdrew it.
pub fn run_out(db: &mut Db, diary_id: &str, id: &Id, now: Instant) -> Result<()> {
    let over = (consents::open_until.eq(now), consents::access_until.eq(now));
    diesel::update(consents::table.find((diary_id, id.as_str()))).set(over).execute(db)?;
    let keys = share_keys::diary_id.eq(diary_id).and(share_keys::consent_id.eq(id.as_str()));
    let opening = keys.and(share_keys::expires_at.gt(now));
    diesel::update(share_keys::table.filter(opening)).set(share_keys::expires_at.eq(now)).execute(db)?;
    Ok(())
}

/// Whether a consent is not withdrawn, and will not be until the transaction ends.
pub fn is_held(db: &mut Db, diary_id: &str, id: &Id) -> Result<bool> {
    let holding = consents::table.find((diary_id, id.as_str())).filter(consents::withdrawn_at.is_null());
    let held: Option<String> = match db {
        Db::Sqlite(db) => holding.select(consents::id).first(db).optional(),
        Db::Postgres(db) => holding.select(consents::id).for_share().first(db).optional(),
    }?;
    Ok(held.is_some())
}

/// Notes who accepted what a code opens. `false` when somebody else was faster, or it was withdrawn or given another code
/// meanwhile. The code opens nothing from then on, and is kept, so that who accepted may say it again.
pub fn accept(db: &mut Db, key_hash: &[u8], (diary_id, id): (&Id, &Id), user: &User, now: Instant) -> Result<bool> {
    find_locked(db, diary_id.as_str(), id)?;
    // What somebody else did to it before is seen only now.
    if find_open(db, key_hash, Kind::Invitation, now)?.is_none() {
        return Ok(false);
    }
    diesel::update(consents::table.find((diary_id.as_str(), id.as_str())))
        .set((
            consents::accepted_at.eq(now),
            consents::accepted_by.eq(user.id.as_str()),
            consents::accepted_name.eq(user.display_name.as_ref().map(Name::as_str)),
            consents::accepted_email.eq(user.email.as_str()),
        ))
        .execute(db)?;
    ledger::record(db, What::CodeUsed, diary_id, id, now)?;
    Ok(true)
}

/// Ends a consent: its code, its link and its grant are no good from now on. Ending it again does nothing.
pub fn withdraw(db: &mut Db, diary_id: &str, id: &Id, by: WithdrawnBy, now: Instant) -> Result<()> {
    // First of all this row: it is what accepting waits for, or finds withdrawn.
    let running = consents::table.find((diary_id, id.as_str())).filter(consents::withdrawn_at.is_null());
    diesel::update(running)
        .set((consents::withdrawn_at.eq(now), consents::withdrawn_by.eq(by.as_str())))
        .execute(db)?;
    let kind: Option<String> =
        consents::table.find((diary_id, id.as_str())).select(consents::kind).first(db).optional()?;
    // That a link was one is still known for a while: who comes by it is noted.
    if kind.as_deref() != Some(Kind::ReportLink.as_str()) {
        close(db, diary_id, id)?;
    }
    let diary = Id::stored(diary_id.to_owned());
    if let Some(holder) = grants::store::delete(db, diary_id, id)? {
        let what = Happening { event: Event::GrantEnded, diary_id: &diary, subject_id: id, holder: Some(&holder) };
        deliveries::store::announce(db, what, now)?;
    }
    let what = match by {
        WithdrawnBy::Owner => What::WithdrawnByOwner,
        WithdrawnBy::Holder => What::WithdrawnByHolder,
        WithdrawnBy::Replacement => What::WithdrawnByReplacement,
    };
    ledger::record(db, what, &diary, id, now)
}

/// Ends once more what a restored backup brought back, and says what that was. A code that was used is withdrawn by who
/// used it: what they got for it is not in the backup.
pub fn end_again(db: &mut Db, line: &Line) -> Result<Option<Consent>> {
    let by = match line.what {
        What::WithdrawnByOwner => WithdrawnBy::Owner,
        What::WithdrawnByHolder | What::CodeUsed => WithdrawnBy::Holder,
        What::WithdrawnByReplacement => WithdrawnBy::Replacement,
        What::AccountErased | What::PasskeyRemoved => return Ok(None),
    };
    let is_back = |consent: &Consent| {
        consent.withdrawal.is_none() && (line.what != What::CodeUsed || consent.acceptance.is_none())
    };
    let back = find(db, line.whose.as_str(), &line.id)?.filter(is_back);
    if back.is_some() {
        withdraw(db, line.whose.as_str(), &line.id, by, line.at)?;
    }
    Ok(back)
}

fn close(db: &mut Db, diary_id: &str, id: &Id) -> Result<()> {
    let keys = share_keys::diary_id.eq(diary_id).and(share_keys::consent_id.eq(id.as_str()));
    diesel::delete(share_keys::table.filter(keys)).execute(db)?;
    Ok(())
}

/// Ends what one user was given of a diary, if anything.
pub fn withdraw_from(db: &mut Db, diary_id: &str, user_id: &Id, by: WithdrawnBy, now: Instant) -> Result<()> {
    let held = grants::store::find(db, diary_id, user_id)?.and_then(|grant| grant.right.consent_id);
    held.map_or(Ok(()), |id| withdraw(db, diary_id, &id, by, now))
}

/// Ends the first `most` of what a diary's owner has given that is not withdrawn, before the diary is erased, and says how
/// many that was.
pub fn withdraw_first(db: &mut Db, diary: &ErasableDiary, most: i64) -> Result<usize> {
    let running = consents::diary_id.eq(diary.id()).and(consents::withdrawn_at.is_null());
    let first = consents::table.filter(running).order(consents::id).limit(most);
    let ids: Vec<String> = first.select(consents::id).load(db)?;
    let withdrawn = ids.len();
    for id in ids {
        withdraw(db, diary.id(), &Id::stored(id), WithdrawnBy::Owner, diary.now())?;
    }
    Ok(withdrawn)
}

/// Forgets the first `most` of those who had anything of a diary that is being erased, and of what its links were known by,
/// and says how many. Whoever goes on trying would go on filling the log that is to be emptied.
pub fn forget_first(db: &mut Db, diary: &ErasableDiary, most: i64) -> Result<usize> {
    let forgotten = delete_first!(
        db, most, share_keys by consent_id: String, where share_keys::diary_id.eq(diary.id())
    )?;
    if forgotten > 0 {
        return Ok(forgotten);
    }
    grants::store::forget_first(db, diary.id(), most)
}

/// Erases the first `most` consents of a diary that is being erased, each with its link, and says how many.
pub fn erase_first(db: &mut Db, diary: &ErasableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, consents by id: String, where consents::diary_id.eq(diary.id()))?)
}

/// Ends the first `most` of what a user was given, before the account is erased, and says how many that was.
pub fn leave_first(db: &mut Db, user_id: &Id, now: Instant, most: i64) -> Result<usize> {
    let grants = grants::store::first_from_others(db, user_id, most)?;
    for grant in &grants {
        withdraw_from(db, grant.diary_id.as_str(), user_id, WithdrawnBy::Holder, now)?;
        grants::store::forget(db, grant.diary_id.as_str(), user_id)?;
    }
    Ok(grants.len())
}

/// How long it is known of a link that is over that it was one, and of a code who redeemed it.
const REMEMBERED: Duration = Duration::from_hours(90 * 24);

/// Clears away `most` keys that have opened nothing for long, and says how many.
pub fn delete_expired_keys(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let over = share_keys::expires_at.le(now.minus(REMEMBERED));
        let first = share_keys::table.filter(over).order(share_keys::expires_at).limit(most);
        let first: Vec<Vec<u8>> = first.select(share_keys::key_hash).load(db)?;
        // Only if it is still over.
        diesel::delete(share_keys::table.filter(share_keys::key_hash.eq_any(first).and(over))).execute(db)
    })?)
}
