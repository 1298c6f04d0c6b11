//! What an account is made of.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::habits;
use crate::{
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
        ids::Id,
        values::Name,
        zones::Zone,
    },
    vocabulary,
};

vocabulary! {
    /// What the screens offer a user; never what may be read: grants decide that.
    pub enum Kind {
        /// Keeps a diary.
        Patient = "patient",
        /// Reads the diaries of others.
        Clinician = "clinician",
    }
}

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    /// Its id.
    pub id: Id,
    /// As it was given.
    pub email: Email,
    /// How the person wants to be called.
    pub display_name: Option<Name>,
    /// Patient or clinician.
    pub kind: Kind,
    /// Where the person usually is.
    pub time_zone: Zone,
    /// What `me` stands for in a path; clinicians have none.
    pub diary_id: Option<Id>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// An e-mail address: something, an at sign, something, at most 254 characters. Whether it can be reached only mail tells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let fits = !local.is_empty()
            && !domain.is_empty()
            && text.chars().count() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        fits.then(|| Self(text.to_owned()))
    }

    /// An address that was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// What addresses are compared by: two that differ in case alone are one.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromJson for Email {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::parse(fields::string(value)?)
            .ok_or_else(|| Faults::here(FaultCode::Malformed, "must be an e-mail address of at most 254 characters"))
    }
}

/// A password as somebody typed it: compared with a stored one, so only its length in bytes is bounded.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

/// Longer input is refused before it costs anything.
const MOST_BYTES: usize = 1024;

impl Password {
    /// For hashing and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromJson for Password {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = fields::string(value)?;
        if text.len() > MOST_BYTES {
            return Err(Faults::here(FaultCode::TooLong, "has more than 1024 bytes"));
        }
        Ok(Self(text.into()))
    }
}

/// A password that somebody wants to have: 12 to 128 characters of any kind, at most 1024 bytes. How easily it is
/// guessed is judged where it is hashed.
#[derive(Debug, Clone)]
pub struct NewPassword(Password);

impl NewPassword {
    /// The password itself.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.0
    }

    /// Why it is too easily guessed, if it is: among the commonest, made of the e-mail or the service's name, or of what
    /// everybody thinks of.
    #[must_use]
    pub fn weakness(&self, email: &Email) -> Option<Faults> {
        // Below a hundred thousand guesses: what an offline list of common passwords and patterns finds at once.
        const FEWEST_GUESSES_LOG10: f64 = 5.0;
        let key = email.key();
        let mut own: Vec<&str> = key.split(|c: char| !c.is_alphanumeric()).filter(|piece| piece.len() > 2).collect();
        own.extend(["cramp", "diary"]);
        let is_guessed = |piece: &str| zxcvbn::zxcvbn(piece, &own).guesses_log10() < FEWEST_GUESSES_LOG10;
        let is_weak =
            self.estimated().all(is_guessed) || self.is_made_of(own.clone()) || habits::make_all_of(self.0.expose());
        is_weak.then(|| {
            Faults::here(
                FaultCode::WeakPassword,
                "is easily guessed: common, repetitive, a season, month or greeting with some digits, or made of your \
                 e-mail or this service's name; three or four unrelated words are better",
            )
        })
    }

    /// The pieces whose strength is estimated: its beginning and its end, each of which is enough if nobody guesses it. The
    /// time that an estimate takes grows with the square of the length: 128 characters took a second, these take some 50 ms.
    fn estimated(&self) -> impl Iterator<Item = &str> {
        const LONGEST_PIECE: usize = 32;
        let text = self.0.expose();
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let end_of_first = starts.get(LONGEST_PIECE).copied().unwrap_or(text.len());
        let start_of_last = starts.len().checked_sub(LONGEST_PIECE + 1).and_then(|at| starts.get(at)).copied();
        let last = start_of_last.filter(|start| *start > 0).map(|start| &text[start..]);
        [Some(&text[..end_of_first]), last].into_iter().flatten()
    }

    /// Whether hardly anything is left without these words.
    fn is_made_of(&self, mut words: Vec<&str>) -> bool {
        const LEAST_OF_ITS_OWN: usize = 5;
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut left = self.0.expose().to_lowercase();
        for word in words {
            left = left.replace(word, "");
        }
        left.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_OF_ITS_OWN
    }
}

impl FromJson for NewPassword {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let password = Password::from_json(value)?;
        match password.expose().chars().count() {
            0..12 => Err(Faults::here(FaultCode::TooShort, "needs at least 12 characters")),
            12..=128 => Ok(Self(password)),
            _ => Err(Faults::here(FaultCode::TooLong, "has more than 128 characters")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_compared_without_case() {
        assert_eq!(Email::parse(" Ann@Example.ORG ").unwrap().key(), "ann@example.org");
        for wrong in ["", "@", "a@", "@b", "a b@c", "plain"] {
            assert!(Email::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_password_of_common_pieces_is_weak_and_a_phrase_is_not() {
        let email = Email::parse("margaret.hale@example.org").unwrap();
        let weak = |text: &str| NewPassword::from_json(&json!(text)).unwrap().weakness(&email).is_some();
        for text in [
            "password1234",
            "aaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop12",
            "margaret.hale",
            "cramp-diary-1",
            "crampdiary123",
        ] {
            assert!(weak(text), "{text}");
        }
        for text in ["correct horse battery", "calf-stretch-before-bed", "νύχτα και κράμπα", "x9#kLw02mmQe"]
        {
            assert!(!weak(text), "{text}");
        }
    }

    #[test]
    fn of_a_long_password_beginning_and_end_are_estimated() {
        let pieces = |text: String| {
            let password = NewPassword::from_json(&json!(text)).unwrap();
            password.estimated().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(pieces("x".repeat(32)), ["x".repeat(32)]);
        assert_eq!(pieces("κ".repeat(33)), ["κ".repeat(32), "κ".repeat(32)]);
        let long = format!("{}{}", "a".repeat(100), "z".repeat(28));
        assert_eq!(pieces(long), ["a".repeat(32), format!("{}{}", "a".repeat(4), "z".repeat(28))]);

        let email = Email::parse("a@example.org").unwrap();
        let weak = |text: &str| NewPassword::from_json(&json!(text)).unwrap().weakness(&email).is_some();
        assert!(weak(&"password".repeat(16)));
        assert!(!weak(&format!("{}correct horse battery", "password".repeat(8))));
        assert!(!weak(&format!("correct horse battery{}", "password".repeat(8))));
    }

    #[test]
    fn length_counts_characters() {
        assert!(NewPassword::from_json(&json!("ключевое сло")).is_ok());
        assert!(NewPassword::from_json(&json!("elevenchars")).is_err());
        assert!(NewPassword::from_json(&json!("x".repeat(129))).is_err());
    }

    #[test]
    fn a_password_shows_itself_nowhere() {
        assert!(!format!("{:?}", Password::from_json(&json!("hunter2")).unwrap()).contains("hunter2"));
    }
}
