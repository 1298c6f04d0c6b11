//! Passkeys: how somebody adds them, signs in with one alone or beside the password, and takes them away again.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

const PATH: &str = "/v1/me/passkeys";
const FINISH: &str = "/v1/me/passkeys/finish";
const SIGN_IN: &str = "/v1/auth/passkey/finish";
const STEP_UP: &str = "/v1/auth/step-up";
const FACTOR: &str = "/v1/me/second-factor";
const LATE: Duration = Duration::from_mins(11);

async fn logs_in(caller: &Caller, more: Value) -> Answer {
    let mut said = json!({"email": caller.email(), "password": PASSWORD});
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.signed_out().post("/v1/auth/login", said).await
}

async fn sends(caller: &Caller, credential: Value) -> Answer {
    caller.signed_out().post(SIGN_IN, json!({"credential": credential})).await
}

fn codes_of(row: &Row) -> Vec<String> {
    row["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// What is done to an answer before it is sent.
type Twist = fn(&mut Answering);

#[actix_web::test]
async fn somebody_adds_a_passkey_and_signs_in_with_it_alone() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let asked = patient.begins_a_passkey().await;
    assert_eq!(asked["rp"], json!({"name": "Cramp diary", "id": "localhost"}));
    assert_eq!(asked["user"]["name"], patient.email());
    let selection = json!({"residentKey": "required", "userVerification": "required"});
    assert_eq!((&asked["authenticatorSelection"], &asked["attestation"]), (&selection, &json!("none")));

    let (passkey, added) = patient.adds_a_passkey("Kim's phone").await;
    assert_eq!((&added["name"], &added["last_used_at"]), (&json!("Kim's phone"), &Value::Null));
    assert_eq!((&added["backup_eligible"], &added["backed_up"]), (&json!(true), &json!(true)));
    assert_eq!(added["transports"], json!(["internal", "hybrid"]));
    assert_eq!(codes_of(&added).len(), 10);

    app.advance(Duration::from_hours(1));
    let asked = patient.is_asked_for_a_passkey().await;
    assert_eq!((&asked["rpId"], &asked["allowCredentials"]), (&json!("localhost"), &json!([])));
    let signed_in = patient.signs_in_by(&passkey).await;
    assert_eq!(signed_in.get("/v1/me").await.is(200).json()["email"], patient.email());
    // That took no password, and is as fresh a proof as any.
    signed_in.invites(json!({"role": "viewer"})).await;
    let listed = signed_in.get(PATH).await.is(200).items();
    assert_eq!((listed.len(), listed[0].id()), (1, added.id()));
    assert!(listed[0]["last_used_at"].is_string());
    app.patient().await.get(PATH).await.lists([]);
}

#[actix_web::test]
async fn devices_that_have_one_are_told_to_make_no_other_and_each_is_named() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (phone, first) = patient.adds_a_passkey("Phone").await;
    let asked = patient.begins_a_passkey().await;
    let known = json!([{"id": phone.id(), "type": "public-key", "transports": ["internal", "hybrid"]}]);
    assert_eq!(asked["excludeCredentials"], known);
    let (_, second) = patient.adds_a_passkey("Key ring").await;
    // The codes of the first are good for both.
    assert_eq!(second["recovery_codes"], Value::Null);
    let path = format!("{PATH}/{}", first.id());
    let renamed = patient.patch(path.as_str(), json!({"name": "The old phone"})).await.is(200).json();
    assert_eq!((&renamed["name"], &renamed["id"]), (&json!("The old phone"), &json!(first.id())));
    patient.patch(path.as_str(), json!({"name": ""})).await.has_faults([("/name", "too_short")]);
    patient.patch(path.as_str(), json!({})).await.has_faults([("/name", "required")]);
    let other = app.patient().await;
    other.patch(path.as_str(), json!({"name": "mine"})).await.is_problem(404, "not_found");
    other.delete(path.as_str()).await.is(204);
    let names: Vec<_> = patient.get(PATH).await.items().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["The old phone", "Key ring"]);
}

#[actix_web::test]
async fn the_first_one_ends_the_sessions_in_which_nobody_showed_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let elsewhere = patient.signs_in().await;
    patient.adds_a_passkey("Phone").await;
    elsewhere.get("/v1/me").await.is_problem(401, "unauthenticated");
    let (passkey, _) = patient.adds_a_passkey("Key ring").await;
    let by_passkey = patient.signs_in_by(&passkey).await;
    patient.adds_a_passkey("Tablet").await;
    by_passkey.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn what_was_signed_is_taken_once_soon_and_as_it_was_asked_for() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let (unknown, _) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
    let refused = |answer: Answer| {
        let answer = answer.is_problem(401, "invalid_passkey");
        answer.body_without_request_id()
    };
    let mut told = Vec::new();

    let once = passkey.signs(&patient.is_asked_for_a_passkey().await);
    sends(&patient, once.clone()).await.is(200);
    told.push(refused(sends(&patient, once).await));

    let late = passkey.signs(&patient.is_asked_for_a_passkey().await);
    app.advance(Duration::from_mins(5));
    told.push(refused(sends(&patient, late).await));
    let in_time = passkey.signs(&patient.is_asked_for_a_passkey().await);
    app.advance(Duration::from_secs(4 * 60 + 59));
    sends(&patient, in_time).await.is(200);

    let twists: [(&str, Twist); 9] = [
        ("another origin", |said| said.origin = "http://localhost:8081".into()),
        ("the same without its port", |said| said.origin = "http://localhost".into()),
        ("a page within a page of others", |said| said.is_cross_origin = true),
        ("another service", |said| said.rp_id = "diary.example".into()),
        ("nobody there", |said| said.flags &= !PRESENT),
        ("the person not verified", |said| said.flags &= !VERIFIED),
        ("a key that can't be copied any more", |said| said.flags &= !(BACKUP_ELIGIBLE | BACKED_UP)),
        ("a new key", |said| said.kind = "webauthn.create"),
        ("another person", |said| said.user_handle = Some("MDE5OGMwZGUtMDAwMC03MDAw".into())),
    ];
    for (what, twist) in twists {
        let mut answering = passkey.asked_to_sign(&patient.is_asked_for_a_passkey().await);
        twist(&mut answering);
        let answer = sends(&patient, passkey.signed(&answering)).await;
        assert_eq!(answer.status(), 401, "{what}: {answer}");
        told.push(refused(answer));
    }

    // What nobody was asked, the signature of something else, and a passkey that nobody has.
    let mut answering = passkey.asked_to_sign(&patient.is_asked_for_a_passkey().await);
    answering.challenge = "3q6t71_K8VmW0Z_y2xQb5LjTdHgPaRsUiOn1CeFvBkM".into();
    told.push(refused(sends(&patient, passkey.signed(&answering)).await));
    let mut exchanged = passkey.signs(&patient.is_asked_for_a_passkey().await);
    exchanged["response"]["signature"] =
        passkey.signs(&patient.is_asked_for_a_passkey().await)["response"]["signature"].clone();
    told.push(refused(sends(&patient, exchanged).await));
    told.push(refused(sends(&patient, unknown.signs(&patient.is_asked_for_a_passkey().await)).await));

    told.dedup();
    assert_eq!(told.len(), 1, "what is wrong is told: {told:?}");
    // A device that says no word of whose it is, as some keys do, is believed by its signature.
    let mut answering = passkey.asked_to_sign(&patient.is_asked_for_a_passkey().await);
    answering.user_handle = None;
    sends(&patient, passkey.signed(&answering)).await.is(200);
}

#[actix_web::test]
async fn a_refused_answer_spends_what_was_asked() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let asked = patient.is_asked_for_a_passkey().await;
    let mut answering = passkey.asked_to_sign(&asked);
    answering.flags &= !VERIFIED;
    sends(&patient, passkey.signed(&answering)).await.is_problem(401, "invalid_passkey");
    sends(&patient, passkey.signs(&asked)).await.is_problem(401, "invalid_passkey");
}

#[actix_web::test]
async fn a_count_that_does_not_go_on_tells_of_a_copy_and_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (mut passkey, _) = patient.adds_a_passkey("Key ring").await;
    for (counter, status) in [(7, 200), (8, 200), (8, 401), (3, 401), (0, 401), (9, 200)] {
        passkey.counter = counter;
        assert_eq!(patient.comes_with(&passkey).await.status(), status, "{counter}");
    }
    // One that does not count stays at nought.
    let (synced, _) = patient.adds_a_passkey("Phone").await;
    for _ in 0..2 {
        patient.comes_with(&synced).await.is(200);
    }
}

#[actix_web::test]
async fn what_can_be_no_answer_of_a_browser_is_a_fault() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let signed = passkey.signs(&patient.is_asked_for_a_passkey().await);
    let with = |pointer: &str, value: Value| {
        let mut said = signed.clone();
        *said.pointer_mut(pointer).unwrap() = value;
        said
    };
    for wrong in [
        json!({}),
        with("/rawId", json!(7)),
        with("/rawId", json!("not base64url!")),
        with("/response", json!({})),
        with("/response/clientDataJSON", json!("e30")),
        with("/response/authenticatorData", json!("AAAA")),
    ] {
        patient
            .signed_out()
            .post(SIGN_IN, json!({"credential": wrong}))
            .await
            .has_faults([("/credential", "malformed")]);
        patient.post(STEP_UP, json!({"passkey": wrong})).await.has_faults([("/passkey", "malformed")]);
        logs_in(&patient, json!({"passkey": wrong})).await.has_faults([("/passkey", "malformed")]);
        let said = json!({"name": "x", "credential": wrong});
        patient.post(FINISH, said).await.has_faults([("/credential", "malformed")]);
    }
    for (said, faults) in [
        (json!({}), [("/credential", "required"), ("/name", "required")]),
        (json!({"credential": "x", "name": 7}), [("/credential", "wrong_type"), ("/name", "wrong_type")]),
    ] {
        patient.post(FINISH, said).await.has_faults(faults);
    }
    // What browsers will say some day is not looked at.
    let more = with("/clientExtensionResults", json!({"of": "tomorrow"}));
    sends(&patient, more).await.is(200);
}

#[actix_web::test]
async fn only_what_was_asked_in_a_session_is_added_in_it() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let refused = |answer: Answer| answer.has_faults([("/credential", "wrong_passkey")]);
    let said = |passkey: &Passkey, answering: &Answering| json!({"name": "x", "credential": passkey.made(answering)});

    let (passkey, answering) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
    refused(other.post(FINISH, said(&passkey, &answering)).await);
    refused(patient.signs_in().await.post(FINISH, said(&passkey, &answering)).await);
    patient.post(FINISH, said(&passkey, &answering)).await.is(201);
    refused(patient.post(FINISH, said(&passkey, &answering)).await);

    // The passkey is there, whoever brings it again.
    for caller in [&patient, &other] {
        let (_, mut again) = Passkey::asked_for(&caller.begins_a_passkey().await, ORIGIN);
        again.kind = "webauthn.create";
        refused(caller.post(FINISH, said(&passkey, &again)).await);
    }
    // What was asked to sign makes none, and beginning again replaces what was asked.
    let (fresh, mut signing) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
    signing.challenge = patient.is_asked_for_a_passkey().await["challenge"].as_str().unwrap().to_owned();
    refused(patient.post(FINISH, said(&fresh, &signing)).await);
    let (fresh, before) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
    patient.begins_a_passkey().await;
    refused(patient.post(FINISH, said(&fresh, &before)).await);
    let (fresh, late) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
    app.advance(Duration::from_mins(5));
    refused(patient.post(FINISH, said(&fresh, &late)).await);

    let twists: [(&str, Twist); 5] = [
        ("another origin", |said| said.origin = "https://localhost:8080".into()),
        ("another service", |said| said.rp_id = "example".into()),
        ("the person not verified", |said| said.flags &= !VERIFIED),
        ("nobody there", |said| said.flags &= !PRESENT),
        ("a signature", |said| said.kind = "webauthn.get"),
    ];
    for (what, twist) in twists {
        let (passkey, mut answering) = Passkey::asked_for(&patient.begins_a_passkey().await, ORIGIN);
        twist(&mut answering);
        let answer = patient.post(FINISH, said(&passkey, &answering)).await;
        assert_eq!(answer.status(), 422, "{what}: {answer}");
        refused(answer);
    }
    assert_eq!(patient.get(PATH).await.items().len(), 1);
}

#[actix_web::test]
async fn the_password_alone_signs_in_no_more_and_a_passkey_stands_beside_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, added) = patient.adds_a_passkey("Phone").await;
    let asked = logs_in(&patient, json!({})).await.is_problem(401, "second_factor_required").json();
    assert_eq!(asked["second_factors"], json!(["passkey"]));
    let wrong = json!({"email": patient.email(), "password": "not my password"});
    let told = patient.signed_out().post("/v1/auth/login", wrong).await.is_problem(401, "invalid_credentials");
    assert!(told.json().get("second_factors").is_none());

    let signed = passkey.signs(&patient.is_asked_for_a_passkey().await);
    logs_in(&patient, json!({"passkey": signed})).await.is(200);
    logs_in(&patient, json!({"passkey": signed})).await.is_problem(401, "invalid_second_factor");
    let (other, _) = app.patient().await.adds_a_passkey("Another's").await;
    let theirs = other.signs(&patient.is_asked_for_a_passkey().await);
    logs_in(&patient, json!({"passkey": theirs})).await.is_problem(401, "invalid_second_factor");
    let both = json!({"passkey": theirs, "code": "1"});
    logs_in(&patient, both).await.has_faults([("/passkey", "contradiction")]);

    // Whoever has lost all devices has the codes.
    let codes = codes_of(&added);
    logs_in(&patient, json!({"code": codes[0]})).await.is(200);
    logs_in(&patient, json!({"code": codes[0]})).await.is_problem(401, "invalid_second_factor");
    logs_in(&patient, json!({"code": "287082"})).await.is_problem(401, "invalid_second_factor");
    let stands = patient.get(FACTOR).await.is(200).json();
    assert_eq!(stands, json!({"enabled": false, "enabled_at": null, "passkeys": 1, "recovery_codes_left": 9}));
    let new = patient.post(format!("{FACTOR}/recovery-codes"), json!({"password": PASSWORD})).await.is(200).json();
    logs_in(&patient, json!({"code": codes[1]})).await.is_problem(401, "invalid_second_factor");
    logs_in(&patient, json!({"code": new["recovery_codes"][0]})).await.is(200);
}

#[actix_web::test]
async fn an_app_and_a_passkey_stand_side_by_side() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, first) = patient.adds_a_passkey("Phone").await;
    let (phone, codes) = patient.has_a_second_factor(app.now()).await;
    assert_ne!(codes_of(&first), codes);
    let asked = logs_in(&patient, json!({})).await.is_problem(401, "second_factor_required").json();
    assert_eq!(asked["second_factors"], json!(["app", "passkey"]));
    app.advance(Duration::from_mins(1));
    logs_in(&patient, json!({"code": phone.code(app.now())})).await.is(200);
    let signed = passkey.signs(&patient.is_asked_for_a_passkey().await);
    logs_in(&patient, json!({"passkey": signed})).await.is(200);

    // Beginning anew with the app, or turning it off, leaves the codes to the passkey.
    let off = json!({"password": PASSWORD, "code": codes[0]});
    patient.request(Method::DELETE, FACTOR).json(&off).await.is(204);
    patient.begins_a_second_factor().await;
    assert_eq!(patient.get(FACTOR).await.json()["recovery_codes_left"], 9);
    logs_in(&patient, json!({"code": codes[1]})).await.is(200);
    let asked = logs_in(&patient, json!({})).await.is_problem(401, "second_factor_required").json();
    assert_eq!(asked["second_factors"], json!(["passkey"]));
}

#[actix_web::test]
async fn a_passkey_that_is_removed_opens_nothing_and_the_last_takes_the_codes_along() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let ((phone, first), (ring, second)) =
        (patient.adds_a_passkey("Phone").await, patient.adds_a_passkey("Key ring").await);
    app.advance(LATE);
    let path = |row: &Row| format!("{PATH}/{}", row.id());
    patient.delete(path(&first)).await.is_problem(401, "step_up_required");
    let signed = ring.signs(&patient.is_asked_for_a_passkey().await);
    patient.post(STEP_UP, json!({"passkey": signed})).await.is(204);
    for _ in 0..2 {
        patient.delete(path(&first)).await.is(204);
    }
    patient.comes_with(&phone).await.is_problem(401, "invalid_passkey");
    let session = patient.signs_in_by(&ring).await;
    assert_eq!(patient.get(FACTOR).await.json()["recovery_codes_left"], 10);
    patient.delete(path(&second)).await.is(204);
    // It began with the passkey, and has not ended with it.
    session.get("/v1/me").await.is(200);
    assert_eq!(patient.get(FACTOR).await.json()["recovery_codes_left"], 0);
    logs_in(&patient, json!({})).await.is(200);
    let (_, again) = patient.adds_a_passkey("Phone").await;
    assert_eq!(codes_of(&again).len(), 10);
}

#[actix_web::test]
async fn a_passkey_proves_that_it_is_they_in_the_session_that_asks_and_no_other() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let elsewhere = patient.signs_in_by(&passkey).await;
    let (theirs, _) = app.patient().await.adds_a_passkey("Another's").await;
    app.advance(LATE);
    let invites = |caller: &Caller| caller.post("/v1/diaries/me/invitations", json!({"role": "viewer"}));
    invites(&patient).await.is_problem(401, "step_up_required");
    patient.request(Method::POST, "/v1/me/passkeys/begin").await.is_problem(401, "step_up_required");
    let asked = patient.post(STEP_UP, json!({"password": PASSWORD})).await.is_problem(401, "second_factor_required");
    assert_eq!(asked.json()["second_factors"], json!(["passkey"]));

    let signed = theirs.signs(&patient.is_asked_for_a_passkey().await);
    patient.post(STEP_UP, json!({"passkey": signed})).await.has_faults([("/passkey", "wrong_passkey")]);
    let signed = passkey.signs(&patient.is_asked_for_a_passkey().await);
    let both = json!({"passkey": signed, "password": PASSWORD});
    patient.post(STEP_UP, both).await.has_faults([("/passkey", "contradiction")]);
    patient.post(STEP_UP, json!({})).await.has_faults([("/password", "required")]);
    patient.post(STEP_UP, json!({"passkey": signed})).await.is(204);
    patient.post(STEP_UP, json!({"passkey": signed})).await.has_faults([("/passkey", "wrong_passkey")]);
    invites(&patient).await.is(201);
    invites(&elsewhere).await.is_problem(401, "step_up_required");
}

#[actix_web::test]
async fn wrong_passkeys_in_a_session_are_slowed_down_and_wrong_passwords_hold_no_passkey_up() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let once = passkey.signs(&patient.is_asked_for_a_passkey().await);
    sends(&patient, once.clone()).await.is(200);
    for _ in 0..10 {
        patient.post(STEP_UP, json!({"passkey": once})).await.has_faults([("/passkey", "wrong_passkey")]);
    }
    patient.post(STEP_UP, json!({"passkey": once})).await.is_problem(429, "too_many_requests");

    let wrong = json!({"email": patient.email(), "password": "not my password"});
    for _ in 0..10 {
        patient.signed_out().post("/v1/auth/login", wrong.clone()).await.is_problem(401, "invalid_credentials");
    }
    logs_in(&patient, json!({})).await.is_problem(429, "too_many_requests");
    patient.comes_with(&passkey).await.is(200);
}

#[actix_web::test]
async fn signing_in_by_passkey_is_limited_by_address_as_all_of_it_is() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "2")]).await;
    for _ in 0..2 {
        app.nobody().request(Method::POST, "/v1/auth/passkey/begin").await.is(200);
    }
    app.nobody().request(Method::POST, "/v1/auth/passkey/begin").await.is_problem(429, "too_many_requests");
    app.nobody().post(SIGN_IN, json!({})).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn a_device_that_signed_in_by_passkey_is_known_and_named() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    let credential = passkey.signs(&patient.is_asked_for_a_passkey().await);
    let said = json!({"credential": credential, "device_name": "Kim's tablet"});
    let tokens = patient.signed_out().post(SIGN_IN, said).await.is(200).json();
    let sessions = patient.get("/v1/auth/sessions").await.items();
    assert!(sessions.iter().any(|session| session["device_name"] == "Kim's tablet"));
    let credential = passkey.signs(&patient.is_asked_for_a_passkey().await);
    let said = json!({"credential": credential, "device_token": tokens["device_token"]});
    let again = patient.signed_out().post(SIGN_IN, said).await.is(200).json();
    assert_eq!(again["device_token"], tokens["device_token"]);
}

#[actix_web::test]
async fn twenty_fit_and_no_more() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (first, _) = patient.adds_a_passkey("Number 1").await;
    let elsewhere = patient.signs_in_by(&first).await;
    for number in 2..=19 {
        patient.adds_a_passkey(&format!("Number {number}")).await;
    }
    // Two begin the last one at once.
    let (late, answering) = Passkey::asked_for(&elsewhere.begins_a_passkey().await, ORIGIN);
    patient.adds_a_passkey("Number 20").await;
    let said = json!({"name": "one too many", "credential": late.made(&answering)});
    elsewhere.post(FINISH, said).await.has_faults([("", "too_many")]);
    patient.request(Method::POST, "/v1/me/passkeys/begin").await.has_faults([("", "too_many")]);
    let page = patient.get(format!("{PATH}?limit=19")).await.is(200);
    let last = patient.get(page.next_link().unwrap()).await.is(200);
    assert_eq!((page.items().len(), last.items().len(), last.next_link()), (19, 1, None));
}

#[actix_web::test]
async fn where_browsers_make_none_the_service_says_so_and_takes_none() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "http://127.0.0.1:8080")]).await;
    let patient = app.patient().await;
    for (path, caller) in [("/v1/auth/passkey/begin", patient.signed_out()), ("/v1/me/passkeys/begin", patient.clone())]
    {
        caller.request(Method::POST, path).await.is_problem(501, "passkeys_not_configured");
    }
    patient.get(PATH).await.lists([]);
    // It was at another address before: what was registered then is a second factor all the same.
    let elsewhere = TestApp::start().await;
    let (passkey, _) = elsewhere.patient().await.adds_a_passkey("Phone").await;
    let asked = elsewhere.patient().await.is_asked_for_a_passkey().await;
    sends(&patient, passkey.signs(&asked)).await.is_problem(401, "invalid_passkey");
}

#[actix_web::test]
async fn a_passkey_that_a_thief_has_added_is_seen_and_ends_with_the_password() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (own, _) = patient.adds_a_passkey("Phone").await;
    app.advance(Duration::from_secs(1));
    let since = app.now();
    let thief = patient.signs_in_by(&own).await;
    app.advance(Duration::from_secs(1));
    let (theirs, _) = thief.adds_a_passkey("A thief's phone").await;
    let opened = patient.get(format!("/v1/me/openings?since={}", encoded(&since.to_rfc3339()))).await.is(200).items();
    let said: Vec<_> = opened.iter().map(|row| (row["kind"].clone(), row["label"].clone())).collect();
    assert_eq!(said[0], (json!("passkey"), json!("A thief's phone")));
    assert_eq!(said[1].0, "session");
    // A page of one tells of it, and the next one goes on behind it.
    let first = patient.get("/v1/me/openings?limit=1").await.is(200);
    let second = patient.get(first.next_link().unwrap()).await.is(200);
    assert_eq!((&first.items()[0]["id"], &second.items()[0]["kind"]), (&opened[0]["id"], &json!("session")));

    let change = json!({
        "current_password": PASSWORD,
        "new_password": "nine loud otters by noon",
        "end_opened_since": since.to_rfc3339(),
    });
    patient.put("/v1/auth/password", change).await.is(204);
    patient.comes_with(&theirs).await.is_problem(401, "invalid_passkey");
    patient.comes_with(&own).await.is(200);
    let left = patient.get(FACTOR).await.is(200).json();
    assert_eq!((&left["passkeys"], &left["recovery_codes_left"]), (&json!(1), &json!(10)));
}

#[actix_web::test]
async fn an_account_that_is_erased_takes_its_passkeys_along() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (passkey, _) = patient.adds_a_passkey("Phone").await;
    patient.request(Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    patient.comes_with(&passkey).await.is_problem(401, "invalid_passkey");
    assert_eq!(app.sql("SELECT count(*) FROM passkeys WHERE true"), "0");
}

#[actix_web::test]
async fn what_nobody_answered_is_cleared_away_and_the_database_has_no_challenge() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let asked = patient.is_asked_for_a_passkey().await;
    patient.begins_a_passkey().await;
    assert!(!app.database_holds(asked["challenge"].as_str().unwrap()));
    let count = "SELECT count(*) FROM passkey_challenges WHERE true";
    app.advance(Duration::from_secs(4 * 60 + 59));
    app.clears_away().await;
    assert_eq!(app.sql(count), "2");
    app.advance(Duration::from_secs(1));
    app.clears_away().await;
    assert_eq!(app.sql(count), "0");
}

#[actix_web::test]
async fn programs_see_and_name_passkeys_where_they_may_and_add_or_remove_none() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (_, added) = patient.adds_a_passkey("Phone").await;
    let path = format!("{PATH}/{}", added.id());
    for (scope, status) in [("account:manage", 200), ("diary:read", 403)] {
        let said = json!({"name": "Watch", "scopes": [scope]});
        let token = patient.post("/v1/tokens", said).await.is(201).row();
        let program = patient.with_access_token(token["secret"].as_str().unwrap());
        program.get(PATH).await.is(status);
        program.patch(path.as_str(), json!({"name": "Mine"})).await.is(status);
        program.delete(path.as_str()).await.is_problem(403, "insufficient_scope");
        program.request(Method::POST, "/v1/me/passkeys/begin").await.is_problem(403, "insufficient_scope");
    }
}
