//! What a personal access token is.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    access::scopes::{Limited, Scope, TokenRights},
    foundation::{
        clock::Instant,
        faults::FaultCode,
        fields::Fields,
        ids::Id,
        secrets::{self, Secret, fingerprint},
        values::{Distinct, Name},
    },
};

/// What every token begins with.
pub const PREFIX: &str = "crd_";
/// That a token was used is noted no more often than this.
pub const NOTED_EVERY: Duration = Duration::from_mins(1);

const SECRET_BYTES: usize = 32;
const CHECK_BYTES: usize = 4;

/// 256 random bits, and a checksum after them, by which scanners of source code and logs tell a token from text that
/// looks like one: the first four bytes of their SHA-256. The database knows a hash.
#[derive(Clone)]
pub struct TokenSecret([u8; SECRET_BYTES]);

impl TokenSecret {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random())
    }

    /// Reads a presented one; `None` when it can't be one.
    #[must_use]
    pub fn parse(presented: &str) -> Option<Self> {
        let written: [u8; SECRET_BYTES + CHECK_BYTES] = Secret::bytes_of(PREFIX, presented)?;
        let (secret, check) = written.split_first_chunk::<SECRET_BYTES>()?;
        let secret = Self(*secret);
        (check == secret.check()).then_some(secret)
    }

    /// For the answer that hands it out.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        let mut written = [0; SECRET_BYTES + CHECK_BYTES];
        written[..SECRET_BYTES].copy_from_slice(&self.0);
        written[SECRET_BYTES..].copy_from_slice(&self.check());
        Secret::from_bytes(PREFIX, &written)
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("personal access token", &self.0)
    }

    fn check(&self) -> [u8; CHECK_BYTES] {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        std::array::from_fn(|i| hash[i])
    }
}

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

/// A token, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id, which is its owner's own: others may have one of the same.
    pub id: Id,
    /// Whose it is.
    pub user_id: Id,
    /// What it lets do.
    pub rights: TokenRights,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Instant>,
    /// When it was last used, as far as that is noted.
    pub last_used_at: Option<Instant>,
}

impl Token {
    /// Whether it can still be used.
    #[must_use]
    pub fn lives(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it is time to note that it is used.
    #[must_use]
    pub fn is_to_be_noted(&self, now: Instant) -> bool {
        self.last_used_at.is_none_or(|last| now.since(last) >= NOTED_EVERY)
    }
}

/// What somebody says to make a token.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id, if the client chose one.
    pub id: Option<Id>,
    /// What it is to let do.
    pub rights: TokenRights,
    /// When it is to end by itself.
    pub expires_at: Option<Instant>,
}

impl Draft {
    /// Reads a body.
    #[must_use]
    pub fn from_json(body: Value, now: Instant) -> Limited<Self> {
        Limited::read(|named| {
            Fields::open(body)?.said(|fields| {
                let (id, name) = (fields.optional("id"), fields.required::<Name>("name"));
                let scopes = fields.required::<Distinct<Scope, 5>>("scopes");
                let diary_ids = named.read(fields);
                let expires_at = fields.optional::<Instant>("expires_at");
                if expires_at.is_some_and(|end| end <= now) {
                    fields.fault("expires_at", FaultCode::OutOfRange, "has passed already");
                }
                let (name, Distinct(scopes)) = name.zip(scopes)?;
                Some(Self { id, rights: TokenRights { name, scopes, diary_ids }, expires_at })
            })
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_form_alone() {
        let secret = TokenSecret::random();
        let written = secret.to_secret().expose().to_owned();
        assert_eq!(written.len(), "crd_".len() + 48, "{written}");
        assert_eq!(TokenSecret::parse(&written).unwrap().hash(), secret.hash());
        for (at, _) in written.char_indices() {
            let mut other = written.clone();
            let letter = if &other[at..=at] == "A" { "B" } else { "A" };
            other.replace_range(at..=at, letter);
            assert!(TokenSecret::parse(&other).is_none(), "{at}");
        }
        for other in ["", "crd_", "crd_AAAA", &written[4..], &written[..50], &format!("{written}A")] {
            assert!(TokenSecret::parse(other).is_none(), "{other}");
        }
    }
}
