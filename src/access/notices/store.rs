//! Notices in the database.

use std::time::Duration;

use diesel::prelude::*;

use super::model::Told;
use crate::{
    access::{
        SignedIn,
        accounts::{model::Notice, store as accounts},
        mail::{
            model::{About, Letter, Recipient},
            store as mail,
        },
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest, Timed},
    },
    storage::{Db, Error, Result, on_engine, schema::notices},
};

/// How long it can be read what happened.
const KEPT: Duration = Duration::from_hours(24 * 90);

/// Tells somebody that something happened, in the transaction in which it does: on the list of what happened, and by mail
/// unless they want none of this. `label` is what the device is called, or who it was.
pub fn tell(db: &mut Db, user_id: &Id, what: Notice, label: Option<&str>, now: Instant) -> Result<()> {
    let Some(account) = accounts::find(db, user_id)? else { return Ok(()) };
    if account.user.muted.has(what) {
        return insert(db, user_id, what, label, now);
    }
    tell_at(db, user_id, Recipient::Account(user_id.clone()), (what, label), now)
}

/// The same, with a letter that goes to whom it is said.
pub fn tell_at(
    db: &mut Db,
    user_id: &Id,
    to: Recipient,
    (what, label): (Notice, Option<&str>),
    now: Instant,
) -> Result<()> {
    insert(db, user_id, what, label, now)?;
    // Who somebody shares their diary with is in no mail.
    let label = label.filter(|_| what.is_of_security()).map(str::to_owned);
    mail::write(db, &Letter { about: About::Notice(what), label, to, language: None }, now)
}

fn insert(db: &mut Db, user_id: &Id, what: Notice, label: Option<&str>, now: Instant) -> Result<()> {
    diesel::insert_into(notices::table)
        .values((
            notices::id.eq(Id::random().as_str()),
            notices::user_id.eq(user_id.as_str()),
            notices::kind.eq(what.as_str()),
            notices::label.eq(label),
            notices::at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notices)]
struct Row {
    id: String,
    kind: String,
    label: Option<String>,
    at: Instant,
}

impl TryFrom<Row> for Told {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let kind = Notice::parse(&row.kind).ok_or_else(|| Error::corrupt("kind of a notice"))?;
        Ok(Self { id: Id::stored(row.id), kind, label: row.label, at: row.at })
    }
}

/// A page of what somebody was told, the latest first.
pub fn page(db: &mut Db, me: &SignedIn, request: &PageRequest<Timed>) -> Result<Page<Told>> {
    let mut query = notices::table
        .filter(notices::user_id.eq(me.user_id().as_str()))
        .order((notices::at.desc(), notices::id.desc()))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((micros, id)) = &request.after {
        let at = Instant::from_micros(*micros);
        query = query.filter(notices::at.le(at)).filter(notices::at.lt(at).or(notices::id.lt(id.clone())));
    }
    let found: Vec<Row> = query.load(db)?;
    Page::cut(found, request, |row| (row.at.micros(), row.id.clone())).try_map(Told::try_from)
}

/// Clears away `most` of what happened long ago, and says how many.
pub fn delete_old(db: &mut Db, now: Instant, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let old = notices::table.filter(notices::at.le(now.minus(KEPT))).order(notices::at).limit(most);
        let first: Vec<String> = old.select(notices::id).load(db)?;
        diesel::delete(notices::table.filter(notices::id.eq_any(first))).execute(db)
    })?)
}
