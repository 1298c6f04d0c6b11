use serde_json::{Value, json};

use super::support::*;

#[actix_web::test]
async fn each_version_of_a_cramp_is_kept_with_who_wrote_it_and_through_what() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient_in("Europe/Berlin").await, app.patient().await);
    let diary = patient.diary();
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let first = patient.logs(a_cramp().id("a").at("2026-03-29T01:10:00Z").intensity(5)).await;
    app.advance(std::time::Duration::from_mins(1));
    let second = carer.patch(diary.episode("a"), json!({"intensity": 8, "note": "I saw it"})).await.is(200).row();
    // What is worked out of it is no version.
    patient.is_sore(&first, "2026-03-30", 3).await;
    let pushed = json!({"changes": [{"table": "episodes", "id": "a", "op": "patch", "row": {"note": null}}]});
    patient.post(diary.changes(), pushed).await.is(200);
    patient.patch(diary.episode("a"), json!({"intensity": 8})).await.is(200);

    let versions = patient.get(diary.history("a")).await.is(200).items();
    let told: Vec<_> = versions
        .iter()
        .map(|version| {
            json!([
                version["written_by"]["role"],
                version["written_through"],
                version["row"]["intensity"],
                version["row"]["note"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["owner", "pushChanges", 8, null]),
            json!(["contributor", "patchEpisode", 8, "I saw it"]),
            json!(["owner", "createEpisode", 5, null]),
        ]
    );
    assert_eq!(
        (&versions[1]["written_by"]["user_id"], versions[1].revision()),
        (&json!(carer.user_id()), second.revision())
    );
    assert_eq!((&versions[2]["written_at"], versions[2].revision()), (&first["created_at"], first.revision()));
    assert_eq!(versions[2]["row"]["started_at"], "2026-03-29T03:10:00+02:00");
    assert_eq!(carer.get(diary.history("a")).await.is(200).items(), versions);
    let page = patient.get(diary.history("a") + "?limit=1").await.is(200);
    assert_eq!(page.items(), versions[..1]);
    assert_eq!(patient.get(page.next_link().unwrap()).await.items(), versions[1..2]);
}

#[actix_web::test]
async fn what_was_deleted_is_told_to_its_owner_alone_and_lives_on_when_it_comes_back() {
    let app = TestApp::start().await;
    let (patient, carer, clinician) = (app.patient().await, app.patient().await, app.clinician().await);
    let diary = patient.diary();
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    patient.shares_on(json!({"role": "viewer", "include_notes": true}), &clinician).await;
    patient.logs(a_cramp().id("a").note("mine")).await;
    carer.delete(diary.episode("a")).await.is(204);

    let versions = patient.get(diary.history("a")).await.is(200).items();
    assert_eq!(versions.len(), 2);
    assert_eq!((&versions[0]["deleted"], &versions[0]["row"]), (&json!(true), &Value::Null));
    assert_eq!(versions[0]["written_by"]["user_id"], carer.user_id());
    assert_eq!((&versions[1]["row"]["note"], &versions[1]["deleted"]), (&json!("mine"), &json!(false)));
    carer.get(diary.history("a")).await.is_problem(410, "gone");
    clinician.get(diary.history("a")).await.is_problem(403, "forbidden");
    patient.get(diary.history("never")).await.is_problem(404, "not_found");
    patient.put(diary.episode("a"), json!({"started_at": "2026-03-01T02:00:00Z"})).await.is(201);
    let versions = patient.get(diary.history("a")).await.items();
    let deleted: Vec<_> = versions.iter().map(|version| version["deleted"] == true).collect();
    assert_eq!(deleted, [false, true, false]);
}

#[actix_web::test]
async fn fifty_versions_of_a_row_are_kept_and_none_for_longer_than_the_settings_say() {
    let app = TestApp::start_with(&[("TOMBSTONE_DAYS", "30")]).await;
    let patient = app.patient().await;
    patient.logs(a_cramp().id("a")).await;
    for minutes in 0..60 {
        patient.patch(patient.diary().episode("a"), json!({"duration_seconds": minutes * 60})).await.is(200);
    }
    let path = patient.diary().history("a") + "?limit=200";
    let versions = patient.get(&path).await.items();
    assert_eq!(versions.len(), 51, "what it says now, and fifty before");
    // The latest; and of those that no view showed longer than they do, the last.
    let minutes: Vec<_> =
        versions.iter().map(|version| version["row"]["duration_seconds"].as_i64().unwrap() / 60).collect();
    assert_eq!(minutes, (9..60).rev().collect::<Vec<_>>());
    app.advance(std::time::Duration::from_hours(31 * 24));
    app.clears_away().await;
    assert_eq!(patient.signs_in().await.get(&path).await.items().len(), 1);
}
