//! Proofs of who somebody is. Each holds in the transaction in which it was made.

use std::sync::Arc;

use super::{
    keys::{Bearer, Credential},
    model::proof_holds,
};
use crate::{
    access::scopes::{Doing, Scope, TokenRights},
    foundation::{clock::Instant, ids::Id},
    storage::refusal::Refusal,
};

/// Proof that the caller's session, or their personal token, lives, in the transaction at hand.
#[derive(Debug, Clone)]
pub struct SignedIn {
    bearer: Bearer,
    proved_at: Instant,
    now: Instant,
    doing: Option<Doing>,
    token: Option<Arc<TokenRights>>,
}

impl SignedIn {
    /// Who has found the session alive, in this transaction, says so.
    pub(super) const fn in_session(bearer: Bearer, proved_at: Instant, now: Instant) -> Self {
        Self { bearer, proved_at, now, doing: None, token: None }
    }

    /// Who has found the personal token alive, in this transaction, says so. By it nobody shows that they are a person.
    pub(in crate::access) const fn by_token(bearer: Bearer, rights: Arc<TokenRights>, now: Instant) -> Self {
        Self { bearer, proved_at: Instant::EPOCH, now, doing: None, token: Some(rights) }
    }

    /// The operator in somebody's place.
    pub(in crate::access) fn operator(user_id: Id, now: Instant) -> Self {
        let bearer = Bearer { user_id, session_id: Id::random(), credential: Credential::Session, owns: None };
        Self { bearer, proved_at: now, now, doing: None, token: None }
    }

    /// The same person, doing something by an operation of the contract.
    #[must_use]
    pub(in crate::access) fn doing(self, what: Option<Doing>) -> Self {
        Self { doing: what, ..self }
    }

    /// Whether what they do is theirs to do, as far as that does not depend on a diary: by a session everything is, by a
    /// personal token what its scopes say.
    pub(in crate::access) fn may(&self) -> Result<(), Refusal> {
        self.token.as_ref().map_or(Ok(()), |token| token.allow(self.doing))
    }

    /// The personal token by which they came, if they did.
    pub(in crate::access) const fn token(&self) -> Option<&Arc<TokenRights>> {
        self.token.as_ref()
    }

    /// Whether a program that acts for them may do this; they themselves may do everything.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.token.as_ref().is_none_or(|token| token.scopes.contains(&scope))
    }

    /// Whether a program that acts for them is good for a diary; they themselves are for each that they may see.
    #[must_use]
    pub fn reaches(&self, diary: &Id) -> bool {
        self.token.as_ref().is_none_or(|token| token.reach(diary.as_str()))
    }

    /// By which operation of the contract they do what they do, if that was said.
    #[must_use]
    pub fn through(&self) -> Option<&'static str> {
        self.doing.map(|doing| doing.operation)
    }

    /// Who.
    #[must_use]
    pub const fn user_id(&self) -> &Id {
        &self.bearer.user_id
    }

    /// In which session.
    #[must_use]
    pub const fn session_id(&self) -> &Id {
        &self.bearer.session_id
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Who speaks, to look at their session again.
    pub(in crate::access) const fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    /// That they have shown a moment ago that it is they.
    pub(in crate::access) fn proved(self) -> Result<Proved, Refusal> {
        if self.token.is_none() && proof_holds(self.proved_at, self.now) {
            Ok(Proved(self))
        } else {
            Err(Refusal::NotProved)
        }
    }
}

/// Proof that the caller's session lives, and that within the last ten minutes they showed in it the strongest factor that
/// the account has. Without it nobody changes how one signs in, erases, or lets others in: a session alone does not.
#[derive(Debug, Clone)]
pub struct Proved(SignedIn);

impl std::ops::Deref for Proved {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}
