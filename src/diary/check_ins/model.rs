//! What a check-in says.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use crate::foundation::{
    clock::Instant,
    faults::{FaultCode, Faults},
    fields::Fields,
    precondition::Revision,
    values::{Note, Triggers},
};

/// What a client writes about a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckInReport {
    /// Whether the person had no cramp. It is what they said; a cramp that is logged on the day counts all the same.
    pub cramp_free: bool,
    /// What there was that may bring a cramp on, whether one came or not.
    pub triggers: Triggers,
    /// Anything else.
    pub note: Option<Note>,
}

/// A row may be sent back as it came: these are not looked at.
const WORKED_OUT: [&str; 4] = ["date", "revision", "created_at", "updated_at"];

impl CheckInReport {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value) -> Result<Self, Faults> {
        Fields::open(body)?.said(|fields| {
            let cramp_free = fields.required("cramp_free");
            let triggers = fields.optional("triggers").unwrap_or_default();
            let note = fields.optional("note");
            fields.ignore(&WORKED_OUT);
            Some(Self { cramp_free: cramp_free?, triggers, note })
        })
    }
}

/// A logged check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckIn {
    /// The local date.
    pub date: NaiveDate,
    /// What was said of it.
    #[serde(flatten)]
    pub report: CheckInReport,
    /// When it was last changed, in the diary's count.
    pub revision: Revision,
    /// When it was logged.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// A day can be checked in from 1970 on.
///
/// # Errors
/// When the date lies before.
pub fn check_date(date: NaiveDate) -> Result<(), Faults> {
    if date < NaiveDate::default() {
        Err(Faults::at("date", FaultCode::OutOfRange, "lies before 1970"))
    } else {
        Ok(())
    }
}
