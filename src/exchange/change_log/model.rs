//! What changed.

use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    diary::{change_log::Position, table::Table},
    foundation::precondition::Revision,
    storage::{Result, stored_json},
};

/// A row as its own operation shows it, in JSON.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Row(Box<RawValue>);

impl Row {
    /// Shows a row.
    ///
    /// # Errors
    /// When it can't be written as JSON, which is a defect.
    pub fn new(view: &impl Serialize) -> Result<Self> {
        stored_json::raw(view).map(Self)
    }

    /// Its fields.
    ///
    /// # Errors
    /// When it has none, which is a defect.
    pub fn fields(&self) -> Result<Map<String, Value>> {
        stored_json::read("row", self.0.get())
    }
}

/// A row that was changed, as it is now.
#[derive(Serialize)]
pub struct Change {
    /// Where it is.
    pub table: Table,
    /// Its id there.
    pub id: String,
    /// When it was changed.
    pub revision: Revision,
    /// Whether it is there no more.
    pub deleted: bool,
    /// The row; `None` when it was deleted.
    pub row: Option<Row>,
}

impl Change {
    /// The place in the log behind it.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { revision: self.revision, row: Some((self.table, self.id.clone())) }
    }
}

/// Changes that follow each other.
pub struct Changes {
    /// In the order of the log; each row once.
    pub changes: Vec<Change>,
    /// Up to where they were read.
    pub end: Position,
    /// Whether there are more.
    pub has_more: bool,
}
