//! Which webhook knows which revision of a diary. That a diary changed is not written into an outbox by whoever changes it:
//! its revision is in the database with the change, and here it is compared with what was told. So a new cramp costs no
//! query more, whoever listens, and however many changes come while one is being told, they are told by one more.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use diesel::prelude::*;

use crate::{
    access::{
        SignedIn,
        diaries::store as diaries,
        grants::{model::Grant, store as grants},
    },
    foundation::{clock::Instant, ids::Id, paging::PageRequest, precondition::Revision},
    sharing::{
        deliveries::{model::Delivery, store::rows::insert},
        webhooks::{
            model::{Event, Webhook},
            store as webhooks,
        },
    },
    storage::{Db, Result, delete_first, on_engine, schema::webhook_diaries},
};

/// A webhook is told of the same diary no more often than this.
const EVERY: Duration = Duration::from_secs(5);
/// So many rights are looked at in one transaction.
const AT_ONCE: usize = 500;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_diaries, treat_none_as_default_value = false)]
struct Row {
    id: String,
    webhook_key: String,
    diary_id: String,
    revision: i64,
    told_at: Instant,
    delivery_id: Option<String>,
}

impl Row {
    /// Whether a diary that is at a revision is to be told of.
    fn is_behind(&self, revision: Revision, now: Instant) -> bool {
        self.revision < revision.0 && self.delivery_id.is_none() && now.since(self.told_at) >= EVERY
    }
}

/// A pair of a webhook and a diary has one row, whoever writes it.
fn row_id(key: &str, diary_id: &Id) -> String {
    Id::made_of("diary of a webhook", &[key.as_bytes(), diary_id.as_str().as_bytes()]).to_string()
}

/// A diary of whose change a webhook is to be told.
#[derive(Debug, Clone)]
pub struct Pair {
    key: String,
    diary_id: Id,
    revision: Revision,
}

impl Pair {
    /// Of which webhook.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Where the next look at the rights of some accounts begins.
pub type Place = (String, String);

/// Of which diaries some webhooks are to be told, from a place among their accounts' rights on; and where the next look
/// begins, if there are more.
pub fn changed(
    db: &mut Db,
    some: &[Webhook],
    after: Option<&Place>,
    now: Instant,
) -> Result<(Vec<Pair>, Option<Place>)> {
    let listening: Vec<&Webhook> =
        some.iter().filter(|webhook| webhook.terms.events.contains(&Event::DiaryChanged)).collect();
    let users: HashSet<&str> = listening.iter().map(|webhook| webhook.user_id.as_str()).collect();
    let users: Vec<&str> = users.into_iter().collect();
    let held = grants::first_of_users(db, &users, after, i64::try_from(AT_ONCE).unwrap_or(i64::MAX))?;
    let next = held.last().filter(|_| held.len() == AT_ONCE);
    let next = next.map(|last| (last.user_id.to_string(), last.diary_id.to_string()));
    let holding: Vec<&Grant> = held.iter().filter(|grant| grant.right.holds(now)).collect();
    let revisions = revisions(db, holding.iter().map(|grant| &grant.diary_id))?;
    let mut pairs: HashMap<String, Pair> = HashMap::new();
    for grant in holding {
        let Some(revision) = revisions.get(&grant.diary_id) else { continue };
        for webhook in listening.iter().filter(|webhook| webhook.user_id == grant.user_id) {
            if webhook.terms.want(Event::DiaryChanged, &grant.diary_id) {
                let (key, diary_id) = (webhook.key.clone(), grant.diary_id.clone());
                pairs.insert(row_id(&key, &diary_id), Pair { key, diary_id, revision: *revision });
            }
        }
    }
    let ids: Vec<&str> = pairs.keys().map(String::as_str).collect();
    let known: Vec<Row> = on_engine!(db, |db| {
        webhook_diaries::table.filter(webhook_diaries::id.eq_any(ids)).select(Row::as_select()).load(db)
    })?;
    for row in known {
        if pairs.get(&row.id).is_some_and(|pair| !row.is_behind(pair.revision, now)) {
            pairs.remove(&row.id);
        }
    }
    Ok((pairs.into_values().collect(), next))
}

fn revisions<'a>(db: &mut Db, ids: impl Iterator<Item = &'a Id>) -> Result<HashMap<Id, Revision>> {
    let ids: HashSet<&str> = ids.map(Id::as_str).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&str> = ids.into_iter().collect();
    Ok(diaries::revisions(db, &ids)?.into_iter().map(|(id, revision)| (Id::stored(id), revision)).collect())
}

/// Writes down that a webhook is to be told of a change, unless another process was faster.
pub fn tell_changed(db: &mut Db, pair: &Pair, now: Instant) -> Result<()> {
    if !webhooks::hold(db, &pair.key)? {
        return Ok(());
    }
    let id = row_id(&pair.key, &pair.diary_id);
    let before: Option<Row> = webhook_diaries::table.find(&id).select(Row::as_select()).first(db).optional()?;
    if before.as_ref().is_some_and(|row| !row.is_behind(pair.revision, now)) {
        return Ok(());
    }
    let about = (pair.diary_id.as_str(), None, Some(pair.revision));
    let delivery_id = Some(insert(db, &pair.key, Event::DiaryChanged, about, now)?);
    if before.is_none() {
        let row = Row { delivery_id, ..Row::of(&pair.key, &pair.diary_id, pair.revision, now) };
        diesel::insert_into(webhook_diaries::table).values(row).execute(db)?;
        return Ok(());
    }
    let told = (
        webhook_diaries::revision.eq(pair.revision.0),
        webhook_diaries::told_at.eq(now),
        webhook_diaries::delivery_id.eq(delivery_id),
    );
    diesel::update(webhook_diaries::table.find(&id)).set(told).execute(db)?;
    Ok(())
}

impl Row {
    fn of(key: &str, diary_id: &Id, revision: Revision, now: Instant) -> Self {
        Self {
            id: row_id(key, diary_id),
            webhook_key: key.to_owned(),
            diary_id: diary_id.to_string(),
            revision: revision.0,
            told_at: now,
            delivery_id: None,
        }
    }
}

/// From here on a webhook is told of changes: whoever makes it knows the diaries as they are, or reads them next.
///
/// # Errors
/// When the database fails.
pub fn baseline(db: &mut Db, me: &SignedIn, webhook: &Webhook) -> Result<()> {
    let (mut asked, long_ago) = (PageRequest::<String>::longest(), me.now().minus(EVERY));
    diesel::delete(webhook_diaries::table.filter(webhook_diaries::webhook_key.eq(&webhook.key))).execute(db)?;
    loop {
        let page = grants::page_of_user(db, me.user_id(), None, &asked, me.now())?;
        let revisions = revisions(db, page.items.iter().map(|grant| &grant.diary_id))?;
        let row = |(diary_id, revision): (&Id, &Revision)| Row::of(&webhook.key, diary_id, *revision, long_ago);
        let rows: Vec<Row> = revisions.iter().map(row).collect();
        on_engine!(db, |db| diesel::insert_into(webhook_diaries::table).values(rows).execute(db))?;
        match page.next_cursor.and_then(|cursor| asked.following(&cursor)) {
            Some(next) => asked = next,
            None => return Ok(()),
        }
    }
}

/// The revision that a first attempt tells of: that of the diary by now, which is what the webhook knows from then on.
pub fn latest(db: &mut Db, key: &str, delivery: &Delivery, now: Instant) -> Result<Option<Revision>> {
    let revision = revisions(db, [&delivery.diary_id].into_iter())?.remove(&delivery.diary_id);
    let Some(revision) = revision else { return Ok(delivery.revision) };
    let of_it = webhook_diaries::table
        .find(row_id(key, &delivery.diary_id))
        .filter(webhook_diaries::delivery_id.eq(delivery.id.as_str()));
    let told = (webhook_diaries::revision.eq(revision.0), webhook_diaries::told_at.eq(now));
    diesel::update(of_it).set(told).execute(db)?;
    Ok(Some(revision))
}

/// What waited was delivered: from now on later changes are told.
pub fn is_told(db: &mut Db, key: &str, delivery: &Delivery) -> Result<()> {
    let of_it = webhook_diaries::table
        .find(row_id(key, &delivery.diary_id))
        .filter(webhook_diaries::delivery_id.eq(delivery.id.as_str()));
    diesel::update(of_it).set(webhook_diaries::delivery_id.eq(None::<String>)).execute(db)?;
    Ok(())
}

/// What waited is not told: should the webhook be told of this diary again, it is as though it never was.
pub fn tell_anew(db: &mut Db, key: &str, delivery: &Delivery) -> Result<()> {
    let of_it = webhook_diaries::table
        .find(row_id(key, &delivery.diary_id))
        .filter(webhook_diaries::delivery_id.eq(delivery.id.as_str()));
    let untold = (webhook_diaries::delivery_id.eq(None::<String>), webhook_diaries::revision.eq(0));
    diesel::update(of_it).set(untold).execute(db)?;
    Ok(())
}

/// The same of all diaries of which something waited.
pub fn tell_all_anew(db: &mut Db, key: &str) -> Result<()> {
    let waiting = webhook_diaries::webhook_key.eq(key).and(webhook_diaries::delivery_id.is_not_null());
    let untold = (webhook_diaries::delivery_id.eq(None::<String>), webhook_diaries::revision.eq(0));
    diesel::update(webhook_diaries::table.filter(waiting)).set(untold).execute(db)?;
    Ok(())
}

/// Forgets the first `most` diaries of a webhook that is to be deleted, and says how many.
pub fn forget_first(db: &mut Db, key: &str, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, webhook_diaries by id: String, where webhook_diaries::webhook_key.eq(key))?)
}
