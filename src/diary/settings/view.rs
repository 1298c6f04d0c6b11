//! How a diary is shown.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    access::{Right, Role, diaries::model::Diary},
    foundation::{clock::Instant, ids::Id, local_clock::LocalTime, precondition::Revision, values::Name},
};

/// A diary's settings, and by which right they are seen.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct DiaryView {
    pub id: Id,
    pub display_name: Option<Name>,
    pub time_zone: &'static str,
    pub night_start: LocalTime,
    pub night_end: LocalTime,
    pub evening_start: LocalTime,
    pub role: Role,
    pub visible_from: Option<NaiveDate>,
    pub include_notes: bool,
    pub access_until: Option<Instant>,
    pub revision: Revision,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl DiaryView {
    /// As somebody with this right sees it.
    #[must_use]
    pub fn new(diary: &Diary, right: &Right) -> Self {
        Self {
            id: diary.id.clone(),
            display_name: diary.display_name.clone(),
            time_zone: diary.time_zone.name(),
            night_start: diary.day_parts.night_start(),
            night_end: diary.day_parts.night_end(),
            evening_start: diary.day_parts.evening_start(),
            role: right.role,
            visible_from: right.view.visible_from,
            include_notes: right.view.include_notes,
            access_until: right.access_until,
            revision: diary.revision,
            created_at: diary.created_at,
            updated_at: diary.updated_at,
        }
    }
}
