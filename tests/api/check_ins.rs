use serde_json::{Value, json};

use super::support::*;

#[actix_web::test]
async fn a_day_is_checked_in_corrected_and_taken_back() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().check_in("2026-03-30");
    let created = patient.put(&path, json!({"cramp_free": true, "note": "Slept through."})).await.is(201);
    let check_in = created.row();
    assert_eq!((&check_in["date"], &check_in["cramp_free"]), (&json!("2026-03-30"), &json!(true)));
    assert_eq!((&check_in["note"], created.etag()), (&json!("Slept through."), check_in.etag()));
    let changed = patient.put(&path, json!({"cramp_free": false})).await.is(200).row();
    assert_eq!((&changed["cramp_free"], &changed["note"]), (&json!(false), &Value::Null));
    assert!(changed.revision() > check_in.revision());
    assert_eq!(patient.put(&path, json!({"cramp_free": false})).await.is(200).row(), changed, "the same again");

    patient.delete(&path).await.is(204);
    patient.delete(&path).await.is(204);
    patient.delete(patient.diary().check_in("2026-03-29")).await.is(204);
    patient.get(patient.diary().check_ins()).await.lists([]);
    patient.put(&path, json!({"cramp_free": true})).await.is(201);
}

#[actix_web::test]
async fn check_ins_are_listed_oldest_first_by_date_and_in_pages() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut days = Vec::new();
    for date in ["2026-03-03", "2026-03-01", "2026-03-05", "2026-03-02", "2026-03-04"] {
        days.push(patient.checks_in(date).await);
    }
    let [third, first, fifth, second, fourth] = [0, 1, 2, 3, 4].map(|index| &days[index]);
    let path = patient.diary().check_ins();
    patient.get(&path).await.lists([first, second, third, fourth, fifth]);
    patient.get(format!("{path}?from=2026-03-02&to=2026-03-04")).await.lists([second, third, fourth]);
    patient.get(format!("{path}?from=2026-03-05")).await.lists([fifth]);
    patient.get(format!("{path}?to=2026-02-28")).await.lists([]);
    let page = patient.get(format!("{path}?from=2026-03-02&limit=3")).await.lists([second, third, fourth]);
    patient.get(page.next_link().unwrap()).await.lists([fifth]);
    patient.get(format!("{path}?from=2026-03-05&to=2026-03-01")).await.has_faults([("/from", "contradiction")]);
    patient.get(format!("{path}?from=x&on=y")).await.has_faults([("/from", "malformed"), ("/on", "unknown_field")]);
}

#[actix_web::test]
async fn a_day_that_is_not_near_cannot_be_checked_in() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let on = |date: &str| patient.put(patient.diary().check_in(date), json!({"cramp_free": true}));
    on(&app.today_plus(0)).await.is(201);
    on(&app.today_plus(1)).await.is(201);
    on(&app.today_plus(2)).await.has_faults([("/date", "in_the_future")]);
    on("9999-12-31").await.has_faults([("/date", "in_the_future")]);
    // Beside what is wrong with the rest.
    let all = patient.put(patient.diary().check_in("9999-12-31"), json!({"cramp_free": "x"})).await;
    all.has_faults([("/date", "in_the_future"), ("/cramp_free", "wrong_type")]);
    on("1970-01-01").await.is(201);
    on("1969-12-31").await.has_faults([("/date", "out_of_range")]);
}

#[actix_web::test]
async fn a_day_that_was_told_of_can_be_told_again_after_a_journey_west() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Pacific/Kiritimati").await;
    let cramp = patient.logs(json!({"started_at": app.now().to_rfc3339()})).await;
    // The last day that can be told of there. In Pago Pago, 25 hours behind, it is the day after tomorrow at least.
    let tomorrow = (app.now() + chrono::Duration::hours(14 + 24)).date_naive();
    let day = tomorrow.to_string();
    let (check_in, sore) = (patient.diary().check_in(&day), patient.diary().soreness_on(cramp.id(), &day));
    patient.put(&check_in, json!({"cramp_free": true})).await.is(201);
    patient.put(&sore, json!({"level": 2})).await.is(201);
    patient.patch(patient.diary().path(), json!({"time_zone": "Pacific/Pago_Pago"})).await.is(200);
    // Told once more, and in another way.
    for (cramp_free, level) in [(true, 2), (false, 3)] {
        patient.put(&check_in, json!({"cramp_free": cramp_free})).await.is(200);
        patient.put(&sore, json!({"level": level})).await.is(200);
    }
    let next = (tomorrow + chrono::Days::new(1)).to_string();
    let later = patient.put(patient.diary().check_in(&next), json!({"cramp_free": true})).await;
    later.has_faults([("/date", "in_the_future")]);
}

#[actix_web::test]
async fn tomorrow_is_that_of_the_diary_at_every_hour() {
    let app = TestApp::start().await;
    let zones = [("Pacific/Kiritimati", 14), ("Asia/Kolkata", 5), ("UTC", 0), ("Pacific/Niue", -11)];
    let mut people = Vec::new();
    for (zone, hours) in zones {
        people.push((app.patient_in(zone).await, chrono::Duration::hours(hours)));
    }
    for _ in 0..4 {
        for (person, offset) in &people {
            let person = person.signs_in().await;
            // India's half hour is far from midnight at one of the four times at least.
            let today = (app.now() + *offset).date_naive();
            let on = |days: u64| {
                let date = (today + chrono::Days::new(days)).to_string();
                person.put(person.diary().check_in(&date), json!({"cramp_free": true}))
            };
            assert!(on(1).await.status() < 300);
            if *offset != chrono::Duration::hours(5) {
                on(2).await.has_faults([("/date", "in_the_future")]);
            }
        }
        app.advance(std::time::Duration::from_hours(6));
    }
}

#[actix_web::test]
async fn all_faults_of_a_check_in_come_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().check_in("2026-03-30");
    let wrong = json!({"cramp_free": "yes", "triggers": ["Long Walk", "ok", 3, ""], "note": "x".repeat(2001),
        "revision": 3, "mood": "good"});
    patient.put(&path, wrong).await.has_faults([
        ("/cramp_free", "wrong_type"),
        ("/triggers/0", "malformed"),
        ("/triggers/2", "wrong_type"),
        ("/triggers/3", "malformed"),
        ("/note", "too_long"),
        ("/mood", "unknown_field"),
    ]);
    patient.put(&path, json!({"note": "x"})).await.has_faults([("/cramp_free", "required")]);
}

#[actix_web::test]
async fn preconditions_hold_for_check_ins_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().check_in("2026-03-30");
    let (yes, no) = (json!({"cramp_free": true}), json!({"cramp_free": false}));
    let old = patient.put(&path, yes.clone()).if_none_match("*").await.is(201).etag();
    patient.put(&path, no.clone()).if_none_match("*").await.is_problem(412, "precondition_failed");
    let new = patient.put(&path, no.clone()).if_match(&old).await.is(200).etag();
    patient.put(&path, yes).if_match(&old).await.is_problem(412, "precondition_failed");
    patient.delete(&path).if_match(&old).await.is_problem(412, "precondition_failed");
    let tag = patient.get(patient.diary().check_ins()).await.etag();
    patient.get(patient.diary().check_ins()).if_none_match(&tag).await.is(304);
    patient.delete(&path).if_match(&new).await.is(204);
    patient.get(patient.diary().check_ins()).if_none_match(&tag).await.is(200);
}

#[actix_web::test]
async fn a_check_in_as_the_contract_shows_it_is_seen_by_a_viewer_and_taken_away_whole() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let shown = example("CheckInOk");
    let path = patient.diary().check_in(shown["date"].as_str().unwrap());
    let row = patient.put(&path, shown.clone()).await.is(201).row();
    for name in ["date", "cramp_free", "triggers", "note"] {
        assert!(![Value::Null, json!([])].contains(&shown[name]), "{name}");
        assert_eq!(row[name], shown[name], "{name}");
    }
    assert_eq!(patient.put(&path, row.0.clone()).await.is(200).row(), row);
    clinician.get(patient.diary().check_ins()).await.lists([&row]);
    assert_eq!(patient.learns(patient.diary().export()).await["check_ins"], json!([row.0]));
}

#[actix_web::test]
async fn what_a_day_brought_is_said_changed_and_taken_back() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().check_in("2026-03-30");
    let says = |triggers: Value| patient.put(&path, json!({"cramp_free": true, "triggers": triggers}));
    let said = says(json!(["long_walk", "heat", "long_walk"])).await.is(201).row();
    assert_eq!(said["triggers"], json!(["long_walk", "heat", "long_walk"]), "they are kept as they are");
    let otherwise = says(json!(["heat", "long_walk"])).await.is(200).row();
    assert_eq!((&otherwise["triggers"], otherwise.revision()), (&json!(["heat", "long_walk"]), said.revision() + 1));
    let again = says(json!(["heat", "long_walk"])).if_match(otherwise.etag()).await.is(200);
    assert_eq!((again.row(), again.etag()), (otherwise.clone(), otherwise.etag()), "nothing is changed");
    says(json!([])).if_match(said.etag()).await.is_problem(412, "precondition_failed");
    patient.get(patient.diary().check_ins()).await.lists([&otherwise]);

    let left_out = patient.put(&path, json!({"cramp_free": true})).await.is(200).row();
    assert_eq!((&left_out["triggers"], left_out.revision()), (&json!([]), otherwise.revision() + 1));
    for nothing in [json!([]), Value::Null] {
        assert_eq!(says(nothing).await.is(200).row(), left_out, "the same in other words");
    }
}

#[actix_web::test]
async fn triggers_of_a_day_follow_the_rules_of_those_of_a_cramp() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (check_in, cramp) = (patient.diary().check_in("2026-03-30"), patient.diary().episode("cramp"));
    let words = |n| json!((0..n).map(|n| format!("trigger_{n}")).collect::<Vec<_>>());
    let longest = "a".repeat(32);
    for fine in [words(16), json!(["0"]), json!(["_"]), json!([longest])] {
        let of_a_day = patient.put(&check_in, json!({"cramp_free": false, "triggers": fine})).await.row();
        let of_a_cramp = patient.put(&cramp, a_cramp().with("triggers", fine.clone())).await.row();
        assert_eq!((&of_a_day["triggers"], &of_a_cramp["triggers"]), (&fine, &fine));
    }
    let too_long = "a".repeat(33);
    for wrong in [words(17), json!([too_long]), json!([""]), json!(["a b", "é"]), json!("heat"), json!([null])] {
        let of_a_day = patient.put(&check_in, json!({"cramp_free": false, "triggers": wrong})).await.is(422).json();
        let of_a_cramp = patient.put(&cramp, a_cramp().with("triggers", wrong)).await.is(422).json();
        assert_eq!(of_a_day["errors"], of_a_cramp["errors"]);
    }
    let too_many = patient.put(&check_in, json!({"cramp_free": false, "triggers": words(17)})).await;
    too_many.has_faults([("/triggers", "too_many")]);
}

#[actix_web::test]
async fn a_viewer_without_notes_sees_what_a_day_brought() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let said = json!({"cramp_free": true, "triggers": ["long_walk"], "note": "a secret"});
    patient.put(patient.diary().check_in("2026-03-30"), said).await.is(201);
    patient.shares_on(json!({"role": "viewer"}), &clinician).await;
    let seen = clinician.get(patient.diary().check_ins()).await.is(200).json()["items"][0].clone();
    assert_eq!((&seen["triggers"], &seen["note"]), (&json!(["long_walk"]), &Value::Null));
}
