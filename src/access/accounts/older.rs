//! Accounts whose e-mails an older version compared in another way.

use super::store::{self, Rekeyed};
use crate::storage::{Result, Store};

/// So many accounts are looked at in one transaction.
const BATCH: i64 = 500;

/// Compares their e-mails as they are compared now, and says what became of them. Whoever has an address that is another
/// account's by now keeps theirs, and signs in with it as it was written.
pub async fn run(db: &Store) -> Result<Rekeyed> {
    let (mut all, mut after) = (Rekeyed::default(), Some(String::new()));
    while let Some(id) = after {
        let (some, last) = db.write(move |db| store::rekey(db, &id, BATCH)).await?;
        all.changed += some.changed;
        all.shadowed += some.shadowed;
        after = last;
    }
    Ok(all)
}
