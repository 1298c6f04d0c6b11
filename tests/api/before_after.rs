use serde_json::{Value, json};

use super::support::*;

/// When the treatment of these tests begins.
const START: &str = "2026-03-30";

async fn asked(patient: &Caller, query: &str) -> Value {
    patient.learns(format!("{}?{query}", patient.diary().before_after("magnesium"))).await
}

/// Which ones are raised, but for that it was entered afterwards: all of this is entered long after it was.
fn cautions(answer: &Value) -> Vec<&str> {
    let raised = answer["cautions"].as_array().unwrap().iter().map(|caution| caution["code"].as_str().unwrap());
    raised.filter(|code| *code != "entered_afterwards").collect()
}

/// So many covered days from a date on, with so many cramps on the first of them.
async fn covers(patient: &Caller, from: &str, days: usize, cramps: usize) {
    patient.lives_through(from, (0..days).map(|day| if day == 0 { cramps } else { 0 })).await;
}

/// 14 cramps in the four weeks before the start and 6 in the four after its day, all days recorded.
async fn fourteen_and_six(patient: &Caller) {
    patient.lives_through(&days_after(START, -28), [1, 0].repeat(14)).await;
    patient.checks_in(START).await;
    patient.lives_through(&days_after(START, 1), [1, 0, 0, 0, 0].repeat(6).into_iter().take(28)).await;
}

#[actix_web::test]
async fn fourteen_cramps_in_four_weeks_and_six_in_the_four_after() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    fourteen_and_six(&patient).await;
    // A year before, at the same rate: 7 in 14 days. P(X ≥ 14) of 21 with p = 28/42 is 0.6: no bad spell.
    patient.lives_through("2025-06-01", [1, 0].repeat(7)).await;
    let answer = asked(&patient, "window_days=28").await;
    let none = json!({"observed_nights": 27, "cramp_nights": 0, "share": 0.0});
    // The ends of Wilson's interval of 0 of 27 are 0 and 0.125.
    let nights = json!({
        "before": none, "after": none, "difference": 0.0, "ci95": {"low": -0.124_555, "high": 0.124_555},
        "over_all_nights": {"difference": 0.0, "ci95": {"low": -0.124_555, "high": 0.124_555}}, "reason": null,
    });
    let first_nights: Vec<_> =
        (0..14).map(|day| json!({"night_of": days_after(START, day), "state": "free"})).collect();
    let response = json!({
        "baseline_from": "2026-03-02", "baseline_to": "2026-03-29",
        "baseline": {
            "episodes": 14, "covered_days": 28, "per_week": 3.5,
            "ci95": {"low": 1.913_483, "high": 5.872_405}, "reason": null,
        },
        "treated_from": "2026-03-31", "treated_to": "2026-04-27",
        "treated": {
            "episodes": 6, "covered_days": 28, "per_week": 1.5,
            "ci95": {"low": 0.550_474, "high": 3.264_869}, "reason": null,
        },
        "change_percent": -57.142_857, "change_ci95_percent": {"low": -86.5014, "high": 18.717},
        "change_over_all_days_percent": -57.142_857, "at_least_a_quarter_fewer": true,
        "placebo_change_percent": -27.8, "placebo_at_least_a_quarter_fewer": 0.659, "reason": null,
    });
    let before = json!({
        "from": "2026-03-02", "to": "2026-03-29", "episodes": 14, "night": 0, "sleep_interrupted": 0,
        "coverage": {"days": 28, "covered": 28, "share": 1.0},
        "per_week": {
            "episodes": 14, "covered_days": 28, "per_week": 3.5,
            "ci95": {"low": 1.913_483, "high": 5.872_405}, "reason": null,
        },
    });
    let after = json!({
        "from": "2026-03-31", "to": "2026-04-27", "episodes": 6, "night": 0, "sleep_interrupted": 0,
        "coverage": {"days": 28, "covered": 28, "share": 1.0},
        "per_week": {
            "episodes": 6, "covered_days": 28, "per_week": 1.5,
            "ci95": {"low": 0.550_474, "high": 3.264_869}, "reason": null,
        },
    });
    // What is compared is a case of tests/reference/statistics.json.
    assert_eq!(
        without_sentences(answer.clone()),
        json!({
            "from": "2026-03-02", "to": "2026-04-27", "revision": 73, "method": "before-after@2",
            "treatment": {
                "id": "magnesium", "kind": "supplement", "name": "magnesium", "started_on": START, "ended_on": null,
            },
            "window_days": 28, "washout_days": 0,
            "before": before,
            "after": after,
            "rate_ratio": 0.428_571, "ci95": {"low": 0.134_986, "high": 1.18717}, "verdict_ci95": {"low": 0.134_986, "high": 1.18717}, "p": 0.115_318,
            "ci_method": "exact",
            // Every day has an entry.
            "over_all_days": {"rate_ratio": 0.428_571, "ci95": {"low": 0.134_986, "high": 1.18717}, "verdict_ci95": {"low": 0.134_986, "high": 1.18717}},
            "exact_ci95": {"low": 0.134_986, "high": 1.18717}, "exact_p": 0.115_318,
            "mid_p_ci95": {"low": 0.151_523, "high": 1.09568}, "mid_p": 0.078_353_9,
            "verdict": "no_clear_change", "reason": null,
            // Weeks of 4, 3, 4 and 3 cramps, and of 2, 1, 2 and 1: Σ (x − m)²/m = 2/7 + 2/3 on 6 degrees of freedom
            "dispersion_index": 0.158_73, "dispersion_p": 0.987_353,
            // Before: 28 days, each half a cramp off their mean of 1/2, Σ (x − m)²/m = 28 · 1/4 · 2 = 14. After:
            // 6 · (11/14)² · 14/3 + 22 · (3/14)² · 14/3 = 22. 36 on 54 degrees of freedom
            "daily_dispersion_index": 0.666_667,
            // The means of 1 + cos((day of the year − 197) / 365.25 · 2π) / 3 over both
            "season_alone_ratio": 1.18805,
            // All cramps come at noon.
            "cramp_nights": nights, "broken_nights": nights, "first_nights": first_nights,
            "response": response,
            "untreated_leg": null,
            // All cramps were written down long after, so their days are no days with an entry.
            "written_within_24_hours": {
                "before": {
                    "episodes": 0, "covered_days": 14, "per_week": 0.0, "ci95": {"low": 0.0, "high": 1.84444}, "reason": null,
                },
                "after": {
                    "episodes": 0, "covered_days": 22, "per_week": 0.0, "ci95": {"low": 0.0, "high": 1.173_734}, "reason": null,
                },
                "rate_ratio": null, "ci95": null, "reason": "too_few", "cramp_nights": nights,
            },
            "cautions": [{"code": "entered_afterwards"}],
        })
    );
    let days = -days_between(&app.today_plus(0), START);
    assert_eq!(
        answer["statements"],
        json!([
            "“magnesium”, begun on 30 Mar 2026: 3.5 cramps a week before (28 days with an entry), 1.5 after (28 days).",
            "There is no clear difference between before and after: the ratio is 0.43 (95 % CI 0.13–1.19).",
            "Nights with cramps: 0.0 a week before (known of 27 nights), 0.0 after (of 27); difference −0.9 to +0.9 (95 % CI).",
            "From the four weeks before to the first four after: 57 % fewer cramps (95 % CI −87 to +19 %; 3.5 to 1.5 a week); on placebo 28 % fewer on average, and at least a quarter fewer in 66 % of people in trials.",
            format!("The treatment was entered {days} days after its start, when it could be known how it went."),
            "A change after a treatment need not come from it; this can't tell.",
        ])
    );
}

#[actix_web::test]
async fn a_side_begins_after_the_start_and_the_washout_and_ends_with_the_treatment_the_window_or_today() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let treatment = patient.diary().treatment("magnesium");
    patient.begins("magnesium", START).await;
    // Of days before the diary began nothing can be known.
    patient.checks_in("2025-01-01").await;
    patient.logs(a_cramp().at("2026-03-29T23:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-03-30T02:00:00Z").interrupted_sleep(true)).await;
    patient.logs(a_cramp().at("2026-04-06T12:00:00Z")).await;
    let sides = async |query: &str| {
        let answer = asked(&patient, query).await;
        let side = |name: &str| {
            let side = &answer[name];
            let end = |end: &str| side[end].as_str().unwrap_or("none").to_owned();
            (end("from"), end("to"), side["episodes"].as_i64().unwrap())
        };
        (side("before"), side("after"))
    };
    let is = |(before_from, before_to, before): (&str, &str, i64), (from, to, after): (&str, &str, i64)| {
        ((before_from.to_owned(), before_to.to_owned(), before), (from.to_owned(), to.to_owned(), after))
    };
    let before = ("2026-03-23", "2026-03-29", 1);
    assert_eq!(sides("window_days=7").await, is(before, ("2026-03-31", "2026-04-06", 1)));
    // A quarter of a year, if one does not say.
    assert_eq!(sides("").await, is(("2025-12-30", "2026-03-29", 1), ("2026-03-31", "2026-06-28", 1)));
    // The day of the start counts on neither side; nor does the day after it, or a week.
    assert_eq!(sides("window_days=7&washout_days=1").await, is(before, ("2026-04-01", "2026-04-07", 1)));
    assert_eq!(sides("window_days=7&washout_days=7").await, is(before, ("2026-04-07", "2026-04-13", 0)));
    // What is asked for narrows both.
    let narrow = is(("2026-03-27", "2026-03-29", 1), ("2026-03-31", "2026-04-02", 0));
    assert_eq!(sides("window_days=7&from=2026-03-27&to=2026-04-02").await, narrow);
    assert_eq!(sides("window_days=7&from=2026-04-01").await, is(("none", "none", 0), ("2026-04-01", "2026-04-06", 1)));
    assert_eq!(sides("window_days=7&to=2026-03-29").await, is(before, ("none", "none", 0)));
    // Its last day counts, and a washout that outlasts it leaves nothing.
    patient.patch(&treatment, json!({"ended_on": "2026-04-03"})).await.is(200);
    assert_eq!(sides("window_days=7").await, is(before, ("2026-03-31", "2026-04-03", 0)));
    assert_eq!(sides("window_days=7&washout_days=3").await, is(before, ("2026-04-03", "2026-04-03", 0)));
    assert_eq!(sides("window_days=7&washout_days=4").await, is(before, ("none", "none", 0)));
    let answer = asked(&patient, "window_days=7&washout_days=5").await;
    assert_eq!(answer["after"]["coverage"], json!({"days": 0, "covered": 0, "share": null}));
    assert_eq!((&answer["verdict"], &answer["reason"]), (&json!("insufficient_data"), &json!("not_covered")));
    assert_eq!((&answer["before"]["night"], &answer["before"]["sleep_interrupted"]), (&json!(1), &json!(1)));

    // What began yesterday has one day.
    let (yesterday, today) = (app.today_plus(-1), app.today_plus(0));
    patient.begins("stretches", &yesterday).await;
    let answer = patient.learns(patient.diary().before_after("stretches")).await;
    assert_eq!((&answer["after"]["from"], &answer["after"]["to"]), (&json!(today), &json!(today)));
    // What begins in a week has none.
    patient.begins("surgery", &app.today_plus(7)).await;
    let answer = patient.learns(patient.diary().before_after("surgery")).await;
    assert_eq!((&answer["before"]["to"], &answer["after"]["from"]), (&json!(today), &Value::Null));
    // Nor has what begins where the calendar ends.
    patient.begins("paradise", "9999-12-31").await;
    let answer = patient.learns(patient.diary().before_after("paradise")).await;
    assert_eq!((&answer["from"], &answer["to"]), (&json!("9999-12-31"), &json!("9999-12-31")));
    assert_eq!((&answer["before"]["from"], &answer["after"]["to"]), (&Value::Null, &Value::Null));
    patient.begins("the_sixties", "1970-01-01").await;
    patient.learns(format!("{}?window_days=730", patient.diary().before_after("the_sixties"))).await;
}

#[actix_web::test]
async fn who_checks_in_more_has_neither_fewer_nights_nor_a_response() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // A cramp every fourth night, all the time. Before, only the day after it is checked in; afterwards, every other day.
    let start = "2026-04-10";
    patient.begins("magnesium", start).await;
    for day in -88..=90 {
        let date = days_after(start, day);
        if day.rem_euclid(4) == 0 {
            patient.logs(a_cramp().at(&format!("{date}T23:30:00Z"))).await;
        } else if day >= 0 || day.rem_euclid(4) == 1 {
            patient.checks_in(&date).await;
        }
    }
    let answer = patient.learns(patient.diary().before_after("magnesium")).await;
    assert_eq!(answer["verdict"], "no_clear_change");
    let nights = &answer["cramp_nights"];
    assert_eq!((&nights["before"]["share"], &nights["before"]["observed_nights"]), (&json!(1.0), &json!(22)));
    // It seems to: of 22 in 22, and of 22 in 89. Over all nights: 22 in 87, and 22 in 89.
    assert!(nights["ci95"]["high"].as_f64().unwrap() < -0.5, "{nights}");
    let all = &nights["over_all_nights"];
    assert!(all["difference"].as_f64().unwrap().abs() < 0.01, "{nights}");
    assert!(all["ci95"]["low"].as_f64().unwrap() < -0.1 && all["ci95"]["high"].as_f64().unwrap() > 0.1, "{nights}");
    assert_eq!(
        (&answer["response"]["reason"], &answer["response"]["change_percent"]),
        (&json!("not_covered"), &Value::Null)
    );
    let statements = answer["statements"].to_string();
    for said in [
        "There is no clear difference between before and after: the ratio is 0.49",
        "), over all days 0.98 (",
        ", over all nights −0.9 to +0.8 (95 % CI).",
    ] {
        assert!(statements.contains(said), "{said} in {statements}");
    }
}

#[actix_web::test]
async fn a_clear_change_is_said_with_its_interval() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    patient.lives_through("2026-03-16", [2, 1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2]).await;
    patient.lives_through(&days_after(START, 1), [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]).await;
    let answer = asked(&patient, "window_days=14").await;
    assert_eq!((&answer["verdict"], &answer["rate_ratio"]), (&json!("fewer"), &json!(0.25)));
    let statement = "There were fewer cramps after the start than before: the ratio is 0.25 (95 % CI 0.07–0.69).";
    assert_eq!(answer["statements"][1], statement);
    // One covered day less
    patient.delete(patient.diary().check_in("2026-04-13")).await.is(204);
    let answer = asked(&patient, "window_days=14").await;
    assert_eq!(answer["verdict"], "insufficient_data");
    assert_eq!(answer["statements"][1], "Too little is recorded to compare before and after.");
    assert!(answer["exact_p"].is_number());
}

#[actix_web::test]
async fn few_covered_days_are_a_caution() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // So that every day counts as one that could have been covered
    patient.checks_in("2025-01-01").await;
    covers(&patient, &days_after(START, -14), 14, 0).await;
    covers(&patient, &days_after(START, 1), 14, 0).await;
    let raised = async |query: &str| cautions(&asked(&patient, query).await).contains(&"few_covered_days");
    assert!(!raised("window_days=14").await);
    // 14 of 28 days are half of them, and of 29 less.
    assert!(!raised("window_days=28").await);
    assert!(raised("window_days=29").await);
    // 13 days are too few even if they are all.
    assert!(raised("window_days=13").await);
    assert!(raised(&format!("window_days=14&from={}", days_after(START, -13))).await);
    let answer = asked(&patient, "window_days=29").await;
    let detail = "Few days have an entry: 14 of 29 before, 14 of 29 after.";
    assert_eq!(answer["cautions"][0], json!({"code": "few_covered_days", "detail": detail}));
    assert!(answer["statements"].as_array().unwrap().contains(&json!(detail)));
}

#[actix_web::test]
async fn spells_are_a_caution_and_widen_the_interval() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // All cramps of a side on one day. Days: means 1/2 and 3/14; Σ (x − m)²/m is 378 and 162, on 54 degrees of freedom.
    // Weeks: means 7/2 and 3/2, Σ (x − m)²/m is 42 and 18, on 6.
    covers(&patient, &days_after(START, -28), 28, 14).await;
    covers(&patient, &days_after(START, 1), 28, 6).await;
    let answer = asked(&patient, "window_days=28").await;
    assert_eq!((&answer["daily_dispersion_index"], &answer["dispersion_index"]), (&json!(10.0), &json!(10.0)));
    assert_eq!((&answer["ci_method"], cautions(&answer)[0]), (&json!("quasi_poisson"), "over_dispersion"));
    let detail = "Cramps came in clusters: weeks vary 10 times as much as chance would let them, and the interval is \
                  wider for it.";
    assert_eq!(answer["cautions"][0]["detail"], detail);
    // Without cramps, or with a single day, there is nothing to tell.
    let quiet = asked(&patient, &format!("window_days=28&from={}", days_after(START, 2))).await;
    assert_eq!((&quiet["dispersion_index"], &quiet["dispersion_p"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn another_treatment_at_the_time_is_a_caution() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    patient.checks_in("2025-01-01").await;
    // Four weeks before and four after: 2 March to 27 April
    for (started_on, ended_on, overlaps) in [
        ("2026-01-01", json!("2026-03-01"), false),
        ("2026-01-01", json!("2026-03-02"), true),
        // Under way on both sides, it explains no difference.
        ("2026-01-01", Value::Null, false),
        ("2026-01-01", json!("2026-04-28"), false),
        ("2026-04-27", Value::Null, true),
        ("2026-04-28", Value::Null, false),
    ] {
        let other = json!({"kind": "compression", "name": "Stockings", "started_on": started_on, "ended_on": ended_on});
        patient.put(patient.diary().treatment("other"), other).await;
        let answer = asked(&patient, "window_days=28").await;
        let name = format!("from {started_on} to {ended_on}");
        assert_eq!(cautions(&answer).contains(&"overlapping_treatment"), overlaps, "{name}");
        if overlaps {
            let said = answer["cautions"].to_string();
            assert!(said.contains("Another treatment began or ended at the time: Stockings."), "{said}");
        }
    }
}

#[actix_web::test]
async fn a_start_in_a_bad_spell_is_a_caution_and_so_is_not_knowing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    fourteen_and_six(&patient).await;
    let year_before = days_after(START, -28 - 365);
    // 13 covered days of the year before those four weeks, and one that lies before that year
    covers(&patient, &days_after(&year_before, -1), 14, 0).await;
    let answer = asked(&patient, "window_days=28").await;
    assert_eq!(cautions(&answer), ["usual_rate_unknown"]);
    // With the fourteenth it is known: none in 14 days. P(X = 14) of 14 with p = 28/42 is 0.003.
    covers(&patient, &days_after(&year_before, 13), 1, 0).await;
    let answer = asked(&patient, "window_days=28").await;
    assert_eq!(cautions(&answer), ["started_in_a_bad_spell"]);
    let detail = "The treatment was begun in a bad spell (3.5 cramps a week in the four weeks before, 0 in the year before them): \
                  some fall is expected anyway.";
    assert_eq!(answer["cautions"][0]["detail"], detail);
    // It is about the start, whatever part of the time is asked for.
    assert!(cautions(&asked(&patient, "window_days=7&from=2026-03-29").await).contains(&"started_in_a_bad_spell"));
}

#[actix_web::test]
async fn a_treatment_that_is_not_there_has_no_before_and_after() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    other.begins("magnesium", START).await;
    let path = patient.diary().before_after("magnesium");
    patient.get(&path).await.is_problem(404, "not_found");
    // What there is comes before what is wrong with the question.
    patient.get(format!("{path}?window_days=3")).await.is_problem(404, "not_found");
    patient.begins("magnesium", START).await;
    let tag = patient.get(&path).await.is(200).etag();
    patient.delete(patient.diary().treatment("magnesium")).await.is(204);
    patient.get(&path).await.is_problem(410, "gone");
    patient.get(&path).if_none_match(tag).await.is_problem(410, "gone");
    patient.get(patient.diary().before_after("a%20b")).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn windows_have_bounds() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    let ask = |query: &str| patient.get(format!("{}?{query}", patient.diary().before_after("magnesium")));
    ask("washout_days=-1&window_days=3")
        .await
        .has_faults([("/washout_days", "out_of_range"), ("/window_days", "out_of_range")]);
    ask("washout_days=366&window_days=731")
        .await
        .has_faults([("/washout_days", "out_of_range"), ("/window_days", "out_of_range")]);
    ask("washout_days=x&lang=xx&bucket=day").await.has_faults([
        ("/washout_days", "wrong_type"),
        ("/lang", "not_one_of"),
        ("/bucket", "unknown_field"),
    ]);
    ask("washout_days=365&window_days=730").await.is(200);
    ask("washout_days=0&window_days=7").await.is(200);
}

#[actix_web::test]
async fn who_begins_to_check_in_does_not_seem_to_have_fewer_cramps() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // A cramp every other day all along; from the start on, the days between are checked in, too.
    for day in (-44..=44).step_by(2) {
        patient.logs(a_cramp().at(&format!("{}T12:00:00Z", days_after(START, day)))).await;
    }
    for day in (1..=45).step_by(2) {
        patient.checks_in(&days_after(START, day)).await;
    }
    let answer = asked(&patient, "window_days=45").await;
    assert_eq!(
        (&answer["before"]["per_week"]["per_week"], &answer["before"]["coverage"]["covered"]),
        (&json!(7.0), &json!(22))
    );
    assert_eq!(answer["after"]["coverage"]["covered"], 45);
    assert!(answer["exact_ci95"]["high"].as_f64().unwrap() < 1.0, "{answer}");
    assert_eq!(answer["verdict"], "no_clear_change");
    assert!(cautions(&answer).contains(&"cramp_free_days_missing"), "{answer}");
}
