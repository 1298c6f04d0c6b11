use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{app::fresh_email, *};

const PATH: &str = "/v1/me/second-factor";
const STEP: Duration = Duration::from_secs(30);

/// Waits for the next step to begin, so that none ends in the middle of what follows.
fn a_step_begins(app: &TestApp) {
    let now = app.now();
    let (seconds, nanos) = (now.timestamp().rem_euclid(30).unsigned_abs(), now.timestamp_subsec_nanos());
    app.advance(STEP.checked_sub(Duration::new(seconds, nanos)).unwrap());
}

async fn login(caller: &Caller, code: impl Into<Value>) -> Answer {
    let credentials = json!({"email": caller.email(), "password": PASSWORD, "code": code.into()});
    caller.signed_out().post("/v1/auth/login", credentials).await
}

async fn turns_off(caller: &Caller, password: &str, code: &str) -> Answer {
    caller.request(Method::DELETE, PATH).json(&json!({"password": password, "code": code})).await
}

/// A patient whose second factor is on, at the beginning of a step whose code is unused.
async fn with_a_second_factor(app: &TestApp) -> (Caller, Authenticator, Vec<String>) {
    let patient = app.patient().await;
    let (phone, recovery_codes) = patient.has_a_second_factor(app.now()).await;
    a_step_begins(app);
    (patient, phone, recovery_codes)
}

#[actix_web::test]
async fn somebody_sets_up_an_app_and_signs_in_with_its_codes() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let off = json!({"enabled": false, "enabled_at": null, "passkeys": 0, "recovery_codes_left": 0});
    assert_eq!(patient.get(PATH).await.is(200).json(), off);

    let setup = patient.post(PATH, json!({"password": PASSWORD})).await.is(201).json();
    let secret = setup["secret"].as_str().unwrap();
    let account = patient.email().replace('@', "%40");
    let url = format!("otpauth://totp/Cramp%20diary:{account}?secret={secret}&issuer=Cramp%20diary");
    assert_eq!((secret.len(), setup["otpauth_url"].as_str().unwrap()), (32, url.as_str()));
    assert!(setup["qr_svg"].as_str().unwrap().starts_with("<svg "));
    // Nothing is asked for until the app has proved itself.
    assert_eq!(patient.get(PATH).await.is(200).json(), off);
    login(&patient, Value::Null).await.is(200);

    let phone = Authenticator::scans(&setup);
    let confirmed =
        patient.post(format!("{PATH}/confirm"), json!({"code": phone.code(app.now())})).await.is(200).json();
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    let on = patient.get(PATH).await.is(200).json();
    assert_eq!((&on["enabled"], &on["recovery_codes_left"]), (&json!(true), &json!(10)));

    a_step_begins(&app);
    login(&patient, Value::Null).await.is_problem(401, "second_factor_required");
    let signed_in = login(&patient, phone.code(app.now())).await.is(200).json();
    patient.with(Tokens::of(&signed_in)).get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn who_asks_for_no_code_is_told_so_and_gets_no_session() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for _ in 0..12 {
        // No guess, and no failure either: there is nothing to wait for.
        login(&patient, Value::Null).await.is_problem(401, "second_factor_required");
    }
    assert_eq!(patient.get("/v1/auth/sessions").await.items().len(), 1);
    login(&patient, phone.code(app.now())).await.is(200);
}

#[actix_web::test]
async fn a_code_signs_in_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_step_begins(&app);
    let (phone, _) = patient.has_a_second_factor(app.now()).await;
    let of_setup = phone.code(app.now());
    login(&patient, of_setup).await.is_problem(401, "invalid_second_factor");
    let next = phone.code_of_step(app.now(), 1);
    login(&patient, next.clone()).await.is(200);
    login(&patient, next.clone()).await.is_problem(401, "invalid_second_factor");
    app.advance(STEP);
    login(&patient, next).await.is_problem(401, "invalid_second_factor");
}

#[actix_web::test]
async fn a_phone_may_be_half_a_minute_off_and_no_more() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for off in [-2, 2] {
        a_step_begins(&app);
        login(&patient, phone.code_of_step(app.now(), off)).await.is_problem(401, "invalid_second_factor");
    }
    for off in [-1, 0, 1] {
        a_step_begins(&app);
        login(&patient, phone.code_of_step(app.now(), off)).await.is(200);
    }
}

#[actix_web::test]
async fn each_recovery_code_signs_in_once_however_it_is_typed() {
    let app = TestApp::start().await;
    let (patient, _, codes) = with_a_second_factor(&app).await;
    login(&patient, codes[0].as_str()).await.is(200);
    login(&patient, codes[0].as_str()).await.is_problem(401, "invalid_second_factor");
    login(&patient, codes[1].to_lowercase().replace('-', " ")).await.is(200);
    login(&patient, codes[1].as_str()).await.is_problem(401, "invalid_second_factor");
    assert_eq!(patient.get(PATH).await.json()["recovery_codes_left"], 8);
}

#[actix_web::test]
async fn the_recovery_code_of_another_is_a_wrong_one() {
    let app = TestApp::start().await;
    let (patient, _, _) = with_a_second_factor(&app).await;
    let (other, _, codes) = with_a_second_factor(&app).await;
    login(&patient, codes[0].as_str()).await.is_problem(401, "invalid_second_factor");
    login(&other, codes[0].as_str()).await.is(200);
}

#[actix_web::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let app = TestApp::start().await;
    let path = format!("{PATH}/recovery-codes");
    let (patient, _, old) = with_a_second_factor(&app).await;
    login(&patient, old[0].as_str()).await.is(200);
    patient
        .post(path.as_str(), json!({"password": "not my password"}))
        .await
        .has_faults([("/password", "wrong_password")]);
    let new = patient.post(path.as_str(), json!({"password": PASSWORD})).await.is(200).json();
    assert_eq!(patient.get(PATH).await.json()["recovery_codes_left"], 10);
    login(&patient, old[1].as_str()).await.is_problem(401, "invalid_second_factor");
    login(&patient, new["recovery_codes"][0].clone()).await.is(200);
    app.patient().await.post(path, json!({"password": PASSWORD})).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn what_cannot_be_a_code_is_a_wrong_one() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for code in ["", "12345", "1234567", "0x1234", "¹²³⁴⁵⁶", "not a code", "AAAAA-AAAAA", "AAAAA-AAAAA-AAAAA"]
    {
        login(&patient, code).await.is_problem(401, "invalid_second_factor");
    }
    login(&patient, 287_082).await.has_faults([("/code", "wrong_type")]);
    login(&patient, "1".repeat(65)).await.has_faults([("/code", "too_long")]);
    let code = phone.code(app.now());
    login(&patient, format!(" {} {} ", &code[..3], &code[3..])).await.is(200);
}

#[actix_web::test]
async fn an_account_without_a_second_factor_takes_any_code_for_none() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    login(&patient, "287082").await.is(200);
    // One that was begun is none yet.
    patient.begins_a_second_factor().await;
    login(&patient, "287082").await.is(200);
}

#[actix_web::test]
async fn guessing_codes_is_slowed_down_like_guessing_passwords() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for _ in 0..5 {
        login(&patient, phone.wrong_code(app.now())).await.is_problem(401, "invalid_second_factor");
        // Who knows the password does not begin anew by showing it alone.
        login(&patient, Value::Null).await.is_problem(401, "second_factor_required");
    }
    for _ in 0..5 {
        login(&patient, phone.wrong_code(app.now())).await.is_problem(401, "invalid_second_factor");
    }
    for wait in [1, 2, 4, 8, 16] {
        app.advance(Duration::from_secs(wait));
        login(&patient, phone.wrong_code(app.now())).await.is_problem(401, "invalid_second_factor");
    }
    for code in [Value::Null, json!(phone.code(app.now())), json!(phone.wrong_code(app.now()))] {
        let held = login(&patient, code).await.is_problem(429, "too_many_requests");
        assert!((20..=32).contains(&held.retry_after()), "{held}");
    }
    app.advance(Duration::from_secs(32));
    login(&patient, phone.code(app.now())).await.is(200);
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn a_wrong_password_gets_the_same_bytes_with_a_second_factor_and_without() {
    let app = TestApp::start().await;
    let (with, phone, _) = with_a_second_factor(&app).await;
    let without = app.patient().await;
    let unknown = fresh_email();
    for code in [Value::Null, json!(phone.code(app.now())), json!("000000")] {
        let mut bodies = Vec::new();
        for email in [with.email(), without.email(), &unknown] {
            let credentials = json!({"email": email, "password": "not the password", "code": code});
            let answer = app.nobody().post("/v1/auth/login", credentials).await.is_problem(401, "invalid_credentials");
            bodies.push((answer.body_without_request_id(), answer.headers.len()));
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    }
    // Nor was the code used up by it.
    login(&with, phone.code(app.now())).await.is(200);
}

#[actix_web::test]
async fn of_ten_who_sign_in_at_once_with_one_code_one_gets_in() {
    let app = TestApp::start().await;
    let (patient, phone, codes) = with_a_second_factor(&app).await;
    for code in [phone.code(app.now()), codes[0].clone()] {
        let before = patient.get("/v1/auth/sessions").await.items().len();
        let answers = join_all((0..10).map(|_| login(&patient, code.clone()))).await;
        let (inside, outside): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == 200);
        assert_eq!(inside.len(), 1);
        // Who came before another one failed, and is looked at after, has to wait.
        assert!(outside.iter().all(|answer| [401, 429].contains(&answer.status())), "{outside:?}");
        assert_eq!(patient.get("/v1/auth/sessions").await.items().len(), before + 1);
        app.advance(Duration::from_mins(1));
        login(&patient, phone.code(app.now())).await.is(200);
    }
}

#[actix_web::test]
async fn turning_it_on_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let here = app.patient().await;
    let elsewhere = here.signs_in().await;
    let phone = here.begins_a_second_factor().await;
    elsewhere.get("/v1/me").await.is(200);
    here.post(format!("{PATH}/confirm"), json!({"code": phone.code(app.now())})).await.is(200);
    here.get("/v1/me").await.is(200);
    here.refreshes(&here.tokens().refresh).await.is(200);
    elsewhere.get("/v1/me").await.is_problem(401, "unauthenticated");
    elsewhere.refreshes(&elsewhere.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn a_set_up_is_confirmed_by_a_code_of_the_secret_that_was_shown_last() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let confirm = format!("{PATH}/confirm");
    patient.post(confirm.as_str(), json!({"code": "287082"})).await.is_problem(404, "not_found");
    patient.post(PATH, json!({"password": "not my password"})).await.has_faults([("/password", "wrong_password")]);
    let first = patient.begins_a_second_factor().await;
    let second = patient.begins_a_second_factor().await;
    for wrong in [first.code(app.now()), second.wrong_code(app.now())] {
        patient.post(confirm.as_str(), json!({"code": wrong})).await.has_faults([("/code", "wrong_code")]);
    }
    patient.post(confirm.as_str(), json!({})).await.has_faults([("/code", "required")]);
    patient.post(confirm.as_str(), json!({"code": second.code(app.now())})).await.is(200);
    patient.post(confirm, json!({"code": second.code(app.now())})).await.is_problem(409, "second_factor_enabled");
    patient.post(PATH, json!({"password": PASSWORD})).await.is_problem(409, "second_factor_enabled");
}

#[actix_web::test]
async fn it_is_turned_off_with_the_password_and_a_code() {
    let app = TestApp::start().await;
    let (patient, phone, codes) = with_a_second_factor(&app).await;
    let code = phone.code(app.now());
    turns_off(&patient, "not my password", &code).await.has_faults([("/password", "wrong_password")]);
    turns_off(&patient, PASSWORD, &phone.wrong_code(app.now())).await.has_faults([("/code", "wrong_code")]);
    login(&patient, Value::Null).await.is_problem(401, "second_factor_required");
    turns_off(&patient, PASSWORD, &code).await.is(204);
    let off = json!({"enabled": false, "enabled_at": null, "passkeys": 0, "recovery_codes_left": 0});
    assert_eq!(patient.get(PATH).await.is(200).json(), off);
    login(&patient, Value::Null).await.is(200);
    turns_off(&patient, PASSWORD, &codes[0]).await.is(204);

    // A new one has a new secret, and a recovery code will do as well.
    let (other_phone, codes) = patient.has_a_second_factor(app.now()).await;
    assert_ne!(other_phone.code(app.now()), phone.code(app.now()));
    turns_off(&patient, PASSWORD, &codes[9]).await.is(204);
    login(&patient, Value::Null).await.is(200);
}

#[actix_web::test]
async fn who_stole_session_and_password_does_not_guess_the_code_that_turns_it_off() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    for _ in 0..10 {
        // The right password forgets wrong passwords, and no wrong codes.
        turns_off(&patient, PASSWORD, &phone.wrong_code(app.now())).await.is(422);
    }
    for wait in [1, 2, 4, 8, 16] {
        app.advance(Duration::from_secs(wait));
        turns_off(&patient, PASSWORD, &phone.wrong_code(app.now())).await.is(422);
    }
    turns_off(&patient, PASSWORD, &phone.code(app.now())).await.is_problem(429, "too_many_requests");
    // The owner signs in all the same, and that code was not used up.
    login(&patient, phone.code(app.now())).await.is(200);
}

#[actix_web::test]
async fn a_set_up_that_was_begun_can_be_given_up() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let phone = patient.begins_a_second_factor().await;
    turns_off(&patient, PASSWORD, "any").await.is(204);
    let code = json!({"code": phone.code(app.now())});
    patient.post(format!("{PATH}/confirm"), code).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn a_new_password_changes_nothing_about_the_second_factor() {
    let app = TestApp::start().await;
    let (patient, phone, _) = with_a_second_factor(&app).await;
    let new = "nine loud otters by noon";
    patient.put("/v1/auth/password", json!({"current_password": PASSWORD, "new_password": new})).await.is(204);
    let login = |code: Value| {
        let credentials = json!({"email": patient.email(), "password": new, "code": code});
        app.nobody().post("/v1/auth/login", credentials)
    };
    login(Value::Null).await.is_problem(401, "second_factor_required");
    login(json!(phone.code(app.now()))).await.is(200);
}

#[actix_web::test]
async fn it_survives_a_restart_and_so_does_what_was_used() {
    let mut app = TestApp::start().await;
    let (patient, phone, codes) = with_a_second_factor(&app).await;
    let code = phone.code(app.now());
    login(&patient, code.clone()).await.is(200);
    login(&patient, codes[0].as_str()).await.is(200);
    app.restart().await;
    login(&patient, code).await.is_problem(401, "invalid_second_factor");
    login(&patient, codes[0].as_str()).await.is_problem(401, "invalid_second_factor");
    login(&patient, phone.code_of_step(app.now(), 1)).await.is(200);
}

#[actix_web::test]
async fn who_leaves_leaves_no_second_factor_behind() {
    let app = TestApp::start().await;
    let (patient, ..) = with_a_second_factor(&app).await;
    assert!(app.database_holds(patient.user_id()), "the search finds nothing at all");
    patient.request(Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    app.forgets_what_ended();
    let begun = std::time::Instant::now();
    // Rows of both tables name the person.
    while app.database_holds(patient.user_id()) {
        assert!(begun.elapsed().as_secs() < 30, "a trace is still in the database");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn a_clinician_has_a_second_factor_as_well() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let (phone, _) = clinician.has_a_second_factor(app.now()).await;
    login(&clinician, Value::Null).await.is_problem(401, "second_factor_required");
    login(&clinician, phone.code_of_step(app.now(), 1)).await.is(200);
}
