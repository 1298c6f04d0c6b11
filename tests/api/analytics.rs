//! What holds of every analysis.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

/// The analyses that need nothing but a period.
const OF_A_PERIOD: [&str; 5] = ["night-share", "summary", "trend", "time-of-day", "soreness"];

/// Every analysis of a diary with the treatment `magnesium`.
fn all(patient: &Caller) -> Vec<String> {
    let mut paths: Vec<_> = OF_A_PERIOD.iter().map(|name| patient.diary().analysis(name)).collect();
    paths.push(patient.diary().before_after("magnesium"));
    paths
}

/// Two months with something of everything.
async fn somebody(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    patient.begins("magnesium", "2026-03-15").await;
    patient.lives_through("2026-03-01", [2, 0, 1, 0, 0, 3, 0, 0, 1, 0, 1, 1, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0]).await;
    for day in 20..26 {
        let cramp = a_cramp().at(&format!("2026-03-{day}T02:0{}:00Z", day % 10)).intensity(day % 10).context("asleep");
        let cramp = cramp.with("duration_seconds", day * 10).with("triggers", json!(["heat"])).interrupted_sleep(true);
        let relief = json!([{"measure": "stretching", "seconds_to_relief": 20 * (day - 19)}]);
        let cramp = patient.logs(cramp.with("relief", relief).part("calf")).await;
        patient.is_sore(&cramp, &format!("2026-03-{day}"), 5).await;
        patient.is_sore(&cramp, &format!("2026-03-{}", day + 2), (day - 20) / 2).await;
    }
    patient
}

#[actix_web::test]
async fn the_same_question_gets_the_same_bytes_and_a_304() {
    let mut app = TestApp::start().await;
    let patient = somebody(&app).await;
    let period = |path: &String| format!("{path}?from=2026-03-01&to=2026-03-31");
    let mut first = Vec::new();
    for path in all(&patient).iter().map(period) {
        let (one, two) = (patient.get(&path).await.is(200), patient.get(&path).await.is(200));
        assert_eq!((&one.body, one.etag()), (&two.body, two.etag()), "{path}");
        patient.get(&path).if_none_match(one.etag()).await.is(304);
        first.push(one);
    }
    app.restart().await;
    app.advance(Duration::from_hours(40 * 24));
    let patient = patient.signs_in().await;
    for first in &first {
        // These days are over: the answer stays.
        let later = patient.get(&first.path).await.is(200);
        assert_eq!((&first.body, first.etag()), (&later.body, later.etag()), "{}", first.path);
    }
    patient.logs(a_cramp().at("2026-06-01T02:00:00Z")).await;
    for first in &first {
        let changed = patient.get(&first.path).if_none_match(first.etag()).await.is(200);
        assert_eq!(changed.json()["revision"], patient.settings().await.revision(), "{}", first.path);
    }
}

#[actix_web::test]
async fn an_open_question_is_another_one_tomorrow() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    let mut tags = Vec::new();
    for path in all(&patient) {
        let answer = patient.get(&path).await.is(200);
        patient.get(&path).if_none_match(answer.etag()).await.is(304);
        tags.push((path, answer.etag()));
    }
    app.advance(Duration::from_hours(24));
    let patient = patient.signs_in().await;
    for (path, tag) in tags {
        patient.get(&path).if_none_match(&tag).await.is(200);
    }
}

#[actix_web::test]
async fn without_dates_it_is_the_ninety_days_to_today_on_the_diarys_clock() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Pacific/Kiritimati").await;
    let today = async |patient: &Caller, name: &str| {
        let answer = patient.learns(patient.diary().analysis(name)).await;
        let dates = ["from", "to"].map(|end| answer[end].as_str().unwrap().to_owned());
        assert_eq!(days_between(&dates[0], &dates[1]), 89, "{name}");
        dates[1].clone()
    };
    let there = |hours: i64| (app.now() + chrono::Duration::hours(hours)).date_naive().to_string();
    for name in OF_A_PERIOD {
        assert_eq!(today(&patient, name).await, there(14), "{name}");
    }
    app.advance(Duration::from_hours(48));
    let patient = patient.signs_in().await;
    for name in OF_A_PERIOD {
        assert_eq!(today(&patient, name).await, there(14), "{name}");
    }
}

#[actix_web::test]
async fn an_empty_diary_says_why_there_is_nothing_to_say() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", "2026-03-15").await;
    let ask = async |name: &str| patient.learns(patient.diary().analysis_of(name, "2026-03-01", "2026-03-31")).await;
    let no_rate = json!({"episodes": 0, "covered_days": 0, "per_week": null, "ci95": null, "reason": "not_covered"});
    let nothing = json!({
        "known": 0, "unknown": 0, "min": null, "q1": null, "median": null, "q3": null, "p90": null, "max": null,
        "reason": "no_episodes",
    });
    let nobody = json!({"yes": 0, "no": 0, "unknown": 0, "share": null, "effective_n": null, "ci95": null, "reason": "no_episodes"});
    let not_covered = json!({"days": 0, "covered": 0, "share": null});

    let summary = ask("summary").await;
    assert_eq!(summary["per_week"], no_rate);
    for spread in ["intensity", "duration_seconds", "sleep_disturbance"] {
        assert_eq!(summary[spread], nothing, "{spread}");
    }
    assert_eq!((&summary["over_10_minutes"], &summary["entry_within_24_hours"]), (&nobody, &nobody));
    assert_eq!(
        (&summary["change"]["verdict"], &summary["change"]["reason"]),
        (&json!("insufficient_data"), &json!("not_covered"))
    );
    assert_eq!(summary["sites"], json!({"known": 0, "unknown": 0, "in_both_legs_at_once": 0, "items": []}));
    assert_eq!(summary["triggers"], json!({"known": 0, "unknown": 0, "items": [], "others": 0}));
    assert_eq!(summary["relief"], json!({"known": 0, "unknown": 0, "items": []}));
    assert_eq!((&summary["coverage"], &summary["insufficient_data"]), (&not_covered, &json!(true)));

    let trend = ask("trend").await;
    assert_eq!(trend["items"].as_array().unwrap().len(), 6);
    for point in trend["items"].as_array().unwrap() {
        assert_eq!((&point["per_week"], &point["coverage"]), (&no_rate, &not_covered));
    }
    assert_eq!(
        (&trend["halves"]["verdict"], &trend["halves"]["reason"]),
        (&json!("insufficient_data"), &json!("not_covered"))
    );
    assert_eq!(trend["insufficient_data"], true);

    let times = ask("time-of-day").await;
    for figure in ["mean_time", "mean_minute", "resultant_length", "rayleigh_z", "rayleigh_p"] {
        assert_eq!(times[figure], Value::Null, "{figure}");
    }
    assert_eq!((&times["reason"], &times["mean_reason"]), (&json!("no_episodes"), &json!("no_episodes")));
    assert_eq!(times["verdict"], "insufficient_data");

    let course = ask("soreness").await;
    assert_eq!((&course["median_days"], &course["median_reason"]), (&Value::Null, &json!("no_episodes")));
    assert_eq!((&course["peak_level"], &course["tender_days"]), (&nothing, &nothing));
    assert_eq!((&course["tender_to_touch"], &course["limits_walking"]), (&nobody, &nobody));
    assert_eq!((&course["survival"], &course["insufficient_data"]), (&json!([]), &json!(true)));
    assert_eq!(course["still_sore"].as_array().unwrap().len(), 8);
    assert!(course["still_sore"].as_array().unwrap().iter().all(|day| day["reason"] == "not_recorded"));

    let before_after = patient.learns(patient.diary().before_after("magnesium")).await;
    assert_eq!((&before_after["before"]["per_week"], &before_after["after"]["per_week"]), (&no_rate, &no_rate));
    assert_eq!(
        (&before_after["verdict"], &before_after["reason"]),
        (&json!("insufficient_data"), &json!("not_covered"))
    );
    assert_eq!((&before_after["dispersion_index"], &before_after["dispersion_p"]), (&Value::Null, &Value::Null));

    for answer in [summary, trend, times, course] {
        assert_eq!(answer["statements"], json!(["No cramps are logged from 1 Mar 2026 to 31 Mar 2026."]));
    }
}

#[actix_web::test]
async fn with_one_cramp_figures_are_sent_and_nothing_is_claimed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", "2026-03-15").await;
    patient.logs(a_cramp().at("2026-03-10T02:00:00Z").intensity(7)).await;
    let ask = async |name: &str| patient.learns(patient.diary().analysis_of(name, "2026-03-01", "2026-03-31")).await;
    let summary = ask("summary").await;
    assert_eq!((&summary["intensity"]["median"], &summary["intensity"]["p90"]), (&json!(7.0), &json!(7.0)));
    assert_eq!(
        (&summary["duration_seconds"]["reason"], &summary["over_10_minutes"]["reason"]),
        (&json!("not_recorded"), &json!("not_recorded"))
    );
    assert_eq!(
        summary["statements"],
        json!([
            "There was 1 cramp on 1 day with an entry.",
            "Fewer than 5 cramps: not enough data to say more.",
            "The last logged cramp was 21 days before 31 Mar 2026; none of the days since has an entry.",
            "1 of 22 days (5 %) have an entry; nothing is known of the others.",
            "This describes what was logged and supports a conversation with your clinician; it is not a diagnosis.",
        ])
    );
    assert_eq!((&summary["insufficient_data"], &ask("trend").await["insufficient_data"]), (&json!(true), &json!(true)));
    let times = ask("time-of-day").await;
    assert_eq!((&times["mean_time"], &times["verdict"]), (&json!("02:00"), &json!("insufficient_data")));
    let course = ask("soreness").await;
    assert_eq!((&course["median_reason"], &course["insufficient_data"]), (&json!("not_recorded"), &json!(true)));
    assert_eq!(course["peak_level"]["unknown"], 1);
    let before_after = patient.learns(patient.diary().before_after("magnesium")).await;
    assert_eq!(before_after["verdict"], "insufficient_data");
    for path in all(&patient) {
        let text = patient.get(&path).await.is(200).text();
        for nonsense in ["NaN", "inf", "{", "None"].map(|word| format!(" {word}")) {
            assert!(!text.contains(&nonsense), "{nonsense} in {text}");
        }
    }
}

#[actix_web::test]
async fn german_says_the_same_numbers_in_other_words() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    for path in all(&patient) {
        for query in ["from=2026-03-01&to=2026-03-31", "from=2026-03-25&to=2026-03-25", "from=2026-01-01&to=2026-01-31"]
        {
            let ask = async |lang: &str| patient.learns(format!("{path}?{query}{lang}")).await;
            let (unsaid, english, german) = (ask("").await, ask("&lang=en").await, ask("&lang=de").await);
            assert_eq!(unsaid, english, "{path}");
            assert_eq!(without_sentences(english.clone()), without_sentences(german.clone()), "{path}");
            let sentences = |answer: &Value| -> Vec<String> {
                answer["statements"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
            };
            let (english, german) = (sentences(&english), sentences(&german));
            assert_eq!(english.len(), german.len(), "{path}");
            assert!(!german.is_empty(), "{path}");
            for (english, german) in english.iter().zip(&german) {
                assert_ne!(english, german);
                // The same figures, written in the other way.
                let digits = |text: &str| {
                    let mut digits: Vec<_> = text.chars().filter(char::is_ascii_digit).collect();
                    digits.sort_unstable();
                    digits
                };
                assert_eq!(digits(english), digits(german), "{english} {german}");
                assert!(german.ends_with('.') && !german.contains('{'), "{german}");
            }
        }
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_question_is_said_at_once() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    for path in all(&patient) {
        let ask = |query: &str| patient.get(format!("{path}?{query}"));
        ask("lang=xx").await.has_faults([("/lang", "not_one_of")]);
        ask("lang=DE").await.has_faults([("/lang", "not_one_of")]);
        ask("lang=de&lang=en").await.has_faults([("/lang", "duplicate")]);
        ask("from=2026-03-02&to=2026-03-01").await.has_faults([("/from", "contradiction")]);
        ask("from=2026-02-30&to=x&lang=&language=de").await.has_faults([
            ("/from", "malformed"),
            ("/to", "malformed"),
            ("/lang", "not_one_of"),
            ("/language", "unknown_field"),
        ]);
    }
    for name in ["summary", "time-of-day", "soreness"] {
        let path = format!("{}?bucket=day", patient.diary().analysis(name));
        patient.get(path).await.has_faults([("/bucket", "unknown_field")]);
    }
    let path = format!("{}?bucket=year&lang=fr", patient.diary().analysis("trend"));
    patient.get(path).await.has_faults([("/bucket", "not_one_of"), ("/lang", "not_one_of")]);
}
