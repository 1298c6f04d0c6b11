//! Sums of days that an older version of this service counted without a tally, and so without all that is counted now.

use std::collections::BTreeMap;

use super::{contribution, soreness::store as soreness, store};
use crate::{
    access::any_diary,
    diary::covered_days,
    foundation::clock::Instant,
    storage::{Db, Result, Store, refusal::Refusal},
};

/// How many days are counted in one transaction.
const BATCH: i64 = 500;

/// Counts what older versions left uncounted, and says how many days that were.
///
/// # Errors
/// When the database fails.
pub async fn run(db: &Store, now: Instant) -> Result<usize, Refusal> {
    let mut counted = 0;
    while let Some(days) = db.write(move |db| some(db, now)).await? {
        counted += days;
    }
    Ok(counted)
}

/// Counts some of them, and says how many; `None` when there are none left.
fn some(db: &mut Db, now: Instant) -> Result<Option<usize>, Refusal> {
    let mut by_diary: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (diary, date) in covered_days::store::without_tally(db, BATCH)? {
        by_diary.entry(diary).or_default().push(date);
    }
    if by_diary.is_empty() {
        return Ok(None);
    }
    let mut counted = 0;
    for (id, dates) in by_diary {
        let diary = match any_diary(db, &id, now) {
            // Erased since we looked, by another process: its days are gone as well.
            Err(Refusal::NotFound) => continue,
            found => found?,
        };
        counted += dates.len();
        for date in dates {
            let parts = diary.diary().day_parts;
            let cramps = store::between(db, &diary, date, date)?
                .into_iter()
                .map(|cramp| Ok(contribution::of(&cramp, &soreness::all(db, &diary, &cramp.id)?, parts)))
                .collect::<Result<Vec<_>>>()?;
            covered_days::store::count(db, &diary, date, cramps)?;
        }
    }
    Ok(Some(counted))
}
