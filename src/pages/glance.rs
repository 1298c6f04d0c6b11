//! A diary at a glance: what tells a clinician whether to look at it first.

use chrono::{NaiveDate, TimeDelta};

use super::span::Span;
use crate::{
    access::ReadableDiary,
    analytics::{
        before_after::{self, Windows},
        comparison::Direction,
        figures::{FEWEST_COVERED_DAYS, is_firm},
        night_share::NightShare,
        period::DateRange,
        record::{InNight, Record},
        statistics::Level,
    },
    diary::{covered_days, episodes::store as episodes, treatments::model::Treatment},
    foundation::{ids::Id, values::Name, values::Rating},
    reports::findings::treatments_of,
    sharing::reviews,
    storage::{Db, refusal::Refusal},
    vocabulary,
};

/// A year of blocks of four weeks.
const BLOCKS: usize = 13;
const BLOCK_DAYS: i64 = 28;
/// So many weeks are drawn.
pub const WEEKS: usize = 12;
const DAYS_OF_WEEKS: i64 = 12 * 7;

vocabulary! {
    /// What there is to say of a diary first, in the order in which they are looked at.
    pub enum Group {
        /// There are clearly more cramps.
        Worse = "worse",
        /// Whoever looks has never said that they had read it.
        New = "new",
        /// Too few days have an entry to say anything.
        FewEntries = "few",
        /// None of these.
        Steady = "steady",
    }
}

/// How the cramps have changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// Since the treatment began that comes first.
    Since(Box<Treatment>, Direction),
    /// From one block of four weeks to the next.
    Lately(Direction),
}

impl Change {
    /// Where to.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        match self {
            Self::Since(_, direction) | Self::Lately(direction) => *direction,
        }
    }
}

/// What is known of a diary at a glance.
#[derive(Debug)]
pub struct Glance {
    /// The diary.
    pub id: Id,
    /// What it is called.
    pub name: Option<Name>,
    /// Nights with cramps in each of the last weeks, the latest last; `None` where no night is known.
    pub weeks: [Option<u32>; WEEKS],
    /// How it has changed.
    pub change: Change,
    /// The night share, and how often nights had cramps.
    pub night: NightShare,
    /// The worst cramp.
    pub worst: Option<Rating>,
    /// The last day with an entry.
    pub last_entry: Option<NaiveDate>,
    /// Whether it changed since whoever looks said that they had read it.
    pub is_unread: bool,
    /// What is to be said of it first.
    pub group: Group,
}

impl Glance {
    /// Reads it over a span.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(db: &mut Db, diary: &ReadableDiary, span: Span) -> Result<Self, Refusal> {
        let today = diary.today();
        let period = span.to(today);
        // The one that the page puts at the top.
        let treatment = treatments_of(db, diary, period)?.into_iter().next();
        let sides = treatment.as_ref().map(|treatment| Windows::DEFAULT.sides(treatment, (None, None), today));
        let first = period.from.min(today - TimeDelta::days(DAYS_OF_WEEKS - 1));
        let before = sides.and_then(|sides| sides.before).map_or(first, |before| before.from);
        let record = Record::read(db, diary, DateRange { from: before.min(first), to: today })?;
        let asked = record.part(period);
        let seen = asked.seen(asked.known_period());
        let is_told = seen.covered.days >= FEWEST_COVERED_DAYS && is_firm(&seen);
        let since = treatment.zip(sides).map(|(treatment, sides)| (treatment, before_after::verdict(&record, sides)));
        let change = match since {
            Some((treatment, verdict)) if verdict != Direction::InsufficientData => {
                Change::Since(Box::new(treatment), verdict)
            }
            _ => Change::Lately(lately(db, diary, today)?),
        };
        let reviewed = reviews::store::latest(db, diary)?;
        let last_entry = covered_days::store::last(db, diary, today)?;
        let group = match change.direction() {
            Direction::More => Group::Worse,
            _ if !is_told => Group::FewEntries,
            _ if reviewed.is_none() => Group::New,
            _ => Group::Steady,
        };
        Ok(Self {
            id: diary.diary().id.clone(),
            name: diary.diary().display_name.clone(),
            weeks: last_weeks(&record, today),
            change,
            night: NightShare::figures(&asked),
            worst: episodes::worst(db, diary, period.from, period.to)?,
            last_entry,
            // There is nothing to read in an empty diary.
            is_unread: last_entry.is_some() && reviewed.is_none_or(|revision| revision < diary.diary().revision),
            group,
        })
    }
}

/// Whether the last block of four weeks is another than the one before.
fn lately(db: &mut Db, diary: &ReadableDiary, today: NaiveDate) -> Result<Direction, Refusal> {
    let blocks = last_blocks(today);
    let year = Record::read(db, diary, DateRange { from: blocks[0].from, to: today })?;
    let seen = blocks.map(|block| year.seen(year.known(block)));
    Ok(Direction::of(&seen.each_ref(), Level::Percent99))
}

/// The nights with cramps of each of the weeks to today.
fn last_weeks(record: &Record, today: NaiveDate) -> [Option<u32>; WEEKS] {
    let mut to = today;
    let mut weeks = [(); WEEKS].map(|()| {
        let week = DateRange { from: to - TimeDelta::days(6), to };
        to = week.from - TimeDelta::days(1);
        let nights = record.nights(Some(week), InNight::CRAMP);
        (nights.covered > 0 || nights.known_with > 0).then_some(nights.known_with)
    });
    weeks.reverse();
    weeks
}

/// The last blocks of four weeks that are over, of those that are counted from Monday 5 January 1970 on: a year of them tells
/// how much weeks vary, and the last two are compared. Whoever looks each day must not compare anew each day: by chance
/// alone, some day of a year would show a change.
fn last_blocks(today: NaiveDate) -> [DateRange; BLOCKS] {
    const FIRST_MONDAY: i64 = 4;
    let into_block = ((today - NaiveDate::default()).num_days() - FIRST_MONDAY).rem_euclid(BLOCK_DAYS);
    let mut to = today - TimeDelta::days(into_block + 1);
    let mut blocks = [(); BLOCKS].map(|()| {
        let from = to - TimeDelta::days(BLOCK_DAYS - 1);
        let block = DateRange { from, to };
        to = from - TimeDelta::days(1);
        block
    });
    blocks.reverse();
    blocks
}
