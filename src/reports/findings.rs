//! All that a report says, read in one transaction: whatever it is written as, its parts agree.

use super::nights::Nights;
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
        treatments::{
            self,
            model::{Kind, Treatment},
        },
    },
    foundation::{fields::Fields, language::Language},
    storage::{self, Db, refusal::Refusal},
    vocabulary,
};

/// So many cramps are listed one by one, and so many if all are asked for.
const LATEST_IN_LOG: i64 = 30;
const MOST_IN_LOG: i64 = 1_000;
/// So many treatments have room on the page.
const MOST_TREATMENTS: usize = 4;
/// A longer period is drawn by months.
const MOST_DAYS_IN_WEEKS: i64 = 750;

vocabulary! {
    /// Which cramps of the period are listed one by one.
    pub enum LogLength {
        /// The latest.
        Latest = "latest",
        /// All, as far as anybody reads them.
        All = "all",
    }
}

/// Which report is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ReportAsked {
    /// The period and the language.
    pub about: Asked,
    /// How much of the log.
    pub log: LogLength,
}

impl ReportAsked {
    /// Takes what is asked out of a query.
    pub fn from_query(query: &mut Fields) -> Self {
        Self { log: query.optional("log").unwrap_or(LogLength::Latest), about: Asked::from_query(query) }
    }
}

/// A way on from the report's page: what it is called, and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub href: String,
}

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
    /// The last nights of the period one by one.
    pub nights: Nights,
    /// The treatments of the period that there is room for, each with what came before and after its start: those of veins
    /// first, and the latest start first.
    pub treatments: Vec<(Treatment, BeforeAfter)>,
    /// The others.
    pub more_treatments: Vec<Treatment>,
    /// The latest cramps, the newest first.
    pub log: Vec<Episode>,
    /// Where whoever reads it in a browser may go on; none for apps.
    pub ways: Vec<Way>,
    /// How many of them were asked for.
    pub log_length: LogLength,
}

impl Findings {
    /// Reads them.
    ///
    /// # Errors
    /// When the period can't be reported on, or the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, asked: ReportAsked) -> Result<Self, Refusal> {
        let mut findings = Self::without_log(db, diary, asked.about)?;
        let DateRange { from, to } = findings.period;
        let most = match asked.log {
            LogLength::Latest => LATEST_IN_LOG,
            LogLength::All => MOST_IN_LOG,
        };
        findings.log = episodes::store::latest(db, diary, from, to, most)?;
        findings.log_length = asked.log;
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
        let mut treatments = treatments_of(db, diary, period)?;
        let more_treatments = treatments.split_off(treatments.len().min(MOST_TREATMENTS));
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
            nights: Nights::read(db, diary, &record)?,
            treatments: before_and_after(db, diary, treatments, language)?,
            more_treatments,
            log: Vec::new(),
            ways: Vec::new(),
            log_length: LogLength::Latest,
        })
    }
}

/// The treatments that were under way in a period, those of veins first, and the latest of them.
pub fn treatments_of(db: &mut Db, diary: &ReadableDiary, period: DateRange) -> storage::Result<Vec<Treatment>> {
    let mut found = treatments::store::between(db, diary, period.from, period.to)?;
    found.sort_by_key(|treatment| treatment.course.kind != Kind::VeinTreatment);
    Ok(found)
}

fn before_and_after(
    db: &mut Db,
    diary: &ReadableDiary,
    found: Vec<Treatment>,
    language: Language,
) -> Result<Vec<(Treatment, BeforeAfter)>, Refusal> {
    // Around each start as much as there is, whatever period the report is about.
    let asked = Asked { from: None, to: None, language };
    found
        .into_iter()
        .map(|treatment| {
            let answer = BeforeAfter::read(db, diary, &treatment, Windows::DEFAULT, asked)?;
            Ok((treatment, answer))
        })
        .collect()
}
