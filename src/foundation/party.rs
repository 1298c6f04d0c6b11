//! Whose work it is: parties wait behind themselves, and have budgets of their own.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{clock::Instant, ids::Id};

/// Somebody who takes turns with others. Known only by a number, so that one is passed on for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// The service itself.
    Service,
    /// Somebody who is signed in.
    Account(u64),
    /// A program that has a personal access token.
    Token(u64),
    /// Whoever else comes from this address.
    Address(u64),
}

impl Party {
    /// The party of an account.
    #[must_use]
    pub fn of_account(user_id: &Id) -> Self {
        Self::Account(number(user_id.as_str().as_bytes()))
    }

    /// The party of a personal access token, by its hash.
    #[must_use]
    pub fn of_token(hash: &[u8]) -> Self {
        Self::Token(number(hash))
    }

    /// The party of an address, by what is known of it.
    #[must_use]
    pub fn of_address(fingerprint: &[u8]) -> Self {
        Self::Address(number(fingerprint))
    }
}

/// A party that asks for something now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Who.
    pub party: Party,
    /// When.
    pub now: Instant,
}

fn number(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
