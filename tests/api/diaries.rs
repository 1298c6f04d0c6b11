use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

#[actix_web::test]
async fn a_patient_sees_their_own_diary_in_the_list_and_no_other() {
    let app = TestApp::start().await;
    let (patient, _other) = (app.patient().await, app.patient().await);
    let diary = patient.settings().await;
    let mut listed = diary.clone();
    for name in ["owner_name", "last_reviewed_revision", "last_reviewed_at"] {
        listed.0[name] = Value::Null;
    }
    patient.get("/v1/diaries").await.lists([&listed]);
    assert_eq!(patient.get("/v1/diaries/me").await.is(200).row(), diary);
    let same = patient.patch(patient.diary().path(), listed.0).await.is(200).row();
    assert_eq!(same, diary, "sent back as it came in the list");
    patient.get("/v1/diaries?limit=0&x=1").await.has_faults([("/limit", "out_of_range"), ("/x", "unknown_field")]);
}

#[actix_web::test]
async fn settings_are_patched_one_by_one() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let path = patient.diary().path();
    let mut expected = patient.settings().await;
    for patch in [
        json!({"display_name": "Kim's cramps"}),
        json!({"time_zone": "America/New_York"}),
        json!({"night_start": "23:15", "night_end": "07:45"}),
        json!({"evening_start": "17:00"}),
        json!({"display_name": null}),
    ] {
        let answer = patient.patch(path, patch.clone()).await.is(200);
        for (name, value) in patch.as_object().unwrap() {
            expected.0[name] = value.clone();
        }
        expected.0["revision"] = json!(expected.revision() + 1);
        expected.0["updated_at"] = answer.row()["updated_at"].clone();
        assert_eq!(answer.row(), expected);
        assert_eq!(answer.etag(), expected.etag());
        assert_eq!(patient.settings().await, expected);
    }
    assert_eq!(patient.patch(path, json!({})).await.is(200).row(), expected);
    assert_eq!(patient.patch(path, json!({"evening_start": "17:00"})).await.is(200).row(), expected);
}

#[actix_web::test]
async fn a_day_that_cannot_be_divided_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().path();
    for (patch, pointer) in [
        (json!({"night_start": "06:00"}), "/night_start"),
        (json!({"night_end": "22:00"}), "/night_end"),
        (json!({"night_start": "12:00", "night_end": "12:00"}), "/night_end"),
        (json!({"evening_start": "23:00"}), "/evening_start"),
        (json!({"evening_start": "22:00"}), "/evening_start"),
        (json!({"evening_start": "05:59"}), "/evening_start"),
        // A fault is told of what was sent, though it lies between fields.
        (json!({"night_start": "17:00"}), "/night_start"),
        (json!({"night_end": "19:00"}), "/night_end"),
        (json!({"night_start": "17:00", "evening_start": "18:00"}), "/evening_start"),
    ] {
        patient.patch(path, patch).await.has_faults([(pointer, "contradiction")]);
    }
    patient.patch(path, json!({"evening_start": "06:00"})).await.is(200);
    patient.patch(path, json!({"night_start": "00:00", "night_end": "23:59", "evening_start": "23:59"})).await.is(200);
}

#[actix_web::test]
async fn all_faults_of_the_settings_come_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let before = patient.settings().await;
    let wrong = json!({
        "id": "x", "role": "viewer", "revision": 9, "created_at": null, "updated_at": "now", "display_name": "",
        "time_zone": "Berlin", "night_start": "24:00", "night_end": 6, "evening_start": null, "colour": "red",
    });
    patient.patch(patient.diary().path(), wrong).await.has_faults([
        ("/display_name", "too_short"),
        ("/time_zone", "not_one_of"),
        ("/night_start", "malformed"),
        ("/night_end", "wrong_type"),
        ("/evening_start", "required"),
        ("/colour", "unknown_field"),
    ]);
    patient.patch(patient.diary().path(), json!(7)).await.has_faults([("", "wrong_type")]);
    let empty_night = json!({"night_start": "22:00", "night_end": "22:00", "evening_start": "x", "time_zone": 5});
    let faults = [("/time_zone", "wrong_type"), ("/evening_start", "malformed"), ("/night_end", "contradiction")];
    patient.patch(patient.diary().path(), empty_night).await.has_faults(faults);
    assert_eq!(patient.settings().await, before);
    let same = patient.patch(patient.diary().path(), before.0.clone()).await.is(200).row();
    assert_eq!(same, before, "sent back as it came");
}

#[actix_web::test]
async fn the_revision_rises_by_one_with_every_change_and_only_then() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let mut revision = patient.settings().await.revision();
    let mut step = async |by: i64, what: &str| {
        let now = patient.settings().await.revision();
        assert_eq!(now - revision, by, "{what}");
        revision = now;
    };
    let cramp = patient.logs(a_cramp().id("one")).await;
    step(1, "a cramp").await;
    patient.post(diary.episodes(), a_cramp().id("one")).await.is(200);
    step(0, "a retry").await;
    patient.post(diary.episodes(), a_cramp().id("one").intensity(1)).await.is(409);
    patient.post(diary.episodes(), a_cramp().intensity(11)).await.is(422);
    step(0, "refusals").await;
    patient.is_sore(&cramp, "2026-03-02", 3).await;
    step(1, "soreness, with its cramp").await;
    patient.checks_in("2026-03-02").await;
    step(1, "a check-in").await;
    let treatment = json!({"id": "t", "kind": "other", "name": "x", "started_on": "2026-03-01"});
    patient.post(diary.treatments(), treatment).await.is(201);
    step(1, "a treatment").await;
    patient.get(diary.night_share()).await.is(200);
    patient.get(diary.episodes()).await.is(200);
    step(0, "reading").await;
    patient.patch("/v1/me", json!({"display_name": "Kim"})).await.is(200);
    step(0, "the account").await;
    patient.patch(diary.path(), json!({"night_end": "07:00"})).await.is(200);
    step(1, "the settings").await;
    patient.delete(diary.episode("one")).await.is(204);
    step(1, "a cramp with its soreness, deleted").await;
}

#[actix_web::test]
async fn revisions_of_writes_at_once_have_no_gaps_and_no_twins() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let before = patient.settings().await.revision();
    let writes = (0..40).map(|n| patient.logs(a_cramp().intensity(n % 11)));
    let rows = futures_util::future::join_all(writes).await;
    let mut revisions: Vec<_> = rows.iter().map(Row::revision).collect();
    revisions.sort_unstable();
    assert_eq!(revisions, (before + 1..=before + 40).collect::<Vec<_>>());
}

#[actix_web::test]
async fn preconditions_hold_for_settings_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().path();
    let old = patient.get(path).await.is(200).etag();
    patient.get(path).if_none_match(&old).await.is(304);
    let new = patient.patch(path, json!({"display_name": "x"})).if_match(&old).await.is(200).etag();
    patient.patch(path, json!({"display_name": "y"})).if_match(&old).await.is_problem(412, "precondition_failed");
    patient.patch(path, json!({"display_name": "y"})).if_match("*").await.is(200);
    patient.get(path).if_none_match(&new).await.is(200);
    // The tag is of the whole diary.
    let tag = patient.get(path).await.etag();
    patient.logs(a_cramp()).await;
    let stale = patient.patch(path, json!({"display_name": Value::Null})).if_match(tag).await;
    let now = patient.get(path).await.etag();
    assert_eq!(stale.is_problem(412, "precondition_failed").etag(), now);
}

#[actix_web::test]
async fn whoever_may_write_a_diary_gets_tags_that_if_match_takes() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let diary = patient.diary();
    let cramp = patient.logs(a_cramp()).await;
    let treatment = patient.begins("stretching", "2026-03-01").await;
    for (writer, one, other) in [(&patient, 1, 2), (&carer, 3, 4)] {
        for (path, said) in [
            (diary.path().to_owned(), (|n| json!({"display_name": n.to_string()})) as fn(i32) -> Value),
            (diary.episode(cramp.id()), |n| json!({"intensity": n})),
            (diary.treatment(treatment.id()), |n| json!({"name": n.to_string()})),
        ] {
            let (one, other) = (said(one), said(other));
            let old = writer.get(&path).await.is(200).etag();
            let new = writer.patch(&path, one.clone()).if_match(&old).await.is(200).etag();
            assert_eq!(writer.get(&path).await.is(200).etag(), new, "{path}");
            writer.get(&path).if_none_match(&new).await.is(304);
            writer.patch(&path, other.clone()).if_match(&old).await.is_problem(412, "precondition_failed");
            let listed = writer.patch(&path, other).if_match(&new).await.is(200).row();
            // As it can be built from a row of a list.
            let after = writer.patch(&path, one).if_match(listed.etag()).await.is(200).etag();
            writer.patch(&path, json!({})).if_match(format!("W/{after}")).await.is_problem(412, "precondition_failed");
        }
    }
    // Another's tag says nothing about what one sees oneself.
    let carers = carer.get(diary.path()).await.etag();
    patient.patch(diary.path(), json!({})).if_match(carers).await.is_problem(412, "precondition_failed");
}

#[actix_web::test]
async fn how_the_day_divides_is_changed_so_often_in_a_minute_and_no_more() {
    let app = TestApp::start_with(&[("DIVISIONS_PER_MINUTE", "6")]).await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let path = patient.diary().path();
    let night = |hour: usize| json!({"night_start": format!("{}:00", 21 + hour % 2)});
    for hour in 0..6 {
        patient.patch(path, night(hour)).await.is(200);
    }
    let tag = patient.get(path).await.etag();
    let over = patient.patch(path, night(6)).await.is_problem(429, "too_many_requests");
    assert_eq!(over.header("ratelimit-policy"), Some("\"divisions\";q=6;w=60"));
    // Nothing was changed, and what counts nothing anew still can be.
    assert_eq!(patient.get(path).await.etag(), tag);
    patient.patch(path, json!({"night_start": "22:00", "display_name": "Kim"})).await.is(200);
    other.patch(other.diary().path(), night(0)).await.is(200);
    app.advance(Duration::from_secs(10));
    patient.patch(path, night(6)).await.is(200);
}
