//! Webhooks in the database, with when each of them is to be sent something and by whom.

use std::{collections::BTreeMap, time::Duration};

use diesel::prelude::*;

use super::model::{Draft, OffReason, ReceiverUrl, Terms, Webhook};
use crate::{
    access::{Proved, SignedIn},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
        quota::Quota,
        sealed::Place,
        secrets::SharedKey,
        values::Name,
    },
    storage::{
        Db, Error, Result, Written, on_engine,
        refusal::Refusal,
        schema::webhooks,
        stored_json,
        vault::{Looked, Vault},
    },
};

/// So many does one account have.
const OF_ONE: Quota = Quota { what: "webhooks", most: 20 };
/// For so long a process has a webhook for itself: about twice what sending takes at most.
pub const LEASE: Duration = Duration::from_secs(30);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
struct Row {
    key: String,
    id: String,
    user_id: String,
    url: String,
    name: Option<String>,
    events: String,
    diary_ids: Option<String>,
    created_at: Instant,
    set_at: Instant,
    disabled_at: Option<Instant>,
    disabled_reason: Option<String>,
    last_delivered_at: Option<Instant>,
}

/// What a person says of one, as it is stored.
#[derive(AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_null = true)]
struct Said {
    url: String,
    name: Option<String>,
    events: String,
    diary_ids: Option<String>,
}

impl Said {
    fn of(terms: &Terms) -> Result<Self> {
        Ok(Self {
            url: terms.url.as_str().to_owned(),
            name: terms.name.as_ref().map(|name| name.as_str().to_owned()),
            events: stored_json::write(&terms.events)?,
            diary_ids: terms.diary_ids.as_ref().map(stored_json::write).transpose()?,
        })
    }
}

impl TryFrom<Row> for Webhook {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let diary_ids = stored_json::read_ids("diaries of a webhook", row.diary_ids.as_deref())?;
        let off = row.disabled_at.zip(row.disabled_reason).map(|(at, why)| {
            let why = OffReason::parse(&why).ok_or_else(|| Error::corrupt("reason of a webhook"))?;
            Ok::<_, Error>((at, why))
        });
        Ok(Self {
            key: row.key,
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            terms: Terms {
                url: ReceiverUrl::stored(&row.url).ok_or_else(|| Error::corrupt("address of a webhook"))?,
                name: row.name.map(Name::stored),
                events: stored_json::read("events of a webhook", &row.events)?,
                diary_ids,
            },
            created_at: row.created_at,
            set_at: row.set_at,
            off: off.transpose()?,
            last_delivered_at: row.last_delivered_at,
        })
    }
}

/// Where the secret of a webhook is sealed.
fn place(key: &str, user_id: &str) -> Place {
    Place::of("webhooks", "sealed_secret", &[key, user_id])
}

/// Makes a webhook, or gives one that was made before, which only an id of the client's own can tell, a new secret: it is
/// shown once, and whoever repeats the request did not see it.
///
/// # Errors
/// When the webhook of this id is another one, the account has as many as fit, or the database fails.
pub fn insert(
    db: &mut Db,
    vault: &Vault,
    me: &Proved,
    draft: Draft,
    secret: &SharedKey,
) -> Result<Written<Webhook>, Refusal> {
    let Draft { id, terms } = draft;
    let id = id.unwrap_or_else(Id::random);
    let sealed =
        |db: &mut Db, key: &str| vault.sealer(db, me.now())?.seal(&place(key, me.user_id().as_str()), secret.expose());
    if let Some(before) = find_locked(db, me, &id)? {
        if before.terms != terms {
            return Err(Refusal::IdConflict);
        }
        let made = (webhooks::sealed_secret.eq(sealed(db, &before.key)?), webhooks::set_at.eq(me.now()));
        diesel::update(webhooks::table.find(&before.key)).set(made).execute(db)?;
        return Ok(Written::Replaced(Webhook { set_at: me.now(), ..before }));
    }
    let of_me = webhooks::table.filter(webhooks::user_id.eq(me.user_id().as_str()));
    OF_ONE.one_more(of_me.count().get_result(db)?)?;
    let webhook = Webhook {
        key: Id::random().to_string(),
        id,
        user_id: me.user_id().clone(),
        terms,
        created_at: me.now(),
        set_at: me.now(),
        off: None,
        last_delivered_at: None,
    };
    let Said { url, name, events, diary_ids } = Said::of(&webhook.terms)?;
    let row = Row {
        key: webhook.key.clone(),
        id: webhook.id.to_string(),
        user_id: webhook.user_id.to_string(),
        url,
        name,
        events,
        diary_ids,
        created_at: webhook.created_at,
        set_at: webhook.set_at,
        disabled_at: None,
        disabled_reason: None,
        last_delivered_at: None,
    };
    let sealed_secret = webhooks::sealed_secret.eq(sealed(db, &webhook.key)?);
    diesel::insert_into(webhooks::table).values((sealed_secret, row)).execute(db)?;
    Ok(Written::New(webhook))
}

/// A page of a user's webhooks, by id.
///
/// # Errors
/// When the database fails.
pub fn page(db: &mut Db, me: &SignedIn, request: &PageRequest<String>) -> Result<Page<Webhook>> {
    let mut query = webhooks::table
        .filter(webhooks::user_id.eq(me.user_id().as_str()))
        .order(webhooks::id)
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = &request.after {
        query = query.filter(webhooks::id.gt(after.clone()));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| row.id.clone()).try_map(Webhook::try_from)
}

/// A webhook of a user's.
///
/// # Errors
/// When they have none of this id.
pub fn find(db: &mut Db, me: &SignedIn, id: &Id) -> Result<Webhook, Refusal> {
    let of_me = webhooks::user_id.eq(me.user_id().as_str()).and(webhooks::id.eq(id.as_str()));
    let row: Option<Row> = webhooks::table.filter(of_me).select(Row::as_select()).first(db).optional()?;
    row.map(Webhook::try_from).transpose()?.ok_or(Refusal::NotFound)
}

/// The same, which nobody else changes until the transaction ends.
pub fn find_locked(db: &mut Db, me: &SignedIn, id: &Id) -> Result<Option<Webhook>> {
    let of_me = webhooks::user_id.eq(me.user_id().as_str()).and(webhooks::id.eq(id.as_str()));
    let one = webhooks::table.filter(of_me);
    let row: Option<Row> = match db {
        Db::Sqlite(db) => one.select(Row::as_select()).first(db).optional(),
        Db::Postgres(db) => one.select(Row::as_select()).for_no_key_update().first(db).optional(),
    }?;
    row.map(Webhook::try_from).transpose()
}

/// Some webhooks of a user that were made, changed or switched at a time or after it, the latest first: as many as a page has,
/// and one. One that is off is among them: whoever switches it on again would send where somebody else had it lead.
pub fn set_since(db: &mut Db, me: &SignedIn, since: Instant, request: &PageRequest<Timed>) -> Result<Vec<Webhook>> {
    let mut query = webhooks::table
        .filter(webhooks::user_id.eq(me.user_id().as_str()).and(webhooks::set_at.ge(since)))
        .order((webhooks::set_at.desc(), webhooks::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = webhooks::set_at.lt(at).or(webhooks::id.lt(id.clone()));
        query = query.filter(webhooks::set_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    found.into_iter().map(Webhook::try_from).collect()
}

/// Stores what a person may change of one that is locked.
pub fn update(db: &mut Db, key: &str, terms: &Terms, now: Instant) -> Result<()> {
    diesel::update(webhooks::table.find(key)).set((Said::of(terms)?, webhooks::set_at.eq(now))).execute(db)?;
    Ok(())
}

/// Switches one off: nothing is due for it.
pub fn switch_off(db: &mut Db, key: &str, why: OffReason, now: Instant) -> Result<()> {
    let off = (
        webhooks::disabled_at.eq(now),
        webhooks::disabled_reason.eq(why.as_str()),
        webhooks::due_at.eq(None::<Instant>),
    );
    diesel::update(webhooks::table.find(key)).set(off).execute(db)?;
    Ok(())
}

/// Switches one on again; what was asked for while it was off is due.
pub fn switch_on(db: &mut Db, key: &str, now: Instant) -> Result<()> {
    let on = (
        webhooks::disabled_at.eq(None::<Instant>),
        webhooks::disabled_reason.eq(None::<String>),
        webhooks::due_at.eq(now),
    );
    diesel::update(webhooks::table.find(key)).set(on).execute(db)?;
    Ok(())
}

/// Deletes one, with what is left of its deliveries.
pub fn delete(db: &mut Db, key: &str) -> Result<()> {
    diesel::delete(webhooks::table.find(key)).execute(db)?;
    Ok(())
}

/// All webhooks of an account, 20 at most, in the order of their keys; those that are on alone, or those that are off as well.
pub fn of_user(db: &mut Db, user_id: &Id, with_those_off: bool) -> Result<Vec<Webhook>> {
    let of_it = webhooks::user_id.eq(user_id.as_str());
    let rows: Vec<Row> =
        on_engine!(db, |db| { webhooks::table.filter(of_it).order(webhooks::key).select(Row::as_select()).load(db) })?;
    let all = rows.into_iter().map(Webhook::try_from);
    all.filter(|webhook| webhook.as_ref().map_or(true, |webhook| with_those_off || webhook.off.is_none())).collect()
}

/// The first `most` webhooks that are on, whosever they are, behind one in the order of their keys.
pub fn on_after(db: &mut Db, after: &str, most: i64) -> Result<Vec<Webhook>> {
    let behind = webhooks::key.gt(after).and(webhooks::disabled_at.is_null());
    let rows: Vec<Row> = on_engine!(db, |db| {
        webhooks::table.filter(behind).order(webhooks::key).limit(most).select(Row::as_select()).load(db)
    })?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Locks one until the transaction ends, and says whether it is there and on.
pub fn hold(db: &mut Db, key: &str) -> Result<bool> {
    let one = webhooks::table.find(key).filter(webhooks::disabled_at.is_null()).select(webhooks::key);
    let held: Option<String> = match db {
        Db::Sqlite(db) => one.first(db).optional(),
        Db::Postgres(db) => one.for_no_key_update().first(db).optional(),
    }?;
    Ok(held.is_some())
}

/// Says that something waits for it from a time on.
pub fn is_due(db: &mut Db, key: &str, at: Instant) -> Result<()> {
    let later = webhooks::due_at.is_null().or(webhooks::due_at.gt(at));
    diesel::update(webhooks::table.find(key).filter(later)).set(webhooks::due_at.eq(at)).execute(db)?;
    Ok(())
}

/// A webhook that one process has for itself.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The webhook.
    pub webhook: Webhook,
    /// What is sent is signed with it.
    pub secret: SharedKey,
    /// Until when.
    pub until: Instant,
}

/// Takes the first `most` webhooks for which something is due and which nobody has, the longest due first. They are this
/// process's own for [`LEASE`]; should it die, another one's. `busy` says how many of each account the process has already,
/// and how many it may have.
pub fn lease(
    db: &mut Db,
    vault: &Vault,
    busy: (&BTreeMap<Id, usize>, usize),
    now: Instant,
    most: usize,
) -> Result<Vec<Leased>> {
    let (mut of_each, of_each_at_most) = (busy.0.clone(), busy.1);
    let full = of_each.iter().filter(|(_, count)| **count >= of_each_at_most);
    let full: Vec<String> = full.map(|(user_id, _)| user_id.to_string()).collect();
    let free = webhooks::leased_until.is_null().or(webhooks::leased_until.le(now));
    let due = webhooks::table
        .filter(webhooks::due_at.le(now).and(webhooks::disabled_at.is_null()).and(free))
        .filter(webhooks::user_id.ne_all(full))
        .order(webhooks::due_at)
        .limit(i64::try_from(most).unwrap_or(i64::MAX));
    let rows: Vec<(Row, Vec<u8>)> = match db {
        Db::Sqlite(db) => due.select((Row::as_select(), webhooks::sealed_secret)).load(db),
        Db::Postgres(db) => {
            due.select((Row::as_select(), webhooks::sealed_secret)).for_no_key_update().skip_locked().load(db)
        }
    }?;
    let mut has_room = |row: &Row| {
        let count = of_each.entry(Id::stored(row.user_id.clone())).or_default();
        *count += 1;
        *count <= of_each_at_most
    };
    let rows: Vec<_> = rows.into_iter().filter(|(row, _)| has_room(row)).collect();
    let until = now.plus(LEASE);
    let keys: Vec<String> = rows.iter().map(|(row, _)| row.key.clone()).collect();
    if !keys.is_empty() {
        let until = webhooks::leased_until.eq(until);
        on_engine!(db, |db| {
            diesel::update(webhooks::table.filter(webhooks::key.eq_any(keys))).set(until).execute(db)
        })?;
    }
    let mut leased = Vec::new();
    for (row, sealed) in rows {
        match vault.open(&place(&row.key, &row.user_id), &sealed) {
            Ok(secret) => {
                let secret = SharedKey::stored(&secret).ok_or_else(|| Error::corrupt("secret of a webhook"))?;
                leased.push(Leased { webhook: row.try_into()?, secret, until });
            }
            // It is left alone for as long as one is leased, and holds up no other.
            Err(error) => tracing::warn!(%error, "the secret of a webhook does not open, and nothing is sent to it"),
        }
    }
    Ok(leased)
}

/// Whether something may be due for any webhook, of which nobody has to be told before a time.
pub fn any_due(db: &mut Db, now: Instant) -> Result<bool> {
    let free = webhooks::leased_until.is_null().or(webhooks::leased_until.le(now));
    let due = webhooks::table
        .filter(webhooks::due_at.le(now).and(webhooks::disabled_at.is_null()).and(free))
        .select(webhooks::key);
    let found: Option<String> = on_engine!(db, |db| due.first(db).optional())?;
    Ok(found.is_some())
}

/// Gives one back that was leased until some time, with when something is due for it next. Whoever comes too late finds it
/// another process's, and leaves it alone.
pub fn release(db: &mut Db, key: &str, until: Instant, due_at: Option<Instant>) -> Result<()> {
    let ours = webhooks::table.find(key).filter(webhooks::leased_until.eq(until));
    let free = (webhooks::due_at.eq(due_at), webhooks::leased_until.eq(None::<Instant>));
    diesel::update(ours).set(free).execute(db)?;
    Ok(())
}

/// Notes that something arrived.
pub fn note_delivery(db: &mut Db, key: &str, now: Instant) -> Result<()> {
    diesel::update(webhooks::table.find(key)).set(webhooks::last_delivered_at.eq(now)).execute(db)?;
    Ok(())
}

/// Seals the secrets of the first `most` webhooks behind one anew, by the key that seals now.
///
/// # Errors
/// When the database fails.
pub fn seal_anew(db: &mut Db, vault: &Vault, after: &(String, String), most: i64, now: Instant) -> Result<Looked> {
    let behind = webhooks::table.filter(webhooks::key.gt(&after.0)).order(webhooks::key).limit(most).select((
        webhooks::key,
        webhooks::user_id,
        webhooks::sealed_secret,
    ));
    let rows: Vec<(String, String, Vec<u8>)> = match db {
        Db::Sqlite(db) => behind.load(db),
        Db::Postgres(db) => behind.for_no_key_update().load(db),
    }?;
    let stored = rows.into_iter().map(|(key, user_id, value)| {
        let place = place(&key, &user_id);
        ((key, user_id), place, value)
    });
    vault.seal_anew(db, stored.collect(), now, |db, (key, _), sealed| {
        let one = diesel::update(webhooks::table.find(key)).set(webhooks::sealed_secret.eq(sealed));
        on_engine!(db, |db| one.execute(db))?;
        Ok(())
    })
}
