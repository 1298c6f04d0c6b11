//! Cramps in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{dsl::max, prelude::*};
use serde::Serialize;
use serde_json::Value;

use super::{
    contribution,
    model::{Clocked, Draft, Episode, Part, Site},
    view::EpisodeView,
};
use crate::{
    access::{OwnedDiary, ReadableDiary, Stamp, WritableDiary},
    diary::{
        change_log::{After, logged_after},
        covered_days,
        episodes::soreness::{
            model::{SorenessEntry, SorenessSummary},
            store as soreness,
        },
        logged::{self, Logged, Named},
        table::Table,
        versions::model::{AuthorRole, Authorship, roles},
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        ids::Id,
        local_clock::{DayParts, LocalClock, LocalTime, Period, instants_around},
        paging::{Page, PageRequest},
        precondition::Revision,
        values::Rating,
    },
    storage::{self, Db, Result, fixed, on_engine, refusal::Refusal, schema::episodes, stored_json, write_unwaited},
};

mod rows;

use rows::{ClockRow, Counted, Row, seen};

/// What a list shows.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Filter {
    /// From this local date on.
    pub from: Option<NaiveDate>,
    /// To this local date.
    pub to: Option<NaiveDate>,
    /// In this part of the day.
    pub period: Option<Period>,
    /// At least this bad.
    pub min_intensity: Option<Rating>,
    /// Whether sleep broke.
    pub interrupted_sleep: Option<bool>,
    /// Hurting there.
    pub part: Option<Part>,
    /// The first onset first.
    pub oldest_first: bool,
}

/// Where a page of cramps ends: onset in microseconds, and id.
pub type Position = (i64, String);

/// A page of cramps in the order of their onset.
pub fn page(
    db: &mut Db,
    diary: &ReadableDiary,
    filter: &Filter,
    request: &PageRequest<Position>,
) -> Result<Page<Episode>> {
    let found: Vec<Row> = on_engine!(db, |db| {
        let mut query = episodes::table
            .filter(episodes::diary_id.eq(diary.id()))
            .limit(request.limit.and_one())
            .select(Row::as_select())
            .into_boxed();
        query = if filter.oldest_first {
            query.order((episodes::started_at.asc(), episodes::id.asc()))
        } else {
            query.order((episodes::started_at.desc(), episodes::id.desc()))
        };
        if let Some((micros, id)) = &request.after {
            // The first condition alone is what the index can use.
            let onset = Instant::from_micros(*micros);
            query = if filter.oldest_first {
                query
                    .filter(episodes::started_at.ge(onset))
                    .filter(episodes::started_at.gt(onset).or(episodes::id.gt(id)))
            } else {
                query
                    .filter(episodes::started_at.le(onset))
                    .filter(episodes::started_at.lt(onset).or(episodes::id.lt(id)))
            };
        }
        // The rows are clustered by onset: bound the scan by instants, then compare local dates.
        if let Some(from) = filter.from.max(diary.view().visible_from) {
            query = query
                .filter(episodes::started_at.ge(instants_around(from, from).0))
                .filter(episodes::local_date.ge(from));
        }
        if let Some(to) = filter.to {
            query =
                query.filter(episodes::started_at.lt(instants_around(to, to).1)).filter(episodes::local_date.le(to));
        }
        if let Some(period) = filter.period {
            let parts = diary.diary().day_parts;
            let mut within: Box<dyn BoxableExpression<episodes::table, _, SqlType = diesel::sql_types::Bool>> =
                Box::new(diesel::dsl::sql::<diesel::sql_types::Bool>("1 = 0"));
            for (first, last) in minutes_where(|time| parts.period(time) == period) {
                within = Box::new(within.or(episodes::local_minute.between(first, last)));
            }
            query = query.filter(within);
        }
        if let Some(least) = filter.min_intensity {
            query = query.filter(episodes::intensity.ge(least.get()));
        }
        if let Some(interrupted) = filter.interrupted_sleep {
            query = query.filter(episodes::interrupted_sleep.eq(interrupted));
        }
        if let Some(part) = filter.part {
            query = query.filter(
                episodes::sites.like(format!("%\"part\":\"{}\"%", part.as_str().replace('_', "\\_"))).escape('\\'),
            );
        }
        query.load(db)
    })?;
    let found = found.into_iter().map(|row| seen(diary, row)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request, |episode| (episode.started_at.micros(), episode.id.to_string())))
}

/// The stretches of the day, in minutes and both ends included, at whose times something holds.
fn minutes_where(holds: impl Fn(LocalTime) -> bool) -> Vec<(i32, i32)> {
    let mut stretches: Vec<(i32, i32)> = Vec::new();
    for time in (0..).map_while(LocalTime::from_minute).filter(|time| holds(*time)) {
        let minute = i32::from(time.minute());
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == minute => *last = minute,
            _ => stretches.push((minute, minute)),
        }
    }
    stretches
}

/// As what those wrote who wrote what these cramps say now, where that is known: a page of them at most.
pub fn authors(db: &mut Db, diary: &OwnedDiary, ids: &[Id]) -> Result<HashMap<String, AuthorRole>> {
    let ids = ids.iter().map(Id::as_str);
    let stored: Vec<(String, Option<String>)> = on_engine!(db, |db| {
        let these = episodes::table.filter(episodes::diary_id.eq(diary.id()).and(episodes::id.eq_any(ids)));
        these.select((episodes::id, episodes::written)).load(db)
    })?;
    roles(stored)
}

/// Where these cramps hurt, by their ids, and when each was last changed. For whoever is shown what came after them: it does
/// not look which are shown.
pub fn sites<'a>(
    db: &mut Db,
    diary: &ReadableDiary,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<(String, Vec<Site>, Stamp)>> {
    let stored: Vec<(String, String, i64, Instant)> = on_engine!(db, |db| {
        let these = episodes::table.filter(episodes::diary_id.eq(diary.id()).and(episodes::id.eq_any(ids)));
        these.select((episodes::id, episodes::sites, episodes::revision, episodes::updated_at)).load(db)
    })?;
    let read = |(id, sites, revision, at): (String, String, i64, Instant)| {
        Ok((id, stored_json::read("site", &sites)?, Stamp { revision: Revision(revision), at }))
    };
    stored.into_iter().map(read).collect()
}

impl Named for Episode {
    fn chosen_id(draft: &Draft) -> Option<&Id> {
        draft.id.as_ref()
    }
}

impl Logged for Episode {
    type Key = Id;
    type Draft = Draft;
    type Accepted = Draft;
    const TABLE: Table = Table::Episodes;

    fn id(key: &Id) -> String {
        key.to_string()
    }

    fn read_id(id: &str) -> Option<Id> {
        Id::parse(id)
    }

    fn key(&self) -> Id {
        self.id.clone()
    }

    fn stamp(&self) -> Stamp {
        Stamp { revision: self.revision, at: self.updated_at }
    }

    fn drafted(id: &Id, body: Value, now: Instant) -> Result<Draft, Faults> {
        let draft = Draft::from_json(body, now)?;
        logged::repeats_id(id, draft.id.as_ref())?;
        Ok(draft)
    }

    fn accept(
        _: &mut Db,
        _: &WritableDiary,
        _: &Id,
        _: Option<&Self>,
        draft: Result<Draft, Faults>,
    ) -> Result<Draft, Refusal> {
        Ok(draft?)
    }

    fn told(&self) -> Result<String> {
        stored_json::write(&self.told())
    }

    fn written(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<String>> {
        let one = episodes::table.find((diary.id(), id.as_str()));
        Ok(one.select(episodes::written).first(db).optional()?.flatten())
    }

    fn says(&self, draft: &Draft) -> bool {
        self.says(draft)
    }

    fn patched(&self, patch: Value, now: Instant) -> Result<Draft, Faults> {
        self.patched(patch, now)
    }

    fn lookup(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<Option<Self>> {
        let row: Option<Row> = on_engine!(db, |db| {
            episodes::table.find((diary.id(), id.as_str())).select(Row::as_select()).first(db).optional()
        })?;
        let episode = row.map(|row| seen(diary, row)).transpose()?;
        Ok(episode.filter(|episode| diary.view().shows(episode.clock.date)))
    }

    fn insert(db: &mut Db, diary: &WritableDiary, id: Id, draft: Draft) -> Result<Self, Refusal> {
        let stamp = diary.stamp_one_more(db)?;
        let episode = draft.logged(id, diary.diary().time_zone, stamp)?;
        let written = episodes::written.eq(Some(Authorship::stamped(diary, stamp)?));
        let row = (episodes::diary_id.eq(diary.id()), Row::new(&episode)?, written);
        write_unwaited!(db, fixed!(diesel::insert_into(episodes::table).values(row)))?;
        covered_days::store::add(db, diary, &contribution::of(&episode, &[], diary.diary().day_parts))?;
        Ok(episode)
    }

    /// Refused when soreness that is logged would end up outside its 30 days.
    fn replace(self, db: &mut Db, diary: &WritableDiary, draft: Draft) -> Result<Self, Refusal> {
        let stamp = diary.stamp(db)?;
        let episode = self.rewritten(draft, diary.diary().time_zone, stamp)?;
        rewrite(db, diary, &self, episode, stamp)
    }

    /// Its soreness entries go with it.
    fn remove(self, db: &mut Db, diary: &WritableDiary, stamp: Stamp) -> Result<()> {
        let entries = entries_after(db, diary, &self)?;
        soreness::bury_all(db, diary, &self.id, stamp)?;
        diesel::delete(episodes::table.find((diary.id(), self.id.as_str()))).execute(db)?;
        covered_days::store::remove(db, diary, &contribution::of(&self, &entries, diary.diary().day_parts))
    }

    fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>> {
        let keys: Vec<(i64, String)> = logged_after!(diary, after, episodes by episodes::id, after.id.clone())
            .limit(most)
            .select((episodes::revision, episodes::id))
            .load(db)?;
        Ok(keys.into_iter().map(|(revision, id)| (Revision(revision), id)).collect())
    }

    fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<Self>>> {
        let rows: Vec<Row> = on_engine!(db, |db| {
            logged_after!(diary, after, episodes by episodes::id, after.id.clone())
                .limit(most)
                .select(Row::as_select())
                .load(db)
        })?;
        let shown = |episode: Self| Some(episode).filter(|episode| diary.view().shows(episode.clock.date));
        rows.into_iter().map(|row| seen(diary, row).map(shown)).collect()
    }

    fn view(self, diary: &ReadableDiary) -> impl Serialize {
        EpisodeView::new(self, diary.diary().day_parts)
    }
}

/// Writes a cramp in the place of what it was, and all that follows from it.
///
/// # Errors
/// When soreness that is logged would end up outside its 30 days.
pub fn rewrite(
    db: &mut Db,
    diary: &WritableDiary,
    before: &Episode,
    mut episode: Episode,
    stamp: Stamp,
) -> Result<Episode, Refusal> {
    let entries_before = entries_after(db, diary, before)?;
    if episode.clock.date != before.clock.date {
        episode.soreness = move_soreness(db, diary, before, &episode, stamp)?;
    }
    let entries = entries_after(db, diary, &episode)?;
    let written = episodes::written.eq(Some(Authorship::stamped(diary, stamp)?));
    let row = storage::update(episodes::table.find((diary.id(), before.id.as_str())), (Row::new(&episode)?, written));
    on_engine!(db, |db| fixed!(row).execute(db))?;
    let parts = diary.diary().day_parts;
    let counted = contribution::of(before, &entries_before, parts);
    covered_days::store::replace(db, diary, &counted, &contribution::of(&episode, &entries, parts))?;
    Ok(episode)
}

/// The soreness after a cramp, which most have none of.
pub fn entries_after(db: &mut Db, diary: &ReadableDiary, episode: &Episode) -> Result<Vec<SorenessEntry>> {
    if episode.soreness.days_logged == 0 { Ok(Vec::new()) } else { soreness::all(db, diary, &episode.id) }
}

/// Soreness entries belong to dates; when the onset moves to another date, their days are counted from there.
fn move_soreness(
    db: &mut Db,
    diary: &WritableDiary,
    before: &Episode,
    episode: &Episode,
    stamp: Stamp,
) -> Result<SorenessSummary, Refusal> {
    match soreness::count_from(db, diary, &episode.id, episode.clock.date, stamp)? {
        Ok(summary) => Ok(summary),
        Err(date) => Err(Faults::at(
            before.moved_by(episode.started_at),
            FaultCode::Contradiction,
            format!("soreness is logged on {date}, which would not lie within 30 days after the onset; delete that entry first"),
        )
        .into()),
    }
}

/// Stores the soreness in short, and marks the cramp as changed: what a client sees of it has.
pub fn set_soreness(
    db: &mut Db,
    diary: &WritableDiary,
    id: &Id,
    summary: &SorenessSummary,
    stamp: Stamp,
) -> Result<()> {
    diesel::update(episodes::table.find((diary.id(), id.as_str())))
        .set((
            episodes::soreness_days_logged.eq(summary.days_logged),
            episodes::soreness_peak.eq(summary.peak.map(Rating::get)),
            episodes::soreness_last_level.eq(summary.last_level.map(Rating::get)),
            episodes::soreness_resolved_day.eq(summary.resolved_day),
            episodes::revision.eq(stamp.revision.0),
            episodes::updated_at.eq(stamp.at),
        ))
        .execute(db)?;
    Ok(())
}

/// Follows a change in how the day divides: marks the cramps that read differently under it as changed, and counts the
/// days anew.
pub fn reclassify(db: &mut Db, diary: &WritableDiary, parts: DayParts, stamp: Stamp) -> Result<()> {
    let before = diary.diary().day_parts;
    let any_date = diary.today();
    let reads_differently = |time| {
        let clock = LocalClock { date: any_date, time };
        before.period(time) != parts.period(time) || before.night_of(clock) != parts.night_of(clock)
    };
    for (first, last) in minutes_where(reads_differently) {
        let changed = episodes::diary_id.eq(diary.id()).and(episodes::local_minute.between(first, last));
        let stamped = (episodes::revision.eq(stamp.revision.0), episodes::updated_at.eq(stamp.at));
        diesel::update(episodes::table.filter(changed)).set(stamped).execute(db)?;
    }
    let rows: Vec<Counted> =
        episodes::table.filter(episodes::diary_id.eq(diary.id())).select(Counted::as_select()).load(db)?;
    let cramps = rows.into_iter().map(|row| row.counts(parts)).collect::<Result<Vec<_>>>()?;
    covered_days::store::recount(db, diary, cramps)
}

/// The cramps whose onset lies on the given local dates, the newest first.
pub fn between(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate) -> Result<Vec<Episode>> {
    latest(db, diary, from, to, i64::MAX)
}

/// The latest of the cramps whose onset lies on the given local dates, the newest first.
pub fn latest(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate, most: i64) -> Result<Vec<Episode>> {
    let from = diary.view().since(from);
    let (earliest, latest) = instants_around(from, to);
    let rows: Vec<Row> = episodes::table
        .filter(episodes::diary_id.eq(diary.id()))
        .filter(episodes::started_at.between(earliest, latest))
        .filter(episodes::local_date.between(from, to))
        .order((episodes::started_at.desc(), episodes::id.desc()))
        .limit(most)
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(|row| seen(diary, row)).collect()
}

/// When each of the cramps was last changed whose onset lies on one of these local dates.
pub fn stamps(db: &mut Db, diary: &ReadableDiary, dates: &[NaiveDate]) -> Result<Vec<(NaiveDate, Stamp)>> {
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else { return Ok(Vec::new()) };
    let (earliest, latest) = instants_around(*first, *last);
    let found: Vec<(NaiveDate, i64, Instant)> = on_engine!(db, |db| {
        episodes::table
            .filter(episodes::diary_id.eq(diary.id()).and(episodes::started_at.between(earliest, latest)))
            .filter(episodes::local_date.eq_any(dates))
            .select((episodes::local_date, episodes::revision, episodes::updated_at))
            .load(db)
    })?;
    Ok(found.into_iter().map(|(date, revision, at)| (date, Stamp { revision: Revision(revision), at })).collect())
}

/// The intensity of the worst cramp whose onset lies on the given local dates, as far as it is known.
pub fn worst(db: &mut Db, diary: &ReadableDiary, from: NaiveDate, to: NaiveDate) -> Result<Option<Rating>> {
    let from = diary.view().since(from);
    let (earliest, latest) = instants_around(from, to);
    let worst: Option<i32> = on_engine!(db, |db| {
        episodes::table
            .filter(episodes::diary_id.eq(diary.id()))
            .filter(episodes::started_at.between(earliest, latest))
            .filter(episodes::local_date.between(from, to))
            .select(max(episodes::intensity))
            .first(db)
    })?;
    worst.map(|level| Rating::new(level).ok_or_else(|| storage::Error::corrupt("intensity"))).transpose()
}

/// When and by which clock the next cramps in the order of onset were, after a position and `most` of them.
pub fn clocks_after(db: &mut Db, diary: &ReadableDiary, after: &Position, most: i64) -> Result<Vec<Clocked>> {
    let onset = Instant::from_micros(after.0);
    let later = episodes::started_at.gt(onset).or(episodes::id.gt(&after.1));
    let rows: Vec<ClockRow> = on_engine!(db, |db| {
        episodes::table
            .filter(episodes::diary_id.eq(diary.id()))
            .filter(episodes::started_at.ge(onset))
            .filter(later)
            .order((episodes::started_at, episodes::id))
            .limit(most)
            .select(ClockRow::as_select())
            .load(db)
    })?;
    rows.into_iter().map(Clocked::try_from).collect()
}

/// Whether the caller is shown a cramp of this id.
pub fn is_shown(db: &mut Db, diary: &ReadableDiary, id: &Id) -> Result<bool> {
    Ok(Episode::lookup(db, diary, id)?.is_some())
}

/// Erases the first `most` cramps by onset, and says how many. Their soreness is to be erased before. Nothing is
/// remembered of them: the diary is being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(on_engine!(db, |db| {
        let own = episodes::diary_id.eq(diary.id());
        let first = episodes::table.filter(own).order((episodes::started_at, episodes::id)).limit(most);
        let ids: Vec<String> = first.select(episodes::id).load(db)?;
        diesel::delete(episodes::table.filter(own.and(episodes::id.eq_any(ids)))).execute(db)
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_over_midnight_is_two_stretches() {
        let night = minutes_where(|time| DayParts::DEFAULT.period(time) == Period::Night);
        assert_eq!(night, [(0, 359), (1320, 1439)]);
        let day = minutes_where(|time| DayParts::DEFAULT.period(time) == Period::Day);
        assert_eq!(day, [(360, 1079)]);
    }
}
