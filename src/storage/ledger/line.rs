//! One line: when, what, whose, which.

use std::fmt;

use crate::{
    foundation::{clock::Instant, ids::Id},
    vocabulary,
};

vocabulary! {
    /// What became of something.
    pub enum What {
        /// An account was erased, with the diary that it kept. Whose: the diary, or the account that kept none.
        AccountErased = "account_erased",
        /// The owner of a diary took a consent back, and with it a code, a grant or a link.
        WithdrawnByOwner = "withdrawn_by_owner",
        /// Who had it gave it back.
        WithdrawnByHolder = "withdrawn_by_holder",
        /// A later consent to the same person took its place.
        WithdrawnByReplacement = "withdrawn_by_replacement",
        /// The code of an invitation was redeemed.
        CodeUsed = "code_used",
        /// Somebody removed a passkey. Whose: their account.
        PasskeyRemoved = "passkey_removed",
    }
}

/// Something that is over. Ids and a time: nothing that tells anybody of anybody's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Since when.
    pub at: Instant,
    /// What became of it.
    pub what: What,
    /// The diary that it belongs to, or the account.
    pub whose: Id,
    /// The account, the consent, or the passkey.
    pub id: Id,
}

impl Line {
    /// Reads a line of the file; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at, rest) = text.split_once(' ')?;
        let at = chrono::DateTime::parse_from_rfc3339(at).ok()?;
        Self::of_row(rest, Instant::named(at.to_utc())?)
    }

    /// What the row of the database has: everything but the time.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {} {}", self.what.as_str(), self.whose, self.id)
    }

    /// The line of a row.
    #[must_use]
    pub fn of_row(key: &str, at: Instant) -> Option<Self> {
        let mut words = key.split(' ');
        let (what, whose, id) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        Some(Self { at, what: What::parse(what)?, whose: Id::parse(whose)?, id: Id::parse(id)? })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at.rfc3339(), self.key())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        for what in What::ALL {
            let line =
                Line { at: Instant::from_micros(1_795_000_000_123_456), what, whose: Id::random(), id: Id::random() };
            assert_eq!(Line::parse(&line.to_string()), Some(line));
        }
    }

    #[test]
    fn what_is_no_line_is_not_taken_for_one() {
        for text in [
            "",
            "2026-11-26T08:00:00Z",
            "2026-11-26T08:00:00Z account_erased d",
            "2026-11-26T08:00:00Z account_erased d u more",
            "2026-11-26T08:00:00Z account_begun d u",
            "yesterday account_erased d u",
            "2026-11-26T08:00:00Z account_erased d/d u",
        ] {
            assert_eq!(Line::parse(text), None, "{text}");
        }
    }
}
