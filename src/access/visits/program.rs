//! Programs that act for somebody: by a personal access token, or as a connected app.

use actix_web::HttpRequest;

use crate::{
    access::{
        accounts,
        connections::{
            self,
            model::{AccessToken, Connection},
        },
        sessions::keys::{Bearer, Credential},
        tokens::{
            self,
            model::{Token, TokenSecret},
        },
    },
    foundation::{clock::Instant, ids::Id},
    storage::{Db, Result, refusal::Refusal},
    web::{
        problem::{Code, Problem},
        stranger::Stranger,
    },
};

/// What a program shows.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// A personal access token.
    Token(TokenSecret),
    /// The access token of a connected app.
    Connection(AccessToken),
}

/// Whom a program acts for.
struct Holder {
    user_id: Id,
    /// Of the token or the connection.
    id: Id,
    is_to_be_noted: bool,
}

impl Key {
    /// Whether it is programs that present such a thing.
    pub(super) fn is_presented(token: &str) -> bool {
        token.starts_with(tokens::model::PREFIX) || token.starts_with(connections::model::PREFIX)
    }

    /// Reads what is presented; `None` when it can't be one.
    pub(super) fn parse(presented: &str) -> Option<Self> {
        let token = TokenSecret::parse(presented).map(Self::Token);
        token.or_else(|| AccessToken::parse(presented).map(Self::Connection))
    }

    fn credential(&self) -> Credential {
        match self {
            Self::Token(secret) => Credential::Token(Box::new(secret.hash())),
            Self::Connection(token) => Credential::Connection(Box::new(token.hash())),
        }
    }

    fn holder(&self, db: &mut Db, now: Instant) -> Result<Option<Holder>> {
        let of_token = |token: Token| {
            let is_to_be_noted = token.is_to_be_noted(now);
            Holder { user_id: token.user_id, id: token.id, is_to_be_noted }
        };
        let of_connection = |connection: Connection| {
            let is_to_be_noted = connection.is_to_be_noted(now);
            Holder { user_id: connection.user_id, id: connection.id, is_to_be_noted }
        };
        Ok(match self {
            Self::Token(secret) => tokens::store::find(db, secret, now)?.map(of_token),
            Self::Connection(token) => connections::store::find(db, token, now)?.map(of_connection),
        })
    }

    /// Notes that it is used.
    pub(super) fn touch(&self, db: &mut Db, id: &Id, now: Instant) -> Result<()> {
        match self {
            Self::Token(secret) => tokens::store::touch(db, secret, now),
            Self::Connection(_) => connections::store::touch(db, id, now),
        }
    }
}

/// Whom a program acts for, and whether it is time to note that it does. Until that is known, it waits in the line of its
/// address: whoever guesses waits behind themselves.
pub(super) async fn bearer(request: &HttpRequest, key: Option<&Key>) -> Result<(Bearer, bool), Problem> {
    let unknown = || Problem::new(Code::Unauthenticated);
    let key = key.ok_or_else(unknown)?;
    let Stranger { store, asker } = Stranger::of(request)?;
    let (now, presented) = (asker.now, key.clone());
    let found = store
        .read(move |db| {
            let Some(holder) = presented.holder(db, now)? else { return Ok(None) };
            let owns = accounts::store::diary_id_of(db, &holder.user_id)?;
            Ok::<_, Refusal>(Some((holder, owns)))
        })
        .await?;
    let (Holder { user_id, id, is_to_be_noted }, owns) = found.ok_or_else(unknown)?;
    Ok((Bearer { user_id, session_id: id, credential: key.credential(), owns }, is_to_be_noted))
}
