use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::*;

/// What a device has after it took every change as it came: rows by table and id.
type Copy = BTreeMap<(String, String), Value>;

/// A device that pulls.
#[derive(Default)]
struct Device {
    rows: Copy,
    cursor: Option<String>,
}

impl Device {
    /// Pulls until there is no more, and says what came.
    async fn pulls(&mut self, caller: &Caller, diary: &str, limit: usize) -> Vec<Value> {
        let mut came = Vec::new();
        loop {
            let since = self.cursor.clone().unwrap_or_else(|| "0".to_owned());
            let page =
                caller.get(format!("/v1/diaries/{diary}/changes?since={since}&limit={limit}")).await.is(200).json();
            let changes = page["changes"].as_array().unwrap();
            assert!(changes.len() <= limit);
            for change in changes {
                let key = (change["table"].as_str().unwrap().to_owned(), change["id"].as_str().unwrap().to_owned());
                assert_eq!(change["deleted"], change["row"].is_null());
                if change["deleted"] == true {
                    self.rows.remove(&key);
                } else {
                    self.rows.insert(key, change["row"].clone());
                }
                came.push(change.clone());
            }
            self.cursor = page["cursor"].as_str().map(str::to_owned);
            if page["has_more"] == false {
                return came;
            }
            assert_eq!(changes.len(), limit, "a page that is not the last is full");
        }
    }
}

fn keys(changes: &[Value]) -> Vec<(&str, &str)> {
    changes.iter().map(|change| (change["table"].as_str().unwrap(), change["id"].as_str().unwrap())).collect()
}

fn change(table: &str, id: &str, op: &str, row: impl Into<Value>) -> Value {
    json!({"table": table, "id": id, "op": op, "row": row.into()})
}

async fn pushes(caller: &Caller, changes: Value) -> Value {
    caller.post(caller.diary().changes(), json!({"changes": changes})).await.is(200).json()
}

fn outcomes(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|result| result["outcome"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_new_device_gets_each_row_as_its_own_operation_shows_it_and_nothing_of_what_is_gone() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let diary = patient.diary();
    let cramp = patient.logs(a_cramp().at("2026-03-29T01:10:00Z").id("b")).await;
    let gone = patient.logs(a_cramp().id("a")).await;
    patient.delete(diary.episode(gone.id())).await.is(204);
    let sore = patient.is_sore(&cramp, "2026-03-30", 4).await;
    let day = patient.checks_in("2026-03-29").await;
    let treatment = patient.begins("Magnesium", "2026-03-01").await;

    let mut device = Device::default();
    let came = device.pulls(&patient, "me", 500).await;
    let settings = patient.settings().await;
    assert_eq!(
        keys(&came),
        [
            ("settings", diary.id()),
            ("episodes", "b"),
            ("soreness", "b.2026-03-30"),
            ("check_ins", "2026-03-29"),
            ("treatments", treatment.id())
        ]
        .map(|key| key)
    );
    let cramp = patient.get(diary.episode("b")).await.row();
    for (change, row) in came.iter().zip([&settings, &cramp, &sore, &day, &treatment]) {
        assert_eq!(change["row"], row.0);
    }
    assert_eq!(came[1]["revision"], came[2]["revision"], "the cramp changes with its soreness");
}

#[actix_web::test]
async fn pages_never_skip_or_repeat_and_come_in_the_order_of_revision_table_and_id() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Ids of one revision whose order is not that of their parts.
    let cramps: Vec<_> = ["a", "a-b", "a.b", "B", "_"]
        .iter()
        .map(|id| change("episodes", id, "put", json!({"started_at": "2026-03-02T02:00:00Z"})))
        .collect();
    let sore: Vec<_> = ["a", "a-b", "a.b"]
        .iter()
        .map(|id| change("soreness", &format!("{id}.2026-03-03"), "put", json!({"level": 3})))
        .collect();
    let answer = pushes(&patient, Value::Array([cramps, sore].concat())).await;
    assert!(outcomes(&answer).iter().all(|outcome| *outcome == "applied"), "{answer}");
    patient.checks_in("2026-03-02").await;
    patient.delete(patient.diary().episode("B")).await.is(204);

    let mut whole = Device::default();
    let all = whole.pulls(&patient, "me", 1000).await;
    let mut sorted = all.clone();
    sorted.sort_by_key(|change| {
        let text = |name: &str| change[name].as_str().unwrap().to_owned();
        (change["revision"].as_i64().unwrap(), text("table"), text("id"))
    });
    assert_eq!(all, sorted);
    for limit in [1, 2, 3, 4, 7] {
        let mut device = Device::default();
        assert_eq!(device.pulls(&patient, "me", limit).await, all, "in pages of {limit}");
        assert_eq!(device.pulls(&patient, "me", limit).await, Vec::<Value>::new());
    }
}

#[actix_web::test]
async fn what_changes_between_two_pages_comes_later() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    for id in ["a", "b", "c", "d"] {
        patient.logs(a_cramp().id(id)).await;
    }
    let first = patient.get(format!("{}?limit=3", diary.changes())).await.is(200).json();
    assert_eq!(
        keys(first["changes"].as_array().unwrap()),
        [("settings", diary.id()), ("episodes", "a"), ("episodes", "b")]
    );
    // One that came is deleted, one that came is changed, one that did not come is deleted.
    patient.delete(diary.episode("a")).await.is(204);
    patient.patch(diary.episode("b"), json!({"intensity": 9})).await.is(200);
    patient.delete(diary.episode("c")).await.is(204);
    let cursor = first["cursor"].as_str().unwrap();
    let rest = patient.get(diary.changes_since(cursor)).await.is(200).json();
    let rest = rest["changes"].as_array().unwrap().clone();
    assert_eq!(keys(&rest), [("episodes", "d"), ("episodes", "a"), ("episodes", "b"), ("episodes", "c")]);
    let deleted: Vec<_> = rest.iter().map(|change| change["deleted"] == true).collect();
    assert_eq!(deleted, [false, true, false, true]);
}

#[actix_web::test]
async fn a_device_that_is_in_step_learns_so_from_its_tag_alone() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let answer = patient.get(patient.diary().changes()).await.is(200);
    let cursor = answer.json()["cursor"].as_str().unwrap().to_owned();
    assert_eq!(answer.etag(), patient.settings().await.etag());
    let path = patient.diary().changes_since(&cursor);
    patient.get(&path).if_none_match(answer.etag()).await.is(304);
    patient.logs(a_cramp().id("a")).await;
    let news = patient.get(&path).if_none_match(answer.etag()).await.is(200).json();
    assert_eq!(keys(news["changes"].as_array().unwrap()), [("episodes", "a")]);
}

#[actix_web::test]
async fn cursors_are_of_one_diary_and_not_to_be_made_up() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let of_other = other.get(other.diary().changes()).await.json()["cursor"].as_str().unwrap().to_owned();
    let list = patient.get(patient.diary().episodes_where("limit=1")).await.json()["next_cursor"].clone();
    assert_eq!(list, Value::Null);
    for since in [of_other.as_str(), "c_", "1", "-1", "x", "c_bm90IGpzb24", "true"] {
        let answer = patient.get(patient.diary().changes_since(since)).await;
        answer.is_problem(422, "validation_failed").has_faults([("/since", "malformed")]);
    }
    for limit in ["0", "1001", "x"] {
        patient.get(format!("{}?limit={limit}", patient.diary().changes())).await.is_problem(422, "validation_failed");
    }
    patient.get(patient.diary().changes_since("0")).await.is(200);
}

#[actix_web::test]
async fn one_bad_change_does_not_keep_the_others_from_being_done() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let before = patient.settings().await.revision();
    let answer = pushes(
        &patient,
        json!([
            change("episodes", "a", "put", json!({"started_at": "2026-03-01T02:00:00Z", "intensity": 11, "part": 1})),
            change("episodes", "b", "put", json!({"started_at": "2026-03-01T02:00:00Z", "made_up": {"by": "a newer app"}})),
            change("soreness", "b.2026-03-02", "put", json!({"level": 3})),
            change("soreness", "nobody.2026-03-02", "put", json!({"level": 3})),
            change("check_ins", "2026-02-30", "put", json!({"cramp_free": true})),
            change("check_ins", "2026-03-01", "put", json!({"cramp_free": "yes"})),
            change("treatments", "t", "patch", json!({"name": "Magnesium"})),
            change("cats", "a", "put", json!({})),
            {"table": "episodes", "id": "c", "op": "put"},
            {"table": "episodes", "id": "b", "op": "put", "base_revision": -1, "row": {}},
            17,
            change("settings", diary.id(), "delete", json!(null)),
            change("settings", "another", "patch", json!({"night_start": "23:00"})),
            change("episodes", "d", "put", json!({"id": "e", "started_at": "2026-03-01T02:00:00Z"})),
        ]),
    )
    .await;
    let results = answer["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            let pointers = result["problem"]["errors"].as_array().into_iter().flatten();
            let pointers: Vec<_> = pointers.map(|fault| fault["pointer"].as_str().unwrap()).collect();
            let code = result["problem"]["code"].as_str().unwrap_or_default();
            format!("{} {code} {}", result["outcome"].as_str().unwrap(), pointers.join(" ")).trim().to_owned()
        })
        .collect();
    assert_eq!(
        told,
        [
            "rejected validation_failed /changes/0/row/intensity",
            "applied",
            "applied",
            "rejected not_found",
            "rejected not_found",
            "rejected validation_failed /changes/5/row/cramp_free",
            "rejected not_found",
            "rejected validation_failed /changes/7/table",
            "rejected validation_failed /changes/8/row",
            "rejected validation_failed /changes/9/base_revision",
            "rejected validation_failed /changes/10",
            "rejected validation_failed /changes/11/op",
            "rejected not_found",
            "rejected validation_failed /changes/13/row/id",
        ]
    );
    assert_eq!(answer["revision"], before + 1, "a batch is one revision");
    let cramps = patient.get(diary.episodes()).await.items();
    assert_eq!(cramps.iter().map(Row::id).collect::<Vec<_>>(), ["b"]);
    assert_eq!(cramps[0].revision(), before + 1);
}

#[actix_web::test]
async fn a_batch_that_changes_nothing_takes_no_revision_and_a_retry_is_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let changes = json!([
        change("episodes", "a", "put", json!({"started_at": "2026-03-01T02:00:00Z", "intensity": 7})),
        change("soreness", "a.2026-03-02", "put", json!({"level": 3})),
        change("check_ins", "2026-03-01", "put", json!({"cramp_free": false})),
        change("treatments", "t", "put", json!({"kind": "supplement", "name": "Magnesium", "started_on": "2026-03-01"})),
        {"table": "episodes", "id": "never", "op": "delete"},
    ]);
    let first = pushes(&patient, changes.clone()).await;
    assert_eq!(outcomes(&first), ["applied", "applied", "applied", "applied", "unchanged"]);
    assert_eq!(first["results"][4]["revision"], Value::Null);
    let again = pushes(&patient, changes).await;
    assert_eq!(outcomes(&again), ["unchanged"; 5]);
    assert_eq!(again["revision"], first["revision"]);
    let refused =
        pushes(&patient, json!([change("episodes", "b", "put", json!({"started_at": "1969-12-31T00:00:00Z"}))])).await;
    assert_eq!((outcomes(&refused), &refused["revision"]), (vec!["rejected"], &first["revision"]));
    // Its cursor stands behind the batch.
    let cursor = again["cursor"].as_str().unwrap();
    let rest = patient.get(patient.diary().changes_since(cursor)).await.is(200).json();
    assert_eq!((&rest["changes"], &rest["has_more"]), (&json!([]), &json!(false)));
}

#[actix_web::test]
async fn who_knew_an_older_row_is_told_of_the_conflict_and_who_says_nothing_wins() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let cramp = patient.logs(a_cramp().id("a").intensity(5)).await;
    let base = cramp.revision();
    let newer = patient.patch(diary.episode("a"), json!({"intensity": 6})).await.is(200).row();
    let based = |row: Value, base: i64| json!([{"table": "episodes", "id": "a", "op": "patch", "base_revision": base, "row": row}]);

    let answer = pushes(&patient, based(json!({"intensity": 9}), base)).await;
    assert_eq!(outcomes(&answer), ["conflict"]);
    assert_eq!((&answer["results"][0]["row"], &answer["results"][0]["revision"]), (&newer.0, &newer["revision"]));
    let same = pushes(&patient, based(json!({"intensity": 6}), base)).await;
    assert_eq!(outcomes(&same), ["unchanged"], "it is so already, whatever the base");
    let answer = pushes(&patient, based(json!({"intensity": 9}), newer.revision())).await;
    assert_eq!(outcomes(&answer), ["applied"]);
    let last = pushes(&patient, json!([change("episodes", "a", "patch", json!({"intensity": 2}))])).await;
    assert_eq!(outcomes(&last), ["applied"], "with no base, the last writer wins");

    // It must not be there, and it is.
    let put = json!([{"table": "episodes", "id": "a", "op": "put", "base_revision": 0, "row": {"started_at": "2026-03-01T02:00:00Z"}}]);
    assert_eq!(outcomes(&pushes(&patient, put.clone()).await), ["conflict"]);
    patient.delete(diary.episode("a")).await.is(204);
    let deleted = pushes(&patient, put).await;
    let told = &deleted["results"][0];
    assert_eq!((&told["outcome"], &told["row"], told.get("row").is_some()), (&json!("conflict"), &Value::Null, true));
    let at = told["revision"].as_i64().unwrap();
    let patch = pushes(&patient, based(json!({"intensity": 1}), base)).await;
    assert_eq!(outcomes(&patch), ["conflict"], "what was deleted since can't be patched");
    let patch = pushes(&patient, based(json!({"intensity": 1}), at)).await;
    assert_eq!(patch["results"][0]["problem"]["code"], "gone");
    let revived = json!([{"table": "episodes", "id": "a", "op": "put", "base_revision": at, "row": {"started_at": "2026-03-01T02:00:00Z"}}]);
    assert_eq!(outcomes(&pushes(&patient, revived).await), ["applied"]);
    patient.get(diary.episode("a")).await.is(200);
}

#[actix_web::test]
async fn what_the_service_works_out_of_a_row_is_in_conflict_with_nobody() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().id("a").at("2026-03-01T21:30:00Z")).await;
    patient.is_sore(&cramp, "2026-03-02", 4).await;
    patient.patch(patient.diary().path(), json!({"night_start": "21:00"})).await.is(200);
    let now = patient.get(patient.diary().episode("a")).await.row();
    assert!(now.revision() > cramp.revision() + 1 && now["period"] == "night");
    let answer = pushes(
        &patient,
        json!([
            {"table": "episodes", "id": "a", "op": "patch", "base_revision": cramp.revision(), "row": {"intensity": 3}},
            {"table": "episodes", "id": "a", "op": "patch", "base_revision": cramp.revision(), "row": {"intensity": 4}},
        ]),
    )
    .await;
    assert_eq!(outcomes(&answer), ["applied", "applied"], "nor is what the same batch did");
}

#[actix_web::test]
async fn a_row_may_be_deleted_and_written_again_in_one_batch() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().history("a");
    patient.logs(a_cramp().id("a").intensity(5)).await;
    let cramp = |intensity: i32| {
        change("episodes", "a", "put", json!({"started_at": "2026-03-01T02:30:00Z", "intensity": intensity}))
    };
    let delete = || json!({"table": "episodes", "id": "a", "op": "delete"});
    let answer = pushes(&patient, json!([delete(), cramp(6), cramp(7), delete(), delete(), cramp(8)])).await;
    assert_eq!(outcomes(&answer), ["applied", "applied", "applied", "applied", "unchanged", "applied"]);
    pushes(&patient, json!([cramp(9), delete()])).await;
    pushes(&patient, json!([cramp(1)])).await;
    let told: Vec<_> =
        patient.get(&path).await.items().iter().map(|version| version["row"]["intensity"].clone()).collect();
    assert_eq!(told, [json!(1), json!(null), json!(8), json!(5)], "what nobody has seen is no version");
}

#[actix_web::test]
async fn settings_change_last_and_count_the_whole_batch_anew() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let base = patient.settings().await.revision();
    let cramp = |id: &str, at: &str| change("episodes", id, "put", json!({"started_at": at}));
    let answer = pushes(
        &patient,
        json!([
            {"table": "settings", "id": diary.id(), "op": "patch", "base_revision": base, "row": {"night_start": "20:00"}},
            cramp("a", "2026-03-01T20:30:00Z"),
            {"table": "settings", "id": diary.id(), "op": "patch", "base_revision": base, "row": {"night_start": "21:00", "evening_start": "17:00"}},
            cramp("b", "2026-03-02T21:30:00Z"),
        ]),
    )
    .await;
    assert_eq!(outcomes(&answer), ["applied"; 4]);
    let settings = patient.settings().await;
    assert_eq!((&settings["night_start"], &settings["evening_start"]), (&json!("21:00"), &json!("17:00")));
    let share = patient.learns(diary.path().to_owned() + "/analytics/night-share?from=2026-03-01&to=2026-03-05").await;
    assert_eq!((&share["night"], &share["evening"]), (&json!(1), &json!(1)));
    let other = json!([{"table": "settings", "id": diary.id(), "op": "patch", "base_revision": base, "row": {"night_start": "22:00"}}]);
    let conflict = pushes(&patient, other).await;
    assert_eq!(
        (outcomes(&conflict), &conflict["results"][0]["row"]["night_start"]),
        (vec!["conflict"], &json!("21:00"))
    );
    let put = json!([change("settings", diary.id(), "put", json!({"night_start": "22:00"}))]);
    let faults = pushes(&patient, put).await["results"][0]["problem"]["errors"].clone();
    assert_eq!(faults.as_array().unwrap().len(), 3, "a whole row names them all: {faults}");
}

#[actix_web::test]
async fn a_viewer_pulls_what_the_view_shows_and_pushes_nothing() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let diary = patient.diary();
    patient.logs(a_cramp().id("before").at("2026-02-01T02:00:00Z").note("mine")).await;
    patient.logs(a_cramp().id("in").at("2026-03-10T02:00:00Z").note("mine")).await;
    patient.logs(a_cramp().id("moves").at("2026-03-11T02:00:00Z")).await;
    patient.logs(a_cramp().id("old").at("2026-02-02T02:00:00Z")).await;
    patient.checks_in("2026-02-03").await;
    patient.checks_in("2026-03-12").await;
    patient.shares_on(json!({"role": "viewer", "visible_from": "2026-03-01"}), &clinician).await;

    let mut device = Device::default();
    let came = device.pulls(&clinician, diary.id(), 2).await;
    assert_eq!(
        keys(&came),
        [("settings", diary.id()), ("episodes", "in"), ("episodes", "moves"), ("check_ins", "2026-03-12")]
    );
    assert_eq!(came[1]["row"]["note"], Value::Null);

    patient.delete(diary.check_in("2026-02-03")).await.is(204);
    patient.delete(diary.check_in("2026-03-12")).await.is(204);
    patient.patch(diary.episode("moves"), json!({"started_at": "2026-02-11T02:00:00Z"})).await.is(200);
    patient.delete(diary.episode("old")).await.is(204);
    patient.delete(diary.episode("in")).await.is(204);
    patient.patch(diary.episode("before"), json!({"started_at": "2026-03-20T02:00:00Z"})).await.is(200);
    let came = device.pulls(&clinician, diary.id(), 2).await;
    let told: Vec<_> = came.iter().map(|change| (change["id"].as_str().unwrap(), change["deleted"] == true)).collect();
    assert_eq!(told, [("2026-03-12", true), ("moves", true), ("in", true), ("before", false)]);

    clinician.post(diary.changes(), json!({"changes": []})).await.is_problem(403, "forbidden");
    let looks = patient.lists_all(diary.looks() + "&what=listChanges").await;
    assert_eq!(looks.len(), 2, "a pull is one look, however many pages it has");
}

#[actix_web::test]
async fn however_often_a_row_is_written_a_limited_view_is_told_that_it_left() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let diary = patient.diary();
    patient.logs(a_cramp().id("a").at("2026-03-11T02:00:00Z")).await;
    let taken = json!({"kind": "supplement", "name": "Magnesium", "started_on": "2026-02-01"});
    patient.put(diary.treatment("t"), taken).await.is(201);
    patient.shares_on(json!({"role": "viewer", "visible_from": "2026-03-01"}), &clinician).await;
    let mut device = Device::default();
    assert_eq!(device.pulls(&clinician, diary.id(), 9).await.len(), 3);
    for minutes in 0..60 {
        let earlier = json!({"started_at": "2026-02-11T02:00:00Z", "duration_seconds": 60 + minutes});
        patient.patch(diary.episode("a"), earlier).await.is(200);
        let ended = json!({"ended_on": "2026-02-20", "note": format!("{minutes}")});
        patient.patch(diary.treatment("t"), ended).await.is(200);
    }
    let came = device.pulls(&clinician, diary.id(), 9).await;
    let told: Vec<_> = came.iter().map(|change| (change["id"].as_str().unwrap(), change["deleted"] == true)).collect();
    assert_eq!(told, [("a", true), ("t", true)]);
}

#[actix_web::test]
async fn who_is_let_in_hears_of_nothing_that_went_before() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let diary = patient.diary();
    patient.logs(a_cramp().id("moved").at("2026-03-20T02:00:00Z")).await;
    patient.patch(diary.episode("moved"), json!({"started_at": "2026-02-01T02:00:00Z"})).await.is(200);
    patient.logs(a_cramp().id("deleted").at("2026-03-21T02:00:00Z")).await;
    patient.delete(diary.episode("deleted")).await.is(204);
    patient.shares_on(json!({"role": "viewer", "visible_from": "2026-03-01"}), &clinician).await;
    assert_eq!(keys(&Device::default().pulls(&clinician, diary.id(), 1).await), [("settings", diary.id())]);
    let records = clinician.get(diary.watermelon()).await.is(200).json();
    assert_eq!(records["changes"]["episodes"], json!({"created": [], "updated": [], "deleted": []}));
    let documents = clinician.get(diary.rxdb("episodes", "pull")).await.is(200).json();
    assert_eq!(documents["documents"], json!([]));
    // Behind what is hidden, they are in step.
    assert_eq!(documents["checkpoint"]["lwt"], patient.settings().await["revision"]);
}

#[actix_web::test]
async fn whoever_is_in_the_middle_of_a_pull_is_not_told_that_it_has_everything() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for id in ["a", "b"] {
        patient.logs(a_cramp().id(id)).await;
    }
    let whole = patient.get(patient.diary().changes()).await.is(200).etag();
    let first = patient.get(patient.diary().changes() + "?limit=1").await.is(200);
    assert_eq!(first.etag(), whole);
    let cursor = first.json()["cursor"].as_str().unwrap().to_owned();
    let rest = patient.get(patient.diary().changes_since(&cursor)).if_none_match(whole).await.is(200).json();
    assert_eq!(keys(rest["changes"].as_array().unwrap()), [("episodes", "a"), ("episodes", "b")]);
}

#[actix_web::test]
async fn a_change_that_can_t_be_kept_is_named_and_a_budget_is_asked_once() {
    let app = TestApp::start_with(&[("DIVISIONS_PER_MINUTE", "1")]).await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let half = r#"{"changes": [{"table": "episodes", "id": "half", "op": "put", "row": {"started_at": "2026-03-01T02:00:00Z", "note": "\ud83d"}},
        {"table": "episodes", "id": "twice", "op": "put", "row": {"started_at": "2026-03-01T02:00:00Z", "new": 1, "new": 2}}]}"#;
    let request = patient.post(diary.changes(), json!({})).body(half).header("content-type", "application/json");
    let answer = request.await.is(200).json();
    assert_eq!((outcomes(&answer), &answer["results"][0]["id"]), (vec!["rejected", "applied"], &json!("half")));
    assert_ne!(answer["results"][0]["problem"]["request_id"], "");

    let night = |start: &str| change("settings", diary.id(), "patch", json!({"night_start": start}));
    assert_eq!(outcomes(&pushes(&patient, json!([night("21:00"), night("21:30")])).await), ["applied", "applied"]);
    let over = pushes(
        &patient,
        json!([
            night("23:00"),
            night("23:00"),
            change("settings", diary.id(), "patch", json!({"display_name": "Kim"}))
        ]),
    )
    .await;
    assert_eq!(outcomes(&over), ["rejected", "rejected", "applied"]);
    assert_eq!(over["results"][0]["problem"]["status"], 429);
    let settings = patient.settings().await;
    assert_eq!((&settings["night_start"], &settings["display_name"]), (&json!("21:30"), &json!("Kim")));
}

#[actix_web::test]
async fn a_cursor_ends_with_the_right_that_it_was_given_by() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    let diary = patient.diary();
    patient.logs(a_cramp().id("a")).await;
    let grant = patient.shares_on(json!({"role": "viewer", "visible_from": "2027-01-01"}), &carer).await;
    let mut device = Device::default();
    device.pulls(&carer, diary.id(), 500).await;
    patient.revokes(&grant).await;
    let cursor = device.cursor.clone().unwrap();
    carer.get(diary.changes_since(&cursor)).await.is_problem(404, "not_found");
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    carer.get(diary.changes_since(&cursor)).await.is_problem(410, "resync_required");
    let mut anew = Device::default();
    assert_eq!(keys(&anew.pulls(&carer, diary.id(), 500).await), [("settings", diary.id()), ("episodes", "a")]);
    let pushed = json!({"changes": [change("episodes", "a", "patch", json!({"intensity": 4}))]});
    let answer = carer.post(diary.changes(), pushed).await.is(200).json();
    assert_eq!(outcomes(&answer), ["applied"]);
    let entry = patient.get(diary.looks() + "&limit=1").await.items().remove(0);
    assert_eq!((&entry["what"], &entry["access"]), (&json!("pushChanges"), &json!("write")));
}

#[actix_web::test]
async fn a_batch_has_bounds() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().changes();
    let many: Vec<_> = (0..501).map(|_| json!({"table": "episodes", "id": "x", "op": "delete"})).collect();
    patient
        .post(&path, json!({"changes": many}))
        .await
        .is_problem(422, "validation_failed")
        .has_faults([("/changes", "too_many")]);
    patient
        .post(&path, json!({"changes": {}}))
        .await
        .is_problem(422, "validation_failed")
        .has_faults([("/changes", "wrong_type")]);
    patient.post(&path, json!({})).await.is_problem(422, "validation_failed").has_faults([("/changes", "required")]);
    patient.post(&path, json!([])).await.is_problem(422, "validation_failed").has_faults([("", "wrong_type")]);
    let long = "x".repeat(70_000);
    let answer = pushes(
        &patient,
        json!([
            change("episodes", "a", "put", json!({"note": long})),
            change("check_ins", "2026-03-01", "put", json!({"cramp_free": true}))
        ]),
    )
    .await;
    assert_eq!(outcomes(&answer), ["rejected", "applied"]);
    let body = format!("{{\"changes\": [], \"padding\": \"{}\"}}", "x".repeat(4 * 1024 * 1024));
    let request = patient.post(&path, json!({})).body(body).header("content-type", "application/json");
    request.await.is_problem(413, "payload_too_large");
    let text = patient.post(&path, json!({})).body("{\"changes\": [").header("content-type", "application/json");
    text.await.is_problem(400, "malformed_request");
    let deep = format!("{{\"changes\": {}{}}}", "[".repeat(17), "]".repeat(17));
    let deep = patient.post(&path, json!({})).body(deep).header("content-type", "application/json");
    deep.await.is_problem(400, "malformed_request");
    let most: Vec<_> = (0..500)
        .map(|number| change("episodes", &format!("e{number}"), "put", json!({"started_at": "2026-03-01T02:00:00Z"})))
        .collect();
    let answer = pushes(&patient, Value::Array(most)).await;
    assert_eq!(outcomes(&answer), ["applied"; 500]);
}

#[actix_web::test]
async fn who_brings_more_rows_than_one_may_waits() {
    let app = TestApp::start_with(&[("ROWS_PER_MINUTE", "10")]).await;
    let patient = app.patient().await;
    let batch = |rows: usize| json!({"changes": vec![json!({"table": "episodes", "id": "x", "op": "delete"}); rows]});
    patient.post(patient.diary().changes(), batch(8)).await.is(200);
    let refused = patient.post(patient.diary().changes(), batch(3)).await.is_problem(429, "too_many_requests");
    assert!(refused.retry_after() >= 1);
    patient.post(patient.diary().changes(), batch(2)).await.is(200);
}

#[actix_web::test]
async fn who_was_away_for_longer_than_anything_is_remembered_begins_anew() {
    let app = TestApp::start_with(&[("TOMBSTONE_DAYS", "30")]).await;
    let patient = app.patient().await;
    let diary = patient.diary();
    for id in ["a", "b", "c"] {
        patient.logs(a_cramp().id(id)).await;
    }
    let (mut away, mut present) = (Device::default(), Device::default());
    away.pulls(&patient, "me", 500).await;
    patient.delete(diary.episode("a")).await.is(204);
    present.pulls(&patient, "me", 500).await;
    app.advance(std::time::Duration::from_hours(31 * 24));
    let patient = patient.signs_in().await;
    patient.delete(diary.episode("b")).await.is(204);
    app.clears_away().await;

    let cursor = away.cursor.clone().unwrap();
    patient.get(diary.changes_since(&cursor)).await.is_problem(410, "resync_required");
    assert_eq!(keys(&present.pulls(&patient, "me", 500).await), [("episodes", "b")]);
    // Pages of a first pull go on, though what they begin with is older than what is remembered.
    let mut anew = Device::default();
    anew.pulls(&patient, "me", 1).await;
    // The settings show the diary's revision of when they were told.
    let without_settings =
        |device: Device| device.rows.into_iter().filter(|((table, _), _)| table != "settings").collect::<Copy>();
    assert_eq!(without_settings(anew), without_settings(present));
    patient.get(diary.episode("a")).await.is_problem(404, "not_found");
    patient.get(diary.episode("b")).await.is_problem(410, "gone");
}
