//! Taking tables away, for a spreadsheet and for research.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::{contract::CONTRACT, *};

/// Those with rows of the diary.
const TABLES: [&str; 6] = ["settings", "episodes", "soreness", "check_ins", "treatments", "trial_block"];

/// A row of a table, by the names of the columns.
pub type Cells = BTreeMap<String, String>;

/// What a patient took away.
pub struct Taken(BTreeMap<String, String>);

impl Taken {
    pub async fn from(patient: &Caller) -> Self {
        Self::out_of(&patient.get(patient.diary().export_csv()).await.is(200))
    }

    fn out_of(answer: &Answer) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(&answer.body)).unwrap();
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            files.insert(file.name().unwrap().into_owned(), text);
        }
        Self(files)
    }

    fn text(&self, table: &str) -> &str {
        let text = &self.0[&format!("{table}.csv")];
        text.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{table} has no byte order mark"))
    }

    fn header(&self, table: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_reader(self.text(table).as_bytes());
        reader.headers().unwrap().iter().map(str::to_owned).collect()
    }

    pub fn rows(&self, table: &str) -> Vec<Cells> {
        let mut reader = csv::Reader::from_reader(self.text(table).as_bytes());
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    fn package(&self) -> Value {
        serde_json::from_str(&self.0["datapackage.json"]).unwrap()
    }
}

/// A value of the API as a reader of the tables expects it.
fn as_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_cell).collect::<Vec<_>>().join(";"),
        Value::Object(item) => {
            let (first, second) = (item.get("part").or(item.get("measure")), item.get("side"));
            let second = second.or(item.get("seconds_to_relief")).unwrap();
            let colon = if second.is_null() { "" } else { ":" };
            format!("{}{colon}{}", as_cell(first.unwrap()), as_cell(second))
        }
        other => other.to_string(),
    }
}

/// Holds a row of a table against the row that the API shows, but for who wrote it.
fn says_the_same(cells: &Cells, row: &Row, table: &str) {
    let mut told: BTreeMap<String, Value> = row.0.as_object().unwrap().clone().into_iter().collect();
    if let Some(started_at) = told.get("started_at").and_then(Value::as_str).map(str::to_owned) {
        let onset = chrono::DateTime::parse_from_rfc3339(&started_at).unwrap();
        let offset = onset.offset().local_minus_utc() / 60;
        told.insert("utc_offset_minutes".into(), offset.into());
        let utc = onset.to_utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        told.insert("started_at".into(), utc.into());
        for (name, value) in told.remove("soreness").unwrap().as_object().unwrap() {
            told.insert(format!("soreness_{name}"), value.clone());
        }
    }
    let expected: Cells = told.iter().map(|(name, value)| (name.clone(), as_cell(value))).collect();
    let mut cells = cells.clone();
    cells.remove("written_by").unwrap();
    assert_eq!(cells, expected, "{table}");
}

#[actix_web::test]
async fn what_was_logged_is_in_the_tables_as_the_lists_show_it() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient_in("Europe/Berlin").await, app.patient().await);
    let mut life = Life::of(&patient, 11);
    for _ in 0..100 {
        life.step().await;
    }
    patient.begins("magnesium", "2026-02-01").await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let helped = carer.post(patient.diary().episodes(), a_cramp().intensity(3)).await.is(201).row();
    carer.put(patient.diary().soreness_on(helped.id(), "2026-03-02"), json!({"level": 2})).await.is(201);
    carer.put(patient.diary().check_in("1999-03-05"), json!({"cramp_free": true})).await.is(201);

    let taken = Taken::from(&patient).await;
    let export = patient.learns(patient.diary().export()).await;
    for table in ["episodes", "soreness", "check_ins", "treatments"] {
        let (rows, listed) = (taken.rows(table), export[table].as_array().unwrap());
        assert!(!rows.is_empty() && rows.len() == listed.len(), "{table}");
        for (cells, row) in rows.iter().zip(listed) {
            says_the_same(cells, &Row(row.clone()), table);
            let helped = row["id"] == helped.id() || row["episode_id"] == helped.id() || row["date"] == "1999-03-05";
            assert_eq!(cells["written_by"], if helped { "contributor" } else { "owner" }, "{table} {row}");
        }
    }
    let settings = taken.rows("settings");
    for (name, cell) in &settings[0] {
        assert_eq!(*cell, as_cell(&export["diary"][name]), "{name}");
    }
    let block = patient.get(patient.diary().analysis("trial-block")).await.is(200).text();
    assert_eq!(taken.text("trial_block"), block);
}

#[actix_web::test]
async fn each_field_that_the_api_shows_has_a_column() {
    let app = TestApp::start().await;
    let taken = Taken::from(&app.patient().await).await;
    // By which right the owner sees their own diary says nothing about it.
    let of_the_caller = ["role", "visible_from", "include_notes", "access_until"];
    for (table, schema) in [
        ("settings", "Diary"),
        ("episodes", "Episode"),
        ("soreness", "Soreness"),
        ("check_ins", "CheckIn"),
        ("treatments", "Treatment"),
    ] {
        let header = taken.header(table);
        let fields = CONTRACT.document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        for name in fields.keys().filter(|name| !of_the_caller.contains(&name.as_str())) {
            let parts = format!("{name}_");
            let has_one = header.iter().any(|column| column == name || column.starts_with(&parts));
            assert!(has_one, "{table} lacks {name}");
        }
    }
}

#[actix_web::test]
async fn what_people_type_comes_out_whole_and_is_no_formula() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let typed = [
        (
            "Wade, \"wie ein Stein\";\r\nund 🐓\nÄrger mit Ökoßen",
            "Wade, \"wie ein Stein\";\r\nund 🐓\nÄrger mit Ökoßen",
        ),
        ("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"),
        ("+49 30 1234", "'+49 30 1234"),
        ("- nothing helped", "'- nothing helped"),
        ("@home", "'@home"),
        ("\tindented", "'\tindented"),
        ("\r\nlate", "'\r\nlate"),
        ("'=1+1", "''=1+1"),
        ("'n Krampf", "'n Krampf"),
        (" =1+1", " '=1+1"),
        // Where lists have semicolons, a file with commas is cut at these, quotes or not.
        ("well;=1+1; -2;'@x\n+3", "well;'=1+1; '-2;''@x\n'+3"),
        ("1,5 = a lot", "1,5 = a lot"),
        ("", ""),
        ("\u{1}", "\u{1}"),
    ];
    for (minute, (note, _)) in typed.iter().enumerate() {
        patient.logs(a_cramp().at(&format!("2026-03-01T02:{minute:02}:00Z")).note(note)).await;
    }
    let treatment = json!({"kind": "other", "name": "=cmd|' /C calc'!A0", "dose": "-5 mg", "started_on": "2026-03-01"});
    patient.post(patient.diary().treatments(), treatment).await.is(201);
    patient.patch(patient.diary().path(), json!({"display_name": "@kim"})).await.is(200);
    patient.logs(a_cramp().at("2026-03-01T03:00:00Z").id("-1")).await;
    patient.put(patient.diary().soreness_on("-1", "2026-03-01"), json!({"level": 1})).await.is(201);

    let taken = Taken::from(&patient).await;
    let rows = taken.rows("episodes");
    for (cells, (_, expected)) in rows.iter().zip(typed) {
        assert_eq!(cells["note"], expected);
    }
    assert_eq!((rows[14]["id"].as_str(), taken.rows("soreness")[0]["episode_id"].as_str()), ("'-1", "'-1"));
    let treatment = &taken.rows("treatments")[0];
    assert_eq!((treatment["name"].as_str(), treatment["dose"].as_str()), ("'=cmd|' /C calc'!A0", "'-5 mg"));
    assert_eq!(taken.rows("settings")[0]["display_name"], "'@kim");
    for table in TABLES {
        let text = taken.text(table);
        assert!(text.ends_with("\r\n"), "{table}");
        assert!(!text.contains(",=") && !text.contains("\"="), "{table} has a formula");
    }
}

#[actix_web::test]
async fn what_is_not_known_is_blank() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp()).await;
    let sites = json!([{"part": "calf", "side": "left"}, {"part": "foot", "side": null}]);
    let relief =
        json!([{"measure": "walking", "seconds_to_relief": 0}, {"measure": "heat", "seconds_to_relief": null}]);
    let told = a_cramp().at("2026-03-02T02:30:00Z").intensity(0).interrupted_sleep(false);
    patient.logs(told.with("sites", sites).with("relief", relief).with("triggers", json!(["wine", "heat"]))).await;
    let rows = Taken::from(&patient).await.rows("episodes");
    let blank: BTreeSet<_> =
        rows[0].iter().filter(|(_, cell)| cell.is_empty()).map(|(name, _)| name.as_str()).collect();
    let expected = [
        "recorded_at",
        "duration_seconds",
        "intensity",
        "sites",
        "context",
        "interrupted_sleep",
        "sleep_disturbance",
        "triggers",
        "relief",
        "note",
        "soreness_peak",
        "soreness_last_level",
        "soreness_resolved_day",
    ];
    assert_eq!(blank, BTreeSet::from(expected));
    let told = |name: &str| rows[1][name].as_str();
    assert_eq!((told("intensity"), told("interrupted_sleep")), ("0", "false"));
    assert_eq!((told("sites"), told("relief")), ("calf:left;foot", "walking:0;heat"));
    assert_eq!(told("triggers"), "wine;heat");
}

#[actix_web::test]
async fn cramps_in_an_hour_that_comes_twice_are_told_apart() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    for at in ["2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00", "2026-03-29T01:59:59.5+01:00"] {
        patient.logs(a_cramp().at(at)).await;
    }
    patient.logs(a_cramp().at("2026-03-29T01:00:00Z")).await;
    patient.logs(a_cramp().at("2026-04-01T20:15:00Z").r#in("America/St_Johns")).await;
    let told: Vec<_> = Taken::from(&patient)
        .await
        .rows("episodes")
        .iter()
        .map(|row| {
            ["started_at", "local_date", "local_time", "utc_offset_minutes"].map(|name| row[name].clone()).join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "2025-10-26T00:30:00Z 2025-10-26 02:30 120",
            "2025-10-26T01:30:00Z 2025-10-26 02:30 60",
            "2026-03-29T00:59:59.500Z 2026-03-29 01:59 60",
            "2026-03-29T01:00:00Z 2026-03-29 03:00 120",
            "2026-04-01T20:15:00Z 2026-04-01 17:45 -150",
        ]
    );
}

#[actix_web::test]
async fn the_codebook_and_the_data_package_know_each_column_and_no_other() {
    let app = TestApp::start().await;
    let taken = Taken::from(&app.patient().await).await;
    let (codebook, package) = (taken.rows("codebook"), taken.package());
    let resources = package["resources"].as_array().unwrap();
    let files: BTreeSet<_> = resources.iter().map(|resource| resource["path"].as_str().unwrap().to_owned()).collect();
    let tables: BTreeSet<_> = taken.0.keys().filter(|name| name.contains(".csv")).cloned().collect();
    assert_eq!(files, tables);
    for resource in resources {
        let (name, file) = (resource["name"].as_str().unwrap(), resource["path"].as_str().unwrap());
        let header = taken.header(name);
        let explained = codebook.iter().filter(|row| row["file"] == file).map(|row| row["field"].clone());
        assert_eq!(explained.collect::<Vec<_>>(), header, "{file}");
        let fields = resource["schema"]["fields"].as_array().unwrap();
        assert_eq!(fields.iter().map(|field| field["name"].as_str().unwrap()).collect::<Vec<_>>(), header, "{file}");
        assert_eq!(resource["schema"]["missingValues"], json!([""]));
    }
    let reference = json!([{"fields": ["episode_id"], "reference": {"resource": "episodes", "fields": ["id"]}}]);
    let soreness = resources.iter().find(|resource| resource["name"] == "soreness").unwrap();
    assert_eq!(soreness["schema"]["foreignKeys"], reference);
    for file in taken.0.keys() {
        assert!(
            taken.0["README.txt"].contains(file.as_str()) || file == "README.txt",
            "README.txt does not name {file}"
        );
    }
}

#[actix_web::test]
async fn a_diary_without_anything_has_tables_too() {
    let app = TestApp::start().await;
    let taken = Taken::from(&app.patient().await).await;
    for (table, rows) in
        [("settings", 1), ("episodes", 0), ("soreness", 0), ("check_ins", 0), ("treatments", 0), ("trial_block", 14)]
    {
        assert_eq!(taken.rows(table).len(), rows, "{table}");
        assert!(!taken.header(table).is_empty(), "{table}");
    }
}

#[actix_web::test]
async fn the_same_revision_gives_the_same_bytes_all_day() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut life = Life::of(&patient, 3);
    for _ in 0..30 {
        life.step().await;
    }
    let left = 86_400 - i64::from(chrono::Timelike::num_seconds_from_midnight(&app.now()));
    // Of a day that is nearly over the next one is taken.
    app.advance(Duration::from_secs(if left < 1000 { 1000 } else { 0 }));
    let patient = patient.signs_in().await;
    let first = patient.get(patient.diary().export_csv()).await.is(200);
    app.advance(Duration::from_mins(9));
    // Others' visits change nothing of what was logged, and neither does the coding that somebody would rather have.
    patient.shares_with(&app.clinician().await).await;
    let second = patient.get(patient.diary().export_csv()).header("accept-encoding", "gzip").await.is(200);
    assert!(first.body == second.body, "the bytes differ");
    assert_eq!(second.header("content-encoding"), None);
    assert_eq!(second.header("content-type"), Some("application/zip"));
    assert_eq!(second.header("content-length"), Some(second.body.len().to_string().as_str()));
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&second.body)));
    assert_eq!(second.header("repr-digest"), Some(digest.as_str()));
    let name = format!("attachment; filename=\"cramp-diary-{}.zip\"", app.today_plus(0));
    assert_eq!(second.header("content-disposition"), Some(name.as_str()));
    patient.logs(a_cramp()).await;
    let third = patient.get(patient.diary().export_csv()).await.is(200);
    assert!(first.body != third.body, "a cramp more changes nothing");
}

#[actix_web::test]
async fn the_document_and_the_tables_are_asked_for_in_the_same_way() {
    let app = TestApp::start().await;
    let (patient, clinician, stranger) = (app.patient().await, app.clinician().await, app.patient().await);
    patient.logs(a_cramp()).await;
    patient.shares_with(&clinician).await;
    let (tables, by_format) = (patient.diary().export_csv(), patient.diary().export() + "?format=csv");
    for path in [&tables, &by_format] {
        clinician.get(path).await.is_problem(403, "forbidden");
        stranger.get(path).await.is_problem(404, "not_found");
    }
    let (first, second) = (patient.get(&tables).await.is(200), patient.get(&by_format).await.is(200));
    assert!(first.body == second.body, "the bytes differ");
    patient.get(tables.clone() + "?format=csv").await.has_faults([("/format", "unknown_field")]);

    // What a program takes away is in the access log; what the owner does in person is not.
    let token = json!({"name": "Study", "scopes": ["diary:read"]});
    let made = patient.post("/v1/tokens", token).await.is(201).json();
    let program = patient.with_access_token(made["secret"].as_str().unwrap());
    program.get(&tables).await.is(200);
    program.get(&by_format).await.is(200);
    let looks = patient.lists_all(patient.diary().looks()).await;
    let told: Vec<_> = looks.iter().map(|look| (look["what"].as_str().unwrap(), &look["outcome"])).collect();
    assert_eq!(told, [("exportDiary", &json!("done")), ("exportDiaryCsv", &json!("done"))]);
}
