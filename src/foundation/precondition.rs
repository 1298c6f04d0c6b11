//! What a caller believes about a row before changing it, and revisions themselves.

/// A diary's counter: one more in every transaction that changes the diary. The ETag, the sync cursor and the report's
/// stamp are all this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Revision(pub i64);

impl Revision {
    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A condition on the present revision of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// No condition.
    #[default]
    None,
    /// The row is not there (`If-None-Match: *`).
    Absent,
    /// The row is there, whatever it holds (`If-Match: *`).
    Present,
    /// The row is there at one of these revisions (`If-Match: "7"`).
    AtOneOf(Vec<Revision>),
}

impl Precondition {
    /// Whether it holds for a row at `current`, or for no row.
    #[must_use]
    pub fn holds(&self, current: Option<Revision>) -> bool {
        match self {
            Self::None => true,
            Self::Absent => current.is_none(),
            Self::Present => current.is_some(),
            Self::AtOneOf(revisions) => current.is_some_and(|current| revisions.contains(&current)),
        }
    }
}
