//! What a caller believes about a row before changing it, and revisions themselves.

/// A diary's counter: one more in every transaction that changes the diary. The ETag, the sync cursor and the report's
/// stamp are all this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Revision(pub i64);

impl Revision {
    /// That of a diary which was just made.
    pub const FIRST: Self = Self(1);

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Conditions on the present revision of a row: both must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precondition {
    /// What the row must be (`If-Match`), if that was said.
    pub is: Option<Known>,
    /// What it must not be (`If-None-Match`), if that was said.
    pub is_not: Option<Known>,
}

/// What a caller knows of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// That it is there, whatever it holds (`*`).
    Something,
    /// At which revisions it may be (`"7"`).
    OneOf(Vec<Revision>),
}

impl Known {
    fn fits(&self, current: Option<Revision>) -> bool {
        current.is_some_and(|current| match self {
            Self::Something => true,
            Self::OneOf(revisions) => revisions.contains(&current),
        })
    }
}

impl Precondition {
    /// No condition.
    pub const NONE: Self = Self { is: None, is_not: None };

    /// Whether they hold for a row at `current`, or for no row.
    #[must_use]
    pub fn holds(&self, current: Option<Revision>) -> bool {
        self.is.as_ref().is_none_or(|known| known.fits(current))
            && self.is_not.as_ref().is_none_or(|known| !known.fits(current))
    }
}
