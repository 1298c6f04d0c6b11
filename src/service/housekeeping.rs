//! Clearing away what has run out, in small steps: however much that is, none takes long, and others get their turn between
//! them.

use crate::{
    access::{devices, guesses, sessions},
    foundation::clock::Instant,
    sharing::consents,
    storage::{Db, Result, Store, ledger},
    web::allowance,
};

/// How many rows a step clears away.
const STEP: i64 = 500;
/// How many steps a round takes for each kind; the next round goes on.
const MOST_STEPS: usize = 1_000;

/// Clears away the first rows of a kind, and says how many.
type Clear = fn(&mut Db, Instant, i64) -> Result<usize>;

const ALL: [(&str, Clear); 6] = [
    ("sessions", sessions::store::delete_expired),
    ("known devices", devices::store::delete_expired),
    ("failures", guesses::delete_forgotten),
    ("allowances", allowance::delete_whole),
    ("keys to what was shared", consents::store::delete_expired_keys),
    ("old endings", ledger::delete_old),
];

/// One round. What can't be cleared away keeps nothing else from it.
pub async fn clear(store: &Store, now: Instant) {
    for (kind, clear) in ALL {
        match clear_all(store, clear, now).await {
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
