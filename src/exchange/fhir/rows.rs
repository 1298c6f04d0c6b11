//! Reading a diary as resources, table by table and each in the order of the change log.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::{
    frame::{Frame, ResourceId, Sort, Version},
    patient::REPORT,
};
use crate::{
    access::{ReadableDiary, Stamp},
    diary::{
        change_log::After,
        check_ins::model::CheckIn,
        covered_days,
        episodes::{
            self,
            model::{Episode, Site},
            soreness::model::SorenessEntry,
        },
        logged::Logged,
        table::Table,
        treatments::model::Treatment,
    },
    foundation::clock::Instant,
    storage::{Db, Result},
};

/// The tables of which observations are made.
pub const OBSERVED: [Table; 3] = [Table::CheckIns, Table::Episodes, Table::Soreness];

/// When what a resource tells of was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// From an instant up to another, on these local dates.
    Instants((Instant, Instant), (NaiveDate, NaiveDate)),
    /// On these local dates, the last of them included; `None` when it goes on.
    Dates(NaiveDate, Option<NaiveDate>),
}

/// A row on its way out.
#[derive(Debug)]
pub struct Found {
    /// Where it is in its table.
    pub place: After,
    /// What it is, when the reader is shown it.
    pub shown: Option<Shown>,
}

/// What a row became.
#[derive(Debug)]
pub struct Shown {
    /// When what it tells of was.
    pub when: When,
    /// The resource.
    pub resource: Value,
}

/// At most `most` rows of a table behind a place.
///
/// # Errors
/// When the database fails.
pub fn after(
    db: &mut Db,
    frame: &Frame,
    diary: &ReadableDiary,
    table: Table,
    place: &After,
    most: i64,
) -> Result<Vec<Found>> {
    match table {
        Table::Episodes => {
            let parts = diary.diary().day_parts;
            read(
                db,
                diary,
                place,
                most,
                |_, _| Ok(()),
                |episode: &Episode, ()| (when(episode), frame.cramp(episode, parts)),
            )
        }
        Table::Soreness => read(db, diary, place, most, cramps, |entry: &SorenessEntry, cramps| {
            let (after, sites) = cramps
                .get(entry.episode_id.as_str())
                .map_or((Version::of(entry), &[][..]), |cramp| (cramp.version, cramp.sites.as_slice()));
            (When::Dates(entry.date, Some(entry.date)), frame.soreness(entry, &after, sites))
        }),
        Table::CheckIns => read(db, diary, place, most, denied_days, |check_in: &CheckIn, days| {
            (When::Dates(check_in.date, Some(check_in.date)), frame.check_in(check_in, days.get(&check_in.date)))
        }),
        Table::Treatments => {
            let today = diary.today();
            read(
                db,
                diary,
                place,
                most,
                |_, _| Ok(()),
                |treatment: &Treatment, ()| {
                    let course = &treatment.course;
                    (When::Dates(course.started_on, course.ended_on), frame.treatment(treatment, today))
                },
            )
        }
        // The person is no row of a list.
        Table::Settings => Ok(Vec::new()),
    }
}

/// Reads rows, what all of them need besides, and makes something of each.
fn read<R: Logged, B>(
    db: &mut Db,
    diary: &ReadableDiary,
    place: &After,
    most: i64,
    beside: impl FnOnce((&mut Db, &ReadableDiary), &[&R]) -> Result<B>,
    make: impl Fn(&R, &B) -> (When, Value),
) -> Result<Vec<Found>> {
    let keys = R::keys_after(db, diary, place, most)?;
    let rows = R::rows_after(db, diary, place, most)?;
    let beside = beside((db, diary), &rows.iter().flatten().collect::<Vec<_>>())?;
    let shown = |row: &R| {
        let (when, resource) = make(row, &beside);
        Shown { when, resource }
    };
    let places = keys.into_iter().map(|(revision, id)| After { revision: revision.0, id });
    Ok(places.zip(rows).map(|(place, row)| Found { place, shown: row.as_ref().map(shown) }).collect())
}

fn when(episode: &Episode) -> When {
    let (date, lasted) = (episode.clock.date, episode.lasted().unwrap_or_default());
    let since_midnight = Duration::from_mins(u64::from(episode.clock.time.minute())) + lasted;
    let last = date + Days::new(since_midnight.as_secs() / 86_400);
    When::Instants((episode.started_at, episode.started_at.plus(lasted)), (date, last))
}

/// The cramps that entries of soreness came after.
fn cramps((db, diary): (&mut Db, &ReadableDiary), entries: &[&SorenessEntry]) -> Result<HashMap<String, CrampAfter>> {
    let ids: HashSet<&str> = entries.iter().map(|entry| entry.episode_id.as_str()).collect();
    let found = episodes::store::sites(db, diary, ids)?.into_iter();
    Ok(found
        .map(|(id, sites, Stamp { revision, at })| (id, CrampAfter { version: Version { revision, at }, sites }))
        .collect())
}

/// What an entry of soreness has of its cramp.
struct CrampAfter {
    version: Version,
    sites: Vec<Site>,
}

/// The dates of check-ins on which there were cramps, and the last version of these, where the person said that there were
/// none: such a day is told in another way from then on.
fn denied_days((db, diary): (&mut Db, &ReadableDiary), check_ins: &[&CheckIn]) -> Result<HashMap<NaiveDate, Version>> {
    days_with_cramps(db, diary, check_ins.iter().copied())
}

/// The same for any check-ins.
///
/// # Errors
/// When the database fails.
pub fn days_with_cramps<'a>(
    db: &mut Db,
    diary: &ReadableDiary,
    check_ins: impl IntoIterator<Item = &'a CheckIn>,
) -> Result<HashMap<NaiveDate, Version>> {
    let denied = check_ins.into_iter().filter(|check_in| check_in.report.cramp_free).map(|check_in| check_in.date);
    let dates: Vec<_> = covered_days::store::with_cramps(db, diary, denied)?.into_iter().collect();
    let mut days: HashMap<NaiveDate, Version> = HashMap::new();
    for (date, Stamp { revision, at }) in episodes::store::stamps(db, diary, &dates)? {
        let cramp = Version { revision, at };
        let last = days.remove(&date).map_or(cramp, |last| last.or_later(&cramp));
        days.insert(date, last);
    }
    Ok(days)
}

/// So many keys are looked through at once.
const MANY: i64 = 5_000;

/// The resource with an id, if the reader is shown it. An id has a hash of the row's: the keys of its table are looked
/// through, in the index alone.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, frame: &Frame, diary: &ReadableDiary, id: &ResourceId) -> Result<Option<Value>> {
    let table = match id.sort {
        Sort::Cramp => Table::Episodes,
        Sort::Soreness => Table::Soreness,
        Sort::CheckIn => Table::CheckIns,
        Sort::Treatment => Table::Treatments,
        Sort::Report => return Ok(Some(frame.report(diary)).filter(|_| id.is_of(REPORT))),
        Sort::Consent | Sort::Look => return Ok(None),
    };
    let Some(place) = place_of(db, diary, table, id)? else { return Ok(None) };
    let found = after(db, frame, diary, table, &place, 1)?;
    let shown = found.into_iter().find_map(|found| found.shown).map(|shown| shown.resource);
    Ok(shown.filter(|resource| resource["id"] == id.to_string()))
}

/// The place right before the row that becomes a resource with this id.
fn place_of(db: &mut Db, diary: &ReadableDiary, table: Table, id: &ResourceId) -> Result<Option<After>> {
    let mut place = After::START;
    loop {
        let keys = match table {
            Table::Episodes => Episode::keys_after(db, diary, &place, MANY),
            Table::Soreness => SorenessEntry::keys_after(db, diary, &place, MANY),
            Table::CheckIns => CheckIn::keys_after(db, diary, &place, MANY),
            Table::Treatments => Treatment::keys_after(db, diary, &place, MANY),
            Table::Settings => Ok(Vec::new()),
        }?;
        let is_all = keys.len() < usize::try_from(MANY).unwrap_or(usize::MAX);
        for (revision, row) in keys {
            if id.is_of(&row) {
                return Ok(Some(place));
            }
            place = After { revision: revision.0, id: row };
        }
        if is_all {
            return Ok(None);
        }
    }
}
