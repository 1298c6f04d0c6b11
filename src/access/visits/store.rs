//! The access log in the database. Rows are added and read; there is nothing here that
//! changes one, and they go only with the diary.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, max},
    prelude::*,
};

use super::model::{Access, Deed, LogEntry, Visitor, VisitorRole};
use crate::{
    access::{OwnedDiary, WritableDiary, accounts::model::Email},
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        values::Name,
    },
    storage::{Db, Error, Result, delete_first, on_engine, schema::access_log},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
struct Row {
    id: String,
    at: Instant,
    consent_id: Option<String>,
    user_id: Option<String>,
    user_name: Option<String>,
    user_email: Option<String>,
    role: String,
    access: String,
    what: String,
    target: Option<String>,
}

impl TryFrom<Row> for LogEntry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            at: row.at,
            consent_id: row.consent_id.map(Id::stored),
            user_id: row.user_id.map(Id::stored),
            user_name: row.user_name.map(Name::stored),
            user_email: row.user_email.map(Email::stored),
            role: VisitorRole::parse(&row.role).ok_or_else(|| Error::corrupt("role of a visitor"))?,
            access: Access::parse(&row.access).ok_or_else(|| Error::corrupt("kind of access"))?,
            what: row.what,
            target: row.target,
        })
    }
}

/// Notes a visit. A write is noted in its own transaction, and a look before its answer goes out: what can't be noted
/// does not happen, and is not shown.
pub fn record(db: &mut Db, diary_id: &str, visitor: &Visitor, deed: &Deed, now: Instant) -> Result<()> {
    let (user_id, user_name, user_email) = match &visitor.user {
        Some((id, name, email)) => (Some(id), name.as_ref(), Some(email)),
        None => (None, None, None),
    };
    let row = Row {
        id: Id::random().to_string(),
        at: now,
        consent_id: visitor.consent_id.as_ref().map(ToString::to_string),
        user_id: user_id.map(ToString::to_string),
        user_name: user_name.map(|name| name.as_str().to_owned()),
        user_email: user_email.map(|email| email.as_str().to_owned()),
        role: visitor.role.as_str().to_owned(),
        access: deed.access.as_str().to_owned(),
        what: deed.what.as_str().to_owned(),
        target: deed.target.clone(),
    };
    let row = (access_log::diary_id.eq(diary_id), row);
    on_engine!(db, |db| diesel::insert_into(access_log::table).values(row).execute(db))?;
    Ok(())
}

/// A page of the log, the latest visit first.
pub fn page(db: &mut Db, diary: &OwnedDiary, request: &PageRequest<String>) -> Result<Page<LogEntry>> {
    let mut query = access_log::table
        .filter(access_log::diary_id.eq(diary.id()))
        .order(access_log::id.desc())
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some(before) = &request.after {
        query = query.filter(access_log::id.lt(before.clone()));
    }
    let found = query.load::<Row>(db)?.into_iter().map(LogEntry::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request.limit, |entry| entry.id.to_string()))
}

/// How often somebody came by a right, and when they last did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looks {
    /// How often.
    pub times: i64,
    /// The last time.
    pub last_at: Option<Instant>,
}

/// The looks by each of some rights; those by which nobody came are missing.
pub fn looks(db: &mut Db, diary_id: &str, consent_ids: &[Id]) -> Result<HashMap<Id, Looks>> {
    let ids: Vec<_> = consent_ids.iter().map(Id::as_str).collect();
    let rows: Vec<(Option<String>, i64, Option<Instant>)> = on_engine!(db, |db| {
        access_log::table
            .filter(access_log::diary_id.eq(diary_id).and(access_log::consent_id.eq_any(ids)))
            .group_by(access_log::consent_id)
            .select((access_log::consent_id, count_star(), max(access_log::at)))
            .load(db)
    })?;
    let looks = rows.into_iter().filter_map(|(id, times, last_at)| Some((Id::stored(id?), Looks { times, last_at })));
    Ok(looks.collect())
}

/// Erases the first `most` visits, and says how many. Nothing is remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, access_log by id: String, where access_log::diary_id.eq(diary.id()))?)
}
