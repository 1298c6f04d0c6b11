//! Ids of rows, chosen by the client or made here.

use std::fmt;

use serde_json::Value;

use crate::foundation::{
    faults::{FaultCode, Faults},
    fields::{self, FromJson},
    secrets::fingerprint,
};

/// `[A-Za-z0-9_.-]{1,64}`. Rows are keyed by diary and id, so nobody can probe or take another's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// A new UUIDv7: unique, and in the order of creation.
    #[must_use]
    pub fn random() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// The id that some texts stand for, always the same: a UUID (version 8) of their hash.
    #[must_use]
    pub fn made_of(domain: &str, texts: &[&[u8]]) -> Self {
        let hash = fingerprint(domain, &texts.join(&0));
        let bytes = hash.first_chunk().copied().unwrap_or_default();
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string())
    }

    /// Reads an id; `None` when it has other characters or another length.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        // In a path these two mean something else, and clients take them away.
        let reachable = text != "." && text != "..";
        (fits && reachable).then(|| Self(text.to_owned()))
    }

    /// An id that this service wrote itself.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromJson for Id {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::parse(fields::string(value)?).ok_or_else(|| {
            Faults::here(
                FaultCode::Malformed,
                "an id has 1 to 64 characters: letters, digits, underscore, point or hyphen",
            )
        })
    }
}
