use serde_json::{Value, json};

use super::support::*;

fn stretches() -> Value {
    json!({
        "id": "stretches", "kind": "stretching", "name": "Calf stretches before bed", "started_on": "2026-04-01",
        "ended_on": "2026-05-15", "note": "Three times half a minute.",
    })
}

#[actix_web::test]
async fn every_field_of_a_treatment_comes_back() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let answer = patient.post(patient.diary().treatments(), stretches()).await.is(201);
    let treatment = answer.row();
    for (name, value) in stretches().as_object().unwrap() {
        assert_eq!(treatment[name.as_str()], *value, "{name}");
    }
    assert_eq!(answer.header("location"), Some(patient.diary().treatment("stretches").as_str()));
    assert_eq!(answer.etag(), treatment.etag());
    assert_eq!(patient.get(patient.diary().treatment("stretches")).await.is(200).row(), treatment);

    let short = json!({"kind": "other", "name": "x", "started_on": "2026-03-01"});
    let short = patient.post(patient.diary().treatments(), short).await.is(201).row();
    assert_eq!((&short["ended_on"], &short["note"]), (&Value::Null, &Value::Null));
    patient.get(patient.diary().treatments()).await.lists([&treatment, &short]);
}

#[actix_web::test]
async fn a_repeated_post_is_recognised_and_a_deleted_treatment_stays_deleted() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (list, one) = (patient.diary().treatments(), patient.diary().treatment("stretches"));
    let treatment = patient.post(&list, stretches()).await.is(201).row();
    assert_eq!(patient.post(&list, stretches()).await.is(200).row(), treatment);
    let mut other = stretches();
    other["note"] = Value::Null;
    patient.post(&list, other).await.is_problem(409, "id_conflict");

    patient.delete(&one).await.is(204);
    patient.delete(&one).await.is(204);
    patient.get(&one).await.is_problem(410, "gone");
    patient.patch(&one, json!({"name": "y"})).await.is_problem(410, "gone");
    patient.post(&list, stretches()).await.is_problem(410, "gone");
    patient.delete(patient.diary().treatment("absent")).await.is_problem(404, "not_found");
    patient.get(patient.diary().treatment("absent")).await.is_problem(404, "not_found");
    let back = patient.put(&one, stretches()).await.is(201).row();
    patient.get(&list).await.lists([&back]);
}

#[actix_web::test]
async fn a_treatment_is_replaced_or_patched() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().treatment("stretches");
    patient.put(&path, stretches()).if_none_match("*").await.is(201);
    let open = patient.patch(&path, json!({"ended_on": null, "note": null})).await.is(200).row();
    assert_eq!((&open["ended_on"], &open["name"]), (&Value::Null, &stretches()["name"]));
    let ended = patient.patch(&path, json!({"ended_on": "2026-06-01"})).if_match(open.etag()).await.is(200).row();
    assert_eq!(ended["ended_on"], "2026-06-01");
    patient.patch(&path, json!({"name": "x"})).if_match(open.etag()).await.is_problem(412, "precondition_failed");
    patient.put(&path, stretches()).if_match(open.etag()).await.is_problem(412, "precondition_failed");
    patient.put(&path, stretches()).if_none_match("*").await.is_problem(412, "precondition_failed");
    patient.delete(&path).if_match(open.etag()).await.is_problem(412, "precondition_failed");
    let short = json!({"kind": "medication", "name": "Magnesium", "started_on": "2026-04-02"});
    let replaced = patient.put(&path, short).if_match(ended.etag()).await.is(200).row();
    assert_eq!((&replaced["ended_on"], &replaced["kind"]), (&Value::Null, &json!("medication")));
    patient.get(&path).if_none_match(replaced.etag()).await.is(304);
    patient.get(&path).if_none_match(ended.etag()).await.is(200);
    assert_eq!(patient.patch(&path, json!({})).await.is(200).row(), replaced);
}

#[actix_web::test]
async fn a_treatment_can_be_planned() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("vein", &app.today_plus(40)).await;
    let until = json!({"ended_on": app.today_plus(90)});
    patient.patch(patient.diary().treatment("vein"), until).await.is(200);
}

#[actix_web::test]
async fn all_faults_of_a_treatment_come_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let list = patient.diary().treatments();
    let wrong = json!({
        "id": "", "kind": "magic", "name": "", "started_on": "1.4.2026", "ended_on": 5, "note": "x".repeat(2001),
        "revision": 1, "dose": "x".repeat(101), "side": "front", "brand": "none",
    });
    patient.post(&list, wrong).await.has_faults([
        ("/id", "malformed"),
        ("/kind", "not_one_of"),
        ("/name", "too_short"),
        ("/started_on", "malformed"),
        ("/ended_on", "wrong_type"),
        ("/note", "too_long"),
        ("/dose", "too_long"),
        ("/side", "not_one_of"),
        ("/brand", "unknown_field"),
    ]);
    patient.post(&list, json!({})).await.has_faults([
        ("/kind", "required"),
        ("/name", "required"),
        ("/started_on", "required"),
    ]);
    let mut turned = stretches();
    turned["ended_on"] = json!("2026-03-31");
    patient.post(&list, turned).await.has_faults([("/ended_on", "contradiction")]);

    patient.post(&list, stretches()).await.is(201);
    let one = patient.diary().treatment("stretches");
    patient.patch(&one, json!({"started_on": "2026-05-16"})).await.has_faults([("/started_on", "contradiction")]);
    let wrong = json!({"id": "other", "name": null, "kind": "magic"});
    let faults = [("/id", "read_only"), ("/name", "required"), ("/kind", "not_one_of")];
    patient.patch(&one, wrong).await.has_faults(faults);
    let mut other_id = stretches();
    other_id["id"] = json!("other");
    patient.put(&one, other_id).await.has_faults([("/id", "contradiction")]);
}

#[actix_web::test]
async fn treatments_come_in_pages_the_latest_start_first() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (id, start) in
        [("c", "2026-03-02"), ("a", "2026-03-01"), ("e", "2026-03-02"), ("b", "2026-03-02"), ("d", "2026-03-03")]
    {
        let treatment = json!({"id": id, "kind": "other", "name": id, "started_on": start});
        patient.post(patient.diary().treatments(), treatment).await.is(201);
    }
    let mut found = Vec::new();
    let mut next = Some(format!("{}?limit=2", patient.diary().treatments()));
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        found.extend(page.items().iter().map(|row| row.id().to_owned()));
        next = page.next_link();
    }
    assert_eq!(found, ["d", "e", "c", "b", "a"]);
    let tag = patient.get(patient.diary().treatments()).await.etag();
    patient.get(patient.diary().treatments()).if_none_match(&tag).await.is(304);
}

#[actix_web::test]
async fn a_dose_is_in_the_words_of_the_person_and_for_one_leg_or_both() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (list, one) = (patient.diary().treatments(), patient.diary().treatment("stretches"));
    let plain = patient.post(&list, stretches()).await.is(201).row();
    assert_eq!((&plain["dose"], &plain["side"]), (&Value::Null, &Value::Null));
    let longest = "½ 🧦".repeat(25);
    for side in ["left", "right", "both"] {
        let said = patient.patch(&one, json!({"dose": longest, "side": side})).await.is(200).row();
        assert_eq!((&said["dose"], &said["side"]), (&json!(longest), &json!(side)));
        assert_eq!(patient.get(&one).await.is(200).row(), said);
    }
    patient.patch(&one, json!({"dose": ""})).await.has_faults([("/dose", "too_short")]);
    patient.post(&list, stretches()).await.is_problem(409, "id_conflict");
    assert_eq!(patient.put(&one, stretches()).await.is(200).row()["dose"], Value::Null);
}
