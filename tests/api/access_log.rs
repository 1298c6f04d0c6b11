//! Who looked: looks that follow each other told as one, filters, pages, and tries that were denied.

use std::{collections::BTreeSet, future::IntoFuture, time::Duration};

use chrono::{NaiveTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::support::*;

async fn entries(patient: &Caller, query: &str) -> Vec<Row> {
    patient.get(format!("{}?{query}", patient.diary().access_log())).await.is(200).items()
}

async fn each(patient: &Caller, query: &str) -> Vec<Row> {
    entries(patient, &format!("each=true&{query}")).await
}

/// What entries say: the operation, how often, and the outcome.
fn told(entries: &[Row]) -> Vec<(&str, i64, &str)> {
    let word = |entry: &'_ Row, name: &str| entry.0[name].as_str().unwrap().to_owned().leak() as &str;
    entries.iter().map(|e| (word(e, "what"), e["count"].as_i64().unwrap(), word(e, "outcome"))).collect()
}

/// Reads a list page by page, and does something between the pages.
async fn read_on(patient: &Caller, query: &str, between: impl AsyncFn(usize)) -> Vec<Row> {
    let (mut rows, mut pages) = (Vec::new(), 0);
    let mut next = Some(format!("{}?{query}", patient.diary().access_log()));
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        rows.extend(page.items());
        next = page.next_link();
        between(pages).await;
        pages += 1;
    }
    rows
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.id().to_owned()).collect()
}

#[actix_web::test]
async fn what_one_person_does_by_one_operation_within_ten_minutes_is_told_once() {
    let app = TestApp::start().await;
    let (patient, one, two) = (app.patient().await, app.clinician().await, app.clinician().await);
    let grant = patient.shares_with(&one).await;
    patient.shares_with(&two).await;
    let diary = patient.diary();
    let look = async |caller: &Caller| caller.get(diary.check_ins()).await.is(200);
    look(&one).await;
    look(&two).await;
    one.get(diary.treatments()).await.is(200);
    app.advance(Duration::from_mins(5));
    look(&one).await;
    app.advance(Duration::from_secs(4 * 60 + 50));
    look(&one).await;
    app.advance(Duration::from_mins(1));
    // More than ten minutes after the first, though hardly one after the last.
    look(&one).await;

    let listed = entries(&patient, "").await;
    let done = |what: &'static str, count| (what, count, "done");
    assert_eq!(
        told(&listed),
        [done("listCheckIns", 1), done("listTreatments", 1), done("listCheckIns", 1), done("listCheckIns", 3)]
    );
    assert_eq!((&listed[2]["user_id"], &listed[3]["user_id"]), (&json!(two.user_id()), &json!(one.user_id())));
    assert_eq!((&listed[3]["consent_id"], &listed[3]["user_email"]), (&json!(grant.id()), &json!(one.email())));
    let rows = each(&patient, "").await;
    assert_eq!(rows.len(), 6);
    let of_it: Vec<_> = rows[3..].iter().map(|row| (&row["number"], &row["at"])).collect();
    assert_eq!(of_it.iter().map(|(number, _)| (*number).clone()).collect::<Vec<_>>(), [5, 4, 1]);
    assert_eq!((listed[3].id(), &listed[3]["first_at"]), (rows[5].id(), of_it[2].1));
    assert_eq!(&listed[3]["last_at"], of_it[0].1);
}

#[actix_web::test]
async fn an_entry_names_the_row_that_all_its_looks_were_about() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    patient.logs(a_cramp().id("one")).await;
    patient.logs(a_cramp().id("two")).await;
    let target = async || entries(&patient, "").await[0]["target"].clone();
    for (cramp, expected) in [("one", json!("one")), ("one", json!("one")), ("two", Value::Null), ("one", Value::Null)]
    {
        clinician.get(patient.diary().episode(cramp)).await.is(200);
        assert_eq!(target().await, expected);
    }
    let rows: Vec<_> = each(&patient, "").await.iter().map(|row| row["target"].clone()).collect();
    assert_eq!(rows, ["one", "two", "one", "one"]);
}

#[actix_web::test]
async fn a_thousand_looks_are_one_entry_and_bury_nothing() {
    let app = TestApp::start().await;
    let (patient, clinician, other) = (app.patient().await, app.clinician().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    patient.shares_with(&other).await;
    other.get(patient.diary().episodes()).await.is(200);
    for _ in 0..20 {
        let looks = (0..50).map(|_| clinician.get(patient.diary().check_ins()).into_future());
        assert!(join_all(looks).await.iter().all(|answer| answer.status() == 200));
    }
    let listed = entries(&patient, "").await;
    assert_eq!(told(&listed), [("listCheckIns", 1000, "done"), ("listEpisodes", 1, "done")]);
    // Somebody else's one look is found at once, in both lists.
    let who = format!("who={}", other.user_id());
    assert_eq!((entries(&patient, &who).await.len(), each(&patient, &who).await.len()), (1, 1));

    let before: BTreeSet<_> = ids(&patient.lists_all(patient.diary().looks()).await).into_iter().collect();
    assert_eq!(before.len(), 1001);
    let read = read_on(&patient, "each=true&limit=150", async |page| {
        if page < 4 {
            clinician.get(patient.diary().check_ins()).await.is(200);
            other.get(patient.diary().treatments()).await.is(200);
        }
    })
    .await;
    let once: BTreeSet<_> = ids(&read).into_iter().collect();
    assert_eq!(once.len(), read.len(), "a look is listed twice");
    assert!(before.is_subset(&once), "a look is skipped");
    assert_eq!(entries(&patient, "what=listCheckIns").await[0]["count"], 1004);
}

#[actix_web::test]
async fn who_reads_on_while_looks_are_added_skips_and_repeats_no_entry() {
    let app = TestApp::start().await;
    let (mut patient, mut clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let diary = patient.diary().clone();
    let looks = async |clinician: &Caller| {
        for path in [diary.episodes(), diary.check_ins(), diary.treatments(), diary.episodes()] {
            clinician.get(path).await.is(200);
        }
    };
    for _ in 0..6 {
        looks(&clinician).await;
        app.advance(Duration::from_mins(11));
        (patient, clinician) = (patient.signs_in().await, clinician.signs_in().await);
    }
    let before = ids(&entries(&patient, "").await);
    assert_eq!(before.len(), 18);
    let read = read_on(&patient, "limit=4", async |_| looks(&clinician).await).await;
    let read = ids(&read);
    assert_eq!(read.iter().filter(|id| before.contains(id)).cloned().collect::<Vec<_>>(), before);
    assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), read.len());
}

#[actix_web::test]
async fn the_log_is_filtered_by_person_operation_and_date() {
    let app = TestApp::start().await;
    let (patient, one, two) =
        (app.patient_in("Pacific/Kiritimati").await, app.clinician().await, app.clinician().await);
    let grant = patient.shares_with(&one).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();
    patient.shares_with(&two).await;
    let diary = patient.diary().clone();
    // Four minutes before midnight where the patient lives, fourteen hours ahead of UTC.
    let there = app.now() + TimeDelta::hours(14);
    let midnight = (there.date_naive() + chrono::Days::new(1)).and_time(NaiveTime::MIN).and_utc();
    let until = midnight - TimeDelta::minutes(4) - there;
    app.advance(until.to_std().unwrap());
    let (patient, one, two) = (patient.signs_in().await, one.signs_in().await, two.signs_in().await);
    let (today, tomorrow) = (midnight - TimeDelta::days(1), midnight);
    let [today, tomorrow, later] =
        [today, tomorrow, tomorrow + TimeDelta::days(1)].map(|day: chrono::DateTime<Utc>| day.date_naive().to_string());

    one.get(diary.episodes()).await.is(200);
    one.get(diary.treatments()).await.is(200);
    app.advance(Duration::from_mins(6));
    one.get(diary.episodes()).await.is(200);
    two.get(diary.treatments()).await.is(200);
    let secret = link["url"].as_str().unwrap().split("/r/").nth(1).unwrap().to_owned();
    let form = app.nobody().request(reqwest::Method::POST, format!("/r/{secret}"));
    form.header("content-type", "application/x-www-form-urlencoded").body("").await.is(200);

    let whats = |rows: &[Row]| rows.iter().map(|row| row["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let of = async |query: &str| (whats(&entries(&patient, query).await), whats(&each(&patient, query).await));
    let lists = |folded: &[&str], each: &[&str]| {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        (owned(folded), owned(each))
    };
    let (report, log, courses) = ("getReport", "listEpisodes", "listTreatments");
    assert_eq!(of("").await, lists(&[report, courses, courses, log], &[report, courses, courses, log, log]));
    let (one, link) = (format!("who={}", one.user_id()), format!("who={}", link.id()));
    assert_eq!(of(&one).await, lists(&[courses, log], &[courses, log, log]));
    assert_eq!(of(&format!("who={}", grant.id())).await, of(&one).await);
    assert_eq!(of(&link).await, lists(&[report], &[report]));
    assert_eq!(of("who=somebody-else").await, lists(&[], &[]));
    assert_eq!(of("what=listTreatments").await, lists(&[courses, courses], &[courses, courses]));
    assert_eq!(of(&format!("what=listTreatments&{one}")).await, lists(&[courses], &[courses]));
    // The entry that goes on beyond midnight is listed on both days, and each of its looks on one.
    assert_eq!(of(&format!("to={today}")).await, lists(&[courses, log], &[courses, log]));
    assert_eq!(of(&format!("from={tomorrow}")).await, lists(&[report, courses, log], &[report, courses, log]));
    assert_eq!(of(&format!("from={tomorrow}&to={tomorrow}&{one}")).await, lists(&[log], &[log]));
    assert_eq!(of(&format!("from={today}&to={tomorrow}")).await, of("").await);
    assert_eq!(of(&format!("from={later}")).await, lists(&[], &[]));
    let folded = entries(&patient, &format!("to={today}&what=listEpisodes")).await;
    assert_eq!(folded[0]["count"], 2, "an entry is whole");

    // What is left out does not get in the way of pages.
    let paged = read_on(&patient, &format!("limit=1&from={tomorrow}"), async |_| {}).await;
    assert_eq!(whats(&paged), [report, courses, log]);
    let paged = read_on(&patient, "limit=1&each=true", async |_| {}).await;
    assert_eq!(whats(&paged), [report, courses, courses, log, log]);
    let paged = read_on(&patient, &format!("limit=1&each=true&{one}"), async |_| {}).await;
    assert_eq!(whats(&paged), [courses, log, log]);
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_filter_is_told_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let query = "who=a%20b&what=dance&from=2026-02-30&to=soon&each=perhaps&limit=0&cursor=x&colour=blue";
    patient.get(format!("{}?{query}", patient.diary().access_log())).await.has_faults([
        ("/who", "malformed"),
        ("/what", "not_one_of"),
        ("/from", "malformed"),
        ("/to", "malformed"),
        ("/each", "wrong_type"),
        ("/limit", "out_of_range"),
        ("/cursor", "malformed"),
        ("/colour", "unknown_field"),
    ]);
    let backwards = format!("{}?from=2026-03-02&to=2026-03-01", patient.diary().access_log());
    patient.get(backwards).await.has_faults([("/from", "contradiction")]);
}

#[actix_web::test]
async fn whoever_comes_again_after_the_end_of_their_right_is_told_of_and_learns_nothing() {
    let app = TestApp::start().await;
    let (patient, revoked, left, stranger) =
        (app.patient().await, app.clinician().await, app.clinician().await, app.clinician().await);
    let over = app.clinician().await;
    let cramp = patient.logs(a_cramp()).await;
    let (path, diary) = (patient.diary().episode(cramp.id()), patient.diary().clone());
    let grant = patient.shares_on(json!({"role": "contributor"}), &revoked).await;
    let own = patient.shares_with(&left).await;
    let until = (app.now() + TimeDelta::minutes(5)).to_rfc3339();
    let short = patient.shares_on(json!({"role": "viewer", "access_until": until}), &over).await;
    for caller in [&revoked, &left, &over] {
        caller.get(path.clone()).await.is(200);
    }
    patient.revokes(&grant).await;
    left.delete(diary.grant(own.id())).await.is(204);
    app.advance(Duration::from_mins(6));
    let seen_before = patient.lists_all(diary.looks()).await.len();

    let nothing = stranger.get(path.clone()).await.is_problem(404, "not_found").body_without_request_id();
    for (caller, id, role) in
        [(&revoked, grant.id(), "contributor"), (&left, own.id(), "viewer"), (&over, short.id(), "viewer")]
    {
        let answer = caller.get(path.clone()).await.is_problem(404, "not_found");
        assert_eq!(answer.body_without_request_id(), nothing);
        caller.put(path.clone(), a_cramp()).await.is_problem(404, "not_found");
        caller.get(diary.export()).await.is_problem(404, "not_found");
        let rows = each(&patient, &format!("who={}", caller.user_id())).await;
        let denied: Vec<_> = rows.iter().filter(|row| row["outcome"] == "denied").collect();
        let tried: Vec<_> =
            denied.iter().map(|row| (row["what"].as_str().unwrap(), row["access"].as_str().unwrap())).collect();
        assert_eq!(tried, [("exportDiary", "read"), ("putEpisode", "write"), ("getEpisode", "read")]);
        for row in &denied {
            assert_eq!((&row["consent_id"], &row["role"]), (&json!(id), &json!(role)));
            assert_eq!(row["user_email"], caller.email());
        }
        assert_eq!(denied[1]["target"], cramp.id());
    }
    assert_eq!(
        patient.lists_all(diary.looks()).await.len(),
        seen_before + 9,
        "the stranger left a row, or somebody none"
    );
    // Looks and tries are not told as one, and tries are folded like looks.
    for _ in 0..3 {
        left.get(path.clone()).await.is(404);
    }
    let listed = entries(&patient, &format!("who={}&what=getEpisode", left.user_id())).await;
    assert_eq!(told(&listed), [("getEpisode", 4, "denied"), ("getEpisode", 1, "done")]);
}

#[actix_web::test]
async fn who_goes_on_trying_does_not_fill_the_log() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let grant = patient.shares_with(&clinician).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();
    patient.revokes(&grant).await;
    patient.delete(patient.diary().report_link(link.id())).await.is(204);
    let url = link["url"].as_str().unwrap();
    let address = &url[url.find("/r/").unwrap()..];
    for _ in 0..103 {
        clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
        app.nobody().get(address).await.is(404);
    }
    let full = [("getReport", 100, "denied"), ("listEpisodes", 100, "denied")];
    let mut listed = entries(&patient, "").await;
    listed.sort_by_key(|entry| entry["what"].to_string());
    assert_eq!(told(&listed), full);
    assert_eq!(patient.lists_all(patient.diary().looks()).await.len(), 200);
    // What they try besides is told of, and so is who still tries later.
    clinician.get(patient.diary().check_ins()).await.is_problem(404, "not_found");
    app.advance(Duration::from_mins(11));
    clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    assert_eq!(told(&entries(&patient, "").await)[..2], [("listEpisodes", 1, "denied"), ("listCheckIns", 1, "denied")]);
}

#[actix_web::test]
async fn whoever_is_let_in_again_is_not_told_of_as_denied() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let grant = patient.shares_with(&clinician).await;
    patient.revokes(&grant).await;
    patient.shares_with(&clinician).await;
    clinician.get(patient.diary().episode("nothing")).await.is(404);
    clinician.get(patient.diary().episodes()).await.is(200);
    patient.get(patient.diary().episode("nothing")).await.is(404);
    assert_eq!(told(&entries(&patient, "").await), [("listEpisodes", 1, "done")]);
    assert_eq!(
        patient.get(patient.diary().grants()).await.items()[0]["last_seen_at"],
        each(&patient, "").await[0]["at"]
    );
}

#[actix_web::test]
async fn a_try_that_can_not_be_noted_is_denied_all_the_same() {
    let app = TestApp::start().await;
    let (patient, clinician, stranger) = (app.patient().await, app.clinician().await, app.clinician().await);
    let grant = patient.shares_with(&clinician).await;
    let seen = clinician.get(patient.diary().episodes()).await.is(200).items().len();
    patient.revokes(&grant).await;
    app.sql("ALTER TABLE access_log RENAME TO mislaid");
    let nothing = stranger.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    let answer = clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    assert_eq!(answer.body_without_request_id(), nothing.body_without_request_id());
    app.sql("ALTER TABLE mislaid RENAME TO access_log");
    clinician.get(patient.diary().episodes()).await.is(404);
    let outcomes: Vec<_> = each(&patient, "").await.iter().map(|row| row["outcome"].clone()).collect();
    assert_eq!((outcomes, seen), (vec![json!("denied"), json!("done")], 0));
}

#[actix_web::test]
async fn a_try_is_no_look_of_a_grant_that_ran_out() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let until = (app.now() + TimeDelta::minutes(5)).to_rfc3339();
    patient.shares_on(json!({"role": "viewer", "access_until": until}), &clinician).await;
    clinician.get(patient.diary().episodes()).await.is(200);
    app.advance(Duration::from_mins(6));
    clinician.get("/v1/diaries").await.lists([]);
    assert_eq!(told(&entries(&patient, "").await), [("listEpisodes", 1, "done")], "to list one's diaries is no try");
}

#[actix_web::test]
async fn into_the_log_of_a_diary_that_is_being_erased_nobody_writes() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.logs(a_cramp().id("last")).await;
    let grant = patient.shares_with(&clinician).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();
    patient.revokes(&grant).await;
    patient.delete(patient.diary().report_link(link.id())).await.is(204);
    let url = link["url"].as_str().unwrap();
    let address = &url[url.find("/r/").unwrap()..];
    let leave = || patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));

    // Whoever goes on trying would go on filling what is to be emptied.
    app.has_no_room_for("DELETE ON episodes", "OLD.id = 'last'");
    leave().await.is_problem(507, "storage_full");
    clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    app.nobody().get(address).await.is(404);
    patient.get(patient.diary().looks()).await.lists([]);
    app.has_room_again_for("episodes");
    leave().await.is(204);
}
