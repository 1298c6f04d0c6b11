//! Noticing that diaries changed, for the webhooks that are to be told.

use std::time::Duration;

use tokio::time::{Instant as Moment, sleep};

use crate::{
    foundation::clock::{Clock, Instant},
    sharing::{
        deliveries::{
            changes::store::{self as changes, Pair, Place},
            store as deliveries,
        },
        webhooks::{
            model::{Event, Webhook},
            store as webhooks,
        },
    },
    storage::{Result, Store},
    web::counts,
};

/// How often it is looked at most.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is counted what waits, where anybody asks.
const COUNTED_EVERY: Duration = Duration::from_secs(15);
/// Looking takes at most this part of the time, however many webhooks there are.
const PART: u32 = 20;
/// So many webhooks are looked at in one transaction.
const AT_ONCE: i64 = 100;
/// So many changes are written down in one.
const WRITTEN_AT_ONCE: usize = 50;

/// Looks again and again.
pub async fn go_on(store: Store, clock: Clock) {
    let mut counted: Option<Moment> = None;
    loop {
        let begun = Moment::now();
        if counts::are_on() && counted.is_none_or(|last| begun - last >= COUNTED_EVERY) {
            counted = Some(begun);
            match store.read(deliveries::count_waiting).await {
                Ok(waiting) => counts::set_waiting(waiting),
                Err(error) => tracing::debug!(%error, "what waits for webhooks could not be counted"),
            }
        }
        if let Err(error) = round(&store, clock.now()).await {
            // It is looked again soon. Who is told late is told all the same.
            tracing::debug!(%error, "what webhooks are to be told could not be looked up");
        }
        sleep(EVERY.max(begun.elapsed() * PART)).await;
    }
}

/// Looks once at all diaries that webhooks listen to, and writes down which of them changed since they were told.
pub async fn round(store: &Store, now: Instant) -> Result<()> {
    let mut last = Some(String::new());
    while let Some(after) = last {
        let some = store.read(move |db| webhooks::on_after(db, &after, AT_ONCE)).await?;
        let is_full = i64::try_from(some.len()) == Ok(AT_ONCE);
        last = some.last().filter(|_| is_full).map(|webhook| webhook.key.clone());
        if some.iter().any(|webhook| webhook.terms.events.contains(&Event::DiaryChanged)) {
            look(store, some, now).await?;
        }
    }
    Ok(())
}

async fn look(store: &Store, some: Vec<Webhook>, now: Instant) -> Result<()> {
    let mut place: Option<Place> = None;
    loop {
        let (asked, from) = (some.clone(), place);
        let (mut pairs, next) = store.read(move |db| changes::changed(db, &asked, from.as_ref(), now)).await?;
        // Whoever locks several webhooks takes them in one order.
        pairs.sort_by(|one, other| one.key().cmp(other.key()));
        for few in pairs.chunks(WRITTEN_AT_ONCE) {
            let few: Vec<Pair> = few.to_vec();
            store.write(move |db| few.iter().try_for_each(|pair| changes::tell_changed(db, pair, now))).await?;
        }
        match next {
            Some(next) => place = Some(next),
            None => return Ok(()),
        }
    }
}
