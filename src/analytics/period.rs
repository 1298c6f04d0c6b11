//! What a question is about: which local dates, and in which language the answer speaks.

use chrono::{Days, NaiveDate};

use crate::{
    access::ReadableDiary,
    foundation::{
        faults::{FaultCode, Faults},
        fields::Fields,
        language::Language,
    },
    web::{conditional::ETag, query},
};

/// Without an end of its own, a period has so many days.
const DEFAULT_DAYS: u64 = 90;

/// What was asked for, as far as it was said.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The first local date.
    pub from: Option<NaiveDate>,
    /// The last local date.
    pub to: Option<NaiveDate>,
    /// The language of the sentences.
    pub language: Language,
}

/// Local dates, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// The first one.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

impl DateRange {
    /// The period of the same length that ends the day before, as far back as years have four digits.
    #[must_use]
    pub fn previous(self) -> Self {
        let earliest = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
        let to = self.from.pred_opt().unwrap_or(self.from).max(earliest);
        let from = to.checked_sub_signed(self.to - self.from).unwrap_or(earliest);
        Self { from: from.max(earliest), to }
    }
}

impl DateRange {
    /// What of it lies within another one.
    #[must_use]
    pub fn within(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from <= to).then_some(Self { from, to })
    }
}

impl Asked {
    /// Takes `from`, `to` and `lang` out of a query.
    pub fn from_query(query: &mut Fields) -> Self {
        let (from, to) = query::range(query);
        Self { from, to, language: query.optional("lang").unwrap_or(Language::English) }
    }

    /// The period: by default the 90 days to today, or to the end that was asked for.
    ///
    /// # Errors
    /// When only a beginning was asked for, and it has not come.
    pub fn in_diary(self, today: NaiveDate) -> Result<DateRange, Faults> {
        let to = self.to.unwrap_or(today);
        let from = self.from.or_else(|| to.checked_sub_days(Days::new(DEFAULT_DAYS - 1))).unwrap_or(to);
        if from > to {
            return Err(Faults::at("from", FaultCode::InTheFuture, "lies after today; say to, too"));
        }
        Ok(DateRange { from, to })
    }

    /// The tag of an answer: of the revision alone only when the answer will be the same on every later day.
    #[must_use]
    pub fn tag(self, diary: &ReadableDiary) -> ETag {
        let always = self.from.is_some() && self.to.is_some_and(|to| to < diary.today());
        if always { diary.tag() } else { diary.tag_today() }
    }
}
