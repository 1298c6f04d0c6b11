//! Which local dates a question is about.

use chrono::{Days, NaiveDate};

use crate::{
    access::ReadableDiary,
    faults::{FaultCode, Faults},
    precondition::Revision,
    web::{conditional::ETag, query},
};

/// Without an end of its own, a period has so many days.
const DEFAULT_DAYS: u64 = 90;

/// The dates that were asked for, as far as they were.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// Local dates, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first one.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

impl Asked {
    /// Takes `from` and `to` out of a query that has nothing else.
    ///
    /// # Errors
    /// Every fault of the query.
    pub fn from_query(mut query: crate::fields::Fields) -> Result<Self, Faults> {
        let (from, to) = query::range(&mut query);
        query.finish()?;
        Ok(Self { from, to })
    }

    /// The period: by default the 90 days to today, or to the end that was asked for.
    ///
    /// # Errors
    /// When only a beginning was asked for, and it has not come.
    pub fn in_diary(self, today: NaiveDate) -> Result<Period, Faults> {
        let to = self.to.unwrap_or(today);
        let from = self.from.or_else(|| to.checked_sub_days(Days::new(DEFAULT_DAYS - 1))).unwrap_or(to);
        if from > to {
            return Err(Faults::at("from", FaultCode::InTheFuture, "lies after today; say to, too"));
        }
        Ok(Period { from, to })
    }

    /// The tag of an answer: of the revision alone only when the answer will be the same on every later day.
    #[must_use]
    pub fn tag(self, revision: Revision, diary: &ReadableDiary) -> ETag {
        let today = diary.today();
        if self.from.is_some() && self.to.is_some_and(|to| to < today) {
            ETag::of(revision)
        } else {
            ETag::on(revision, today)
        }
    }
}
