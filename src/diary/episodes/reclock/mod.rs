//! Clocks of cramps that an older tz database showed wrong: found, and put right when an operator asks for it.

use std::{collections::VecDeque, fmt};

use chrono::NaiveDate;

use super::{
    model::{Clocked, Episode},
    soreness::model::day,
    store::{self, Position},
};
use crate::{
    access::{
        ReadableDiary, any_diary, any_readable, diaries,
        visits::{
            self,
            model::{Deed, Visitor},
            operation::Operation,
        },
    },
    diary::logged::{self, Logged},
    foundation::{clock::Instant, ids::Id, zones::Zone},
    storage::{Db, Result, Store, refusal::Refusal},
};

pub mod rules;

/// How many diaries are looked up at a time.
const DIARIES: i64 = 500;

/// How many cramps are looked at in one snapshot.
const LOOKED_AT: usize = 1_000;

/// A cramp that has another clock by the rules of today. It tells no time: whoever runs the service need not learn from it
/// when somebody had one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The diary's id.
    pub diary: String,
    /// The cramp's id in it.
    pub episode: Id,
    /// Where the person was.
    pub zone: Zone,
    /// How many minutes later its clock is right.
    pub minutes: i64,
    /// Why it stays as it is all the same.
    pub stays: Option<Stays>,
}

/// Why a clock that is wrong stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// Soreness that is logged would end up outside its 30 days.
    Soreness,
    /// No date of a diary is before 1970.
    Before1970,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { diary, episode, zone, minutes, stays } = self;
        write!(f, "diary {diary}  cramp {episode}  {}  {minutes:+} min", zone.name())?;
        match stays {
            Some(Stays::Soreness) => f.write_str("  stays: soreness after it would lie outside its 30 days"),
            Some(Stays::Before1970) => f.write_str("  stays: it would lie before 1970"),
            None => Ok(()),
        }
    }
}

/// A walk over all cramps, a step at a time, so that no snapshot is held for long.
#[derive(Debug, Default)]
pub struct Walk {
    diaries: VecDeque<String>,
    /// The last that was looked up.
    last: String,
    /// Up to where the cramps of the first of them were looked at.
    after: Position,
}

impl Walk {
    /// Those of the next cramps of one diary that have another clock by the rules of today; `None` at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn step(&mut self, store: &Store, now: Instant) -> Result<Option<Vec<Wrong>>, Refusal> {
        if self.diaries.is_empty() {
            let last = self.last.clone();
            self.diaries = store.read(move |db| diaries::store::ids_after(db, &last, DIARIES)).await?.into();
        }
        let Some(diary) = self.diaries.front().cloned() else { return Ok(None) };
        self.last.clone_from(&diary);
        let after = self.after.clone();
        let (found, end) = store.read(move |db| look(db, &diary, &after, now)).await?;
        self.after = end.unwrap_or_default();
        if self.after == Position::default() {
            self.diaries.pop_front();
        }
        Ok(Some(found))
    }
}

/// What is found, and where the next look begins, if there is one in this diary.
fn look(db: &mut Db, id: &str, after: &Position, now: Instant) -> Result<(Vec<Wrong>, Option<Position>), Refusal> {
    let diary = match any_readable(db, id, now) {
        // Erased since it was looked up.
        Err(Refusal::NotFound) => return Ok((Vec::new(), None)),
        found => found?,
    };
    let cramps = store::clocks_after(db, &diary, after, i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))?;
    let end = (cramps.len() == LOOKED_AT).then(|| cramps.last()).flatten();
    let end = end.map(|last| (last.started_at.micros(), last.id.to_string()));
    let found = cramps.into_iter().filter_map(|cramp| wrong(db, &diary, &cramp).transpose());
    Ok((found.collect::<Result<_>>()?, end))
}

/// What there is to do about a cramp's clock, if anything.
fn wrong(db: &mut Db, diary: &ReadableDiary, cramp: &Clocked) -> Result<Option<Wrong>> {
    let Some(right) = cramp.put_right() else { return Ok(None) };
    let stays = if right.date < NaiveDate::default() {
        Some(Stays::Before1970)
    } else if right.date == cramp.clock.date {
        None
    } else {
        let entries = super::soreness::store::all(db, diary, &cramp.id)?;
        entries.iter().any(|entry| day(right.date, entry.date).is_none()).then_some(Stays::Soreness)
    };
    Ok(Some(Wrong {
        diary: diary.id().to_owned(),
        episode: cramp.id.clone(),
        zone: cramp.time_zone,
        minutes: right.minutes_after(cramp.clock),
        stays,
    }))
}

/// Puts cramps of one diary right in one transaction, as a change like any other: with a revision, the kept sums, and rows
/// in the access log, since it was not the owner who did it. What was changed or deleted meanwhile is looked at again. What
/// is found then, and was put right unless it stays, comes back.
///
/// # Errors
/// When the database fails.
pub async fn put_right(store: &Store, found: Vec<Wrong>, now: Instant) -> Result<Vec<Wrong>, Refusal> {
    store.write(move |db| write(db, &found, now)).await
}

fn write(db: &mut Db, some: &[Wrong], now: Instant) -> Result<Vec<Wrong>, Refusal> {
    let Some(first) = some.first() else { return Ok(Vec::new()) };
    let diary = match any_diary(db, &first.diary, now) {
        Err(Refusal::NotFound) => return Ok(Vec::new()),
        found => found?,
    };
    let mut done = Vec::new();
    for seen in some {
        let Some(before) = Episode::lookup(db, &diary, &seen.episode)? else { continue };
        let clocked = before.clocked();
        let (Some(wrong), Some(clock)) = (wrong(db, &diary, &clocked)?, clocked.put_right()) else { continue };
        if wrong.stays.is_none() {
            let stamp = diary.stamp(db)?;
            let episode = Episode { clock, revision: stamp.revision, updated_at: stamp.at, ..before.clone() };
            logged::keep(db, &diary, &before)?;
            store::rewrite(db, &diary, &before, episode, stamp)?;
            let deed = Deed::of(Operation::PatchEpisode, Some(before.id.as_str()));
            visits::store::record(db, diary.id(), &Visitor::OPERATOR, &deed, now)?;
        }
        done.push(wrong);
    }
    Ok(done)
}
