use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

async fn pulls(caller: &Caller, diary: &DiaryPath, table: &str, checkpoint: &Value, limit: usize) -> Answer {
    let (lwt, id) = (&checkpoint["lwt"], checkpoint["id"].as_str().unwrap_or_default());
    caller.get(format!("{}?lwt={lwt}&id={id}&limit={limit}", diary.rxdb(table, "pull"))).await
}

/// All documents of a table, in pages.
async fn pulls_all(
    caller: &Caller,
    diary: &DiaryPath,
    table: &str,
    mut from: Value,
    limit: usize,
) -> (Vec<Value>, Value) {
    let mut all = Vec::new();
    loop {
        let page = pulls(caller, diary, table, &from, limit).await.is(200).json();
        let documents = page["documents"].as_array().unwrap().clone();
        from = page["checkpoint"].clone();
        let is_last = documents.len() < limit;
        all.extend(documents);
        if is_last {
            return (all, from);
        }
    }
}

async fn pushes(caller: &Caller, table: &str, rows: Value) -> Value {
    caller.post(caller.diary().rxdb(table, "push"), rows).await.is(200).json()
}

fn start() -> Value {
    json!({"lwt": 0, "id": ""})
}

#[actix_web::test]
async fn documents_come_in_the_order_of_revision_and_id_and_an_empty_page_echoes_the_checkpoint() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    for id in ["c", "a", "b"] {
        patient.logs(a_cramp().id(id)).await;
    }
    patient.delete(diary.episode("a")).await.is(204);
    let (all, end) = pulls_all(&patient, diary, "episodes", start(), 2).await;
    assert_eq!(all.iter().map(|document| &document["id"]).collect::<Vec<_>>(), ["c", "b", "a"]);
    assert_eq!(all[2], json!({"id": "a", "_deleted": true}));
    let mut row = patient.get(diary.episode("c")).await.row().0;
    row["_deleted"] = json!(false);
    // RxDB means something of its own by it.
    row.as_object_mut().unwrap().remove("revision");
    assert_eq!(all[0], row);
    assert_eq!(end["lwt"], patient.settings().await["revision"]);
    let nothing = pulls(&patient, diary, "episodes", &end, 10).await.json();
    assert_eq!(nothing, json!({"documents": [], "checkpoint": end}));
    let empty = pulls(&patient, diary, "soreness", &start(), 10).await.json();
    assert_eq!(empty, json!({"documents": [], "checkpoint": start()}));
    let day = patient.checks_in("2026-03-01").await;
    let (days, _) = pulls_all(&patient, diary, "check_ins", start(), 10).await;
    assert_eq!((days.len(), &days[0]["id"], &days[0]["created_at"]), (1, &json!("2026-03-01"), &day["created_at"]));
    patient.get(diary.rxdb("cats", "pull")).await.is_problem(404, "not_found");
    pulls(&patient, diary, "episodes", &json!({"lwt": 999, "id": "a"}), 10).await.is_problem(410, "resync_required");
}

#[actix_web::test]
async fn only_what_a_client_owns_is_compared() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let cramp = patient.logs(a_cramp().id("a").intensity(5)).await.0;
    let changed = |document: &Value, intensity: i32| {
        let mut new = document.clone();
        new["intensity"] = json!(intensity);
        new
    };
    patient.is_sore(&Row(cramp.clone()), "2026-03-02", 4).await;
    let push = json!([{"newDocumentState": changed(&cramp, 6), "assumedMasterState": cramp}]);
    assert_eq!(pushes(&patient, "episodes", push.clone()).await, json!([]), "soreness is no conflict");
    let revision = patient.settings().await.revision();
    let retried = pushes(&patient, "episodes", push).await;
    assert_eq!(
        (&retried[0]["intensity"], &retried[0]["period"]),
        (&json!(6), &json!("night")),
        "a retry learns what is there"
    );
    let echo = json!([{"newDocumentState": retried[0], "assumedMasterState": retried[0]}]);
    assert_eq!(pushes(&patient, "episodes", echo).await, json!([]));
    assert_eq!(patient.settings().await.revision(), revision, "and an echo changes nothing");
    let stale = json!([{"newDocumentState": changed(&cramp, 9), "assumedMasterState": cramp}]);
    let conflicts = pushes(&patient, "episodes", stale).await;
    assert_eq!((&conflicts[0]["intensity"], &conflicts[0]["_deleted"]), (&json!(6), &json!(false)));
    let unaware = json!([{"newDocumentState": changed(&cramp, 2)}]);
    assert_eq!(pushes(&patient, "episodes", unaware).await[0]["intensity"], 6);
    // A document that can't be accepted: what the service has stands.
    let bad = json!([{"newDocumentState": changed(&cramp, 11), "assumedMasterState": changed(&cramp, 6)}, {"newDocumentState": {"id": "bad", "intensity": 3}}]);
    let conflicts = pushes(&patient, "episodes", bad).await;
    assert_eq!((&conflicts[0]["intensity"], &conflicts[1]), (&json!(6), &json!({"id": "bad", "_deleted": true})));
    patient.post(diary.rxdb("episodes", "push"), json!({})).await.is_problem(422, "validation_failed");
    for item in [json!({"newDocumentState": {}}), json!({"newDocumentState": {"id": "x"}, "assumedMasterState": 7})] {
        let refused = patient.post(diary.rxdb("episodes", "push"), json!([item])).await;
        refused.is_problem(422, "validation_failed").has_faults([("/0", "malformed")]);
    }
}

#[actix_web::test]
async fn deleted_documents_are_pushed_pulled_and_revived() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let day = json!({"id": "2026-03-01", "date": "2026-03-01", "cramp_free": true, "_deleted": false});
    let gone = json!({"id": "2026-03-01", "_deleted": true});
    assert_eq!(pushes(&patient, "check_ins", json!([{"newDocumentState": day}])).await, json!([]));
    assert_eq!(
        pushes(&patient, "check_ins", json!([{"newDocumentState": gone, "assumedMasterState": day}])).await,
        json!([])
    );
    patient.get(diary.check_ins()).await.lists([]);
    assert_eq!(
        pushes(&patient, "check_ins", json!([{"newDocumentState": gone, "assumedMasterState": day}])).await,
        json!([]),
        "a retry"
    );
    assert_eq!(
        pushes(&patient, "check_ins", json!([{"newDocumentState": day}])).await,
        json!([gone]),
        "it did not know"
    );
    assert_eq!(
        pushes(&patient, "check_ins", json!([{"newDocumentState": day, "assumedMasterState": gone}])).await,
        json!([])
    );
    assert_eq!(patient.get(diary.check_ins()).await.items().len(), 1);
}

#[actix_web::test]
async fn a_first_pull_goes_on_though_what_was_deleted_before_is_forgotten() {
    let app = TestApp::start_with(&[("TOMBSTONE_DAYS", "30")]).await;
    let patient = app.patient().await;
    for id in ["a", "b", "c", "d"] {
        patient.logs(a_cramp().id(id)).await;
    }
    let (_, away) = pulls_all(&patient, patient.diary(), "episodes", start(), 10).await;
    patient.delete(patient.diary().episode("b")).await.is(204);
    app.advance(std::time::Duration::from_hours(31 * 24));
    app.clears_away().await;
    let patient = patient.signs_in().await;
    pulls(&patient, patient.diary(), "episodes", &away, 10).await.is_problem(410, "resync_required");
    let (all, end) = pulls_all(&patient, patient.diary(), "episodes", start(), 1).await;
    assert_eq!(all.iter().map(|document| &document["id"]).collect::<Vec<_>>(), ["a", "c", "d"]);
    patient.logs(a_cramp().id("e")).await;
    let (news, end) = pulls_all(&patient, patient.diary(), "episodes", end, 1).await;
    assert_eq!(news.len(), 1);
    assert_eq!(end["lwt"], patient.settings().await["revision"]);
}

#[actix_web::test]
async fn a_table_in_which_nothing_happens_stays_in_step_while_deletions_from_others_are_forgotten() {
    let app = TestApp::start_with(&[("TOMBSTONE_DAYS", "30")]).await;
    let patient = app.patient().await;
    let diary = patient.diary();
    patient.begins("Magnesium", "2026-03-01").await;
    let (_, quiet) = pulls_all(&patient, diary, "treatments", start(), 10).await;
    patient.logs(a_cramp().id("a")).await;
    patient.delete(diary.episode("a")).await.is(204);
    app.advance(std::time::Duration::from_hours(31 * 24));
    app.clears_away().await;
    let patient = patient.signs_in().await;
    pulls(&patient, diary, "treatments", &quiet, 10).await.is(200);
}

#[actix_web::test]
async fn another_right_begins_anew_and_is_then_in_step() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    let diary = patient.diary();
    for id in ["a", "b", "c"] {
        patient.logs(a_cramp().id(id)).await;
    }
    let grant = patient.shares_on(json!({"role": "viewer", "visible_from": "2027-01-01"}), &carer).await;
    let (none, before) = pulls_all(&carer, diary, "settings", start(), 1).await;
    assert_eq!(none.len(), 1);
    patient.revokes(&grant).await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    pulls(&carer, diary, "settings", &before, 10).await.is_problem(410, "resync_required");
    for limit in [1, 2, 3, 10] {
        let (all, end) = pulls_all(&carer, diary, "episodes", start(), limit).await;
        assert_eq!(all.len(), 3);
        assert_eq!(pulls_all(&carer, diary, "episodes", end, limit).await.0, Vec::<Value>::new());
    }
    patient.logs(a_cramp().id("d")).await;
    let (_, end) = pulls_all(&carer, diary, "episodes", start(), 2).await;
    assert_eq!(end["lwt"], patient.settings().await["revision"]);
}

#[actix_web::test]
async fn soreness_waits_for_its_cramp_and_does_not_outlive_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let sore = json!([{"newDocumentState": {"id": "a.2026-03-02", "level": 3}}]);
    let refused = patient.post(diary.rxdb("soreness", "push"), sore.clone()).await.is_problem(503, "overloaded");
    assert_eq!(refused.json()["error"], "overloaded", "or the client would take it for an answer");
    // What needs nothing is done beside it, and nobody waits for ever.
    patient.logs(a_cramp().id("there")).await;
    let both = json!([{"newDocumentState": {"id": "there.2026-03-02", "level": 3}}, {"newDocumentState": {"id": "never.2026-03-02", "level": 3}}, {"newDocumentState": {"id": "x.2026-3-2", "level": 3}}]);
    patient.post(diary.rxdb("soreness", "push"), both.clone()).await.is_problem(503, "overloaded");
    assert_eq!(patient.get(diary.soreness("there")).await.items().len(), 1);
    app.advance(std::time::Duration::from_mins(1));
    let patient = patient.signs_in().await;
    let answered = pushes(&patient, "soreness", both).await;
    let ids: Vec<_> =
        answered.as_array().unwrap().iter().map(|document| (&document["id"], &document["_deleted"])).collect();
    assert_eq!(
        ids,
        [
            (&json!("there.2026-03-02"), &json!(false)),
            (&json!("x.2026-3-2"), &json!(true)),
            (&json!("never.2026-03-02"), &json!(true))
        ]
    );
    patient.logs(a_cramp().id("a")).await;
    assert_eq!(pushes(&patient, "soreness", sore.clone()).await, json!([]));
    patient.delete(diary.episode("a")).await.is(204);
    let late = json!([{"newDocumentState": {"id": "a.2026-03-03", "level": 3}}]);
    assert_eq!(pushes(&patient, "soreness", late).await, json!([{"id": "a.2026-03-03", "_deleted": true}]));
}

#[actix_web::test]
async fn ids_that_look_like_numbers_are_ids_and_what_can_t_be_kept_keeps_nothing_back() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let ids = ["0012", "0x10", "1.50", "12", "true"];
    let cramps = ids.map(|id| json!({"newDocumentState": {"id": id, "started_at": "2026-03-01T02:00:00Z"}}));
    assert_eq!(pushes(&patient, "episodes", json!(cramps)).await, json!([]));
    let (all, _) = pulls_all(&patient, diary, "episodes", start(), 1).await;
    assert_eq!(all.iter().map(|document| &document["id"]).collect::<Vec<_>>(), ids);
    // Half of a character, as cut texts have it.
    let half = r#"[{"newDocumentState": {"id": "half", "started_at": "2026-03-01T02:00:00Z", "note": "\ud83d"}},
                   {"newDocumentState": {"id": "whole", "started_at": "2026-03-01T02:00:00Z"}}]"#;
    let request =
        patient.post(diary.rxdb("episodes", "push"), json!({})).body(half).header("content-type", "application/json");
    assert_eq!(request.await.is(200).json(), json!([{"id": "half", "_deleted": true}]));
    patient.get(diary.episode("whole")).await.is(200);
    pulls(&patient, diary, "episodes", &json!({"lwt": 1, "id": "a b"}), 10).await.is_problem(422, "validation_failed");
}

#[actix_web::test]
async fn what_was_forgotten_does_not_come_back_by_a_device_that_believes_in_it() {
    let app = TestApp::start_with(&[("TOMBSTONE_DAYS", "30")]).await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().id("a")).await.0;
    patient.delete(patient.diary().episode("a")).await.is(204);
    app.advance(std::time::Duration::from_hours(31 * 24));
    app.clears_away().await;
    let patient = patient.signs_in().await;
    let push =
        json!([{"newDocumentState": {"id": "a", "started_at": "2026-03-01T02:00:00Z"}, "assumedMasterState": cramp}]);
    assert_eq!(pushes(&patient, "episodes", push).await, json!([{"id": "a", "_deleted": true}]));
    let put = json!({"changes": [{"table": "episodes", "id": "a", "op": "put", "base_revision": 2, "row": {"started_at": "2026-03-01T02:00:00Z"}}]});
    let result = patient.post(patient.diary().changes(), put).await.is(200).json();
    assert_eq!((&result["results"][0]["outcome"], &result["results"][0]["row"]), (&json!("conflict"), &Value::Null));
}

#[actix_web::test]
async fn a_stream_tells_all_of_a_change_however_much_it_is() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let url = format!("http://{}{}", patient.address(), patient.diary().rxdb("episodes", "pullStream"));
    let mut response = http(Duration::from_hours(1))
        .build()
        .unwrap()
        .get(url)
        .bearer_auth(&patient.tokens().access)
        .send()
        .await
        .unwrap();
    response.chunk().await.unwrap();
    let created: Vec<_> =
        (0..1200).map(|number| json!({"id": format!("e{number}"), "started_at": "2026-03-01T02:00:00Z"})).collect();
    let path = format!("{}?last_pulled_at=1", patient.diary().watermelon());
    patient.post(path, json!({"episodes": {"created": created, "updated": [], "deleted": []}})).await.is(200);
    let (mut text, mut told) = (String::new(), 0);
    while told < 1200 {
        text += std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap();
        while let Some((event, rest)) = text.split_once("\n\n") {
            if let Some(data) = event.strip_prefix("data: ") {
                told += serde_json::from_str::<Value>(data).unwrap()["documents"].as_array().unwrap().len();
            }
            text = rest.to_owned();
        }
    }
    assert_eq!(told, 1200);
}

#[actix_web::test]
async fn a_stream_brings_documents_that_change_from_now_on() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp().id("before")).await;
    let url = format!("http://{}{}", patient.address(), patient.diary().rxdb("episodes", "pullStream"));
    let mut response = http(Duration::from_hours(1))
        .build()
        .unwrap()
        .get(url)
        .bearer_auth(&patient.tokens().access)
        .send()
        .await
        .unwrap();
    response.chunk().await.unwrap();
    let cramp = patient.logs(a_cramp().id("after")).await;
    let text = loop {
        let text = String::from_utf8(response.chunk().await.unwrap().unwrap().to_vec()).unwrap();
        if text != ":\n\n" {
            break text;
        }
    };
    let event: Value = serde_json::from_str(text.strip_prefix("data: ").unwrap().trim_end()).unwrap();
    assert_eq!(event["documents"][0]["id"], "after");
    assert_eq!(event["checkpoint"], json!({"id": "after", "lwt": cramp.revision()}));
}
