//! Lives in which several cramps come in one night, or are written down days later: how sure each share is, and what is left
//! of the figures without what was remembered later.

use serde_json::{Value, json};

use super::support::*;

async fn analysis(patient: &Caller, name: &str) -> Value {
    patient.learns(patient.diary().analysis_of(name, "2026-03-01", "2026-05-31")).await
}

fn says(answer: &Value, part: &str) -> bool {
    answer["statements"].as_array().unwrap().iter().any(|statement| statement.as_str().unwrap().contains(part))
}

/// Cramps from 23:00 on of one night after the other, as many as a bout of the reference has; of so many of them the answer
/// is yes to every question.
async fn nights_of(patient: &Caller, bouts: &[Value]) {
    for (day, bout) in (0..).zip(bouts) {
        let date = days_after("2026-03-01", day);
        for nth in 0..bout["all"].as_u64().unwrap() {
            let yes = nth < bout["night"].as_u64().unwrap();
            let cramp = a_cramp().at(&format!("{date}T23:{nth:02}:00Z")).interrupted_sleep(yes);
            let cramp = cramp.context(if yes { "walking" } else { "asleep" });
            patient.logs(cramp.with("duration_seconds", if yes { 601 } else { 600 })).await;
        }
    }
}

#[actix_web::test]
async fn each_share_of_cramps_is_as_sure_as_its_bouts_are_many() {
    let app = TestApp::start().await;
    let cases = reference("night_share");
    for case in cases.iter().filter(|case| case["episodes"].as_u64().unwrap() <= 30) {
        let patient = app.patient().await;
        nights_of(&patient, case["bouts"].as_array().unwrap()).await;
        let (share, summary) = (analysis(&patient, "night-share").await, analysis(&patient, "summary").await);
        for name in ["interrupted_sleep", "interrupted_sleep_at_night", "evening_or_night_and_interrupted_sleep"] {
            agrees(&share[name], case, name);
        }
        for name in ["over_10_minutes", "on_the_move"] {
            agrees(&summary[name], case, name);
        }
    }
}

fn agrees(ours: &Value, case: &Value, name: &str) {
    let close = |ours: &Value, theirs: &Value| (ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() <= 1e-6;
    assert_eq!(ours["yes"], case["night"], "{name}");
    assert!(close(&ours["share"], &case["share"]), "{name}: {ours} {case}");
    assert!(close(&ours["effective_n"], &case["effective_n"]), "{name}: {ours} {case}");
    assert!(close(&ours["ci95"]["low"], &case["low"]), "{name}: {ours} {case}");
    assert!(close(&ours["ci95"]["high"], &case["high"]), "{name}: {ours} {case}");
}

#[actix_web::test]
async fn always_is_not_said_of_one_night() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    nights_of(&patient, &[json!({"night": 5, "all": 5})]).await;
    let share = analysis(&patient, "night-share").await;
    assert_eq!(share["evening_or_night_and_interrupted_sleep"]["always"], true);
    assert!(!says(&share, "came in the evening or at night and interrupted it"), "{share}");
    for day in 6..10 {
        patient.logs(a_cramp().at(&format!("2026-03-{day:02}T23:00:00Z")).interrupted_sleep(true)).await;
    }
    // As sure as five nights are: Wilson's interval of 5 of 5.
    let share = analysis(&patient, "night-share").await;
    let sentence = "All 9 cramps for which it is known whether sleep was interrupted came in the evening or at night and \
                    interrupted it (95 % CI 57–100 %).";
    assert!(says(&share, sentence), "{share}");
}

/// Cramps at 02:00, written down an hour later or two days later.
async fn at_two(patient: &Caller, dates: impl Iterator<Item = String>, later: i64) {
    for date in dates {
        let mut cramp = json!({"started_at": format!("{date}T02:00:00Z")});
        cramp["recorded_at"] = json!(format!("{}T03:00:00Z", days_after(&date, later)));
        patient.logs(cramp).await;
    }
}

/// A month with ten cramps, written down at once, and one of a treatment with ten, of which only the first `soon` were; all
/// other days are checked in.
async fn a_month_and_one_that_is_remembered(patient: &Caller, soon: usize) {
    patient.begins("magnesium", "2026-04-01").await;
    let every_second = |from: &'static str| (0..10).map(move |nth| days_after(from, 2 * nth));
    at_two(patient, every_second("2026-03-02"), 0).await;
    at_two(patient, every_second("2026-04-03").take(soon), 0).await;
    at_two(patient, every_second("2026-04-03").skip(soon), 2).await;
    let cramps: Vec<_> = every_second("2026-03-02").chain(every_second("2026-04-03")).collect();
    for date in (0..61).map(|day| days_after("2026-03-02", day)).filter(|date| !cramps.contains(date)) {
        patient.checks_in(&date).await;
    }
}

async fn around_the_start(patient: &Caller) -> Value {
    patient.learns(format!("{}?window_days=30", patient.diary().before_after("magnesium"))).await
}

#[actix_web::test]
async fn a_comparison_is_made_again_of_what_was_written_down_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_month_and_one_that_is_remembered(&patient, 8).await;
    let answer = around_the_start(&patient).await;
    assert_eq!(answer["rate_ratio"], 1.0);
    let soon = &answer["written_within_24_hours"];
    // Two of the thirty days after the start have no other cramp than one that was written down later.
    for (side, episodes, days) in [("before", 10, 30), ("after", 8, 28)] {
        let rate = (&soon[side]["episodes"], &soon[side]["covered_days"]);
        assert_eq!(rate, (&json!(episodes), &json!(days)), "{side}");
    }
    // 8/28 over 10/30. Weeks of 4, 3, 3, 0 and 0 cramps on 7, 7, 7, 7 and 2 days, and of 3, 4, 1, 0 and 0 on 7, 7, 5, 7 and
    // 2: φ = 1.2214 on 8 degrees of freedom, and exp(ln RR ± t √(φ (1/10 + 1/8)))
    assert_eq!(soon["rate_ratio"], 0.857_143);
    assert_eq!(soon["ci95"], json!({"low": 0.255_883, "high": 2.87122}));
    // Nights from 2 March to that of the 30th, and from 2 April to that of the 30th: the first cramp's is that of 1 March.
    let nights = |side: &str| {
        let nights = &soon["cramp_nights"][side];
        (nights["observed_nights"].as_u64().unwrap(), nights["cramp_nights"].as_u64().unwrap())
    };
    assert_eq!((nights("before"), nights("after")), ((29, 9), (27, 8)));
    let sentence =
        "From the 18 cramps that were written down within 24 hours alone, the ratio of after to before is 0.86 (";
    assert!(says(&answer, sentence), "{answer}");
}

#[actix_web::test]
async fn who_writes_later_than_before_does_not_seem_to_get_better() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_month_and_one_that_is_remembered(&patient, 2).await;
    let answer = around_the_start(&patient).await;
    let soon = &answer["written_within_24_hours"];
    assert_eq!((&soon["rate_ratio"], &soon["ci95"], &soon["reason"]), (&Value::Null, &Value::Null, &json!("too_few")));
    assert_eq!((&soon["before"]["episodes"], &soon["after"]["episodes"]), (&json!(10), &json!(2)));
    assert!(!says(&answer, "within 24 hours"), "{answer}");
}

/// Four weeks, all checked in but for a cramp in every second night, of so many of which it is told that they broke sleep.
async fn every_second_night(patient: &Caller, from: &str, told: i64) {
    for day in 0..28 {
        let date = days_after(from, day);
        if day % 2 == 0 {
            let cramp = a_cramp().at(&format!("{date}T23:00:00Z"));
            patient.logs(if day / 2 < told { cramp.interrupted_sleep(true) } else { cramp }).await;
        } else {
            patient.checks_in(&date).await;
        }
    }
}

#[actix_web::test]
async fn who_seldom_says_whether_sleep_broke_does_not_seem_to_sleep_well() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    every_second_night(&patient, "2026-03-02", 4).await;
    let share = patient.learns(patient.diary().night_share_of("2026-03-02", "2026-03-29")).await;
    // Of 27 nights 13 had no cramp, and of 10 it is not told. 7 · 4/17, 7 · 4/27, and 7 · 14/27
    let broken = &share["broken_night_rate"];
    assert_eq!((&broken["observed_nights"], &broken["cramp_nights"]), (&json!(17), &json!(4)));
    assert_eq!(broken["per_week"], 1.647_059);
    assert_eq!((&broken["at_least_per_week"], &broken["at_most_per_week"]), (&json!(1.037_037), &json!(3.629_63)));
    assert!(says(&share, "Nights with sleep broken by a cramp: between 1.0 and 3.6 a week"), "{share}");
    // Whether a cramp came is known of all.
    let all = &share["night_rate"];
    assert_eq!((&all["per_week"], &all["at_most_per_week"]), (&json!(3.629_63), &json!(3.629_63)));

    // After a start it is told of every cramp: no more nights are broken for that.
    patient.begins("magnesium", "2026-03-30").await;
    patient.checks_in("2026-03-30").await;
    every_second_night(&patient, "2026-03-31", 14).await;
    let answer = patient.learns(format!("{}?window_days=28", patient.diary().before_after("magnesium"))).await;
    let nights = &answer["broken_nights"];
    assert_eq!((&nights["before"]["observed_nights"], &nights["after"]["observed_nights"]), (&json!(17), &json!(27)));
    assert_eq!((&nights["difference"], &nights["reason"]), (&Value::Null, &json!("not_recorded")));
    assert_eq!(nights["over_all_nights"], json!({"difference": null, "ci95": null}));
    assert_eq!(answer["cramp_nights"]["difference"], 0.0);
}

#[actix_web::test]
async fn nights_a_week_are_counted_again_of_what_was_written_down_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_month_and_one_that_is_remembered(&patient, 2).await;
    let share = analysis(&patient, "night-share").await;
    let night_rate = |rate: &Value| (rate["observed_nights"].clone(), rate["cramp_nights"].clone());
    // 61 days have 60 nights; the first cramp's is the night before them.
    assert_eq!(night_rate(&share["night_rate"]), (json!(60), json!(19)));
    let soon = &share["written_within_24_hours"];
    assert_eq!((&soon["episodes"], &soon["bout_days"]), (&json!(12), &json!(12)));
    assert_eq!(night_rate(&soon["night_rate"]), (json!(52), json!(11)));
    // 7 · 11/52, and 7 times Wilson's interval of 11 of 52. To 31 May there are 90 nights.
    assert_eq!(soon["night_rate"]["per_week"], 1.480_769);
    assert_eq!(soon["night_rate"]["ci95"], json!({"low": 0.857_106, "high": 2.382_247}));
    assert_eq!(soon["night_rate"]["at_least_per_week"], 0.855_556);
    // With the eight nights of which it was written down later: as much as of all
    assert_eq!(soon["night_rate"]["at_most_per_week"], share["night_rate"]["per_week"]);
    let sentence = "From the cramps that were written down within 24 hours alone, nights with cramps: between 0.9 and 2.2 \
                    a week; 11 of the 52 nights of which it is known, too few for one figure.";
    assert!(says(&share, sentence), "{share}");
}
