//! Far more than anybody needs, and no further.

use serde_json::json;

use super::support::*;

/// So many rows fit into a diary.
const ROWS: i64 = 500_000;

/// As though the diary had all but so many of its rows.
fn has_room_for(app: &TestApp, patient: &Caller, rows: i64) {
    app.sql(&format!("UPDATE diaries SET size = {} WHERE id = '{}'", ROWS - rows, patient.diary().id()));
}

#[actix_web::test]
async fn a_full_diary_takes_nothing_new_and_keeps_what_it_has() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    has_room_for(&app, &patient, 2);
    let one = patient.logs(a_cramp().id("one")).await;
    let other = patient.logs(a_cramp().id("other")).await;

    let full = patient.post(diary.episodes(), a_cramp().id("third")).await.has_faults([("", "too_many")]);
    assert!(full.text().contains("500000 rows in this diary"), "{full}");
    let on = app.today_plus(0);
    patient.put(diary.soreness_on("one", "2026-03-02"), json!({"level": 1})).await.has_faults([("", "too_many")]);
    patient.put(diary.check_in(&on), json!({"cramp_free": true})).await.has_faults([("", "too_many")]);
    let treatment = json!({"kind": "other", "name": "a", "started_on": on});
    patient.post(diary.treatments(), treatment).await.has_faults([("", "too_many")]);
    patient.get(diary.episodes()).await.is(200).lists([&other, &one]);

    // Neither do devices and documents bring any more in.
    let row = json!({"started_at": "2026-03-01T02:30:00Z"});
    let pushed = json!({"changes": [{"table": "episodes", "id": "third", "op": "put", "row": row}]});
    let mut imported = json!({"format": "cramp-diary-export@1", "episodes": [row]});
    imported["episodes"][0]["id"] = json!("third");
    for (path, body) in [(diary.changes(), pushed), (diary.import(), imported)] {
        let told = patient.post(&path, body).await.is(200).json();
        let result = &told["results"][0];
        assert_eq!(
            (&result["outcome"], &result["problem"]["errors"][0]["code"]),
            (&json!("rejected"), &json!("too_many")),
            "{path}: {told}"
        );
    }
    let table = json!({"csv": "Start\n2026-03-01 02:30\n", "columns": {"started_at": "Start"}});
    let told = patient.post(diary.import_csv(), table).await.is(200).json();
    assert_eq!(told["counts"]["rejected"], 1, "{told}");
    assert!(told.to_string().contains("too_many"), "{told}");
    patient.get(diary.episodes()).await.is(200).lists([&other, &one]);

    // What is there can be corrected, sent again, taken away and brought back.
    patient.patch(diary.episode("one"), json!({"intensity": 3})).await.is(200);
    patient.post(diary.episodes(), a_cramp().id("other")).await.is(200);
    patient.delete(diary.episode("one")).await.is(204);
    patient.post(diary.episodes(), a_cramp().id("third")).await.has_faults([("", "too_many")]);
    patient.put(diary.episode("one"), a_cramp().intensity(4)).await.is(201);
    // It is the diary's, and nobody else's.
    app.patient().await.logs(a_cramp()).await;
}

#[actix_web::test]
async fn the_count_of_a_diary_is_that_of_its_rows_and_of_the_deleted_ones() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut life = Life::of(&patient, 3);
    for _ in 0..250 {
        life.step().await;
    }
    patient.begins("magnesium", "2026-02-01").await;
    for day in ["2026-02-03", "2026-02-04"] {
        patient.put(patient.diary().check_in(day), json!({"cramp_free": true})).await.is(201);
    }
    patient.delete(patient.diary().check_in("2026-02-03")).await.is(204);
    patient.put(patient.diary().check_in("2026-02-03"), json!({"cramp_free": true})).await.is(201);

    let id = patient.diary().id();
    let rows = ["episodes", "soreness", "check_ins", "treatments", "tombstones"]
        .map(|table| app.sql(&format!("SELECT count(*) FROM {table} WHERE diary_id = '{id}'")).parse::<i64>().unwrap());
    assert!(rows.iter().all(|count| *count > 0), "there is nothing to count: {rows:?}");
    let counted = app.sql(&format!("SELECT size FROM diaries WHERE id = '{id}'"));
    assert_eq!(counted, rows.iter().sum::<i64>().to_string(), "{rows:?}");
}

#[actix_web::test]
async fn only_so_many_codes_and_links_are_open_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut last = None;
    for _ in 0..100 {
        last = Some(patient.invites(json!({"role": "viewer"})).await);
        patient.post(patient.diary().report_links(), json!({})).await.is(201);
    }
    let terms = json!({"role": "viewer"});
    patient.post(patient.diary().invitations(), terms).await.has_faults([("", "too_many")]);
    patient.post(patient.diary().report_links(), json!({})).await.has_faults([("", "too_many")]);
    let last = last.unwrap();
    patient.delete(format!("{}/{}", patient.diary().invitations(), last.id())).await.is(204);
    patient.invites(json!({"role": "viewer"})).await;
}

#[actix_web::test]
async fn whoever_signs_in_too_often_loses_the_session_that_lay_unused_the_longest() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let second = patient.signs_in().await;
    patient.post("/v1/auth/refresh", json!({"refresh_token": patient.tokens().refresh})).await.is(200);
    for _ in 0..199 {
        patient.signs_in().await;
    }
    second.get("/v1/me").await.is_problem(401, "unauthenticated");
    assert_eq!(patient.lists_all("/v1/auth/sessions".to_owned()).await.len(), 200);
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn nobody_uses_up_anothers_reviews() {
    let app = TestApp::start().await;
    let (patient, one, other) = (app.patient().await, app.clinician().await, app.clinician().await);
    for clinician in [&one, &other] {
        patient.shares_with(clinician).await;
    }
    one.post(patient.diary().reviews(), json!({})).await.is(201);
    app.sql(
        "INSERT INTO reviews (diary_id, id, user_id, user_name, revision, reviewed_at)
         SELECT diary_id, 'r' || i, user_id, user_name, i + 1000, reviewed_at FROM reviews,
             (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i FROM n) AS many",
    );
    patient.logs(a_cramp()).await;
    one.post(patient.diary().reviews(), json!({})).await.has_faults([("", "too_many")]);
    other.post(patient.diary().reviews(), json!({})).await.is(201);
}

#[actix_web::test]
async fn whoever_holds_as_many_diaries_as_fit_is_not_told_that_a_code_is_for_their_own() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    app.has_diaries_shared_with(&clinician, 9_999);
    let invitation = app.patient().await.invites(json!({"role": "viewer"})).await;
    let full = clinician.redeems(&invitation).await.has_faults([("", "too_many")]);
    assert!(full.text().contains("10000 diaries"), "{full}");
    let browser = Browser::of(app.nobody()).signs_in(&[("email", clinician.email()), ("password", PASSWORD)]).await;
    let code = invitation["code"].as_str().unwrap();
    let page = browser.submits("/clinic/redeem", "/clinic/redeem", &[("code", code)]).await.is(422).text();
    assert!(!page.contains("your own diary"), "{page}");

    let browser = Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", PASSWORD)]).await;
    let own = patient.invites(json!({"role": "viewer"})).await;
    let page = browser
        .submits("/clinic/redeem", "/clinic/redeem", &[("code", own["code"].as_str().unwrap())])
        .await
        .is(422)
        .text();
    assert!(page.contains("your own diary"), "{page}");
}
