//! Connections and their keys, as rows.

use diesel::prelude::*;

use super::super::model::{
    ACCESS_LIFE, AccessToken, AuthorizationCode, Binding, CODE_LIFE, Challenge, Connection, Kind, REMEMBERED,
};
use crate::{
    access::{
        scopes::{Scope, TokenRights},
        sessions::model::RefreshToken,
    },
    foundation::{clock::Instant, ids::Id, values::Name},
    storage::{Error, Result, schema::connections, stored_json},
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
        let read_ids = |text: &str| stored_json::read::<Vec<String>>("diaries of a connection", text);
        let diary_ids = row.diary_ids.as_deref().map(read_ids).transpose()?;
        let diary_ids = diary_ids.map(|ids| ids.into_iter().map(Id::stored).collect());
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

/// A key, before it is a row.
#[derive(Debug)]
pub struct NewKey {
    pub hash: [u8; 32],
    pub kind: Kind,
    pub scopes: Option<String>,
    pub binding: Option<Binding>,
    pub expires_at: Instant,
}

impl NewKey {
    pub fn code(code: &AuthorizationCode, binding: Binding, now: Instant) -> Self {
        let (hash, expires_at) = (code.hash(), now.plus(CODE_LIFE));
        Self { hash, kind: Kind::Code, scopes: None, binding: Some(binding), expires_at }
    }

    pub fn access(token: &AccessToken, scopes: &[Scope], now: Instant) -> Result<Self> {
        let (hash, expires_at) = (token.hash(), now.plus(ACCESS_LIFE));
        Ok(Self { hash, kind: Kind::Access, scopes: Some(stored_json::write(&scopes)?), binding: None, expires_at })
    }

    pub fn refresh(token: &RefreshToken, expires_at: Instant) -> Self {
        Self { hash: token.hash(), kind: Kind::Refresh, scopes: None, binding: None, expires_at }
    }
}

/// A key, as far as it is looked at.
#[derive(Queryable)]
pub struct Key {
    pub connection_id: String,
    kind: String,
    scopes: Option<String>,
    redirect_uri: Option<String>,
    challenge: Option<Vec<u8>>,
    pub expires_at: Instant,
    pub spent_at: Option<Instant>,
    pub child_hash: Option<Vec<u8>>,
    pub sealed_child: Option<Vec<u8>>,
}

impl Key {
    pub fn kind(&self) -> Result<Kind> {
        Kind::parse(&self.kind).ok_or_else(|| Error::corrupt("key of a connection"))
    }

    /// What it lets do, if that is not what its connection does.
    pub fn scopes(&self) -> Result<Option<Vec<Scope>>> {
        self.scopes.as_deref().map(|text| stored_json::read("scopes of an access token", text)).transpose()
    }

    /// Whether an app that names this address, if it names one, and keeps this challenge may redeem it.
    pub fn is_bound_to(&self, redirect_uri: Option<&str>, challenge: Challenge) -> bool {
        self.challenge.as_deref() == Some(&challenge.0)
            && redirect_uri.is_none_or(|named| self.redirect_uri.as_deref() == Some(named))
    }
}

/// Until when what was spent now is remembered.
pub fn remembered(now: Instant) -> Instant {
    now.plus(REMEMBERED)
}
