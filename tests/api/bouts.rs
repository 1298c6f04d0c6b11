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

/// A month with ten cramps, written down at once, and one of a treatment with ten, of which only the first two were; all
/// other days are checked in.
async fn a_month_and_one_that_is_remembered(patient: &Caller) {
    patient.begins("magnesium", "2026-04-01").await;
    let every_second = |from: &'static str| (0..10).map(move |nth| days_after(from, 2 * nth));
    at_two(patient, every_second("2026-03-02"), 0).await;
    at_two(patient, every_second("2026-04-03").take(2), 0).await;
    at_two(patient, every_second("2026-04-03").skip(2), 2).await;
    let cramps: Vec<_> = every_second("2026-03-02").chain(every_second("2026-04-03")).collect();
    for date in (0..61).map(|day| days_after("2026-03-02", day)).filter(|date| !cramps.contains(date)) {
        patient.checks_in(&date).await;
    }
}

#[actix_web::test]
async fn a_comparison_is_made_again_of_what_was_written_down_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_month_and_one_that_is_remembered(&patient).await;
    let answer = patient.learns(format!("{}?window_days=30", patient.diary().before_after("magnesium"))).await;
    assert_eq!((&answer["rate_ratio"], &answer["verdict"]), (&json!(1.0), &json!("no_clear_change")));
    let soon = &answer["written_within_24_hours"];
    // Eight of the thirty days after the start have no other cramp than one that was written down later.
    for (side, episodes, days) in [("before", 10, 30), ("after", 2, 22)] {
        let rate = (&soon[side]["episodes"], &soon[side]["covered_days"]);
        assert_eq!(rate, (&json!(episodes), &json!(days)), "{side}");
    }
    // 2/22 over 10/30, and 2/30 over it.
    assert_eq!(soon["rate_ratio"], 0.272_727);
    assert_eq!(soon["over_all_days"]["rate_ratio"], 0.2);
    // Nights from 2 March to that of the 30th, and from 2 April to that of the 30th: the first cramp's is that of 1 March.
    let nights = |side: &str| {
        let nights = &soon["cramp_nights"][side];
        (nights["observed_nights"].as_u64().unwrap(), nights["cramp_nights"].as_u64().unwrap())
    };
    assert_eq!((nights("before"), nights("after")), ((29, 9), (21, 2)));
    assert!(
        says(
            &answer,
            "From the 12 cramps that were written down within 24 hours alone, the ratio of after to before is 0.27 ("
        ),
        "{answer}"
    );
}

#[actix_web::test]
async fn nights_a_week_are_counted_again_of_what_was_written_down_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_month_and_one_that_is_remembered(&patient).await;
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
    let sentence = "From the cramps that were written down within 24 hours alone, nights with cramps: 1.5 a week (95 % CI \
                    0.9–2.4), from 11 of 52 nights of which it is known.";
    assert!(says(&share, sentence), "{share}");
}

#[actix_web::test]
async fn what_is_said_of_a_leg_day_after_day_is_said_of_one_cramp() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Of four cramps one leg is tender for six days, one for five, and two on no day of one and two.
    for (nth, (tender, days)) in (0..).zip([(6, 6), (5, 5), (0, 1), (0, 2)]) {
        let date = days_after("2026-03-01", 7 * nth);
        let cramp = patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
        for day in 0..days {
            let entry = json!({"level": 3, "tender_to_touch": day < tender});
            patient.put(patient.diary().soreness_on(cramp.id(), &days_after(&date, day)), entry).await.is(201);
        }
    }
    let said = &analysis(&patient, "soreness").await["tender_to_touch"];
    assert_eq!((&said["yes"], &said["no"]), (&json!(11), &json!(3)));
    // Four bouts with p = 11/14: V = 4/3 · Σ (y − pn)² / 14², and a design effect of 3.092558.
    assert_eq!(said["effective_n"], 4.526_996);
    assert_eq!(said["ci95"], json!({"low": 0.347_169, "high": 0.961_95}));
}
