//! Codes, and what a patient says when making one.

use std::{fmt, time::Duration};

use serde_json::Value;

use crate::{
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        language::Language,
        public_url::PublicUrl,
        secrets::{self, fingerprint},
        typed,
    },
    sharing::consents::{
        model::{Consent, Hours, Kind, Terms, chosen_id},
        words,
    },
    vocabulary,
};

/// No letter or digit that is mistaken for another when it is read out or written by hand.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 12;
/// How long a code can be redeemed unless the patient says otherwise.
const OPEN: Duration = Duration::from_hours(72);

/// Twelve characters, 60 random bits. The database knows a hash of them. Each account is held up after ten codes that open
/// nothing, and each address has a limit, so one that is open is guessed by nobody while it lives.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode([u8; LENGTH]);

impl InvitationCode {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random::<LENGTH>().map(|byte| ALPHABET[usize::from(byte) % ALPHABET.len()]))
    }

    /// Reads one as people write it: in either case, with hyphens and spaces of any kind anywhere or nowhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let characters: [u8; LENGTH] = typed::code(text).to_ascii_uppercase().into_bytes().try_into().ok()?;
        characters.iter().all(|character| ALPHABET.contains(character)).then_some(Self(characters))
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("invitation code", &self.0)
    }

    /// The address of the page that redeems it, which a link or a QR code carries: for the one answer that shows it.
    #[must_use]
    pub fn expose_url(&self, public_url: &PublicUrl) -> String {
        format!("{public_url}/clinic/redeem?code={}", self.expose())
    }

    /// In three groups of four: for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> String {
        let groups: Vec<_> = self.0.chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl FromJson for InvitationCode {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::parse(fields::string(value)?).ok_or_else(|| {
            Faults::here(
                FaultCode::Malformed,
                "a code has 12 letters and digits, as ABCD-EFGH-JKLM; the letters I and O and the digits 0 and 1 are in none",
            )
        })
    }
}

/// What a patient says to invite somebody.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id, if the client chose one.
    pub id: Option<Id>,
    /// On which terms.
    pub terms: Terms,
    /// The language of the words that the patient agreed to.
    pub language: Language,
    /// How long the code can be redeemed.
    pub open: Duration,
}

impl Draft {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value, now: Instant) -> Result<Self, Faults> {
        let mut fields = Fields::open(body)?;
        let id = chosen_id(&mut fields);
        let terms = Terms::from_fields(&mut fields, now);
        fields.optional::<words::Read>("words_version");
        let language = fields.optional("language").unwrap_or(Language::English);
        let open = fields.optional::<Hours<720>>("expires_in_hours").map_or(OPEN, |hours| hours.span());
        let faults = fields.close();
        terms.filter(|_| faults.is_empty()).map(|terms| Self { id, terms, language, open }).ok_or(faults)
    }

    /// The consent that it is, given now.
    #[must_use]
    pub fn consent(self, now: Instant) -> Consent {
        Consent::give(self.id, Kind::Invitation, (self.terms, self.language), now, now.plus(self.open))
    }
}

vocabulary! {
    /// What has become of an invitation.
    pub enum Status {
        /// Its code can be redeemed.
        Open = "open",
        /// Somebody redeemed it, and may use what they were given.
        Redeemed = "redeemed",
        /// Nobody redeemed it in time, or the time of the access is over.
        Expired = "expired",
        /// It was withdrawn, before it was redeemed or after.
        Revoked = "revoked",
    }
}

impl Status {
    /// That of an invitation at a time.
    #[must_use]
    pub fn of(consent: &Consent, now: Instant) -> Self {
        let is_over = |until: Option<Instant>| until.is_some_and(|until| until <= now);
        match (&consent.withdrawal, &consent.acceptance) {
            (Some(_), _) => Self::Revoked,
            _ if is_over(consent.terms.access_until) => Self::Expired,
            (None, Some(_)) => Self::Redeemed,
            (None, None) if is_over(Some(consent.open_until)) => Self::Expired,
            (None, None) => Self::Open,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = InvitationCode::random();
        let text = code.expose();
        assert_eq!(text.len(), 14);
        let dashed = |dash: &str| text.replace('-', dash);
        for written in [text.clone(), text.to_lowercase(), dashed(""), dashed(" - "), dashed("–"), dashed("\r\n")] {
            assert_eq!(InvitationCode::parse(&written).unwrap(), code, "{written}");
        }
        for wrong in ["", "ABCD-EFGH-JKL", "ABCD-EFGH-JKLMN", "ABCD-EFGH-JKL0", "ABCD-EFGH-JKLI", "ABCD.EFGH.JKLM"] {
            assert!(InvitationCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_character_is_as_likely_as_another() {
        let mut counts = [0_u32; 32];
        for _ in 0..4_000 {
            for byte in InvitationCode::random().0 {
                counts[ALPHABET.iter().position(|known| *known == byte).unwrap()] += 1;
            }
        }
        // 1500 expected each, a standard deviation of 38: six of them are beyond chance.
        assert!(counts.iter().all(|count| (1_270..1_730).contains(count)), "{counts:?}");
    }
}
