//! Cramps from other diaries, as tables.

use serde_json::{Value, json};

use super::support::*;

async fn imports(caller: &Caller, table: &Value) -> Value {
    caller.post(caller.diary().import_csv(), table.clone()).await.is(200).json()
}

fn outcomes(answer: &Value) -> Vec<(u64, &str)> {
    let lines = answer["lines"].as_array().unwrap();
    lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["outcome"].as_str().unwrap())).collect()
}

/// What is wrong with each line that is rejected.
fn faults(answer: &Value) -> Vec<(u64, &str, &str)> {
    let lines = answer["lines"].as_array().unwrap().iter();
    let faults = lines.flat_map(|line| {
        let errors = line["problem"]["errors"].as_array().into_iter().flatten();
        errors.map(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap();
            (line["line"].as_u64().unwrap(), text("pointer"), text("code"))
        })
    });
    faults.collect()
}

#[actix_web::test]
async fn a_table_of_a_german_spreadsheet_becomes_cramps() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let csv = "\u{feff}Datum;Uhrzeit;Dauer;Stärke;Bein;Wo;Wach;Bemerkung;Nr\r\n\
               29.03.2026;03:10;2,5;8;links;Wade;ja;\"Fuß nach unten;\r\nund \"\"fest\"\"\";1\r\n\
               ;;;;;;;;\r\n\
               1.4.2026;4.25;0:45;;Rechts;;NEIN;;2\r\n";
    let table = json!({
        "csv": csv,
        "columns": {
            "date": "Datum", "time": "Uhrzeit", "duration": "Dauer", "intensity": "Stärke", "side": "Bein",
            "part": "Wo", "interrupted_sleep": "Wach", "note": "Bemerkung", "id": "Nr",
        },
        "date_order": "dmy",
        "time_zone": "Europe/Berlin",
        "words": {"links": "left", "rechts": "right", "Wade": "calf", "ja": "true", "nein": "false"},
    });
    let rehearsed = patient.post(patient.diary().import_csv() + "?dry_run=true", table.clone()).await.is(200).json();
    assert_eq!(patient.get(patient.diary().episodes()).await.items().len(), 0);
    let answer = imports(&patient, &table).await;
    assert_eq!(outcomes(&answer), [(2, "applied"), (5, "applied")]);
    assert_eq!((&rehearsed["lines"], &rehearsed["counts"]), (&answer["lines"], &answer["counts"]));

    let cramps = patient.get(patient.diary().episodes()).await.items();
    let told = |cramp: &Row| {
        ["started_at", "time_zone", "duration_seconds", "intensity", "sites", "interrupted_sleep", "note", "id"]
            .map(|name| cramp[name].clone())
    };
    assert_eq!(
        cramps.iter().map(told).collect::<Vec<_>>(),
        [
            [
                json!("2026-04-01T04:25:00+02:00"),
                json!("Europe/Berlin"),
                json!(45),
                Value::Null,
                json!([{"part": "other", "side": "right"}]),
                json!(false),
                Value::Null,
                json!("2"),
            ],
            [
                json!("2026-03-29T03:10:00+02:00"),
                json!("Europe/Berlin"),
                json!(150),
                json!(8),
                json!([{"part": "calf", "side": "left"}]),
                json!(true),
                json!("Fuß nach unten;\r\nund \"fest\""),
                json!("1"),
            ],
        ]
    );
    assert_eq!(outcomes(&imports(&patient, &table).await), [(2, "unchanged"), (5, "unchanged")]);
}

#[actix_web::test]
async fn a_table_that_has_grown_adds_what_is_new_and_leaves_what_the_diary_says() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let table = |lines: &str| json!({"csv": format!("Start,Pain\n{lines}"), "columns": {"started_at": "Start", "intensity": "Pain"}});
    // Two cramps that began in the same minute are two cramps.
    let lines = "2026-03-01 02:00,5\n2026-03-01 02:00,6\n2026-03-02 02:00,7\n";
    let first = imports(&patient, &table(lines)).await;
    assert_eq!(first["counts"]["applied"], 3);
    let id = first["lines"][2]["id"].as_str().unwrap();
    patient.patch(patient.diary().episode(id), json!({"intensity": 1})).await.is(200);
    let deleted = first["lines"][0]["id"].as_str().unwrap();
    patient.delete(patient.diary().episode(deleted)).await.is(204);

    let grown = imports(&patient, &table(&format!("2026-02-27 02:00,4\n{lines}"))).await;
    assert_eq!(outcomes(&grown), [(2, "applied"), (3, "conflict"), (4, "unchanged"), (5, "conflict")]);
    assert_eq!(patient.get(patient.diary().episode(id)).await.row()["intensity"], 1);
    patient.get(patient.diary().episode(deleted)).await.is_problem(410, "gone");
    let versions = patient.get(patient.diary().history(id)).await.is(200).items();
    assert_eq!(versions[1]["written_through"], "importCsv");
}

#[actix_web::test]
async fn times_are_read_as_people_write_them_and_clocks_that_change_have_a_rule() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    for (order, written, instant) in [
        ("ymd", "2026-03-01 02:00", "2026-03-01T02:00:00+01:00"),
        ("ymd", "2026-03-02T02:00:07", "2026-03-02T02:00:07+01:00"),
        ("ymd", "2026-03-03T02:00:00-05:00", "2026-03-03T08:00:00+01:00"),
        ("mdy", "03/04/2026 2:00 PM", "2026-03-04T14:00:00+01:00"),
        ("mdy", "3/5/2026, 12:30 a.m.", "2026-03-05T00:30:00+01:00"),
        ("dmy", "6.3.2026 2:00", "2026-03-06T02:00:00+01:00"),
        // What has its year in front is in the order of ISO 8601.
        ("dmy", "2026/03/07 2:00", "2026-03-07T02:00:00+01:00"),
        // The hour that is skipped, and the one that comes twice.
        ("ymd", "2026-03-29 02:30", "2026-03-29T03:30:00+02:00"),
        ("ymd", "2025-10-26 02:30", "2025-10-26T02:30:00+02:00"),
    ] {
        let csv = format!("Start\tx\n{written}\t\n");
        let table = json!({"csv": csv, "columns": {"started_at": "Start"}, "date_order": order});
        let answer = imports(&patient, &table).await;
        let id = answer["lines"][0]["id"].as_str().unwrap();
        let cramp = patient.get(patient.diary().episode(id)).await.is(200).row();
        assert_eq!(cramp["started_at"], instant, "{written}");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_line_is_told_of_the_line_and_keeps_no_other_away() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let table = json!({
        "csv": "day,clock,how bad,how long,woke,leg,where\n\
                2026-03-01,02:00,strong,long,perhaps,third,elbow\n\
                2026-02-30,25:00,,,,,\n\
                2026-03-01,,,,,,\n\
                2026-03-01,02:00\n\
                01/02/2026,02:00,,,,,\n\
                2026-03-01,02:00,11,2000,,,\n\
                3026-03-01,02:00,,,,,\n\
                2026-03-01,3.5,,,,,\n\
                2026-03-01,0.5,,,,,\n",
        "columns": {
            "date": "day", "time": "clock", "intensity": "how bad", "duration": "how long",
            "interrupted_sleep": "woke", "side": "leg", "part": "where",
        },
    });
    let answer = imports(&patient, &table).await;
    assert_eq!(
        faults(&answer),
        [
            (2, "/columns/intensity", "wrong_type"),
            (2, "/columns/duration", "wrong_type"),
            (2, "/columns/interrupted_sleep", "not_one_of"),
            (2, "/columns/part", "not_one_of"),
            (2, "/columns/side", "not_one_of"),
            (3, "/columns/date", "malformed"),
            (4, "/columns/time", "required"),
            (6, "/columns/date", "malformed"),
            (7, "/columns/duration_seconds", "out_of_range"),
            (7, "/columns/intensity", "out_of_range"),
            (8, "/columns/started_at", "in_the_future"),
            // Hours with a fraction, and a part of a day, are no times of day.
            (9, "/columns/time", "malformed"),
            (10, "/columns/time", "malformed"),
        ]
    );
    assert_eq!(answer["counts"], json!({"applied": 1, "unchanged": 0, "conflict": 0, "rejected": 8}));
}

#[actix_web::test]
async fn what_is_wrong_with_what_is_said_of_a_table_is_told_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().import_csv();
    patient.post(&path, json!({})).await.has_faults([("/csv", "required"), ("/columns", "required")]);
    let asked = json!({
        "csv": "a,b\n",
        "columns": {"date": "a", "intensity": "c", "mood": "b"},
        "time_zone": "Mars/Olympus",
        "date_order": "dym",
        "duration_unit": "hours",
        "words": {"x": 1},
        "separator": ";",
    });
    patient.post(&path, asked).await.has_faults([
        ("/time_zone", "not_one_of"),
        ("/date_order", "not_one_of"),
        ("/duration_unit", "not_one_of"),
        ("/words/x", "wrong_type"),
        ("/columns/intensity", "not_one_of"),
        ("/columns/mood", "unknown_field"),
        ("/columns/time", "required"),
        ("/separator", "unknown_field"),
    ]);
    for (columns, fault) in [
        (json!({"intensity": "a"}), ("/columns/started_at", "required")),
        (json!({"time": "a"}), ("/columns/date", "required")),
        (json!({"started_at": "a", "date": "b"}), ("/columns/started_at", "contradiction")),
    ] {
        patient.post(&path, json!({"csv": "a,b\n", "columns": columns})).await.has_faults([fault]);
    }
    patient
        .post(&path, json!({"csv": "\n\n", "columns": {"started_at": "a"}}))
        .await
        .has_faults([("/csv", "required")]);
    let nothing = imports(&patient, &json!({"csv": "a,b\n", "columns": {"started_at": "a", "note": null}})).await;
    assert_eq!((&nothing["lines"], &nothing["revision"]), (&json!([]), &json!(1)));
}
