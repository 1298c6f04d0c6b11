//! How often cramps came before a treatment and after it began, on the days of which it is known, and what speaks against
//! reading too much into the difference.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{
    cautions::{self, Caution},
    figures::{Comparison, Direction, Rate},
    period::{Asked, DateRange},
    record::{Coverage, Record, count},
    statistics::{Dispersion, dispersion, six_digits},
};
use crate::{
    access::ReadableDiary,
    diary::{
        covered_days::model::DayCounts,
        treatments::{
            self,
            model::{Kind, Treatment},
        },
    },
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        histogram::Histogram,
        ids::Id,
        language::Language,
        precondition::Revision,
    },
    say,
    storage::{Db, refusal::Refusal},
};

/// Name and version of the method.
pub const METHOD: &str = "before-after@1";

/// How far around the start it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Days after the start that count on neither side.
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
    /// A quarter of a year on each side, and no days between.
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

    /// The days before the start, and those after it and after the washout for as long as the treatment lasts and not
    /// beyond today, all within the period that was asked for, if one was. A side may have none.
    fn sides(self, treatment: &Treatment, asked: Asked, today: NaiveDate) -> (Option<DateRange>, Option<DateRange>) {
        let course = &treatment.course;
        let start = course.started_on;
        let clip = |from: NaiveDate, to: NaiveDate| {
            let from = asked.from.map_or(from, |earliest| from.max(earliest));
            let to = asked.to.map_or(to, |latest| to.min(latest)).min(today);
            (from <= to).then_some(DateRange { from, to })
        };
        let first_after = start.checked_add_days(Days::new(self.washout_days.into()));
        let last_after = first_after.and_then(|first| first.checked_add_days(Days::new((self.window_days - 1).into())));
        let before = start
            .checked_sub_days(Days::new(self.window_days.into()))
            .zip(start.pred_opt())
            .and_then(|(from, to)| clip(from, to));
        let after = first_after
            .zip(last_after)
            .and_then(|(from, to)| clip(from, course.ended_on.map_or(to, |ended| to.min(ended))));
        (before, after)
    }

    /// What has to be read to answer: the windows, and long enough before the start to know what is usual.
    ///
    /// # Errors
    /// When the treatment starts where the calendar ends.
    pub fn reading(self, treatment: &Treatment) -> Result<DateRange, Faults> {
        let start = treatment.course.started_on;
        let back = u64::from(self.window_days.max(cautions::USUAL_FROM_DAYS_BEFORE));
        let on = u64::from(self.washout_days + self.window_days);
        let period = start.checked_sub_days(Days::new(back)).zip(start.checked_add_days(Days::new(on)));
        let (from, to) = period.ok_or_else(|| Faults::at("from", FaultCode::OutOfRange, "no calendar goes so far"))?;
        Ok(DateRange { from, to })
    }
}

/// The answer.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct BeforeAfter {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub revision: Revision,
    pub method: &'static str,
    pub treatment: About,
    pub window_days: u32,
    pub washout_days: u32,
    pub before: Side,
    pub after: Side,
    #[serde(flatten)]
    pub comparison: Comparison,
    pub dispersion_index: Option<f64>,
    pub dispersion_p: Option<f64>,
    pub cautions: Vec<Caution>,
    pub statements: Vec<String>,
}

/// Which treatment it is about.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct About {
    pub id: Id,
    pub kind: Kind,
    pub name: String,
    pub started_on: NaiveDate,
    pub ended_on: Option<NaiveDate>,
}

/// One side of the start. Dates are null when the side has no days, as before the treatment began to work.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct Side {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub episodes: u32,
    pub night: u32,
    pub sleep_interrupted: u32,
    pub coverage: Coverage,
    pub per_week: Rate,
}

impl Side {
    fn of(record: &Record, part: Option<DateRange>) -> Self {
        let days = part.into_iter().flat_map(|part| record.within(part));
        let sum = days.fold(DayCounts::default(), |sum, (_, counts)| sum.plus(*counts));
        Self {
            from: part.map(|part| part.from),
            to: part.map(|part| part.to),
            episodes: count(sum.episodes),
            night: count(sum.night_begun_this_date + sum.night_begun_the_date_before),
            sleep_interrupted: count(sum.sleep_interrupted),
            coverage: part.map_or(Coverage { days: 0, covered: 0, share: None }, |part| record.coverage(part)),
            per_week: Rate::of(record.seen(part).covered),
        }
    }
}

/// How many of the covered days had 0, 1, 2 … cramps.
fn spread(record: &Record, part: Option<DateRange>) -> Histogram {
    let days = part.into_iter().flat_map(|part| record.within(part)).filter(|(date, _)| *date <= record.today);
    days.map(|(_, counts)| (count(counts.episodes), 1)).collect()
}

impl BeforeAfter {
    /// Reads what the answer needs, and works it out.
    ///
    /// # Errors
    /// When the treatment starts where the calendar ends, or the database fails.
    pub fn read(
        db: &mut Db,
        diary: &ReadableDiary,
        treatment: &Treatment,
        windows: Windows,
        asked: Asked,
    ) -> Result<Self, Refusal> {
        let reading = windows.reading(treatment)?;
        let record = Record::read(db, diary, reading)?;
        let others = treatments::store::between(db, diary, reading.from, reading.to)?;
        Ok(Self::of(&record, treatment, &others, windows, asked))
    }

    /// Works the answer out, given the other treatments as well.
    #[must_use]
    pub fn of(record: &Record, treatment: &Treatment, others: &[Treatment], windows: Windows, asked: Asked) -> Self {
        let (course, language) = (&treatment.course, asked.language);
        let (before, after) = windows.sides(treatment, asked, record.today);
        let spread: Option<Dispersion> = dispersion(&[spread(record, before), spread(record, after)]);
        let comparison = Comparison::of(&record.seen(before), &record.seen(after));
        let cautions = cautions::raise(&cautions::Evidence {
            record,
            before,
            after,
            start: course.started_on,
            others: others.iter().filter(|other| other.id != treatment.id).collect(),
            dispersion: spread,
            language,
        });
        let mut answer = Self {
            from: before.or(after).map_or(course.started_on, |first| first.from),
            to: after.or(before).map_or(course.started_on, |last| last.to),
            revision: record.revision,
            method: METHOD,
            treatment: About {
                id: treatment.id.clone(),
                kind: course.kind,
                name: course.name.as_str().to_owned(),
                started_on: course.started_on,
                ended_on: course.ended_on,
            },
            window_days: windows.window_days,
            washout_days: windows.washout_days,
            before: Side::of(record, before),
            after: Side::of(record, after),
            comparison,
            dispersion_index: spread.map(|spread| six_digits(spread.index)),
            dispersion_p: spread.map(|spread| six_digits(spread.p)),
            cautions,
            statements: Vec::new(),
        };
        answer.statements = answer.say(language);
        answer
    }

    fn say(&self, language: Language) -> Vec<String> {
        let mut statements = Vec::new();
        statements.extend(self.main_statement(language));
        statements.push(match self.comparison.verdict {
            Direction::InsufficientData => say!(language, "before-after-unknown"),
            verdict => say!(
                language,
                &format!("before-after-{}", verdict.as_str().replace('_', "-")),
                low = self.comparison.exact_ci95.map_or_else(String::new, |ci95| language.decimal(ci95.low, 2)),
                high = self
                    .comparison
                    .exact_ci95
                    .and_then(|ci95| ci95.high)
                    .map_or_else(|| "∞".to_owned(), |high| language.decimal(high, 2)),
                p = language.p_value(self.comparison.exact_p.unwrap_or(1.0)),
            ),
        });
        statements.extend(self.cautions.iter().map(|caution| caution.detail.clone()));
        statements.push(say!(language, "before-after-no-cause"));
        statements
    }

    /// Both rates, as far as there are any.
    #[must_use]
    pub fn main_statement(&self, language: Language) -> Option<String> {
        let (before, after) = self.before.per_week.per_week.zip(self.after.per_week.per_week)?;
        Some(say!(
            language,
            "before-after",
            name = self.treatment.name.as_str(),
            start = language.date(self.treatment.started_on),
            before = language.decimal(before, 1),
            before_days = self.before.per_week.covered_days,
            after = language.decimal(after, 1),
            after_days = self.after.per_week.covered_days,
        ))
    }
}
