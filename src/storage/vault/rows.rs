//! By which keys secrets in this database are sealed.

use diesel::prelude::*;

use crate::{
    foundation::clock::Instant,
    storage::{Db, Result, on_engine, schema::sealing_keys},
};

/// A key by which something may be sealed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sealing_keys)]
pub struct Known {
    /// What it is called.
    pub id: String,
    /// What it alone opens.
    pub proof: Vec<u8>,
    /// Since when it seals, or from when on it did.
    pub since: Instant,
    /// Whether it seals now.
    pub seals: bool,
    /// Since when everything is sealed by it, if it is.
    pub finished_at: Option<Instant>,
}

/// All of them, the one that seals at the end.
pub fn known(db: &mut Db) -> Result<Vec<Known>> {
    let all = sealing_keys::table.order((sealing_keys::seals, sealing_keys::since));
    Ok(on_engine!(db, |db| all.select(Known::as_select()).load(db))?)
}

/// The id of the one that seals, which stays so until the transaction ends.
pub fn that_seals(db: &mut Db) -> Result<Option<String>> {
    let one = sealing_keys::table.filter(sealing_keys::seals).select(sealing_keys::id);
    Ok(match db {
        Db::Sqlite(db) => one.first(db).optional(),
        Db::Postgres(db) => one.for_share().first(db).optional(),
    }?)
}

/// Has a key seal, in place of the one that does. Who seals by that one is waited for.
pub fn let_seal(db: &mut Db, id: &str, proof: &[u8], now: Instant, finished_at: Option<Instant>) -> Result<()> {
    let no_more = (sealing_keys::seals.eq(false), sealing_keys::finished_at.eq(None::<Instant>));
    let row = (
        sealing_keys::id.eq(id),
        sealing_keys::proof.eq(proof),
        sealing_keys::since.eq(now),
        sealing_keys::seals.eq(true),
        sealing_keys::finished_at.eq(finished_at),
    );
    on_engine!(db, |db| {
        diesel::update(sealing_keys::table.filter(sealing_keys::seals)).set(no_more).execute(db)?;
        diesel::insert_into(sealing_keys::table).values(row).execute(db)
    })?;
    Ok(())
}

/// Notes that everything is sealed by a key, if it seals still.
pub fn finish(db: &mut Db, id: &str, now: Instant) -> Result<()> {
    let one = sealing_keys::table.find(id).filter(sealing_keys::seals);
    on_engine!(db, |db| diesel::update(one).set(sealing_keys::finished_at.eq(now)).execute(db))?;
    Ok(())
}

/// Forgets the keys by which nothing is sealed any more, and says how many they were. While something may be, it forgets none.
pub fn retire(db: &mut Db) -> Result<usize> {
    let all = known(db)?;
    if !all.last().is_some_and(|last| last.seals && last.finished_at.is_some()) {
        return Ok(0);
    }
    let old = sealing_keys::table.filter(sealing_keys::seals.eq(false));
    Ok(on_engine!(db, |db| diesel::delete(old).execute(db))?)
}
