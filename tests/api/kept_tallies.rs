//! What is kept for each day, against a count of everything that is listed: the plainest way to the same figures.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a few hundred cramps"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::*;

/// Everything in a diary: each cramp with the soreness after it.
async fn everything(patient: &Caller) -> Vec<(Row, Vec<Row>)> {
    let mut all = Vec::new();
    for cramp in patient.lists_all(patient.diary().episodes()).await {
        let entries = patient.lists_all(patient.diary().soreness(cramp.id())).await;
        all.push((cramp, entries));
    }
    all
}

/// Six decimals, as answers have.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

fn close(ours: &Value, theirs: Option<f64>, name: &str) {
    match (ours.as_f64(), theirs) {
        (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() <= 1.01e-6, "{name}: {ours} {theirs}"),
        (ours, theirs) => assert_eq!(ours, theirs, "{name}"),
    }
}

/// Quantiles, by their definition: the value at (n − 1) · p, on the line between its neighbours.
fn spreads(ours: &Value, mut values: Vec<i64>, all: usize, name: &str) {
    values.sort_unstable();
    assert_eq!((&ours["known"], &ours["unknown"]), (&json!(values.len()), &json!(all - values.len())), "{name}");
    for (point, part) in [("min", 0.0), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("p90", 0.9), ("max", 1.0)] {
        close(&ours[point], quantile(&values, part), &format!("{name} {point}"));
    }
    let reason = match (values.len(), all) {
        (0, 0) => json!("no_episodes"),
        (0, _) => json!("not_recorded"),
        _ => Value::Null,
    };
    assert_eq!(ours["reason"], reason, "{name}");
}

fn quantile(sorted: &[i64], part: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)?) as f64 * part;
    let (below, above) = (sorted[place.floor() as usize] as f64, sorted[place.ceil() as usize] as f64);
    Some(below + (above - below) * place.fract())
}

fn proportions(ours: &Value, yes: usize, no: usize, all: usize, name: &str) {
    let counts = ["yes", "no", "unknown"].map(|name| ours[name].as_u64().unwrap() as usize);
    assert_eq!(counts, [yes, no, all - yes - no], "{name}");
    close(&ours["share"], (yes + no > 0).then(|| yes as f64 / (yes + no) as f64), name);
}

/// The same of cramps, with how many independent ones would say as much: in bouts, each with how many say yes and how many
/// say anything.
fn proportions_of_bouts(ours: &Value, cramps: &[&Row], says: impl Fn(&Row) -> Option<bool>, name: &str) {
    let mut bouts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let known = cramps.iter().filter_map(|row| Some((bout_of(row), says(row)?)));
    for (bout, yes) in known {
        let (yeses, all) = bouts.entry(bout).or_default();
        *yeses += f64::from(u8::from(yes));
        *all += 1.0;
    }
    let (yes, all) = bouts.values().fold((0.0, 0.0), |sum, bout| (sum.0 + bout.0, sum.1 + bout.1));
    proportions(ours, yes as usize, (all - yes) as usize, cramps.len(), name);
    let (share, groups) = (yes / all, bouts.len() as f64);
    let squares: f64 = bouts.values().map(|(yes, all)| (yes - share * all).powi(2)).sum();
    let variance = groups / (groups - 1.0) * squares / (all * all);
    let alike = yes <= 0.0 || yes >= all || groups < 2.0;
    let effective = if alike { groups } else { all / (variance * (all - 1.0) / (share * (1.0 - share))).max(1.0) };
    close(&ours["effective_n"], (all > 0.0).then_some(effective), name);
}

/// The date by which a cramp is counted: that of the night, or its own.
fn bout_of(row: &Row) -> &str {
    row["night_of"].as_str().or(row["local_date"].as_str()).unwrap()
}

fn numbers(rows: &[&Row], name: &str) -> Vec<i64> {
    rows.iter().filter_map(|row| row[name].as_i64()).collect()
}

/// The words of a cramp, each once.
fn words_of(row: &Row, list: &str, word: impl Fn(&Value) -> Value) -> Vec<String> {
    let mut words: Vec<_> = row[list].as_array().unwrap().iter().map(|item| word(item).to_string()).collect();
    words.sort();
    words.dedup();
    words
}

fn the_summary_agrees(summary: &Value, cramps: &[&Row]) {
    let all = cramps.len();
    assert_eq!(summary["episodes"], all);
    for name in ["intensity", "duration_seconds", "sleep_disturbance"] {
        spreads(&summary[name], numbers(cramps, name), all, name);
    }
    let is_long = |row: &Row| row["duration_seconds"].as_i64().map(|seconds| seconds > 600);
    proportions_of_bouts(&summary["over_10_minutes"], cramps, is_long, "over_10_minutes");
    let is_moving = |row: &Row| row["context"].as_str().map(|context| ["walking", "exercising"].contains(&context));
    proportions_of_bouts(&summary["on_the_move"], cramps, is_moving, "on_the_move");
    // Chance logs months late.
    proportions_of_bouts(&summary["entry_within_24_hours"], cramps, |_| Some(false), "entry_within_24_hours");

    let contexts = cramps.iter().filter_map(|row| row["context"].as_str().map(str::to_owned));
    the_words_agree(&summary["contexts"], contexts.map(|word| vec![word]).collect(), all);
    let plain = |item: &Value| item.clone();
    let triggers = cramps.iter().map(|row| words_of(row, "triggers", plain));
    let unquoted = |words: Vec<String>| words.into_iter().map(|word| word.replace('"', "")).collect::<Vec<_>>();
    the_words_agree(&summary["triggers"], triggers.map(unquoted).filter(|words| !words.is_empty()).collect(), all);

    let sites = &summary["sites"];
    let with_sites: Vec<_> = cramps.iter().filter(|row| !row["sites"].as_array().unwrap().is_empty()).collect();
    assert_eq!((&sites["known"], &sites["unknown"]), (&json!(with_sites.len()), &json!(all - with_sites.len())));
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    let mut both_legs = 0;
    for row in &with_sites {
        for place in words_of(row, "sites", |site| json!([site["part"], site["side"]])) {
            *places.entry(place).or_default() += 1;
        }
        let has = |side: &str| row["sites"].as_array().unwrap().iter().any(|site| site["side"] == side);
        both_legs += u64::from(has("both") || has("left") && has("right"));
    }
    assert_eq!(sites["in_both_legs_at_once"], both_legs);
    let mut listed = BTreeMap::new();
    for item in sites["items"].as_array().unwrap() {
        let mut total = 0;
        for (name, side) in
            [("left", json!("left")), ("right", json!("right")), ("both", json!("both")), ("unknown", Value::Null)]
        {
            let count = item[name].as_u64().unwrap();
            total += count;
            if count > 0 {
                listed.insert(json!([item["part"], side]).to_string(), count);
            }
        }
        assert!(item["total"] == total && total > 0, "{item}");
    }
    assert_eq!(listed, places);

    let mut tried: BTreeMap<String, (u64, Vec<i64>)> = BTreeMap::new();
    let relieved = cramps.iter().filter(|row| !row["relief"].as_array().unwrap().is_empty()).count();
    for relief in cramps.iter().flat_map(|row| row["relief"].as_array().unwrap()) {
        let measure = tried.entry(relief["measure"].as_str().unwrap().to_owned()).or_default();
        measure.0 += 1;
        measure.1.extend(relief["seconds_to_relief"].as_i64());
    }
    let relief = &summary["relief"];
    assert_eq!((&relief["known"], &relief["unknown"]), (&json!(relieved), &json!(all - relieved)));
    let items = relief["items"].as_array().unwrap();
    assert_eq!(items.len(), tried.len());
    for item in items {
        let (times, mut seconds) = tried[item["measure"].as_str().unwrap()].clone();
        seconds.sort_unstable();
        assert_eq!((&item["tried"], &item["timed"]), (&json!(times), &json!(seconds.len())));
        close(&item["median_seconds_to_relief"], quantile(&seconds, 0.5), "seconds to relief");
    }
    assert!(items.is_sorted_by_key(|item| -item["tried"].as_i64().unwrap()));
}

fn the_words_agree(ours: &Value, of_cramps: Vec<Vec<String>>, all: usize) {
    let known = of_cramps.len();
    assert_eq!((&ours["known"], &ours["unknown"]), (&json!(known), &json!(all - known)));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    of_cramps.into_iter().flatten().for_each(|word| *counts.entry(word).or_default() += 1);
    let mut expected: Vec<_> = counts.into_iter().collect();
    expected.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(word, count)| json!({"word": word, "count": count, "share": rounded(count as f64 / known as f64)}))
        .collect();
    assert_eq!((&ours["items"], &ours["others"]), (&json!(expected), &json!(0)));
}

fn the_times_agree(times: &Value, cramps: &[&Row]) {
    // Of each bout the direction of its mean; some have none.
    let mut bouts: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let mut hours = [0; 24];
    for row in cramps {
        let (hour, minute) = row["local_time"].as_str().unwrap().split_once(':').unwrap();
        let (hour, minute): (usize, f64) = (hour.parse().unwrap(), minute[..2].parse().unwrap());
        hours[hour] += 1;
        let angle = ((hour * 60) as f64 + minute) / 1440.0 * std::f64::consts::TAU;
        let sum = bouts.entry(bout_of(row).to_owned()).or_default();
        *sum = (sum.0 + angle.cos(), sum.1 + angle.sin());
    }
    assert_eq!(times["bout_days"], bouts.len());
    let directions: Vec<_> = bouts.values().filter(|(east, north)| east.hypot(*north) > 1e-6).collect();
    let unit = |sum: (f64, f64), (east, north): &&(f64, f64)| {
        let length = east.hypot(*north);
        (sum.0 + east / length, sum.1 + north / length)
    };
    let (east, north) = directions.iter().fold((0.0, 0.0), unit);
    assert_eq!(times["episodes"], cramps.len());
    for (hour, count) in hours.into_iter().enumerate() {
        assert_eq!(times["hours"][hour], json!({"hour": hour, "episodes": count}));
    }
    let length = (!directions.is_empty()).then(|| east.hypot(north) / directions.len() as f64);
    close(&times["resultant_length"], length, "resultant length");
}

/// What the entries after a cramp, by date, come to: the days, the day on which it was over, the day it was last seen.
struct Course {
    levels: BTreeMap<i64, i64>,
    over: Option<i64>,
    last: i64,
}

fn course(entries: &[Row]) -> Option<Course> {
    let levels: BTreeMap<_, _> =
        entries.iter().map(|row| (row["day"].as_i64().unwrap(), row["level"].as_i64().unwrap())).collect();
    let last = *levels.last_key_value()?.0;
    let sore_last = levels.iter().rev().find(|(_, level)| **level > 0).map(|(day, _)| *day);
    let over = levels.keys().copied().find(|day| sore_last.is_none_or(|sore| *day > sore));
    Some(Course { levels, over, last })
}

fn the_soreness_agrees(answer: &Value, cramps: &[&(Row, Vec<Row>)]) {
    let all = cramps.len();
    let courses: Vec<_> = cramps.iter().filter_map(|(_, entries)| course(entries)).collect();
    let entries: Vec<_> = cramps.iter().flat_map(|(_, entries)| entries).collect();
    assert_eq!((&answer["episodes"], &answer["followed_up"]), (&json!(all), &json!(courses.len())));
    assert_eq!(answer["entries"], entries.len());
    for name in ["tender_to_touch", "limits_walking"] {
        let count = |says: bool| entries.iter().filter(|row| row[name] == says).count();
        proportions(&answer[name], count(true), count(false), entries.len(), name);
    }
    let peaks = courses.iter().map(|course| *course.levels.values().max().unwrap()).collect();
    spreads(&answer["peak_level"], peaks, all, "peak_level");
    let says = |row: &&Row| row["tender_to_touch"].is_boolean();
    let tender = cramps.iter().filter(|(_, entries)| entries.iter().any(|row| says(&row)));
    let tender = tender.map(|(_, entries)| entries.iter().filter(|row| row["tender_to_touch"] == true).count() as i64);
    spreads(&answer["tender_days"], tender.collect(), all, "tender_days");

    let last_sore = courses.iter().flat_map(|course| &course.levels).filter(|(_, level)| **level > 0);
    let last_sore = last_sore.map(|(day, _)| *day).max().unwrap_or_default().max(7);
    let still_sore = answer["still_sore"].as_array().unwrap();
    assert_eq!(still_sore.len() as i64, last_sore + 1);
    for (day, ours) in (0..).zip(still_sore) {
        let sore = courses.iter().filter(|course| course.levels.get(&day).is_some_and(|level| *level > 0)).count();
        let known = |course: &&Course| course.levels.contains_key(&day) || course.over.is_some_and(|over| over <= day);
        let of = courses.iter().filter(known).count();
        assert_eq!((&ours["day"], &ours["sore"], &ours["of"]), (&json!(day), &json!(sore), &json!(of)), "day {day}");
    }

    // Kaplan and Meier, from the ends alone: whoever is last seen on a day is at risk on it.
    let mut lasting = 1.0;
    let mut steps = Vec::new();
    for day in 0..=30 {
        let at_risk = courses.iter().filter(|course| course.over.unwrap_or(course.last) >= day).count();
        let resolved = courses.iter().filter(|course| course.over == Some(day)).count();
        let censored = courses.iter().filter(|course| course.over.is_none() && course.last == day).count();
        if resolved + censored > 0 {
            lasting *= 1.0 - resolved as f64 / at_risk as f64;
            steps.push((day, at_risk, resolved, censored, lasting));
        }
    }
    let ours = answer["survival"].as_array().unwrap();
    assert_eq!(ours.len(), steps.len());
    for (ours, (day, at_risk, resolved, censored, lasting)) in ours.iter().zip(&steps) {
        let counts = ["day", "at_risk", "resolved", "censored"].map(|name| ours[name].as_u64().unwrap() as usize);
        assert_eq!(counts, [*day as usize, *at_risk, *resolved, *censored]);
        close(&ours["still_sore"], Some(*lasting), "still sore");
    }
    let median = steps.iter().find(|step| step.4 <= 0.5 + 1e-9).map(|step| step.0);
    assert_eq!(answer["median_days"].as_i64(), median);
}

async fn agrees(patient: &Caller, from: &str, to: &str) {
    let all = everything(patient).await;
    let within = |row: &Row| (from..=to).contains(&row["local_date"].as_str().unwrap());
    let cramps: Vec<_> = all.iter().filter(|(row, _)| within(row)).collect();
    let rows: Vec<_> = cramps.iter().map(|(row, _)| row).collect();
    let ask = async |name: &str| patient.learns(patient.diary().analysis_of(name, from, to)).await;
    the_summary_agrees(&ask("summary").await, &rows);
    the_times_agree(&ask("time-of-day").await, &rows);
    the_soreness_agrees(&ask("soreness").await, &cramps);
}

#[actix_web::test]
async fn what_is_kept_never_drifts_from_what_is_listed() {
    let app = TestApp::start().await;
    for seed in [1, 2, 3] {
        println!("seed {seed}");
        let patient = app.patient().await;
        let mut life = Life::of(&patient, seed);
        for step in 1..=240 {
            life.step().await;
            if step % 60 == 0 {
                agrees(&patient, "2026-01-01", "2026-06-30").await;
                let (from, to) = life.period();
                agrees(&patient, &from, &to).await;
            }
        }
        // These do not depend on when the night is …
        let ask = async |name: &str| {
            let answer = patient.learns(patient.diary().analysis_of(name, "2026-01-01", "2026-06-30")).await;
            let mut answer = without_sentences(answer);
            for field in ["revision", "night_start", "night_end", "cramp_nights"] {
                answer.as_object_mut().unwrap().remove(field);
            }
            // How sure a share of cramps is does: which of them make a bout.
            for field in ["over_10_minutes", "on_the_move", "entry_within_24_hours"] {
                if let Some(Value::Object(share)) = answer.get_mut(field) {
                    share.retain(|name, _| !["effective_n", "ci95"].contains(&name.as_str()));
                }
            }
            answer
        };
        let window = |start: &str, end: &str, evening: &str| {
            let settings = json!({"night_start": start, "night_end": end, "evening_start": evening});
            patient.patch(patient.diary().path(), settings)
        };
        window("22:00", "06:00", "18:00").await.is(200);
        let mut before = Vec::new();
        for name in ["summary", "soreness"] {
            before.push((name, ask(name).await));
        }
        window("09:00", "17:00", "06:00").await.is(200);
        for (name, before) in before {
            assert_eq!(ask(name).await, before, "{name}");
        }
        agrees(&patient, "2026-01-01", "2026-06-30").await;
        // … and nothing is left when all is taken back.
        for (cramp, _) in everything(&patient).await {
            patient.delete(patient.diary().episode(cramp.id())).await.is(204);
        }
        agrees(&patient, "2026-01-01", "2026-06-30").await;
    }
}
