//! Connections and their tokens, as rows.

use diesel::prelude::*;

use super::super::model::{Challenge, Connection, GRACE, RefreshToken};
use crate::{
    access::scopes::{Scope, TokenRights},
    foundation::{clock::Instant, ids::Id, values::Name},
    storage::{
        Error, Result,
        schema::{connection_tokens, connections},
        stored_json,
    },
};

/// A connection.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = connections, treat_none_as_default_value = false)]
pub struct Row {
    pub id: String,
    pub user_id: String,
    pub client_id: String,
    pub name: String,
    pub scopes: String,
    pub diary_ids: Option<String>,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
}

impl TryFrom<Row> for Connection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let scopes: Vec<Scope> = stored_json::read("scopes of a connection", &row.scopes)?;
        let diary_ids = stored_json::read_ids("diaries of a connection", row.diary_ids.as_deref())?;
        Ok(Self {
            id: Id::stored(row.id),
            user_id: Id::stored(row.user_id),
            client_id: Id::stored(row.client_id),
            rights: TokenRights { name: Name::stored(row.name), scopes, diary_ids },
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// The code of a connection, as far as it is looked at.
#[derive(Queryable, Selectable)]
#[diesel(table_name = connections)]
pub struct CodeRow {
    redirect_uri: String,
    challenge: Vec<u8>,
    pub redeemed_at: Option<Instant>,
}

impl CodeRow {
    /// Whether an app that names this address, if it names one, and keeps this challenge may redeem it.
    pub fn is_bound_to(&self, redirect_uri: Option<&str>, challenge: Challenge) -> bool {
        self.challenge == challenge.0 && redirect_uri.is_none_or(|named| self.redirect_uri == named)
    }
}

/// The refresh tokens of a connection: the present one and the one before.
#[derive(Queryable, Selectable)]
#[diesel(table_name = connections)]
pub struct Turns {
    refresh_hash: Option<Vec<u8>>,
    parent_hash: Option<Vec<u8>>,
    sealed_child: Option<Vec<u8>>,
    refreshed_at: Option<Instant>,
}

/// What a refresh token of a connection is among the others.
pub enum Turn {
    /// The one that is good.
    Present,
    /// The one before, within the grace time; with the present one, which nobody has used.
    Parent(RefreshToken),
    /// Any other.
    Spent,
}

impl Turns {
    pub fn find(&self, presented: &RefreshToken, now: Instant) -> Result<Turn> {
        let is = |hash: &Option<Vec<u8>>| hash.as_deref() == Some(&presented.hash());
        if is(&self.refresh_hash) {
            return Ok(Turn::Present);
        }
        let in_time = self.refreshed_at.is_some_and(|at| now.since(at) <= GRACE);
        if !(in_time && is(&self.parent_hash)) {
            return Ok(Turn::Spent);
        }
        let child = self.sealed_child.as_deref().and_then(|sealed| presented.open(sealed));
        let child = child.filter(|child| self.refresh_hash.as_deref() == Some(&child.hash()));
        child.map(Turn::Parent).ok_or_else(|| Error::corrupt("refresh token of a connection"))
    }
}

/// An access token, as far as it is looked at.
#[derive(Queryable, Selectable)]
#[diesel(table_name = connection_tokens)]
pub struct TokenRow {
    pub connection_id: String,
    scopes: String,
    pub expires_at: Instant,
}

impl TokenRow {
    /// What it lets do.
    pub fn scopes(&self) -> Result<Vec<Scope>> {
        stored_json::read("scopes of an access token", &self.scopes)
    }
}
