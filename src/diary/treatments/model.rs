//! What a treatment is.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use crate::{
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields},
        ids::Id,
        precondition::Revision,
        values::{Dose, Name, Note, Side},
    },
    vocabulary,
};

vocabulary! {
    /// What sort of treatment.
    pub enum Kind {
        /// On a vein.
        VeinTreatment = "vein_treatment",
        /// A medicine.
        Medication = "medication",
        /// A food supplement.
        Supplement = "supplement",
        /// Regular stretching.
        Stretching = "stretching",
        /// Compression.
        Compression = "compression",
        /// Drinking more.
        Hydration = "hydration",
        /// Other shoes.
        Footwear = "footwear",
        /// Something else.
        Other = "other",
    }
}

/// What a client writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Course {
    /// What sort.
    pub kind: Kind,
    /// In the person's words.
    pub name: Name,
    /// How much of it.
    pub dose: Option<Dose>,
    /// Which leg it is for, if it is for one or both.
    pub side: Option<Side>,
    /// The first local date.
    pub started_on: NaiveDate,
    /// The last local date, when it is over.
    pub ended_on: Option<NaiveDate>,
    /// Anything else.
    pub note: Option<Note>,
}

/// A treatment as a client writes it, with its own id if it chose one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The client's id.
    pub id: Option<Id>,
    /// The rest.
    pub course: Course,
}

/// A row may be sent back as it came: these are not looked at.
const WORKED_OUT: [&str; 3] = ["revision", "created_at", "updated_at"];

impl Draft {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(body)?;
        let id = fields.optional("id");
        let (kind, name) = (fields.required("kind"), fields.required("name"));
        let (dose, side) = (fields.optional("dose"), fields.optional("side"));
        let started_on = fields.required("started_on");
        let ended_on = fields.optional("ended_on");
        let note = fields.optional("note");
        if started_on.is_some_and(|start| start < NaiveDate::default()) {
            fields.fault("started_on", FaultCode::OutOfRange, "lies before 1970");
        }
        if let (Some(start), Some(end)) = (started_on, ended_on)
            && end < start
        {
            fields.clash(&["ended_on", "started_on"], "it would end before it started");
        }
        fields.ignore(&WORKED_OUT);
        let faults = fields.close();
        match (kind, name, started_on) {
            (Some(kind), Some(name), Some(started_on)) if faults.is_empty() => {
                Ok(Self { id, course: Course { kind, name, dose, side, started_on, ended_on, note } })
            }
            _ => Err(faults),
        }
    }
}

/// A treatment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Treatment {
    /// Its id in its diary.
    pub id: Id,
    /// What it is.
    #[serde(flatten)]
    pub course: Course,
    /// When it was last changed, in the diary's count.
    pub revision: Revision,
    /// When it was logged.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Treatment {
    /// Whether a client that writes this draft would find nothing changed.
    #[must_use]
    pub fn says(&self, draft: &Draft) -> bool {
        self.course == draft.course
    }

    /// This treatment with a merge patch applied.
    ///
    /// # Errors
    /// Every fault of the patch.
    pub fn patched(&self, patch: Value) -> Result<Draft, Faults> {
        fields::patched(self.id.as_str(), &self.course, patch, Draft::from_json)
    }
}
