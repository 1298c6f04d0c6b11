//! Links to the report, for a visit without an account.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

const PERIOD: (&str, &str) = ("2026-03-01", "2026-03-31");

/// A patient with something to report, and a link to it.
async fn link(app: &TestApp, more: Value) -> (Caller, Row) {
    let patient = app.patient().await;
    patient.logs(a_cramp().at("2026-03-02T02:10:00Z").note("after the wine")).await;
    let mut body = json!({"from": PERIOD.0, "to": PERIOD.1});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let link = patient.post(patient.diary().report_links(), body).await.is(201).row();
    (patient, link)
}

/// What comes after the service's own address.
fn path(link: &Row) -> String {
    let url = link["url"].as_str().unwrap();
    url[url.find("/r/").unwrap()..].to_owned()
}

fn opens(app: &TestApp, link: &Row, form: &str) -> Request {
    let request = app.nobody().request(reqwest::Method::POST, path(link));
    request.header("content-type", "application/x-www-form-urlencoded").body(form)
}

async fn log(patient: &Caller) -> Vec<Row> {
    patient.get(patient.diary().looks()).await.is(200).items()
}

#[actix_web::test]
async fn whoever_has_the_link_opens_the_report_and_the_patient_learns_of_it() {
    let app = TestApp::start().await;
    let (patient, link) = link(&app, json!({"label": "the first visit"})).await;
    let before = app.nobody().get(path(&link)).await.is(200);
    assert!(before.text().contains("<form method=\"post\"") && !before.text().contains("2 Mar 2026"));
    assert!(log(&patient).await.is_empty(), "to look at the link is not to look at the report");

    let opened = opens(&app, &link, "format=html").await.is(200);
    let clinician = app.clinician().await;
    let grant = patient.shares_on(json!({"role": "viewer"}), &clinician).await;
    let seen = clinician.get(patient.diary().report(&format!("from={}&to={}", PERIOD.0, PERIOD.1))).await.is(200);
    assert!(opened.text() == seen.text(), "it is not the report that somebody without the notes sees");
    let pdf = opens(&app, &link, "format=pdf").await.is(200);
    assert!(pdf.body.starts_with(b"%PDF-") && pdf.header("content-type") == Some("application/pdf"));
    for answer in [&before, &opened, &pdf] {
        assert_eq!(answer.header("x-robots-tag"), Some("noindex, nofollow"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }

    let mut entries = log(&patient).await;
    entries.retain(|entry| entry["consent_id"] != grant.id());
    assert_eq!(entries.len(), 2);
    assert_eq!((&entries[0]["what"], &entries[0]["role"]), (&json!("getReport"), &json!("report_link")));
    assert_eq!((&entries[0]["consent_id"], &entries[0]["user_id"]), (&json!(link.id()), &Value::Null));
    let listed = patient.get(patient.diary().report_links()).await.items().remove(0);
    assert_eq!((&listed["times_opened"], &listed["last_opened_at"]), (&json!(2), &entries[0]["at"]));
    assert!(listed.0.get("url").is_none(), "the address is shown once");
    assert!(!app.database_holds(path(&link).strip_prefix("/r/").unwrap()));
    let consents = patient.get(patient.diary().consents()).await.items();
    assert_eq!((consents[1].id(), &consents[1]["kind"]), (link.id(), &json!("report_link")));
}

#[actix_web::test]
async fn whoever_has_the_link_ticks_that_the_whole_log_is_wanted() {
    let app = TestApp::start().await;
    let (patient, link) = link(&app, json!({})).await;
    for day in 1..=30 {
        patient.logs(a_cramp().at(&format!("2026-03-{day:02}T04:10:00Z"))).await;
    }
    assert!(app.nobody().get(path(&link)).await.is(200).text().contains("name=\"log\" value=\"all\""));
    let in_log = |page: &str| page.split_once("id=\"log\"").unwrap().1.matches("<th scope=\"row\"").count();
    assert_eq!(in_log(&opens(&app, &link, "format=html").await.is(200).text()), 30);
    assert_eq!(in_log(&opens(&app, &link, "format=html&log=all").await.is(200).text()), 31);
}

#[actix_web::test]
async fn a_link_shows_notes_only_if_the_patient_says_so() {
    let app = TestApp::start().await;
    let (_, with) = link(&app, json!({"include_notes": true, "language": "de"})).await;
    let (_, without) = link(&app, json!({})).await;
    let opened = opens(&app, &with, "").await.is(200);
    assert!(opened.text().contains("after the wine") && opened.header("content-language") == Some("de"));
    assert!(!opens(&app, &without, "").await.is(200).text().contains("after the wine"));
}

#[actix_web::test]
async fn a_link_that_is_unknown_expired_or_ended_opens_nothing_and_looks_the_same() {
    let mut app = TestApp::start().await;
    let (owner_of_expired, expired) = link(&app, json!({"expires_in_hours": 1})).await;
    app.advance(Duration::from_mins(61));
    let (patient, ended) = link(&app, json!({})).await;
    patient.delete(patient.diary().report_link(ended.id())).await.is(204);
    patient.delete(patient.diary().report_link(ended.id())).await.is(204);
    let nobody = app.nobody();
    let unknown = nobody.get("/r/crl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404).text();
    assert!(
        unknown.contains("<html") && unknown.contains("There is nothing here") && unknown.contains("Hier ist nichts")
    );
    for path in [path(&expired), path(&ended), "/r/nonsense".to_owned()] {
        assert_eq!(nobody.get(path.as_str()).await.is(404).text(), unknown);
    }
    for link in [&expired, &ended] {
        assert_eq!(opens(&app, link, "format=html").await.is(404).text(), unknown);
    }
    let tried = log(&patient).await;
    assert_eq!(tried.len(), 2, "to come by a link that is over is told, by an unknown one is not: {tried:?}");
    for row in &tried {
        assert_eq!((&row["outcome"], &row["role"]), (&json!("denied"), &json!("report_link")));
        assert_eq!((&row["consent_id"], &row["what"]), (&json!(ended.id()), &json!("getReport")));
    }
    let owner_of_expired = owner_of_expired.signs_in().await;
    assert_eq!(log(&owner_of_expired).await.iter().filter(|row| row["outcome"] == "denied").count(), 2);
    let listed = patient.get(patient.diary().report_links()).await.items().remove(0);
    assert_eq!((&listed["status"], &listed["times_opened"]), (&json!("revoked"), &json!(0)));

    // In the end nobody knows what they opened once.
    app.advance(Duration::from_hours(24 * (90 + 3)));
    app.restart().await;
    let begun = std::time::Instant::now();
    while app.sql("SELECT count(*) FROM share_keys WHERE true") != "0" {
        assert!(begun.elapsed() < Duration::from_secs(20), "what links opened is known for ever");
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(app.nobody().get(path(&ended)).await.is(404).text(), unknown);
    assert_eq!(log(&patient.signs_in().await).await.len(), 2);
}

#[actix_web::test]
async fn a_passcode_keeps_out_who_only_found_the_link() {
    let app = TestApp::start().await;
    let (patient, link) = link(&app, json!({"passcode": "47 11é"})).await;
    assert!(!app.database_holds("47 11é"));
    assert!(app.nobody().get(path(&link)).await.is(200).text().contains("name=\"passcode\""));
    for wrong in ["format=html", "passcode=&format=html", "passcode=4711&format=html"] {
        let answer = opens(&app, &link, wrong).await.is(403);
        assert!(answer.text().contains("This is not the passcode."), "{wrong}");
    }
    opens(&app, &link, "passcode=47+11%C3%A9&format=html").await.is(200);
    let outcomes: Vec<_> = log(&patient).await.iter().map(|row| row["outcome"].clone()).collect();
    assert_eq!(outcomes, ["done", "denied", "denied", "denied"]);
    let listed = patient.get(patient.diary().report_links()).await.items().remove(0);
    assert_eq!(listed["times_opened"], 1, "a try is no opening");
    // The answer is the same, whatever becomes of the note.
    app.sql("ALTER TABLE access_log RENAME TO mislaid");
    let unnoted = opens(&app, &link, "passcode=4711&format=html").await.is(403);
    assert!(unnoted.text().contains("This is not the passcode."));
    app.sql("ALTER TABLE mislaid RENAME TO access_log");
    opens(&app, &link, "passcode=47+11%C3%A9&format=html").await.is(200);

    for _ in 0..10 {
        opens(&app, &link, "passcode=0000").await.is(403);
    }
    let held = opens(&app, &link, "passcode=47+11%C3%A9").await.is(429);
    assert_eq!(held.retry_after(), 1);
    app.advance(Duration::from_secs(1));
    opens(&app, &link, "passcode=47+11%C3%A9").await.is(200);
}

#[actix_web::test]
async fn a_form_that_is_none_is_refused() {
    let app = TestApp::start().await;
    let (_, link) = link(&app, json!({})).await;
    opens(&app, &link, "colour=blue").await.is(422);
    opens(&app, &link, "format=docx").await.is(422);
    opens(&app, &link, "{}").header("content-type", "application/json").await.is(415);
    opens(&app, &link, &"x".repeat(70_000)).await.is(413);
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_link_is_told_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let tomorrow = app.today_plus(1);
    patient
        .post(patient.diary().report_links(), json!({"from": tomorrow}))
        .await
        .has_faults([("/from", "in_the_future")]);
    let body = json!({"words_version": "2020-01-01", "label": "", "from": "2026-03-02", "to": "2026-03-01", "language": "la", "expires_in_hours": 169,
                      "passcode": "123", "colour": "blue"});
    patient.post(patient.diary().report_links(), body).await.has_faults([
        ("/words_version", "not_one_of"),
        ("/label", "too_short"),
        ("/from", "contradiction"),
        ("/language", "not_one_of"),
        ("/expires_in_hours", "out_of_range"),
        ("/passcode", "too_short"),
        ("/colour", "unknown_field"),
    ]);
}
