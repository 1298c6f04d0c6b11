//! Devices where somebody signed in before: strangers who guess keep them from nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{app::fresh_email, *};

const SECOND: Duration = Duration::from_secs(1);
const WRONG: &str = "not the password";
const OTHER: &str = "nine loud otters by noon";

async fn login(app: &TestApp, email: &str, password: &str, device: impl Into<Value>) -> Answer {
    let credentials = json!({"email": email, "password": password, "device_token": device.into()});
    app.nobody().post("/v1/auth/login", credentials).await
}

/// Signs in on a device that nobody knows yet, and keeps what it is known by.
async fn device_of(app: &TestApp, person: &Caller) -> String {
    token(&login(app, person.email(), PASSWORD, Value::Null).await.is(200))
}

fn token(answer: &Answer) -> String {
    answer.json()["device_token"].as_str().unwrap().to_owned()
}

/// Fails so often in a row that a wait of eight seconds follows.
async fn fail_often(app: &TestApp, email: &str, device: &Value) {
    for _ in 0..10 {
        login(app, email, WRONG, device.clone()).await.is_problem(401, "invalid_credentials");
    }
    for wait in [1, 2, 4] {
        app.advance(SECOND * wait);
        login(app, email, WRONG, device.clone()).await.is_problem(401, "invalid_credentials");
    }
    login(app, email, WRONG, device.clone()).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn strangers_who_guess_keep_the_owners_device_from_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let device = device_of(&app, &patient).await;
    fail_often(&app, patient.email(), &Value::Null).await;
    login(&app, patient.email(), PASSWORD, Value::Null).await.is_problem(429, "too_many_requests");
    // The device mistypes, and gets in.
    login(&app, patient.email(), WRONG, device.as_str()).await.is_problem(401, "invalid_credentials");
    let again = login(&app, patient.email(), PASSWORD, device.as_str()).await.is(200);
    assert_eq!(token(&again), device, "it is known by the same token");
    patient.with(Tokens::of(&again.json())).get("/v1/me").await.is(200);
    // That has not made strangers forgotten.
    login(&app, patient.email(), PASSWORD, Value::Null).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn registering_makes_a_device_known_and_a_refresh_says_nothing_of_it() {
    let app = TestApp::start().await;
    let account = json!({"email": fresh_email(), "password": PASSWORD});
    let registered = app.nobody().post("/v1/auth/register", account.clone()).await.is(201).json();
    let (email, device) = (account["email"].as_str().unwrap(), registered["tokens"]["device_token"].clone());
    let patient = app.nobody().with(Tokens::of(&registered["tokens"]));
    let refreshed = patient.refreshes(&patient.tokens().refresh).await.is(200).json();
    assert_eq!(refreshed["device_token"], Value::Null);
    patient.with(Tokens::of(&refreshed)).post("/v1/auth/logout", json!({})).await.is(204);
    fail_often(&app, email, &Value::Null).await;
    login(&app, email, PASSWORD, device).await.is(200);
}

#[actix_web::test]
async fn a_known_device_that_guesses_is_slowed_down_alone() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (one, two) = (device_of(&app, &patient).await, device_of(&app, &patient).await);
    assert_ne!(one, two);
    fail_often(&app, patient.email(), &json!(one)).await;
    let held = login(&app, patient.email(), PASSWORD, one.as_str()).await.is_problem(429, "too_many_requests");
    assert!((1..=8).contains(&held.retry_after()));
    login(&app, patient.email(), PASSWORD, two.as_str()).await.is(200);
    login(&app, patient.email(), PASSWORD, Value::Null).await.is(200);
    app.advance(SECOND * 8);
    login(&app, patient.email(), PASSWORD, one.as_str()).await.is(200);
}

#[actix_web::test]
async fn a_device_of_another_account_or_of_none_is_a_strangers() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let theirs = device_of(&app, &other).await;
    fail_often(&app, patient.email(), &Value::Null).await;
    let made_up = format!("crk_{}", "A".repeat(43));
    let refresh = patient.tokens().refresh.clone();
    for device in [theirs.as_str(), &made_up, "", "crk_", "garbage", &refresh] {
        login(&app, patient.email(), PASSWORD, device).await.is_problem(429, "too_many_requests");
    }
    login(&app, patient.email(), PASSWORD, 5).await.has_faults([("/device_token", "wrong_type")]);
    app.advance(SECOND * 8);
    // It stays with whom it was, and this account gets one of its own.
    let own = token(&login(&app, patient.email(), PASSWORD, theirs.as_str()).await.is(200));
    assert_ne!(own, theirs);
    fail_often(&app, other.email(), &Value::Null).await;
    login(&app, other.email(), PASSWORD, theirs.as_str()).await.is(200);
}

#[actix_web::test]
async fn unknown_and_wrong_answer_the_same_bytes_with_a_device_and_without() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let device = device_of(&app, &patient).await;
    let mut bodies = Vec::new();
    for device in [Value::Null, json!(device), json!("garbage")] {
        for email in [patient.email(), "unknown@example.org", "no address"] {
            let answer = login(&app, email, WRONG, device.clone()).await.is_problem(401, "invalid_credentials");
            bodies.push((answer.body_without_request_id(), answer.headers.len()));
        }
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    // A known device's tries at another e-mail are a stranger's there.
    fail_often(&app, "nobody@example.org", &json!(device)).await;
    login(&app, "nobody@example.org", WRONG, Value::Null).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn a_device_is_known_for_a_year_from_the_last_sign_in() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (used, unused) = (device_of(&app, &patient).await, device_of(&app, &patient).await);
    app.advance(SECOND * 3_600 * 24 * 364);
    login(&app, patient.email(), PASSWORD, used.as_str()).await.is(200);
    app.advance(SECOND * 3_600 * 24);
    fail_often(&app, patient.email(), &Value::Null).await;
    login(&app, patient.email(), PASSWORD, unused.as_str()).await.is_problem(429, "too_many_requests");
    login(&app, patient.email(), PASSWORD, used.as_str()).await.is(200);
}

#[actix_web::test]
async fn a_new_password_ends_what_other_devices_are_known_by() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let elsewhere = device_of(&app, &patient).await;
    let signed_in = login(&app, patient.email(), PASSWORD, Value::Null).await.is(200);
    let (here, device) = (patient.with(Tokens::of(&signed_in.json())), token(&signed_in));
    let change = json!({"current_password": PASSWORD, "new_password": OTHER});
    here.put("/v1/auth/password", change).await.is(204);
    fail_often(&app, patient.email(), &Value::Null).await;
    login(&app, patient.email(), OTHER, elsewhere.as_str()).await.is_problem(429, "too_many_requests");
    login(&app, patient.email(), OTHER, device.as_str()).await.is(200);
}

#[actix_web::test]
async fn a_wrong_code_on_a_known_device_is_its_own_failure() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let device = device_of(&app, &patient).await;
    let (phone, _) = patient.has_a_second_factor(app.now()).await;
    let login = |code: Value, device: &str| {
        let body = json!({"email": patient.email(), "password": PASSWORD, "code": code, "device_token": device});
        app.nobody().post("/v1/auth/login", body)
    };
    login(Value::Null, &device).await.is_problem(401, "second_factor_required");
    for _ in 0..10 {
        login(json!(phone.wrong_code(app.now())), &device).await.is_problem(401, "invalid_second_factor");
    }
    login(json!(phone.code_of_step(app.now(), 1)), &device).await.is_problem(429, "too_many_requests");
    login(json!(phone.code_of_step(app.now(), 1)), "").await.is(200);
}

#[actix_web::test]
async fn a_browser_is_known_after_signing_out() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "https://diary.example")]).await;
    let patient = app.patient().await;
    let fields = [("email", patient.email()), ("password", PASSWORD)];
    let answer = Browser::of(app.nobody()).sends("/sign-in", &fields).await.is(303);
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").into_iter().map(|one| one.to_str().unwrap()).collect();
    let device = cookies.iter().find(|cookie| cookie.starts_with("__Host-cramp-diary-device=crk_")).unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=31536000"] {
        assert!(device.contains(attribute), "{attribute} in {device}");
    }
    let browser = Browser::of(app.nobody()).signs_in(&fields).await;
    let out = browser.submits("/me", "/sign-out", &[]).await.is(303);
    assert_eq!(out.headers.get_all("set-cookie").into_iter().count(), 1, "the device's cookie stays");
    fail_often(&app, patient.email(), &Value::Null).await;
    Browser::of(app.nobody()).sends("/sign-in", &fields).await.is(429);
    let mut known = browser.clone();
    known.cookie = None;
    let again = known.clone().signs_in(&fields).await;
    again.opens("/me").await.is(200);
    assert_eq!(again.device, known.device);
}

#[actix_web::test]
async fn known_devices_are_kept_as_hashes_and_cleared_away_with_time_and_with_the_account() {
    let mut app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let device = device_of(&app, &patient).await;
    assert!(app.database_holds(patient.user_id()) && !app.database_holds(&device));
    let known = |app: &TestApp| app.sql("SELECT count(*) FROM known_devices WHERE true");
    assert_eq!(known(&app), "3");
    patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    assert_eq!(known(&app), "1");
    other.get("/v1/me").await.is(200);
    app.advance(SECOND * 3_600 * 24 * 366);
    app.restart().await;
    let begun = std::time::Instant::now();
    while known(&app) != "0" {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is still known");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
