//! Taking everything away.

use std::{
    future::IntoFuture,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use cramp_diary::{
    access::places::Place,
    exchange::exports::spool::Spool,
    foundation::{ids::Id, party::Party},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{export_tables::Taken, support::*};

/// What the document has, in this order.
const PARTS: [&str; 12] = [
    "format",
    "exported_at",
    "revision",
    "account",
    "diary",
    "episodes",
    "soreness",
    "check_ins",
    "treatments",
    "consents",
    "reviews",
    "access_log",
];

async fn everything_of(patient: &Caller) -> Value {
    patient.learns(patient.diary().export()).await
}

/// Sends requests at once, all of which succeed.
async fn at_once(requests: impl IntoIterator<Item = Request>) {
    for answer in join_all(requests.into_iter().map(IntoFuture::into_future)).await {
        assert!((200..300).contains(&answer.status()), "{answer}");
    }
}

fn rows(export: &Value, part: &str) -> Vec<Row> {
    export[part].as_array().unwrap_or_else(|| panic!("{part} is no list")).iter().cloned().map(Row).collect()
}

/// What the lists of the API show, in the order of the document.
async fn everything_listed(patient: &Caller) -> Vec<(&'static str, Vec<Row>)> {
    let diary = patient.diary();
    let mut cramps = patient.lists_all(diary.episodes()).await;
    cramps.reverse();
    let mut ids: Vec<_> = cramps.iter().map(|cramp| cramp.id().to_owned()).collect();
    ids.sort();
    let mut soreness = Vec::new();
    for id in ids {
        soreness.extend(patient.lists_all(diary.soreness(&id)).await);
    }
    let mut looks = patient.lists_all(diary.looks()).await;
    looks.sort_by_key(|look| -look["number"].as_i64().unwrap());
    vec![
        ("episodes", cramps),
        ("soreness", soreness),
        ("check_ins", patient.lists_all(diary.check_ins()).await),
        ("treatments", patient.lists_all(diary.treatments()).await),
        ("consents", patient.lists_all(diary.consents()).await),
        ("reviews", patient.lists_all(diary.reviews()).await),
        ("access_log", looks),
    ]
}

async fn holds_what_the_lists_show(export: &Value, patient: &Caller) {
    for (part, listed) in everything_listed(patient).await {
        let exported = rows(export, part);
        assert_eq!(exported.len(), listed.len(), "{part}");
        for (exported, listed) in exported.iter().zip(&listed) {
            assert_eq!(exported, listed, "{part}");
        }
    }
}

#[actix_web::test]
async fn everything_that_was_logged_comes_back_as_the_lists_show_it() {
    let app = TestApp::start().await;
    let (patient, clinician, carer) = (app.patient().await, app.clinician().await, app.patient().await);
    let mut life = Life::of(&patient, 11);
    for _ in 0..120 {
        life.step().await;
    }
    patient.begins("magnesium", "2026-02-01").await;
    patient.begins("stretching", "2026-03-01").await;
    patient.patch("/v1/me", json!({"display_name": "Kim Λάρσεν"})).await.is(200);
    patient.shares_with(&clinician).await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    carer.post(patient.diary().episodes(), a_cramp().note("\"quoted\"\nand 🐓 \u{1}")).await.is(201);
    clinician.post(patient.diary().reviews(), json!({})).await.is(201);
    patient.post(patient.diary().report_links(), json!({})).await.is(201);

    let answer = patient.get(patient.diary().export() + "?format=json").await.is(200);
    let export = answer.json();
    for part in ["episodes", "soreness", "check_ins", "treatments", "consents", "reviews", "access_log"] {
        assert!(!rows(&export, part).is_empty(), "{part} has nothing to compare");
    }
    holds_what_the_lists_show(&export, &patient).await;
    assert_eq!(export["format"], "cramp-diary-export@1");
    assert_eq!(export["account"], patient.learns("/v1/me").await);
    let diary = patient.settings().await;
    assert_eq!((&export["diary"], &export["revision"]), (&diary.0, &diary["revision"]));

    let text = answer.text();
    let order: Vec<_> = PARTS.iter().map(|part| text.find(&format!("\n\"{part}\":")).unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(export.as_object().unwrap().len(), PARTS.len());
    assert!(!text.contains("password") && !text.contains("argon2"), "a secret is taken away as well");
}

#[actix_web::test]
async fn a_diary_without_anything_is_exported_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let export = everything_of(&patient).await;
    for part in ["episodes", "soreness", "check_ins", "treatments", "consents", "reviews", "access_log"] {
        assert_eq!(export[part], json!([]), "{part}");
    }
}

#[actix_web::test]
async fn what_was_logged_can_be_sent_to_another_diary_as_it_came() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient_in("Europe/Berlin").await, app.patient().await);
    let mut life = Life::of(&patient, 5);
    for _ in 0..60 {
        life.step().await;
    }
    patient.begins("magnesium", "2026-02-01").await;
    let export = everything_of(&patient).await;
    let diary = other.diary();
    other.patch(diary.path(), export["diary"].clone()).await.is(200);
    for row in rows(&export, "episodes") {
        other.put(diary.episode(row.id()), row.0).await.is(201);
    }
    for row in rows(&export, "soreness") {
        let at = diary.soreness_on(row["episode_id"].as_str().unwrap(), row["date"].as_str().unwrap());
        other.put(at, row.0).await.is(201);
    }
    for row in rows(&export, "check_ins") {
        other.put(diary.check_in(row["date"].as_str().unwrap()), row.0).await.is(201);
    }
    for row in rows(&export, "treatments") {
        other.put(diary.treatment(row.id()), row.0).await.is(201);
    }
    let there = everything_of(&other).await;
    for part in ["episodes", "soreness", "check_ins", "treatments"] {
        let told = |export: &Value| {
            let mut rows = export[part].clone();
            for row in rows.as_array_mut().unwrap() {
                for worked_out in ["revision", "created_at", "updated_at"] {
                    row.as_object_mut().unwrap().remove(worked_out).unwrap();
                }
            }
            rows
        };
        assert_eq!(told(&there), told(&export), "{part}");
    }
}

#[actix_web::test]
async fn consents_are_taken_away_with_their_words_and_their_end() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let texts = patient.learns("/v1/consent-texts?lang=de").await;
    let agreed = texts["items"].as_array().unwrap().iter().find(|text| text["purpose"] == "viewer").unwrap();
    let terms = json!({"role": "viewer", "label": "Praxis", "visible_from": "2026-01-01", "language": "de"});
    let grant = patient.shares_on(terms, &clinician).await;
    patient.revokes(&grant).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();

    let consents = rows(&everything_of(&patient).await, "consents");
    assert_eq!(consents.iter().map(Row::id).collect::<Vec<_>>(), [link.id(), grant.id()]);
    let ended = &consents[1];
    assert_eq!((&ended["text"], &ended["words_version"]), (&agreed["text"], &agreed["version"]));
    assert_eq!((&ended["accepted_by"], &ended["withdrawn_by"]), (&json!(clinician.user_id()), &json!("owner")));
    for moment in ["given_at", "accepted_at", "withdrawn_at"] {
        assert!(ended[moment].is_string(), "{moment}");
    }
    assert_eq!((&consents[0]["accepted_at"], &consents[0]["withdrawn_at"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn the_access_log_is_whole() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    for _ in 0..9 {
        at_once((0..25).map(|_| clinician.get(patient.diary().check_ins()))).await;
    }
    let log = rows(&everything_of(&patient).await, "access_log");
    assert_eq!(log.len(), 225);
    assert_eq!(log, patient.lists_all(patient.diary().looks()).await);
}

#[actix_web::test]
async fn a_large_diary_is_whole_and_in_order() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    // Three cramps begin at the same time, and a page may end between them.
    for batch in 0..15 {
        let cramps = (0..30).map(|number| {
            let at = format!("2026-03-{:02}T02:{:02}:00Z", 28 - batch, 10 - number / 3);
            patient.logs(a_cramp().id(&format!("cramp-{}-{batch}", number * 7 % 30)).at(&at))
        });
        join_all(cramps).await;
    }
    for number in 0_i64..7 {
        let id = format!("cramp-{number}-0");
        let on = |day| diary.soreness_on(&id, &days_after("2026-03-28", day));
        at_once((0..31).map(|day| patient.put(on(day), json!({"level": 1})))).await;
        let on = |day| days_after("2025-06-01", number * 30 + day);
        at_once((0..30).map(|day| patient.put(diary.check_in(&on(day)), json!({"cramp_free": true})))).await;
        let treatment = |day: i64| json!({"kind": "other", "name": "a", "started_on": on(day % 10)});
        at_once((0..30).map(|day| patient.post(diary.treatments(), treatment(day)))).await;
    }
    let export = everything_of(&patient).await;
    let counts = ["episodes", "soreness", "check_ins", "treatments"].map(|part| rows(&export, part).len());
    assert_eq!(counts, [450, 217, 210, 210]);
    let tables = Taken::from(&patient).await;
    let told = ["episodes", "soreness", "check_ins", "treatments"].map(|table| tables.rows(table));
    assert_eq!(told.each_ref().map(Vec::len), counts);
    assert!(told.iter().flatten().all(|row| row["written_by"] == "owner"), "nobody knows who wrote a row");
    holds_what_the_lists_show(&export, &patient).await;
    let cramps = rows(&export, "episodes");
    let key = |cramp: &Row| (cramp["started_at"].as_str().unwrap().to_owned(), cramp.id().to_owned());
    assert!(cramps.is_sorted_by(|one, two| key(one) < key(two)), "a cramp is out of order, or there twice");
}

#[actix_web::test]
async fn nobody_but_the_owner_takes_a_diary_away() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp()).await;
    for role in ["viewer", "contributor"] {
        let other = app.clinician().await;
        patient.shares_on(json!({"role": role}), &other).await;
        other.get(patient.diary().export()).await.is_problem(403, "forbidden");
    }
    for stranger in [app.patient().await, app.clinician().await] {
        stranger.get(patient.diary().export()).await.is_problem(404, "not_found");
        stranger.get(patient.diary().export() + "?format=csv").await.is_problem(404, "not_found");
    }
    let without_a_diary = app.clinician().await;
    without_a_diary.get("/v1/diaries/me/export").await.is_problem(404, "not_found");
    assert!(rows(&everything_of(&patient).await, "access_log").is_empty(), "what was refused is in the log");
}

#[actix_web::test]
async fn what_is_wrong_with_the_question_is_said_all_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let answer = patient.get(patient.diary().export() + "?format=xml&from=2026-01-01").await;
    let answer = answer.has_faults([("/format", "not_one_of"), ("/from", "unknown_field")]);
    assert!(answer.text().contains("must be one of json csv"), "{answer}");
}

#[actix_web::test]
async fn the_file_is_named_after_the_day_where_the_person_is() {
    let app = TestApp::start().await;
    for zone in ["Pacific/Kiritimati", "Pacific/Niue"] {
        let patient = app.patient_in(zone).await;
        let answer = patient.get(patient.diary().export()).await.is(200);
        let at: DateTime<chrono::Utc> = answer.json()["exported_at"].as_str().unwrap().parse().unwrap();
        let hours = if zone == "Pacific/Niue" { -11 } else { 14 };
        let date = (at + chrono::Duration::hours(hours)).date_naive();
        let name = format!("attachment; filename=\"cramp-diary-{date}.json\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        assert_eq!((answer.header("content-type"), answer.header("etag")), (Some("application/json"), None));
    }
}

/// Places that a test holds, as exports do that are on their way.
static HELD: Mutex<Vec<Place>> = Mutex::new(Vec::new());

/// Holds all that somebody may have, by the id of their account.
async fn hold_all_of(spool: Data<Spool>, path: web::Path<String>) -> HttpResponse {
    let party = Party::of_account(&Id::parse(&path).unwrap());
    let places = std::iter::from_fn(|| spool.places().take(party).ok());
    HELD.lock().unwrap_or_else(PoisonError::into_inner).extend(places);
    HttpResponse::NoContent().finish()
}

async fn let_one_go() -> HttpResponse {
    drop(HELD.lock().unwrap_or_else(PoisonError::into_inner).pop());
    HttpResponse::NoContent().finish()
}

fn routes_that_hold_places(config: &mut ServiceConfig) {
    config.route("/test/hold/{user}", web::get().to(hold_all_of)).route("/test/let-one-go", web::get().to(let_one_go));
}

#[actix_web::test]
async fn whoever_has_exports_on_their_way_is_told_to_come_again_and_nobody_else() {
    let app = TestApp::start_with_routes(&[], routes_that_hold_places).await;
    let (patient, other, stranger) = (app.patient().await, app.patient().await, app.patient().await);
    app.nobody().get(format!("/test/hold/{}", patient.user_id())).await.is(204);
    let busy = patient.get(patient.diary().export()).await.is_problem(429, "too_many_requests");
    assert!(busy.retry_after() >= 1);
    let policy = "\"exports-under-way\";q=2;qu=\"concurrent-requests\"";
    assert_eq!(busy.header("ratelimit-policy"), Some(policy));
    assert_eq!(busy.header("ratelimit"), Some("\"exports-under-way\";r=0;t=5"));
    patient.get(patient.diary().export_csv()).await.is_problem(429, "too_many_requests");
    everything_of(&other).await;
    // Who has no business here takes no place, and learns nothing.
    stranger.get(patient.diary().export()).await.is_problem(404, "not_found");
    patient.get(patient.diary().episodes()).await.is(200);
    app.nobody().get("/test/let-one-go").await.is(204);
    for _ in 0..3 {
        everything_of(&patient).await;
    }
    HELD.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

#[actix_web::test]
async fn a_file_that_was_cut_can_be_told_from_a_whole_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for minute in 0..60 {
        patient.logs(a_cramp().at(&format!("2026-03-01T02:{minute:02}:00Z")).note(&"x".repeat(1900))).await;
    }
    let answer = patient.get(patient.diary().export()).await.is(200);
    let text = answer.text();
    let bytes = text.as_bytes();
    assert!(bytes.len() > 100_000, "it goes out in one piece");
    assert_eq!(answer.header("content-length"), Some(bytes.len().to_string().as_str()));
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)));
    assert_eq!(answer.header("repr-digest"), Some(digest.as_str()));
}

#[actix_web::test]
async fn whoever_has_spent_a_budget_is_told_which_and_when_to_come_again() {
    let settings = [("EXPORTS_PER_MINUTE", "2"), ("REPORTS_PER_MINUTE", "2")];
    let app = TestApp::start_with(&settings).await;
    let (patient, other) = (app.patient().await, app.patient().await);
    for (what, budget) in [(patient.diary().export(), "exports"), (patient.diary().report(""), "reports")] {
        for _ in 0..2 {
            patient.get(&what).await.is(200);
        }
        let over = patient.get(&what).await.is_problem(429, "too_many_requests");
        assert_eq!(over.retry_after(), 30);
        assert_eq!(over.header("ratelimit-policy"), Some(format!("\"{budget}\";q=2;w=60").as_str()));
        assert_eq!(over.header("ratelimit"), Some(format!("\"{budget}\";r=0;t=30").as_str()));
    }
    everything_of(&other).await;
    app.advance(Duration::from_secs(30));
    everything_of(&patient).await;
}
