//! How far around the start of a treatment it is looked at.

use chrono::{Days, NaiveDate};

use super::{first_nights, response, sides::Sides};
use crate::{
    analytics::{cautions, period::DateRange},
    diary::treatments::model::{Kind, Treatment},
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
    },
};

/// How many days are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Days after the day of the start that count on neither side.
    pub washout_days: u32,
    /// Days on each side.
    pub window_days: u32,
}

struct WashoutDays(i32);
struct WindowDays(i32);

impl FromJson for WashoutDays {
    fn from_json(value: &serde_json::Value) -> Result<Self, Faults> {
        fields::integer(value, 0..=365).map(Self)
    }
}

impl FromJson for WindowDays {
    fn from_json(value: &serde_json::Value) -> Result<Self, Faults> {
        fields::integer(value, 7..=730).map(Self)
    }
}

impl Windows {
    /// A quarter of a year on each side, and no days between but that of the start.
    pub const DEFAULT: Self = Self { washout_days: 0, window_days: 90 };

    /// Takes `washout_days` and `window_days` out of a query.
    pub fn from_query(query: &mut Fields) -> Self {
        let washout = query.optional::<WashoutDays>("washout_days").map(|days| days.0.unsigned_abs());
        let window = query.optional::<WindowDays>("window_days").map(|days| days.0.unsigned_abs());
        Self {
            washout_days: washout.unwrap_or(Self::DEFAULT.washout_days),
            window_days: window.unwrap_or(Self::DEFAULT.window_days),
        }
    }

    /// So many days on each side of the start, not beyond today, and within what was asked for, the first day and the last. The
    /// day of the start is on neither: what came on it may have come before the treatment or after.
    #[must_use]
    pub fn sides(
        self,
        treatment: &Treatment,
        (earliest, latest): (Option<NaiveDate>, Option<NaiveDate>),
        today: NaiveDate,
    ) -> Sides {
        let course = &treatment.course;
        let start = course.started_on;
        let clip = |from: NaiveDate, to: NaiveDate| {
            let from = earliest.map_or(from, |earliest| from.max(earliest));
            let to = latest.map_or(to, |latest| to.min(latest)).min(today);
            (from <= to).then_some(DateRange { from, to })
        };
        let before = start
            .checked_sub_days(Days::new(self.window_days.into()))
            .zip(start.pred_opt())
            .and_then(|(from, to)| clip(from, to));
        let first_after = start.checked_add_days(Days::new(u64::from(self.washout_days) + 1));
        let last_after = first_after.and_then(|first| first.checked_add_days(Days::new((self.window_days - 1).into())));
        // What is done to a vein is over in a day, and is meant to last.
        let end = course.ended_on.filter(|_| course.kind != Kind::VeinTreatment);
        let after =
            first_after.zip(last_after).and_then(|(from, to)| clip(from, end.map_or(to, |ended| to.min(ended))));
        Sides { before, after }
    }

    /// What has to be read to answer: the windows, and long enough before the start to know what is usual.
    ///
    /// # Errors
    /// When the treatment starts where the calendar ends.
    pub fn reading(self, treatment: &Treatment) -> Result<DateRange, Faults> {
        let start = treatment.course.started_on;
        let back = u64::from(self.window_days.max(cautions::USUAL_FROM_DAYS_BEFORE));
        let on = u64::from(self.washout_days + 1 + self.window_days.max(response::DAYS)).max(first_nights::NIGHTS);
        let period = start.checked_sub_days(Days::new(back)).zip(start.checked_add_days(Days::new(on)));
        let (from, to) = period.ok_or_else(|| Faults::at("from", FaultCode::OutOfRange, "no calendar goes so far"))?;
        Ok(DateRange { from, to })
    }
}
