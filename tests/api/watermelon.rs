use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::support::*;

async fn pulls(caller: &Caller, diary: &str, query: &str) -> Value {
    caller.get(format!("/v1/diaries/{diary}/sync/watermelon?{query}")).await.is(200).json()
}

async fn pushes(caller: &Caller, last_pulled_at: &Value, changes: Value) -> Answer {
    let path = format!("{}?last_pulled_at={last_pulled_at}", caller.diary().watermelon());
    caller.post(path, changes).header("content-type", "text/plain;charset=UTF-8").await
}

fn ids(records: &Value) -> Vec<&str> {
    records.as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_first_pull_has_every_live_row_once_as_updated() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let empty = pulls(&app.patient().await, "me", "last_pulled_at=null&schema_version=1&migration=null").await;
    assert!(empty["timestamp"].as_i64().unwrap() > 0);
    let cramp = patient.logs(a_cramp().id("a").at("2026-03-29T01:10:00Z").part("calf").note("so")).await;
    patient.is_sore(&cramp, "2026-03-30", 4).await;
    patient.logs(a_cramp().id("gone")).await;
    patient.delete(patient.diary().episode("gone")).await.is(204);
    for first in ["", "last_pulled_at=null", "last_pulled_at=0"] {
        let pulled = pulls(&patient, "me", first).await;
        assert_eq!(pulled["timestamp"], patient.settings().await["revision"]);
        assert_eq!(pulled.get("experimentalStrategy"), None);
        let record = &pulled["changes"]["episodes"]["updated"][0];
        assert_eq!(pulled["changes"]["episodes"], json!({"created": [], "updated": [record], "deleted": []}));
        assert_eq!((&record["id"], &record["started_at"]), (&json!("a"), &json!("2026-03-29T03:10:00+02:00")));
        assert_eq!(record["sites"], "[{\"part\":\"calf\",\"side\":\"left\"}]");
        assert_eq!((&record["soreness_peak"], &record["soreness_resolved_day"]), (&json!(4), &Value::Null));
        assert!(record["created_at"].as_i64().unwrap() > 1_700_000_000_000);
        assert!(record.as_object().unwrap().values().all(|value| !value.is_object() && !value.is_array()));
        assert_eq!(ids(&pulled["changes"]["soreness"]["updated"]), ["a.2026-03-30"]);
        assert_eq!(ids(&pulled["changes"]["settings"]["updated"]), [patient.diary().id()]);
    }
}

#[actix_web::test]
async fn a_later_pull_has_what_changed_and_all_of_what_the_app_has_learnt_of() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for id in ["a", "b", "c"] {
        patient.logs(a_cramp().id(id)).await;
    }
    patient.checks_in("2026-03-01").await;
    let first = pulls(&patient, "me", "").await["timestamp"].clone();
    patient.patch(patient.diary().episode("a"), json!({"intensity": 3})).await.is(200);
    patient.delete(patient.diary().episode("b")).await.is(204);
    let later = pulls(&patient, "me", &format!("last_pulled_at={first}")).await;
    assert_eq!(ids(&later["changes"]["episodes"]["updated"]), ["a"]);
    assert_eq!(later["changes"]["episodes"]["deleted"], json!(["b"]));
    assert_eq!(later["changes"]["check_ins"], json!({"created": [], "updated": [], "deleted": []}));
    let migration = r#"{"from":1,"tables":["check_ins"],"columns":[{"table":"episodes","columns":["recorded_at"]}]}"#;
    let migration = utf8_percent_encode(migration, NON_ALPHANUMERIC);
    let migrated =
        pulls(&patient, "me", &format!("last_pulled_at={first}&schema_version=2&migration={migration}")).await;
    assert_eq!(ids(&migrated["changes"]["episodes"]["updated"]), ["c", "a"]);
    assert_eq!(migrated["changes"]["episodes"]["deleted"], json!(["b"]));
    assert_eq!(ids(&migrated["changes"]["check_ins"]["updated"]), ["2026-03-01"]);
    let far = patient.get(patient.diary().watermelon() + "?last_pulled_at=999").await.is(200).json();
    assert_eq!(
        (&far["experimentalStrategy"], ids(&far["changes"]["episodes"]["updated"])),
        (&json!("replacement"), vec!["c", "a"])
    );
    patient.get(patient.diary().watermelon() + "?last_pulled_at=x").await.is_problem(422, "validation_failed");
}

#[actix_web::test]
async fn the_longest_migration_still_goes_into_an_address() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let of = |length: usize| {
        let text = format!("\"{}\"", "🦵".repeat(length - 2));
        patient.diary().watermelon() + "?migration=" + &utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
    };
    patient.get(of(4_096)).await.is(200);
    patient.get(of(4_097)).await.has_faults([("/migration", "too_long")]);
}

#[actix_web::test]
async fn what_is_pushed_is_done_as_the_library_means_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    patient.logs(a_cramp().id("there").intensity(5).note("kept")).await;
    patient.logs(a_cramp().id("gone")).await;
    patient.delete(diary.episode("gone")).await.is(204);
    let last = pulls(&patient, "me", "").await["timestamp"].clone();
    let record = |id: &str, intensity: i32| {
        json!({"id": id, "_status": "created", "_changed": "", "started_at": "2026-03-01T02:00:00Z", "time_zone": "",
               "intensity": intensity, "sites": "[{\"part\":\"calf\",\"side\":\"left\"}]", "triggers": "", "relief": "[]",
               "context": "", "soreness_peak": 9, "revision": 0, "created_at": 0, "updated_at": 0})
    };
    let answer = pushes(
        &patient,
        &last,
        json!({
            "episodes": {
                "created": [record("there", 6), record("new", 7), record("bad", 11)],
                "updated": [record("unknown", 8), record("gone", 3)],
                "deleted": ["never"],
            },
            "soreness": {"created": [{"id": "new.2026-03-02", "episode_id": "new", "date": "2026-03-02", "level": 4}], "updated": [], "deleted": []},
            "check_ins": {"created": [{"id": "2026-03-01", "date": "2026-03-01", "cramp_free": false, "triggers": "[\"long_walk\"]"}], "updated": [], "deleted": []},
            "settings": {"created": [], "updated": [{"id": diary.id(), "night_start": "21:00", "display_name": ""}], "deleted": []},
            "made_up": {"created": [{"id": "x"}], "updated": [], "deleted": []},
        }),
    )
    .await
    .is(200);
    assert_eq!(answer.json(), json!({"experimentalRejectedIds": {"episodes": ["bad", "gone"]}}));
    let there = patient.get(diary.episode("there")).await.row();
    assert_eq!((&there["intensity"], &there["note"]), (&json!(6), &json!("kept")), "what the app does not know stays");
    assert_eq!(patient.get(diary.episode("new")).await.row()["soreness"]["peak"], 4);
    patient.get(diary.episode("unknown")).await.is(200);
    assert_eq!(patient.settings().await["night_start"], "21:00");
    let days = patient.get(diary.check_ins()).await.items();
    assert_eq!(days[0]["triggers"], json!(["long_walk"]));
}

#[actix_web::test]
async fn a_push_over_what_changed_meanwhile_does_nothing_and_asks_for_a_pull() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let cramp = patient.logs(a_cramp().id("a")).await;
    patient.logs(a_cramp().id("b")).await;
    let last = pulls(&patient, "me", "").await["timestamp"].clone();
    patient.is_sore(&cramp, "2026-03-02", 3).await;
    let update = |intensity: i32| {
        let record = json!({"id": "a", "started_at": "2026-03-01T02:30:00Z", "intensity": intensity});
        let fresh = json!({"id": "fresh", "started_at": "2026-03-01T02:30:00Z"});
        json!({"episodes": {"created": [fresh], "updated": [record], "deleted": ["b"]}})
    };
    pushes(&patient, &last, update(4)).await.is(200);
    let revision = patient.settings().await.revision();
    patient.patch(diary.episode("a"), json!({"intensity": 9})).await.is(200);
    pushes(&patient, &json!(revision), update(2)).await.is_problem(409, "pull_first");
    let delete = json!({"episodes": {"created": [], "updated": [], "deleted": ["a"]}});
    pushes(&patient, &json!(revision), delete.clone()).await.is_problem(409, "pull_first");
    assert_eq!(patient.get(diary.episode("a")).await.row()["intensity"], 9);
    pushes(&patient, &json!(revision + 1), delete).await.is(200);
    let revive = json!({"episodes": {"created": [{"id": "a", "started_at": "2026-03-01T02:30:00Z"}], "updated": [], "deleted": []}});
    pushes(&patient, &json!(revision + 1), revive.clone()).await.is_problem(409, "pull_first");
    pushes(&patient, &json!(revision + 2), revive).await.is(200);
    for wrong in [
        json!({"episodes": []}),
        json!({"episodes": {"deleted": [1]}}),
        json!({"episodes": {"created": [{"started_at": "2026-03-01T02:30:00Z"}]}}),
    ] {
        pushes(&patient, &last, wrong)
            .await
            .is_problem(422, "validation_failed")
            .has_faults([("/episodes", "wrong_type")]);
    }
}

#[actix_web::test]
async fn a_row_that_can_t_be_kept_is_named_and_soreness_goes_before_its_cramp_moves() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let half = r#"{"episodes": {"created": [{"id": "half", "started_at": "2026-03-01T02:00:00Z", "note": "\ud83d"},
        {"id": "far", "started_at": "2026-03-01T02:00:00Z", "intensity": 1e999}, {"id": "whole", "started_at": "2026-03-01T02:00:00Z"}],
        "updated": [], "deleted": []}}"#;
    let path = format!("{}?last_pulled_at=1", patient.diary().watermelon());
    let answer = patient.post(path, json!({})).body(half).header("content-type", "text/plain").await.is(200);
    assert_eq!(answer.json(), json!({"experimentalRejectedIds": {"episodes": ["far", "half"]}}));
    let cramp = patient.get(patient.diary().episode("whole")).await.is(200).row();
    patient.is_sore(&cramp, "2026-03-30", 3).await;
    let last = pulls(&patient, "me", "").await["timestamp"].clone();
    let moved = json!({
        "episodes": {"created": [], "updated": [{"id": "whole", "started_at": "2026-02-01T02:00:00Z"}], "deleted": []},
        "soreness": {"created": [], "updated": [], "deleted": ["whole.2026-03-30"]},
    });
    assert_eq!(pushes(&patient, &last, moved).await.is(200).json(), json!({}));
    assert_eq!(patient.get(patient.diary().episode("whole")).await.row()["local_date"], "2026-02-01");
}

#[actix_web::test]
async fn another_right_shows_another_part_in_place_of_the_first() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    let diary = patient.diary();
    patient.logs(a_cramp().id("a").at("2026-02-01T02:00:00Z")).await;
    let grant = patient.shares_on(json!({"role": "viewer", "visible_from": "2026-03-01"}), &carer).await;
    let first = pulls(&carer, diary.id(), "").await;
    assert_eq!(first["changes"]["episodes"]["updated"], json!([]));
    patient.revokes(&grant).await;
    patient.shares_on(json!({"role": "viewer"}), &carer).await;
    let then = pulls(&carer, diary.id(), &format!("last_pulled_at={}", first["timestamp"])).await;
    assert_eq!(then["experimentalStrategy"], "replacement");
    assert_eq!(ids(&then["changes"]["episodes"]["updated"]), ["a"]);
    patient.checks_in("2026-03-01").await;
    let pulled = pulls(&carer, diary.id(), &format!("last_pulled_at={}", patient.settings().await.revision())).await;
    assert_eq!(pulled.get("experimentalStrategy"), None);
}

#[actix_web::test]
async fn a_long_answer_comes_whole() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for batch in 0..3 {
        let cramps: Vec<_> = (0..400)
            .map(|number| {
                let row = json!({"started_at": "2026-03-01T02:00:00Z", "note": "so ".repeat(60)});
                json!({"table": "episodes", "id": format!("e{batch}-{number}"), "op": "put", "row": row})
            })
            .collect();
        patient.post(patient.diary().changes(), json!({"changes": cramps})).await.is(200);
    }
    let pulled = patient.get(patient.diary().watermelon()).await.is(200);
    assert!(pulled.text().len() > 256 * 1024);
    assert_eq!(pulled.json()["changes"]["episodes"]["updated"].as_array().unwrap().len(), 1200);
}
