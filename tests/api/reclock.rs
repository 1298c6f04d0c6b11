//! Clocks that an older tz database showed wrong, and how an operator has them put right.

use serde_json::{Value, json};

use super::support::*;

/// The clock that Vancouver's was like until it did without winter time.
const OLD: &str = "America/Los_Angeles";
const PRESENT: &str = "America/Vancouver";

/// Cramps of the same instants on both clocks: a day, where it was a night; a date, where it was the one before; the same
/// in summer, and what has no zone that changed.
async fn logs_cramps(patient: &Caller, zone: &str) {
    for cramp in [
        a_cramp().id("morning").at("2026-11-20T13:30:00Z").r#in(zone).context("asleep").interrupted_sleep(true),
        a_cramp().id("midnight").at("2026-11-22T07:30:00Z").r#in(zone).intensity(6),
        a_cramp().id("noon").at("2026-11-22T20:00:00Z").r#in(zone).part("calf").note("at work"),
        a_cramp().id("summer").at("2026-07-04T10:15:00Z").r#in(zone),
        a_cramp().id("berlin").at("2026-11-22T23:30:00Z").r#in("Europe/Berlin"),
    ] {
        patient.logs(cramp).await;
    }
}

/// A diary of which a version of before 2026 worked out the clocks.
async fn written_by_old_rules(app: &TestApp) -> Caller {
    let patient = app.patient_in(PRESENT).await;
    logs_cramps(&patient, OLD).await;
    let midnight = patient.learns(patient.diary().episode("midnight")).await;
    assert_eq!(midnight["local_date"], "2026-11-21");
    patient.is_sore(&Row(midnight), "2026-11-22", 4).await;
    app.sql(&format!(
        "UPDATE episodes SET time_zone = '{PRESENT}' WHERE time_zone = '{OLD}' AND diary_id = '{}'",
        patient.settings().await.id()
    ));
    patient
}

/// Whatever follows from the cramps, without when it was written.
async fn everything(patient: &Caller) -> Vec<Value> {
    let mut all = Vec::new();
    for row in patient.lists_all(patient.diary().episodes()).await {
        for entry in patient.lists_all(patient.diary().soreness(row.id())).await {
            all.push(entry.0);
        }
        all.push(row.0);
    }
    for name in ["night-share", "summary", "time-of-day", "soreness"] {
        all.push(patient.learns(patient.diary().analysis_of(name, "2026-06-01", "2026-11-30")).await);
    }
    for one in &mut all {
        for name in ["revision", "created_at", "updated_at", "recorded_at"] {
            one.as_object_mut().unwrap().remove(name);
        }
    }
    all
}

#[actix_web::test]
async fn a_clock_that_was_wrong_is_put_right_with_all_that_follows_and_every_other_stays() {
    let app = TestApp::start().await;
    let patient = written_by_old_rules(&app).await;
    let (diary, id) = (patient.diary(), patient.settings().await.id().to_owned());
    let twin = app.patient_in(PRESENT).await;
    logs_cramps(&twin, PRESENT).await;
    let midnight = twin.learns(twin.diary().episode("midnight")).await;
    assert_eq!((&midnight["local_date"], &midnight["local_time"]), (&json!("2026-11-22"), &json!("00:30")));
    twin.is_sore(&Row(midnight), "2026-11-22", 4).await;
    let (settings, rows) = (patient.settings().await, patient.lists_all(diary.episodes()).await);
    let before = everything(&patient).await;

    let line = |cramp: &str| format!("diary {id}  cramp {cramp}  {PRESENT}  +60 min");
    let expected = [line("morning"), line("midnight"), line("noon")];
    assert_eq!(app.reclocks(true).await, expected);
    assert_eq!(everything(&patient).await, before, "a dry run changes nothing");
    assert_eq!(patient.settings().await.revision(), settings.revision());

    assert_eq!(app.reclocks(false).await, expected);
    assert_ne!(everything(&patient).await, before);
    assert_eq!(everything(&patient).await, everything(&twin).await);
    let next = patient.settings().await.revision();
    assert_eq!(next, settings.revision() + 1);
    for was in rows {
        let answer = patient.get(diary.episode(was.id())).header("If-None-Match", was.etag()).await;
        if ["summer", "berlin"].contains(&was.id()) {
            answer.is(304);
        } else {
            let row = answer.is(200).row();
            assert_eq!(row.revision(), next, "{}", was.id());
            assert_eq!(row["started_at"].as_str().unwrap().len(), was["started_at"].as_str().unwrap().len());
            assert_ne!(row["local_time"], was["local_time"]);
        }
    }

    // It was not the patient who did it, so the patient can see that it was done.
    let looks = patient.lists_all(diary.looks()).await;
    let told: Vec<_> = looks
        .iter()
        .map(|look| ["role", "access", "what", "target"].map(|name| look[name].as_str().unwrap().to_owned()))
        .collect();
    let row = |cramp: &str| ["operator", "write", "patchEpisode", cramp].map(str::to_owned);
    assert_eq!(told, [row("noon"), row("midnight"), row("morning")]);

    let browser = Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", PASSWORD)]).await;
    let page = browser.opens("/me/access-log").await.is(200).text();
    assert!(page.contains("Put the clock of a cramp right, since a country had changed its clocks, 3 times"), "{page}");

    assert_eq!(app.reclocks(false).await, [""; 0]);
    assert_eq!(patient.settings().await.revision(), next);
}

#[actix_web::test]
async fn a_clock_stays_where_soreness_that_is_logged_would_lose_its_day() {
    let app = TestApp::start().await;
    let patient = written_by_old_rules(&app).await;
    let midnight = patient.learns(patient.diary().episode("midnight")).await;
    patient.is_sore(&Row(midnight), "2026-11-21", 7).await;
    let stays = "+60 min  stays: soreness after it would lie outside its 30 days";
    for dry_run in [true, false] {
        let told = app.reclocks(dry_run).await;
        assert!(told.len() == 3 && told[1].ends_with(stays), "{told:?}");
    }
    let told = app.reclocks(false).await;
    assert!(told.len() == 1 && told[0].ends_with(stays), "{told:?}");
    let midnight = patient.learns(patient.diary().episode("midnight")).await;
    assert_eq!((&midnight["local_date"], &midnight["local_time"]), (&json!("2026-11-21"), &json!("23:30")));
    // Until it is taken away, and then nothing is in the way.
    patient.delete(patient.diary().soreness_on("midnight", "2026-11-21")).await.is(204);
    assert_eq!(app.reclocks(false).await.len(), 1);
    let midnight = patient.learns(patient.diary().episode("midnight")).await;
    assert_eq!((&midnight["local_date"], &midnight["soreness"]["days_logged"]), (&json!("2026-11-22"), &json!(1)));
}

#[actix_web::test]
async fn many_diaries_and_long_ones_are_walked_to_their_ends() {
    let app = TestApp::start().await;
    let patient = written_by_old_rules(&app).await;
    let id = patient.settings().await.id().to_owned();
    // More than are looked at in one snapshot: of the same instant, where only the id says which comes next.
    let columns = "time_zone, local_date, local_minute, sites, triggers, relief, soreness_days_logged, revision, \
                   created_at, updated_at, started_at";
    app.sql(&format!(
        "INSERT INTO episodes (diary_id, id, {columns})
         SELECT diary_id, 'many-' || i, {columns} FROM episodes,
             (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1250) SELECT i FROM n) AS many
         WHERE id = 'noon' AND diary_id = '{id}'"
    ));
    written_by_old_rules(&app).await;
    assert_eq!(app.reclocks(true).await.len(), 1_250 + 2 * 3);
}
