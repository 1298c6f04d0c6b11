//! All that a report says, read in one transaction: whatever it is written as, its parts agree.

use crate::{
    access::{ReadableDiary, diaries::model::Diary},
    analytics::{
        before_after::{BeforeAfter, Windows},
        night_share::NightShare,
        period::{Asked, DateRange},
        record::Record,
        soreness::SorenessCourse,
        summary::Summary,
        time_of_day::TimeOfDay,
        trend::{Bucket, Trend},
    },
    diary::{
        episodes::{self, model::Episode},
        treatments::{self, model::Treatment},
    },
    foundation::language::Language,
    storage::{Db, refusal::Refusal},
};

/// So many cramps are listed one by one.
const MOST_IN_LOG: i64 = 1_000;
/// So many treatments have room on the page.
const MOST_TREATMENTS: usize = 4;
/// A longer period is drawn by months.
const MOST_DAYS_IN_WEEKS: i64 = 750;

/// What the report says.
#[derive(Debug)]
pub struct Findings {
    /// The language it speaks.
    pub language: Language,
    /// The diary.
    pub diary: Diary,
    /// The period.
    pub period: DateRange,
    /// Today in the diary's zone.
    pub today: chrono::NaiveDate,
    /// How often, how long, how bad, where.
    pub summary: Summary,
    /// What share comes at night.
    pub night_share: NightShare,
    /// In weeks or months, as far as anything can be known.
    pub trend: Trend,
    /// At what time of day.
    pub time_of_day: TimeOfDay,
    /// How sore the leg stays.
    pub soreness: SorenessCourse,
    /// The latest treatments of the period, each with what came before and after its start.
    pub treatments: Vec<(Treatment, BeforeAfter)>,
    /// The latest cramps, the newest first.
    pub log: Vec<Episode>,
}

impl Findings {
    /// Reads them.
    ///
    /// # Errors
    /// When the period can't be reported on, or the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, asked: Asked) -> Result<Self, Refusal> {
        let mut findings = Self::without_log(db, diary, asked)?;
        let DateRange { from, to } = findings.period;
        findings.log = episodes::store::latest(db, diary, from, to, MOST_IN_LOG)?;
        Ok(findings)
    }

    /// Reads all but the cramps one by one.
    ///
    /// # Errors
    /// When the period can't be reported on, or the database fails.
    pub fn without_log(db: &mut Db, diary: &ReadableDiary, asked: Asked) -> Result<Self, Refusal> {
        let (language, period) = (asked.language, asked.in_diary(diary.today())?);
        let record = Record::read(db, diary, period)?;
        let drawn = record.known_period().unwrap_or(period);
        let bucket =
            if (drawn.to - drawn.from).num_days() <= MOST_DAYS_IN_WEEKS { Bucket::Week } else { Bucket::Month };
        let parts = bucket.divide(drawn)?;
        let tallies = record.tallies(db, diary)?;
        let previous = Record::read(db, diary, period.previous())?;
        Ok(Self {
            language,
            diary: diary.diary().clone(),
            period,
            today: diary.today(),
            summary: Summary::of(&record, &tallies.sum(), &previous, language),
            night_share: NightShare::of(&record, language),
            trend: Trend::of(&record, bucket, &parts, language),
            time_of_day: TimeOfDay::of(&record, &tallies, language),
            soreness: SorenessCourse::read(db, diary, &record, language)?,
            treatments: before_and_after(db, diary, period, language)?,
            log: Vec::new(),
        })
    }
}

fn before_and_after(
    db: &mut Db,
    diary: &ReadableDiary,
    period: DateRange,
    language: Language,
) -> Result<Vec<(Treatment, BeforeAfter)>, Refusal> {
    // Around each start as much as there is, whatever period the report is about.
    let asked = Asked { from: None, to: None, language };
    let mut found = treatments::store::between(db, diary, period.from, period.to)?;
    found.truncate(MOST_TREATMENTS);
    found
        .into_iter()
        .map(|treatment| {
            let answer = BeforeAfter::read(db, diary, &treatment, Windows::DEFAULT, asked)?;
            Ok((treatment, answer))
        })
        .collect()
}
