//! The change log of a diary: its rows, and what is remembered of deleted ones, in the order of their revisions, and of one
//! revision by table and id. There is no table of it: each table has an index in this order, and says what comes next.

use chrono::{Days, NaiveDate};

use super::table::Table;
use crate::foundation::precondition::Revision;

/// Up to where somebody has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// At this revision.
    pub revision: Revision,
    /// Behind this row; `None` when all of the revision was read.
    pub row: Option<(Table, String)>,
}

impl Position {
    /// Before everything.
    pub const START: Self = Self { revision: Revision(0), row: None };

    /// Behind all of a revision.
    #[must_use]
    pub const fn end_of(revision: Revision) -> Self {
        Self { revision, row: None }
    }

    /// This place, or the end of a revision if that is later.
    #[must_use]
    pub fn at_least(&self, revision: Revision) -> Self {
        if self.revision > revision { self.clone() } else { Self::end_of(revision) }
    }

    /// The same place as one table sees it.
    #[must_use]
    pub fn within(&self, table: Table) -> After {
        match &self.row {
            Some((last, id)) if *last == table => After { revision: self.revision.0, id: id.clone() },
            // What of this table has the same revision comes later.
            Some((last, _)) if last.as_str() < table.as_str() => After { revision: self.revision.0, id: String::new() },
            _ => After { revision: self.revision.0 + 1, id: String::new() },
        }
    }
}

/// A place among the rows of one table: at a revision or later, and at this revision behind an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The revision.
    pub revision: i64,
    /// The id; empty before all of them.
    pub id: String,
}

impl After {
    /// Before everything.
    pub const START: Self = Self { revision: 0, id: String::new() };

    /// The id as a date; before all dates of a diary when it is none.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.id.parse().unwrap_or_else(|_| NaiveDate::default() - Days::new(1))
    }
}

/// The rows of a table behind a place in the change log, in its order.
macro_rules! logged_after {
    ($diary:expr, $after:expr, $table:ident by $id:expr, $after_id:expr) => {
        $table::table
            .filter($table::diary_id.eq($diary.id()))
            // The first condition alone is what the index can use.
            .filter($table::revision.ge($after.revision))
            .filter($table::revision.gt($after.revision).or($id.gt($after_id)))
            .order(($table::revision, $id))
    };
}

pub(crate) use logged_after;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_behind_tables_that_come_before_and_before_those_that_come_after() {
        let place = Position { revision: Revision(7), row: Some((Table::Episodes, "e".to_owned())) };
        let after = |revision, id: &str| After { revision, id: id.to_owned() };
        assert_eq!(place.within(Table::CheckIns), after(8, ""));
        assert_eq!(place.within(Table::Episodes), after(7, "e"));
        assert_eq!(place.within(Table::Soreness), after(7, ""));
        assert_eq!(Position::end_of(Revision(7)).within(Table::Soreness), after(8, ""));
        assert_eq!(Position::START.within(Table::CheckIns), after(1, ""));
    }
}
