//! Bringing back what was taken away.

use std::{io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::support::*;

/// A document with these parts.
fn document(parts: Value) -> Value {
    let mut document = parts;
    document["format"] = json!("cramp-diary-export@1");
    document
}

async fn imports(caller: &Caller, diary: &DiaryPath, document: &Value) -> Value {
    caller.post(diary.import(), document.clone()).await.is(200).json()
}

/// What came of each row.
fn outcomes(answer: &Value) -> Vec<(&str, &str)> {
    let results = answer["results"].as_array().unwrap();
    results.iter().map(|row| (row["id"].as_str().unwrap_or("-"), row["outcome"].as_str().unwrap())).collect()
}

/// What people told, without what each service works out by itself.
fn told(export: &Value) -> Value {
    let mut told = json!({});
    for part in ["diary", "episodes", "soreness", "check_ins", "treatments"] {
        told[part] = export[part].clone();
        let rows = told[part].as_array_mut().map_or(Vec::new(), |rows| rows.iter_mut().collect());
        for row in rows {
            for name in ["revision", "created_at", "updated_at"] {
                row.as_object_mut().unwrap().remove(name).unwrap();
            }
        }
    }
    let settings = told["diary"].as_object_mut().unwrap();
    settings.retain(|name, _| {
        ["display_name", "time_zone", "night_start", "night_end", "evening_start"].contains(&name.as_str())
    });
    told
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[actix_web::test]
async fn an_empty_diary_says_the_same_afterwards() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient_in("America/St_Johns").await, app.patient().await);
    let mut life = Life::of(&patient, 7);
    for _ in 0..150 {
        life.step().await;
    }
    patient.begins("magnesium", "2026-02-01").await;
    patient.logs(a_cramp().note("\"quoted\"\nand 🐓")).await;
    patient.patch(patient.diary().path(), json!({"night_start": "23:30", "evening_start": "19:00"})).await.is(200);
    app.advance(Duration::from_hours(1));
    let (patient, other) = (patient.signs_in().await, other.signs_in().await);
    let export = patient.learns(patient.diary().export()).await;
    assert!(export["soreness"].as_array().is_some_and(|rows| rows.len() > 3), "there is little to compare");

    let answer = imports(&other, other.diary(), &export).await;
    let lists = ["episodes", "soreness", "check_ins", "treatments"];
    let rows: usize = lists.iter().map(|part| export[part].as_array().unwrap().len()).sum();
    assert_eq!(answer["counts"], json!({"applied": rows + 1, "unchanged": 0, "conflict": 0, "rejected": 0}));
    let brought = other.learns(other.diary().export()).await;
    assert_eq!(told(&brought), told(&export));
    assert_eq!(answer["revision"], brought["revision"]);
    for question in ["night-share", "summary", "soreness", "time-of-day"] {
        let of = async |caller: &Caller| {
            let mut figures = caller.learns(caller.diary().analysis(question)).await;
            figures.as_object_mut().unwrap().remove("revision");
            figures
        };
        assert_eq!(of(&other).await, of(&patient).await, "{question}");
    }

    // Once more, there is nothing to do.
    let again = imports(&other, other.diary(), &export).await;
    assert_eq!(again["counts"], json!({"applied": 0, "unchanged": rows + 1, "conflict": 0, "rejected": 0}));
    assert_eq!(again["revision"], answer["revision"]);
    // The history says how it came.
    let cramp = export["episodes"][0]["id"].as_str().unwrap();
    let versions = other.get(other.diary().history(cramp)).await.is(200).items();
    assert_eq!(versions[0]["written_through"], "importDiary");
}

#[actix_web::test]
async fn of_a_row_that_is_there_what_is_newer_wins_and_nothing_else_is_touched() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    for id in ["changed-here", "changed-there", "deleted-here", "same"] {
        patient.logs(a_cramp().id(id).intensity(5)).await;
    }
    app.advance(Duration::from_mins(1));
    let mut export = patient.learns(diary.export()).await;
    app.advance(Duration::from_mins(1));
    patient.patch(diary.episode("changed-here"), json!({"intensity": 9})).await.is(200);
    patient.delete(diary.episode("deleted-here")).await.is(204);
    patient.logs(a_cramp().id("only-here")).await;
    patient.patch(diary.path(), json!({"night_start": "21:00"})).await.is(200);
    app.advance(Duration::from_mins(1));
    for row in export["episodes"].as_array_mut().unwrap() {
        if row["id"] == "changed-there" {
            row["intensity"] = json!(2);
            row["updated_at"] = json!(app.now().to_rfc3339());
        }
    }
    app.advance(Duration::from_mins(1));
    let before = patient.learns(diary.export()).await;

    let rehearsed = patient.post(diary.import() + "?dry_run=true", export.clone()).await.is(200).json();
    assert_eq!((&rehearsed["dry_run"], &rehearsed["revision"]), (&json!(true), &before["revision"]));
    let after = patient.learns(diary.export()).await;
    assert_eq!(told(&after), told(&before));
    assert_eq!(after["revision"], before["revision"]);

    let answer = imports(&patient, diary, &export).await;
    let mut came = outcomes(&answer);
    assert_eq!(came.remove(0), (diary.id(), "conflict"));
    came.sort_unstable();
    assert_eq!(
        came,
        [
            ("changed-here", "conflict"),
            ("changed-there", "applied"),
            ("deleted-here", "conflict"),
            ("same", "unchanged")
        ]
    );
    assert_eq!((&rehearsed["results"], &rehearsed["counts"]), (&answer["results"], &answer["counts"]));
    let intensity = async |id| patient.get(diary.episode(id)).await.is(200).row()["intensity"].clone();
    assert_eq!((intensity("changed-here").await, intensity("changed-there").await), (json!(9), json!(2)));
    patient.get(diary.episode("deleted-here")).await.is_problem(410, "gone");
    patient.get(diary.episode("only-here")).await.is(200);
    // What was written over is kept.
    let versions = patient.get(diary.history("changed-there")).await.is(200).items();
    assert_eq!(versions[1]["row"]["intensity"], 5);

    // What was told after the deletion brings the row back, and what does not say when it was told is older than any.
    let row = json!({"id": "deleted-here", "started_at": "2026-03-01T02:00:00Z", "updated_at": app.now().to_rfc3339()});
    let mut undated = json!({"id": "same", "started_at": "2026-03-01T02:00:00Z"});
    let brought = document(json!({"episodes": [row, undated]}));
    assert_eq!(
        outcomes(&imports(&patient, diary, &brought).await),
        [("deleted-here", "applied"), ("same", "conflict")]
    );
    patient.get(diary.episode("deleted-here")).await.is(200);
    undated["id"] = json!("new");
    let brought = document(json!({"episodes": [undated]}));
    assert_eq!(outcomes(&imports(&patient, diary, &brought).await), [("new", "applied")]);
}

#[actix_web::test]
async fn what_can_t_be_kept_is_told_with_its_place_and_keeps_nothing_else_away() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let brought = document(json!({
        "diary": {"time_zone": "Mars/Olympus"},
        "episodes": [
            {"id": "a", "started_at": "2026-03-01T02:00:00Z"},
            {"id": "b", "started_at": "yesterday", "intensity": 11},
            {"started_at": "2026-03-01T02:00:00Z"},
            7,
            {"id": "c", "started_at": "2026-03-01T02:00:00Z", "updated_at": "long ago", "invented_later": [1]},
            {"id": "d", "started_at": "2026-03-01T02:00:00Z", "invented_later": [1]},
        ],
        "soreness": [
            {"episode_id": "a", "date": "2026-03-02", "level": 3},
            {"episode_id": "b", "date": "2026-03-02", "level": 3},
            {"episode_id": "a", "level": 3},
        ],
        "check_ins": [{"date": "2026-03-01", "cramp_free": false}, {"date": "1 March", "cramp_free": false}],
        "treatments": null,
    }));
    let rehearsed = patient.post(diary.import() + "?dry_run=true", brought.clone()).await.is(200).json();
    let answer = imports(&patient, diary, &brought).await;
    assert_eq!(rehearsed["counts"], answer["counts"]);
    assert_eq!(
        outcomes(&answer),
        [
            (diary.id(), "rejected"),
            ("a", "applied"),
            ("b", "rejected"),
            ("-", "rejected"),
            ("-", "rejected"),
            ("c", "rejected"),
            ("d", "applied"),
            ("a.2026-03-02", "applied"),
            ("b.2026-03-02", "rejected"),
            ("-", "rejected"),
            ("2026-03-01", "applied"),
            ("1 March", "rejected"),
        ]
    );
    let results = answer["results"].as_array().unwrap();
    let faults = results.iter().flat_map(|row| row["problem"]["errors"].as_array().cloned().unwrap_or_default());
    let faults: Vec<_> = faults.map(|fault| fault["pointer"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        faults,
        [
            "/diary/time_zone",
            "/episodes/1/started_at",
            "/episodes/1/intensity",
            "/episodes/2/id",
            "/episodes/3",
            "/episodes/4/updated_at",
            "/soreness/2/date",
        ]
    );
    assert_eq!(results[8]["problem"]["code"], "not_found");
    assert_eq!(patient.get(diary.episodes()).await.items().len(), 2);
}

#[actix_web::test]
async fn what_is_no_such_document_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let import = patient.diary().import();
    patient.post(&import, json!([])).await.has_faults([("", "wrong_type")]);
    patient.post(&import, json!({"format": null})).await.has_faults([("/format", "required")]);
    let other = json!({"format": "cramp-diary-export@2", "episode": [], "soreness": {}});
    patient.post(import.clone() + "?dry_run=maybe", other).await.has_faults([
        ("/dry_run", "wrong_type"),
        ("/format", "not_one_of"),
        ("/episode", "unknown_field"),
        ("/soreness", "wrong_type"),
    ]);
    patient.post(&import, document(json!({}))).await.is(200);
    let raw = |body: &str| {
        patient.request(reqwest::Method::POST, &import).header("content-type", "application/json").body(body)
    };
    raw("{\"format\"").await.is_problem(400, "malformed_request");
    raw(&format!("{}{}", "[".repeat(17), "]".repeat(17))).await.is_problem(400, "malformed_request");
    patient.request(reqwest::Method::POST, &import).header("content-type", "text/plain").body("{}").await.is(415);
}

#[actix_web::test]
async fn a_document_may_come_compressed_and_is_bounded_as_it_is_sent_and_as_it_is_read() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let import = patient.diary().import();
    let sends = |body: Vec<u8>, coding: &str| {
        let request = patient.request(reqwest::Method::POST, &import).header("content-type", "application/json");
        request.header("content-encoding", coding).body(body)
    };
    // Larger than a body may be, were it not compressed; in several batches, and cramps before their soreness.
    let cramps: Vec<_> =
        (0..1_200).map(|number| json!({"id": format!("c{number}"), "started_at": "2026-03-01T02:00:00Z"})).collect();
    let soreness: Vec<_> = (0..1_200)
        .map(|number| json!({"episode_id": format!("c{number}"), "date": "2026-03-02", "level": number % 11}))
        .collect();
    let looks = "a look ".repeat(1_000_000);
    let brought = document(json!({"access_log": [looks], "episodes": cramps, "soreness": soreness}));
    let brought = brought.to_string().into_bytes();
    assert!(brought.len() > 4 * 1024 * 1024);
    patient
        .request(reqwest::Method::POST, &import)
        .header("content-type", "application/json")
        .body(brought.clone())
        .await
        .is_problem(413, "payload_too_large");
    let answer = sends(packed(&brought), "gzip").await.is(200).json();
    assert_eq!(answer["counts"]["applied"], 2_400);
    let results = answer["results"].as_array().unwrap();
    assert_eq!((&results[1_199]["id"], &results[1_200]["id"]), (&json!("c1199"), &json!("c0.2026-03-02")));

    let bomb = [b"{\"format\":\"".as_slice(), &vec![b' '; 33 * 1024 * 1024], b"\"}"].concat();
    sends(packed(&bomb), "gzip").await.is_problem(413, "payload_too_large");
    sends(b"{}".to_vec(), "gzip").await.is_problem(400, "malformed_request");
    sends(brought, "br").await.is_problem(415, "unsupported_media_type");
}

#[actix_web::test]
async fn whoever_may_write_in_the_diary_may_import_into_it_and_nobody_else() {
    let app = TestApp::start().await;
    let (patient, carer, clinician) = (app.patient().await, app.clinician().await, app.clinician().await);
    let diary = patient.diary();
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    patient.shares_with(&clinician).await;
    let brought = document(json!({"episodes": [{"id": "a", "started_at": "2026-03-01T02:00:00Z"}]}));
    clinician.post(diary.import(), brought.clone()).await.is_problem(403, "forbidden");
    // Whoever may not do it hears nothing of what is wrong with the document.
    clinician.post(diary.import(), json!({})).await.is_problem(403, "forbidden");
    app.clinician().await.post(diary.import(), json!({})).await.is_problem(404, "not_found");
    assert_eq!(outcomes(&imports(&carer, diary, &brought).await), [("a", "applied")]);
    let log = patient.get(diary.access_log()).await.items();
    assert_eq!((&log[0]["what"], &log[0]["access"]), (&json!("importDiary"), &json!("write")));
}

#[actix_web::test]
async fn documents_may_come_in_any_order_and_what_was_told_last_stays() {
    let app = TestApp::start().await;
    let (old, new) = (app.patient().await, app.patient().await);
    old.logs(a_cramp().id("a").intensity(1)).await;
    old.patch(old.diary().path(), json!({"night_start": "21:00"})).await.is(200);
    app.advance(Duration::from_mins(1));
    let backup = old.learns(old.diary().export()).await;
    app.advance(Duration::from_mins(1));
    old.patch(old.diary().episode("a"), json!({"intensity": 2})).await.is(200);
    old.patch(old.diary().path(), json!({"night_start": "20:00"})).await.is(200);
    app.advance(Duration::from_mins(1));
    let later = old.learns(old.diary().export()).await;
    app.advance(Duration::from_mins(1));

    // The old backup by mistake, the right one, and the old one again.
    for (document, outcome) in [(&backup, "applied"), (&later, "applied"), (&backup, "conflict")] {
        let answer = imports(&new, new.diary(), document).await;
        assert_eq!(outcomes(&answer), [(new.diary().id(), outcome), ("a", outcome)]);
    }
    assert_eq!(new.get(new.diary().episode("a")).await.row()["intensity"], 2);
    assert_eq!(new.settings().await["night_start"], "20:00");
    // The history says when each was told.
    let versions = new.get(new.diary().history("a")).await.is(200).items();
    let told: Vec<_> = versions.iter().map(|version| version["written_at"].clone()).collect();
    assert_eq!(told, [&later, &backup].map(|document| document["episodes"][0]["updated_at"].clone()));

    // Of a row that stands there twice, the one that was told last counts, wherever it stands.
    let row = |intensity: i32, at: &str| json!({"id": "b", "started_at": "2026-03-01T02:00:00Z", "intensity": intensity, "updated_at": at});
    let twice = document(json!({"episodes": [row(7, "2026-03-03T00:00:00Z"), row(6, "2026-03-02T00:00:00Z")]}));
    assert_eq!(outcomes(&imports(&new, new.diary(), &twice).await), [("b", "applied"), ("b", "conflict")]);
    let twice = document(json!({"episodes": [row(8, "2026-03-04T00:00:00Z"), row(9, "2026-03-05T00:00:00Z")]}));
    assert_eq!(outcomes(&imports(&new, new.diary(), &twice).await), [("b", "applied"), ("b", "applied")]);
    assert_eq!(new.get(new.diary().episode("b")).await.row()["intensity"], 9);
}

#[actix_web::test]
async fn soreness_after_a_cramp_that_was_deleted_here_stays_away_with_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().id("a").at("2026-03-01T02:00:00Z")).await;
    patient.is_sore(&cramp, "2026-03-02", 3).await;
    app.advance(Duration::from_mins(1));
    let export = patient.learns(patient.diary().export()).await;
    app.advance(Duration::from_mins(1));
    patient.delete(patient.diary().episode("a")).await.is(204);
    let answer = imports(&patient, patient.diary(), &export).await;
    assert_eq!(outcomes(&answer)[1..], [("a", "conflict"), ("a.2026-03-02", "conflict")]);
}

#[actix_web::test]
async fn a_cramp_that_names_no_zone_is_of_the_zone_of_the_document() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let cramps: Vec<_> =
        (0..600).map(|number| json!({"id": format!("c{number}"), "started_at": "2026-03-01T02:00:00Z"})).collect();
    let brought = document(json!({"diary": {"time_zone": "America/St_Johns"}, "episodes": cramps}));
    assert_eq!(imports(&patient, patient.diary(), &brought).await["counts"]["applied"], 601);
    for id in ["c0", "c599"] {
        let cramp = patient.get(patient.diary().episode(id)).await.row();
        assert_eq!((&cramp["time_zone"], &cramp["local_time"]), (&json!("America/St_Johns"), &json!("22:30")));
    }
}

#[actix_web::test]
async fn a_small_body_that_stands_for_much_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let import = patient.diary().import();
    let sends = async |text: String| {
        let request = patient.request(reqwest::Method::POST, &import).header("content-type", "application/json");
        request.header("content-encoding", "gzip").body(packed(text.as_bytes())).await
    };
    let head = "{\"format\":\"cramp-diary-export@1\"";
    let rows = "0,".repeat(4_000_000) + "0";
    sends(format!("{head},\"treatments\":[{rows}]}}")).await.has_faults([("/treatments", "too_many")]);
    let many = sends(format!("{head},\"treatments\":[{}]}}", vec!["0"; 1_500].join(","))).await.is(200).json();
    let why = many["results"].as_array().unwrap().iter().filter(|row| !row["problem"].is_null()).count();
    assert_eq!((&many["counts"]["rejected"], why), (&json!(1_500), 1_000));
    let nested = format!("{head},\"episodes\":[{{\"id\":[{rows}]}}]}}");
    let answer = sends(nested).await.is(200).json();
    assert_eq!(answer["results"][0]["problem"]["errors"][0]["code"], "too_long");
    let names: Vec<_> = (0..500_000).map(|number| format!(",\"n{number}\":0")).collect();
    let names = names.concat();
    let refused = sends(format!("{head}{names}}}")).await.is(422).json();
    assert!(refused["errors"].as_array().unwrap().len() <= 64);
    let twice = format!("{head},\"episodes\":[],\"episodes\":[]}}");
    sends(twice).await.has_faults([("/episodes", "duplicate")]);
}
