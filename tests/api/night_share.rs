use std::{collections::BTreeSet, time::Duration};

use rand::RngExt;
use serde_json::{Value, json};

use super::support::*;

async fn share_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().night_share_of(from, to)).await
}

#[actix_web::test]
async fn a_month_in_a_life() {
    let app = TestApp::start().await;
    // Revision 1: the diary is there. Night 22:00–06:00, evening from 18:00.
    let kim = app.patient_in("Europe/Berlin").await;
    let diary = kim.diary().clone();

    // At home in Berlin; UTC+1 until 29 March 2026 at 01:00 UTC, when 02:00 becomes 03:00 and UTC+2 begins.
    // local 15 March 02:30: night of the 14th
    let first = kim.logs(a_cramp().at("2026-03-15T02:30:00+01:00").context("asleep").interrupted_sleep(true)).await;
    // local 17 March 22:00:00, the first second of the night of the 17th
    kim.logs(a_cramp().at("2026-03-17T21:00:00Z").context("in_bed_awake").interrupted_sleep(false)).await;
    // local 18 March 05:59:59, the last second of the same night
    kim.logs(a_cramp().at("2026-03-18T04:59:59Z").context("asleep").interrupted_sleep(true)).await;
    // local 19 March 06:00:00: day
    kim.logs(a_cramp().at("2026-03-19T05:00:00Z").context("standing").interrupted_sleep(false)).await;
    // local 21 March 19:45: evening
    kim.logs(a_cramp().at("2026-03-21T18:45:00Z").context("resting").interrupted_sleep(true)).await;
    // The clock change. local 29 March 01:59:59 and, a second later, 03:00:00: both in the night of the 28th
    kim.logs(a_cramp().at("2026-03-29T00:59:59Z").context("asleep").interrupted_sleep(true)).await;
    let after_the_jump = kim.logs(a_cramp().at("2026-03-29T01:00:00Z").context("asleep").interrupted_sleep(true)).await;
    // local 29 March 21:59, by summer time: evening; whether it broke sleep is not said
    kim.logs(a_cramp().at("2026-03-29T19:59:00Z").context("walking")).await;
    // local 29 March 22:00, which would have been 21:00 the day before: night of the 29th; no context
    kim.logs(a_cramp().at("2026-03-29T20:00:00Z").interrupted_sleep(true)).await;

    // In New York, UTC−4 since 8 March.
    let in_new_york = |at: &str| a_cramp().at(at).r#in("America/New_York");
    // local 3 April 02:15, 08:15 in Berlin: night of the 2nd
    kim.logs(in_new_york("2026-04-03T06:15:00Z").context("asleep").interrupted_sleep(true)).await;
    // local 3 April 22:30: night of the 3rd
    kim.logs(in_new_york("2026-04-03T22:30:00-04:00").context("in_bed_awake")).await;
    // Logged as 4 April 23:30 by mistake, and corrected to 5 April 16:00: day
    let mistaken = in_new_york("2026-04-05T03:30:00Z").context("exercising").interrupted_sleep(false);
    let mistaken = kim.logs(mistaken).await;
    assert_eq!((&mistaken["local_date"], &mistaken["period"]), (&json!("2026-04-04"), &json!("night")));
    kim.patch(diary.episode(mistaken.id()), json!({"started_at": "2026-04-05T16:00:00-04:00"})).await.is(200);

    // Home again. One that is deleted: local 11 April 00:30
    let deleted = kim.logs(a_cramp().at("2026-04-10T22:30:00Z").context("asleep").interrupted_sleep(true)).await;
    kim.delete(diary.episode(deleted.id())).await.is(204);
    // Back-dated: local 25 March 12:30: day
    kim.logs(a_cramp().at("2026-03-25T11:30:00Z").context("exercising")).await;

    // Soreness has no say in the night share.
    for (date, level) in [("2026-03-15", 6), ("2026-03-16", 3), ("2026-03-18", 0)] {
        kim.is_sore(&first, date, level).await;
    }
    for (date, level) in [("2026-03-29", 4), ("2026-03-30", 2)] {
        kim.is_sore(&after_the_jump, date, level).await;
    }
    // Six days that nothing else covers, and one that cramps cover already.
    for date in ["2026-03-16", "2026-03-20", "2026-03-22", "2026-04-01", "2026-04-06", "2026-04-12"] {
        kim.checks_in(date).await;
    }
    kim.put(diary.check_in("2026-03-29"), json!({"cramp_free": false})).await.is(201);

    let share = share_of(&kim, "2026-03-15", "2026-04-13").await;
    // All of it is logged months later.
    let written_soon = json!({
        "episodes": 0, "night": 0, "bout_days": 0, "night_share": null, "night_share_ci95": null,
        // The night of the 17th is not observed: both of its cramps were.
        "night_rate": {
            "observed_nights": 7, "cramp_nights": 0, "per_week": 0.0,
            "ci95": {"low": 0.0, "high": 2.480_313}, "at_least_per_week": 0.0, "at_most_per_week": 0.875, "reason": null,
        },
    });
    assert_eq!(
        without_sentences(share.clone()),
        json!({
            "from": "2026-03-15", "to": "2026-04-13",
            // 1 + 14 cramps + 1 correction + 1 deletion + 5 entries of soreness + 7 check-ins
            "revision": 29,
            "method": "night-share@2", "night_start": "22:00", "night_end": "06:00",
            // 14 − 1 deleted. Night: 15 March, 17, 18, twice and once more on 29, twice on 3 April.
            "episodes": 13, "night": 8,
            // Evening: 21 and 29 March. Day: 19 and 25 March, 5 April.
            "evening": 2, "day": 3,
            // Bouts by the date on which they begin, (night, all): the 14th (1, 1), 17th (2, 2), 19th, 21st and 25th (0, 1),
            // 28th (2, 2), 29th (1, 2), the 2nd and 3rd of April (1, 1), and the 5th (0, 1). With p = 8/13:
            // V = 10/9 · Σ (y − pn)² / 13², and the design effect V · 12 / (p(1 − p)) = 180/169.
            "bout_days": 10, "design_effect": 1.065_089, "effective_n": 12.205_556,
            // Wilson's interval on 12.2
            "night_share": 0.615_385, "night_share_ci95": {"low": 0.348_132, "high": 0.827_393},
            // 8 hours of 24, and the incomplete beta function of a third at (7.51, 5.69)
            "clock_share": 0.333_333, "p_value_vs_clock": 0.040_596_7, "population_share": 0.73,
            // 15, 17, 18, 19, 21, 25, 29 March, 3 and 5 April
            "cramp_days": 9,
            // of the 14th, 17th, 28th, 29th of March, 2nd and 3rd of April
            "cramp_nights": 6,
            // Both dates have an entry: the nights of the 15th to the 21st, and of 5 April; a cramp in that of the 17th.
            // Of the 29 nights within the period 5 had one: the 17th, 28th, 29th, 2nd and 3rd.
            "night_rate": {
                "observed_nights": 8, "cramp_nights": 1, "per_week": 0.875,
                "ci95": {"low": 0.156_922, "high": 3.296_217}, "at_least_per_week": 1.206_897, "at_most_per_week": 0.875, "reason": null,
            },
            // All of these but that of the 3rd, of which it is not known.
            "broken_night_rate": {
                "observed_nights": 8, "cramp_nights": 1, "per_week": 0.875,
                "ci95": {"low": 0.156_922, "high": 3.296_217}, "at_least_per_week": 0.965_517, "at_most_per_week": 0.875, "reason": null,
            },
            // Not said: 29 March 21:59, 3 April 22:30, 25 March. No: 17 and 19 March, 5 April.
            "interrupted_sleep":
                {"yes": 7, "no": 3, "unknown": 3, "share": 0.7, "effective_n": 10.0, "ci95": {"low": 0.396_778, "high": 0.892_209}},
            // At night: not on the 17th, and not said on 3 April 22:30.
            "interrupted_sleep_at_night":
                {"yes": 6, "no": 1, "unknown": 1, "share": 0.857_143, "effective_n": 7.0, "ci95": {"low": 0.486_872, "high": 0.974_32}},
            // Not said: 29 March 22:00. No: standing, resting, walking, exercising twice. 7/12. Of the 17th and of the 28th
            // both are a yes: with the eight others V = 0.025527, and a design effect of 1.261.
            "in_bed":
                {"yes": 7, "no": 5, "unknown": 1, "share": 0.583_333, "effective_n": 9.516_084, "ci95": {"low": 0.293_898, "high": 0.824_837}},
            // All 7 that broke sleep came at night or in the evening, of 10 of which it is known.
            "evening_or_night_and_interrupted_sleep": {
                "yes": 7, "of_known": 10, "share": 0.7, "effective_n": 10.0, "ci95": {"low": 0.396_778, "high": 0.892_209}, "always": false,
            },
            // 25 and 29 March, 5 April
            "while_walking_or_exercising": 3,
            "written_within_24_hours": written_soon,
            // 17 days of March and 13 of April; 9 with cramps and 6 with nothing but a check-in
            "coverage": {"days": 30, "covered": 15, "share": 0.5},
            // The interval begins above a third, and 8/13 is more than a half; but chance alone brings as much in 4 %.
            "verdict": "mixed",
        })
    );
    let statements = share["statements"].as_array().unwrap();
    assert_eq!(statements[0], "8 of 13 cramps (62 %, 95 % CI 35–83 %) began between 22:00 and 06:00.");
    assert!(statements.iter().all(|statement| !statement.as_str().unwrap().to_lowercase().contains("you have ")));

    // Of the days in New York alone. Night 2 of 3; P(X ≥ 2) = 3·(1/9)(2/3) + 1/27 = 7/27
    let trip = share_of(&kim, "2026-04-02", "2026-04-08").await;
    assert_eq!((&trip["episodes"], &trip["night"], &trip["day"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!((&trip["cramp_days"], &trip["cramp_nights"]), (&json!(2), &json!(2)));
    assert_eq!(trip["p_value_vs_clock"], 0.259_259);
    assert_eq!(trip["coverage"], json!({"days": 7, "covered": 3, "share": 0.428_571}));
    assert_eq!(trip["verdict"], "insufficient_data");

    // The list agrees.
    let listed = async |query: &str| {
        let path = diary.episodes_where(&format!("from=2026-03-15&to=2026-04-13&{query}"));
        kim.get(path).await.is(200).items().len()
    };
    assert_eq!((listed("").await, listed("period=night").await, listed("period=evening").await), (13, 8, 2));

    // Moving house changes nothing of it.
    kim.patch(diary.path(), json!({"time_zone": "Asia/Tokyo"})).await.is(200);
    let mut moved = share_of(&kim, "2026-03-15", "2026-04-13").await;
    moved["revision"] = json!(29);
    assert_eq!(moved, share);
}

#[actix_web::test]
async fn an_empty_diary_says_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    let nothing = json!({"yes": 0, "no": 0, "unknown": 0, "share": null, "effective_n": null, "ci95": null});
    for name in ["night_share", "night_share_ci95", "p_value_vs_clock"] {
        assert_eq!(share[name], Value::Null, "{name}");
    }
    for name in ["episodes", "night", "evening", "day", "cramp_days", "cramp_nights", "while_walking_or_exercising"] {
        assert_eq!(share[name], 0, "{name}");
    }
    assert_eq!((&share["interrupted_sleep"], &share["in_bed"]), (&nothing, &nothing));
    let late = json!({"yes": 0, "of_known": 0, "share": null, "effective_n": null, "ci95": null, "always": false});
    assert_eq!(share["evening_or_night_and_interrupted_sleep"], late);
    assert_eq!(share["coverage"], json!({"days": 0, "covered": 0, "share": null}));
    assert_eq!(share["verdict"], "insufficient_data");
    assert!(!share["statements"].as_array().unwrap().is_empty());
}

#[actix_web::test]
async fn a_window_within_one_day_is_a_night_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let window = json!({"night_start": "00:30", "night_end": "05:00", "evening_start": "18:00"});
    patient.patch(patient.diary().path(), window).await.is(200);
    for (time, period, night_of) in [
        // The evening runs over midnight to the start of the night.
        ("2026-03-02T00:29:59Z", "evening", Value::Null),
        ("2026-03-02T00:30:00Z", "night", json!("2026-03-02")),
        ("2026-03-02T04:59:59Z", "night", json!("2026-03-02")),
        ("2026-03-02T05:00:00Z", "day", Value::Null),
        ("2026-03-02T17:59:00Z", "day", Value::Null),
        ("2026-03-02T18:00:00Z", "evening", Value::Null),
    ] {
        let cramp = patient.logs(a_cramp().at(time)).await;
        assert_eq!((&cramp["period"], &cramp["night_of"]), (&json!(period), &night_of), "{time}");
    }
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!((&share["night"], &share["evening"], &share["day"]), (&json!(2), &json!(2), &json!(2)));
    // 4.5 hours of 24. All six are one bout: I of 3/16 at (1/3, 5/3)
    assert_eq!((&share["clock_share"], &share["p_value_vs_clock"]), (&json!(0.1875), &json!(0.687_394)));
    assert_eq!((&share["night_start"], &share["night_end"]), (&json!("00:30"), &json!("05:00")));
    assert_eq!((&share["cramp_nights"], &share["cramp_days"]), (&json!(1), &json!(1)));
    // A third of one
    assert_eq!(share["night_share_ci95"], json!({"low": 0.025_336, "high": 0.905_814}));
    assert_eq!(share["verdict"], "insufficient_data");
}

#[actix_web::test]
async fn another_window_asks_the_same_cramps_another_question() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for time in ["02:00", "06:30", "12:00", "18:30", "21:30", "22:15", "23:00"] {
        let cramp = a_cramp().at(&format!("2026-03-02T{time}:00Z")).interrupted_sleep(true);
        patient.logs(cramp).await;
    }
    let counts = |share: &Value| ["night", "evening", "day"].map(|name| share[name].as_i64().unwrap());
    let late = |share: &Value| share["evening_or_night_and_interrupted_sleep"]["yes"].as_i64().unwrap();
    let before = share_of(&patient, "2026-03-01", "2026-03-31").await;
    // Night: 02:00, 22:15, 23:00. Evening: 18:30, 21:30.
    assert_eq!((counts(&before), late(&before)), ([3, 2, 2], 5));
    assert_eq!(before["cramp_nights"], 2);
    let window = json!({"night_start": "21:00", "night_end": "07:00", "evening_start": "19:00"});
    patient.patch(patient.diary().path(), window).await.is(200);
    let after = share_of(&patient, "2026-03-01", "2026-03-31").await;
    // Night: 02:00, 06:30, 21:30, 22:15, 23:00. No evening: 18:30 is day.
    assert_eq!((counts(&after), late(&after)), ([5, 0, 2], 5));
    // 10 hours of 24
    assert_eq!((&after["clock_share"], &after["cramp_nights"]), (&json!(0.416_667), &json!(2)));
    // And what is logged from now on.
    patient.logs(a_cramp().at("2026-03-05T06:30:00Z")).await;
    assert_eq!(share_of(&patient, "2026-03-05", "2026-03-05").await["night"], 1);
    let back = json!({"night_start": "22:00", "night_end": "06:00", "evening_start": "18:00"});
    patient.patch(patient.diary().path(), back).await.is(200);
    let mut again = share_of(&patient, "2026-03-01", "2026-03-04").await;
    for name in ["revision", "to", "coverage", "night_rate", "broken_night_rate", "statements"] {
        again[name] = before[name].clone();
    }
    assert_eq!(again, before);
}

#[actix_web::test]
async fn the_verdict_needs_five_bouts_and_a_clear_share() {
    let app = TestApp::start().await;
    for (night, day, verdict) in [
        (4, 0, "insufficient_data"),
        (0, 4, "insufficient_data"),
        // 5 of 5: from 0.566 on
        (5, 0, "mostly_at_night"),
        // 6 of 7: chance brings as many in 0.7 %; 5 of 7: from 0.359 on, but in 4.5 %; 4 of 7: from 0.250 on
        (6, 1, "mostly_at_night"),
        (5, 2, "mixed"),
        (4, 3, "mixed"),
        // 0 of 7: up to 0.354; 0 of 8: up to 0.324
        (0, 7, "mixed"),
        (0, 8, "rarely_at_night"),
    ] {
        let patient = app.patient().await;
        for n in 0..night {
            patient.logs(a_cramp().at(&format!("2026-03-{:02}T02:00:00Z", n + 1))).await;
        }
        for n in 0..day {
            patient.logs(a_cramp().at(&format!("2026-04-{:02}T12:00:00Z", n + 1))).await;
        }
        let share = share_of(&patient, "2026-03-01", "2026-04-30").await;
        assert_eq!(share["bout_days"], night + day);
        assert_eq!(share["verdict"], verdict, "{night} at night, {day} by day");
    }
}

#[actix_web::test]
async fn always_means_every_cramp_of_which_it_is_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let late =
        async || share_of(&patient, "2026-03-01", "2026-03-31").await["evening_or_night_and_interrupted_sleep"].clone();
    patient.logs(a_cramp().at("2026-03-01T02:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-03-01T19:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-03-01T12:00:00Z")).await;
    let ci95 = json!({"low": 0.342_38, "high": 1.0});
    assert_eq!(
        late().await,
        json!({"yes": 2, "of_known": 2, "share": 1.0, "effective_n": 2.0, "ci95": ci95, "always": true})
    );
    patient.logs(a_cramp().at("2026-03-02T12:00:00Z").interrupted_sleep(true)).await;
    let ci95 = json!({"low": 0.207_66, "high": 0.938_508});
    assert_eq!(
        late().await,
        json!({"yes": 2, "of_known": 3, "share": 0.666_667, "effective_n": 3.0, "ci95": ci95, "always": false})
    );
}

#[actix_web::test]
async fn days_before_the_first_entry_and_after_today_are_not_counted() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let days_ago = |days: i64| app.today_plus(-days);
    patient.checks_in(&days_ago(9)).await;
    patient.logs(a_cramp().at(&format!("{}T12:00:00Z", days_ago(5)))).await;
    patient.checks_in(&days_ago(5)).await;
    patient.checks_in(&days_ago(0)).await;
    let coverage = async |from: String, to: String| share_of(&patient, &from, &to).await["coverage"].clone();
    let is = |days: i64, covered: i64, share: f64| json!({"days": days, "covered": covered, "share": share});
    assert_eq!(coverage(days_ago(9), days_ago(0)).await, is(10, 3, 0.3));
    assert_eq!(coverage(days_ago(400), days_ago(0)).await, is(10, 3, 0.3));
    assert_eq!(coverage(days_ago(4), days_ago(-30)).await, is(5, 1, 0.2));
    assert_eq!(coverage(days_ago(5), days_ago(5)).await, is(1, 1, 1.0));
    assert_eq!(coverage("0001-01-01".into(), "9999-12-31".into()).await, is(10, 3, 0.3));
    let none = json!({"days": 0, "covered": 0, "share": null});
    assert_eq!(coverage(days_ago(100), days_ago(10)).await, none);
    assert_eq!(coverage(days_ago(-1), days_ago(-7)).await, none);
    // A cramp that a phone with a wrong clock logs for tomorrow counts as a cramp; its day is not over.
    let tomorrow = (app.now() + chrono::Duration::hours(23)).to_rfc3339();
    patient.logs(a_cramp().at(&tomorrow)).await;
    let share = share_of(&patient, &days_ago(9), &days_ago(-2)).await;
    assert_eq!((&share["episodes"], &share["coverage"]["days"]), (&json!(2), &json!(10)));
}

#[actix_web::test]
async fn without_dates_it_is_the_ninety_days_to_today() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Pacific/Kiritimati").await;
    let today = (app.now() + chrono::Duration::hours(14)).date_naive();
    let share = patient.get(patient.diary().night_share()).await.is(200).json();
    assert_eq!(share["to"], today.to_string());
    assert_eq!(share["from"], (today - chrono::Days::new(89)).to_string());
    let path = format!("{}?to=2026-03-31", patient.diary().night_share());
    let share = patient.get(path).await.is(200).json();
    assert_eq!((&share["from"], &share["to"]), (&json!("2026-01-01"), &json!("2026-03-31")));
    let path = format!("{}?from=2026-03-31", patient.diary().night_share());
    let share = patient.get(path).await.is(200).json();
    assert_eq!((&share["from"], &share["to"]), (&json!("2026-03-31"), &json!(today.to_string())));
}

#[actix_web::test]
async fn a_period_that_ends_before_it_begins_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let ask = |query: &str| patient.get(format!("{}?{query}", patient.diary().night_share()));
    ask("from=2026-03-02&to=2026-03-01").await.has_faults([("/from", "contradiction")]);
    ask("from=2026-02-30&to=x&bucket=day").await.has_faults([
        ("/from", "malformed"),
        ("/to", "malformed"),
        ("/bucket", "unknown_field"),
    ]);
    ask("from=2026-03-01&to=2026-03-01").await.is(200);
    ask(&format!("from={}", app.today_plus(3))).await.has_faults([("/from", "in_the_future")]);
}

#[actix_web::test]
async fn the_same_question_of_the_same_revision_gets_the_same_bytes() {
    let mut app = TestApp::start().await;
    let patient = app.patient().await;
    for n in 1..=9 {
        patient.logs(a_cramp().at(&format!("2026-03-{n:02}T0{n}:00:00Z"))).await;
    }
    let path = patient.diary().night_share_of("2026-03-01", "2026-03-31");
    let first = patient.get(&path).await.is(200);
    let second = patient.get(&path).await.is(200);
    assert_eq!((&first.body, first.etag()), (&second.body, second.etag()));
    patient.get(&path).if_none_match(first.etag()).await.is(304);
    app.restart().await;
    app.advance(Duration::from_hours(40 * 24));
    let patient = patient.signs_in().await;
    let later = patient.get(&path).await.is(200);
    assert_eq!((&first.body, first.etag()), (&later.body, later.etag()));
    patient.get(&path).if_none_match(first.etag()).await.is(304);

    patient.logs(a_cramp().at("2026-06-01T02:00:00Z")).await;
    let changed = patient.get(&path).if_none_match(first.etag()).await.is(200);
    assert_ne!(changed.etag(), first.etag());
    assert_eq!(changed.json()["revision"], patient.settings().await.revision());
}

#[actix_web::test]
async fn an_answer_that_depends_on_the_day_is_another_one_tomorrow() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.checks_in(&app.today_plus(0)).await;
    let path = patient.diary().night_share();
    let open = patient.diary().night_share_of(&app.today_plus(-5), &app.today_plus(5));
    let (tag, open_tag) = (patient.get(&path).await.etag(), patient.get(&open).await.etag());
    patient.get(&path).if_none_match(&tag).await.is(304);
    patient.get(&open).if_none_match(&open_tag).await.is(304);
    app.advance(Duration::from_hours(24));
    let patient = patient.signs_in().await;
    patient.get(&path).if_none_match(&tag).await.is(200);
    assert_eq!(patient.get(&open).if_none_match(&open_tag).await.is(200).json()["coverage"]["days"], 2);
}

/// Counts what is listed, and compares.
async fn agrees(patient: &Caller, from: &str, to: &str) {
    let share = share_of(patient, from, to).await;
    let all = patient.lists_all(patient.diary().episodes()).await;
    let check_ins = patient.lists_all(patient.diary().check_ins()).await;
    let within = |date: &Value| (from..=to).contains(&date.as_str().unwrap());
    let cramps: Vec<_> = all.iter().filter(|row| within(&row["local_date"])).collect();
    let count = |holds: &dyn Fn(&Row) -> bool| cramps.iter().filter(|row| holds(row)).count();
    let in_bed = |row: &Row| ["asleep", "in_bed_awake"].contains(&row["context"].as_str().unwrap_or_default());
    let moving = |row: &Row| ["walking", "exercising"].contains(&row["context"].as_str().unwrap_or_default());
    let at_night = |row: &Row| row["period"] == "night";
    let late_yes = |row: &Row| row["period"] != "day" && row["interrupted_sleep"] == true;
    for (name, expected) in [
        ("/episodes", cramps.len()),
        ("/night", count(&|row| row["period"] == "night")),
        ("/evening", count(&|row| row["period"] == "evening")),
        ("/day", count(&|row| row["period"] == "day")),
        ("/interrupted_sleep/yes", count(&|row| row["interrupted_sleep"] == true)),
        ("/interrupted_sleep/no", count(&|row| row["interrupted_sleep"] == false)),
        ("/interrupted_sleep/unknown", count(&|row| row["interrupted_sleep"].is_null())),
        ("/in_bed/yes", count(&in_bed)),
        ("/in_bed/no", count(&|row| !row["context"].is_null() && !in_bed(row))),
        ("/in_bed/unknown", count(&|row| row["context"].is_null())),
        ("/evening_or_night_and_interrupted_sleep/yes", count(&late_yes)),
        ("/while_walking_or_exercising", count(&moving)),
        ("/interrupted_sleep_at_night/yes", count(&|row| at_night(row) && row["interrupted_sleep"] == true)),
        ("/interrupted_sleep_at_night/no", count(&|row| at_night(row) && row["interrupted_sleep"] == false)),
        // Chance logs months late.
        ("/written_within_24_hours/episodes", 0),
    ] {
        assert_eq!(share.pointer(name).unwrap(), expected, "{name} from {from} to {to}");
    }
    let distinct = |name: &str| {
        let dates: BTreeSet<_> = cramps.iter().filter_map(|row| row[name].as_str()).collect();
        dates.len()
    };
    assert_eq!(share["cramp_days"], distinct("local_date"));
    assert_eq!(share["cramp_nights"], distinct("night_of"));
    let bout = |row: &Row| row["night_of"].as_str().or(row["local_date"].as_str()).unwrap().to_owned();
    assert_eq!(share["bout_days"], cramps.iter().map(|row| bout(row)).collect::<BTreeSet<_>>().len());

    let mut covered: BTreeSet<_> = all.iter().map(|row| row["local_date"].as_str().unwrap()).collect();
    covered.extend(check_ins.iter().map(|row| row["date"].as_str().unwrap()));
    let first = covered.first().copied().unwrap_or(from);
    let days = days_between(from.max(first), to) + 1;
    let days = if covered.is_empty() { 0 } else { days.max(0) };
    assert_eq!(share["coverage"]["days"], days, "from {from} to {to}");
    assert_eq!(share["coverage"]["covered"], covered.range(from..=to).count(), "from {from} to {to}");

    let nights_of = |holds: &dyn Fn(&Row) -> bool| -> BTreeSet<String> {
        cramps.iter().filter(|row| holds(row)).filter_map(|row| row["night_of"].as_str().map(str::to_owned)).collect()
    };
    let settings = patient.settings().await;
    let (start, end) = (settings["night_start"].as_str().unwrap(), settings["night_end"].as_str().unwrap());
    // A night that lies on one date needs that alone.
    let wraps = i64::from(start > end && end != "00:00");
    let with_cramps: BTreeSet<_> = all.iter().map(|row| row["local_date"].as_str().unwrap()).collect();
    let denied: BTreeSet<_> = check_ins
        .iter()
        .filter(|row| row["cramp_free"] == false)
        .map(|row| row["date"].as_str().unwrap())
        .filter(|date| !with_cramps.contains(date))
        .collect();
    let has = |date: &str| covered.contains(date) && !denied.contains(date) && (from..=to).contains(&date);
    let (broken, untold) =
        (nights_of(&|row| row["interrupted_sleep"] == true), nights_of(&|row| row["interrupted_sleep"].is_null()));
    // Of a night in which no cramp is known to have broken sleep, and of one cramp it is not known.
    let untold = untold.difference(&broken).cloned().collect();
    for (name, nights, untold) in
        [("night_rate", nights_of(&|_| true), BTreeSet::new()), ("broken_night_rate", broken, untold)]
    {
        let both = |date: &&&str| has(date) && has(&days_after(date, wraps)) && !untold.contains(**date);
        let observed = || covered.iter().filter(both);
        assert_eq!(share[name]["observed_nights"], observed().count(), "{name} from {from} to {to}");
        let with = observed().filter(|date| nights.contains(**date)).count();
        assert_eq!(share[name]["cramp_nights"], with, "{name} from {from} to {to}");
        let first = from.max(first);
        let known =
            nights.iter().filter(|night| first <= night.as_str() && days_after(night, wraps).as_str() <= to).count();
        let (known, nights) = (f64::from(u32::try_from(known).unwrap()), u32::try_from(days - wraps).unwrap_or(0));
        let at_least = (nights > 0).then(|| (7.0 * known / f64::from(nights) * 1e6).round() / 1e6);
        assert_eq!(share[name]["at_least_per_week"].as_f64(), at_least, "{name} from {from} to {to}");
    }
}

#[actix_web::test]
async fn the_kept_sums_equal_a_count_of_the_listed_cramps() {
    let seed = std::env::var("SEED").map_or_else(|_| rand::rng().random(), |seed| seed.parse().unwrap());
    println!("SEED={seed} repeats this run");
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut life = Life::of(&patient, seed);
    for step in 1..=300 {
        life.step().await;
        if step % 20 == 0 {
            agrees(&patient, "2026-01-01", "2026-05-31").await;
            let (from, to) = life.period();
            agrees(&patient, &from, &to).await;
        }
    }
}
