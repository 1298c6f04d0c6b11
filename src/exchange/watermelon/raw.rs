//! Raw records of `WatermelonDB`: flat columns of text, numbers and booleans. Lists are JSON in a text, what is nested has its
//! parent's name before its own, and the times that the library keeps by itself are milliseconds.

use serde_json::{Map, Value};

use crate::foundation::timestamps::parse_time;

/// The columns that are JSON in a text.
const LISTS: [&str; 3] = ["sites", "triggers", "relief"];
/// The columns that the library keeps by itself, as numbers.
const TIMES: [&str; 2] = ["created_at", "updated_at"];

/// A row as a raw record.
#[must_use]
pub fn record(id: String, row: Map<String, Value>) -> Map<String, Value> {
    let mut record = Map::new();
    for (name, value) in row {
        match value {
            Value::Array(_) => drop(record.insert(name, Value::String(value.to_string()))),
            Value::Object(inner) => {
                record.extend(inner.into_iter().map(|(of_it, value)| (format!("{name}_{of_it}"), value)));
            }
            Value::String(text) if TIMES.contains(&name.as_str()) => {
                let millis = parse_time(&text).map(|time| time.timestamp_millis());
                record.insert(name, millis.into());
            }
            value => drop(record.insert(name, value)),
        }
    }
    record.insert("id".to_owned(), Value::String(id));
    record
}

/// A raw record as a row. A text column that was never filled in comes as an empty text.
#[must_use]
pub fn row(record: Map<String, Value>) -> Value {
    let row = record.into_iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) if text.is_empty() => Value::Null,
            Value::String(text) if LISTS.contains(&name.as_str()) => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            value => value,
        };
        (name, value)
    });
    Value::Object(row.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_flat_and_reads_as_the_row_that_it_was() {
        let cramp = json!({
            "id": "c", "started_at": "2026-03-29T03:10:00+02:00", "intensity": 8, "note": null, "interrupted_sleep": true,
            "sites": [{"part": "calf", "side": "left"}], "triggers": [],
            "soreness": {"days_logged": 2, "peak": null}, "created_at": "2026-03-29T01:12:41.5Z",
        });
        let record = record("c".into(), cramp.as_object().unwrap().clone());
        let expected = json!({
            "id": "c", "started_at": "2026-03-29T03:10:00+02:00", "intensity": 8, "note": null, "interrupted_sleep": true,
            "sites": "[{\"part\":\"calf\",\"side\":\"left\"}]", "triggers": "[]",
            "soreness_days_logged": 2, "soreness_peak": null, "created_at": 1_774_746_761_500_i64,
        });
        assert_eq!(Value::Object(record.clone()), expected);
        let row = row(record);
        assert_eq!((&row["sites"], &row["triggers"]), (&json!([{"part": "calf", "side": "left"}]), &json!([])));
    }

    #[test]
    fn what_was_never_filled_in_is_not_there() {
        let Value::Object(record) = json!({"context": "", "sites": "", "relief": "no json"}) else { return };
        assert_eq!(row(record), json!({"context": null, "sites": null, "relief": "no json"}));
    }
}
