use serde_json::{Value, json};

use super::support::*;

#[actix_web::test]
async fn an_entry_is_created_replaced_and_listed_by_date() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let cramp = patient.logs(a_cramp().at("2026-03-28T23:30:00Z")).await;
    assert_eq!(cramp["local_date"], "2026-03-29");
    let path = patient.diary().soreness_on(cramp.id(), "2026-03-31");
    let created =
        patient.put(&path, json!({"level": 4, "tender_to_touch": true, "limits_walking": false})).await.is(201);
    let entry = created.row();
    assert_eq!((&entry["episode_id"], &entry["date"]), (&json!(cramp.id()), &json!("2026-03-31")));
    assert_eq!((&entry["day"], &entry["level"]), (&json!(2), &json!(4)));
    assert_eq!((&entry["tender_to_touch"], &entry["limits_walking"]), (&json!(true), &json!(false)));
    assert_eq!(created.etag(), entry.etag());

    let replaced = patient.put(&path, json!({"level": 2})).await.is(200).row();
    assert_eq!((&replaced["level"], &replaced["tender_to_touch"]), (&json!(2), &Value::Null));
    assert_eq!(patient.put(&path, json!({"level": 2})).await.is(200).row(), replaced, "the same again changes nothing");
    let first = patient.is_sore(&cramp, "2026-03-29", 7).await;
    patient.get(patient.diary().soreness(cramp.id())).await.lists([&first, &replaced]);
}

#[actix_web::test]
async fn the_cramp_sums_its_soreness_up() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    let summary = async || patient.get(patient.diary().episode(cramp.id())).await.is(200).row()["soreness"].clone();
    let is = |days: i32, peak: i32, last: i32, resolved: Option<i32>| json!({"days_logged": days, "peak": peak, "last_level": last, "resolved_day": resolved});
    patient.is_sore(&cramp, "2026-03-02", 5).await;
    assert_eq!(summary().await, is(1, 5, 5, None));
    patient.is_sore(&cramp, "2026-03-04", 0).await;
    assert_eq!(summary().await, is(2, 5, 0, Some(3)));
    patient.is_sore(&cramp, "2026-03-03", 6).await;
    assert_eq!(summary().await, is(3, 6, 0, Some(3)));
    patient.is_sore(&cramp, "2026-03-05", 1).await;
    assert_eq!(summary().await, is(4, 6, 1, None), "soreness came back");
    patient.is_sore(&cramp, "2026-03-07", 0).await;
    assert_eq!(summary().await, is(5, 6, 0, Some(6)));
    patient.delete(patient.diary().soreness_on(cramp.id(), "2026-03-03")).await.is(204);
    assert_eq!(summary().await, is(4, 5, 0, Some(6)));
}

#[actix_web::test]
async fn an_entry_changes_its_cramp_and_no_other() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (cramp, other) = (patient.logs(a_cramp()).await, patient.logs(a_cramp()).await);
    app.advance(std::time::Duration::from_secs(5));
    let entry = patient.is_sore(&cramp, "2026-03-02", 5).await;
    let after = patient.get(patient.diary().episode(cramp.id())).if_none_match(cramp.etag()).await.is(200).row();
    assert_eq!((after.revision(), &after["updated_at"]), (entry.revision(), &entry["updated_at"]));
    assert_ne!(after["updated_at"], cramp["updated_at"]);
    patient.get(patient.diary().episode(other.id())).if_none_match(other.etag()).await.is(304);
}

#[actix_web::test]
async fn a_date_lies_from_the_onset_to_thirty_days_after_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    let on = |date: &str| patient.put(patient.diary().soreness_on(cramp.id(), date), json!({"level": 1}));
    on("2026-03-01").await.is(201);
    assert_eq!(on("2026-03-31").await.is(201).row()["day"], 30);
    on("2026-02-28").await.has_faults([("/date", "out_of_range")]);
    on("2026-04-01").await.has_faults([("/date", "out_of_range")]);
}

#[actix_web::test]
async fn nobody_knows_today_how_sore_the_leg_will_be() {
    let app = TestApp::start().await;
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Niue"] {
        let patient = app.patient_in(zone).await;
        let cramp = patient.logs(json!({"started_at": app.now().to_rfc3339()})).await;
        let today: chrono::NaiveDate = cramp["local_date"].as_str().unwrap().parse().unwrap();
        let on = |days: u64, level: i32| {
            let date = (today + chrono::Days::new(days)).to_string();
            patient.put(patient.diary().soreness_on(cramp.id(), &date), json!({"level": level}))
        };
        on(0, 3).await.is(201);
        // For whoever has travelled ahead of their diary.
        on(1, 2).await.is(201);
        for days in [2, 15, 30] {
            on(days, 0).await.has_faults([("/date", "in_the_future")]);
        }
        on(2, 11).await.has_faults([("/date", "in_the_future"), ("/level", "out_of_range")]);
        let after = patient.get(patient.diary().episode(cramp.id())).await.row();
        assert_eq!(after["soreness"]["resolved_day"], serde_json::Value::Null, "{zone}");
        app.advance(std::time::Duration::from_hours(24));
        let again = patient.signs_in().await;
        let date = (today + chrono::Days::new(2)).to_string();
        again.put(patient.diary().soreness_on(cramp.id(), &date), json!({"level": 0})).await.is(201);
    }
}

#[actix_web::test]
async fn all_faults_of_an_entry_come_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let path = patient.diary().soreness_on(cramp.id(), "2026-03-02");
    let wrong = json!({"level": 11, "tender_to_touch": "a bit", "limits_walking": 1, "day": 1, "note": "ow"});
    patient.put(&path, wrong).await.has_faults([
        ("/level", "out_of_range"),
        ("/tender_to_touch", "wrong_type"),
        ("/limits_walking", "wrong_type"),
        ("/note", "unknown_field"),
    ]);
    patient.put(&path, json!({})).await.has_faults([("/level", "required")]);
}

#[actix_web::test]
async fn an_entry_that_is_deleted_can_be_deleted_again_and_written_anew() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let path = patient.diary().soreness_on(cramp.id(), "2026-03-02");
    patient.delete(&path).await.is(204);
    patient.put(&path, json!({"level": 3})).await.is(201);
    patient.delete(&path).await.is(204);
    let revision = patient.settings().await.revision();
    patient.delete(&path).await.is(204);
    assert_eq!(patient.settings().await.revision(), revision);
    patient.get(patient.diary().soreness(cramp.id())).await.lists([]);
    patient.put(&path, json!({"level": 3})).await.is(201);
}

#[actix_web::test]
async fn preconditions_hold_for_entries_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let path = patient.diary().soreness_on(cramp.id(), "2026-03-02");
    let old = patient.put(&path, json!({"level": 3})).if_none_match("*").await.is(201).etag();
    patient.put(&path, json!({"level": 4})).if_none_match("*").await.is_problem(412, "precondition_failed");
    patient.put(&path, json!({"level": 4})).if_none_match(&old).await.is_problem(412, "precondition_failed");
    let new = patient.put(&path, json!({"level": 4})).if_match(&old).await.is(200).etag();
    patient.put(&path, json!({"level": 5})).if_match(&old).await.is_problem(412, "precondition_failed");
    patient.delete(&path).if_match(&old).await.is_problem(412, "precondition_failed");
    patient.delete(&path).if_match(&new).await.is(204);

    let list = patient.diary().soreness(cramp.id());
    let tag = patient.get(&list).await.is(200).etag();
    patient.get(&list).if_none_match(&tag).await.is(304);
    patient.put(&path, json!({"level": 4})).await.is(201);
    patient.get(&list).if_none_match(&tag).await.is(200);
}

#[actix_web::test]
async fn a_cramp_that_is_not_there_has_no_soreness() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    patient.delete(patient.diary().episode(cramp.id())).await.is(204);
    for (id, status, code) in [(cramp.id(), 410, "gone"), ("absent", 404, "not_found")] {
        let path = patient.diary().soreness_on(id, "2026-03-02");
        patient.put(&path, json!({"level": 3})).await.is_problem(status, code);
        patient.delete(&path).await.is_problem(status, code);
        patient.get(patient.diary().soreness(id)).await.is_problem(status, code);
        let tag = patient.get(patient.diary().episodes()).await.etag();
        patient.get(patient.diary().soreness(id)).if_none_match(tag).await.is_problem(status, code);
    }
}

#[actix_web::test]
async fn entries_come_in_pages() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    for day in 1..=7 {
        patient.is_sore(&cramp, &format!("2026-03-{day:02}"), 8 - day).await;
    }
    let mut next = Some(format!("{}?limit=3", patient.diary().soreness(cramp.id())));
    let mut levels = Vec::new();
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        levels.extend(page.items().iter().map(|entry| entry["level"].as_i64().unwrap()));
        next = page.next_link();
    }
    assert_eq!(levels, [7, 6, 5, 4, 3, 2, 1]);
}
