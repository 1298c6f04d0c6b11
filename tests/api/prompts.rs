use serde_json::{Value, json};

use super::support::*;

/// What is asked on a date: `soreness 3` for day 3 after a cramp, `check_in` and its date.
async fn asked(patient: &Caller, on: &str) -> Vec<String> {
    let list = patient.get(patient.diary().prompts_on(on)).await.is(200).json();
    assert_eq!(list["on"], on);
    let items = list["items"].as_array().unwrap().clone();
    let say = |prompt: &Value| match prompt["kind"].as_str().unwrap() {
        "soreness" => {
            assert_eq!(prompt["date"], on);
            format!("soreness {}", prompt["day"])
        }
        kind => format!("{kind} {}", prompt["date"].as_str().unwrap()),
    };
    items.iter().map(say).collect()
}

#[actix_web::test]
async fn soreness_is_asked_on_days_one_to_three_and_then_while_it_lasts() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    let asks = async |day: i32| {
        let asked = asked(&patient, &format!("2026-03-{:02}", 1 + day)).await;
        asked.contains(&format!("soreness {day}"))
    };
    for (day, expected) in [(0, false), (1, true), (2, true), (3, true), (4, false), (14, false)] {
        assert_eq!(asks(day).await, expected, "without an entry, on day {day}");
    }
    patient.is_sore(&cramp, "2026-03-02", 4).await;
    for (day, expected) in [(1, false), (2, true), (3, true), (4, true), (13, true), (14, true), (15, false)] {
        assert_eq!(asks(day).await, expected, "while it is sore, on day {day}");
    }
    patient.is_sore(&cramp, "2026-03-03", 0).await;
    for day in 0..=15 {
        assert!(!asks(day).await, "when it is over, on day {day}");
    }
}

#[actix_web::test]
async fn nobody_is_asked_about_more_than_a_hundred_cramps() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for number in 0..103 {
        patient.logs(a_cramp().at(&format!("2026-03-01T{:02}:{:02}:00Z", number / 60, number % 60))).await;
    }
    let asked = asked(&patient, "2026-03-02").await;
    assert_eq!(asked, vec!["soreness 1"; 100]);
}

#[actix_web::test]
async fn a_prompt_names_the_cramp_the_day_and_the_last_level() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    patient.is_sore(&cramp, "2026-03-02", 4).await;
    let items = patient.get(patient.diary().prompts_on("2026-03-03")).await.is(200).json()["items"].clone();
    assert_eq!(
        items,
        json!([
            {"kind": "soreness", "date": "2026-03-03", "episode_id": cramp.id(), "day": 2, "last_level": 4},
            {"kind": "check_in", "date": "2026-03-02", "episode_id": null, "day": null, "last_level": null},
        ])
    );
}

#[actix_web::test]
async fn yesterday_is_asked_for_unless_something_covers_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    assert_eq!(asked(&patient, "2026-03-10").await, ["check_in 2026-03-09"]);
    patient.checks_in("2026-03-09").await;
    assert_eq!(asked(&patient, "2026-03-10").await, Vec::<String>::new());
    patient.logs(a_cramp().at("2026-03-11T23:00:00Z")).await;
    assert_eq!(asked(&patient, "2026-03-12").await, ["soreness 1"]);
    patient.delete(patient.diary().check_in("2026-03-09")).await.is(204);
    assert_eq!(asked(&patient, "2026-03-10").await, ["check_in 2026-03-09"]);
}

#[actix_web::test]
async fn without_a_date_it_is_today_in_the_diarys_zone() {
    let app = TestApp::start().await;
    let (east, west) = (app.patient_in("Pacific/Kiritimati").await, app.patient_in("Pacific/Niue").await);
    for (patient, hours) in [(&east, 14), (&west, -11)] {
        let today = (app.now() + chrono::Duration::hours(hours)).date_naive().to_string();
        assert_eq!(patient.get(patient.diary().prompts()).await.is(200).json()["on"], today);
    }
}

#[actix_web::test]
async fn prompts_are_not_sent_again_while_nothing_changed_and_no_day_passed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().prompts();
    let tag = patient.get(&path).await.is(200).etag();
    patient.get(&path).if_none_match(&tag).await.is(304);
    app.advance(std::time::Duration::from_hours(24));
    let patient = patient.signs_in().await;
    patient.get(&path).if_none_match(&tag).await.is(200);
    let dated = patient.diary().prompts_on("2026-03-10");
    let tag = patient.get(&dated).await.is(200).etag();
    patient.get(&dated).if_none_match(&tag).await.is(304);
    patient.checks_in("2026-03-09").await;
    patient.get(&dated).if_none_match(&tag).await.is(200);
}

#[actix_web::test]
async fn a_wrong_date_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.get(patient.diary().prompts_on("today")).await.has_faults([("/on", "malformed")]);
    let both = format!("{}&limit=5", patient.diary().prompts_on("2026-02-30"));
    patient.get(both).await.has_faults([("/on", "malformed"), ("/limit", "unknown_field")]);
    for on in ["1970-01-01", "9999-12-31"] {
        patient.get(patient.diary().prompts_on(on)).await.is(200);
    }
}
