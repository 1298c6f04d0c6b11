use serde_json::{Value, json};

use super::support::*;

async fn times_of(patient: &Caller) -> Value {
    patient.learns(patient.diary().analysis_of("time-of-day", "2026-01-01", "2026-06-30")).await
}

/// Cramps at times of the day on the diary's clock, in India, one every other day: each is a bout of its own.
async fn logs_at(patient: &Caller, minutes: impl IntoIterator<Item = u64>) {
    for (day, minute) in (0..).zip(minutes) {
        let date = days_after("2026-03-01", 2 * day);
        patient.logs(a_cramp().at(&format!("{date}T{:02}:{:02}:30+05:30", minute / 60, minute % 60))).await;
    }
}

#[actix_web::test]
async fn five_cramps_around_midnight() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Asia/Kolkata").await;
    // 23:30, 23:50, 00:00, 00:10, 00:30: as far before midnight as after it
    logs_at(&patient, [1410, 1430, 0, 10, 30]).await;
    let times = times_of(&patient).await;
    let counted: Vec<_> =
        times["hours"].as_array().unwrap().iter().map(|hour| hour["episodes"].as_i64().unwrap()).collect();
    assert_eq!(counted, [[3].as_slice(), &[0; 22], &[2]].concat());
    let hours = (0..24).map(|hour| json!({"hour": hour, "episodes": counted[hour]})).collect::<Vec<_>>();
    assert_eq!(
        without_sentences(times.clone()),
        json!({
            "from": "2026-01-01", "to": "2026-06-30", "revision": 6, "method": "time-of-day@2",
            "night_start": "22:00", "night_end": "06:00", "episodes": 5, "bout_days": 5,
            "hours": hours,
            "mean_time": "00:00", "mean_minute": 0.0, "mean_ci95_minutes": times["mean_ci95_minutes"],
            "mean_reason": null,
            // (1 + 2 cos 2.5° + 2 cos 7.5°) / 5
            "resultant_length": 0.996_197,
            // 5 R̄², and exp(√(1 + 20 + 4 (25 − 25 R̄²)) − 11)
            "rayleigh_z": 4.96204, "rayleigh_p": 0.001_772_55, "reason": null,
            "coverage": times["coverage"], "verdict": "concentrated",
        })
    );
    // Fisher's formula by Student's t on 4 degrees of freedom is arcsin(2.776 · 0.0392) = 25 minutes.
    let minutes = times["mean_ci95_minutes"].as_f64().unwrap();
    assert!((20.0..35.0).contains(&minutes), "{minutes}");
    let hours = (minutes / 6.0).round() / 10.0;
    let statement = format!(
        "Cramps keep to a time of day: on 5 days, each counted with the night that follows, they came around 00:00 on average, ± {hours} hours (95 % CI)."
    );
    assert_eq!(times["statements"][0], statement);
}

#[actix_web::test]
async fn an_hour_holds_its_first_minute_and_not_the_next_hours() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Asia/Kolkata").await;
    logs_at(&patient, [0, 359, 360, 1439]).await;
    let times = times_of(&patient).await;
    let hours = times["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 24);
    for (at, hour) in (0..).zip(hours) {
        let expected = i32::from([0, 5, 6, 23].contains(&at));
        assert_eq!(*hour, json!({"hour": at, "episodes": expected}));
    }
}

#[actix_web::test]
async fn times_that_balance_have_no_mean() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Asia/Kolkata").await;
    logs_at(&patient, [120, 840]).await;
    let times = times_of(&patient).await;
    assert_eq!((&times["mean_time"], &times["mean_minute"]), (&Value::Null, &Value::Null));
    assert_eq!((&times["mean_reason"], &times["reason"]), (&json!("no_direction"), &Value::Null));
    assert_eq!((&times["verdict"], &times["resultant_length"]), (&json!("insufficient_data"), &json!(0.0)));
    assert_eq!(times["statements"][0], "Fewer than 5 cramps: not enough data to say more.");
    let patient = app.patient_in("Asia/Kolkata").await;
    logs_at(&patient, [120, 840, 120, 840, 120, 840]).await;
    let times = times_of(&patient).await;
    assert_eq!((&times["verdict"], &times["rayleigh_p"]), (&json!("no_clear_peak"), &json!(1.0)));
    assert_eq!(
        times["statements"][0],
        "On 6 days, each counted with the night that follows, the cramps do not clearly gather around one time of day."
    );
}

#[actix_web::test]
async fn a_life_of_the_reference_gets_the_figures_of_the_reference() {
    let app = TestApp::start().await;
    for case in
        reference("time_of_day").into_iter().filter(|case| case["local_minutes"].as_array().unwrap().len() <= 30)
    {
        let minutes: Vec<_> = case["local_minutes"].as_array().unwrap().iter().map(|m| m.as_u64().unwrap()).collect();
        let patient = app.patient_in("Asia/Kolkata").await;
        logs_at(&patient, minutes.iter().copied()).await;
        let times = times_of(&patient).await;
        assert_eq!(times["episodes"], minutes.len());
        for (name, precision) in
            [("mean_minute", 1e-6), ("resultant_length", 1e-6), ("rayleigh_z", 1e-5), ("rayleigh_p", 1e-5)]
        {
            let (ours, theirs) = (times[name].as_f64().unwrap(), case[name].as_f64().unwrap());
            assert!((ours - theirs).abs() <= precision * theirs.max(1.0), "{name}: {ours} {theirs}");
        }
        let concentrated = minutes.len() >= 5 && case["rayleigh_p"].as_f64().unwrap() < 0.05;
        assert_eq!(times["verdict"] == "concentrated", concentrated, "{times}");
        // To the minute
        let (hour, minute) = times["mean_time"].as_str().unwrap().split_once(':').unwrap();
        let mean = hour.parse::<f64>().unwrap() * 60.0 + minute.parse::<f64>().unwrap();
        assert!((mean - case["mean_minute"].as_f64().unwrap()).abs() <= 0.5, "{times}");
    }
}

#[actix_web::test]
async fn cramps_of_one_night_are_one_time() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Asia/Kolkata").await;
    // 23:00 and 01:00 of one night: midnight; and noon, which balances it.
    for time in ["2026-03-01T23:00", "2026-03-02T01:00", "2026-03-04T12:00"] {
        patient.logs(a_cramp().at(&format!("{time}:00+05:30"))).await;
    }
    let times = times_of(&patient).await;
    assert_eq!((&times["episodes"], &times["bout_days"]), (&json!(3), &json!(2)));
    assert_eq!((&times["resultant_length"], &times["mean_reason"]), (&json!(0.0), &json!("no_direction")));
}
