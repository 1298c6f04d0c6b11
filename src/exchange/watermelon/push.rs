//! What `WatermelonDB` brings: all of it is done or nothing, but for single rows that can't be accepted and are named.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::raw;
use crate::{
    access::WritableDiary,
    diary::table::Table,
    exchange::change_log::push::{self, Batch, Doing, Outcome, Pushed, Standing},
    foundation::{
        faults::{FaultCode, Faults},
        precondition::Revision,
    },
    storage::{Db, refusal::Refusal},
    web::body::Raw,
};

/// So many rows may come at once. The library sends all that it has, so this is more than anybody logs in years.
const MOST: usize = 2_000;

/// In this order a row comes after those that it needs.
const ORDER: [Table; 5] = [Table::Settings, Table::Treatments, Table::Episodes, Table::CheckIns, Table::Soreness];

/// What it brings of one table.
#[derive(Debug)]
struct OfTable {
    created: Vec<Box<RawValue>>,
    updated: Vec<Box<RawValue>>,
    deleted: Vec<String>,
}

impl OfTable {
    fn has_ids(&self) -> bool {
        self.created.iter().chain(&self.updated).all(|raw| id(raw).is_some())
    }

    fn read(raw: &RawValue) -> Option<Self> {
        fn list<T: DeserializeOwned>(of_table: &BTreeMap<String, Box<RawValue>>, name: &str) -> Option<Vec<T>> {
            of_table.get(name).map_or_else(|| Some(Vec::new()), |raw| serde_json::from_str(raw.get()).ok())
        }
        let of_table = serde_json::from_str(raw.get()).ok()?;
        Some(Self {
            created: list(&of_table, "created")?,
            updated: list(&of_table, "updated")?,
            deleted: list(&of_table, "deleted")?,
        })
    }
}

/// All that it brings.
#[derive(Debug, Clone)]
pub struct Brought(Arc<BTreeMap<&'static str, OfTable>>);

/// The ids of rows that can't be accepted, by table.
pub type Rejected = BTreeMap<&'static str, BTreeSet<String>>;

impl Brought {
    /// Reads it. Tables that nobody knows are not looked at.
    ///
    /// # Errors
    /// When it has another form, or is too much.
    pub fn read(body: &Raw) -> Result<Self, Faults> {
        let (mut tables, mut faults) = (BTreeMap::new(), Faults::none());
        for (name, raw) in body.object()? {
            let Some(table) = Table::parse(name) else { continue };
            match OfTable::read(raw).filter(OfTable::has_ids) {
                Some(of_table) => drop(tables.insert(table.as_str(), of_table)),
                None => faults.add(Faults::at(
                    name,
                    FaultCode::WrongType,
                    "expected the lists created and updated of records with an id, and deleted of ids",
                )),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let brought = Self(Arc::new(tables));
        if brought.rows() > MOST {
            let detail = format!("has {} rows; at most {MOST} fit", brought.rows());
            return Err(Faults::here(FaultCode::TooMany, detail));
        }
        Ok(brought)
    }

    /// How many rows it is.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.values().map(|table| table.created.len() + table.updated.len() + table.deleted.len()).sum()
    }

    /// Does all of it.
    ///
    /// # Errors
    /// When somebody else changed one of the rows after `last_pulled_at`: then nothing is done, and the library pulls again.
    pub fn apply(
        &self,
        db: &mut Db,
        diary: &WritableDiary,
        last_pulled_at: Revision,
        may_divide: impl FnMut() -> Result<(), Refusal>,
    ) -> Result<Rejected, Refusal> {
        let (mut changes, mut rejected) = (Vec::new(), Rejected::new());
        // What was logged of the soreness may keep a cramp from being moved.
        self.deletions(db, diary, last_pulled_at, &[Table::Soreness], &mut changes)?;
        for table in ORDER {
            let Some(of_table) = self.0.get(table.as_str()) else { continue };
            let created = of_table.created.iter().map(|raw| (raw, true));
            for (raw, is_new) in created.chain(of_table.updated.iter().map(|raw| (raw, false))) {
                let Some(id) = id(raw) else { continue };
                let standing = push::standing(db, diary, table, &id)?;
                if matches!(standing, Standing::Present(at) | Standing::Deleted(at) if at > last_pulled_at) {
                    return Err(Refusal::PullFirst);
                }
                let record = serde_json::from_str(raw.get())
                    .ok()
                    .filter(|_| is_new || !matches!(standing, Standing::Deleted(_)));
                match (record.map(raw::row), standing) {
                    // It was deleted, or says what nobody can keep, such as half of a character.
                    (None, _) => drop(rejected.entry(table.as_str()).or_default().insert(id)),
                    // What a device of an older version does not know of it stays.
                    (Some(row), Standing::Present(_)) => {
                        changes.push(Pushed { table, id, doing: Doing::Patch(row), base: None });
                    }
                    (Some(row), Standing::Deleted(_) | Standing::Unknown) => {
                        changes.push(Pushed { table, id, doing: Doing::Put(row), base: None });
                    }
                }
            }
        }
        self.deletions(
            db,
            diary,
            last_pulled_at,
            &[Table::CheckIns, Table::Episodes, Table::Treatments],
            &mut changes,
        )?;
        let mut batch = Batch::begin(diary, may_divide);
        for change in changes {
            let (table, id) = (change.table.as_str(), change.id.clone());
            if let Outcome::Rejected(_) = batch.push(db, change)? {
                rejected.entry(table).or_default().insert(id);
            }
        }
        batch.end(db)?;
        Ok(rejected)
    }

    fn deletions(
        &self,
        db: &mut Db,
        diary: &WritableDiary,
        last_pulled_at: Revision,
        tables: &[Table],
        changes: &mut Vec<Pushed>,
    ) -> Result<(), Refusal> {
        for table in tables {
            for id in self.0.get(table.as_str()).into_iter().flat_map(|of_table| &of_table.deleted) {
                match push::standing(db, diary, *table, id)? {
                    Standing::Present(at) if at > last_pulled_at => return Err(Refusal::PullFirst),
                    Standing::Present(_) => {
                        changes.push(Pushed { table: *table, id: id.clone(), doing: Doing::Delete, base: None });
                    }
                    Standing::Deleted(_) | Standing::Unknown => {}
                }
            }
        }
        Ok(())
    }
}

/// The id of a record, whatever else it says.
fn id(raw: &RawValue) -> Option<String> {
    let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(raw.get()).ok()?;
    serde_json::from_str(fields.get("id")?.get()).ok()
}
