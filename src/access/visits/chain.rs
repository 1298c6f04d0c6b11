//! The chain of a diary's log: each row has a hash over the one before and over all that itself says, so that nobody can
//! change, take out or put in a row unnoticed by who knows a later hash. How it is worked out is written in
//! docs/security.md, for others to do the same.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::foundation::secrets::fingerprint;

/// A SHA-256 of a chain up to one of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What the first row follows.
    pub const NONE: Self = Self([0; 32]);

    /// One that is kept; `None` when it can't be one.
    #[must_use]
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As it is kept.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// That of a row which follows this one and says this. Each field says how long it is, so no two rows are written alike.
    #[must_use]
    pub fn followed_by<'a>(&self, fields: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut written = self.0.to_vec();
        for field in fields {
            match field {
                Some(text) => {
                    written.push(1);
                    written.extend((text.len() as u64).to_be_bytes());
                    written.extend(text.as_bytes());
                }
                None => written.push(0),
            }
        }
        Self(fingerprint("access log", &written))
    }

    /// Reads what is written out.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |sign: u8| char::from(sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pairs = text.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?));
        Self::stored(&bytes.collect::<Option<Vec<_>>>()?)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rows_are_written_alike() {
        let hash = |fields: &[Option<&str>]| Hash::NONE.followed_by(fields.iter().copied());
        let all = [
            hash(&[Some("ab"), Some("c")]),
            hash(&[Some("a"), Some("bc")]),
            hash(&[Some("abc"), Some("")]),
            hash(&[Some("abc"), None]),
            hash(&[None, Some("abc")]),
            hash(&[Some("abc")]),
            hash(&[Some("ab"), Some("c")]).followed_by([None]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(Hash::parse(&one.to_string()), Some(*one));
            assert!(all[index + 1..].iter().all(|other| other != one), "{index}");
        }
        assert_eq!(Hash::parse("00"), None);
        assert_eq!(Hash::parse(&"é".repeat(32)), None);
    }
}
