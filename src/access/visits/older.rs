//! Rows of the access log that were written before there were chains and entries.

use super::store;
use crate::storage::{Result, Store};

/// How many rows are chained in one transaction.
const BATCH: i64 = 500;

/// Chains and folds them, diary by diary in small steps, and says how many there were. Nothing is noted of a diary before
/// its rows are chained.
pub async fn run(db: &Store) -> Result<usize> {
    let mut chained = 0;
    while let Some(diary_id) = db.read(store::unchained).await? {
        chained += db.write(move |db| store::chain_older(db, &diary_id, BATCH)).await?;
    }
    Ok(chained)
}
