//! The document, as an export wrote it: of its rows no more is read than which of them belong together.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::merge::{self, MOST_ROWS, Source};
use crate::{
    access::WritableDiary,
    diary::table::Table,
    exchange::{
        change_log::push::{Base, Doing, Outcome, Pushed},
        exports::document::FORMAT,
    },
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::FromJson,
        parsing,
        zones::Zone,
    },
    web::body,
};

/// The settings, under the name that they have in the document.
const SETTINGS: &str = "diary";
/// What the document has besides what was logged: it is of the account and the service that it came from.
const LEFT_OUT: [&str; 6] = ["exported_at", "revision", "account", "consents", "reviews", "access_log"];
/// The lists that are brought in, in this order.
const LISTS: [Table; 4] = [Table::Episodes, Table::Soreness, Table::CheckIns, Table::Treatments];

/// So many names of parts are looked at. There are not so many.
const MOST_PARTS: usize = 64;

/// A row of a document.
#[derive(Debug)]
pub struct Given {
    table: Table,
    /// Which of all rows of the document it is.
    number: usize,
    /// Its place in the list of its table; `None` for the settings, which are one.
    place: Option<usize>,
    named: Named,
    /// Where the document's diary is: what a cramp means that names no zone.
    zone: Option<Zone>,
    /// What it says, unread.
    raw: Box<RawValue>,
}

/// What of a row tells which it is, and when it was told.
#[derive(Debug, Default)]
struct Named {
    id: Option<String>,
    episode_id: Option<String>,
    date: Option<String>,
    /// In JSON; of what is too long for a time, a part.
    updated_at: Option<String>,
}

impl Named {
    /// Looks for it in a row. What can't be read is told where the row is brought in.
    fn of(raw: &RawValue) -> Self {
        if raw.get().len() > body::LARGEST {
            return Self::default();
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
        let text = |name: &str| serde_json::from_str::<String>(fields.get(name)?.get()).ok();
        let json = |raw: &&RawValue| raw.get().chars().take(64).collect();
        Self {
            id: text("id"),
            episode_id: text("episode_id"),
            date: text("date"),
            updated_at: fields.get("updated_at").filter(|raw| raw.get() != "null").map(json),
        }
    }

    /// The row's id in its table, or the name of the field that is missing.
    fn id(&self, table: Table) -> Result<String, &'static str> {
        let text = |value: &Option<String>, name| value.clone().ok_or(name);
        match table {
            Table::CheckIns => text(&self.date, "date"),
            Table::Soreness => Ok(format!("{}.{}", text(&self.episode_id, "episode_id")?, text(&self.date, "date")?)),
            Table::Episodes | Table::Settings | Table::Treatments => text(&self.id, "id"),
        }
    }

    /// When the row was told, if it says so.
    fn told_at(&self) -> Result<Option<Instant>, Faults> {
        let malformed = || Faults::here(FaultCode::Malformed, "is no time, as 2026-03-29T03:10:00Z");
        let read = |json: &String| Instant::from_json(&serde_json::from_str(json).map_err(|_| malformed())?);
        self.updated_at.as_ref().map(read).transpose().map_err(|faults| faults.under("updated_at"))
    }
}

/// The parts of a document, and those that stand in it twice.
#[derive(Default)]
struct Parts<'a> {
    parts: BTreeMap<String, &'a RawValue>,
    repeated: Vec<String>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap;

        impl<'de> Visitor<'de> for OfMap {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut read = Parts::default();
                while let Some(name) = map.next_key::<String>()? {
                    if read.parts.len() + read.repeated.len() >= MOST_PARTS {
                        map.next_value::<IgnoredAny>()?;
                    } else if read.parts.insert(name.clone(), map.next_value()?).is_some() {
                        read.repeated.push(name);
                    }
                }
                Ok(read)
            }
        }

        deserializer.deserialize_map(OfMap)
    }
}

/// The first so many rows of a list.
struct Rows(usize);

impl<'de> DeserializeSeed<'de> for Rows {
    type Value = Vec<Box<RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows {
    type Value = Vec<Box<RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while rows.len() < self.0 {
            let Some(row) = list.next_element()? else { return Ok(rows) };
            rows.push(row);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(rows)
    }
}

/// Reads a document into batches, of which there is one at least. The soreness after a cramp comes with the cramp.
///
/// # Errors
/// When it is not of the format, has parts that nobody knows, or too many rows.
pub fn read(json: &[u8]) -> serde_json::Result<Result<Vec<Arc<[Given]>>, Faults>> {
    if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        serde_json::from_slice::<IgnoredAny>(json)?;
        return Ok(Err(Faults::here(FaultCode::WrongType, "expected an object")));
    }
    let parts: Parts = serde_json::from_slice(json)?;
    Ok(rows(&parts).map(batches))
}

/// The rows of a document, in its order.
fn rows(Parts { parts, repeated }: &Parts) -> Result<Vec<Given>, Faults> {
    let mut faults = Faults::none();
    let known = LISTS.map(Table::as_str);
    for name in parts.keys() {
        let name = name.as_str();
        if name != "format" && name != SETTINGS && !known.contains(&name) && !LEFT_OUT.contains(&name) {
            faults.add(Faults::at(name, FaultCode::UnknownField, "is no part of such a document"));
        }
    }
    for name in repeated {
        faults.add(Faults::at(name, FaultCode::Duplicate, "stands in the document more than once"));
    }
    let part = |name: &str| parts.get(name).filter(|raw| raw.get() != "null");
    match part("format").map(|raw| raw.get()) {
        None => faults.add(Faults::at("format", FaultCode::Required, "format is required")),
        Some(format) if serde_json::from_str::<&str>(format).ok() == Some(FORMAT) => {}
        Some(_) => {
            faults.add(Faults::at("format", FaultCode::NotOneOf, format!("is not {FORMAT}, which alone is read")));
        }
    }
    let settings = part(SETTINGS);
    let zone = settings.and_then(|settings| zone_of(settings));
    let mut rows = Vec::new();
    let mut add = |table, place, raw: Box<RawValue>| {
        rows.push(Given { table, number: rows.len(), place, named: Named::of(&raw), zone, raw });
        rows.len()
    };
    let mut count = settings.map_or(0, |settings| add(Table::Settings, None, (*settings).to_owned()));
    for table in LISTS {
        let Some(list) = part(table.as_str()) else { continue };
        let mut reader = serde_json::Deserializer::from_str(list.get());
        match Rows(MOST_ROWS + 1 - count).deserialize(&mut reader) {
            Ok(list) => list.into_iter().enumerate().for_each(|(place, raw)| count = add(table, Some(place), raw)),
            Err(_) => faults.add(Faults::at(table.as_str(), FaultCode::WrongType, "expected a list")),
        }
        if count > MOST_ROWS {
            let detail = format!("the document has more than {MOST_ROWS} rows; send it in parts");
            faults.add(Faults::at(table.as_str(), FaultCode::TooMany, detail));
            break;
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The zone that settings name.
fn zone_of(settings: &RawValue) -> Option<Zone> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(settings.get()).ok()?;
    Zone::named(&serde_json::from_str::<String>(fields.get("time_zone")?.get()).ok()?)
}

/// The rows in batches. Soreness comes with its cramp: a rehearsal undoes each batch before the next one.
fn batches(rows: Vec<Given>) -> Vec<Arc<[Given]>> {
    let mut after: HashMap<String, Vec<Given>> = HashMap::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for row in rows {
        match (row.table, row.named.episode_id.clone()) {
            (Table::Soreness, Some(episode)) => after.entry(episode).or_default().push(row),
            (Table::Settings | Table::Episodes, _) => first.push(row),
            _ => rest.push(row),
        }
    }
    let mut groups = Vec::with_capacity(first.len() + rest.len());
    for row in first {
        let of_cramp = row.named.id.as_ref().filter(|_| row.table == Table::Episodes);
        let soreness = of_cramp.and_then(|id| after.remove(id)).unwrap_or_default();
        groups.push([vec![row], soreness].into_iter().flatten().collect());
    }
    let mut alone: Vec<_> = after.into_values().collect();
    alone.sort_unstable_by_key(|rows: &Vec<Given>| rows.first().map(|row| row.number));
    groups.extend(alone);
    groups.extend(rest.into_iter().map(|row| vec![row]));
    merge::in_batches(groups)
}

impl Source for Given {
    fn number(&self) -> usize {
        self.number
    }

    fn table(&self) -> Table {
        self.table
    }

    fn change(&self, diary: &WritableDiary) -> (Option<String>, Result<Pushed, Faults>) {
        let id = match self.table {
            // They are those of this diary now.
            Table::Settings => Ok(diary.id().to_owned()),
            table => self.named.id(table),
        };
        (id.clone().ok(), self.read(id))
    }

    fn placed(&self, outcome: Outcome) -> Outcome {
        match self.place {
            Some(place) => outcome.under(&place.to_string()).under(self.table.as_str()),
            None => outcome.under(SETTINGS),
        }
    }
}

impl Given {
    /// What is to be done with it.
    fn read(&self, id: Result<String, &'static str>) -> Result<Pushed, Faults> {
        if self.raw.get().len() > body::LARGEST {
            let long = format!("has {} bytes; at most {} fit", self.raw.get().len(), body::LARGEST);
            return Err(Faults::here(FaultCode::TooLong, long));
        }
        // Brackets fit, and yet it may say what nobody can keep: half of a character, or a number beyond all others.
        let mut says = parsing::parse(self.raw.get().as_bytes())
            .map_err(|_| Faults::here(FaultCode::Malformed, "is not JSON that can be kept"))?;
        let Some(fields) = says.as_object_mut() else {
            return Err(Faults::here(FaultCode::WrongType, "expected an object"));
        };
        if let (Table::Episodes, Some(zone)) = (self.table, self.zone)
            && fields.get("time_zone").is_none_or(Value::is_null)
        {
            fields.insert("time_zone".to_owned(), zone.name().into());
        }
        let id = id.map_err(|name| Faults::at(name, FaultCode::Required, format!("{name} is required, as a text")))?;
        let told_at = self.named.told_at()?;
        let doing = match self.table {
            // Some of them may be left out: there are settings in any case.
            Table::Settings => Doing::Patch(says),
            _ => Doing::Put(says),
        };
        Ok(Pushed { table: self.table, id, doing, base: Some(Base::Told(told_at)) })
    }
}
