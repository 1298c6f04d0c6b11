//! What is answered to a device.

use serde::Serialize;
use serde_json::Value;

use crate::{
    exchange::change_log::{
        model::{Change, Row},
        push::Outcome,
    },
    foundation::precondition::Revision,
    vocabulary,
    web::problem::Problem,
};

/// A page of changes.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ChangePage {
    pub changes: Vec<Change>,
    pub cursor: String,
    pub has_more: bool,
    pub revision: Revision,
}

/// What came of a batch.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct BatchResult {
    pub results: Vec<ItemResult>,
    pub revision: Revision,
    pub cursor: String,
}

vocabulary! {
    /// What came of a change.
    pub enum OutcomeWord {
        /// It was done.
        Applied = "applied",
        /// It was so already.
        Unchanged = "unchanged",
        /// Somebody else changed the row meanwhile.
        Conflict = "conflict",
        /// It can't be done.
        Rejected = "rejected",
    }
}

/// What came of one change.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ItemResult {
    pub table: Option<String>,
    pub id: Option<String>,
    pub outcome: OutcomeWord,
    pub revision: Option<Revision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Option<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

impl ItemResult {
    /// Of the change with this number in the batch.
    #[must_use]
    pub fn new(number: usize, table: Option<String>, id: Option<String>, outcome: Outcome) -> Self {
        // Faults are told of the whole batch.
        let (word, revision, row, problem) = match outcome.under(&number.to_string()).under("changes") {
            Outcome::Applied(revision) => (OutcomeWord::Applied, Some(revision), None, None),
            Outcome::Unchanged(revision) => (OutcomeWord::Unchanged, revision, None, None),
            Outcome::Conflict(revision, row) => (OutcomeWord::Conflict, revision, Some(row), None),
            Outcome::Rejected(refusal) => (OutcomeWord::Rejected, None, None, Some(Problem::from(refusal).document())),
        };
        Self { table, id, outcome: word, revision, row, problem }
    }
}
