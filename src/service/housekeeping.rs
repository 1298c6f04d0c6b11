//! Clearing away what has run out, in small steps: however much that is, none takes long, and others get their turn between
//! them.

use std::time::Duration;

use crate::{
    access::{connections, devices, guesses, mail, notices, passkeys, sessions, tokens},
    diary::{tombstones, versions},
    foundation::clock::Instant,
    people::emails,
    sharing::{consents, deliveries},
    storage::{Db, Result, Store, ledger},
    web::allowance,
};

/// How many rows a step clears away.
const STEP: i64 = 500;
/// How many steps a round takes for each kind; the next round goes on.
const MOST_STEPS: usize = 1_000;

/// Clears away the first rows of a kind that have run out by an instant, and says how many.
type Clear = fn(&mut Db, Instant, i64) -> Result<usize>;

const EXPIRING: [(&str, Clear); 15] = [
    ("sessions", sessions::store::delete_expired),
    ("personal access tokens", tokens::store::delete_expired),
    ("connections of apps", connections::store::delete_expired),
    ("access tokens of apps", connections::store::delete_expired_tokens),
    ("known devices", devices::store::delete_expired),
    ("keys of letters", mail::store::delete_expired_keys),
    ("letters that nobody sends", mail::store::delete_unsent),
    ("notices", notices::store::delete_old),
    ("changes of addresses", emails::store::delete_expired),
    ("challenges to passkeys", passkeys::store::delete_unanswered),
    ("failures", guesses::delete_forgotten),
    ("allowances", allowance::delete_whole),
    ("keys to what was shared", consents::store::delete_expired_keys),
    ("deliveries to webhooks", deliveries::store::delete_old),
    ("old endings", ledger::delete_old),
];

/// What is remembered of diaries for so long as the settings say: cleared away if it is older than an instant.
const REMEMBERED: [(&str, Clear); 2] =
    [("tombstones", tombstones::delete_before), ("versions", versions::store::delete_before)];

/// One round. What can't be cleared away keeps nothing else from it. What was deleted is remembered for as long as
/// `tombstones` says.
pub async fn clear(store: &Store, now: Instant, tombstones: Duration) {
    let expired = EXPIRING.map(|(kind, clear)| (kind, clear, now));
    let forgotten = REMEMBERED.map(|(kind, clear)| (kind, clear, now.minus(tombstones)));
    for (kind, clear, by) in expired.into_iter().chain(forgotten) {
        match clear_all(store, clear, by).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, kind, "what had run out was cleared away"),
            Err(error) => tracing::warn!(%error, kind, "what has run out could not be cleared away"),
        }
    }
}

async fn clear_all(store: &Store, clear: Clear, now: Instant) -> Result<usize> {
    let mut rows = 0;
    for _ in 0..MOST_STEPS {
        match store.write(move |db| clear(db, now, STEP)).await? {
            0 => break,
            cleared => rows += cleared,
        }
    }
    Ok(rows)
}
