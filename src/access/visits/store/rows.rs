//! The rows of the access log, of its entries, and of the ends of its chains.

use diesel::prelude::*;

use crate::{
    access::{
        accounts::model::Email,
        visits::{
            chain::Hash,
            model::{Access, Entry, Look, Outcome, VisitorRole},
        },
    },
    foundation::{clock::Instant, ids::Id, values::Name},
    storage::{
        Error, Result,
        schema::{access_chains, access_entries, access_log},
    },
};

/// A row of the log.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
pub struct LookRow {
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
    number: i64,
    outcome: String,
    /// The number of its entry.
    pub entry: i64,
    hash: Option<Vec<u8>>,
    token_name: Option<String>,
}

impl LookRow {
    /// A look of an entry.
    #[must_use]
    pub fn of(look: Look, entry: i64) -> Self {
        Self {
            id: look.id.to_string(),
            at: look.at,
            consent_id: look.consent_id.map(|id| id.to_string()),
            user_id: look.user_id.map(|id| id.to_string()),
            user_name: look.user_name.map(|name| name.as_str().to_owned()),
            user_email: look.user_email.map(|email| email.as_str().to_owned()),
            role: look.role.as_str().to_owned(),
            access: look.access.as_str().to_owned(),
            what: look.what,
            target: look.target,
            number: look.number,
            outcome: look.outcome.as_str().to_owned(),
            entry,
            hash: look.hash.map(|hash| hash.bytes().to_vec()),
            token_name: look.token_name.map(|name| name.as_str().to_owned()),
        }
    }
}

impl TryFrom<LookRow> for Look {
    type Error = Error;

    fn try_from(row: LookRow) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            number: row.number,
            at: row.at,
            consent_id: row.consent_id.map(Id::stored),
            user_id: row.user_id.map(Id::stored),
            user_name: row.user_name.map(Name::stored),
            user_email: row.user_email.map(Email::stored),
            role: role(&row.role)?,
            token_name: row.token_name.map(Name::stored),
            access: access(&row.access)?,
            what: row.what,
            target: row.target,
            outcome: outcome(&row.outcome)?,
            hash: row.hash.as_deref().and_then(Hash::stored),
        })
    }
}

/// A row of an entry.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    number: i64,
    id: String,
    looks: i32,
    first_at: Instant,
    last_at: Instant,
    consent_id: Option<String>,
    user_id: Option<String>,
    user_name: Option<String>,
    user_email: Option<String>,
    role: String,
    access: String,
    what: String,
    target: Option<String>,
    outcome: String,
    token_name: Option<String>,
}

impl From<Entry> for EntryRow {
    fn from(entry: Entry) -> Self {
        Self {
            number: entry.number,
            id: entry.id.to_string(),
            looks: entry.count,
            first_at: entry.first_at,
            last_at: entry.last_at,
            consent_id: entry.consent_id.map(|id| id.to_string()),
            user_id: entry.user_id.map(|id| id.to_string()),
            user_name: entry.user_name.map(|name| name.as_str().to_owned()),
            user_email: entry.user_email.map(|email| email.as_str().to_owned()),
            role: entry.role.as_str().to_owned(),
            access: entry.access.as_str().to_owned(),
            what: entry.what,
            target: entry.target,
            outcome: entry.outcome.as_str().to_owned(),
            token_name: entry.token_name.map(|name| name.as_str().to_owned()),
        }
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            number: row.number,
            count: row.looks,
            first_at: row.first_at,
            last_at: row.last_at,
            consent_id: row.consent_id.map(Id::stored),
            user_id: row.user_id.map(Id::stored),
            user_name: row.user_name.map(Name::stored),
            user_email: row.user_email.map(Email::stored),
            role: role(&row.role)?,
            token_name: row.token_name.map(Name::stored),
            access: access(&row.access)?,
            what: row.what,
            target: row.target,
            outcome: outcome(&row.outcome)?,
        })
    }
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of its last row.
    pub number: i64,
    /// The hash of its last row.
    pub hash: Hash,
    /// How many rows were there before chains were.
    pub older: i64,
    /// Whether the diary's erasure was begun, which takes the first rows away.
    pub erasing: bool,
}

impl Head {
    /// That of a chain without rows.
    pub const NEW: Self = Self { number: 0, hash: Hash::NONE, older: 0, erasing: false };

    /// Whether rows from before are still to be chained.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        self.number < self.older
    }
}

/// A row of where a chain ends.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_chains, treat_none_as_default_value = false)]
pub struct HeadRow {
    number: i64,
    hash: Vec<u8>,
    older: i64,
    erasing: bool,
}

impl From<Head> for HeadRow {
    fn from(head: Head) -> Self {
        Self { number: head.number, hash: head.hash.bytes().to_vec(), older: head.older, erasing: head.erasing }
    }
}

impl TryFrom<HeadRow> for Head {
    type Error = Error;

    fn try_from(row: HeadRow) -> Result<Self> {
        let hash = Hash::stored(&row.hash).ok_or_else(|| Error::corrupt("hash of a chain"))?;
        Ok(Self { number: row.number, hash, older: row.older, erasing: row.erasing })
    }
}

fn role(word: &str) -> Result<VisitorRole> {
    VisitorRole::parse(word).ok_or_else(|| Error::corrupt("role of a visitor"))
}

fn access(word: &str) -> Result<Access> {
    Access::parse(word).ok_or_else(|| Error::corrupt("kind of access"))
}

fn outcome(word: &str) -> Result<Outcome> {
    Outcome::parse(word).ok_or_else(|| Error::corrupt("outcome of a visit"))
}
