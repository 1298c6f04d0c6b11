//! Tallies for days that an older version of this service counted without one.

use std::collections::BTreeMap;

use super::{contribution, soreness::store as soreness, store};
use crate::{
    access::any_diary,
    diary::covered_days::{self, tally::Tally},
    foundation::clock::Instant,
    storage::{Db, Store, refusal::Refusal},
};

/// How many days are counted in one transaction.
const BATCH: i64 = 500;

/// Counts what older versions left uncounted, and says how many days that were.
///
/// # Errors
/// When the database fails.
pub async fn run(db: &Store, now: Instant) -> Result<usize, Refusal> {
    let mut counted = 0;
    loop {
        let days = db.write(move |db| some(db, now)).await?;
        if days == 0 {
            return Ok(counted);
        }
        counted += days;
    }
}

fn some(db: &mut Db, now: Instant) -> Result<usize, Refusal> {
    let mut by_diary: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let days = covered_days::store::without_tally(db, BATCH)?;
    for (diary, date) in &days {
        by_diary.entry(diary.clone()).or_default().push(*date);
    }
    for (diary, dates) in by_diary {
        let diary = any_diary(db, &diary, now)?;
        for date in dates {
            let mut tally = Tally::default();
            for episode in store::between(db, &diary, date, date)? {
                tally.add(&contribution::tally(&episode, &soreness::all(db, &diary, &episode.id)?));
            }
            covered_days::store::set_tally(db, &diary, date, tally)?;
        }
    }
    Ok(days.len())
}
