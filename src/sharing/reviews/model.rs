//! What a review says.

use serde::Serialize;
use serde_json::Value;

use crate::foundation::{
    clock::Instant,
    faults::{FaultCode, Faults},
    fields::{self, Fields},
    ids::Id,
    precondition::Revision,
    values::Name,
};

/// Somebody has read a diary up to a revision.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Review {
    pub id: Id,
    pub user_id: Id,
    pub user_name: Option<Name>,
    pub revision: Revision,
    pub reviewed_at: Instant,
}

/// Up to which revision somebody says to have read; everything, when they do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpTo(Option<Revision>);

impl UpTo {
    /// Reads what an app says.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_json(body: Value) -> Result<Self, Faults> {
        let fields = Fields::open(body)?;
        fields.asked(|fields| Self(fields.optional::<Number>("revision").map(|number| Revision(number.0))))
    }

    /// Reads what a form says, whose numbers are text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_form(form: Fields) -> Result<Self, Faults> {
        form.asked(|form| Self(form.optional::<Typed>("revision").map(|Typed(number)| Revision(number.0))))
    }

    /// The revision that is meant of a diary that has come to `present`.
    ///
    /// # Errors
    /// When the diary has not come so far.
    pub fn of(self, present: Revision) -> Result<Revision, Faults> {
        let revision = self.0.unwrap_or(present);
        if revision > present {
            let words = format!("the diary is at revision {}", present.0);
            return Err(Faults::at("revision", FaultCode::OutOfRange, words));
        }
        Ok(revision)
    }
}

impl From<Option<Revision>> for UpTo {
    fn from(revision: Option<Revision>) -> Self {
        Self(revision)
    }
}

struct Number(i64);

impl fields::FromJson for Number {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let number = value.as_i64().ok_or_else(|| fields::wrong_type("a whole number", value))?;
        if number >= 1 { Ok(Self(number)) } else { Err(Faults::here(FaultCode::OutOfRange, "revisions begin with 1")) }
    }
}

struct Typed(Number);

impl fields::FromJson for Typed {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let number = value.as_str().and_then(|text| text.parse().ok()).unwrap_or(Value::Null);
        Number::from_json(&number).map(Self)
    }
}
