//! What figures are counted of: lives in which a figure could count what nobody knows, or the wrong thing.

use serde_json::{Value, json};

use super::support::*;

async fn share_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().night_share_of(from, to)).await
}

fn says(answer: &Value, part: &str) -> bool {
    answer["statements"].as_array().unwrap().iter().any(|statement| statement.as_str().unwrap().contains(part))
}

/// Cramps at 23:00 of each date, of which it is told or not whether they broke sleep.
async fn nights(patient: &Caller, dates: impl IntoIterator<Item = String>, broken: Option<bool>) {
    for date in dates {
        let cramp = a_cramp().at(&format!("{date}T23:00:00Z"));
        patient.logs(broken.map_or(cramp.clone(), |broken| cramp.interrupted_sleep(broken))).await;
    }
}

fn dates(from: &str, days: i64) -> impl Iterator<Item = String> {
    let from = from.to_owned();
    (0..days).map(move |day| days_after(&from, day))
}

#[actix_web::test]
async fn whether_sleep_broke_is_counted_of_the_nights_of_which_it_is_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    nights(&patient, dates("2026-03-01", 30), None).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-30").await;
    let broken = json!({
        "observed_nights": 0, "cramp_nights": 0, "per_week": null, "ci95": null, "at_least_per_week": 0.0,
        "reason": "not_recorded",
    });
    assert_eq!((&share["broken_night_rate"], &share["night_rate"]["observed_nights"]), (&broken, &json!(29)));
    assert!(!says(&share, "sleep broken"), "{share}");

    // A night in which a cramp broke sleep is broken, whatever the other did; one of two cramps that did not, and that do
    // not say, is not known; one in which neither did is not broken, nor is one without a cramp.
    let patient = app.patient().await;
    patient.lives_through("2026-03-01", [0].repeat(10)).await;
    for (night, before_midnight, after_it) in
        [(1, Some(true), None), (3, Some(false), None), (5, None, Some(false)), (7, Some(false), Some(false))]
    {
        for (day, hour, broken) in [(night, 23, before_midnight), (night + 1, 2, after_it)] {
            let cramp = a_cramp().at(&format!("2026-03-{day:02}T{hour:02}:00:00Z"));
            patient.logs(broken.map_or(cramp.clone(), |broken| cramp.interrupted_sleep(broken))).await;
        }
    }
    let share = share_of(&patient, "2026-03-01", "2026-03-10").await;
    assert_eq!(share["night_rate"]["observed_nights"], 9);
    let broken = &share["broken_night_rate"];
    assert_eq!((&broken["observed_nights"], &broken["cramp_nights"]), (&json!(7), &json!(1)));
    assert!(says(&share, "from 1 of 7 nights of which it is known"), "{share}");
}

#[actix_web::test]
async fn broken_nights_around_a_start_are_those_of_which_it_is_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", "2026-03-30").await;
    nights(&patient, dates("2026-03-10", 20), Some(true)).await;
    nights(&patient, dates("2026-03-31", 20), None).await;
    let answer = patient.learns(patient.diary().before_after("magnesium")).await;
    let (cramps, broken) = (&answer["cramp_nights"], &answer["broken_nights"]);
    assert_eq!((&cramps["after"]["observed_nights"], &cramps["reason"]), (&json!(19), &Value::Null));
    assert_eq!(broken["before"], json!({"observed_nights": 19, "cramp_nights": 19, "share": 1.0}));
    assert_eq!(broken["after"], json!({"observed_nights": 0, "cramp_nights": 0, "share": null}));
    assert_eq!((&broken["difference"], &broken["reason"]), (&Value::Null, &json!("not_recorded")));
}

#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
#[actix_web::test]
