//! What `WatermelonDB` brings: all of it is done or nothing, but for single rows that can't be accepted and are named.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, value::RawValue};

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
const MOST: usize = 5_000;

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
            match OfTable::read(raw) {
                Some(of_table) => drop(tables.insert(table.as_str(), of_table)),
                None => faults.add(Faults::at(
                    name,
                    FaultCode::WrongType,
                    "expected the lists created, updated and deleted, the last one of ids",
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
        may_divide: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Rejected, Refusal> {
        let (mut changes, mut rejected) = (Vec::new(), Rejected::new());
        for table in ORDER {
            let Some(of_table) = self.0.get(table.as_str()) else { continue };
            let created = of_table.created.iter().map(|raw| (raw, true));
            for (raw, is_new) in created.chain(of_table.updated.iter().map(|raw| (raw, false))) {
                let Ok(record) = serde_json::from_str::<Map<String, Value>>(raw.get()) else { continue };
                let Some(id) = record.get("id").and_then(Value::as_str).map(str::to_owned) else { continue };
                let row = raw::row(record);
                match push::standing(db, diary, table, &id)? {
                    Standing::Present(at) | Standing::Deleted(at) if at > last_pulled_at => {
                        return Err(Refusal::PullFirst);
                    }
                    // What a device of an older version does not know of it stays.
                    Standing::Present(_) => changes.push(Pushed { table, id, doing: Doing::Patch(row), base: None }),
                    Standing::Deleted(_) if !is_new => drop(rejected.entry(table.as_str()).or_default().insert(id)),
                    Standing::Deleted(_) | Standing::Unknown => {
                        changes.push(Pushed { table, id, doing: Doing::Put(row), base: None });
                    }
                }
            }
        }
        for table in ORDER.into_iter().rev() {
            for id in self.0.get(table.as_str()).into_iter().flat_map(|of_table| &of_table.deleted) {
                match push::standing(db, diary, table, id)? {
                    Standing::Present(at) if at > last_pulled_at => return Err(Refusal::PullFirst),
                    Standing::Present(_) => {
                        changes.push(Pushed { table, id: id.clone(), doing: Doing::Delete, base: None });
                    }
                    Standing::Deleted(_) | Standing::Unknown => {}
                }
            }
        }
        let mut batch = Batch::begin(diary);
        for change in changes {
            let (table, id) = (change.table.as_str(), change.id.clone());
            if let Outcome::Rejected(_) = batch.push(db, change)? {
                rejected.entry(table).or_default().insert(id);
            }
        }
        batch.end(db, may_divide)?;
        Ok(rejected)
    }
}
