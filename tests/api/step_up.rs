//! What wants a fresh proof of the strongest factor, and how one gives it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

const PATH: &str = "/v1/auth/step-up";
const FACTOR: &str = "/v1/me/second-factor";
const OTHER: &str = "nine loud otters by noon";
const LATE: Duration = Duration::from_mins(11);

async fn invites(caller: &Caller) -> Answer {
    caller.post("/v1/diaries/me/invitations", json!({"role": "viewer"})).await
}

async fn steps_up(caller: &Caller, code: impl Into<Value>) -> Answer {
    caller.post(PATH, json!({"password": PASSWORD, "code": code.into()})).await
}

/// A patient whose second factor is on, some minutes later.
async fn with_a_second_factor(app: &TestApp) -> (Caller, Authenticator, Vec<String>) {
    let patient = app.patient().await;
    let (phone, recovery_codes) = patient.has_a_second_factor(app.now()).await;
    app.advance(LATE);
    (patient, phone, recovery_codes)
}

#[actix_web::test]
async fn a_proof_holds_for_ten_minutes_whatever_gave_it() {
    let app = TestApp::start().await;
    let registered = app.patient().await;
    let signed_in = registered.signs_in().await;
    app.advance(Duration::from_secs(9 * 60 + 50));
    invites(&registered).await.is(201);
    invites(&signed_in).await.is(201);
    app.advance(Duration::from_secs(11));
    invites(&registered).await.is_problem(401, "step_up_required");
    invites(&signed_in).await.is_problem(401, "step_up_required");
    signed_in.steps_up().await;
    app.advance(Duration::from_secs(9 * 60 + 50));
    let refreshed = signed_in.with(Tokens::of(&signed_in.refreshes(&signed_in.tokens().refresh).await.is(200).json()));
    invites(&refreshed).await.is(201);
    app.advance(Duration::from_secs(11));
    invites(&refreshed).await.is_problem(401, "step_up_required");
    assert_eq!(refreshed.get(registered.diary().invitations()).await.items().len(), 3);
}

#[actix_web::test]
async fn a_refresh_proves_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    app.advance(LATE);
    let refreshed = patient.with(Tokens::of(&patient.refreshes(&patient.tokens().refresh).await.is(200).json()));
    invites(&refreshed).await.is_problem(401, "step_up_required");
    refreshed.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn a_step_up_proves_the_session_that_asks_and_no_other() {
    let app = TestApp::start().await;
    let here = app.patient().await;
    let elsewhere = here.signs_in().await;
    app.advance(LATE);
    here.steps_up().await;
    invites(&here).await.is(201);
    invites(&elsewhere).await.is_problem(401, "step_up_required");
}

#[actix_web::test]
async fn session_and_password_alone_remove_no_factor_and_let_nobody_in() {
    let app = TestApp::start().await;
    let (patient, phone, codes) = with_a_second_factor(&app).await;
    let thief = patient.with(Tokens::of(&patient.refreshes(&patient.tokens().refresh).await.is(200).json()));
    thief.post(PATH, json!({"password": PASSWORD})).await.is_problem(401, "second_factor_required");
    let password = json!({"password": PASSWORD});
    let change = json!({"current_password": PASSWORD, "new_password": OTHER});
    for answer in [
        thief.post(format!("{FACTOR}/recovery-codes"), password.clone()).await,
        thief.post(FACTOR, password.clone()).await,
        thief.request(Method::DELETE, FACTOR).json(&json!({"password": PASSWORD, "code": "000000"})).await,
        thief.request(Method::DELETE, "/v1/me").json(&password).await,
        thief.put("/v1/auth/password", change).await,
        invites(&thief).await,
        thief.post("/v1/diaries/me/report-links", json!({})).await,
    ] {
        answer.is_problem(401, "step_up_required");
    }
    let on = patient.get(FACTOR).await.is(200).json();
    assert_eq!((&on["enabled"], &on["recovery_codes_left"]), (&json!(true), &json!(10)));
    // Whoever has the phone does all of that.
    steps_up(&patient, phone.code(app.now())).await.is(204);
    patient.post(format!("{FACTOR}/recovery-codes"), password).await.is(200);
    invites(&patient).await.is(201);
    assert_eq!(codes.len(), 10);
}

#[actix_web::test]
async fn a_recovery_code_proves_as_well_and_each_code_once() {
    let app = TestApp::start().await;
    let (patient, phone, codes) = with_a_second_factor(&app).await;
    steps_up(&patient, codes[0].to_lowercase()).await.is(204);
    steps_up(&patient, codes[0].as_str()).await.has_faults([("/code", "wrong_code")]);
    let code = phone.code(app.now());
    steps_up(&patient, code.clone()).await.is(204);
    steps_up(&patient, code.clone()).await.has_faults([("/code", "wrong_code")]);
    let login = json!({"email": patient.email(), "password": PASSWORD, "code": code});
    patient.signed_out().post("/v1/auth/login", login).await.is_problem(401, "invalid_second_factor");
    assert_eq!(patient.get(FACTOR).await.json()["recovery_codes_left"], 9);
}

#[actix_web::test]
async fn what_is_wrong_with_a_step_up_is_told_at_its_field_and_proves_nothing() {
    let app = TestApp::start().await;
    let (with, phone, _) = with_a_second_factor(&app).await;
    let without = app.patient().await;
    app.advance(Duration::from_mins(1));
    without.post(PATH, json!({"password": "not my password"})).await.has_faults([("/password", "wrong_password")]);
    without.post(PATH, json!({"code": 5, "x": 1})).await.has_faults([
        ("/password", "required"),
        ("/code", "wrong_type"),
        ("/x", "unknown_field"),
    ]);
    let wrong = json!({"password": "not my password", "code": phone.code(app.now())});
    with.post(PATH, wrong).await.has_faults([("/password", "wrong_password")]);
    steps_up(&with, phone.wrong_code(app.now())).await.has_faults([("/code", "wrong_code")]);
    invites(&with).await.is_problem(401, "step_up_required");
    // The code that came with a wrong password was not spent.
    steps_up(&with, phone.code(app.now())).await.is(204);
    // Without a second factor any code is none.
    steps_up(&without, "287082").await.is(204);
    app.nobody().post(PATH, json!({})).await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn guessing_at_a_step_up_is_slowed_down() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for _ in 0..10 {
        steps_up(&patient, phone.wrong_code(app.now())).await.is(422);
    }
    for wait in [1, 2, 4, 8] {
        app.advance(Duration::from_secs(wait));
        steps_up(&patient, phone.wrong_code(app.now())).await.is(422);
    }
    let held = steps_up(&patient, phone.code(app.now())).await.is_problem(429, "too_many_requests");
    assert!((1..=16).contains(&held.retry_after()));
    app.advance(Duration::from_secs(16));
    steps_up(&patient, phone.code(app.now())).await.is(204);

    let other = app.patient().await;
    let guess = || other.post(PATH, json!({"password": "not my password"}));
    for _ in 0..10 {
        guess().await.is(422);
    }
    for wait in [1, 2, 4] {
        app.advance(Duration::from_secs(wait));
        guess().await.is(422);
    }
    steps_up(&other, Value::Null).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn codes_that_a_thief_types_hold_up_no_other_session() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    let code = phone.code(app.now());
    let login = json!({"email": patient.email(), "password": PASSWORD, "code": code});
    let tokens = Tokens::of(&patient.signed_out().post("/v1/auth/login", login).await.is(200).json());
    let thief = patient.with(tokens);
    app.advance(Duration::from_mins(1));
    for _ in 0..10 {
        steps_up(&thief, phone.wrong_code(app.now())).await.is(422);
    }
    steps_up(&thief, phone.wrong_code(app.now())).await.is_problem(429, "too_many_requests");
    steps_up(&patient, phone.code(app.now())).await.is(204);
}

#[actix_web::test]
async fn a_step_up_while_the_password_is_changed_elsewhere_proves_nothing_that_was() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let change = json!({"current_password": PASSWORD, "new_password": OTHER});
    patient.put("/v1/auth/password", change).await.is(204);
    app.advance(LATE);
    steps_up(&patient, Value::Null).await.has_faults([("/password", "wrong_password")]);
    patient.post(PATH, json!({"password": OTHER})).await.is(204);
    invites(&patient).await.is(201);
}

#[actix_web::test]
async fn a_restart_neither_forgets_a_proof_nor_makes_one() {
    let mut app = TestApp::start().await;
    let patient = app.patient().await;
    app.restart().await;
    invites(&patient).await.is(201);
    app.advance(LATE);
    app.restart().await;
    invites(&patient).await.is_problem(401, "step_up_required");
}
