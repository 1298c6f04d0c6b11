//! How a diary is shown in the list.

use serde::Serialize;

use crate::{
    access::ReadableDiary,
    diary::settings::view::DiaryView,
    foundation::{clock::Instant, precondition::Revision, values::Name},
};

/// A diary as it is shown, with whose it is and how far the caller has read it.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ListedDiary {
    #[serde(flatten)]
    pub diary: DiaryView,
    pub owner_name: Option<Name>,
    pub last_reviewed_revision: Option<Revision>,
    pub last_reviewed_at: Option<Instant>,
}

impl ListedDiary {
    /// As somebody sees it who has reviewed it so far.
    #[must_use]
    pub fn new(diary: &ReadableDiary, owner_name: Option<Name>, reviewed: Option<(Revision, Instant)>) -> Self {
        let (last_reviewed_revision, last_reviewed_at) = reviewed.unzip();
        Self {
            diary: DiaryView::new(diary.diary(), diary.right()),
            owner_name,
            last_reviewed_revision,
            last_reviewed_at,
        }
    }
}
