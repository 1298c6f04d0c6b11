//! The document, as an export wrote it: of its rows no more is read than which of them belong together.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    diary::table::Table,
    exchange::exports::document::FORMAT,
    foundation::faults::{FaultCode, Faults},
};

/// So many rows are written at once, as of a device.
const AT_ONCE: usize = 500;
/// The settings, under the name that they have in the document.
const SETTINGS: &str = "diary";
/// What the document has besides what was logged: it is of the account and the service that it came from.
const LEFT_OUT: [&str; 6] = ["exported_at", "revision", "account", "consents", "reviews", "access_log"];
/// The lists that are brought in, in this order.
const LISTS: [Table; 4] = [Table::Episodes, Table::Soreness, Table::CheckIns, Table::Treatments];

/// A row of a document.
#[derive(Debug)]
pub struct Given {
    /// Of which table.
    pub table: Table,
    /// Which of all rows of the document it is.
    pub number: usize,
    /// Its place in the list of its table; `None` for the settings, which are one.
    pub place: Option<usize>,
    /// What names it, and its time.
    pub named: Named,
    /// What it says, unread.
    pub raw: Box<RawValue>,
}

/// What of a row tells which it is, and when it was told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    id: Value,
    episode_id: Value,
    date: Value,
    /// When it was told.
    pub updated_at: Value,
}

impl Named {
    /// The row's id in its table; which field is missing, when it has none.
    ///
    /// # Errors
    /// The field's name.
    pub fn id(&self, table: Table) -> Result<String, &'static str> {
        let text = |value: &Value, name| value.as_str().map(str::to_owned).ok_or(name);
        match table {
            Table::CheckIns => text(&self.date, "date"),
            Table::Soreness => Ok(format!("{}.{}", text(&self.episode_id, "episode_id")?, text(&self.date, "date")?)),
            Table::Episodes | Table::Settings | Table::Treatments => text(&self.id, "id"),
        }
    }
}

/// Rows that are written at once.
pub type Batch = Arc<[Given]>;

/// Reads a document into batches, of which there is one at least. The soreness after a cramp comes with the cramp.
///
/// # Errors
/// When it is not of the format, or has parts that nobody knows.
pub fn read(json: &[u8]) -> serde_json::Result<Result<Vec<Batch>, Faults>> {
    if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        serde_json::from_slice::<serde::de::IgnoredAny>(json)?;
        return Ok(Err(Faults::here(FaultCode::WrongType, "expected an object")));
    }
    let parts: BTreeMap<String, &RawValue> = serde_json::from_slice(json)?;
    Ok(rows(&parts).map(batches))
}

/// The rows of a document, in its order.
fn rows(parts: &BTreeMap<String, &RawValue>) -> Result<Vec<Given>, Faults> {
    let (mut rows, mut faults) = (Vec::new(), Faults::none());
    let known = LISTS.map(Table::as_str);
    for name in parts.keys() {
        let name = name.as_str();
        if name != "format" && name != SETTINGS && !known.contains(&name) && !LEFT_OUT.contains(&name) {
            faults.add(Faults::at(name, FaultCode::UnknownField, "is no part of such a document"));
        }
    }
    let part = |name: &str| parts.get(name).filter(|raw| raw.get() != "null");
    match part("format").map(|raw| raw.get()) {
        None => faults.add(Faults::at("format", FaultCode::Required, "format is required")),
        Some(format) if serde_json::from_str::<&str>(format).ok() == Some(FORMAT) => {}
        Some(_) => {
            faults.add(Faults::at("format", FaultCode::NotOneOf, format!("is not {FORMAT}, which alone is read")));
        }
    }
    let mut add = |table, place, raw: Box<RawValue>| {
        // What can't be read is told where the row is brought in.
        let named = serde_json::from_str(raw.get()).unwrap_or_default();
        rows.push(Given { table, number: rows.len(), place, named, raw });
    };
    if let Some(settings) = part(SETTINGS) {
        add(Table::Settings, None, (*settings).to_owned());
    }
    for table in LISTS {
        let Some(list) = part(table.as_str()) else { continue };
        match serde_json::from_str::<Vec<Box<RawValue>>>(list.get()) {
            Ok(list) => list.into_iter().enumerate().for_each(|(place, raw)| add(table, Some(place), raw)),
            Err(_) => faults.add(Faults::at(table.as_str(), FaultCode::WrongType, "expected a list")),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The rows in batches. What is rehearsed batch by batch comes to what is done: so soreness comes with its cramp.
fn batches(rows: Vec<Given>) -> Vec<Batch> {
    let mut after: BTreeMap<String, Vec<Given>> = BTreeMap::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for row in rows {
        match (row.table, row.named.episode_id.as_str()) {
            (Table::Soreness, Some(episode)) => after.entry(episode.to_owned()).or_default().push(row),
            (Table::Settings | Table::Episodes, _) => first.push(row),
            _ => rest.push(row),
        }
    }
    let mut groups = Vec::with_capacity(first.len() + 1);
    for row in first {
        let of_cramp = row.named.id.as_str().filter(|_| row.table == Table::Episodes);
        let mut group = of_cramp.and_then(|id| after.remove(id)).unwrap_or_default();
        group.insert(0, row);
        groups.push(group);
    }
    groups.extend(after.into_values());
    groups.extend(rest.into_iter().map(|row| vec![row]));

    let (mut batches, mut batch) = (Vec::new(), Vec::new());
    for group in groups {
        if batch.len() + group.len() > AT_ONCE && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch).into());
        }
        batch.extend(group);
        while batch.len() > AT_ONCE {
            let more = batch.split_off(AT_ONCE);
            batches.push(std::mem::replace(&mut batch, more).into());
        }
    }
    if !batch.is_empty() || batches.is_empty() {
        batches.push(batch.into());
    }
    batches
}
