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

/// Reads up to which revision somebody says to have read; everything, when they do not say.
///
/// # Errors
/// When it is no revision that the diary has had.
pub fn reviewed_up_to(body: Value, present: Revision) -> Result<Revision, Faults> {
    let mut fields = Fields::open(if body.is_null() { Value::Object(serde_json::Map::new()) } else { body })?;
    let revision = fields.optional::<Number>("revision").map_or(present, |number| Revision(number.0));
    if revision > present {
        fields.fault("revision", FaultCode::OutOfRange, format!("the diary is at revision {}", present.0));
    }
    fields.finish().map(|()| revision)
}

struct Number(i64);

impl fields::FromJson for Number {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let number = value.as_i64().ok_or_else(|| fields::wrong_type("a whole number", value))?;
        if number >= 1 { Ok(Self(number)) } else { Err(Faults::here(FaultCode::OutOfRange, "revisions begin with 1")) }
    }
}
