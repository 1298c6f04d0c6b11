//! The description for programs: a Data Package, with a Table Schema for each file.

use serde_json::{Value, json};

use super::{
    columns::Column,
    tables::{TABLES, Table},
};
use crate::access::OwnedDiary;

/// What the files say that they are. Columns may be added within a version; what would mislead a reader of this one gets
/// another number.
const FORMAT: &str = "cramp-diary-csv@1";

/// Of a diary. Nothing in it comes from the clock but today's date, so that the same revision gives the same bytes all day.
pub fn described(diary: &OwnedDiary) -> Value {
    json!({
        "profile": "tabular-data-package",
        "name": "cramp-diary",
        "title": "Cramp diary",
        "description": "A diary of leg cramps, for a spreadsheet and for research. README.txt says how to read it.",
        "format": FORMAT,
        "revision": diary.diary().revision,
        "created": format!("{}T00:00:00Z", diary.today()),
        "resources": TABLES.map(resource),
    })
}

fn resource(table: &Table) -> Value {
    let fields: Vec<_> = table.columns.iter().map(Column::field).collect();
    let mut schema = json!({"fields": fields, "missingValues": [""], "primaryKey": table.key});
    if let Some((field, resource, there)) = table.refers {
        let reference = json!({"resource": resource, "fields": [there]});
        schema["foreignKeys"] = json!([{"fields": [field], "reference": reference}]);
    }
    json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.file(),
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true},
        "schema": schema,
    })
}
