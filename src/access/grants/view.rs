//! How much of a diary a right shows.

use chrono::NaiveDate;

use crate::web::conditional::ETag;

/// The whole diary, or what the patient allowed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The diary looks as though it had begun on this local date.
    pub visible_from: Option<NaiveDate>,
    /// With what the person wrote in their own words.
    pub include_notes: bool,
}

impl View {
    /// Everything.
    pub const WHOLE: Self = Self { visible_from: None, include_notes: true };

    /// Whether what belongs to a local date is shown.
    #[must_use]
    pub fn shows(self, date: NaiveDate) -> bool {
        self.visible_from.is_none_or(|first| date >= first)
    }

    /// The first date that is shown of those from `date` on.
    #[must_use]
    pub fn since(self, date: NaiveDate) -> NaiveDate {
        self.visible_from.map_or(date, |first| first.max(date))
    }

    /// The tag of as much of an answer as is shown.
    #[must_use]
    pub fn tag(self, whole: ETag) -> ETag {
        let tag = match self.visible_from {
            Some(first) => whole.variant(&format!("from-{first}")),
            None => whole,
        };
        if self.include_notes { tag } else { tag.variant("no-notes") }
    }

    /// A note, if notes are shown.
    #[must_use]
    pub fn note<T>(self, note: Option<T>) -> Option<T> {
        note.filter(|_| self.include_notes)
    }
}
