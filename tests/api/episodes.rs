use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::*;

fn full() -> Value {
    json!({
        "id": "0198c0de-0001-7000-8000-000000000001",
        "started_at": "2026-03-29T03:10:00+02:00", "time_zone": "Europe/Berlin", "duration_seconds": 180, "intensity": 8,
        "sites": [{"part": "calf", "side": "left"}, {"part": "foot", "side": "both"}], "context": "asleep",
        "interrupted_sleep": true, "sleep_disturbance": 6, "triggers": ["long_walk", "hot_day_2"],
        "relief": [
            {"measure": "stretching", "seconds_to_relief": 15},
            {"measure": "massage", "seconds_to_relief": null},
            {"measure": "stretching", "seconds_to_relief": 20},
        ],
        "note": "Woke with the foot pointing down.\nStood up. 🦵",
    })
}

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(Row::id).collect()
}

#[actix_web::test]
async fn every_field_comes_back_as_it_was_logged() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let answer = patient.post(patient.diary().episodes(), full()).await.is(201);
    let cramp = answer.row();
    for (name, value) in full().as_object().unwrap() {
        assert_eq!(cramp[name.as_str()], *value, "{name}");
    }
    assert_eq!((&cramp["local_date"], &cramp["local_time"]), (&json!("2026-03-29"), &json!("03:10")));
    assert_eq!((&cramp["night_of"], &cramp["period"]), (&json!("2026-03-28"), &json!("night")));
    let none = json!({"days_logged": 0, "peak": null, "last_level": null, "resolved_day": null});
    assert_eq!(cramp["soreness"], none);
    assert_eq!(cramp["created_at"], cramp["updated_at"]);
    assert_eq!(answer.etag(), cramp.etag());
    assert_eq!(answer.header("location"), Some(patient.diary().episode(cramp.id()).as_str()));
    assert_eq!(cramp.revision(), patient.settings().await.revision());

    let read = patient.get(patient.diary().episode(cramp.id())).await.is(200);
    assert_eq!((read.row(), read.etag()), (cramp.clone(), cramp.etag()));
    patient.get(patient.diary().episodes()).await.lists([&cramp]);
}

#[actix_web::test]
async fn an_onset_is_all_that_it_takes() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let cramp = patient.logs(json!({"started_at": "2026-03-01T01:30:00Z"})).await;
    assert_eq!(cramp["started_at"], "2026-03-01T02:30:00+01:00");
    assert_eq!(cramp["time_zone"], "Europe/Berlin");
    for unknown in ["duration_seconds", "intensity", "context", "interrupted_sleep", "sleep_disturbance", "note"] {
        assert_eq!(cramp[unknown], Value::Null, "{unknown}");
    }
    for empty in ["sites", "triggers", "relief"] {
        assert_eq!(cramp[empty], json!([]), "{empty}");
    }
}

#[actix_web::test]
async fn null_counts_as_left_out() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut nulls = a_cramp().id("one");
    for name in ["duration_seconds", "intensity", "context", "interrupted_sleep", "sleep_disturbance", "note"] {
        nulls = nulls.with(name, Value::Null);
    }
    let cramp = patient.logs(nulls).await;
    let again = patient.post(patient.diary().episodes(), a_cramp().id("one")).await.is(200).row();
    assert_eq!(again, cramp);
}

#[actix_web::test]
async fn all_faults_come_at_once_each_with_its_place() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let wrong = json!({
        "id": "no/id", "started_at": "yesterday", "time_zone": "CEST or so", "duration_seconds": -1, "intensity": 11,
        "sites": [{"part": "calf", "side": "left"}, {"part": "knee", "side": "front"}, {"side": "left", "depth": 3}, "calf"],
        "context": "dreaming", "interrupted_sleep": "yes", "sleep_disturbance": 6.5,
        "triggers": ["ok", "Long Walk", 3], "relief": [{"measure": "wine"}, {"measure": "heat", "seconds_to_relief": 86401}],
        "note": "x".repeat(2001), "intensty": 8,
    });
    patient.post(patient.diary().episodes(), wrong).await.has_faults([
        ("/id", "malformed"),
        ("/started_at", "malformed"),
        ("/time_zone", "not_one_of"),
        ("/duration_seconds", "out_of_range"),
        ("/intensity", "out_of_range"),
        ("/sites/1/part", "not_one_of"),
        ("/sites/1/side", "not_one_of"),
        ("/sites/2/part", "required"),
        ("/sites/2/depth", "unknown_field"),
        ("/sites/3", "wrong_type"),
        ("/context", "not_one_of"),
        ("/interrupted_sleep", "wrong_type"),
        ("/sleep_disturbance", "wrong_type"),
        ("/triggers/1", "malformed"),
        ("/triggers/2", "wrong_type"),
        ("/relief/0/measure", "not_one_of"),
        ("/relief/1/seconds_to_relief", "out_of_range"),
        ("/note", "too_long"),
        ("/intensty", "unknown_field"),
    ]);
    patient.get(patient.diary().episodes()).await.lists([]);
}

#[actix_web::test]
async fn lists_have_their_lengths_and_are_kept_as_they_are() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let words: Vec<_> = (0..17).map(|n| format!("trigger_{n}")).collect();
    let reliefs = vec![json!({"measure": "heat"}); 17];
    let sites: Vec<_> = ["calf", "foot", "toes", "shin", "thigh_front", "thigh_back", "other"]
        .iter()
        .flat_map(|part| [json!({"part": part, "side": "left"}), json!({"part": part, "side": "right"})])
        .collect();
    let too_many =
        a_cramp().with("triggers", words.clone()).with("relief", reliefs.clone()).with("sites", sites[..9].to_vec());
    let faults = [("/triggers", "too_many"), ("/relief", "too_many"), ("/sites", "too_many")];
    patient.post(patient.diary().episodes(), too_many).await.has_faults(faults);

    let repeats =
        a_cramp().with("triggers", json!(["a", "b", "a"])).with("sites", vec![sites[0].clone(), sites[0].clone()]);
    let kept = patient.logs(repeats).await;
    assert_eq!((&kept["triggers"], &kept["sites"]), (&json!(["a", "b", "a"]), &json!([sites[0], sites[0]])));

    let longest = a_cramp()
        .with("triggers", words[..16].to_vec())
        .with("relief", reliefs[..16].to_vec())
        .with("sites", sites[..8].to_vec())
        .with("note", "🦵".repeat(2000))
        .with("duration_seconds", 86_400)
        .with("intensity", 0)
        .with("sleep_disturbance", 10);
    patient.logs(longest).await;
}

#[actix_web::test]
async fn a_cramp_can_be_sent_back_as_it_came_and_what_the_server_works_out_stays_its_own() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(full()).await;
    let path = patient.diary().episode(cramp.id());
    let mut body = cramp.0.clone();
    assert_eq!(patient.put(&path, body.clone()).await.is(200).row(), cramp);
    assert_eq!(patient.patch(&path, body.clone()).await.is(200).row(), cramp);
    for name in ["local_date", "local_time", "night_of", "period", "soreness", "revision", "created_at", "updated_at"] {
        body[name] = json!("something else");
    }
    body["intensity"] = json!(3);
    let changed = patient.put(&path, body).if_match(cramp.etag()).await.is(200).row();
    assert_eq!((&changed["intensity"], &changed["local_date"]), (&json!(3), &cramp["local_date"]));
    assert_eq!((&changed["created_at"], changed.revision()), (&cramp["created_at"], cramp.revision() + 1));
}

#[actix_web::test]
async fn a_cramp_stays_in_its_zone_when_it_is_written_again_without_one() {
    let app = TestApp::start().await;
    let patient = app.patient_in("America/New_York").await;
    let body = json!({"started_at": "2026-07-01T03:00:00Z"});
    let path = patient.diary().episode("first");
    let cramp = patient.put(&path, body.clone()).await.is(201).row();
    patient.patch(patient.diary().path(), json!({"time_zone": "Asia/Tokyo"})).await.is(200);
    assert_eq!(patient.put(&path, body).await.is(200).row(), cramp);
    let elsewhere = patient.put(&path, json!({"started_at": "2026-07-01T04:00:00Z"})).await.is(200).row();
    assert_eq!(elsewhere["time_zone"], "Asia/Tokyo");
}

#[actix_web::test]
async fn an_onset_lies_between_1970_and_tomorrow() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let in_minutes = |minutes: i64| {
        let then = app.now() + chrono::Duration::minutes(minutes);
        then.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    };
    patient.logs(a_cramp().at(&in_minutes(24 * 60 - 5))).await;
    let late = patient.post(patient.diary().episodes(), a_cramp().at(&in_minutes(24 * 60 + 5))).await;
    late.has_faults([("/started_at", "in_the_future")]);
    let first = patient.logs(a_cramp().at("1970-01-01T00:00:00Z")).await;
    assert_eq!(first["started_at"], "1970-01-01T00:00:00+00:00");
    let before_all_dates = ["0000-12-31T23:59:59Z", "0001-01-01T00:30:00+01:00"];
    for early in ["1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"].into_iter().chain(before_all_dates) {
        let early = patient.post(patient.diary().episodes(), a_cramp().at(early)).await;
        early.has_faults([("/started_at", "out_of_range")]);
    }
    let after_all_dates = patient.post(patient.diary().episodes(), a_cramp().at("9999-12-31T23:30:00-01:00")).await;
    after_all_dates.has_faults([("/started_at", "out_of_range")]);
    for malformed in [
        "2026-03-01T02:30:00",
        "2026-03-01",
        "2026-02-30T02:30:00Z",
        "2026-03-01T25:00:00Z",
        "",
        "now",
        "2026-03-01T02:30:00\u{2212}02:00",
        "2026-03-01T02:30:00–02:00",
        "2026-03-01T02:30:60Z",
        "2026-03-31T23:59:60Z",
        "2016-12-31T23:59:60-01:00",
    ] {
        let malformed = patient.post(patient.diary().episodes(), a_cramp().at(malformed)).await;
        malformed.has_faults([("/started_at", "malformed")]);
    }
}

#[actix_web::test]
async fn a_leap_second_is_a_time_like_any_other() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    for leap in ["2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "2015-06-30T23:59:60Z"] {
        let cramp = patient.logs(a_cramp().at(leap)).await;
        assert!(cramp["started_at"].as_str().unwrap().contains(":00:00+0"), "{cramp:?}");
    }
}

#[actix_web::test]
async fn no_cramp_has_a_date_of_1969_whatever_its_zone() {
    let app = TestApp::start().await;
    let patient = app.patient_in("America/New_York").await;
    let list = patient.diary().episodes();
    let early = patient.post(&list, a_cramp().at("1970-01-01T00:00:05Z")).await;
    early.has_faults([("/started_at", "out_of_range")]);
    let early = patient.post(&list, a_cramp().at("1970-01-01T11:59:59Z").r#in("Etc/GMT+12")).await;
    early.has_faults([("/started_at", "out_of_range")]);
    let first = patient.logs(a_cramp().at("1970-01-01T05:00:00Z")).await;
    assert_eq!((&first["local_date"], &first["local_time"]), (&json!("1970-01-01"), &json!("00:00")));
    let east = patient.logs(a_cramp().at("1970-01-01T00:00:00Z").r#in("Asia/Tokyo")).await;
    assert_eq!(east["local_date"], "1970-01-01");
    // A fault is told of what was sent.
    let one = patient.diary().episode(east.id());
    let west = json!({"time_zone": "America/New_York"});
    patient.patch(&one, west).await.has_faults([("/time_zone", "out_of_range")]);
    let both = json!({"time_zone": "America/New_York", "started_at": "1970-01-01T00:00:05Z"});
    patient.patch(&one, both).await.has_faults([("/started_at", "out_of_range")]);
    let share = patient.learns(patient.diary().night_share_of("1970-01-01", "1970-01-01")).await;
    assert_eq!((&share["coverage"]["days"], &share["coverage"]["covered"]), (&json!(1), &json!(1)));
    let before = patient.learns(patient.diary().night_share_of("1969-12-01", "1969-12-31")).await;
    assert_eq!((&before["coverage"]["days"], &before["coverage"]["covered"]), (&json!(0), &json!(0)));
}

#[actix_web::test]
async fn a_fraction_of_a_second_is_kept_and_written_only_when_there_is_one() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    for (sent, seen) in [
        ("2026-03-01T02:30:00.5+01:00", "2026-03-01T02:30:00.500+01:00"),
        ("2026-03-01T01:30:00.123456Z", "2026-03-01T02:30:00.123456+01:00"),
        ("2026-03-01T02:30:00.000+01:00", "2026-03-01T02:30:00+01:00"),
        ("2026-03-01t01:30:59.999999z", "2026-03-01T02:30:59.999999+01:00"),
    ] {
        let cramp = patient.logs(a_cramp().at(sent)).await;
        assert_eq!(cramp["started_at"], seen, "{sent}");
        assert_eq!(cramp["local_time"], "02:30");
    }
}

#[actix_web::test]
async fn a_cramp_is_seen_on_the_clock_where_the_person_was() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    for (zone, seen, date, time, night_of, period) in [
        ("Europe/Berlin", "2026-03-29T03:10:00+02:00", "2026-03-29", "03:10", json!("2026-03-28"), "night"),
        ("UTC", "2026-03-29T01:10:00+00:00", "2026-03-29", "01:10", json!("2026-03-28"), "night"),
        ("America/New_York", "2026-03-28T21:10:00-04:00", "2026-03-28", "21:10", Value::Null, "evening"),
        ("Asia/Kolkata", "2026-03-29T06:40:00+05:30", "2026-03-29", "06:40", Value::Null, "day"),
        ("Pacific/Kiritimati", "2026-03-29T15:10:00+14:00", "2026-03-29", "15:10", Value::Null, "day"),
        ("America/Sao_Paulo", "2026-03-28T22:10:00-03:00", "2026-03-28", "22:10", json!("2026-03-28"), "night"),
    ] {
        let cramp = patient.logs(a_cramp().at("2026-03-29T01:10:00Z").r#in(zone)).await;
        assert_eq!(cramp["started_at"], seen);
        assert_eq!((&cramp["local_date"], &cramp["local_time"]), (&json!(date), &json!(time)), "{zone}");
        assert_eq!((&cramp["night_of"], &cramp["period"]), (&night_of, &json!(period)), "{zone}");
    }
}

#[actix_web::test]
async fn a_repeated_post_is_recognised_by_its_id_and_content() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let path = patient.diary().episodes();
    let cramp = patient.logs(full()).await;
    let again = patient.post(&path, full()).await.is(200);
    assert_eq!((again.row(), again.etag()), (cramp.clone(), cramp.etag()));
    // The same instant in other words, and a zone that is left out, are the same content.
    let mut other_words = full();
    other_words["started_at"] = json!("2026-03-29T01:10:00Z");
    other_words.as_object_mut().unwrap().remove("time_zone");
    assert_eq!(patient.post(&path, other_words).await.is(200).row(), cramp);
    assert_eq!(patient.settings().await.revision(), cramp.revision(), "a retry changes nothing");

    for (name, value) in [
        ("intensity", json!(7)),
        ("started_at", json!("2026-03-29T03:10:00.000001+02:00")),
        ("time_zone", json!("Europe/Paris")),
        ("note", Value::Null),
        ("triggers", json!(["hot_day_2", "long_walk"])),
    ] {
        let mut other = full();
        other[name] = value;
        patient.post(&path, other).await.is_problem(409, "id_conflict");
    }
    patient.get(&path).await.lists([&cramp]);
}

#[actix_web::test]
async fn two_cramps_a_minute_apart_and_two_without_ids_are_two() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let one = patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    let two = patient.logs(a_cramp().at("2026-03-01T02:31:00Z")).await;
    patient.get(patient.diary().episodes()).await.lists([&two, &one]);
    patient.logs(a_cramp().at("2026-03-01T02:31:00Z")).await;
    assert_eq!(patient.get(patient.diary().episodes()).await.items().len(), 3);
}

#[actix_web::test]
async fn of_many_posts_of_one_id_at_once_one_logs_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let posts = (0..20).map(|_| patient.post(patient.diary().episodes(), full()).into_future());
    let mut statuses: Vec<_> = futures_util::future::join_all(posts).await.iter().map(Answer::status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[18], statuses[19]), (200, 201));
    assert_eq!(patient.get(patient.diary().episodes()).await.items().len(), 1);
}

#[actix_web::test]
async fn a_put_creates_then_replaces_and_clears_what_is_left_out() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let path = patient.diary().episode("mine");
    let mut body = full();
    body["id"] = json!("mine");
    let created = patient.put(&path, body.clone()).await.is(201);
    assert_eq!(created.row()["created_at"], created.row()["updated_at"]);
    let same = patient.put(&path, body).await.is(200);
    assert_eq!(same.row(), created.row(), "the same content changes nothing");

    app.advance(std::time::Duration::from_secs(5));
    let replaced = patient.put(&path, json!({"started_at": "2026-03-28T23:00:00Z"})).await.is(200);
    let row = replaced.row();
    assert_eq!(replaced.etag(), row.etag());
    assert!(row.revision() > created.row().revision());
    assert_eq!((&row["intensity"], &row["sites"], &row["note"]), (&Value::Null, &json!([]), &Value::Null));
    assert_eq!((&row["local_date"], &row["local_time"]), (&json!("2026-03-29"), &json!("00:00")));
    assert_eq!(row["created_at"], created.row()["created_at"]);
    assert_ne!(row["updated_at"], created.row()["updated_at"]);
    assert_eq!(patient.get(&path).await.row(), row);

    let other_id = json!({"id": "another", "started_at": "2026-03-28T23:00:00Z"});
    patient.put(&path, other_id).await.has_faults([("/id", "contradiction")]);
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let path = patient.diary().episode(full()["id"].as_str().unwrap());
    let mut expected = patient.logs(full()).await;
    for patch in [
        json!({"intensity": 5, "note": "Not so bad after all."}),
        json!({"duration_seconds": null, "context": null}),
        json!({"sites": [{"part": "toes", "side": "right"}], "triggers": []}),
        json!({"relief": null}),
    ] {
        let patched = patient.patch(&path, patch.clone()).await.is(200);
        for (name, value) in patch.as_object().unwrap() {
            expected.0[name] = value.clone();
        }
        if patch.get("relief").is_some() {
            expected.0["relief"] = json!([]);
        }
        let row = patched.row();
        assert!(row.revision() > expected.revision());
        expected.0["revision"] = row["revision"].clone();
        expected.0["updated_at"] = row["updated_at"].clone();
        assert_eq!(row, expected);
        assert_eq!(patched.etag(), row.etag());
    }
    assert_eq!(patient.get(&path).await.row(), expected);
    assert_eq!(patient.patch(&path, json!({})).await.is(200).row(), expected, "an empty patch changes nothing");
    assert_eq!(patient.patch(&path, json!({"intensity": 5})).await.is(200).row(), expected);

    let moved = patient.patch(&path, json!({"time_zone": "America/New_York"})).await.is(200).row();
    assert_eq!((&moved["local_date"], &moved["local_time"]), (&json!("2026-03-28"), &json!("21:10")));
    let plain = patient.patch(&path, json!({"intensity": 6})).header("content-type", "application/json").await;
    assert_eq!(plain.is(200).row()["intensity"], 6);
}

#[actix_web::test]
async fn a_patch_tells_all_its_faults() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let path = patient.diary().episode(cramp.id());
    patient.patch(&path, json!({"started_at": null})).await.has_faults([("/started_at", "required")]);
    patient.patch(&path, json!([])).await.has_faults([("", "wrong_type")]);
    let wrong = json!({"id": "another", "intensity": 11, "period": "day", "colour": "red"});
    patient.patch(&path, wrong).await.has_faults([
        ("/id", "read_only"),
        ("/intensity", "out_of_range"),
        ("/colour", "unknown_field"),
    ]);
    assert_eq!(patient.get(&path).await.row(), cramp);
    patient.patch(patient.diary().episode("absent"), json!({"intensity": 1})).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn a_deleted_cramp_is_gone_until_a_put_brings_it_back() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let cramp = patient.logs(full()).await;
    let path = patient.diary().episode(cramp.id());
    patient.delete(&path).await.is(204);
    let revision = patient.settings().await.revision();
    assert!(revision > cramp.revision());
    patient.delete(&path).await.is(204);
    assert_eq!(patient.settings().await.revision(), revision, "deleting again changes nothing");
    patient.get(&path).await.is_problem(410, "gone");
    patient.patch(&path, json!({"intensity": 1})).await.is_problem(410, "gone");
    patient.post(patient.diary().episodes(), full()).await.is_problem(410, "gone");
    patient.get(patient.diary().soreness(cramp.id())).await.is_problem(410, "gone");
    patient.get(patient.diary().episodes()).await.lists([]);
    patient.delete(patient.diary().episode("absent")).await.is_problem(404, "not_found");
    patient.get(patient.diary().episode("absent")).await.is_problem(404, "not_found");

    let back = patient.put(&path, full()).await.is(201).row();
    assert_eq!(back["note"], full()["note"]);
    patient.get(patient.diary().episodes()).await.lists([&back]);
    patient.delete(&path).await.is(204);
    patient.get(&path).await.is_problem(410, "gone");
}

#[actix_web::test]
async fn a_stale_if_match_writes_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().intensity(1)).await;
    let path = patient.diary().episode(cramp.id());
    let old = cramp.etag();
    let new = patient.patch(&path, json!({"intensity": 2})).if_match(&old).await.is(200).etag();
    let body = Value::from(a_cramp().intensity(3));
    for stale in [old.clone(), "\"999\"".into(), "\"x\"".into(), new.trim_matches('"').into(), format!("W/{new}")] {
        for stale in [
            patient.patch(&path, json!({"intensity": 3})).if_match(&stale),
            patient.put(&path, body.clone()).if_match(&stale),
            patient.delete(&path).if_match(&stale),
        ] {
            // It says what the row's tag is, as who fetches it sees.
            assert_eq!(stale.await.is_problem(412, "precondition_failed").etag(), new);
        }
    }
    assert_eq!(patient.get(&path).await.is(200).etag(), new);
    let new = patient.put(&path, body.clone()).if_match(format!("{old}, {new}")).await.is(200).etag();
    patient.patch(&path, json!({"intensity": 4})).if_match("*").await.is(200);
    patient.delete(&path).if_match(&new).await.is_problem(412, "precondition_failed");
    let new = patient.get(&path).await.etag();
    patient.delete(&path).if_match(&new).await.is(204);
    // Where nothing is, If-Match holds for nothing.
    let nothing = patient.put(&path, body.clone()).if_match("*").await.is_problem(412, "precondition_failed");
    assert_eq!(nothing.header("etag"), None);
    patient.put(patient.diary().episode("new"), body).if_match(&new).await.is_problem(412, "precondition_failed");
}

#[actix_web::test]
async fn if_none_match_star_writes_only_where_nothing_is() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().episode("mine");
    patient.put(&path, a_cramp()).if_none_match("*").await.is(201);
    patient.put(&path, a_cramp().intensity(3)).if_none_match("*").await.is_problem(412, "precondition_failed");
    patient.delete(&path).await.is(204);
    patient.put(&path, a_cramp()).if_none_match("*").await.is(201);
}

#[actix_web::test]
async fn a_row_that_is_known_is_not_written_over_and_a_tag_is_no_number() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().episode("mine");
    let tag = patient.put(&path, a_cramp()).if_none_match("\"1\"").await.is(201).etag();
    let number = tag.trim_matches('"').to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"999\", {tag}")] {
        let put = patient.put(&path, a_cramp().intensity(3)).if_none_match(&known).await;
        put.is_problem(412, "precondition_failed");
        let patch = patient.patch(&path, json!({"intensity": 3})).if_none_match(&known).await;
        patch.is_problem(412, "precondition_failed");
        patient.delete(&path).if_none_match(&known).await.is_problem(412, "precondition_failed");
    }
    let both = patient.put(&path, a_cramp().intensity(3)).if_match(&tag).if_none_match(&tag).await;
    both.is_problem(412, "precondition_failed");
    for other in ["00", "+", "0x"].map(|before| format!("\"{before}{number}\"")) {
        patient.put(&path, a_cramp()).if_match(&other).await.is_problem(412, "precondition_failed");
        patient.get(&path).if_none_match(&other).await.is(200);
        patient.put(&path, a_cramp()).if_none_match(&other).await.is(200);
    }
    patient.get(&path).if_none_match(&tag).await.is(304);
    patient.put(&path, a_cramp().intensity(4)).if_match(&tag).if_none_match("\"999\"").await.is(200);
}

#[actix_web::test]
async fn what_a_client_has_is_not_sent_again() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    for path in [patient.diary().episode(cramp.id()), patient.diary().episodes()] {
        let tag = patient.get(&path).await.is(200).etag();
        for known in [tag.clone(), format!("\"0\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let unchanged = patient.get(&path).if_none_match(&known).await.is(304);
            assert_eq!(unchanged.etag(), tag);
        }
        patient.get(&path).if_none_match("\"0\"").await.is(200);
    }
    let (one, list) = (patient.diary().episode(cramp.id()), patient.diary().episodes());
    let (one_tag, list_tag) = (patient.get(&one).await.etag(), patient.get(&list).await.etag());
    patient.logs(a_cramp()).await;
    patient.get(&one).if_none_match(&one_tag).await.is(304);
    patient.get(&list).if_none_match(&list_tag).await.is(200);
    patient.patch(&one, json!({"intensity": 9})).await.is(200);
    patient.get(&one).if_none_match(&one_tag).await.is(200);
}

#[actix_web::test]
async fn pages_lose_and_double_nothing_while_others_write() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Thirty cramps at ten onsets: each onset three times.
    let mut logged = Vec::new();
    for n in 0..30 {
        let onset = format!("2026-03-{:02}T02:30:00Z", 1 + n / 3);
        logged.push(patient.logs(a_cramp().at(&onset).id(&format!("cramp-{:02}", (n * 7) % 30))).await);
    }
    for (order, later) in [("desc", "2026-03-20"), ("asc", "2026-02-20")] {
        let mut next = Some(patient.diary().episodes_where(&format!("order={order}&limit=10")));
        let mut found: Vec<Row> = Vec::new();
        let mut pages = 0;
        while let Some(path) = next {
            let page = patient.get(path).await.is(200);
            found.extend(page.items());
            let cursor = page.json()["next_cursor"].as_str().map(str::to_owned);
            next = page.next_link();
            assert_eq!(next.is_some(), cursor.is_some());
            if let (Some(next), Some(cursor)) = (&next, &cursor) {
                assert!(next.contains(&format!("order={order}")) && next.contains("limit=10") && next.contains(cursor));
            }
            pages += 1;
            // Before the place where the reader is.
            patient.logs(a_cramp().at(&format!("{later}T0{pages}:00:00Z"))).await;
        }
        let known: Vec<_> = found.iter().filter(|row| row.id().starts_with("cramp-")).cloned().collect();
        let mut expected: Vec<_> = logged.clone();
        expected.sort_by_key(|row| (row["started_at"].to_string(), row.id().to_owned()));
        if order == "desc" {
            expected.reverse();
        }
        assert_eq!(ids(&known), ids(&expected), "{order}");
        assert_eq!(known, expected);
        assert_eq!(pages, 3 + usize::from(found.len() > 30), "{order}");
    }
}

#[actix_web::test]
async fn a_page_has_fifty_rows_unless_it_is_asked_for_others() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let posts = (0..60).map(|n| patient.logs(a_cramp().at(&format!("2026-03-01T03:{n:02}:00Z"))));
    let _logged = futures_util::future::join_all(posts).await;
    assert_eq!(patient.get(patient.diary().episodes()).await.items().len(), 50);
    let all = patient.get(patient.diary().episodes_where("limit=200")).await.is(200);
    assert_eq!((all.items().len(), all.json()["next_cursor"].clone(), all.next_link()), (60, Value::Null, None));
    let whole = patient.get(patient.diary().episodes_where("limit=60")).await;
    assert_eq!(whole.json()["next_cursor"], Value::Null, "a full last page leads nowhere");
    for (limit, code) in
        [("0", "out_of_range"), ("201", "out_of_range"), ("x", "wrong_type"), ("", "wrong_type"), ("1.5", "wrong_type")]
    {
        let answer = patient.get(patient.diary().episodes_where(&format!("limit={limit}"))).await;
        answer.has_faults([("/limit", code)]);
    }
    for cursor in ["", "x", "c_", "c_AAAA", "true", "12"] {
        let answer = patient.get(patient.diary().episodes_where(&format!("cursor={cursor}"))).await;
        let faults = answer.is_problem(422, "validation_failed").json();
        assert_eq!(faults["errors"][0]["pointer"], "/cursor", "{cursor:?}");
    }
}

#[actix_web::test]
async fn each_filter_shows_what_it_says() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let night = a_cramp().at("2026-03-02T23:00:00Z").intensity(8).interrupted_sleep(true).part("calf");
    let evening = a_cramp().at("2026-03-03T19:00:00Z").intensity(3).interrupted_sleep(false).part("thigh_front");
    let day = a_cramp().at("2026-03-04T12:00:00Z").part("thigh_back");
    patient.logs(night.id("night")).await;
    patient.logs(evening.id("evening")).await;
    patient.logs(day.id("day")).await;
    let shows = async |query: &str| {
        let items = patient.get(patient.diary().episodes_where(query)).await.is(200).items();
        items.iter().map(|row| row.id().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shows("").await, "day evening night");
    assert_eq!(shows("order=asc").await, "night evening day");
    assert_eq!(shows("order=desc").await, "day evening night");
    assert_eq!(shows("period=night").await, "night");
    assert_eq!(shows("period=evening").await, "evening");
    assert_eq!(shows("period=day").await, "day");
    assert_eq!(shows("min_intensity=0").await, "evening night");
    assert_eq!(shows("min_intensity=3").await, "evening night");
    assert_eq!(shows("min_intensity=4").await, "night");
    assert_eq!(shows("min_intensity=9").await, "");
    assert_eq!(shows("interrupted_sleep=true").await, "night");
    assert_eq!(shows("interrupted_sleep=false").await, "evening");
    assert_eq!(shows("part=calf").await, "night");
    assert_eq!(shows("part=thigh_front").await, "evening");
    assert_eq!(shows("part=other").await, "");
    assert_eq!(shows("from=2026-03-03").await, "day evening");
    assert_eq!(shows("to=2026-03-03").await, "evening night");
    assert_eq!(shows("from=2026-03-03&to=2026-03-03").await, "evening");
    assert_eq!(shows("from=0001-01-01&to=9999-12-31").await, "day evening night");
    assert_eq!(shows("period=night&min_intensity=8&interrupted_sleep=true&part=calf&from=2026-03-02").await, "night");
    assert_eq!(shows("period=night&interrupted_sleep=false").await, "");
}

#[actix_web::test]
async fn a_query_tells_all_its_faults() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let query = "from=2026-02-30&to=tomorrow&period=noon&min_intensity=11&interrupted_sleep=maybe&part=knee&order=up&limit=0&colour=red";
    patient.get(patient.diary().episodes_where(query)).await.has_faults([
        ("/from", "malformed"),
        ("/to", "malformed"),
        ("/period", "not_one_of"),
        ("/min_intensity", "out_of_range"),
        ("/interrupted_sleep", "wrong_type"),
        ("/part", "not_one_of"),
        ("/order", "not_one_of"),
        ("/limit", "out_of_range"),
        ("/colour", "unknown_field"),
    ]);
    let turned = patient.get(patient.diary().episodes_where("from=2026-03-02&to=2026-03-01")).await;
    turned.has_faults([("/from", "contradiction")]);
    let twice = patient.get(patient.diary().episodes_where("limit=1&limit=2")).await;
    twice.has_faults([("/limit", "duplicate")]);
}

#[actix_web::test]
async fn from_and_to_are_dates_where_the_person_was() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // One instant on three dates: 2026-03-09 in Niue, 10 in UTC, and a later one on 11 in Kiritimati.
    let niue = patient.logs(a_cramp().at("2026-03-10T10:30:00Z").r#in("Pacific/Niue")).await;
    let utc = patient.logs(a_cramp().at("2026-03-10T10:30:01Z").r#in("UTC")).await;
    let kiritimati = patient.logs(a_cramp().at("2026-03-10T10:30:02Z").r#in("Pacific/Kiritimati")).await;
    let dates = [&niue, &utc, &kiritimati].map(|row| row["local_date"].as_str().unwrap().to_owned());
    assert_eq!(dates, ["2026-03-09", "2026-03-10", "2026-03-11"]);
    let on =
        async |from: &str, to: &str| patient.get(patient.diary().episodes_where(&format!("from={from}&to={to}"))).await;
    on("2026-03-09", "2026-03-09").await.lists([&niue]);
    on("2026-03-10", "2026-03-10").await.lists([&utc]);
    on("2026-03-11", "2026-03-11").await.lists([&kiritimati]);
    on("2026-03-09", "2026-03-11").await.lists([&kiritimati, &utc, &niue]);
    on("2026-03-12", "2026-03-31").await.lists([]);
}

#[actix_web::test]
async fn moving_the_diary_to_another_zone_moves_no_logged_cramp() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    let here = patient.logs(a_cramp().at("2026-03-01T02:30:00+01:00")).await;
    let there = patient.logs(a_cramp().at("2026-03-02T02:30:00+01:00").r#in("America/New_York")).await;
    patient.patch(patient.diary().path(), json!({"time_zone": "Asia/Tokyo"})).await.is(200);
    patient.get(patient.diary().episodes()).await.lists([&there, &here]);
    let next = patient.logs(a_cramp().at("2026-03-01T02:30:00+01:00")).await;
    assert_eq!((&next["time_zone"], &next["local_time"]), (&json!("Asia/Tokyo"), &json!("10:30")));
    // A patch that does not name the zone keeps it.
    let patched = patient.patch(patient.diary().episode(here.id()), json!({"intensity": 4})).await.is(200).row();
    assert_eq!((&patched["time_zone"], &patched["local_time"]), (&json!("Europe/Berlin"), &json!("02:30")));
    // A retry of the first post is still recognised.
    let mut retry = Value::from(a_cramp().at("2026-03-01T02:30:00+01:00").intensity(4));
    retry["id"] = json!(here.id());
    assert_eq!(patient.post(patient.diary().episodes(), retry).await.is(200).row(), patched);
}

#[actix_web::test]
async fn another_night_window_changes_just_the_cramps_that_read_differently() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut rows = Vec::new();
    for time in ["01:00", "05:30", "06:15", "12:00", "18:30", "21:59", "22:15", "22:30", "23:30"] {
        rows.push(patient.logs(a_cramp().at(&format!("2026-03-02T{time}:00Z")).id(&time.replace(':', "."))).await);
    }
    let settings = json!({"night_start": "22:30", "night_end": "06:30", "evening_start": "19:00"});
    let diary = patient.patch(patient.diary().path(), settings).await.is(200).row();
    let after = patient.get(patient.diary().episodes_where("order=asc")).await.is(200).items();
    let mut changed = BTreeSet::new();
    for (before, after) in rows.iter().zip(&after) {
        let mut expected = before.clone();
        if before != after {
            changed.insert(after.id());
            assert_eq!((after.revision(), &after["updated_at"]), (diary.revision(), &diary["updated_at"]));
            for name in ["period", "night_of", "revision", "updated_at"] {
                expected.0[name] = after[name].clone();
            }
        }
        assert_eq!(*after, expected);
        assert_eq!(patient.get(patient.diary().episode(after.id())).await.is(200).etag(), after.etag());
    }
    assert_eq!(changed, BTreeSet::from(["06.15", "18.30", "22.15"]));
    let periods: Vec<_> = after.iter().map(|row| row["period"].as_str().unwrap()).collect();
    assert_eq!(periods, ["night", "night", "night", "day", "day", "evening", "evening", "night", "night"]);
    let nights: Vec<_> = after.iter().map(|row| row["night_of"].as_str().unwrap_or("-")).collect();
    let (first, second) = ("2026-03-01", "2026-03-02");
    assert_eq!(nights, [first, first, first, "-", "-", "-", "-", second, second]);
    let at_night = patient.get(patient.diary().episodes_where("period=night&order=asc")).await.items();
    assert_eq!(ids(&at_night), ["01.00", "05.30", "06.15", "22.30", "23.30"]);

    // A window that does not wrap midnight: the night of 01:00 begins on its own date.
    let early = json!({"night_start": "00:30", "night_end": "05:00", "evening_start": "19:00"});
    patient.patch(patient.diary().path(), early).await.is(200);
    let row = patient.get(patient.diary().episode("01.00")).await.is(200).row();
    assert_eq!((&row["period"], &row["night_of"]), (&json!("night"), &json!("2026-03-02")));
    let row = patient.get(patient.diary().episode("23.30")).await.is(200).row();
    assert_eq!((&row["period"], &row["night_of"]), (&json!("evening"), &Value::Null));
}

#[actix_web::test]
async fn when_an_onset_moves_the_days_of_soreness_are_counted_anew() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-10T02:30:00Z")).await;
    let path = patient.diary().episode(cramp.id());
    patient.is_sore(&cramp, "2026-03-11", 5).await;
    patient.is_sore(&cramp, "2026-03-14", 0).await;

    let moved = patient.patch(&path, json!({"started_at": "2026-03-09T23:30:00Z"})).await.is(200).row();
    let summary = json!({"days_logged": 2, "peak": 5, "last_level": 0, "resolved_day": 5});
    assert_eq!(moved["soreness"], summary);
    let entries = patient.get(patient.diary().soreness(cramp.id())).await.is(200).items();
    let days: Vec<_> =
        entries.iter().map(|entry| (entry["date"].as_str().unwrap(), entry["day"].as_i64().unwrap())).collect();
    assert_eq!(days, [("2026-03-11", 2), ("2026-03-14", 5)]);
    for entry in &entries {
        let changed = (entry.revision(), &entry["updated_at"]);
        assert_eq!(changed, (moved.revision(), &moved["updated_at"]), "its day is new, so it is changed");
    }

    // Another time on the same date moves no day.
    let same_date = patient.patch(&path, json!({"started_at": "2026-03-09T22:00:00Z"})).await.is(200).row();
    assert_eq!(same_date["soreness"], summary);
    assert_eq!(patient.get(patient.diary().soreness(cramp.id())).await.items(), entries);

    for outside in ["2026-03-12T02:30:00Z", "2026-02-11T02:30:00Z"] {
        let refused = patient.patch(&path, json!({"started_at": outside})).await;
        refused.has_faults([("/started_at", "contradiction")]);
        let refused = patient.put(&path, json!({"started_at": outside})).await;
        refused.has_faults([("/started_at", "contradiction")]);
    }
    // A move of the zone alone can move the date as well.
    patient.patch(&path, json!({"time_zone": "Pacific/Kiritimati"})).await.is(200);
    let entries = patient.get(patient.diary().soreness(cramp.id())).await.is(200).items();
    assert_eq!(entries[0]["day"], 1);
}

#[actix_web::test]
async fn whoever_moves_a_cramp_away_from_its_soreness_is_told_of_what_they_sent() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-01T22:30:00Z")).await;
    patient.is_sore(&cramp, "2026-03-01", 3).await;
    let one = patient.diary().episode(cramp.id());
    let east = json!({"time_zone": "Asia/Tokyo"});
    patient.patch(&one, east).await.has_faults([("/time_zone", "contradiction")]);
    let later = json!({"started_at": "2026-03-02T22:30:00Z"});
    patient.patch(&one, later).await.has_faults([("/started_at", "contradiction")]);
}

#[actix_web::test]
async fn a_cramp_that_comes_back_has_no_soreness_left() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    patient.is_sore(&cramp, "2026-03-02", 5).await;
    patient.delete(patient.diary().episode(cramp.id())).await.is(204);
    let back = patient.put(patient.diary().episode(cramp.id()), a_cramp()).await.is(201).row();
    assert_eq!(back["soreness"]["days_logged"], 0);
    patient.get(patient.diary().soreness(cramp.id())).await.lists([]);
}

#[actix_web::test]
async fn a_site_may_be_logged_without_its_side() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().with("sites", json!([{"part": "calf"}]))).await;
    assert_eq!(cramp["sites"], json!([{"part": "calf", "side": null}]));
}

#[actix_web::test]
async fn when_a_cramp_was_written_down_is_kept_as_the_device_says_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().episodes();
    let offline = |recorded_at: &str| a_cramp().id("offline").with("recorded_at", recorded_at);
    let cramp = patient.logs(offline("2026-03-01T03:32:41.25+01:00")).await;
    assert_eq!(cramp["recorded_at"], "2026-03-01T02:32:41.250Z");
    assert_ne!(cramp["recorded_at"], cramp["created_at"]);
    assert_eq!(patient.post(&path, offline("2026-03-01T02:32:41.25Z")).await.is(200).row(), cramp);
    patient.post(&path, offline("2026-03-01T02:32:42Z")).await.is_problem(409, "id_conflict");
    patient.post(&path, a_cramp().id("offline")).await.is_problem(409, "id_conflict");

    // Clocks differ: a device may have written down what had not begun by another one.
    let early = patient.patch(patient.diary().episode("offline"), json!({"recorded_at": "1970-01-01T00:00:00Z"})).await;
    assert_eq!(early.is(200).row()["recorded_at"], "1970-01-01T00:00:00Z");
    let silent = patient.put(patient.diary().episode("offline"), a_cramp()).await.is(200).row();
    assert_eq!(silent["recorded_at"], Value::Null);
    for (wrong, code) in [
        (json!("1969-12-31T23:59:59.999999Z"), "out_of_range"),
        (json!("2026-03-01T03:32:41"), "malformed"),
        (json!(1_772_332_361), "wrong_type"),
    ] {
        patient.post(&path, a_cramp().with("recorded_at", wrong)).await.has_faults([("/recorded_at", code)]);
    }
}

#[actix_web::test]
async fn no_cramp_was_written_down_after_it_arrived_whatever_the_clock_of_the_device() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let in_minutes = |minutes: i64| {
        let then = app.now() + chrono::Duration::minutes(minutes);
        json!(then.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
    };
    let (list, one) = (patient.diary().episodes(), patient.diary().episode("fast"));
    let fast = a_cramp().id("fast").with("recorded_at", in_minutes(2));
    let cramp = patient.logs(fast.clone()).await;
    assert_eq!(cramp["recorded_at"], cramp["created_at"]);

    // The same again is no other cramp: at once, once that time has passed, and as it was shown.
    for _ in 0..2 {
        assert_eq!(patient.post(&list, fast.clone()).await.is(200).row(), cramp);
        assert_eq!(patient.put(&one, fast.clone()).await.is(200).row(), cramp);
        assert_eq!(patient.put(&one, cramp.0.clone()).await.is(200).row(), cramp);
        assert_eq!(patient.patch(&one, json!({"recorded_at": in_minutes(3)})).await.is(200).row(), cramp);
        app.advance(std::time::Duration::from_mins(4));
    }
    let later = patient.put(&one, fast.intensity(5)).await.is(200).row();
    assert_eq!((&later["recorded_at"], &later["intensity"]), (&cramp["created_at"], &json!(5)));
    // What comes back arrives anew.
    patient.delete(&one).await.is(204);
    let back = patient.put(&one, a_cramp().with("recorded_at", in_minutes(1))).await.is(201).row();
    assert_eq!(back["recorded_at"], back["created_at"]);
    assert_ne!(back["created_at"], cramp["created_at"]);
}
