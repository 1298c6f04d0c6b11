//! What figures are counted of: lives in which a figure could count what nobody knows, or the wrong thing.

use serde_json::{Value, json};

use super::support::*;

async fn analysis_of(patient: &Caller, name: &str, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().analysis_of(name, from, to)).await
}

async fn share_of(patient: &Caller, from: &str, to: &str) -> Value {
    patient.learns(patient.diary().night_share_of(from, to)).await
}

fn says(answer: &Value, part: &str) -> bool {
    answer["statements"].as_array().unwrap().iter().any(|statement| statement.as_str().unwrap().contains(part))
}

async fn contradicts(patient: &Caller, date: &str) {
    patient.put(patient.diary().check_in(date), json!({"cramp_free": false})).await.is(201);
}

/// Cramps at 23:00 of each date, of which it is told or not whether they broke sleep.
async fn nights(patient: &Caller, dates: impl IntoIterator<Item = String>, broken: Option<bool>) {
    for date in dates {
        let cramp = a_cramp().at(&format!("{date}T23:00:00Z"));
        patient.logs(broken.map_or(cramp.clone(), |broken| cramp.interrupted_sleep(broken))).await;
    }
}

fn dates(from: &str, days: i64) -> impl Iterator<Item = String> {
    let from = from.to_owned();
    (0..days).map(move |day| days_after(&from, day))
}

#[actix_web::test]
async fn whether_sleep_broke_is_counted_of_the_nights_of_which_it_is_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    nights(&patient, dates("2026-03-01", 30), None).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-30").await;
    let broken = json!({
        "observed_nights": 0, "cramp_nights": 0, "per_week": null, "ci95": null, "at_least_per_week": 0.0,
        "at_most_per_week": 7.0, "reason": "not_recorded",
    });
    assert_eq!((&share["broken_night_rate"], &share["night_rate"]["observed_nights"]), (&broken, &json!(29)));
    assert!(!says(&share, "sleep broken"), "{share}");

    // A night in which a cramp broke sleep is broken, whatever the other did; one of two cramps that did not, and that do
    // not say, is not known; one in which neither did is not broken, nor is one without a cramp.
    let patient = app.patient().await;
    patient.lives_through("2026-03-01", [0].repeat(10)).await;
    for (night, before_midnight, after_it) in
        [(1, Some(true), None), (3, Some(false), None), (5, None, Some(false)), (7, Some(false), Some(false))]
    {
        for (day, hour, broken) in [(night, 23, before_midnight), (night + 1, 2, after_it)] {
            let cramp = a_cramp().at(&format!("2026-03-{day:02}T{hour:02}:00:00Z"));
            patient.logs(broken.map_or(cramp.clone(), |broken| cramp.interrupted_sleep(broken))).await;
        }
    }
    let share = share_of(&patient, "2026-03-01", "2026-03-10").await;
    assert_eq!(share["night_rate"]["observed_nights"], 9);
    let broken = &share["broken_night_rate"];
    assert_eq!((&broken["observed_nights"], &broken["cramp_nights"]), (&json!(7), &json!(1)));
    // 7 · 1/9, and 7 · 3/9 if the two of which it is not known were broken
    assert!(says(&share, "between 0.8 and 2.3 a week; 1 of the 7 nights of which it is known"), "{share}");
}

#[actix_web::test]
async fn broken_nights_around_a_start_are_those_of_which_it_is_known() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.begins("magnesium", "2026-03-30").await;
    nights(&patient, dates("2026-03-10", 20), Some(true)).await;
    nights(&patient, dates("2026-03-31", 20), None).await;
    let answer = patient.learns(patient.diary().before_after("magnesium")).await;
    let (cramps, broken) = (&answer["cramp_nights"], &answer["broken_nights"]);
    assert_eq!((&cramps["after"]["observed_nights"], &cramps["reason"]), (&json!(19), &Value::Null));
    assert_eq!(broken["before"], json!({"observed_nights": 19, "cramp_nights": 19, "share": 1.0}));
    assert_eq!(broken["after"], json!({"observed_nights": 0, "cramp_nights": 0, "share": null}));
    assert_eq!((&broken["difference"], &broken["reason"]), (&Value::Null, &json!("not_recorded")));
}

#[actix_web::test]
async fn the_first_night_follows_the_day_of_the_start() {
    let app = TestApp::start().await;
    for (night_start, night_end, evening_start, first) in [
        // The night of a date is over before its day begins …
        ("00:00", "06:00", "18:00", "2026-05-12"),
        // … or begins after it, on it.
        ("20:00", "00:00", "18:00", "2026-05-11"),
        ("22:00", "06:00", "18:00", "2026-05-11"),
    ] {
        let patient = app.patient().await;
        let window = json!({"night_start": night_start, "night_end": night_end, "evening_start": evening_start});
        patient.patch(patient.diary().path(), window).await.is(200);
        patient.begins("ablation", "2026-05-11").await;
        for date in dates("2026-05-01", 11) {
            patient.logs(a_cramp().at(&format!("{date}T02:00:00Z"))).await;
        }
        patient.lives_through("2026-05-12", [0].repeat(15)).await;
        let answer = patient.learns(patient.diary().before_after("ablation")).await;
        let nights = answer["first_nights"].as_array().unwrap();
        assert_eq!(nights[0], json!({"night_of": first, "state": "free"}), "{night_start}");
        assert_eq!((nights.len(), &nights[13]["night_of"]), (14, &json!(days_after(first, 13))), "{night_start}");
    }
}

#[actix_web::test]
async fn thirty_days_with_a_cramp_that_is_not_logged_are_no_days_without() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for date in dates("2026-05-01", 30) {
        contradicts(&patient, &date).await;
    }
    let summary = analysis_of(&patient, "summary", "2026-05-01", "2026-05-30").await;
    assert_eq!(
        summary["statements"],
        json!([
            "No cramps are logged from 1 May 2026 to 30 May 2026.",
            "All 30 days have an entry.",
            "On 30 days the check-in and the log contradict each other; such days count as days with an entry, and as cramp-free only if both say so.",
        ])
    );
    let share = share_of(&patient, "2026-05-01", "2026-05-30").await;
    for name in ["night_rate", "broken_night_rate"] {
        assert_eq!((&share[name]["observed_nights"], &share[name]["reason"]), (&json!(0), &json!("contradicted")));
    }
    let nobody = app.patient().await;
    assert_eq!(share_of(&nobody, "2026-05-01", "2026-05-30").await["night_rate"]["reason"], "not_covered");
    let path = format!("{}?from=2026-05-30", patient.diary().analysis("trial-block"));
    patient.logs(a_cramp().at("2026-05-31T12:00:00Z")).await;
    contradicts(&patient, "2026-06-01").await;
    patient.checks_in("2026-06-02").await;
    let block = patient.get(path).await.is(200).text();
    let lines: Vec<_> = block.lines().skip(1).take(4).collect();
    assert_eq!(lines, ["2026-05-30,yes,,,,", "2026-05-31,yes,1,,,", "2026-06-01,yes,,,,", "2026-06-02,yes,0,,,"]);
    let report = patient.get(patient.diary().report("from=2026-05-01&to=2026-05-30")).await.is(200).text();
    assert!(report.contains("On 30 days the check-in and the log contradict each other"), "{report}");
}

#[actix_web::test]
async fn a_cramp_in_which_the_person_stood_still_twice_is_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (day, first, second) in
        [(1, json!(700), json!(30)), (2, Value::Null, json!(900)), (3, Value::Null, Value::Null)]
    {
        let still = |seconds: Value| json!({"measure": "standing", "seconds_to_relief": seconds});
        let cramp = a_cramp().at(&format!("2026-03-{day:02}T12:00:00Z")).context("walking");
        patient.logs(cramp.with("relief", json!([still(first), still(second)]))).await;
    }
    let summary = analysis_of(&patient, "summary", "2026-03-01", "2026-03-31").await;
    let counts = ["yes", "stood_still", "timed", "gone_within_10_minutes"];
    assert_eq!(counts.map(|name| summary["on_the_move"][name].as_i64().unwrap()), [3, 3, 2, 1]);
    // Tries are counted where tries are meant.
    assert_eq!((&summary["relief"]["items"][0]["tried"], &summary["relief"]["known"]), (&json!(6), &json!(3)));
    let report = patient.get(patient.diary().report("from=2026-03-01&to=2026-03-31")).await.is(200).text();
    let said =
        "Of 3 cramps while walking or exercising, 2 have a time to relief by standing still; 1 of these were gone";
    assert!(report.contains(said), "{report}");
}

#[actix_web::test]
async fn times_of_day_say_of_what_there_is_too_little() {
    let app = TestApp::start().await;
    let times_of = async |patient: &Caller| analysis_of(patient, "time-of-day", "2026-03-01", "2026-03-31").await;
    // Five cramps of one night.
    let patient = app.patient().await;
    for minute in 0..5 {
        patient.logs(a_cramp().at(&format!("2026-03-02T02:0{minute}:00Z"))).await;
    }
    let times = times_of(&patient).await;
    assert_eq!((&times["verdict"], &times["bout_days"]), (&json!("insufficient_data"), &json!(1)));
    let said = "The 5 cramps came on 1 day, counted with the night that follows. Fewer than 5 such days: not enough data to say when they come.";
    assert_eq!(times["statements"][0], said);
    // Six bouts of a cramp at noon and one at midnight.
    let patient = app.patient().await;
    for day in 0..6 {
        let date = days_after("2026-03-01", 2 * day);
        patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
        patient.logs(a_cramp().at(&format!("{}T00:00:00Z", days_after(&date, 1)))).await;
    }
    let times = times_of(&patient).await;
    assert_eq!((&times["episodes"], &times["bout_days"]), (&json!(12), &json!(6)));
    assert_eq!((&times["reason"], &times["mean_reason"]), (&json!("no_direction"), &json!("no_direction")));
    let said = "On none of the 6 days with cramps, each counted with the night that follows, do they lie around one time of day. Fewer than 5: not enough data to say when they come.";
    assert_eq!((&times["verdict"], &times["statements"][0]), (&json!("insufficient_data"), &json!(said)));
    // Four with a mean are too few still, and a fifth is enough.
    for day in 1..5 {
        patient.logs(a_cramp().at(&format!("2026-03-2{day}T02:00:00Z"))).await;
    }
    let times = times_of(&patient).await;
    assert_eq!((&times["bout_days"], &times["verdict"]), (&json!(10), &json!("insufficient_data")));
    assert!(says(&times, "On only 4 of the 10 days with cramps"), "{times}");
    patient.logs(a_cramp().at("2026-03-25T02:00:00Z")).await;
    let times = times_of(&patient).await;
    assert_eq!(times["verdict"], "concentrated");
    assert!(says(&times, "on 5 days, each counted with the night that follows, they came around 02:00"), "{times}");
}

#[actix_web::test]
async fn a_cramp_is_alone_or_not_whatever_period_is_asked_for() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // Each watched into the next: the first alone had none before it, and was sore until the second came.
    for date in ["2026-05-01", "2026-05-03", "2026-05-05"] {
        let cramp = patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
        for (day, level) in [(1, 3), (2, 1), (3, 0)] {
            patient.is_sore(&cramp, &days_after(date, day), level).await;
        }
    }
    for (from, to, alone) in
        [("2026-05-01", "2026-05-31", 1), ("2026-05-05", "2026-05-31", 0), ("2026-05-01", "2026-05-01", 1)]
    {
        let isolated = &analysis_of(&patient, "soreness", from, to).await["isolated"];
        assert_eq!(isolated["followed_up"], alone, "{from} {to}");
        if alone > 0 {
            assert_eq!(
                (&isolated["first_days"][0]["still_sore"], &isolated["median_days"]),
                (&json!(1.0), &Value::Null)
            );
            assert_eq!(isolated["first_days"][1]["still_sore"], Value::Null, "nobody knows whose soreness it was");
        }
    }
    let course = analysis_of(&patient, "soreness", "2026-05-05", "2026-05-31").await;
    assert_eq!((&course["episodes"], &course["entries"]), (&json!(1), &json!(3)), "only those of the period count");
    // Whoever sees the diary from the 5th on does not learn that there was one before.
    let clinician = app.patient().await;
    patient.shares_on(json!({"role": "viewer", "visible_from": "2026-05-05"}), &clinician).await;
    let path = patient.diary().analysis_of("soreness", "2026-05-05", "2026-05-31");
    assert_eq!(clinician.learns(path).await["isolated"]["followed_up"], 1);
}

#[actix_web::test]
async fn what_was_not_looked_at_until_day_five_bounds_the_share() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // 32 cramps: 11 over on day 1, 8 on day 2, 8 on day 3; 3 sore on day 1, and over when next asked, on day 5; 2 sore until 4.
    let courses: [(usize, &[(i64, i32)]); 5] = [
        (11, &[(0, 3), (1, 0)]),
        (8, &[(1, 3), (2, 0)]),
        (8, &[(2, 3), (3, 0)]),
        (3, &[(1, 3), (5, 0)]),
        (2, &[(4, 3), (5, 0)]),
    ];
    let courses = courses.iter().flat_map(|(times, course)| std::iter::repeat_n(*course, *times));
    for (number, course) in (0..).zip(courses) {
        let date = days_after("2026-01-01", 2 * number);
        let cramp = patient.logs(a_cramp().at(&format!("{date}T12:00:00Z"))).await;
        for (day, level) in course {
            patient.is_sore(&cramp, &days_after(&date, *day), *level).await;
        }
    }
    let course = analysis_of(&patient, "soreness", "2026-01-01", "2026-03-31").await;
    let third = &course["first_days"][2];
    // 5 of 32, and 2 of 32 if the three were over on day 2.
    assert_eq!((&third["still_sore"], &third["at_least"]), (&json!(0.156_25), &json!(0.062_5)));
    assert_eq!((&third["at_most"], &course["median_days"]), (&json!(0.156_25), &json!(2)));
}

#[actix_web::test]
async fn the_last_cramp_is_the_last_that_is_logged() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp().at("2026-01-20T12:00:00Z")).await;
    let of = async |to: &str| analysis_of(&patient, "summary", "2026-01-01", to).await;
    let summary = of("2026-01-20").await;
    assert!(says(&summary, "The last logged cramp was on 20 Jan 2026."), "{summary}");
    let summary = of("2026-01-21").await;
    assert!(says(&summary, "was 1 day before 21 Jan 2026; the day since has no entry."), "{summary}");
    patient.checks_in("2026-03-31").await;
    let summary = of("2026-03-31").await;
    let days = ["days_since_last_cramp", "covered_days_since_last_cramp"].map(|name| summary[name].as_i64().unwrap());
    assert_eq!(days, [70, 1]);
    let said = "The last logged cramp was 70 days before 31 Mar 2026; 1 of the days since has an entry.";
    assert!(says(&summary, said), "{summary}");
}

#[actix_web::test]
async fn a_season_explains_no_change_that_is_not_there() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    patient.begins("stretching", "2026-05-27").await;
    // Three in ten days before, and one more in the ninety days after: the season alone would bring a third more.
    patient.lives_through("2026-02-26", [1, 0, 0, 1, 0, 0, 1, 0, 0, 0].repeat(9)).await;
    patient.lives_through("2026-05-28", [1, 0, 0, 1, 0, 0, 1, 0, 0, 0].repeat(8)).await;
    patient.lives_through("2026-08-16", [1, 0, 0, 1, 0, 0, 1, 0, 1, 0]).await;
    let answer = patient.learns(patient.diary().before_after("stretching")).await;
    assert!(answer["season_alone_ratio"].as_f64().unwrap() > 1.3, "{answer}");
    assert!((1.01..1.1).contains(&answer["rate_ratio"].as_f64().unwrap()), "{answer}");
    let codes: Vec<_> = answer["cautions"].as_array().unwrap().iter().map(|caution| &caution["code"]).collect();
    assert!(!codes.contains(&&json!("different_seasons")), "{answer}");
}

#[actix_web::test]
async fn a_phone_that_says_before_the_onset_says_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let onset = (app.now() - chrono::Duration::hours(2)).to_rfc3339();
    for started_at in ["2026-03-01T02:00:00Z", "2026-03-02T02:00:00Z", onset.as_str()] {
        patient.logs(a_cramp().at(started_at).with("recorded_at", "1970-01-01T00:00:00Z")).await;
    }
    let summary = analysis_of(&patient, "summary", "2026-03-01", &app.today_plus(0)).await;
    // By when they arrived: long after, and at once.
    let delay = &summary["entry_within_24_hours"];
    assert_eq!((&delay["yes"], &delay["no"]), (&json!(1), &json!(2)));
}

#[actix_web::test]
async fn fewer_than_five_are_counted_and_have_no_percentage() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    nights(&patient, dates("2026-03-01", 4), Some(true)).await;
    let share = share_of(&patient, "2026-03-01", "2026-03-31").await;
    let said = ["4 of 4 cramps began between", "4 of 4 for which it is known interrupted sleep."];
    assert!(said.iter().all(|said| says(&share, said)), "{share}");
    assert!(!says(&share, "100 %"), "{share}");
    let german =
        patient.learns(format!("{}&lang=de", patient.diary().night_share_of("2026-03-01", "2026-03-01"))).await;
    assert_eq!(german["statements"][0], "1 von 1 Krampf begann zwischen 22:00 und 06:00 Uhr.");
    nights(&patient, dates("2026-03-05", 1), Some(true)).await;
    assert!(says(&share_of(&patient, "2026-03-01", "2026-03-31").await, "5 of 5 cramps (100 %"));
}

#[actix_web::test]
async fn where_too_few_nights_are_known_a_range_is_said() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // 20 nights with a cramp, and one check-in two months before: 21 of 90 days, and 19 of 89 nights.
    patient.checks_in("2026-01-01").await;
    nights(&patient, dates("2026-03-01", 20), None).await;
    let (from, to) = ("2026-01-01", "2026-03-31");
    let share = share_of(&patient, from, to).await;
    let rate = &share["night_rate"];
    // 7 · 19/19, and 7 · 20/89.
    assert_eq!((&rate["per_week"], &rate["at_least_per_week"]), (&json!(7.0), &json!(1.573_034)));
    let range = "Nights with cramps: between 1.6 and 7.0 a week; 19 of the 19 nights of which it is known, too few for one \
                 figure.";
    assert!(says(&share, range) && !says(&share, "If no cramps came in the nights"), "{share}");
    let report = patient.get(patient.diary().report(&format!("from={from}&to={to}"))).await.is(200).text();
    assert!(report.contains("Between 1.6 and 6.7 cramps a week") && report.contains(range), "{report}");

    // A cramp every fourth night; half of the days are checked in, and then all.
    let other = app.patient().await;
    for (day, date) in dates("2026-01-01", 178).enumerate() {
        match day % 4 {
            0 => drop(other.logs(a_cramp().at(&format!("{date}T23:00:00Z"))).await),
            1 => drop(other.checks_in(&date).await),
            _ if day >= 88 => drop(other.checks_in(&date).await),
            _ => {}
        }
    }
    let (from, to) = ("2026-01-01", "2026-06-27");
    let summary = analysis_of(&other, "summary", from, to).await;
    assert!(summary["coverage"]["share"].as_f64().unwrap() > 0.7, "{summary}");
    // Of nearly every night with a cramp it is known, and of half of those without.
    let report = other.get(other.diary().report(&format!("from={from}&to={to}"))).await.is(200).text();
    assert!(report.contains("Between 1.8 and 2.8 nights a week with cramps"), "{report}");
}
