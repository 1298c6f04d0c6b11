use std::time::Duration;

use chrono::Timelike;
use serde_json::{Value, json};

use super::support::*;

async fn summary_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().analysis_of("summary", from, to)).await
}

/// February and March of somebody who records every day: 14 cramps in four weeks, then 6.
async fn eight_weeks(patient: &Caller) {
    // 2 February to 1 March: a cramp on every other day.
    patient.lives_through("2026-02-02", [1, 0].repeat(14)).await;
    // 2 to 29 March; night 22:00–06:00. In the night of the 2nd …
    let first = a_cramp().at("2026-03-03T02:00:00Z").intensity(4).context("asleep").interrupted_sleep(true);
    let first = first.with("duration_seconds", 60).with("sleep_disturbance", 3).part("calf");
    let first = first.with("triggers", json!(["heat", "long_walk"]));
    patient.logs(first.with("relief", json!([{"measure": "stretching", "seconds_to_relief": 20}]))).await;
    // … of the 3rd, in both calves, each a site of its own …
    let second = a_cramp().at("2026-03-03T23:30:00Z").intensity(6).context("asleep").with("duration_seconds", 600);
    let second = second.with("triggers", json!(["long_walk"]));
    let second = second
        .with("sites", json!([{"part": "calf", "side": "left"}, {"part": "calf", "side": "right"}]))
        .with("relief", json!([{"measure": "stretching", "seconds_to_relief": 40}, {"measure": "massage"}]));
    patient.logs(second).await;
    // … of the 7th, in both calves as one site; stretched twice …
    let third = a_cramp().at("2026-03-08T05:59:00Z").intensity(8).context("walking").with("duration_seconds", 601);
    let third = third.with("sites", json!([{"part": "calf", "side": "both"}, {"part": "foot", "side": "left"}]));
    let stretched = json!([{"measure": "stretching"}, {"measure": "stretching", "seconds_to_relief": 100}]);
    patient.logs(third.with("relief", stretched)).await;
    // … by day, in the toes of nobody knows which foot; the heat is named twice …
    let fourth = a_cramp().at("2026-03-10T12:00:00Z").intensity(5).context("resting").with("duration_seconds", 120);
    let fourth = fourth.with("sites", json!([{"part": "toes"}])).with("triggers", json!(["heat", "heat"]));
    patient.logs(fourth.with("relief", json!([{"measure": "walking", "seconds_to_relief": 30}]))).await;
    // … and two in the night of the 19th, one of which nothing is known, and one in a calf that is named twice.
    patient.logs(a_cramp().at("2026-03-20T03:00:00Z")).await;
    let sixth = a_cramp().at("2026-03-20T04:00:00Z").intensity(9).context("asleep").with("duration_seconds", 3_600);
    let sixth = sixth.with("sleep_disturbance", 7);
    let sixth = sixth.with("sites", json!([{"part": "calf", "side": "left"}, {"part": "calf", "side": "left"}]));
    patient.logs(sixth.with("relief", json!([{"measure": "stretching", "seconds_to_relief": 60}]))).await;
    for day in 0..28 {
        let date = days_after("2026-03-02", day);
        if !["2026-03-03", "2026-03-08", "2026-03-10", "2026-03-20"].contains(&date.as_str()) {
            patient.checks_in(&date).await;
        }
    }
}

#[actix_web::test]
async fn four_weeks_beside_the_four_before() {
    let app = TestApp::start().await;
    let kim = app.patient().await;
    eight_weeks(&kim).await;
    let summary = summary_of(&kim, "2026-03-02", "2026-03-29").await;
    assert_eq!(
        without_sentences(summary.clone()),
        json!({
            "from": "2026-03-02", "to": "2026-03-29",
            // 1 + 14 cramps + 14 check-ins, and 6 cramps + 24 check-ins
            "revision": 59,
            "method": "summary@2", "episodes": 6,
            // 6 in 28 days, which is 4 weeks. Garwood: χ²(0.025; 12) / 2 = 2.201894 and χ²(0.975; 14) / 2 = 13.059474
            "per_week": {
                "episodes": 6, "covered_days": 28, "per_week": 1.5,
                "ci95": {"low": 0.550_474, "high": 3.264_869}, "reason": null,
            },
            // No day lacks an entry; 28 days and 4 with cramps
            "at_least_per_week": 1.5, "cramp_free_days": 24, "contradictions": 0,
            // From the 20th to the 29th; the 11th to the 19th, before the 21st to the 29th, which are as many
            "days_since_last_cramp": 9, "covered_days_since_last_cramp": 9,
            "longest_cramp_free_run": {"from": "2026-03-11", "to": "2026-03-19", "days": 9},
            // 3, 8, 10 and 20 March; the nights of the 2nd, 3rd, 7th and 19th
            "cramp_days": 4, "cramp_nights": 4,
            "coverage": {"days": 28, "covered": 28, "share": 1.0},
            // 14 before and 6 after in as many days is a case of tests/reference/statistics.json.
            "change": {
                "previous_from": "2026-02-02", "previous_to": "2026-03-01",
                "previous": {
                    "episodes": 14, "covered_days": 28, "per_week": 3.5,
                    "ci95": {"low": 1.913_483, "high": 5.872_405}, "reason": null,
                },
                "rate_ratio": 0.428_571, "ci95": {"low": 0.134_986, "high": 1.18717},
                "verdict_ci95": {"low": 0.134_986, "high": 1.18717}, "p": 0.115_318,
                "ci_method": "exact",
                // Weeks of 4, 3, 4 and 3 cramps, and of 3, 1, 2 and 0: Σ (x − m)²/m = 2/7 + 10/3 on 6 degrees of freedom
                "dispersion_index": 0.603_175, "dispersion_p": 0.728_069,
                "over_all_days": {
                    "rate_ratio": 0.428_571, "ci95": {"low": 0.134_986, "high": 1.18717},
                    "verdict_ci95": {"low": 0.134_986, "high": 1.18717},
                },
                "exact_ci95": {"low": 0.134_986, "high": 1.18717}, "exact_p": 0.115_318,
                "mid_p_ci95": {"low": 0.151_523, "high": 1.09568}, "mid_p": 0.078_353_9,
                "verdict": "no_clear_change", "reason": null,
            },
            // 4, 5, 6, 8, 9: the 90th percentile lies 0.6 of the way from the fourth to the fifth.
            "intensity": {
                "known": 5, "unknown": 1, "min": 4.0, "q1": 5.0, "median": 6.0, "q3": 8.0, "p90": 8.6, "max": 9.0,
                "reason": null,
            },
            // 60, 120, 600, 601, 3600; 601 + 0.6 · 2999
            "duration_seconds": {
                "known": 5, "unknown": 1, "min": 60.0, "q1": 120.0, "median": 600.0, "q3": 601.0, "p90": 2400.4,
                "max": 3600.0, "reason": null,
            },
            // 601 and 3600: ten minutes themselves are not over ten minutes. Wilson's interval of 2 of 5
            "over_10_minutes": {
                "yes": 2, "no": 3, "unknown": 1, "share": 0.4, "effective_n": 5.0, "ci95": {"low": 0.117_621, "high": 0.769_276},
                "reason": null,
            },
            "sites": {
                "known": 5, "unknown": 1,
                // the second, left and right, and the third, on both sides
                "in_both_legs_at_once": 2,
                "items": [
                    // left: the first, the second, the sixth once
                    {"part": "calf", "left": 3, "right": 1, "both": 1, "unknown": 0, "total": 5},
                    {"part": "foot", "left": 1, "right": 0, "both": 0, "unknown": 0, "total": 1},
                    {"part": "toes", "left": 0, "right": 0, "both": 0, "unknown": 1, "total": 1},
                ],
            },
            "contexts": {
                "known": 5, "unknown": 1, "others": 0,
                "items": [
                    {"word": "asleep", "count": 3, "share": 0.6},
                    {"word": "resting", "count": 1, "share": 0.2},
                    {"word": "walking", "count": 1, "share": 0.2},
                ],
            },
            // Nobody stood still.
            "on_the_move": {
                "yes": 1, "no": 4, "unknown": 1, "share": 0.2, "effective_n": 5.0, "ci95": {"low": 0.036_224, "high": 0.624_465}, "reason": null,
                "stood_still": 0, "timed": 0, "gone_within_10_minutes": 0,
            },
            // Of the three that name any: the first and the fourth, the first and the second
            "triggers": {
                "known": 3, "unknown": 3, "others": 0,
                "items": [
                    {"word": "heat", "count": 2, "share": 0.666_667},
                    {"word": "long_walk", "count": 2, "share": 0.666_667},
                ],
            },
            "relief": {
                "known": 5, "unknown": 1,
                "items": [
                    // 20, 40, 60, 100, and once without a time
                    {"measure": "stretching", "tried": 5, "timed": 4, "median_seconds_to_relief": 50.0, "reason": null},
                    {"measure": "massage", "tried": 1, "timed": 0, "median_seconds_to_relief": null, "reason": "not_recorded"},
                    {"measure": "walking", "tried": 1, "timed": 1, "median_seconds_to_relief": 30.0, "reason": null},
                ],
            },
            // 3 and 7
            "sleep_disturbance": {
                "known": 2, "unknown": 4, "min": 3.0, "q1": 4.0, "median": 5.0, "q3": 6.0, "p90": 6.6, "max": 7.0,
                "reason": null,
            },
            // All were written down long after, two of them of one night: Wilson's interval of none of 5.
            "entry_within_24_hours": {
                "yes": 0, "no": 6, "unknown": 0, "share": 0.0, "effective_n": 5.0, "ci95": {"low": 0.0, "high": 0.434_482}, "reason": null,
            },
            "insufficient_data": false,
        })
    );
    assert_eq!(
        summary["statements"],
        json!([
            "On 28 days with an entry there were 6 cramps: 1.5 a week (95 % CI 0.6–3.3).",
            "There is no clear change from the time before: 3.5 cramps a week on the 28 days with an entry from 2 Feb 2026 to 1 Mar 2026; ratio 0.43 (95 % CI 0.13–1.19).",
            "Half of the 5 cramps with a rating were at 6 of 10 or less; the middle half lies between 5 and 8.",
            "Half of the 5 cramps with a known duration lasted 10 min or less; 2 lasted over 10 minutes.",
            "The last logged cramp was 9 days before 29 Mar 2026; 9 of the days since have an entry.",
            "The longest run of days with an entry and without a cramp is 9 days, from 11 Mar 2026 to 19 Mar 2026.",
            "All 28 days have an entry.",
            "This describes what was logged and supports a conversation with your clinician; it is not a diagnosis.",
        ])
    );
    let german =
        kim.learns(format!("{}&lang=de", kim.diary().analysis_of("summary", "2026-03-02", "2026-03-29"))).await;
    assert_eq!(
        german["statements"],
        json!([
            "An 28 Tagen mit Eintrag gab es 6 Krämpfe: 1,5 je Woche (95-%-KI 0,6–3,3).",
            "Gegenüber der Zeit davor gibt es keine klare Veränderung: 3,5 Krämpfe je Woche an den 28 Tagen mit Eintrag vom 2. Feb. 2026 bis zum 1. März 2026; Verhältnis 0,43 (95-%-KI 0,13–1,19).",
            "Die Hälfte von 5 Krämpfen mit Angabe lag bei 6 von 10 oder darunter; die mittlere Hälfte liegt zwischen 5 und 8.",
            "Die Hälfte von 5 Krämpfen mit bekannter Dauer dauerte 10 min oder weniger; 2 dauerten länger als 10 Minuten.",
            "Der letzte aufgezeichnete Krampf war 9 Tage vor dem 29. März 2026; 9 der Tage seither haben einen Eintrag.",
            "Die längste Folge von Tagen mit Eintrag und ohne Krampf hat 9 Tage, vom 11. März 2026 bis zum 19. März 2026.",
            "Alle 28 Tage haben einen Eintrag.",
            "Dies beschreibt, was aufgezeichnet wurde, und hilft beim Gespräch in der Praxis; es ist keine Diagnose.",
        ])
    );
}

#[actix_web::test]
async fn a_rate_counts_covered_days_alone_and_none_that_have_not_come() {
    let app = TestApp::start().await;
    // At noon, when the next 23 hours lead to another day.
    let since_midnight = u64::from(app.now().num_seconds_from_midnight());
    app.advance(Duration::from_secs((36 * 3_600 - since_midnight) % 86_400));
    let patient = app.patient().await;
    let (first, today) = (app.today_plus(-9), app.today_plus(0));
    // Three of the ten days to today: two cramps, none, three.
    patient.lives_through(&first, [2, 0]).await;
    for minute in 0..3 {
        patient.logs(a_cramp().at(&format!("{}T12:0{minute}:00Z", app.today_plus(-4)))).await;
    }
    let tomorrow = (app.now() + chrono::Duration::hours(23)).to_rfc3339();
    patient.logs(a_cramp().at(&tomorrow)).await;
    let summary = summary_of(&patient, &first, &app.today_plus(1)).await;
    // 7 · 5/3
    let rate = json!({
        "episodes": 5, "covered_days": 3, "per_week": 11.666_667, "ci95": {"low": 3.788_135, "high": 27.226_108},
        "reason": null,
    });
    assert_eq!(summary["per_week"], rate);
    assert_eq!(summary["coverage"], json!({"days": 10, "covered": 3, "share": 0.3}));
    // The cramp of tomorrow is a cramp. Its day is not over.
    assert_eq!(summary["episodes"], 6);
    // To today it is not there.
    let until_today = summary_of(&patient, &first, &today).await;
    assert_eq!((&until_today["episodes"], &until_today["per_week"]), (&json!(5), &rate));
}

#[actix_web::test]
async fn what_is_written_within_a_day_is_from_fresh_memory() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let minutes_ago = |minutes: i64| (app.now() - chrono::Duration::minutes(minutes)).to_rfc3339();
    let soon = async || {
        let summary = summary_of(&patient, &app.today_plus(-5), &app.today_plus(1)).await;
        ["yes", "no", "unknown"].map(|name| summary["entry_within_24_hours"][name].as_i64().unwrap())
    };
    let cramp = patient.logs(a_cramp().at(&minutes_ago(24 * 60 - 1))).await;
    patient.logs(a_cramp().at(&minutes_ago(24 * 60 + 1))).await;
    patient.logs(a_cramp().at(&minutes_ago(-60))).await;
    assert_eq!(soon().await, [2, 1, 0]);
    // What is corrected later is not written later, but what began earlier is.
    patient.patch(patient.diary().episode(cramp.id()), json!({"intensity": 3})).await.is(200);
    assert_eq!(soon().await, [2, 1, 0]);
    let earlier = json!({"started_at": minutes_ago(48 * 60)});
    patient.patch(patient.diary().episode(cramp.id()), earlier).await.is(200);
    assert_eq!(soon().await, [1, 2, 0]);
}

#[actix_web::test]
async fn a_change_is_said_when_its_exact_interval_leaves_one_out_and_enough_is_known() {
    let app = TestApp::start().await;
    for (before, days_before, after, days_after_it, verdict, reason) in [
        // All of 10 on one side: the interval of the ratio ends where p^10 = 0.025, at (1 − p) / p = 0.446.
        (10, 14, 0, 14, "fewer", Value::Null),
        (0, 14, 10, 14, "more", json!("nothing_before")),
        // 12 and 9: from 0.28 to 1.94
        (12, 14, 9, 14, "no_clear_change", Value::Null),
        // One covered day less, or one cramp less than five
        (10, 14, 0, 13, "insufficient_data", Value::Null),
        (10, 13, 0, 14, "insufficient_data", Value::Null),
        (4, 14, 0, 14, "insufficient_data", Value::Null),
        (0, 14, 0, 14, "insufficient_data", json!("no_episodes")),
        (0, 0, 10, 14, "insufficient_data", json!("not_covered")),
        (10, 14, 0, 0, "insufficient_data", json!("not_covered")),
    ] {
        let patient = app.patient().await;
        // Spread over the days: what comes all at once says less.
        let days =
            |cramps: usize, days: usize| (0..days).map(move |day| (day + 1) * cramps / days - day * cramps / days);
        patient.lives_through("2026-03-01", days(before, days_before)).await;
        patient.lives_through("2026-03-15", days(after, days_after_it)).await;
        let summary = summary_of(&patient, "2026-03-15", "2026-03-28").await;
        let change = &summary["change"];
        let name = format!("{before} in {days_before} days, then {after} in {days_after_it}: {change}");
        assert_eq!((&change["verdict"], &change["reason"]), (&json!(verdict), &reason), "{name}");
        assert_eq!(change["rate_ratio"].is_null(), !reason.is_null(), "{name}");
        let compared = before + after > 0 && days_before > 0 && days_after_it > 0;
        for figure in ["exact_ci95", "exact_p", "mid_p_ci95", "mid_p"] {
            assert_eq!(change[figure].is_null(), !compared, "{figure}, {name}");
        }
        match verdict {
            "fewer" => {
                assert_eq!(change["exact_ci95"], json!({"low": 0.0, "high": 0.446_126}), "{name}");
                assert_eq!(change["rate_ratio"], 0.0, "{name}");
                // All ten on the one side, or on the other
                assert!((change["exact_p"].as_f64().unwrap() - 2.0 / 1024.0).abs() < 1e-8, "{name}");
            }
            "more" => {
                assert_eq!(change["exact_ci95"], json!({"low": 2.24152, "high": null}), "{name}");
                let statement = "There were more cramps than in the time before: 0.0 a week on the 14 days with an entry \
                                 from 1 Mar 2026 to 14 Mar 2026; ratio ∞ (95 % CI 2.24–∞).";
                assert_eq!(summary["statements"][1], statement);
            }
            _ => {}
        }
    }
}

#[actix_web::test]
async fn the_twenty_commonest_triggers_are_listed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let words = |numbers: std::ops::RangeInclusive<u32>| numbers.map(|n| format!("word_{n:02}")).collect::<Vec<_>>();
    patient.logs(a_cramp().with("triggers", words(1..=16))).await;
    patient.logs(a_cramp().with("triggers", words(10..=25))).await;
    let triggers = summary_of(&patient, "2026-03-01", "2026-03-01").await["triggers"].clone();
    let listed: Vec<_> =
        triggers["items"].as_array().unwrap().iter().map(|item| item["word"].as_str().unwrap().to_owned()).collect();
    // Seven words came twice; of those that came once, the alphabet decides.
    assert_eq!(listed, [words(10..=16), words(1..=9), words(17..=20)].concat());
    assert_eq!((&triggers["known"], &triggers["others"]), (&json!(2), &json!(5)));
}

#[actix_web::test]
async fn a_median_of_few_is_given_and_not_put_in_words() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for day in 1..=9 {
        let cramp = a_cramp().at(&format!("2026-03-{day:02}T03:00:00Z"));
        // Stretching is tried most, and of massage alone it is known five times how long it took.
        let massage = json!({"measure": "massage", "seconds_to_relief": 29});
        let relief =
            if day <= 5 { json!([{"measure": "stretching"}, massage]) } else { json!([{"measure": "stretching"}]) };
        let cramp = cramp.with("relief", relief);
        patient.logs(if day <= 4 { cramp.intensity(7).with("duration_seconds", 150) } else { cramp }).await;
    }
    let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!((&summary["intensity"]["known"], &summary["intensity"]["median"]), (&json!(4), &json!(7.0)));
    let says = async |words: &str| {
        let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
        summary["statements"].as_array().unwrap().iter().any(|text| text.as_str().unwrap().contains(words))
    };
    assert!(!says("with a rating").await && !says("known duration").await);
    assert!(says("Tried against the cramp: massage (5 times). In half of the 5 times with a known time to relief it took 29 s or less.").await);
    patient.logs(a_cramp().at("2026-03-20T03:00:00Z").intensity(2).with("duration_seconds", 700)).await;
    assert!(says("Half of the 5 cramps with a rating were at 7 of 10 or less").await);
    assert!(
        says("Half of the 5 cramps with a known duration lasted about 3 min or less; 1 lasted over 10 minutes.").await
    );
}

#[actix_web::test]
async fn periods_may_be_as_long_as_the_calendar() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp()).await;
    let ask = |from: &str, to: &str| patient.get(patient.diary().analysis_of("summary", from, to));
    for from in ["0001-01-01", "0900-01-01", "1100-01-01"] {
        let summary = ask(from, "2026-03-31").await.is(200).json();
        assert_eq!((&summary["episodes"], &summary["change"]["verdict"]), (&json!(1), &json!("insufficient_data")));
        // The diary had not begun.
        assert_eq!(summary["change"]["previous_from"], Value::Null);
    }
    ask("0001-01-02", "0001-01-02").await.is(200);
    ask("9999-12-01", "9999-12-31").await.is(200);
}

#[actix_web::test]
async fn who_never_checks_in_is_told_that_the_rate_says_little() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for day in [1, 5, 9, 13, 17, 21, 25] {
        patient.logs(a_cramp().at(&format!("2026-03-{day:02}T03:00:00Z"))).await;
    }
    let summary = summary_of(&patient, "2026-03-01", "2026-03-28").await;
    assert_eq!((&summary["per_week"]["per_week"], &summary["cramp_free_days"]), (&json!(7.0), &json!(0)));
    // 7 in 28 days
    assert_eq!(summary["at_least_per_week"], 1.75);
    let said = "No day without cramps has an entry, so the rate may be far too high; over all 28 days there is no more to say than: at least 1.8 a week.";
    let range = "On 7 days with an entry there were 7 cramps. \
                 Too few days have an entry for one figure: between 1.8 and 7.0 a week.";
    assert_eq!((&summary["statements"][0], &summary["statements"][1]), (&json!(range), &json!(said)));
    patient.checks_in("2026-03-02").await;
    let summary = summary_of(&patient, "2026-03-01", "2026-03-28").await;
    assert_eq!(summary["cramp_free_days"], 1);
    let range = "On 8 days with an entry there were 7 cramps. \
                 Too few days have an entry for one figure: between 1.8 and 6.1 a week.";
    assert_eq!(summary["statements"][0], range);
    // From 70 % of the days on, the rate is said, and what it is at least.
    for day in [3, 4, 6, 7, 8, 10, 11, 12, 14, 15, 16, 18] {
        patient.checks_in(&format!("2026-03-{day:02}")).await;
    }
    let summary = summary_of(&patient, "2026-03-01", "2026-03-28").await;
    assert_eq!(summary["statements"][0], "On 20 days with an entry there were 7 cramps: 2.5 a week (95 % CI 1.0–5.0).");
    let said = "If the days without an entry had no cramps, there were 1.8 cramps a week over all 28 days.";
    assert_eq!(summary["statements"][1], said);
}
