//! The tables that are kept in step, each with the type of its rows.

use super::model::Row;
use crate::{
    access::ReadableDiary,
    diary::{change_log::After, settings::view::DiaryView},
    foundation::precondition::Revision,
    storage::Result,
};

/// Does the same for whichever table it is: `of` with the type of its rows, or, for the settings, which are no rows that
/// people log, something of their own.
macro_rules! of_table {
    ($table:expr, settings => $settings:expr, $row:ident => $work:expr) => {
        match $table {
            $crate::diary::table::Table::CheckIns => {
                type $row = $crate::diary::check_ins::model::CheckIn;
                $work
            }
            $crate::diary::table::Table::Episodes => {
                type $row = $crate::diary::episodes::model::Episode;
                $work
            }
            $crate::diary::table::Table::Settings => $settings,
            $crate::diary::table::Table::Soreness => {
                type $row = $crate::diary::episodes::soreness::model::SorenessEntry;
                $work
            }
            $crate::diary::table::Table::Treatments => {
                type $row = $crate::diary::treatments::model::Treatment;
                $work
            }
        }
    };
}

pub(super) use of_table;

/// The revision and the id of the settings, if they lie behind a place in the change log.
#[must_use]
pub fn settings_after(diary: &ReadableDiary, after: &After) -> Option<(Revision, String)> {
    let (revision, id) = (diary.diary().settings_revision, diary.id());
    let is_behind = revision.0 > after.revision || (revision.0 == after.revision && id > after.id.as_str());
    is_behind.then(|| (revision, id.to_owned()))
}

/// The settings as somebody is shown them.
pub fn settings_row(diary: &ReadableDiary) -> Result<Row> {
    Row::new(&DiaryView::new(diary.diary(), diary.right()))
}
