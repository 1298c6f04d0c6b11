//! What a personal access token lets whoever holds it do. A session may do whatever its account may.

use crate::{
    foundation::{
        faults::Faults,
        fields::Fields,
        ids::Id,
        values::{Distinct, Name},
    },
    storage::refusal::Refusal,
    vocabulary,
};

vocabulary! {
    /// A part of what an account may do. None of them lets do what another one does.
    pub enum Scope {
        /// Reading what is logged, in every form: rows, history, changes, the report, the export.
        DiaryRead = "diary:read",
        /// Writing it. The answer to a write shows the row that was written, and nothing else is read by it.
        DiaryWrite = "diary:write",
        /// Reading figures.
        AnalyticsRead = "analytics:read",
        /// Seeing with whom the diary is shared and who looked, and ending what was shared.
        ShareManage = "share:manage",
        /// The account's own data, and seeing and ending what speaks for it.
        AccountManage = "account:manage",
    }
}

/// What a token needs for an operation of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A scope.
    Scope(Scope),
    /// No token is enough: it takes a session, in which a person can show that it is they.
    Session,
}

impl Need {
    /// The scope, if one is enough.
    #[must_use]
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::Scope(scope) => Some(scope),
            Self::Session => None,
        }
    }
}

/// An operation of the contract that somebody carries out, and what a token needs for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doing {
    /// Its id.
    pub operation: &'static str,
    /// What a token needs for it.
    pub need: Need,
}

/// What one token lets do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRights {
    /// What its owner calls it.
    pub name: Name,
    /// What may be done with it.
    pub scopes: Vec<Scope>,
    /// The diaries at which it may be done; `None` for all that the account may see.
    pub diary_ids: Option<Vec<Id>>,
}

/// What is said of something that is limited to diaries. Only the database knows whether those may be seen, and what is
/// wrong with them is told with the rest.
#[derive(Debug, Clone)]
pub struct Limited<T> {
    rest: Result<T, Faults>,
    named: Named,
}

/// So many diaries can be named.
pub const MOST_NAMED: usize = 100;

/// The diaries that are named.
#[derive(Debug, Clone, Default)]
pub struct Named(Vec<Id>);

impl Named {
    /// Reads the field that names them; `None` when it is not there, or something is wrong with it.
    pub fn read(&mut self, fields: &mut Fields) -> Option<Vec<Id>> {
        let Distinct(ids) = fields.optional::<Distinct<Id, MOST_NAMED>>("diary_ids")?;
        self.0.clone_from(&ids);
        Some(ids)
    }
}

impl<T> Limited<T> {
    /// Reads what is said, and which diaries are named there.
    pub fn read(read: impl FnOnce(&mut Named) -> Result<T, Faults>) -> Self {
        let mut named = Named::default();
        Self { rest: read(&mut named), named }
    }

    /// The diaries that are named.
    #[must_use]
    pub fn diary_ids(&self) -> &[Id] {
        &self.named.0
    }

    /// What is said, whether or not those may be seen.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn into_rest(self) -> Result<T, Faults> {
        self.rest
    }
}

impl TokenRights {
    /// Whether it is good for a diary at all. For any other its holder is a stranger.
    #[must_use]
    pub fn reach(&self, diary: &str) -> bool {
        self.diary_ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id.as_str() == diary))
    }

    /// Whether its scopes are enough. Where nobody said what is being done, none are.
    ///
    /// # Errors
    /// Which scope is missing, if one would do.
    pub fn allow(&self, doing: Option<Doing>) -> Result<(), Refusal> {
        match doing.and_then(|doing| doing.need.scope()) {
            Some(scope) if self.scopes.contains(&scope) => Ok(()),
            missing => Err(Refusal::InsufficientScope(missing.map(Scope::as_str))),
        }
    }
}
