//! What changed.

use serde::Serialize;

use crate::{
    diary::{
        change_log::Position,
        check_ins::model::CheckIn,
        episodes::{soreness::model::SorenessEntry, view::EpisodeView},
        settings::view::DiaryView,
        table::Table,
        treatments::model::Treatment,
    },
    foundation::precondition::Revision,
};

/// A row as its own operation shows it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Row {
    /// The day that is fully told of.
    CheckIn(CheckIn),
    /// The cramp.
    Episode(EpisodeView),
    /// The settings.
    Settings(DiaryView),
    /// How sore the leg was.
    Soreness(SorenessEntry),
    /// The treatment.
    Treatment(Treatment),
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
