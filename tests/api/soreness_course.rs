use serde_json::{Value, json};

use super::support::*;

async fn course_of(patient: &Caller) -> Value {
    patient.learns(patient.diary().analysis_of("soreness", "2026-03-01", "2026-03-31")).await
}

/// Logs a cramp on a date and how sore the leg was so many days after.
async fn suffers(patient: &Caller, date: &str, course: &[(i64, i32)]) -> Row {
    let cramp = patient.logs(a_cramp().at(&format!("{date}T03:00:00Z"))).await;
    for (day, level) in course {
        patient.is_sore(&cramp, &days_after(date, *day), *level).await;
    }
    cramp
}

#[actix_web::test]
async fn eight_cramps_of_which_six_are_followed_up() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Over on day 2, and no entry after it
    let a = suffers(&patient, "2026-03-01", &[]).await;
    for (date, body) in [
        ("2026-03-01", json!({"level": 5, "tender_to_touch": true, "limits_walking": true})),
        ("2026-03-02", json!({"level": 3, "tender_to_touch": true})),
        ("2026-03-03", json!({"level": 0, "tender_to_touch": false})),
    ] {
        patient.put(patient.diary().soreness_on(a.id(), date), body).await.is(201);
    }
    // Over on day 3; on day 2 nobody looked
    let b = suffers(&patient, "2026-03-02", &[(3, 0)]).await;
    let tender = json!({"level": 4, "tender_to_touch": false});
    patient.put(patient.diary().soreness_on(b.id(), "2026-03-03"), tender).await.is(201);
    // Last seen sore on day 1
    suffers(&patient, "2026-03-03", &[(0, 6), (1, 6)]).await;
    // Not sore on day 2, sore again on day 4, over on day 5
    suffers(&patient, "2026-03-04", &[(1, 2), (2, 0), (4, 1), (5, 0)]).await;
    // Never sore
    suffers(&patient, "2026-03-05", &[(0, 0)]).await;
    // Last seen sore on day 9
    suffers(&patient, "2026-03-06", &[(0, 3), (9, 2)]).await;
    // Not followed up
    suffers(&patient, "2026-03-07", &[]).await;
    suffers(&patient, "2026-03-08", &[]).await;
    // Not of this month, though its soreness is
    suffers(&patient, "2026-02-28", &[(1, 9), (2, 9)]).await;

    let course = course_of(&patient).await;
    let nothing = |day: u32| json!({"day": day, "still_sore": null, "ci95": null, "at_least": null, "at_most": null});
    let unknown: Vec<_> = [1, 2, 3].map(nothing).into();
    let still = |day: u32, sore: u32, of: u32, share: f64, low: f64, high: f64| json!({"day": day, "sore": sore, "of": of, "share": share, "ci95": {"low": low, "high": high}, "reason": null});
    let step = |day: u32, at_risk: u32, resolved: u32, censored: u32, still_sore: f64, low: f64, high: f64| {
        let ci95 = json!({"low": low, "high": high});
        json!({"day": day, "at_risk": at_risk, "resolved": resolved, "censored": censored, "still_sore": still_sore, "ci95": ci95})
    };
    assert_eq!(
        without_sentences(course.clone()),
        json!({
            "from": "2026-03-01", "to": "2026-03-31", "revision": 26, "method": "soreness@2",
            // 3 + 2 + 2 + 4 + 1 + 2 entries
            "episodes": 8, "followed_up": 6, "entries": 14,
            "still_sore": [
                // a, c and f, and e is over it
                still(0, 3, 4, 0.75, 0.300_642, 0.954_413),
                // a, b, c and d; of f it is not known
                still(1, 4, 5, 0.8, 0.375_535, 0.963_776),
                // a and e are over it, d pauses
                still(2, 0, 3, 0.0, 0.0, 0.561_497),
                // a, b and e are over it
                still(3, 0, 3, 0.0, 0.0, 0.561_497),
                // d is sore again
                still(4, 1, 4, 0.25, 0.045_587, 0.699_358),
                // a, b, d and e are over it; f is not known until day 9
                still(5, 0, 4, 0.0, 0.0, 0.489_891),
                still(6, 0, 4, 0.0, 0.0, 0.489_891),
                still(7, 0, 4, 0.0, 0.0, 0.489_891),
                still(8, 0, 4, 0.0, 0.0, 0.489_891),
                still(9, 1, 5, 0.2, 0.036_224, 0.624_465),
            ],
            // 5/6; c leaves; · 3/4; · 2/3; · 1/2; f leaves. Intervals: exp(ln S · e^±q), q = 1.959964 √Σ d/(n(n−d)) / ln S
            "survival": [
                step(0, 6, 1, 0, 0.833_333, 0.273_123, 0.974_712),
                step(1, 5, 0, 1, 0.833_333, 0.273_123, 0.974_712),
                step(2, 4, 1, 0, 0.625, 0.141_853, 0.893_051),
                step(3, 3, 1, 0, 0.416_667, 0.055_992, 0.766_522),
                step(5, 2, 1, 0, 0.208_333, 0.008_737, 0.595_062),
                step(9, 1, 0, 1, 0.208_333, 0.008_737, 0.595_062),
            ],
            // a and b may have been over it on day 2, and d on day 5: 5/6 · 1/2 on day 2
            "first_days": [
                {"day": 1, "still_sore": 0.833_333, "ci95": {"low": 0.273_123, "high": 0.974_712}, "at_least": 0.833_333, "at_most": 0.833_333},
                {"day": 2, "still_sore": 0.625, "ci95": {"low": 0.141_853, "high": 0.893_051}, "at_least": 0.416_667, "at_most": 0.625},
                {"day": 3, "still_sore": 0.416_667, "ci95": {"low": 0.055_992, "high": 0.766_522}, "at_least": 0.416_667, "at_most": 0.416_667},
            ],
            // The lower ends are below one half from day 0 on, the upper ones never.
            "median_days": 3, "median_days_ci95": {"low": 0, "high": null}, "median_reason": null,
            // Each came while the leg was watched after another.
            "isolated": {
                "followed_up": 0, "median_days": null, "median_days_ci95": null,
                "first_days": unknown,
            },
            // 0, 2, 3, 4, 5, 6
            "peak_level": {
                "known": 6, "unknown": 2, "min": 0.0, "q1": 2.25, "median": 3.5, "q3": 4.75, "p90": 5.5, "max": 6.0,
                "reason": null,
            },
            // Two days of a, none of b; the others do not say.
            "tender_days": {
                "known": 2, "unknown": 6, "min": 0.0, "q1": 0.5, "median": 1.0, "q3": 1.5, "p90": 1.8, "max": 2.0,
                "reason": null,
            },
            "tender_to_touch": {
                "yes": 2, "no": 2, "unknown": 10, "share": 0.5, "effective_n": null, "ci95": null,
                "reason": null,
            },
            "limits_walking": {
                "yes": 1, "no": 0, "unknown": 13, "share": 1.0, "effective_n": null, "ci95": null,
                "reason": null,
            },
            // The 1st to the 8th, of the 31 days
            "coverage": {"days": 31, "covered": 8, "share": 0.258_065}, "insufficient_data": false,
        })
    );
    assert_eq!(
        course["statements"],
        json!([
            "Soreness was logged after 6 of 8 cramps.",
            "After at least half of the cramps, the leg was no longer sore by day 3 (95 % CI day 0–∞).",
            "Legs still sore, with 95 % CI, on day 1: 83 % (27–97 %), on day 2: 63 % (14–89 %), on day 3: 42 % (6–77 %).",
        ])
    );
}

#[actix_web::test]
async fn there_is_no_median_while_more_than_half_were_sore_when_last_seen() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    suffers(&patient, "2026-03-01", &[]).await;
    let course = course_of(&patient).await;
    assert_eq!((&course["median_days"], &course["median_reason"]), (&Value::Null, &json!("not_recorded")));
    for date in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"] {
        suffers(&patient, date, &[(2, 4)]).await;
    }
    suffers(&patient, "2026-03-06", &[(1, 0)]).await;
    let course = course_of(&patient).await;
    assert_eq!((&course["median_days"], &course["median_reason"]), (&Value::Null, &json!("not_reached")));
    assert_eq!((&course["followed_up"], &course["insufficient_data"]), (&json!(5), &json!(false)));
    let statement = "After more than half of the cramps, the leg was still sore when last logged, so it can't be said how long it lasts.";
    assert_eq!(course["statements"][1], statement);
    // On day 0 nobody was asked.
    let day = json!({"day": 0, "sore": 0, "of": 0, "share": null, "ci95": null, "reason": "not_recorded"});
    assert_eq!(course["still_sore"][0], day);
    assert_eq!(course["tender_to_touch"]["reason"], "not_recorded");
    assert_eq!(course["tender_days"]["reason"], "not_recorded");
}

#[actix_web::test]
async fn a_life_of_the_reference_gets_the_curve_of_the_reference() {
    let app = TestApp::start().await;
    for case in [reference("soreness_resolution"), reference("survival_with_intervals")].concat() {
        let seen = case["observations"].as_array().unwrap();
        if seen.len() > 40 {
            continue;
        }
        let patient = app.patient().await;
        for cramp in seen {
            let level = if cramp["resolved"] == true { 0 } else { 3 };
            suffers(&patient, "2026-03-01", &[(cramp["day"].as_i64().unwrap(), level)]).await;
        }
        let course = course_of(&patient).await;
        let steps = course["survival"].as_array().unwrap();
        for point in case["survival"].as_array().unwrap() {
            // The curve keeps its height from step to step.
            let step = steps.iter().rfind(|step| step["day"].as_f64() <= point["day"].as_f64());
            let ours = step.map_or(1.0, |step| step["still_sore"].as_f64().unwrap());
            assert!((ours - point["still_sore"].as_f64().unwrap()).abs() <= 1e-6, "{point} {course}");
            if let (Some(theirs), Some(step)) = (point["ci95"].as_array(), step) {
                for (name, theirs) in ["low", "high"].iter().zip(theirs) {
                    let ours = step["ci95"][name].as_f64().unwrap();
                    assert!((ours - theirs.as_f64().unwrap()).abs() <= 1e-6, "{point} {step}");
                }
            }
        }
        assert_eq!(course["median_days"].as_f64(), case["median_days"].as_f64(), "{course}");
        assert_eq!(course["followed_up"], seen.len());
    }
}
