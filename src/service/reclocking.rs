//! Clocks of cramps and the rules of time zones: what a start says of them, and what `reclock` does.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    access::diaries,
    diary::episodes::reclock::{
        self, Walk,
        rules::{self, Standing},
    },
    foundation::{clock::Clock, zones::Rules},
    storage::{self, Store},
};

/// How many clocks are put right before others have their turn.
const STEP: usize = 25;

/// How long others have it: longer than what waits for SQLite's one writer ever sleeps before it tries again.
const PAUSE: Duration = Duration::from_millis(120);

/// Notes by which rules clocks are worked out from now on. Where clocks of before may be wrong by them, the log says what
/// an operator can do about it: nothing changes a clock by itself.
///
/// # Errors
/// When the database fails, in one line.
pub async fn note_rules(store: &Store, clock: &Clock) -> Result<(), String> {
    let now = clock.now();
    let begin = move |db: &mut storage::Db| {
        let nothing_is_logged = diaries::store::ids_after(db, "", 1)?.is_empty();
        rules::begin(db, nothing_is_logged, now)
    };
    let standing = store.write(begin).await.map_err(|error| format!("the database: {error}"))?;
    let version = Rules::in_force().version();
    match standing {
        Standing::Same { is_due: true } => tracing::info!(
            %version,
            "cramps that were logged by other rules of time zones may have a wrong clock: `cramp-diary reclock --dry-run` \
             lists them"
        ),
        Standing::Older(newer) => tracing::warn!(
            %version, %newer,
            "time zones follow older rules than before, and so do the clocks of cramps that are logged now: is TZ_DATA \
             missing?"
        ),
        Standing::Same { is_due: false } | Standing::First | Standing::Newer => {}
    }
    Ok(())
}

/// Tells of the cramps that have another clock by the rules in force, a line each and one at the end, and puts them right
/// unless it is a dry run.
///
/// # Errors
/// One line: that the rules are not those by which the service works out clocks now, or that the database fails.
pub async fn reclock(
    store: &Store,
    clock: &Clock,
    dry_run: bool,
    mut tell: impl FnMut(&str) -> Result<(), String>,
) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("reclock: {error}");
    let version = Rules::in_force().version();
    match store.read(rules::standing).await.map_err(|error| failed(&error))? {
        Standing::Older(newer) => {
            return Err(format!(
                "reclock: clocks in this database follow {newer} of the tz database, and the rules here are those of \
                 {version}: set TZ_DATA to newer ones"
            ));
        }
        Standing::First | Standing::Newer if !dry_run => {
            return Err(format!(
                "reclock: no service was started on this database with {version} of the tz database: start it first, so \
                 that no more clocks follow other rules"
            ));
        }
        Standing::First | Standing::Newer | Standing::Same { .. } => {}
    }
    let (mut moved, mut stay, mut diaries) = (BTreeMap::new(), 0_usize, 0_usize);
    let mut last = String::new();
    let mut walk = Walk::default();
    while let Some(found) = walk.step(store, clock.now()).await.map_err(|error| failed(&error))? {
        for some in found.chunks(STEP) {
            let some = if dry_run {
                some.to_vec()
            } else {
                let done = reclock::put_right(store, some.to_vec(), clock.now()).await;
                done.map_err(|error| failed(&error))?
            };
            for wrong in &some {
                tell(&format!("{wrong}\n"))?;
                if wrong.stays.is_some() {
                    stay += 1;
                } else {
                    *moved.entry(wrong.zone.name()).or_insert(0_usize) += 1;
                }
                diaries += usize::from(last != wrong.diary);
                last.clone_from(&wrong.diary);
            }
            if !dry_run {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    if !dry_run {
        let now = clock.now();
        store.write(move |db| rules::finish(db, now)).await.map_err(|error| failed(&error))?;
    }
    let outcome = if dry_run { "would be put right" } else { "put right" };
    let total: usize = moved.values().sum();
    let zones: Vec<_> = moved.iter().map(|(zone, count)| format!("{zone} {count}")).collect();
    let zones = if zones.is_empty() { String::new() } else { format!(" ({})", zones.join(", ")) };
    tell(&format!(
        "by {version} of the tz database, {outcome}: {total}{zones}; stay wrong: {stay}; in diaries: {diaries}\n"
    ))
}
