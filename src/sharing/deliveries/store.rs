//! Deliveries in the database: what waits, what is sent and what came of it.

use std::time::Duration;

use diesel::prelude::*;

use self::rows::Row;
use super::{
    changes::store as changes,
    model::{Delivery, Outcome, Outgoing, Retries, Trouble},
};
use crate::{
    access::{Proved, Role, SignedIn, diaries::store as diaries, grants::store as grants},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
    },
    sharing::webhooks::{
        model::{Event, OffReason, Webhook},
        store::{self as webhooks, Leased},
    },
    storage::{Db, Result, delete_first, on_engine, refusal::Refusal, schema::webhook_deliveries},
};

pub mod rows;

/// How long it is known what was told.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// A receiver that failed is left alone for so long, or for as long as it asks, whatever else there is to tell it.
const LEFT_ALONE: Duration = Duration::from_mins(1);
/// So many that must not be sent are passed over in one transaction.
const PASSED_OVER: usize = 100;

/// Something that happened at a diary besides a change of it, to be told to who owns it, and to who held it.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// What.
    pub event: Event,
    /// At which diary.
    pub diary_id: &'a Id,
    /// The grant or the link that it is about.
    pub subject_id: &'a Id,
    /// Who is told besides the owner.
    pub holder: Option<&'a Id>,
}

/// Writes down for each webhook that wants it that something happened, in the transaction in which it does.
pub fn announce(db: &mut Db, what: Happening<'_>, now: Instant) -> Result<()> {
    let owner = diaries::owners(db, &[what.diary_id.as_str()])?.remove(what.diary_id);
    let mut listening = Vec::new();
    for user_id in owner.iter().chain(what.holder) {
        let theirs = webhooks::of_user(db, user_id, false)?.into_iter();
        listening.extend(theirs.filter(|webhook| webhook.terms.want(what.event, what.diary_id)));
    }
    // Whoever locks several webhooks takes them in one order.
    listening.sort_by(|one, other| one.key.cmp(&other.key));
    for webhook in listening {
        if !waits_untried(db, &webhook, what)? {
            let about = (what.diary_id.as_str(), Some(what.subject_id.as_str()), None);
            rows::insert(db, &webhook.key, what.event, about, now)?;
        }
    }
    Ok(())
}

/// Whether the same of a link is to be told anyway: however often it is opened, that is one row. Whatever was sent once
/// may have arrived, and what happens after it is told by another.
fn waits_untried(db: &mut Db, webhook: &Webhook, what: Happening<'_>) -> Result<bool> {
    if what.event != Event::LinkOpened {
        return Ok(false);
    }
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_key.eq(webhook.key.as_str()))
        .filter(webhook_deliveries::next_attempt_at.is_not_null().and(webhook_deliveries::attempts.eq(0)))
        .filter(webhook_deliveries::kind.eq(what.event.as_str()))
        .filter(webhook_deliveries::subject_id.eq(what.subject_id.as_str()))
        .select(webhook_deliveries::id);
    Ok(waiting.first::<String>(db).optional()?.is_some())
}

/// A page of what a webhook was told or is to be told, the latest first.
pub fn page(db: &mut Db, webhook: &Webhook, request: &PageRequest<Timed>) -> Result<Page<Delivery>> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_key.eq(webhook.key.as_str()))
        .order((webhook_deliveries::created_at.desc(), webhook_deliveries::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        let earlier = webhook_deliveries::created_at.lt(at).or(webhook_deliveries::id.lt(id.clone()));
        query = query.filter(webhook_deliveries::created_at.le(at)).filter(earlier);
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| (row.created_at.micros(), row.id.clone())).try_map(Delivery::try_from)
}

/// Has something sent to a webhook once more, now, and as often as something new, whatever came of it before.
///
/// # Errors
/// When the caller has no such webhook, or it has no such delivery.
pub fn retry(db: &mut Db, me: &SignedIn, webhook_id: &Id, id: &Id) -> Result<Delivery, Refusal> {
    let webhook = webhooks::find_locked(db, me, webhook_id)?.ok_or(Refusal::NotFound)?;
    let delivery = rows::find(db, &webhook.key, id)?.filter(|delivery| me.reaches(&delivery.diary_id));
    let delivery = delivery.ok_or(Refusal::NotFound)?;
    let again = (webhook_deliveries::tries.eq(0), webhook_deliveries::next_attempt_at.eq(me.now()));
    diesel::update(webhook_deliveries::table.find(id.as_str())).set(again).execute(db)?;
    webhooks::is_due(db, &webhook.key, me.now())?;
    Ok(Delivery { tries: 0, next_attempt_at: Some(me.now()), ..delivery })
}

/// How much waits, for whichever webhook.
pub fn count_waiting(db: &mut Db) -> Result<i64> {
    let waiting = webhook_deliveries::table.filter(webhook_deliveries::next_attempt_at.is_not_null());
    Ok(on_engine!(db, |db| waiting.count().get_result(db))?)
}

/// When the first of what waits for a webhook is due.
fn earliest(db: &mut Db, key: &str) -> Result<Option<Instant>> {
    let waiting = webhook_deliveries::webhook_key.eq(key).and(webhook_deliveries::next_attempt_at.is_not_null());
    let first: Option<Option<Instant>> = on_engine!(db, |db| {
        webhook_deliveries::table
            .filter(waiting)
            .order(webhook_deliveries::next_attempt_at)
            .select(webhook_deliveries::next_attempt_at)
            .first(db)
            .optional()
    })?;
    Ok(first.flatten())
}

/// The next delivery for a webhook that this process has for itself, if there is one; else it is given back. Whether the
/// account may still be told of it is looked at here. From the first attempt on, what is sent under one id stays the same.
pub fn begin_next(db: &mut Db, leased: Leased, now: Instant) -> Result<Option<Outgoing>> {
    let Leased { webhook, secret, until } = leased;
    for _ in 0..PASSED_OVER {
        let due =
            webhook_deliveries::webhook_key.eq(webhook.key.as_str()).and(webhook_deliveries::next_attempt_at.le(now));
        let row: Option<Row> = on_engine!(db, |db| {
            webhook_deliveries::table
                .filter(due)
                .order((webhook_deliveries::next_attempt_at, webhook_deliveries::id))
                .select(Row::as_select())
                .first(db)
                .optional()
        })?;
        let Some(row) = row else { break };
        let delivery = Delivery::try_from(row)?;
        if let Some(delivery) = begin(db, &webhook, delivery, now)? {
            return Ok(Some(Outgoing { webhook, secret, until, delivery }));
        }
    }
    let due_at = earliest(db, &webhook.key)?;
    webhooks::release(db, &webhook.key, until, due_at)?;
    Ok(None)
}

/// `None` when nothing may be told of it any more.
fn begin(db: &mut Db, webhook: &Webhook, mut delivery: Delivery, now: Instant) -> Result<Option<Delivery>> {
    let one = webhook_deliveries::table.find(delivery.id.as_str());
    if let Some(why) = why_not(db, webhook, &delivery, now)? {
        let over =
            (webhook_deliveries::next_attempt_at.eq(None::<Instant>), webhook_deliveries::last_error.eq(why.as_str()));
        diesel::update(one).set(over).execute(db)?;
        changes::tell_anew(db, &webhook.key, &delivery)?;
        return Ok(None);
    }
    if delivery.event == Event::DiaryChanged && delivery.attempts == 0 {
        delivery.revision = changes::latest(db, &webhook.key, &delivery, now)?;
    }
    delivery.attempts += 1;
    delivery.tries += 1;
    delivery.last_attempt_at = Some(now);
    let begun = (
        webhook_deliveries::revision.eq(delivery.revision.map(|revision| revision.0)),
        webhook_deliveries::attempts.eq(delivery.attempts),
        webhook_deliveries::tries.eq(delivery.tries),
        webhook_deliveries::last_attempt_at.eq(now),
    );
    diesel::update(one).set(begun).execute(db)?;
    Ok(Some(delivery))
}

/// Why something is not told: its owner wants it no more, or may not know it. That a right was ended is told to whoever had
/// it as well.
fn why_not(db: &mut Db, webhook: &Webhook, delivery: &Delivery, now: Instant) -> Result<Option<Trouble>> {
    if !webhook.terms.want(delivery.event, &delivery.diary_id) {
        return Ok(Some(Trouble::Unwanted));
    }
    if delivery.event == Event::GrantEnded {
        return Ok(None);
    }
    let grant = grants::find(db, delivery.diary_id.as_str(), &webhook.user_id)?;
    let right = grant.map(|grant| grant.right).filter(|right| right.holds(now));
    let may = right.is_some_and(|right| delivery.event == Event::DiaryChanged || right.role == Role::Owner);
    Ok((!may).then_some(Trouble::RightEnded))
}

/// Writes down what came of an attempt, and gives the webhook back.
pub fn settle(db: &mut Db, sent: &Outgoing, outcome: Outcome, retries: &Retries, now: Instant) -> Result<()> {
    let key = sent.webhook.key.as_str();
    // First of all this row: whoever adds something waits, or is seen.
    let is_on = webhooks::hold(db, key)?;
    let Some(delivery) = rows::find(db, key, &sent.delivery.id)? else { return Ok(()) };
    let one = webhook_deliveries::table.find(delivery.id.as_str());
    let mut left_alone_until = now;
    match outcome {
        Outcome::Delivered { status } => {
            webhooks::note_delivery(db, key, now)?;
            let done = (
                webhook_deliveries::next_attempt_at.eq(None::<Instant>),
                webhook_deliveries::last_status.eq(i32::from(status)),
                webhook_deliveries::last_error.eq(None::<String>),
                webhook_deliveries::delivered_at.eq(now),
            );
            diesel::update(one).set(done).execute(db)?;
            changes::is_told(db, key, &delivery)?;
        }
        Outcome::Failed { status, trouble, retry_after } => {
            // Who asked for it meanwhile set the tries back, and this was one of them. What was given up meanwhile stays so.
            let tries = delivery.tries.max(1);
            let again = retries.after(tries, retry_after).filter(|_| is_on && !outcome.is_gone());
            let failed = (
                webhook_deliveries::tries.eq(tries),
                webhook_deliveries::next_attempt_at.eq(again.map(|wait| now.plus(wait))),
                webhook_deliveries::last_status.eq(status.map(i32::from)),
                webhook_deliveries::last_error.eq(trouble.as_str()),
            );
            diesel::update(one).set(failed).execute(db)?;
            let alone = again.unwrap_or_default().min(LEFT_ALONE.max(retry_after.unwrap_or_default()));
            left_alone_until = now.plus(alone);
            if is_on && again.is_none() {
                let why = if outcome.is_gone() { OffReason::Gone } else { OffReason::Failing };
                switch_off(db, key, why, now)?;
            }
        }
    }
    // Behind all others that are due by now.
    let due_at = earliest(db, key)?.map(|due_at| due_at.max(left_alone_until));
    webhooks::release(db, key, sent.until, due_at)
}

/// Switches a webhook off. What waits for it is not sent, unless somebody asks for it; that diaries changed is told anew
/// when it is on again.
pub fn switch_off(db: &mut Db, key: &str, why: OffReason, now: Instant) -> Result<()> {
    webhooks::switch_off(db, key, why, now)?;
    let waiting = webhook_deliveries::webhook_key.eq(key).and(webhook_deliveries::next_attempt_at.is_not_null());
    let untold = webhook_deliveries::table.filter(waiting.and(webhook_deliveries::last_error.is_null()));
    diesel::update(untold).set(webhook_deliveries::last_error.eq(Trouble::WebhookOff.as_str())).execute(db)?;
    let over = webhook_deliveries::next_attempt_at.eq(None::<Instant>);
    diesel::update(webhook_deliveries::table.filter(waiting)).set(over).execute(db)?;
    changes::tell_all_anew(db, key)
}

/// Switches the first `most` of all webhooks off that are on, whosever they are, and says how many: a backup was restored.
pub fn switch_first_off(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let on = webhooks::on_after(db, "", most)?;
    for webhook in &on {
        switch_off(db, &webhook.key, OffReason::Restored, now)?;
    }
    Ok(on.len())
}

/// Takes away the first `most` rows of what hangs on a webhook that is to be deleted, and says how many.
pub fn delete_first_of(db: &mut Db, key: &str, most: i64) -> Result<usize> {
    let of_it = webhook_deliveries::webhook_key.eq(key);
    let deleted = delete_first!(db, most, webhook_deliveries by id: String, where of_it)?;
    if deleted > 0 { Ok(deleted) } else { changes::forget_first(db, key, most) }
}

/// Erases the first `most` rows of what an account that is being erased has of webhooks, and says how many.
///
/// # Errors
/// When the database fails.
pub fn erase_first(db: &mut Db, me: &Proved, most: i64) -> Result<usize> {
    let Some(webhook) = webhooks::of_user(db, me.user_id(), true)?.pop() else { return Ok(0) };
    let deleted = delete_first_of(db, &webhook.key, most)?;
    if deleted > 0 {
        return Ok(deleted);
    }
    webhooks::delete(db, &webhook.key)?;
    Ok(1)
}

/// Clears away `most` of those that are over and long ago, and says how many.
pub fn delete_old(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    let old = webhook_deliveries::created_at.le(now.minus(KEPT)).and(webhook_deliveries::next_attempt_at.is_null());
    let first = webhook_deliveries::table.filter(old).order(webhook_deliveries::created_at).limit(most);
    let first: Vec<String> = first.select(webhook_deliveries::id).load(db)?;
    Ok(on_engine!(db, |db| {
        // Only if nobody has it sent again meanwhile.
        diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(first)).filter(old)).execute(db)
    })?)
}
