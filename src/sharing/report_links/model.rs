//! What a link is.

use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;

use crate::{
    access::accounts::model::Password,
    analytics::period::Asked,
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        language::Language,
        public_url::PublicUrl,
        secrets::{self, Secret, fingerprint},
        typed,
        values::Name,
    },
    sharing::consents::{
        model::{Consent, Hours, Kind, SharedRole, Terms, chosen_id},
        words,
    },
    vocabulary,
};

const PREFIX: &str = "crl_";
/// How long a link opens the report unless the patient says otherwise.
const OPEN: Duration = Duration::from_hours(72);

/// 256 random bits, as they stand in the address. The database knows a hash of them.
#[derive(Clone)]
pub struct LinkSecret([u8; 32]);

impl LinkSecret {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(secrets::random())
    }

    /// Reads a piece of an address; `None` when it can't be one.
    #[must_use]
    pub fn parse(presented: &str) -> Option<Self> {
        Secret::bytes_of(PREFIX, presented).map(Self)
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        fingerprint("report link", &self.0)
    }

    /// Where it opens the report: for the one answer that shows it.
    #[must_use]
    pub fn expose_url(&self, public_url: &PublicUrl) -> String {
        format!("{public_url}/r/{}", Secret::from_bytes(PREFIX, &self.0).expose())
    }
}

/// What has to be typed besides: 4 to 64 characters, and at least 4 of them besides spaces and hyphens. Tries are slowed
/// down to some seven hundred in the week that a link lives at most: four digits keep out who finds the link by chance, a
/// word keeps out who goes on trying.
#[derive(Debug, Clone)]
pub struct Passcode(pub Password);

impl FromJson for Passcode {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        const FEWEST: usize = 4;
        fields::text(value, FEWEST..=64)?;
        let TypedPasscode(passcode) = TypedPasscode::from_json(value)?;
        if passcode.expose().chars().count() < FEWEST {
            return Err(Faults::here(FaultCode::TooShort, "needs at least 4 characters besides spaces and hyphens"));
        }
        Ok(Self(passcode))
    }
}

/// A passcode as whoever opens a link typed it, in their spelling of spaces, hyphens and digits.
#[derive(Debug, Clone)]
pub struct TypedPasscode(pub Password);

impl FromJson for TypedPasscode {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Password::read(value, typed::code).map(Self)
    }
}

/// What a patient says to make a link.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id, if the client chose one.
    pub id: Option<Id>,
    /// For whom.
    pub label: Option<Name>,
    /// The report's period and language.
    pub asked: Asked,
    /// Whether it shows notes.
    pub include_notes: bool,
    /// How long it opens.
    pub open: Duration,
    /// What has to be typed besides, if anything.
    pub passcode: Option<Passcode>,
}

impl Draft {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(body)?;
        let id = chosen_id(&mut fields);
        let label = fields.optional("label");
        let (from, to): (Option<NaiveDate>, Option<NaiveDate>) = (fields.optional("from"), fields.optional("to"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            fields.fault("from", FaultCode::Contradiction, "lies after to");
        }
        fields.optional::<words::Read>("words_version");
        let language = fields.optional("language").unwrap_or(Language::English);
        let include_notes = fields.optional("include_notes").unwrap_or(false);
        let open = fields.optional::<Hours<168>>("expires_in_hours").map_or(OPEN, |hours| hours.span());
        let passcode = fields.optional("passcode");
        fields.finish()?;
        Ok(Self { id, label, asked: Asked { from, to, language }, include_notes, open, passcode })
    }

    /// The consent that it is, given now.
    #[must_use]
    pub fn consent(&self, now: Instant) -> Consent {
        let until = now.plus(self.open);
        let terms = Terms {
            role: SharedRole::Viewer,
            label: self.label.clone(),
            visible_from: None,
            include_notes: self.include_notes,
            access_until: Some(until),
        };
        Consent::give(self.id.clone(), Kind::ReportLink, (terms, self.asked.language), now, until)
    }
}

/// A link besides its consent.
#[derive(Debug, Clone)]
pub struct Link {
    /// The report's first date.
    pub from: Option<NaiveDate>,
    /// The report's last date.
    pub to: Option<NaiveDate>,
    /// The hash of its passcode, if it has one.
    pub passcode_hash: Option<String>,
}

vocabulary! {
    /// Whether a link opens the report.
    pub enum Status {
        /// It does.
        Open = "open",
        /// Its time is over.
        Expired = "expired",
        /// The patient ended it.
        Revoked = "revoked",
    }
}

impl Status {
    /// That of a link at a time.
    #[must_use]
    pub fn of(consent: &Consent, now: Instant) -> Self {
        match consent.withdrawal {
            Some(_) => Self::Revoked,
            None if consent.open_until <= now => Self::Expired,
            None => Self::Open,
        }
    }
}
