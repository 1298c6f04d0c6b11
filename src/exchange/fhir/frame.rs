//! What all resources of a diary have in common: where they are, what they are called, and whom they are about.

use std::fmt;

use serde_json::{Value, json};

use super::codes::{Code, SNOMED};
use crate::{
    access::Stamp,
    diary::logged::Logged,
    foundation::{
        clock::Instant, ids::Id, precondition::Revision, public_url::PublicUrl, secrets::fingerprint, typed,
        values::Note,
    },
};

/// Where FHIR begins.
pub const ROOT: &str = "/fhir/R4";

/// How the service writes FHIR.
#[derive(Debug, Clone)]
pub struct Fhir {
    base: String,
    snomed: bool,
}

impl Fhir {
    /// For clients that come by this address. `snomed`: whether codes of SNOMED CT go out.
    #[must_use]
    pub fn new(public_url: &PublicUrl, snomed: bool) -> Self {
        Self { base: public_url.as_str().to_owned(), snomed }
    }

    /// The address under which resources are.
    #[must_use]
    pub fn root(&self) -> String {
        self.address(ROOT)
    }

    /// The address of a path of the service.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Of a diary.
    #[must_use]
    pub fn frame(&self, diary: &Id) -> Frame {
        Frame { fhir: self.clone(), diary: diary.clone() }
    }
}

/// What becomes a resource: a letter of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A cramp.
    Cramp,
    /// Soreness on a date.
    Soreness,
    /// A day that was checked in.
    CheckIn,
    /// A treatment.
    Treatment,
    /// The report.
    Report,
    /// A consent.
    Consent,
    /// A look that somebody took.
    Look,
}

impl Sort {
    const ALL: [Self; 7] =
        [Self::Cramp, Self::Soreness, Self::CheckIn, Self::Treatment, Self::Report, Self::Consent, Self::Look];

    /// Whether it may be a resource of a type.
    #[must_use]
    pub fn is_read_as(self, of_type: &str) -> bool {
        match self {
            Self::Cramp | Self::Soreness | Self::CheckIn => of_type == "Observation",
            Self::Treatment => ["MedicationStatement", "Procedure"].contains(&of_type),
            Self::Report => of_type == "DocumentReference",
            Self::Consent | Self::Look => false,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Cramp => 'e',
            Self::Soreness => 's',
            Self::CheckIn => 'c',
            Self::Treatment => 't',
            Self::Report => 'r',
            Self::Consent => 'g',
            Self::Look => 'a',
        }
    }
}

/// The resources of one diary.
#[derive(Debug, Clone)]
pub struct Frame {
    fhir: Fhir,
    diary: Id,
}

/// So many bytes of a hash stand in an id: what is left of the 64 characters that FHIR has for one, behind a UUID.
const HASHED: usize = 13;

/// The part of a row's id that stands in a resource's.
fn hash(row: &str) -> [u8; HASHED] {
    let mut hash = [0; HASHED];
    hash.copy_from_slice(&fingerprint("fhir", row.as_bytes())[..HASHED]);
    hash
}

/// The id of a resource, taken apart. Clients choose ids of rows, a diary at a time and with characters that FHIR does not
/// take: so it is the diary's, a letter for what the row was, and a hash of the row's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceId {
    /// The diary.
    pub diary: Id,
    /// What it was.
    pub sort: Sort,
    hash: [u8; HASHED],
}

impl ResourceId {
    /// That of what a row becomes.
    #[must_use]
    pub fn of(diary: &Id, sort: Sort, row: &str) -> Self {
        Self { diary: diary.clone(), sort, hash: hash(row) }
    }

    /// Reads one; `None` when it can't be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (diary, rest) = text.rsplit_once('.')?;
        let sort = Sort::ALL.into_iter().find(|sort| rest.starts_with(sort.letter()))?;
        let digits = rest.get(1..).filter(|digits| digits.len() == 2 * HASHED)?;
        let mut hash = [0; HASHED];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self { diary: Id::parse(diary)?, sort, hash })
    }

    /// Whether it is that of a row.
    #[must_use]
    pub fn is_of(&self, row: &str) -> bool {
        self.hash == hash(row)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.diary, self.sort.letter())?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Frame {
    /// The diary.
    #[must_use]
    pub const fn diary(&self) -> &Id {
        &self.diary
    }

    /// The id of what a row becomes.
    #[must_use]
    pub fn id(&self, sort: Sort, row: &str) -> String {
        ResourceId::of(&self.diary, sort, row).to_string()
    }

    /// Where a resource is.
    #[must_use]
    pub fn url(&self, resource: &Value) -> String {
        let name = |field: &str| resource[field].as_str().unwrap_or_default().to_owned();
        format!("{}/{}/{}", self.fhir.root(), name("resourceType"), name("id"))
    }

    /// The address of a path of the service.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        self.fhir.address(path)
    }

    /// Whom it is about.
    #[must_use]
    pub fn patient(&self) -> Value {
        json!({"reference": format!("Patient/{}", self.diary)})
    }

    /// A code with a text, and without the code where it may not go out.
    #[must_use]
    pub fn concept(&self, code: Option<Code>, text: &str) -> Value {
        let may_go_out = |code: &Code| self.fhir.snomed || code.system != SNOMED;
        let coding: Vec<_> = code.filter(may_go_out).map(Code::coding).into_iter().collect();
        json!({"coding": coding, "text": text})
    }
}

/// Which version of a row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// By the diary's count.
    pub revision: Revision,
    /// When it was written.
    pub at: Instant,
}

impl Version {
    /// That of a row.
    #[must_use]
    pub fn of(row: &impl Logged) -> Self {
        let Stamp { revision, at } = row.stamp();
        Self { revision, at }
    }

    /// That of something which depends on another row as well.
    #[must_use]
    pub fn or_later(self, other: &Self) -> Self {
        Self { revision: self.revision.max(other.revision), at: self.at.max(other.at) }
    }
}

impl Frame {
    /// The version of a resource, and the profile that it keeps to: without SNOMED CT, to none, since the guide asks for it.
    #[must_use]
    pub fn meta(&self, version: &Version, profile: Option<&str>) -> Value {
        json!({
            "versionId": version.revision.0.to_string(),
            "lastUpdated": version.at,
            "profile": profile.filter(|_| self.fhir.snomed).into_iter().collect::<Vec<_>>(),
        })
    }
}

/// What somebody wrote beside something, if there is anything to see in it: FHIR knows no empty text.
#[must_use]
pub fn note(note: Option<&Note>) -> Option<Value> {
    let seen = note.map(Note::as_str).filter(|note| !typed::is_blank(note));
    seen.map(|note| json!({"text": note}))
}

/// Without nulls, and without lists and objects of nothing, none of which FHIR has.
#[must_use]
pub fn pruned(value: Value) -> Value {
    let is_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => items.into_iter().map(pruned).filter(|item| !is_nothing(item)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, pruned(field)))
                .filter(|(_, field)| !is_nothing(field))
                .collect(),
        ),
        other => other,
    }
}
