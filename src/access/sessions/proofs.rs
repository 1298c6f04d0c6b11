//! Proofs of who somebody is. Each holds in the transaction in which it was made.

use super::{keys::Bearer, model::proof_holds};
use crate::{
    foundation::{clock::Instant, ids::Id},
    storage::refusal::Refusal,
};

/// Proof that the caller's session lives, in the transaction at hand.
#[derive(Debug, Clone)]
pub struct SignedIn {
    bearer: Bearer,
    proved_at: Instant,
    now: Instant,
    through: Option<&'static str>,
}

impl SignedIn {
    /// Who has found the session alive, in this transaction, says so.
    pub(super) const fn in_session(bearer: Bearer, proved_at: Instant, now: Instant) -> Self {
        Self { bearer, proved_at, now, through: None }
    }

    /// The operator in somebody's place.
    pub(in crate::access) fn operator(user_id: Id, now: Instant) -> Self {
        let bearer = Bearer { user_id, session_id: Id::random(), owns: None };
        Self { bearer, proved_at: now, now, through: None }
    }

    /// The same person, doing something by an operation of the contract.
    #[must_use]
    pub(in crate::access) fn doing(&self, operation: &'static str) -> Self {
        Self { through: Some(operation), ..self.clone() }
    }

    /// By which operation of the contract they do what they do, if that was said.
    #[must_use]
    pub const fn through(&self) -> Option<&'static str> {
        self.through
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
        if proof_holds(self.proved_at, self.now) { Ok(Proved(self)) } else { Err(Refusal::NotProved) }
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
