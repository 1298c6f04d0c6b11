//! What an account is made of.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub use super::notice::{Muted, Notice};
use super::{breached, habits};
use crate::{
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
        ids::Id,
        language::Language,
        typed,
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
    /// When they showed that they read the mail to their address, if they did.
    pub email_verified_at: Option<Instant>,
    /// In which language they are written to, if that is known.
    pub language: Option<Language>,
    /// Of what they want no mail.
    pub muted: Muted,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl User {
    /// What the person is called: by the name that they gave, or else by their address.
    #[must_use]
    pub fn called(&self) -> &str {
        self.display_name.as_ref().map_or(self.email.as_str(), Name::as_str)
    }
}

/// An e-mail address of at most 254 characters, in NFC and without what nobody sees. Whether it can be reached only mail
/// tells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// How long an address is at most, in characters.
const LONGEST_EMAIL: usize = 254;

impl Email {
    /// Reads an address: a name without what has a meaning around it (RFC 5322, section 3.2.3), one at sign, and a domain
    /// of labels with points between them. Letters of every script will do (RFC 6531).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = typed::address(text);
        let (local, domain) = text.split_once('@')?;
        let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| is_in_address(c, "-"));
        let fits = !local.is_empty()
            && local.chars().all(|c| is_in_address(c, "!#$%&'*+-/=?^_`{|}~."))
            && domain.split('.').all(is_label)
            && text.chars().count() <= LONGEST_EMAIL;
        fits.then_some(Self(text))
    }

    /// An address that was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// What addresses are compared by: two that differ in case alone, in how accents are written, or in what nobody sees,
    /// are one.
    #[must_use]
    pub fn key(&self) -> String {
        typed::caseless(&typed::address(&self.0))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character stands for itself in an address: a letter, a digit, one of these signs, or anything of another
/// script but spaces and what controls.
fn is_in_address(c: char, signs: &str) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || signs.contains(c) } else { !c.is_whitespace() && !c.is_control() }
}

impl FromJson for Email {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::parse(fields::string(value)?).ok_or_else(|| {
            let detail =
                "must be an e-mail address of at most 254 characters, as kim@example.org, without a name around it";
            Faults::here(FaultCode::Malformed, detail)
        })
    }
}

/// An address by which somebody's account is looked for. Accounts may be older than the rules of [`Email`]: one may have an
/// address that is none by them, or one that is another account's by them, and is found by that as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtEmail {
    as_written: String,
    key: String,
}

impl SoughtEmail {
    /// Of what was typed; `None` when no account can have it.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        // What older versions took for an address.
        let is_left = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let could_be = text.trim().rsplit_once('@').is_some_and(|(local, domain)| is_left(local) && is_left(domain))
            && text.trim().chars().count() <= LONGEST_EMAIL;
        (could_be || Email::parse(text).is_some()).then(|| Self::of(text))
    }

    fn of(text: &str) -> Self {
        let as_written = text.trim().to_lowercase();
        let key = Email::parse(text).map_or_else(|| as_written.clone(), |email| email.key());
        Self { as_written, key }
    }

    /// The keys that the account may be stored under: the one before counts more.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let as_written = (self.as_written != self.key).then_some(self.as_written.as_str());
        as_written.into_iter().chain([self.key.as_str()])
    }

    /// As it was typed.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.as_written
    }

    /// What tries by all spellings of it are counted by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl From<&Email> for SoughtEmail {
    fn from(email: &Email) -> Self {
        Self::of(email.as_str())
    }
}

/// Proof that whoever asks reads the mail to an address which an account has, or is to have: they came with a key that was
/// sent there. Whether that is spent, whoever made the proof says.
#[derive(Debug)]
pub struct Reader {
    user_id: Id,
    address: Email,
    now: Instant,
}

impl Reader {
    /// Who has found the key, in this transaction, says so.
    pub(in crate::access) const fn of(user_id: Id, address: Email, now: Instant) -> Self {
        Self { user_id, address, now }
    }

    /// Whose account it is about.
    #[must_use]
    pub const fn user_id(&self) -> &Id {
        &self.user_id
    }

    /// Which mail they read.
    #[must_use]
    pub const fn address(&self) -> &Email {
        &self.address
    }

    /// When the request came.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }
}

/// A password or a passcode as somebody typed it: compared with a stored one, so only its length in bytes is bounded.
#[derive(Debug, Clone)]
pub struct Password {
    /// However a keyboard writes it.
    meant: SecretString,
    /// As it was sent, if that is something else.
    as_sent: Option<SecretString>,
}

/// Longer input is refused before it costs anything.
const MOST_BYTES: usize = 1024;

impl Password {
    /// Reads what was typed in the way that is right for it.
    ///
    /// # Errors
    /// When it is no text, or too long to be looked at.
    pub fn read(value: &Value, meant: impl FnOnce(&str) -> String) -> Result<Self, Faults> {
        let text = fields::string(value)?;
        if text.len() > MOST_BYTES {
            return Err(Faults::here(FaultCode::TooLong, "has more than 1024 bytes"));
        }
        let meant = meant(text);
        let as_sent = (meant != text).then(|| text.into());
        Ok(Self { meant: meant.into(), as_sent })
    }

    /// For hashing and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.meant.expose_secret()
    }

    /// What the stored hash may be of, for comparing and nothing else: an older version hashed what was sent.
    pub fn expose_each(&self) -> impl Iterator<Item = &str> {
        [Some(&self.meant), self.as_sent.as_ref()].into_iter().flatten().map(ExposeSecret::expose_secret)
    }
}

impl FromJson for Password {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::read(value, typed::password)
    }
}

/// A password that somebody wants to have: 12 to 128 characters of any kind but those that control, at most 1024 bytes.
/// How easily it is guessed is judged where it is hashed.
#[derive(Debug, Clone)]
pub struct NewPassword(Password);

impl NewPassword {
    /// The password itself.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.0
    }

    /// Why it is too easily guessed, if it is: published, among the commonest, made of the e-mail or the service's name, or of
    /// what everybody thinks of.
    #[must_use]
    pub fn weakness(&self, email: &Email) -> Option<Faults> {
        // Below a hundred thousand guesses: what an offline list of common passwords and patterns finds at once.
        const FEWEST_GUESSES_LOG10: f64 = 5.0;
        if breached::lists(self.0.expose()) {
            return Some(Faults::here(
                FaultCode::WeakPassword,
                "was taken from another service and published, as it is or nearly so, and is among the first that are \
                 guessed; three or four unrelated words are better",
            ));
        }
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
        // No keyboard has them, and OpaqueString leaves them out.
        if password.expose().chars().any(char::is_control) {
            return Err(Faults::here(FaultCode::Malformed, "has a control character, such as a tab or a line break"));
        }
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
        let key = |text: &str| Email::parse(text).unwrap().key();
        for (one, other) in [
            ("kim@example.org", "kim\u{ad}@example.org\u{200b}"),
            ("ren\u{e9}@b\u{fc}cher.example", "RENE\u{301}@BU\u{308}CHER.example"),
            ("straße@example.org", "STRASSE@example.org"),
        ] {
            assert_eq!(key(one), key(other), "{one}");
        }
    }

    #[test]
    fn an_address_has_one_at_sign_and_nothing_around_it() {
        for right in ["a@b", "o'neil+x@mail.example.org", "用户@例子.公司", "a..b@docomo.example", "a.@b-c.d"] {
            assert_eq!(Email::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c",
            "plain",
            "a@@b.c",
            "a@b@c",
            "<a@b.c>",
            "Kim <a@b.c>",
            "a@b.c,d@e.f",
            "(x)a@b.c",
            "\"a@b\"@c.d",
            "a@b..c",
            "a@b.",
            "a@.b",
            "a@[127.0.0.1]",
            "mailto:a@b.c",
            "a\\@b.c",
            "a\u{3000}b@c.d",
            "a\n@b.c",
        ] {
            assert!(Email::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_account_is_looked_for_as_the_address_is_written_and_then_by_its_key() {
        let keys = |text: &str| SoughtEmail::typed(text).unwrap().keys().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(keys(" Kim@Example.org"), ["kim@example.org"]);
        assert_eq!(keys("Kim@example.org\u{200b}"), ["kim@example.org\u{200b}", "kim@example.org"]);
        assert_eq!(keys("A@@b.c"), ["a@@b.c"]);
        assert_eq!(SoughtEmail::typed("plain"), None);
    }

    #[test]
    fn a_password_is_hashed_as_it_is_meant_and_compared_as_it_was_sent_as_well() {
        let password = Password::from_json(&json!("cre\u{302}pe")).unwrap();
        assert_eq!(password.expose(), "crêpe");
        assert_eq!(password.expose_each().collect::<Vec<_>>(), ["crêpe", "cre\u{302}pe"]);
        assert_eq!(Password::from_json(&json!("crêpe")).unwrap().expose_each().count(), 1);
        // Twelve letters with an accent, each of which is sent as two characters, are twelve.
        assert!(NewPassword::from_json(&json!("e\u{301}".repeat(11))).is_err());
        assert!(NewPassword::from_json(&json!("e\u{301}".repeat(12))).is_ok());
        assert!(NewPassword::from_json(&json!("twelve\tletters")).is_err());
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
