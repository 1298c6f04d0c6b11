//! What all resources of a diary have in common: where they are, what they are called, and whom they are about.

use std::fmt::Write;

use serde_json::{Value, json};

use super::codes::{Code, SNOMED};
use crate::foundation::{clock::Instant, ids::Id, precondition::Revision, public_url::PublicUrl, secrets::fingerprint};

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

/// The id of what a row becomes. Clients choose ids of rows, a diary at a time and with characters that FHIR does not take:
/// so it is the diary's, a letter for what it is, and a hash of the row's.
#[must_use]
pub fn id(diary: &Id, sort: Sort, row: &str) -> String {
    let mut id = format!("{diary}.{}", sort.letter());
    for byte in &fingerprint("fhir", row.as_bytes())[..HASHED] {
        // Writing to a String can't fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// The diary and the sort of an id.
#[must_use]
pub fn read_id(id: &str) -> Option<(Id, Sort)> {
    let (diary, rest) = id.rsplit_once('.')?;
    let letter = rest.chars().next()?;
    let sort = Sort::ALL.into_iter().find(|sort| sort.letter() == letter)?;
    Some((Id::parse(diary)?, sort))
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
        id(&self.diary, sort, row)
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
#[must_use]
pub fn meta(revision: Revision, updated_at: Instant, profile: Option<&str>) -> Value {
    json!({
        "versionId": revision.0.to_string(),
        "lastUpdated": updated_at,
        "profile": profile.into_iter().collect::<Vec<_>>(),
    })
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
