//! Lives, worked by hand, in which a figure could say more than is known.

use serde_json::{Value, json};

use super::support::*;

/// When the treatment of these lives begins.
const START: &str = "2026-03-30";

async fn share_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().night_share_of(from, to)).await
}

async fn summary_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().analysis_of("summary", from, to)).await
}

async fn around(patient: &Caller, treatment: &str, query: &str) -> Value {
    patient.learns(format!("{}?{query}", patient.diary().before_after(treatment))).await
}

fn cautions(answer: &Value) -> Vec<&str> {
    answer["cautions"].as_array().unwrap().iter().map(|caution| caution["code"].as_str().unwrap()).collect()
}

fn says(answer: &Value, part: &str) -> bool {
    answer["statements"].as_array().unwrap().iter().any(|statement| statement.as_str().unwrap().contains(part))
}

/// Cramps at the given times of UTC, which is the zone of these diaries.
async fn logs_at(patient: &Caller, times: &[&str]) {
    for time in times {
        patient.logs(a_cramp().at(&format!("{time}:00Z"))).await;
    }
}

#[actix_web::test]
async fn five_cramps_of_one_night_are_one_night() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let night = ["2026-03-01T23:50", "2026-03-02T00:00", "2026-03-02T00:03", "2026-03-02T00:07", "2026-03-02T00:10"];
    logs_at(&patient, &night).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!((&share["episodes"], &share["bout_days"], &share["effective_n"]), (&json!(5), &json!(1), &json!(1.0)));
    assert_eq!((&share["design_effect"], &share["verdict"]), (&Value::Null, &json!("insufficient_data")));
    // Wilson on 1 of 1, and one toss of a coin that falls on night once in three.
    assert_eq!(share["night_share_ci95"], json!({"low": 0.206_549, "high": 1.0}));
    assert_eq!(share["p_value_vs_clock"], 0.333_333);
    let times = patient.learns(patient.diary().analysis_of("time-of-day", "2026-03-01", "2026-03-31")).await;
    assert_eq!((&times["bout_days"], &times["verdict"]), (&json!(1), &json!("insufficient_data")));
}

#[actix_web::test]
async fn a_share_is_as_sure_as_its_bouts_are_many() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Bouts of (night, all): (6, 6), (5, 5), (1, 1), six times (0, 1), (0, 2): the first case of the reference.
    for (date, cramps) in [("2026-03-01", 6), ("2026-03-03", 5), ("2026-03-05", 1)] {
        // Before midnight and after it, all in the night that begins on the date.
        for number in 0..cramps {
            let (date, hour) = if number % 2 == 0 { (date.to_owned(), 23) } else { (days_after(date, 1), 1) };
            patient.logs(a_cramp().at(&format!("{date}T{hour:02}:{number:02}:00Z"))).await;
        }
    }
    for day in 0..6 {
        logs_at(&patient, &[&format!("{}T12:00", days_after("2026-03-10", day))]).await;
    }
    logs_at(&patient, &["2026-03-20T12:00", "2026-03-20T19:00"]).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!((&share["night"], &share["episodes"], &share["bout_days"]), (&json!(12), &json!(20), &json!(10)));
    assert_eq!((&share["design_effect"], &share["effective_n"]), (&json!(2.973_148), &json!(6.726_876)));
    assert_eq!(share["night_share_ci95"], json!({"low": 0.266_064, "high": 0.861_239}));
    assert_eq!((&share["p_value_vs_clock"], &share["verdict"]), (&json!(0.145_421), &json!("mixed")));
    assert!(says(&share, "The 20 cramps came on 10 days"), "{share}");
}

#[actix_web::test]
async fn cramps_of_single_days_are_as_sure_as_they_were() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for day in 0..5 {
        logs_at(&patient, &[&format!("{}T23:00", days_after("2026-03-01", 2 * day))]).await;
    }
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!(share["night_share_ci95"], json!({"low": 0.565_518, "high": 1.0}));
    assert_eq!((&share["p_value_vs_clock"], &share["verdict"]), (&json!(0.004_115_23), &json!("mostly_at_night")));
}

#[actix_web::test]
async fn who_checks_in_more_does_not_seem_to_get_better() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // 20 cramps, 30 of 90 days covered; then 18, 75 of 90 covered. 1 January to 31 March, 1 April to 29 June.
    let life = |from: &str, cramps: i64, covered: i64, every: i64| {
        let from = from.to_owned();
        let patient = patient.clone();
        async move {
            for day in 0..covered {
                let date = days_after(&from, day * every);
                if day % covered.div_euclid(cramps).max(1) == 0 && day / covered.div_euclid(cramps).max(1) < cramps {
                    patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
                } else {
                    patient.checks_in(&date).await;
                }
            }
        }
    };
    life("2026-01-01", 20, 30, 3).await;
    life("2026-04-01", 18, 75, 1).await;
    let summary = summary_of(&patient, "2026-04-01", "2026-06-29").await;
    let change = &summary["change"];
    assert_eq!((&change["previous"]["episodes"], &change["previous"]["covered_days"]), (&json!(20), &json!(30)));
    assert_eq!(change["rate_ratio"], 0.36);
    assert!(change["exact_ci95"]["high"].as_f64().unwrap() < 1.0, "{change}");
    assert_eq!(change["over_all_days"]["rate_ratio"], 0.9);
    assert!(change["over_all_days"]["ci95"]["high"].as_f64().unwrap() > 1.0, "{change}");
    assert_eq!(change["verdict"], "no_clear_change");
}

#[actix_web::test]
async fn below_seventy_percent_of_the_days_a_range_is_said() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for day in 0..20 {
        logs_at(&patient, &[&format!("{}T12:00", days_after("2026-01-01", 4 * day))]).await;
    }
    patient.checks_in("2026-03-31").await;
    // 20 in 21 days with an entry: 6.7 a week; in 90 days: 1.6.
    let summary = summary_of(&patient, "2026-01-01", "2026-03-31").await;
    assert!(says(&summary, "between 1.6 and 6.7 a week"), "{summary}");
    assert!(!says(&summary, "6.7 a week (95 % CI"), "{summary}");
}

#[actix_web::test]
async fn nothing_is_said_of_dates_before_the_diary_began() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.lives_through("2026-03-20", [1].repeat(40)).await;
    let summary = summary_of(&patient, "2026-03-30", "2026-04-28").await;
    let change = &summary["change"];
    assert_eq!((&change["previous_from"], &change["previous_to"]), (&json!("2026-03-20"), &json!("2026-03-29")));
    let alone = summary_of(&patient, "2026-03-20", "2026-04-28").await;
    let change = &alone["change"];
    assert_eq!((&change["previous_from"], &change["previous_to"]), (&Value::Null, &Value::Null));
    assert_eq!(change["verdict"], "insufficient_data");
    // Both dates of both halves are said.
    let trend = patient.learns(patient.diary().analysis_of("trend", "2026-03-01", "2026-04-28")).await;
    assert!(says(&trend, "20 Mar 2026 to 8 Apr 2026"), "{trend}");
}

#[actix_web::test]
async fn the_day_of_the_start_is_on_neither_side() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("ablation", "2026-05-11").await;
    // At 02:00 on 1 to 11 May; what is done at 10:00 on the 11th can't have brought that of the same night.
    for day in 0..11 {
        logs_at(&patient, &[&format!("{}T02:00", days_after("2026-05-01", day))]).await;
    }
    patient.lives_through("2026-05-12", [0].repeat(14)).await;
    let answer = around(&patient, "ablation", "window_days=14").await;
    assert_eq!((&answer["before"]["episodes"], &answer["after"]["episodes"]), (&json!(10), &json!(0)));
    assert_eq!((&answer["before"]["to"], &answer["after"]["from"]), (&json!("2026-05-10"), &json!("2026-05-12")));
    // The night that began on the 11th is the first one.
    let nights = answer["first_nights"].as_array().unwrap();
    assert_eq!(nights.len(), 14);
    assert_eq!(nights[0], json!({"night_of": "2026-05-11", "state": "free"}));
    assert_eq!(nights[13], json!({"night_of": "2026-05-24", "state": "free"}));
}

#[actix_web::test]
async fn a_procedure_of_one_day_is_looked_at_for_the_whole_window() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.lives_through(&days_after(START, -20), [0].repeat(60)).await;
    for (kind, to) in [("vein_treatment", days_after(START, 30)), ("medication", START.to_owned())] {
        let course = json!({"kind": kind, "name": kind, "started_on": START, "ended_on": START});
        patient.put(patient.diary().treatment(kind), course).await.is(201);
        let answer = around(&patient, kind, "window_days=30").await;
        let last = if kind == "vein_treatment" { json!(to) } else { Value::Null };
        assert_eq!(answer["after"]["to"], last, "{kind}");
    }
}

#[actix_web::test]
async fn weeks_that_vary_widen_the_interval_and_many_on_one_day_do_not_hide_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // 14 days with a cramp and 14 without, three times: days vary less than chance lets them, weeks more.
    let spells = [[1].repeat(14), [0].repeat(14)].concat().repeat(3);
    patient.lives_through(&days_after(START, -84), spells).await;
    patient.lives_through(START, [0].repeat(29)).await;
    let answer = around(&patient, "magnesium", "window_days=84").await;
    // 12 weeks with a mean of 3.5: Σ (x − 3.5)²/3.5 = 42 on 11 degrees of freedom; the days after have no cramp.
    assert_eq!((&answer["dispersion_index"], &answer["dispersion_p"]), (&json!(3.818_18), &json!(1.619_71e-5)));
    assert_eq!((&answer["daily_dispersion_index"], &answer["ci_method"]), (&json!(0.506_024), &json!("quasi_poisson")));
    assert!(cautions(&answer).contains(&"over_dispersion"), "{answer}");
}

#[actix_web::test]
async fn more_than_chance_from_week_to_week_is_no_verdict() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // 20 cramps before and 8 after: p 0.036 if they came independently. They came in four weeks of five, and two of four.
    let weeks = |counts: &[usize]| -> Vec<usize> {
        counts.iter().flat_map(|count| (0..7).map(move |day| usize::from(day < *count))).collect()
    };
    patient.lives_through(&days_after(START, -56), weeks(&[5, 0, 5, 0, 5, 0, 5, 0])).await;
    patient.checks_in(START).await;
    patient.lives_through(&days_after(START, 1), weeks(&[4, 0, 4, 0, 0, 0, 0, 0])).await;
    let answer = around(&patient, "magnesium", "window_days=56").await;
    assert!(answer["exact_p"].as_f64().unwrap() < 0.05, "{answer}");
    // φ: Σ (x − 2.5)²/2.5 = 20 before, Σ (x − 1)²/1 = 24 after, on 14 degrees of freedom. exp(ln 0.4 ± 1.96 √(φ (1/20 + 1/8)))
    assert_eq!((&answer["dispersion_index"], &answer["rate_ratio"]), (&json!(3.142_86), &json!(0.4)));
    assert_eq!(answer["ci95"], json!({"low": 0.093_495_8, "high": 1.711_31}));
    assert_eq!((&answer["ci_method"], &answer["verdict"]), (&json!("quasi_poisson"), &json!("no_clear_change")));
}

#[actix_web::test]
async fn a_season_is_a_caution_only_where_it_points_the_same_way() {
    let app = TestApp::start().await;
    for (zone, start, ratio, is_caution) in [
        ("Europe/Berlin", "2026-05-27", Some(1.328_92), false),
        ("Europe/Berlin", "2025-10-01", Some(0.672_654), true),
        ("Australia/Sydney", "2025-10-01", Some(1.554_87), false),
        ("Asia/Singapore", "2025-10-01", None, false),
    ] {
        let patient = app.patient_in(zone).await;
        patient.begins("stretching", start).await;
        // From four cramps in ten days to one in ten, with an entry on every day.
        let (before, after) = ([1, 0, 1, 0, 1, 0, 1, 0, 0, 0].repeat(9), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0].repeat(9));
        patient.lives_through(&days_after(start, -90), before).await;
        patient.lives_through(&days_after(start, 1), after).await;
        let answer = around(&patient, "stretching", "").await;
        match (answer["season_alone_ratio"].as_f64(), ratio) {
            (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() < 0.002, "{zone} {start}: {ours} {theirs}"),
            (ours, theirs) => assert_eq!(ours, theirs, "{zone}"),
        }
        assert_eq!(cautions(&answer).contains(&"different_seasons"), is_caution, "{zone} {start} {answer}");
    }
}

#[actix_web::test]
async fn what_was_under_way_on_both_sides_is_no_caution() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("stretching", START).await;
    patient.begins("since_2020", "2020-01-01").await;
    patient.lives_through(&days_after(START, -28), [0].repeat(60)).await;
    assert!(!cautions(&around(&patient, "stretching", "window_days=28").await).contains(&"overlapping_treatment"));
    for (name, from, to) in
        [("begun", days_after(START, 3), Value::Null), ("ended", "2020-01-01".to_owned(), json!(START))]
    {
        let course = json!({"kind": "other", "name": name, "started_on": from, "ended_on": to});
        patient.put(patient.diary().treatment(name), course).await.is(201);
        let answer = around(&patient, "stretching", "window_days=28").await;
        assert!(cautions(&answer).contains(&"overlapping_treatment"), "{name}");
        patient.delete(patient.diary().treatment(name)).await.is(204);
    }
}

#[actix_web::test]
async fn a_start_that_is_entered_afterwards_is_a_caution() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (name, days, is_caution) in [("today", 0, false), ("yesterday", -1, false), ("before", -2, true)] {
        patient.begins(name, &app.today_plus(days)).await;
        assert_eq!(cautions(&around(&patient, name, "").await).contains(&"entered_afterwards"), is_caution, "{name}");
    }
}

#[actix_web::test]
async fn always_is_not_said_of_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let late = |date: &str| a_cramp().at(&format!("{date}T23:00:00Z")).interrupted_sleep(true);
    patient.logs(late("2026-03-01")).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert_eq!(share["evening_or_night_and_interrupted_sleep"]["always"], true);
    assert!(!says(&share, "All "), "{share}");
    for day in 3..7 {
        patient.logs(late(&format!("2026-03-{day:02}"))).await;
    }
    // 5 of 5: Wilson from 57 %.
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert!(says(&share, "All 5 cramps for which it is known"), "{share}");
    assert!(says(&share, "(95 % CI 57–100 %)"), "{share}");
}

#[actix_web::test]
async fn what_the_phone_wrote_down_at_once_is_not_late() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let offline = |date: &str, recorded: &str| {
        let mut cramp = json!({"started_at": format!("{date}T02:00:00Z")});
        cramp["recorded_at"] = json!(format!("{recorded}T03:00:00Z"));
        cramp
    };
    for day in 1..7 {
        let date = format!("2026-03-{day:02}");
        patient.logs(offline(&date, &date)).await;
    }
    patient.logs(offline("2026-03-10", "2026-03-12")).await;
    let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
    let delay = &summary["entry_within_24_hours"];
    assert_eq!((&delay["yes"], &delay["no"]), (&json!(6), &json!(1)));
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    let soon = &share["written_within_24_hours"];
    assert_eq!((&soon["episodes"], &soon["night"], &soon["bout_days"]), (&json!(6), &json!(6), &json!(6)));
    assert!(says(&share, "Of the 6 cramps that were written down within 24 hours, 6 (100 %"), "{share}");
}

#[actix_web::test]
async fn word_and_log_that_contradict_each_other_are_no_cramp_free_day() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary().clone();
    // Two days without a cramp, one "not cramp-free" without one, and one "cramp-free" with one.
    patient.lives_through("2026-03-01", [0, 0]).await;
    patient.put(diary.check_in("2026-03-03"), json!({"cramp_free": false})).await.is(201);
    patient.lives_through("2026-03-04", [1]).await;
    patient.checks_in("2026-03-04").await;
    let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
    let days = ["cramp_free_days", "contradictions"].map(|name| summary[name].as_i64().unwrap());
    assert_eq!((days, &summary["coverage"]["covered"]), ([2, 2], &json!(4)));
    assert_eq!(summary["longest_cramp_free_run"], json!({"from": "2026-03-01", "to": "2026-03-02", "days": 2}));
    // Said otherwise, it is one.
    patient.put(diary.check_in("2026-03-03"), json!({"cramp_free": true})).await.is(200);
    patient.delete(diary.check_in("2026-03-04")).await.is(204);
    let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
    let days = ["cramp_free_days", "contradictions"].map(|name| summary[name].as_i64().unwrap());
    assert_eq!(days, [3, 0]);
}

#[actix_web::test]
async fn only_all_are_a_hundred_percent() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for number in 0..250 {
        let date = days_after("2025-06-01", number);
        let interrupted = number > 0;
        let cramp = a_cramp().at(&format!("{date}T23:00:00Z")).interrupted_sleep(interrupted);
        patient.logs(cramp).await;
    }
    let share = share_of(&patient, "2025-06-01", "2026-05-31").await;
    assert!(says(&share, "249 of 250 for which it is known interrupted sleep (>99 %"), "{share}");
}

#[actix_web::test]
async fn nights_with_cramps_are_counted_of_nights_of_which_both_days_are_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // 1 to 11 March are recorded: ten nights. A cramp before midnight, one after, and two of one night, of which nobody
    // says whether they broke sleep.
    patient.lives_through("2026-03-01", [0].repeat(11)).await;
    logs_at(&patient, &["2026-03-02T23:00", "2026-03-05T02:00", "2026-03-07T23:30", "2026-03-08T01:00"]).await;
    // A night of which only the day after it is known, and whether that broke sleep.
    patient.logs(a_cramp().at("2026-03-20T03:00:00Z").interrupted_sleep(true)).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    let nights = &share["night_rate"];
    assert_eq!((&nights["observed_nights"], &nights["cramp_nights"]), (&json!(10), &json!(3)));
    // 7 · 3/10 and 7 times Wilson's interval of it; of the 30 nights of March, 4 are known to have had one.
    assert_eq!((&nights["per_week"], &nights["at_least_per_week"]), (&json!(2.1), &json!(0.933_333)));
    assert_eq!(nights["ci95"], json!({"low": 0.754_539, "high": 4.222_553}));
    let broken = &share["broken_night_rate"];
    assert_eq!((&broken["observed_nights"], &broken["cramp_nights"]), (&json!(7), &json!(0)));
    assert_eq!(broken["at_least_per_week"], 0.233_333);
    let at_night = &share["interrupted_sleep_at_night"];
    assert_eq!((&at_night["yes"], &at_night["no"], &at_night["unknown"]), (&json!(1), &json!(0), &json!(4)));
}

#[actix_web::test]
async fn the_other_leg_is_a_control() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let course = json!({"kind": "vein_treatment", "name": "ablation", "side": "left", "started_on": START});
    patient.put(patient.diary().treatment("ablation"), course).await.is(201);
    let logs = async |side: &str, from: i64, cramps: i64| {
        for number in 0..cramps {
            let date = days_after(START, from + number);
            let sites = json!([{"part": "calf", "side": side}, {"part": "foot", "side": side}]);
            patient.logs(json!({"started_at": format!("{date}T12:00:00Z"), "sites": sites})).await;
        }
    };
    logs("left", -40, 20).await;
    logs("right", -40, 10).await;
    logs("left", 5, 5).await;
    logs("right", 5, 9).await;
    let answer = around(&patient, "ablation", "").await;
    let legs = &answer["untreated_leg"];
    assert_eq!(
        (&legs["before"], &legs["after"]),
        (&json!({"treated": 20, "untreated": 10}), &json!({"treated": 5, "untreated": 9}))
    );
    for (name, value) in [("sample_odds_ratio", 0.277_778), ("odds_ratio", 0.287), ("exact_p", 0.101)] {
        assert!((legs[name].as_f64().unwrap() - value).abs() < 0.000_7, "{name} {legs}");
    }
    for (end, value) in [("low", 0.058), ("high", 1.254)] {
        assert!((legs["exact_ci95"][end].as_f64().unwrap() - value).abs() < 0.000_7, "{end} {legs}");
    }
    assert_eq!(around(&patient, "ablation", "").await["treatment"]["name"], "ablation");
    // Of both legs, there is no other one.
    patient.patch(patient.diary().treatment("ablation"), json!({"side": "both"})).await.is(200);
    assert_eq!(around(&patient, "ablation", "").await["untreated_leg"], Value::Null);
}

#[actix_web::test]
async fn a_response_is_counted_as_trials_count_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", START).await;
    // 16 cramps in the four weeks before, 12 in the four after: a quarter fewer.
    patient.lives_through(&days_after(START, -28), [1, 1, 1, 1, 0, 0, 0].repeat(4)).await;
    patient.checks_in(START).await;
    patient.lives_through(&days_after(START, 1), [1, 1, 1, 0, 0, 0, 0].repeat(4)).await;
    let answer = around(&patient, "magnesium", "").await;
    let response = &answer["response"];
    assert_eq!((&response["change_percent"], &response["at_least_a_quarter_fewer"]), (&json!(-25.0), &json!(true)));
    assert_eq!((&response["baseline_from"], &response["treated_to"]), (&json!("2026-03-02"), &json!("2026-04-27")));
    // Nights: 0 of 27 on either side, since all of it came at noon.
    assert_eq!(answer["cramp_nights"]["difference"], 0.0);
    // Too few days.
    let few = around(&patient, "magnesium", "window_days=7").await;
    assert_eq!((&few["response"]["change_percent"], &few["response"]["reason"]), (&Value::Null, &json!("not_covered")));
    // Where the days without an entry decide, nobody knows: 12 in 27 days is more than three quarters of 16 in 28.
    patient.delete(patient.diary().check_in(&days_after(START, 4))).await.is(204);
    let open = around(&patient, "magnesium", "").await["response"].clone();
    assert_eq!(open["change_over_all_days_percent"], -25.0);
    assert_eq!((&open["change_percent"], &open["at_least_a_quarter_fewer"]), (&json!(-22.222_222), &Value::Null));
}

#[actix_web::test]
async fn weeks_out_of_the_ordinary_are_named() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // From Monday 5 January 2026: 3, 5, 2, 4, 3, 6, 4, 3 a week, and then 10 in one.
    let week = |cramps: usize| {
        let mut days = [0; 7];
        (0..cramps).for_each(|number| days[number % 7] += 1);
        days
    };
    let life: Vec<usize> = [3, 5, 2, 4, 3, 6, 4, 3, 10].into_iter().flat_map(week).collect();
    patient.lives_through("2026-01-05", life).await;
    let trend = patient.learns(patient.diary().analysis_of("trend", "2026-01-05", "2026-03-08")).await;
    let chart = &trend["control_chart"];
    assert_eq!((&chart["mean_per_week"], &chart["mean_moving_range"]), (&json!(3.75), &json!(2.0)));
    assert_eq!((&chart["low"], &chart["high"]), (&json!(0.0), &json!(9.07)));
    assert_eq!(chart["outside"], json!(["2026-03-02"]));
    let months = patient
        .learns(format!("{}?bucket=month&from=2026-01-05&to=2026-03-08", patient.diary().analysis("trend")))
        .await;
    assert_eq!(months["control_chart"], Value::Null);
}

#[actix_web::test]
async fn soreness_that_two_cramps_share_is_told_apart() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let suffers = async |date: &str, course: &[(i64, i32)]| {
        let cramp = patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
        for (day, level) in course {
            patient.is_sore(&cramp, &days_after(date, *day), *level).await;
        }
    };
    // Sore on day 1, and over when next asked, on day 5: over on some day from the 2nd to the 5th.
    suffers("2026-03-01", &[(1, 4), (5, 0)]).await;
    // Two that share three days.
    suffers("2026-03-10", &[(1, 4), (3, 0)]).await;
    suffers("2026-03-12", &[(1, 2), (2, 0)]).await;
    let course = patient.learns(patient.diary().analysis_of("soreness", "2026-03-01", "2026-03-31")).await;
    assert_eq!((&course["followed_up"], &course["isolated"]["followed_up"]), (&json!(3), &json!(2)));
    // The first, and the second of them as far as it was seen before the third came: sore on day 1.
    let alone = &course["isolated"]["first_days"];
    for (day, at_least, at_most) in [(0, 1.0, 1.0), (1, 0.0, 1.0), (2, 0.0, 1.0)] {
        assert_eq!((&alone[day]["at_least"], &alone[day]["at_most"]), (&json!(at_least), &json!(at_most)), "{alone}");
    }
}

#[actix_web::test]
async fn standing_still_is_looked_at_where_cramps_come_while_walking() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (day, seconds) in [(1, json!(30)), (2, json!(900)), (3, Value::Null)] {
        let mut cramp = json!({"started_at": format!("2026-03-{day:02}T12:00:00Z"), "context": "walking"});
        cramp["relief"] = json!([{"measure": "standing", "seconds_to_relief": seconds}, {"measure": "massage"}]);
        patient.logs(cramp).await;
    }
    patient.logs(a_cramp().at("2026-03-04T12:00:00Z").context("resting")).await;
    let summary = summary_of(&patient, "2026-03-01", "2026-03-31").await;
    let moving = &summary["on_the_move"];
    let counts = ["yes", "no", "unknown", "stood_still", "timed", "gone_within_10_minutes"];
    assert_eq!(counts.map(|name| moving[name].as_i64().unwrap()), [3, 1, 0, 3, 2, 1]);
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    assert!(says(&share, "3 of 4 cramps with a known context began while walking or exercising."), "{share}");
}

#[actix_web::test]
async fn a_trial_block_leaves_blank_what_is_not_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (time, seconds, intensity) in
        [("02:00", json!(90), json!(4)), ("12:00", json!(360), json!(6)), ("13:00", Value::Null, Value::Null)]
    {
        let cramp = json!({"started_at": format!("2026-03-01T{time}:00Z"), "duration_seconds": seconds, "intensity": intensity});
        patient.logs(cramp).await;
    }
    patient.logs(json!({"started_at": "2026-03-02T12:00:00Z", "sleep_disturbance": 7})).await;
    patient.checks_in("2026-03-04").await;
    let path = format!("{}?from=2026-03-01", patient.diary().analysis("trial-block"));
    let block = patient.get(&path).await.is(200);
    assert_eq!(block.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let text = String::from_utf8(block.body.clone()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 15);
    assert_eq!(
        lines[..5],
        [
            "date,has_entry,cramps,minutes,worst_severity,worst_sleep_disturbance",
            "2026-03-01,yes,3,7.5,6,",
            "2026-03-02,yes,1,,,7",
            "2026-03-03,no,,,,",
            "2026-03-04,yes,0,,,",
        ]
    );
    patient.get(&path).if_none_match(block.etag()).await.is(304);
}
