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
    let wrong = json!({"cramp_free": "yes", "note": "x".repeat(2001), "revision": 3, "mood": "good"});
    patient.put(&path, wrong).await.has_faults([
        ("/cramp_free", "wrong_type"),
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
