use serde_json::{Value, json};

use super::support::*;

async fn trend_of(patient: &Caller, bucket: &str, from: &str, to: &str) -> Value {
    patient.learns(format!("{}&bucket={bucket}", patient.diary().analysis_of("trend", from, to))).await
}

fn rate(episodes: u32, covered_days: u32, per_week: f64, low: f64, high: f64) -> Value {
    let ci95 = json!({"low": low, "high": high});
    json!({"episodes": episodes, "covered_days": covered_days, "per_week": per_week, "ci95": ci95, "reason": null})
}

fn no_rate() -> Value {
    json!({"episodes": 0, "covered_days": 0, "per_week": null, "ci95": null, "reason": "not_covered"})
}

/// A March that begins on Wednesday the 4th.
async fn a_march(patient: &Caller) {
    patient.logs(a_cramp().at("2026-03-04T02:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-03-04T12:00:00Z").interrupted_sleep(false)).await;
    patient.checks_in("2026-03-05").await;
    patient.logs(a_cramp().at("2026-03-08T23:00:00Z").interrupted_sleep(true)).await;
    // Nothing from the 9th to the 15th.
    patient.checks_in("2026-03-16").await;
    patient.checks_in("2026-03-17").await;
    patient.logs(a_cramp().at("2026-03-29T19:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-03-30T03:00:00Z")).await;
}

#[actix_web::test]
async fn a_march_in_weeks() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_march(&patient).await;
    let trend = trend_of(&patient, "week", "2026-03-02", "2026-03-31").await;
    let point = |from: &str, to: &str, counts: [u32; 4], coverage: Value, per_week: Value| {
        let [episodes, night, sleep_interrupted, cramp_days] = counts;
        json!({
            "from": from, "to": to, "episodes": episodes, "night": night, "sleep_interrupted": sleep_interrupted,
            "cramp_days": cramp_days, "coverage": coverage, "per_week": per_week,
        })
    };
    let covered = |days: u32, covered: u32, share: f64| json!({"days": days, "covered": covered, "share": share});
    assert_eq!(
        without_sentences(trend.clone()),
        json!({
            "from": "2026-03-02", "to": "2026-03-31", "revision": 9, "method": "trend@2", "bucket": "week",
            "episodes": 5,
            // From the first entry, on the 4th: 4, 5, 8, 16, 17, 29, 30 March
            "coverage": covered(28, 7, 0.25),
            "items": [
                // Of this week nothing is known before Wednesday; 3 cramps on the 3 days of 5 that are covered.
                point("2026-03-02", "2026-03-08", [3, 2, 2, 2], covered(5, 3, 0.6), rate(3, 3, 7.0, 1.443_568, 20.45697)),
                // A gap, and not a zero.
                point("2026-03-09", "2026-03-15", [0, 0, 0, 0], covered(7, 0, 0.0), no_rate()),
                // A zero: at most −ln 0.025 / 2 a day
                point("2026-03-16", "2026-03-22", [0, 0, 0, 0], covered(7, 2, 0.285_714), rate(0, 2, 0.0, 0.0, 12.911_078)),
                point("2026-03-23", "2026-03-29", [1, 0, 1, 1], covered(7, 1, 0.142_857), rate(1, 1, 7.0, 0.177_225, 39.001_504)),
                // Cut off by the end of the period
                point("2026-03-30", "2026-03-31", [1, 1, 0, 1], covered(2, 1, 0.5), rate(1, 1, 7.0, 0.177_225, 39.001_504)),
            ],
            // 28 days from the first entry: 14 to the 17th, with 3 cramps on 5 covered days, and 14 with 2 on 2.
            "halves": {
                "earlier": {"from": "2026-03-04", "to": "2026-03-17", "per_week": rate(3, 5, 4.2, 0.866_141, 12.274_182)},
                "later": {"from": "2026-03-18", "to": "2026-03-31", "per_week": rate(2, 2, 7.0, 0.847_732, 25.286_407)},
                // (2/2) / (3/5). Blocks of seven days: 3 in 3 and 0 in 2, with 1.8 and 1.2 expected: 1.2²/1.8 + 1.2²/1.2 = 2 on
                // 1 degree of freedom; the later half has but one. exp(ln 5/3 ± 1.959964 √(2 (1/3 + 1/2)))
                "rate_ratio": 1.66667, "ci95": {"low": 0.132_725, "high": 20.9288},
                // One degree of freedom says next to nothing: Student's t is 12.7062 there, and 4.30265 on two.
                "verdict_ci95": {"low": 1.252_68e-7, "high": 22_174_800.0}, "p": 0.692_338, "ci_method": "quasi_poisson",
                "dispersion_index": 2.0, "dispersion_p": 0.157_299,
                // Seven days each: 3 and 0, with 1.5 expected, and 0 and 2, with 1: 3 + 2 on 2 degrees of freedom
                "over_all_days": {
                    "rate_ratio": 0.666_667, "ci95": {"low": 0.039_382_7, "high": 11.2853},
                    "verdict_ci95": {"low": 0.001_339_03, "high": 331.915},
                },
                "exact_ci95": {"low": 0.139_205, "high": 14.5494}, "exact_p": 0.884_393,
                "mid_p_ci95": trend["halves"]["mid_p_ci95"], "mid_p": 0.586_898,
                "verdict": "insufficient_data", "reason": null,
            },
            // Three weeks with entries are too few.
            "slope": {"percent_a_month": null, "ci95": null, "weeks": 0, "reason": "not_covered"},
            "control_chart": null,
            "insufficient_data": true,
        })
    );
    assert_eq!(
        trend["statements"],
        json!([
            "Too little is recorded to say whether there were more cramps or fewer over time.",
            "7 of 28 days (25 %) have an entry; nothing is known of the others.",
        ])
    );
    // A week is what one gets without asking.
    let path = patient.diary().analysis_of("trend", "2026-03-02", "2026-03-31");
    assert_eq!(patient.learns(path).await, trend);
}

#[actix_web::test]
async fn months_and_days_are_those_of_the_calendar() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_march(&patient).await;
    let trend = trend_of(&patient, "month", "2025-12-31", "2026-04-01").await;
    let items = trend["items"].as_array().unwrap();
    let ends = |item: &Value| [&item["from"], &item["to"]].map(|date| date.as_str().unwrap().to_owned());
    assert_eq!(
        items.iter().map(ends).collect::<Vec<_>>(),
        [
            ["2025-12-31", "2025-12-31"],
            ["2026-01-01", "2026-01-31"],
            ["2026-02-01", "2026-02-28"],
            ["2026-03-01", "2026-03-31"],
            ["2026-04-01", "2026-04-01"],
        ]
    );
    // Before the first entry there are no days of which anything could be known.
    assert_eq!(items[2]["coverage"], json!({"days": 0, "covered": 0, "share": null}));
    assert_eq!((&items[2]["per_week"], &items[4]["per_week"]), (&no_rate(), &no_rate()));
    // 5 in 7 covered days
    assert_eq!(items[3]["per_week"], rate(5, 7, 5.0, 1.623_486, 11.668_332));
    assert_eq!((&items[3]["episodes"], &items[3]["night"], &items[3]["cramp_days"]), (&json!(5), &json!(3), &json!(4)));

    let days = trend_of(&patient, "day", "2026-03-03", "2026-03-05").await;
    let days = days["items"].as_array().unwrap();
    assert_eq!(days.iter().map(|day| day["episodes"].as_i64().unwrap()).collect::<Vec<_>>(), [0, 2, 0]);
    assert_eq!(days.iter().map(|day| day["coverage"]["covered"].as_i64().unwrap()).collect::<Vec<_>>(), [0, 1, 1]);
}

#[actix_web::test]
async fn every_cramp_is_in_one_bucket_whatever_the_bucket() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_march(&patient).await;
    for bucket in ["day", "week", "month"] {
        for (from, to) in [("2026-02-11", "2026-04-08"), ("2026-03-08", "2026-03-30"), ("2026-03-04", "2026-03-04")] {
            let trend = trend_of(&patient, bucket, from, to).await;
            let items = trend["items"].as_array().unwrap();
            for name in ["/episodes", "/coverage/days", "/coverage/covered"] {
                let sum: i64 = items.iter().map(|item| item.pointer(name).unwrap().as_i64().unwrap()).sum();
                assert_eq!(*trend.pointer(name).unwrap(), sum, "{name} in {bucket}s from {from} to {to}");
            }
            assert_eq!((&items[0]["from"], &items[items.len() - 1]["to"]), (&json!(from), &json!(to)));
            for pair in items.windows(2) {
                assert_eq!(days_after(pair[0]["to"].as_str().unwrap(), 1), pair[1]["from"], "{bucket}");
            }
        }
    }
}

#[actix_web::test]
async fn halves_share_no_day_and_have_none_that_nothing_is_known_of() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let halves = async |from: &str, to: &str| {
        let trend = trend_of(&patient, "day", from, to).await;
        ["earlier", "later"]
            .map(|half| ["from", "to"].map(|end| trend["halves"][half][end].as_str().unwrap_or("none").to_owned()))
    };
    let none = ["none", "none"];
    assert_eq!(halves("2026-03-01", "2026-03-31").await, [none, none], "nothing is known of an empty diary");
    let first = app.today_plus(-9);
    patient.checks_in(&first).await;
    let day = |days: i64| days_after(&first, days);
    // Four days, then three, of which the middle one is the earlier half's.
    assert_eq!(halves(&day(2), &day(5)).await, [[day(2), day(3)], [day(4), day(5)]]);
    assert_eq!(halves(&day(2), &day(4)).await, [[day(2), day(3)], [day(4), day(4)]]);
    // From the first entry, to today
    assert_eq!(halves(&day(-30), &day(30)).await, [[day(0), day(4)], [day(5), day(9)]]);
    // One day has one half.
    assert_eq!(halves(&day(3), &day(3)).await, [[day(3), day(3)].each_ref().map(String::as_str), none]);
    assert_eq!(halves(&day(9), &day(20)).await, [[day(9), day(9)].each_ref().map(String::as_str), none]);
    assert_eq!(halves(&day(-30), &day(-1)).await, [none, none]);
    assert_eq!(halves(&day(10), &day(20)).await, [none, none]);
}

#[actix_web::test]
async fn cramps_become_fewer_when_the_exact_interval_says_so() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // 20 cramps in two weeks, then 5: the ratio is 0.25, from 0.073 to 0.69.
    patient.lives_through("2026-03-02", [2, 1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2]).await;
    patient.lives_through("2026-03-16", [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]).await;
    let trend = trend_of(&patient, "week", "2026-03-02", "2026-03-29").await;
    let halves = &trend["halves"];
    assert_eq!((&halves["verdict"], &halves["rate_ratio"]), (&json!("fewer"), &json!(0.25)));
    assert_eq!(halves["exact_ci95"], json!({"low": 0.073_320_1, "high": 0.686_447}));
    assert_eq!((&halves["exact_p"], &halves["mid_p"]), (&json!(0.004_077_32), &json!(0.002_493_92)));
    assert_eq!(trend["insufficient_data"], false);
    let statement = "There were fewer cramps: from 10.0 a week (2 Mar 2026 to 15 Mar 2026) to 2.5 a week \
                     (16 Mar 2026 to 29 Mar 2026); ratio 0.25 (95 % CI 0.07–0.69).";
    assert_eq!(trend["statements"][0], statement);
    // Of the first two weeks alone: 10 in 7 days and 10 in 7 days, and too few days.
    assert_eq!(trend_of(&patient, "week", "2026-03-02", "2026-03-15").await["halves"]["verdict"], "insufficient_data");

    let other = app.patient().await;
    other.lives_through("2026-03-02", [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]).await;
    other.lives_through("2026-03-16", [2, 1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2]).await;
    let trend = trend_of(&other, "week", "2026-03-02", "2026-03-29").await;
    assert_eq!((&trend["halves"]["verdict"], &trend["halves"]["rate_ratio"]), (&json!("more"), &json!(4.0)));
}

#[actix_web::test]
async fn more_points_than_anybody_looks_at_are_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let ask = |bucket: &str, from: &str, to: &str| {
        patient.get(format!("{}&bucket={bucket}", patient.diary().analysis_of("trend", from, to)))
    };
    let (from, last) = ("2016-01-01", days_after("2016-01-01", 3_699));
    assert_eq!(ask("day", from, &last).await.is(200).json()["items"].as_array().unwrap().len(), 3_700);
    ask("day", from, &days_after(&last, 1)).await.has_faults([("/bucket", "out_of_range")]);
    ask("month", "0001-01-01", "9999-12-31").await.has_faults([("/bucket", "out_of_range")]);
    ask("month", "1900-01-01", "2026-12-31").await.is(200);
    ask("hour", from, &last).await.has_faults([("/bucket", "not_one_of")]);
}
