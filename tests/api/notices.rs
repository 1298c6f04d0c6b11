//! What people are told that happened with their account, on the list and by mail.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

const PATH: &str = "/v1/me/notices";
const OTHER: &str = "nine loud otters by noon";

/// What happened, the latest first: what, and what it is called.
async fn told(person: &Caller) -> Vec<(String, Value)> {
    let rows = person.lists_all(PATH.to_owned()).await;
    rows.iter().map(|row| (row["kind"].as_str().unwrap().to_owned(), row["label"].clone())).collect()
}

async fn kinds(person: &Caller) -> Vec<String> {
    told(person).await.into_iter().map(|(kind, _)| kind).collect()
}

async fn subjects(app: &TestApp) -> Vec<String> {
    app.mail().await.into_iter().map(|mail| mail.subject).collect()
}

/// A patient, whose first mails were read.
async fn patient(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    app.mail().await;
    patient
}

async fn signs_in(app: &TestApp, person: &Caller, device: &Value) -> Value {
    let credentials = json!({
        "email": person.email(), "password": PASSWORD, "device_name": "Kim's tablet", "device_token": device,
    });
    app.nobody().post("/v1/auth/login", credentials).await.is(200).json()["device_token"].clone()
}

#[actix_web::test]
async fn a_sign_in_on_a_new_device_is_told_of_once() {
    let app = TestApp::start_with_mail().await;
    let patient = patient(&app).await;
    let before = told(&patient).await.len();
    let device = signs_in(&app, &patient, &Value::Null).await;
    let mail = app.only_mail().await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (patient.email(), "A new device"));
    assert!(mail.text.contains("Kim's tablet") && mail.text.contains("/forgot"), "{}", mail.text);
    assert_eq!(told(&patient).await[0], ("new_device".to_owned(), json!("Kim's tablet")));
    signs_in(&app, &patient, &device).await;
    assert!(app.mail().await.is_empty());
    assert_eq!(told(&patient).await.len(), before + 1);
}

#[actix_web::test]
async fn the_device_on_which_somebody_registers_is_not_new_to_them() {
    let app = TestApp::start().await;
    assert_eq!(told(&app.patient().await).await, []);
}

#[actix_web::test]
async fn whatever_changes_how_one_gets_in_is_told_of() {
    let app = TestApp::start_with_mail().await;
    let patient = patient(&app).await;
    let (authenticator, _) = patient.has_a_second_factor(app.now()).await;
    patient.post("/v1/me/second-factor/recovery-codes", json!({"password": PASSWORD})).await.is(200);
    app.advance(Duration::from_mins(1));
    let off = json!({"password": PASSWORD, "code": authenticator.code(app.now())});
    patient.delete("/v1/me/second-factor").json(&off).await.is(204);
    patient.put("/v1/auth/password", json!({"current_password": PASSWORD, "new_password": OTHER})).await.is(204);
    let expected = ["password_changed", "second_factor_off", "recovery_codes_replaced", "second_factor_on"];
    assert_eq!(kinds(&patient).await[..4], expected);
    let mut mails = subjects(&app).await;
    mails.sort();
    let mut said =
        ["A second factor is on", "New recovery codes", "The second factor is off", "Your password was changed"];
    said.sort_unstable();
    assert_eq!(mails, said);
}

#[actix_web::test]
async fn an_owner_is_told_what_others_do_with_what_is_shared_and_no_mail_says_who() {
    let app = TestApp::start_with_mail().await;
    let (patient, clinician) = (patient(&app).await, app.clinician().await);
    let named = json!({"display_name": "Dr. Weiß"});
    clinician.patch("/v1/me", named).await.is(200);
    app.mail().await;
    patient.shares_with(&clinician).await;
    for _ in 0..3 {
        clinician.get(patient.diary().episodes()).await.is(200);
    }
    app.advance(Duration::from_mins(11));
    let clinician = app.nobody().signs_in_as(clinician.email(), PASSWORD).await;
    clinician.get(patient.diary().episodes()).await.is(200);
    let patient = app.nobody().signs_in_as(patient.email(), PASSWORD).await.keeps(patient.diary().clone());
    patient.post(patient.diary().report_links(), json!({"id": "visit"})).await.is(201);
    patient.post(patient.diary().report_links(), json!({"id": "visit"})).await.is(200);
    let said = told(&patient).await;
    let shared: Vec<_> = said.iter().filter(|(kind, _)| kind != "new_device").cloned().collect();
    let what = |kind: &str, label: Value| (kind.to_owned(), label);
    assert_eq!(
        shared,
        [
            what("link_made", Value::Null),
            what("first_look", json!("Dr. Weiß")),
            what("invitation_redeemed", json!("Dr. Weiß"))
        ]
    );
    let mails = app.mail().await;
    let mine: Vec<_> = mails.iter().filter(|mail| mail.to == patient.email()).collect();
    for subject in ["A code was redeemed", "Somebody looked", "A link was made"] {
        assert_eq!(mine.iter().filter(|mail| mail.subject == subject).count(), 1, "{subject}");
    }
    for mail in mine {
        let text = format!("{} {}", mail.subject, mail.text).to_lowercase();
        for word in ["weiß", "cramp", "diary", "report", "clinic"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
    // Those who look are told nothing of it.
    assert!(kinds(&clinician).await.iter().all(|kind| kind == "new_device"));
}

#[actix_web::test]
async fn mails_can_be_turned_off_but_for_those_about_how_one_gets_in() {
    let app = TestApp::start_with_mail().await;
    let patient = patient(&app).await;
    let patch = |muted: Value| patient.patch("/v1/me", json!({"muted_notices": muted}));
    patch(json!(["new_device", "link_made", "link_made", "x"])).await.has_faults([("/muted_notices/3", "not_one_of")]);
    patch(json!(["new_device", "link_made", "link_made"]))
        .await
        .has_faults([("/muted_notices/0", "not_one_of"), ("/muted_notices/2", "duplicate")]);
    patch(Value::Null).await.has_faults([("/muted_notices", "required")]);
    assert_eq!(patch(json!(["link_made"])).await.is(200).json()["muted_notices"], json!(["link_made"]));
    patient.post(patient.diary().report_links(), json!({})).await.is(201);
    assert!(app.mail().await.is_empty());
    assert_eq!(kinds(&patient).await[0], "link_made");
    patch(json!([])).await.is(200);
    patient.post(patient.diary().report_links(), json!({})).await.is(201);
    assert_eq!(subjects(&app).await, ["A link was made"]);
}

#[actix_web::test]
async fn notices_are_one_s_own_and_kept_for_ninety_days() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    signs_in(&app, &patient, &Value::Null).await;
    assert_eq!(kinds(&patient).await, ["new_device"]);
    assert_eq!(kinds(&other).await, [""; 0]);
    app.advance(Duration::from_hours(24 * 90));
    app.clears_away().await;
    assert_eq!(app.sql("SELECT count(*) FROM notices WHERE true"), "0");
    // What no mail server took is not kept for ever.
    assert_eq!(app.sql("SELECT count(*) FROM letters WHERE true"), "0");
}

#[actix_web::test]
async fn the_page_lists_what_happened_and_turns_mails_off() {
    let app = TestApp::start_with_mail().await;
    let patient = patient(&app).await;
    let browser = Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", PASSWORD)]).await;
    let page = browser.opens("/notices").await.is(200).text();
    assert!(page.contains("Somebody signed in on a new device") && page.contains("Web browser"), "{page}");
    assert_eq!(page.matches(" checked").count(), 3, "{page}");
    let chosen = browser.submits("/notices", "/notices", &[("first_look", "yes")]).await.is(303);
    let page = browser.opens(chosen.header("location").unwrap()).await.is(200).text();
    assert!(page.contains("That is noted") && page.matches(" checked").count() == 1, "{page}");
    let account = patient.get("/v1/me").await.is(200).json();
    assert_eq!(account["muted_notices"], json!(["invitation_redeemed", "link_made"]));
}
