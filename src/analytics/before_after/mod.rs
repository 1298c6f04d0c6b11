//! How often cramps came before a treatment and after it began, on the days of which it is known, and what speaks against
//! reading too much into the difference.

mod first_nights;
mod legs;
mod nights;
mod response;
mod sides;
mod windows;
mod written_soon;

use chrono::NaiveDate;
use serde::Serialize;

pub use self::first_nights::{Night, NightState};
pub use self::windows::Windows;
use self::{legs::Legs, nights::NightChange, response::Response, sides::Sides, written_soon::WrittenSoon};
use super::{
    cautions::{self, Caution},
    comparison::{Comparison, Direction},
    figures::Rate,
    period::{Asked, DateRange},
    record::{Coverage, InNight, Record, Tallies},
    season,
    statistics::{Level, dispersion, six_digits},
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
    foundation::{histogram::Histogram, ids::Id, language::Language, precondition::Revision, values, zones::Zone},
    say,
    storage::{Db, refusal::Refusal},
};

/// Name and version of the method.
pub const METHOD: &str = "before-after@2";

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
    pub daily_dispersion_index: Option<f64>,
    pub season_alone_ratio: Option<f64>,
    pub cramp_nights: NightChange,
    pub broken_nights: NightChange,
    pub first_nights: Vec<Night>,
    pub response: Response,
    pub untreated_leg: Option<Legs>,
    pub written_within_24_hours: WrittenSoon,
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
        let sum = days.fold(DayCounts::default(), |sum, day| sum.plus(day.counts));
        Self {
            from: part.map(|part| part.from),
            to: part.map(|part| part.to),
            episodes: sum.all().episodes,
            night: sum.night().episodes,
            sleep_interrupted: sum.all().sleep_interrupted,
            coverage: part.map_or(Coverage { days: 0, covered: 0, share: None }, |part| record.coverage(part)),
            per_week: Rate::of(record.seen(part).covered),
        }
    }
}

/// What is known of the time around a start.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The days.
    pub record: &'a Record,
    /// What the cramps were like, if the treatment is of one leg.
    pub tallies: &'a Tallies,
    /// The treatments of that time, this one among them.
    pub others: &'a [Treatment],
    /// Where the person lives.
    pub zone: Zone,
}

/// How many of the covered days had 0, 1, 2 … cramps.
fn spread(record: &Record, part: Option<DateRange>) -> Histogram {
    let days = part.into_iter().flat_map(|part| record.within(part)).filter(|day| day.date <= record.today);
    days.map(|day| (day.episodes(), 1)).collect()
}

/// What the answer comes to, of a record in which both sides lie, for whoever needs no more.
#[must_use]
pub fn verdict(record: &Record, sides: Sides) -> Direction {
    let Sides { before, after } = sides.known(record);
    Direction::of(&[&record.seen(before), &record.seen(after)], Level::Percent95)
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
        // Only a treatment of one leg is compared with the other.
        let one_leg = treatment.course.side.is_some_and(|side| side != values::Side::Both);
        let tallies = if one_leg { record.tallies(db, diary)? } else { Tallies::default() };
        let others = treatments::store::between(db, diary, reading.from, reading.to)?;
        let zone = diary.diary().time_zone;
        Ok(Self::of(&Around { record: &record, tallies: &tallies, others: &others, zone }, treatment, windows, asked))
    }

    /// Works the answer out.
    #[must_use]
    pub fn of(around: &Around, treatment: &Treatment, windows: Windows, asked: Asked) -> Self {
        let Around { record, tallies, others, zone } = *around;
        let (course, language) = (&treatment.course, asked.language);
        let sides = windows.sides(treatment, (asked.from, asked.to), record.today).known(record);
        let Sides { before, after } = sides;
        let daily = dispersion(&[spread(record, before), spread(record, after)]);
        let comparison = Comparison::of(&record.seen(before), &record.seen(after));
        let season_alone_ratio = before
            .zip(after)
            .and_then(|(before, after)| season::ratio(record, zone.seasons(), before, after))
            .map(six_digits);
        let cautions = cautions::raise(&cautions::Evidence {
            record,
            before,
            after,
            start: course.started_on,
            entered_on: zone.date_at(treatment.created_at),
            others: others.iter().filter(|other| other.id != treatment.id).collect(),
            comparison: &comparison,
            season_alone_ratio,
            language,
        });
        let (before_side, after_side) = (Side::of(record, before), Side::of(record, after));
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
            comparison,
            daily_dispersion_index: daily.map(|daily| six_digits(daily.index)),
            season_alone_ratio,
            cramp_nights: NightChange::of(record, sides, InNight::CRAMP),
            broken_nights: NightChange::of(record, sides, InNight::BROKEN_SLEEP),
            first_nights: first_nights::of(record, course.started_on, asked),
            response: Response::of(record, sides),
            untreated_leg: Legs::of(course.side, sides, tallies),
            written_within_24_hours: WrittenSoon::of(record, sides, &before_side, &after_side),
            cautions,
            before: before_side,
            after: after_side,
            statements: Vec::new(),
        };
        answer.statements = answer.say(language);
        answer
    }

    fn say(&self, language: Language) -> Vec<String> {
        let mut statements = Vec::new();
        statements.extend(self.main_statement(language));
        statements.push(self.verdict_statement(language));
        statements.extend(self.sensitivity_statement(language));
        statements.extend(self.detail_statements(language));
        statements.extend(self.cautions.iter().map(|caution| caution.detail.clone()));
        statements.push(say!(language, "before-after-no-cause"));
        statements
    }

    fn verdict_statement(&self, language: Language) -> String {
        let id = match self.comparison.verdict {
            Direction::InsufficientData => return say!(language, "before-after-unknown"),
            Direction::Fewer => "before-after-fewer",
            Direction::More => "before-after-more",
            Direction::NoClearChange => "before-after-unclear",
        };
        say!(language, id, ratio = self.comparison.say_ratio(language))
    }

    /// The ratio among the entries made within 24 hours, where others are there as well.
    #[must_use]
    pub fn sensitivity_statement(&self, language: Language) -> Option<String> {
        self.written_within_24_hours.say(self.before.episodes + self.after.episodes, language)
    }

    /// The same in nights, as trials count it, and beside the other leg, as far as enough is known.
    pub fn detail_statements(&self, language: Language) -> impl Iterator<Item = String> {
        let legs = self.untreated_leg.as_ref().and_then(|legs| legs.say(language));
        [self.cramp_nights.say(language), self.response.say(language), legs].into_iter().flatten()
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
