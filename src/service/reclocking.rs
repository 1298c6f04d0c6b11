//! Clocks of cramps and the rules of time zones: what a start says of them, and what `reclock` does.

use crate::{
    access::diaries,
    diary::episodes::reclock::{
        self, Walk,
        rules::{self, Standing},
    },
    foundation::{clock::Clock, zones::Rules},
    storage::Store,
};

/// Notes by which rules clocks are worked out from now on. Where these are not those of before, the log says what an
/// operator can do about it: nothing changes a clock by itself.
///
/// # Errors
/// When the database fails, in one line.
pub async fn note_rules(store: &Store, clock: &Clock) -> Result<(), String> {
    let now = clock.now();
    let (standing, is_empty) = store
        .write(move |db| {
            Ok::<_, crate::storage::Error>((rules::begin(db, now)?, diaries::store::ids_after(db, "", 1)?.is_empty()))
        })
        .await
        .map_err(|error| format!("the database: {error}"))?;
    let version = Rules::in_force().version();
    match standing {
        Standing::Newer(_) | Standing::First if !is_empty => tracing::info!(
            %version,
            "time zones follow other rules than before: `cramp-diary reclock --dry-run` lists the cramps that have \
             another clock by them"
        ),
        Standing::Older(before) => tracing::warn!(
            %version, %before,
            "time zones follow older rules than before, and so do the clocks of cramps that are logged now: is TZ_DATA \
             missing?"
        ),
        Standing::First | Standing::Same | Standing::Newer(_) => {}
    }
    Ok(())
}

/// Tells of the cramps that have another clock by the rules of today, a line each and one at the end, and puts them right
/// unless it is a dry run.
///
/// # Errors
/// One line: that the rules are older than those of before, or that the database fails.
pub async fn reclock(
    store: &Store,
    clock: &Clock,
    dry_run: bool,
    mut tell: impl FnMut(&str) -> Result<(), String>,
) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("reclock: {error}");
    let version = Rules::in_force().version();
    let standing = store.read(rules::standing).await.map_err(|error| failed(&error))?;
    if let Standing::Older(before) = standing {
        return Err(format!(
            "reclock: clocks in this database follow {before} of the tz database, and the rules here are those of {version}: \
             set TZ_DATA to newer ones"
        ));
    }
    if !dry_run {
        let now = clock.now();
        store.write(move |db| rules::begin(db, now)).await.map_err(|error| failed(&error))?;
    }
    let (mut moved, mut stay, mut diaries) = (0_usize, 0_usize, 0_usize);
    let mut last = String::new();
    let mut walk = Walk::default();
    while let Some(found) = walk.step(store, clock.now()).await.map_err(|error| failed(&error))? {
        let found = if dry_run {
            found
        } else {
            reclock::put_right(store, found, clock.now()).await.map_err(|error| failed(&error))?
        };
        for wrong in &found {
            tell(&format!("{wrong}\n"))?;
            let count = if wrong.stays.is_some() { &mut stay } else { &mut moved };
            *count += 1;
            diaries += usize::from(last != wrong.diary);
            last.clone_from(&wrong.diary);
        }
    }
    let outcome = if dry_run { "would be put right" } else { "put right" };
    tell(&format!("by {version} of the tz database, {outcome}: {moved}; stay wrong: {stay}; in diaries: {diaries}\n"))
}
