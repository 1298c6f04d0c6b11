//! The two times that are compared.

use crate::analytics::{period::DateRange, record::Record};

/// The days before a start, and those after it. A side may have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Those before it.
    pub before: Option<DateRange>,
    /// Those after it and after the washout, for as long as the treatment lasts.
    pub after: Option<DateRange>,
}

impl Sides {
    /// What of them can be known.
    #[must_use]
    pub fn known(self, record: &Record) -> Self {
        let known = |side: Option<DateRange>| side.and_then(|side| record.known(side));
        Self { before: known(self.before), after: known(self.after) }
    }
}
