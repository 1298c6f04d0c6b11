//! The rows of the outbox.

use diesel::prelude::*;

use crate::{
    foundation::{clock::Instant, ids::Id, precondition::Revision},
    sharing::{
        deliveries::model::{Delivery, Trouble},
        webhooks::{model::Event, store as webhooks},
    },
    storage::{Db, Error, Result, schema::webhook_deliveries},
};

/// A delivery, as it is stored.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub struct Row {
    /// Its id.
    pub id: String,
    kind: String,
    diary_id: String,
    subject_id: Option<String>,
    revision: Option<i64>,
    /// When it happened.
    pub created_at: Instant,
    attempts: i32,
    tries: i32,
    next_attempt_at: Option<Instant>,
    last_attempt_at: Option<Instant>,
    last_status: Option<i32>,
    last_error: Option<String>,
    delivered_at: Option<Instant>,
}

impl TryFrom<Row> for Delivery {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let trouble = |word: &str| Trouble::parse(word).ok_or_else(|| Error::corrupt("trouble of a delivery"));
        Ok(Self {
            id: Id::stored(row.id),
            event: Event::parse(&row.kind).ok_or_else(|| Error::corrupt("kind of an event"))?,
            diary_id: Id::stored(row.diary_id),
            subject_id: row.subject_id.map(Id::stored),
            revision: row.revision.map(Revision),
            created_at: row.created_at,
            attempts: row.attempts,
            tries: row.tries,
            next_attempt_at: row.next_attempt_at,
            last_attempt_at: row.last_attempt_at,
            last_status: row.last_status.and_then(|status| status.try_into().ok()),
            last_error: row.last_error.as_deref().map(trouble).transpose()?,
            delivered_at: row.delivered_at,
        })
    }
}

/// What a row is about: a diary, a grant or a link, and a revision.
pub type About<'a> = (&'a str, Option<&'a str>, Option<Revision>);

/// Writes down that something waits for a webhook.
pub fn insert(
    db: &mut Db,
    key: &str,
    event: Event,
    (diary, subject, revision): About<'_>,
    now: Instant,
) -> Result<String> {
    let row = Row {
        id: Id::random().to_string(),
        kind: event.as_str().to_owned(),
        diary_id: diary.to_owned(),
        subject_id: subject.map(str::to_owned),
        revision: revision.map(|revision| revision.0),
        created_at: now,
        attempts: 0,
        tries: 0,
        next_attempt_at: Some(now),
        last_attempt_at: None,
        last_status: None,
        last_error: None,
        delivered_at: None,
    };
    let id = row.id.clone();
    diesel::insert_into(webhook_deliveries::table)
        .values((webhook_deliveries::webhook_key.eq(key), row))
        .execute(db)?;
    webhooks::is_due(db, key, now)?;
    Ok(id)
}

/// A delivery of a webhook.
pub fn find(db: &mut Db, key: &str, id: &Id) -> Result<Option<Delivery>> {
    let one = webhook_deliveries::table.find(id.as_str()).filter(webhook_deliveries::webhook_key.eq(key));
    let row: Option<Row> = one.select(Row::as_select()).first(db).optional()?;
    row.map(Delivery::try_from).transpose()
}
