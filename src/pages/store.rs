//! Which session a cookie stands for, in the database.

use diesel::prelude::*;

use super::cookie::PageKey;
use crate::{
    access::sessions::{self, model::Session},
    foundation::ids::Id,
    storage::{Db, Result, on_engine, schema::page_keys},
};

/// Lets a cookie stand for a session that was just begun.
fn insert(db: &mut Db, session: &Session, key: &PageKey) -> Result<()> {
    diesel::insert_into(page_keys::table)
        .values((page_keys::key_hash.eq(key.hash().to_vec()), page_keys::session_id.eq(session.id.as_str())))
        .execute(db)?;
    Ok(())
}

/// The same in place of what this browser had before: nobody could end that session any more.
pub fn replace(db: &mut Db, before: Option<&PageKey>, session: &Session, key: &PageKey) -> Result<()> {
    if let Some(before) = before.map_or(Ok(None), |before| session_of(db, before))? {
        sessions::store::end(db, &before.id, session.created_at)?;
    }
    insert(db, session, key)
}

/// The session that a cookie stands for, whether it lives or not.
pub fn session_of(db: &mut Db, key: &PageKey) -> Result<Option<Session>> {
    let id: Option<String> = on_engine!(db, |db| page_keys::table
        .find(key.hash().to_vec())
        .select(page_keys::session_id)
        .first(db)
        .optional())?;
    id.map_or(Ok(None), |id| sessions::store::find(db, &Id::stored(id)))
}
