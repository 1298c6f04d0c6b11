//! Reading the log: the tables' own orders merged into one.

use std::collections::VecDeque;

use chrono::NaiveDate;

use super::{
    model::{Change, Changes, Row},
    tables::{of_table, settings_after, settings_row},
};
use crate::{
    access::ReadableDiary,
    diary::{
        change_log::{After, Position},
        episodes::{self, soreness},
        logged::Logged,
        table::Table,
        tombstones, versions,
    },
    foundation::precondition::Revision,
    storage::{self, Db, Result},
};

/// From where on somebody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// Behind this place.
    pub place: Position,
    /// What was deleted up to this revision they never had.
    pub deleted_after: Revision,
}

/// So many keys are looked at in a round where much may be hidden.
const MANY: usize = 500;

/// A row that was changed, before it is looked at.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    revision: i64,
    table: &'static str,
    id: String,
    is_deleted: bool,
}

/// At most `most` changes behind a place, of the tables that are asked for.
pub fn read(db: &mut Db, diary: &ReadableDiary, from: &From, tables: &[Table], most: usize) -> Result<Changes> {
    let mut place = from.place.clone();
    let mut changes: Vec<Change> = Vec::new();
    loop {
        // Of a part of the diary, most may be hidden.
        let wanted = (most - changes.len() + 1).max(if diary.view().visible_from.is_some() { MANY } else { 0 });
        let keys = keys_after(db, diary, &place, from.deleted_after, tables, wanted)?;
        let is_all = keys.len() < wanted;
        for key in changes_of(db, diary, &place, from.deleted_after, keys)? {
            place = Position { revision: key.revision, row: Some((key.table, key.id.clone())) };
            let Some(change) = key.change else { continue };
            if changes.len() == most {
                let end = changes.last().map_or(Position::START, Change::position);
                return Ok(Changes { changes, end, has_more: true });
            }
            changes.push(change);
        }
        if is_all {
            return Ok(Changes { changes, end: Position::end_of(diary.diary().revision), has_more: false });
        }
    }
}

/// The keys of the first `most` rows behind a place, from the indexes alone.
fn keys_after(
    db: &mut Db,
    diary: &ReadableDiary,
    place: &Position,
    deleted_after: Revision,
    tables: &[Table],
    most: usize,
) -> Result<Vec<Key>> {
    let most_of_each = i64::try_from(most).unwrap_or(i64::MAX);
    let mut keys = Vec::new();
    for table in tables {
        let after = place.within(*table);
        let of_table = of_table!(
            table,
            settings => settings_after(diary, &after).into_iter().collect(),
            R => R::keys_after(db, diary, &after, most_of_each)?
        );
        keys.extend(of_table.into_iter().map(|(revision, id)| Key {
            revision: revision.0,
            table: table.as_str(),
            id,
            is_deleted: false,
        }));
    }
    let place = place.at_least(deleted_after);
    let deleted = tombstones::after(db, diary, &place, tables, most_of_each)?;
    keys.extend(deleted.into_iter().map(|(revision, table, id)| Key {
        revision: revision.0,
        table: table.as_str(),
        id,
        is_deleted: true,
    }));
    keys.sort_unstable();
    keys.truncate(most);
    Ok(keys)
}

/// A row of the log as somebody sees it.
struct Seen {
    revision: Revision,
    table: Table,
    id: String,
    /// Nothing, when they never saw the row.
    change: Option<Change>,
}

/// The changes of keys that follow each other behind a place.
fn changes_of(
    db: &mut Db,
    diary: &ReadableDiary,
    place: &Position,
    deleted_after: Revision,
    keys: Vec<Key>,
) -> Result<Vec<Seen>> {
    // What went before they came, they never had.
    let came = diary.right().since_revision.unwrap_or(deleted_after).max(deleted_after);
    let mut rows = Rows::default();
    for table in Table::ALL {
        let count = keys.iter().filter(|key| key.table == table.as_str() && !key.is_deleted).count();
        if count > 0 {
            rows.load(db, diary, table, &place.within(table), i64::try_from(count).unwrap_or(i64::MAX))?;
        }
    }
    let mut seen = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(table) = Table::parse(key.table) else { continue };
        let row = if key.is_deleted { None } else { rows.take(table) };
        let revision = Revision(key.revision);
        let is_told = row.is_some() || (revision > came && was_shown(db, diary, table, &key.id)?);
        let change = is_told.then(|| Change { table, id: key.id.clone(), revision, deleted: row.is_none(), row });
        seen.push(Seen { revision, table, id: key.id, change });
    }
    Ok(seen)
}

/// The rows of each table in the order of the log; `None` for one that is not shown.
#[derive(Default)]
struct Rows([VecDeque<Option<Row>>; Table::ALL.len()]);

impl Rows {
    fn load(&mut self, db: &mut Db, diary: &ReadableDiary, table: Table, after: &After, most: i64) -> Result<()> {
        self.0[table as usize] = of_table!(
            table,
            settings => [Some(settings_row(diary)?)].into(),
            R => {
                let rows = R::rows_after(db, diary, after, most)?.into_iter();
                rows.map(|row| row.map(|row| Row::new(&row.view(diary))).transpose()).collect::<Result<_>>()?
            }
        );
        Ok(())
    }

    fn take(&mut self, table: Table) -> Option<Row> {
        self.0[table as usize].pop_front().flatten()
    }
}

/// Whether somebody who sees a part of the diary has seen a row that is deleted or outside of it: whoever has not does not
/// learn that there was one.
fn was_shown(db: &mut Db, diary: &ReadableDiary, table: Table, id: &str) -> Result<bool> {
    let Some(first) = diary.view().visible_from else { return Ok(true) };
    let told = |db: &mut Db, table, id: &str| {
        let versions = versions::store::all(db, diary, table, id)?;
        let mut told = versions.iter().filter_map(|version| version.told.as_ref());
        Ok::<_, storage::Error>(told.any(|told| versions::model::shown_up_to(table, told) >= first))
    };
    Ok(match table {
        Table::Settings => true,
        Table::CheckIns => id.parse().is_ok_and(|date: NaiveDate| date >= first),
        Table::Episodes | Table::Treatments => told(db, table, id)?,
        Table::Soreness => {
            let Some((episode, _)) = soreness::model::key(id) else { return Ok(false) };
            episodes::store::is_shown(db, diary, &episode)? || told(db, Table::Episodes, episode.as_str())?
        }
    })
}
