//! Soreness entries in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Text as SqlText};

use super::model::{SorenessEntry, SorenessReport, SorenessSummary, day};
use crate::{
    access::{OwnedDiary, ReadableDiary, Stamp, WritableDiary},
    diary::{
        change_log::{After, logged_after},
        logged::{self, Logged},
        table::Table,
        tombstones,
        versions::{
            self,
            model::{AuthorRole, Authorship, roles},
        },
    },
    foundation::{
        clock::Instant,
        ids::Id,
        paging::{Page, PageRequest},
        precondition::Revision,
        values::Rating,
    },
    storage::{Db, Error, Result, delete_first, on_engine, schema::soreness},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = soreness, treat_none_as_default_value = false)]
struct Row {
    episode_id: String,
    date: NaiveDate,
    day: i32,
    level: i32,
    tender_to_touch: Option<bool>,
    limits_walking: Option<bool>,
    revision: i64,
    created_at: Instant,
    updated_at: Instant,
}

impl TryFrom<Row> for SorenessEntry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            episode_id: Id::stored(row.episode_id),
            date: row.date,
            day: row.day,
            level: Rating::new(row.level).ok_or_else(|| Error::corrupt("soreness level"))?,
            tender_to_touch: row.tender_to_touch,
            limits_walking: row.limits_walking,
            revision: Revision(row.revision),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// All entries after a cramp, by date: 31 at most.
pub fn all(db: &mut Db, diary: &ReadableDiary, episode_id: &Id) -> Result<Vec<SorenessEntry>> {
    let rows: Vec<Row> = soreness::table
        .filter(soreness::diary_id.eq(diary.id()).and(soreness::episode_id.eq(episode_id.as_str())))
        .order(soreness::date)
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(SorenessEntry::try_from).collect()
}

/// The entries after several cramps that lie on the given dates. Whoever has the cramps sees what followed them.
pub fn after(
    db: &mut Db,
    diary: &ReadableDiary,
    episode_ids: &[Id],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<SorenessEntry>> {
    /// So many ids go into one statement.
    const AT_ONCE: usize = 500;
    let mut entries = Vec::new();
    for ids in episode_ids.chunks(AT_ONCE) {
        let ids = ids.iter().map(Id::as_str);
        let rows: Vec<Row> = on_engine!(db, |db| {
            soreness::table
                .filter(soreness::diary_id.eq(diary.id()).and(soreness::episode_id.eq_any(ids)))
                .filter(soreness::date.between(from, to))
                .select(Row::as_select())
                .load(db)
        })?;
        entries.extend(rows.into_iter().map(SorenessEntry::try_from).collect::<Result<Vec<_>>>()?);
    }
    Ok(entries)
}

/// A page of the entries after a cramp, by date.
pub fn page(
    db: &mut Db,
    diary: &ReadableDiary,
    episode_id: &Id,
    request: &PageRequest<NaiveDate>,
) -> Result<Page<SorenessEntry>> {
    let mut entries = all(db, diary, episode_id)?;
    entries.retain(|entry| request.after.is_none_or(|after| entry.date > after));
    Ok(Page::cut(entries, request, |entry| entry.date))
}

/// A page of all entries of a diary, by cramp and date. For the owner alone: it does not look which cramps are shown.
pub fn page_of_diary(
    db: &mut Db,
    diary: &OwnedDiary,
    request: &PageRequest<(String, NaiveDate)>,
) -> Result<Page<SorenessEntry>> {
    let mut query = soreness::table
        .filter(soreness::diary_id.eq(diary.id()))
        .order((soreness::episode_id, soreness::date))
        .limit(request.limit.and_one())
        .select(Row::as_select())
        .into_boxed();
    if let Some((episode_id, date)) = &request.after {
        // The first condition alone is what the index can use.
        query = query
            .filter(soreness::episode_id.ge(episode_id.clone()))
            .filter(soreness::episode_id.gt(episode_id.clone()).or(soreness::date.gt(*date)));
    }
    let found = query.load::<Row>(db)?.into_iter().map(SorenessEntry::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, request, |entry| (entry.episode_id.to_string(), entry.date)))
}

/// The id of an entry in the change log, as a column.
fn log_id(db: &Db) -> SqlLiteral<SqlText> {
    sql(match db {
        Db::Sqlite(_) => "episode_id || '.' || date",
        Db::Postgres(_) => "episode_id || '.' || to_char(date, 'YYYY-MM-DD')",
    })
}

/// The revisions and ids of the entries behind a place in the change log.
pub fn keys_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<(Revision, String)>> {
    let id = log_id(db);
    let keys: Vec<(i64, String)> = logged_after!(diary, after, soreness by id.clone(), after.id.clone())
        .limit(most)
        .select((soreness::revision, id))
        .load(db)?;
    Ok(keys.into_iter().map(|(revision, id)| (Revision(revision), id)).collect())
}

/// The entries behind a place in the change log; `None` for those that the caller is not shown.
pub fn rows_after(db: &mut Db, diary: &ReadableDiary, after: &After, most: i64) -> Result<Vec<Option<SorenessEntry>>> {
    let id = log_id(db);
    let rows: Vec<Row> = logged_after!(diary, after, soreness by id.clone(), after.id.clone())
        .limit(most)
        .select(Row::as_select())
        .load(db)?;
    let shown = |entry: SorenessEntry| Some(entry).filter(|entry| diary.view().shows(entry.onset()));
    rows.into_iter().map(|row| SorenessEntry::try_from(row).map(shown)).collect()
}

/// One entry.
pub fn find(db: &mut Db, diary: &ReadableDiary, episode_id: &Id, date: NaiveDate) -> Result<Option<SorenessEntry>> {
    let row: Option<Row> =
        soreness::table.find((diary.id(), episode_id.as_str(), date)).select(Row::as_select()).first(db).optional()?;
    row.map(SorenessEntry::try_from).transpose()
}

/// As what those wrote who wrote what the entries from one to another say now, in the order of [`page_of_diary`], where that
/// is known: a page of them at most.
pub fn authors(
    db: &mut Db,
    diary: &OwnedDiary,
    (first, last): (&SorenessEntry, &SorenessEntry),
) -> Result<HashMap<(String, NaiveDate), AuthorRole>> {
    let (from, to) = (first.episode_id.as_str(), last.episode_id.as_str());
    let stored: Vec<(String, NaiveDate, Option<String>)> = soreness::table
        .filter(soreness::diary_id.eq(diary.id()).and(soreness::episode_id.between(from, to)))
        .filter(soreness::episode_id.ne(from).or(soreness::date.ge(first.date)))
        .filter(soreness::episode_id.ne(to).or(soreness::date.le(last.date)))
        .select((soreness::episode_id, soreness::date, soreness::written))
        .load(db)?;
    roles(stored.into_iter().map(|(episode_id, date, written)| ((episode_id, date), written)).collect())
}

/// Who wrote what an entry says, as it is stored.
pub fn written(db: &mut Db, diary: &ReadableDiary, (episode_id, date): &(Id, NaiveDate)) -> Result<Option<String>> {
    let one = soreness::table.find((diary.id(), episode_id.as_str(), *date));
    Ok(one.select(soreness::written).first(db).optional()?.flatten())
}

/// Adds an entry.
pub fn insert(db: &mut Db, diary: &WritableDiary, entry: &SorenessEntry, stamp: Stamp) -> Result<()> {
    let row = Row {
        episode_id: entry.episode_id.to_string(),
        date: entry.date,
        day: entry.day,
        level: entry.level.get(),
        tender_to_touch: entry.tender_to_touch,
        limits_walking: entry.limits_walking,
        revision: entry.revision.0,
        created_at: entry.created_at,
        updated_at: entry.updated_at,
    };
    let written = soreness::written.eq(Authorship::stamped(diary, stamp)?);
    diesel::insert_into(soreness::table).values((soreness::diary_id.eq(diary.id()), row, written)).execute(db)?;
    Ok(())
}

/// Stores another report in an entry.
pub fn update(
    db: &mut Db,
    diary: &WritableDiary,
    before: SorenessEntry,
    report: SorenessReport,
    stamp: Stamp,
) -> Result<SorenessEntry> {
    diesel::update(soreness::table.find((diary.id(), before.episode_id.as_str(), before.date)))
        .set((
            soreness::level.eq(report.level.get()),
            soreness::tender_to_touch.eq(report.tender_to_touch),
            soreness::limits_walking.eq(report.limits_walking),
            soreness::revision.eq(stamp.revision.0),
            soreness::updated_at.eq(stamp.at),
            soreness::written.eq(Authorship::stamped(diary, stamp)?),
        ))
        .execute(db)?;
    Ok(SorenessEntry {
        level: report.level,
        tender_to_touch: report.tender_to_touch,
        limits_walking: report.limits_walking,
        revision: stamp.revision,
        updated_at: stamp.at,
        ..before
    })
}

/// Deletes an entry.
pub fn delete(db: &mut Db, diary: &WritableDiary, entry: &SorenessEntry) -> Result<()> {
    diesel::delete(soreness::table.find((diary.id(), entry.episode_id.as_str(), entry.date))).execute(db)?;
    Ok(())
}

/// Deletes all entries after a cramp, and remembers that.
pub fn bury_all(db: &mut Db, diary: &WritableDiary, episode_id: &Id, stamp: Stamp) -> Result<()> {
    for entry in all(db, diary, episode_id)? {
        let id = SorenessEntry::id(&entry.key());
        logged::keep(db, diary, &entry)?;
        delete(db, diary, &entry)?;
        versions::store::end(db, diary, (Table::Soreness, &id), stamp)?;
        tombstones::bury(db, diary, Table::Soreness, &id, stamp)?;
    }
    Ok(())
}

/// Counts the days of all entries from another onset, and sums them up. The first date that would lie outside the 30
/// days comes back instead.
pub fn count_from(
    db: &mut Db,
    diary: &WritableDiary,
    episode_id: &Id,
    onset: NaiveDate,
    stamp: Stamp,
) -> Result<Result<SorenessSummary, NaiveDate>> {
    let mut entries = all(db, diary, episode_id)?;
    for entry in &mut entries {
        let Some(day) = day(onset, entry.date) else { return Ok(Err(entry.date)) };
        entry.day = day;
        diesel::update(soreness::table.find((diary.id(), episode_id.as_str(), entry.date)))
            .set((soreness::day.eq(day), soreness::revision.eq(stamp.revision.0), soreness::updated_at.eq(stamp.at)))
            .execute(db)?;
    }
    Ok(Ok(SorenessSummary::of(&entries)))
}

/// Erases the first `most` soreness entries, or a few more, and says how many. Nothing is remembered of them: the diary is
/// being erased.
pub fn erase_first(db: &mut Db, diary: &WritableDiary, most: i64) -> Result<usize> {
    Ok(delete_first!(db, most, soreness by episode_id: String, where soreness::diary_id.eq(diary.id()))?)
}
