//! Writing soreness: an entry and the cramp that shows it in short change together.

use chrono::NaiveDate;

use super::{
    model::{SorenessEntry, SorenessReport, SorenessSummary, check_date},
    store,
};
use crate::{
    access::{Stamp, WritableDiary},
    diary::{
        covered_days,
        episodes::{self, contribution, model::Episode},
        named,
    },
    foundation::{faults::Faults, ids::Id, precondition::Precondition},
    storage::{Db, Written, refusal::Refusal},
};

/// Writes the entry of a date.
///
/// # Errors
/// When there is no such cramp; what is wrong with the date and with the report; when the precondition does not hold.
pub fn put(
    db: &mut Db,
    diary: &WritableDiary,
    episode_id: &Id,
    date: NaiveDate,
    report: Result<SorenessReport, Faults>,
    precondition: &Precondition,
) -> Result<Written<SorenessEntry>, Refusal> {
    let episode = named::find::<Episode>(db, diary, episode_id)?;
    let before = store::find(db, diary, episode_id, date)?;
    // A day of which something was told had come then, though the diary may have gone west since.
    let has_come = || if before.is_some() { Ok(()) } else { diary.has_come(date) };
    let day = check_date(episode.clock.date, date).and_then(|day| has_come().map(|()| day));
    let (day, report) = Faults::of_both(day, report)?;
    if !precondition.holds(before.as_ref().map(|before| before.revision)) {
        return Err(Refusal::Stale);
    }
    if let Some(before) = before {
        let same = (before.level, before.tender_to_touch, before.limits_walking)
            == (report.level, report.tender_to_touch, report.limits_walking);
        if same {
            return Ok(Written::Unchanged(before));
        }
        let stamp = diary.stamp(db)?;
        let entries = store::all(db, diary, episode_id)?;
        let entry = store::update(db, diary, before, report, stamp)?;
        sum_up(db, diary, &episode, &entries, stamp)?;
        return Ok(Written::Replaced(entry));
    }
    let entries = store::all(db, diary, episode_id)?;
    store::unearth(db, diary, episode_id, date)?;
    let stamp = diary.stamp_one_more(db)?;
    let entry = SorenessEntry {
        episode_id: episode_id.clone(),
        date,
        day,
        level: report.level,
        tender_to_touch: report.tender_to_touch,
        limits_walking: report.limits_walking,
        revision: stamp.revision,
        created_at: stamp.at,
        updated_at: stamp.at,
    };
    store::insert(db, diary, &entry)?;
    sum_up(db, diary, &episode, &entries, stamp)?;
    Ok(Written::New(entry))
}

/// Deletes the entry of a date, if there is one.
///
/// # Errors
/// When there is no such cramp, or the precondition does not hold.
pub fn delete(
    db: &mut Db,
    diary: &WritableDiary,
    episode_id: &Id,
    date: NaiveDate,
    precondition: &Precondition,
) -> Result<(), Refusal> {
    let Some(entry) = store::find(db, diary, episode_id, date)? else {
        // Entries are deleted with their cramp as well.
        return if store::was_deleted(db, diary, episode_id, date)? {
            Ok(())
        } else {
            named::find::<Episode>(db, diary, episode_id).map(drop)
        };
    };
    if !precondition.holds(Some(entry.revision)) {
        return Err(Refusal::Stale);
    }
    let episode = named::find::<Episode>(db, diary, episode_id)?;
    let entries = store::all(db, diary, episode_id)?;
    let stamp = diary.stamp(db)?;
    store::delete(db, diary, &entry, stamp)?;
    sum_up(db, diary, &episode, &entries, stamp)
}

/// Follows a change of the entries, given those before: in the cramp's short of them, and in the kept sums.
fn sum_up(
    db: &mut Db,
    diary: &WritableDiary,
    episode: &Episode,
    before: &[SorenessEntry],
    stamp: Stamp,
) -> Result<(), Refusal> {
    let after = store::all(db, diary, &episode.id)?;
    let date = episode.clock.date;
    covered_days::store::set_soreness(
        db,
        diary,
        date,
        &contribution::soreness(before),
        &contribution::soreness(&after),
    )?;
    Ok(episodes::store::set_soreness(db, diary, &episode.id, &SorenessSummary::of(&after), stamp)?)
}
