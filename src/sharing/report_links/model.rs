//! What a link is.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

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
        secrets::{self, Secret, SharedKey, fingerprint},
        typed,
        values::Name,
    },
    sharing::consents::{
        model::{Consent, Hours, Kind, SharedRole, Terms, chosen_id},
        words,
    },
    vocabulary,
};

/// How long a link opens the report unless the patient says otherwise.
const OPEN: Duration = Duration::from_hours(72);

/// What a secret opens a link for. Each has a secret of its own: the address that a program asks may stand in a log, where it
/// must not open the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The page that shows the report.
    Page,
    /// The file that a program reads.
    Program,
}

impl Door {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Page => "crl_",
            Self::Program => "crh_",
        }
    }
}

/// 256 random bits, as they stand in an address. The database knows a hash of them.
#[derive(Clone)]
pub struct LinkSecret(Door, [u8; 32]);

impl LinkSecret {
    /// A new one.
    #[must_use]
    pub fn random(door: Door) -> Self {
        Self(door, secrets::random())
    }

    /// Reads a piece of an address; `None` when it can't be one.
    #[must_use]
    pub fn parse(door: Door, presented: &str) -> Option<Self> {
        Secret::bytes_of(door.prefix(), presented).map(|bytes| Self(door, bytes))
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let domain = match self.0 {
            Door::Page => "report link",
            Door::Program => "health link",
        };
        fingerprint(domain, &self.1)
    }

    /// Where it opens the link: for the one answer that shows it.
    #[must_use]
    pub fn expose_url(&self, public_url: &PublicUrl) -> String {
        let place = match self.0 {
            Door::Page => "r",
            Door::Program => "shl",
        };
        format!("{public_url}/{place}/{}", Secret::from_bytes(self.0.prefix(), &self.1).expose())
    }
}

/// The same link as a SMART Health Link (<https://hl7.org/fhir/uv/smart-health-cards-and-links>), for the one answer that
/// shows it; `None` where the service's address leaves too little room: a manifest's may have 128 characters. It does not
/// say for whom it is, which is the patient's word.
#[must_use]
pub fn expose_health_link(
    (secret, key): (&LinkSecret, &SharedKey),
    consent: &Consent,
    link: &Link,
    public_url: &PublicUrl,
) -> Option<String> {
    const LONGEST_URL: usize = 128;
    let url = secret.expose_url(public_url);
    if url.len() > LONGEST_URL {
        return None;
    }
    let mut payload = json!({
        "url": url,
        "key": URL_SAFE_NO_PAD.encode(key.expose()),
        "exp": consent.open_until.seconds(),
        "label": "Cramp diary",
    });
    if link.passcode_hash.is_some() {
        payload["flag"] = "P".into();
    }
    Some(format!("shlink:/{}", URL_SAFE_NO_PAD.encode(payload.to_string())))
}

/// What opens a link's file for a while without its passcode, since that was typed for the list of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    until: Instant,
    mark: [u8; 32],
}

impl Ticket {
    /// The standard allows an hour.
    const GOOD_FOR: Duration = Duration::from_mins(30);

    /// For the file of a link. The passcode's hash is in its mark, which nobody knows who has the link alone.
    #[must_use]
    pub fn new(secret: &LinkSecret, link: &Link, now: Instant) -> Self {
        let until = Instant::from_seconds(now.plus(Self::GOOD_FOR).seconds());
        Self { until, mark: Self::mark(secret, link, until) }
    }

    fn mark(secret: &LinkSecret, link: &Link, until: Instant) -> [u8; 32] {
        let passcode = link.passcode_hash.as_deref().unwrap_or_default();
        fingerprint(
            "file of a health link",
            &[&until.seconds().to_be_bytes()[..], &secret.1, passcode.as_bytes()].concat(),
        )
    }

    /// Reads a piece of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (until, mark) = text.split_once('.')?;
        let until = Instant::from_seconds(until.parse().ok()?);
        Some(Self { until, mark: URL_SAFE_NO_PAD.decode(mark).ok()?.try_into().ok()? })
    }

    /// As a piece of an address.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{}.{}", self.until.seconds(), URL_SAFE_NO_PAD.encode(self.mark))
    }

    /// Whether it opens the file of a link now.
    #[must_use]
    pub fn opens(&self, secret: &LinkSecret, link: &Link, now: Instant) -> bool {
        now < self.until && self.mark.ct_eq(&Self::mark(secret, link, self.until)).into()
    }
}

/// What has to be typed besides: 4 to 64 characters, and at least 4 of them besides spaces and hyphens. Tries are slowed
/// down, and after a hundred wrong ones the link opens nothing any more: four digits keep out who finds the link by chance, a
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
    /// How often a wrong passcode was typed.
    pub wrong_passcodes: i32,
}

impl Link {
    /// So many wrong passcodes in all its life, and it opens nothing any more: else whoever has it could try on.
    pub const MOST_WRONG: i32 = 100;

    /// How many wrong passcodes are left.
    #[must_use]
    pub const fn tries_left(&self) -> i32 {
        let left = Self::MOST_WRONG - self.wrong_passcodes;
        if left < 0 { 0 } else { left }
    }
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
        /// Too many wrong passcodes were typed.
        Locked = "locked",
    }
}

impl Status {
    /// That of a link at a time.
    #[must_use]
    pub fn of(consent: &Consent, link: &Link, now: Instant) -> Self {
        match consent.withdrawal {
            Some(_) => Self::Revoked,
            None if link.tries_left() == 0 => Self::Locked,
            None if consent.open_until <= now => Self::Expired,
            None => Self::Open,
        }
    }
}
