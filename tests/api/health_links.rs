//! A link to the report as a SMART Health Link. tests/fhir has a library that is not ours read one.

use std::{io::Read, time::Duration};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use flate2::read::DeflateDecoder;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

/// What a program has that scanned a link.
struct Scanned {
    path: String,
    payload: Value,
}

impl Scanned {
    fn of(link: &Row) -> Self {
        let text = link["shlink"].as_str().unwrap().strip_prefix("shlink:/").unwrap();
        let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        let url = payload["url"].as_str().unwrap();
        assert!(url.len() <= 128, "{url}");
        Self { path: url[url.find("/shl/").unwrap()..].to_owned(), payload }
    }

    fn asks(&self, app: &TestApp, body: Value) -> Request {
        app.nobody().post(self.path.clone(), body)
    }

    /// The Bundle of the only file.
    fn opens(&self, manifest: &Value) -> Value {
        let [file] = manifest["files"].as_array().unwrap().as_slice() else { panic!("{manifest}") };
        assert_eq!((&file["contentType"], &file["fhirVersion"]), (&json!("application/fhir+json"), &json!("4.0.1")));
        self.decrypts(file["embedded"].as_str().unwrap())
    }

    fn decrypts(&self, sealed: &str) -> Value {
        let parts: Vec<_> = sealed.split('.').collect();
        let [header, "", nonce, text, tag] = parts.as_slice() else { panic!("{} parts", parts.len()) };
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let told: Value = serde_json::from_slice(&bytes(header)).unwrap();
        let expected = json!({"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json", "zip": "DEF"});
        assert_eq!(told, expected);
        let key = bytes(self.payload["key"].as_str().unwrap());
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let mut text = [bytes(text), bytes(tag)].concat();
        let nonce = Nonce::try_assume_unique_for_key(&bytes(nonce)).unwrap();
        let text = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut text).unwrap();
        let mut plain = String::new();
        DeflateDecoder::new(&*text).read_to_string(&mut plain).unwrap();
        serde_json::from_str(&plain).unwrap()
    }
}

async fn patient(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    for (id, at) in
        [("before", "2026-02-28T02:10:00Z"), ("within", "2026-03-02T02:10:00Z"), ("after", "2026-04-01T02:00:00Z")]
    {
        let cramp = patient.logs(a_cramp().id(id).at(at).part("calf").note("after the wine")).await;
        patient.is_sore(&cramp, &at[..10], 3).await;
    }
    let said = json!({"cramp_free": true, "note": "after the wine as well", "triggers": ["alcohol"]});
    patient.put(patient.diary().check_in("2026-03-05"), said).await.is(201);
    patient.checks_in("2026-04-05").await;
    patient.begins("magnesium", "2026-03-10").await;
    patient
}

async fn link(patient: &Caller, more: Value) -> Row {
    let mut body = json!({"from": "2026-03-01", "to": "2026-03-31", "label": "Dr. Okafor"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    patient.post(patient.diary().report_links(), body).await.is(201).row()
}

fn clinic() -> Value {
    json!({"recipient": "Practice of Dr. Okafor"})
}

#[actix_web::test]
async fn a_program_gets_the_report_and_what_was_logged_in_its_period() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let link = link(&patient, json!({})).await;
    let scanned = Scanned::of(&link);
    let fields: Vec<_> = scanned.payload.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["exp", "key", "label", "url"], "it says for whom it is");
    assert_eq!(scanned.payload["key"].as_str().unwrap().len(), 43);
    let ends = chrono::DateTime::parse_from_rfc3339(link["expires_at"].as_str().unwrap()).unwrap();
    assert_eq!(scanned.payload["exp"], ends.timestamp());
    assert!(link["shlink_qr_svg"].as_str().unwrap().starts_with("<svg"));

    let manifest = scanned.asks(&app, clinic()).await.is(200).json();
    let bundle = scanned.opens(&manifest);
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("collection")));
    let resources: Vec<_> = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]).collect();
    let types: Vec<_> = resources.iter().map(|one| one["resourceType"].as_str().unwrap()).collect();
    let expected = ["DocumentReference", "Patient", "Observation", "Observation", "Observation", "MedicationStatement"];
    assert_eq!(types, expected);
    let attachment = &resources[0]["content"][0]["attachment"];
    let pdf = STANDARD.decode(attachment["data"].as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && attachment.get("url").is_none());
    assert_eq!(resources[0]["context"]["period"], json!({"start": "2026-03-01", "end": "2026-03-31"}));
    let own = patient.learns("/fhir/R4/Observation?patient=me&date=2026-03").await;
    let own: Vec<_> = own["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
    // Of a check-in there is what the report shows: that nothing came on the day.
    let without_note = |one: &Value| {
        let mut one = one.clone();
        one.as_object_mut().unwrap().remove("note");
        if one["code"]["coding"][0]["code"] == "111551-8" {
            one.as_object_mut().unwrap().remove("component");
        }
        one
    };
    assert_eq!(
        resources[2..5].iter().map(|one| (*one).clone()).collect::<Vec<_>>(),
        own.iter().map(without_note).collect::<Vec<_>>()
    );

    let entry = patient.get(patient.diary().looks()).await.items().remove(0);
    assert_eq!((&entry["what"], &entry["role"]), (&json!("openHealthLink"), &json!("report_link")));
    assert_eq!((&entry["target"], &entry["consent_id"]), (&json!("Practice of Dr. Okafor"), &json!(link.id())));
    let listed = patient.lists_all(patient.diary().report_links()).await.remove(0);
    assert_eq!((&listed["times_opened"], &listed["status"]), (&json!(1), &json!("open")));
    assert!(listed.0.get("shlink").is_none());

    // Each time, it is encrypted anew.
    let again = scanned.asks(&app, clinic()).await.is(200).json();
    assert_ne!(again["files"][0]["embedded"], manifest["files"][0]["embedded"]);
}

#[actix_web::test]
async fn a_note_goes_along_where_the_patient_said_so_and_what_a_program_says_besides_is_not_looked_at() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let scanned = Scanned::of(&link(&patient, json!({"include_notes": true})).await);
    let asked = json!({"recipient": "A clinic", "x": {"y": 1}, "passcode": "not asked for"});
    let bundle = scanned.opens(&scanned.asks(&app, asked).await.is(200).json());
    let text = bundle.to_string();
    assert!(text.contains("after the wine") && !text.contains("as well") && !text.contains("alcohol"));
    scanned.asks(&app, json!({})).await.has_faults([("/recipient", "required")]);
    scanned
        .asks(&app, json!({"recipient": "", "embeddedLengthMax": -1}))
        .await
        .has_faults([("/recipient", "too_short"), ("/embeddedLengthMax", "wrong_type")]);
}

#[actix_web::test]
async fn a_passcode_is_asked_for_and_a_hundred_wrong_ones_shut_the_link_for_good() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({"passcode": "4711", "expires_in_hours": 168})).await;
    let scanned = Scanned::of(&made);
    assert_eq!(scanned.payload["flag"], "P");
    let left = |answer: Answer| answer.is_problem(401, "wrong_passcode").json()["remainingAttempts"].clone();
    // To ask without one is no guess.
    assert_eq!(left(scanned.asks(&app, clinic()).await), 100);
    let with = |passcode: &str| json!({"recipient": "A clinic", "passcode": passcode});
    assert_eq!(left(scanned.asks(&app, with("4712")).await), 99);
    scanned.opens(&scanned.asks(&app, with("47-11")).await.is(200).json());
    // A right one does not begin the count anew.
    for wrong in (0..99).rev() {
        app.advance(Duration::from_mins(16));
        assert_eq!(left(scanned.asks(&app, with("0000")).await), wrong);
    }
    app.advance(Duration::from_mins(16));
    scanned.asks(&app, with("4711")).await.is_problem(404, "not_found");
    let page = made["url"].as_str().unwrap();
    app.nobody().get(&page[page.find("/r/").unwrap()..]).await.is(404);
    let patient = patient.signs_in().await;
    let listed = patient.lists_all(patient.diary().report_links()).await.remove(0);
    assert_eq!(listed["status"], "locked");
    let log = patient.lists_all(patient.diary().access_log()).await;
    let told: Vec<_> = log[..2].iter().map(|entry| (&entry["what"], &entry["outcome"])).collect();
    let (page, program, denied) = (json!("getReport"), json!("openHealthLink"), json!("denied"));
    assert_eq!(told, [(&page, &denied), (&program, &denied)]);
}

#[actix_web::test]
async fn a_file_that_is_too_long_for_the_list_is_elsewhere_for_a_while() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({"passcode": "4711"})).await;
    let scanned = Scanned::of(&made);
    let asked = json!({"recipient": "A clinic", "passcode": "4711", "embeddedLengthMax": 100});
    let manifest = scanned.asks(&app, asked).await.is(200).json();
    let file = &manifest["files"][0];
    assert!(file.get("embedded").is_none());
    let location = file["location"].as_str().unwrap();
    let path = &location[location.find("/shl/").unwrap()..];
    let answer = app.nobody().get(path).await.is(200);
    assert_eq!(answer.header("content-type"), Some("application/jose"));
    assert_eq!(scanned.decrypts(&answer.text())["resourceType"], "Bundle");

    // Its end can't be put off, and it belongs to its link.
    let (link_path, ticket) = path.rsplit_once('/').unwrap();
    let (until, mark) = ticket.split_once('.').unwrap();
    let later = until.parse::<i64>().unwrap() + 3_600;
    let other = Scanned::of(&link(&patient, json!({"passcode": "4711"})).await);
    for forged in [
        format!("{link_path}/{later}.{mark}"),
        format!("{link_path}/{until}.{}", mark.to_lowercase()),
        format!("{link_path}/{until}"),
        format!("{link_path}/{}.{mark}", i64::MAX),
        format!("{}/{ticket}", other.path),
    ] {
        app.nobody().get(forged).await.is_problem(404, "not_found");
    }
    app.advance(Duration::from_mins(31));
    app.nobody().get(path).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn a_program_in_a_browser_reads_a_health_link_wherever_it_is_from() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({})).await;
    let scanned = Scanned::of(&made);
    let origin = "https://viewer.example";
    let asks = |path: &str| {
        let request = app.nobody().request(Method::OPTIONS, path).header("origin", origin);
        request.header("access-control-request-method", "POST").header("access-control-request-headers", "content-type")
    };
    let allowed = asks(&scanned.path).await.is(204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("content-type"));
    let answer = scanned.asks(&app, json!({"recipient": "A clinic"})).header("origin", origin).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    // Nothing else is for programs of anybody.
    let page = made["url"].as_str().unwrap();
    let page = page[page.find("/r/").unwrap()..].to_owned();
    for path in [page.as_str(), "/v1/me", "/oauth/token"] {
        assert_eq!(asks(path).await.header("access-control-allow-origin"), None, "{path}");
    }
}

#[actix_web::test]
async fn a_health_link_ends_with_its_link() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({"id": "one"})).await;
    let first = Scanned::of(&made);
    let location = first.asks(&app, json!({"recipient": "A clinic", "embeddedLengthMax": 1})).await.is(200).json();
    let location = location["files"][0]["location"].as_str().unwrap().to_owned();
    // A repeat makes another address and another key.
    let body = json!({"id": "one", "from": "2026-03-01", "to": "2026-03-31", "label": "Dr. Okafor"});
    let second = Scanned::of(&patient.post(patient.diary().report_links(), body).await.is(200).row());
    assert_ne!((&first.path, &first.payload["key"]), (&second.path, &second.payload["key"]));
    first.asks(&app, clinic()).await.is_problem(404, "not_found");
    app.nobody().get(&location[location.find("/shl/").unwrap()..]).await.is_problem(404, "not_found");
    second.opens(&second.asks(&app, clinic()).await.is(200).json());
    patient.delete(patient.diary().report_link("one")).await.is(204);
    second.asks(&app, clinic()).await.is_problem(404, "not_found");
    let brief = Scanned::of(&link(&patient, json!({"expires_in_hours": 1})).await);
    app.advance(Duration::from_hours(2));
    brief.asks(&app, clinic()).await.is_problem(404, "not_found");
    app.nobody().post("/shl/crh_nonsense", clinic()).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn the_address_that_a_program_asks_opens_no_page_and_that_of_the_page_no_file() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({})).await;
    let scanned = Scanned::of(&made);
    let program = scanned.path.strip_prefix("/shl/crh_").unwrap();
    let page = made["url"].as_str().unwrap();
    let page = page[page.find("/r/").unwrap()..].strip_prefix("/r/crl_").unwrap();
    assert_ne!(program, page);
    for path in [format!("/r/crh_{program}"), format!("/r/crl_{program}")] {
        app.nobody().get(path).await.is(404);
    }
    for path in [format!("/shl/crl_{page}"), format!("/shl/crh_{page}")] {
        app.nobody().post(path, clinic()).await.is_problem(404, "not_found");
    }
}

#[actix_web::test]
async fn what_a_program_calls_itself_moves_nothing_in_the_list_of_who_looked() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let scanned = Scanned::of(&link(&patient, json!({})).await);
    scanned
        .asks(&app, json!({"recipient": "A\u{202e}B\nC", "embeddedLengthMax": 9_007_199_254_740_991_i64}))
        .await
        .is(200);
    let entry = patient.get(patient.diary().looks()).await.items().remove(0);
    assert_eq!(entry["target"], "A B C");
    scanned
        .asks(&app, json!({"recipient": "A", "embeddedLengthMax": "x"}))
        .await
        .has_faults([("/embeddedLengthMax", "wrong_type")]);
}

#[actix_web::test]
async fn tries_at_the_same_time_are_all_counted() {
    let app = TestApp::start().await;
    let patient = patient(&app).await;
    let scanned = Scanned::of(&link(&patient, json!({"passcode": "4711"})).await);
    let wrong = || scanned.asks(&app, json!({"recipient": "A clinic", "passcode": "0000"}));
    let answers = futures_util::future::join_all((0..8).map(|_| wrong().into_future())).await;
    let counted = answers.iter().filter(|answer| answer.status() == 401).count();
    assert!(counted > 0);
    app.advance(Duration::from_mins(16));
    let left = wrong().await.is_problem(401, "wrong_passcode").json()["remainingAttempts"].as_i64().unwrap();
    assert_eq!(left, 99 - i64::try_from(counted).unwrap());
}

#[actix_web::test]
async fn where_the_service_has_a_long_address_there_is_no_health_link() {
    let long = format!("https://{}.example", "a".repeat(90));
    let app = TestApp::start_with(&[("PUBLIC_URL", &long)]).await;
    let patient = patient(&app).await;
    let made = link(&patient, json!({})).await;
    assert_eq!((&made["shlink"], &made["shlink_qr_svg"]), (&Value::Null, &Value::Null));
}
