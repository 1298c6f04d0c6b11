//! Writing soreness: an entry and the cramp that shows it in short change together.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::{
    model::{self, SorenessEntry, SorenessReport, SorenessSummary, check_date},
    store,
};
use crate::{
    access::{ReadableDiary, Stamp, WritableDiary},
    diary::{
        change_log::After,
        covered_days,
        episodes::{self, contribution, model::Episode},
        logged::{self, Logged},
        table::Table,
    },
    foundation::{clock::Instant, faults::Faults, fields, ids::Id, precondition::Revision},
    storage::{Db, Result, refusal::Refusal, stored_json},
};

/// What is told of a date on which soreness can be logged after a cramp.
#[derive(Debug, Clone)]
pub struct Accepted {
    report: SorenessReport,
    day: i32,
    episode: Episode,
}

impl Logged for SorenessEntry {
    /// After which cramp, and on which local date.
    type Key = (Id, NaiveDate);
    type Draft = SorenessReport;
    type Accepted = Accepted;
    const TABLE: Table = Table::Soreness;

    fn id((episode_id, date): &Self::Key) -> String {
        format!("{episode_id}.{date}")
    }

    fn read_id(id: &str) -> Option<Self::Key> {
        model::key(id)
    }

    fn key(&self) -> Self::Key {
        (self.episode_id.clone(), self.date)
    }

    fn stamp(&self) -> Stamp {
        Stamp { revision: self.revision, at: self.updated_at }
    }

    fn drafted(_: &Self::Key, body: Value, _: Instant) -> Result<SorenessReport, Faults> {
        SorenessReport::from_json(body)
    }

    fn accept(
        db: &mut Db,
        diary: &WritableDiary,
        (episode_id, date): &Self::Key,
        before: Option<&Self>,
        report: Result<SorenessReport, Faults>,
    ) -> Result<Accepted, Refusal> {
        let episode = logged::find::<Episode>(db, diary, episode_id)?;
        // A day of which something was told had come then, though the diary may have gone west since.
        let has_come = || if before.is_some() { Ok(()) } else { diary.has_come(*date) };
        let day = check_date(episode.clock.date, *date).and_then(|day| has_come().map(|()| day));
        let (day, report) = Faults::of_both(day, report)?;
        Ok(Accepted { report, day, episode })
    }

    fn told(&self) -> Result<String> {
        stored_json::write(&self.report())
    }

    fn written(db: &mut Db, diary: &ReadableDiary, key: &Self::Key) -> Result<Option<String>> {
        store::written(db, diary, key)
    }

    fn says(&self, accepted: &Accepted) -> bool {
        self.report() == accepted.report
    }

    fn patched(&self, patch: Value, _: Instant) -> Result<SorenessReport, Faults> {
        fields::patched(&Self::id(&self.key()), &self.report(), patch, SorenessReport::from_json)
    }

    fn lookup(db: &mut Db, diary: &ReadableDiary, (episode_id, date): &Self::Key) -> Result<Option<Self>> {
        let entry = store::find(db, diary, episode_id, *date)?;
        // It is seen with its cramp.
        if entry.is_none() || diary.view().visible_from.is_none() || Episode::lookup(db, diary, episode_id)?.is_some() {
            return Ok(entry);
        }
        Ok(None)
    }

    fn insert(
        db: &mut Db,
        diary: &WritableDiary,
        (episode_id, date): Self::Key,
        accepted: Accepted,
    ) -> Result<Self, Refusal> {
        let Accepted { report, day, episode } = accepted;
        let before = store::all(db, diary, &episode_id)?;
        let stamp = diary.stamp_one_more(db)?;
        let entry = Self {
            episode_id,
            date,
            day,
            level: report.level,
            tender_to_touch: report.tender_to_touch,
            limits_walking: report.limits_walking,
            revision: stamp.revision,
            created_at: stamp.at,
            updated_at: stamp.at,
        };
        store::insert(db, diary, &entry, stamp)?;
        sum_up(db, diary, &episode, &before, stamp)?;
        Ok(entry)
    }

    fn replace(self, db: &mut Db, diary: &WritableDiary, accepted: Accepted) -> Result<Self, Refusal> {
        let stamp = diary.stamp(db)?;
        let before = store::all(db, diary, &self.episode_id)?;
        let entry = store::update(db, diary, self, accepted.report, stamp)?;
        sum_up(db, diary, &accepted.episode, &before, stamp)?;
        Ok(entry)
    }

    fn remove(self, db: &mut Db, diary: &WritableDiary, stamp: Stamp) -> Result<()> {
        // A row after a cramp is not there without it.
        let Some(episode) = Episode::lookup(db, diary, &self.episode_id)? else { return Ok(()) };
        let before = store::all(db, diary, &self.episode_id)?;
        store::delete(db, diary, &self)?;
        sum_up(db, diary, &episode, &before, stamp)
    }

    fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>> {
        store::keys_after(db, diary, after, most)
    }

    fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<Self>>> {
        store::rows_after(db, diary, after, most)
    }

    fn view(self, _: &ReadableDiary) -> impl Serialize {
        self
    }

    /// Nothing, after a cramp that is there.
    fn delete_unknown(db: &mut Db, diary: &WritableDiary, (episode_id, _): &Self::Key) -> Result<(), Refusal> {
        logged::find::<Episode>(db, diary, episode_id).map(drop)
    }
}

/// Follows a change of the entries, given those before: in the cramp's short of them, and in the kept sums.
fn sum_up(db: &mut Db, diary: &WritableDiary, episode: &Episode, before: &[SorenessEntry], stamp: Stamp) -> Result<()> {
    let after = store::all(db, diary, &episode.id)?;
    let date = episode.clock.date;
    covered_days::store::set_soreness(
        db,
        diary,
        date,
        &contribution::soreness(before),
        &contribution::soreness(&after),
    )?;
    episodes::store::set_soreness(db, diary, &episode.id, &SorenessSummary::of(&after), stamp)
}
