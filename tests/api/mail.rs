//! What is done by mail: confirming an address, having another one, and getting in again without the password.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{
    app::{Mail, fresh_email},
    *,
};

const OTHER: &str = "nine loud otters by noon";
const REGISTER: &str = "/v1/auth/register";
const ASK: &str = "/v1/auth/password-reset";
const CHOOSE: &str = "/v1/auth/password-reset/confirm";
const VERIFY: &str = "/v1/auth/verify-email";
const CHANGE: &str = "/v1/me/email";
const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const THREE_DAYS: Duration = Duration::from_hours(72);

async fn asks(app: &TestApp, email: &str) -> Answer {
    app.nobody().post(ASK, json!({"email": email})).await
}

async fn chooses(app: &TestApp, token: &str, password: &str) -> Answer {
    app.nobody().post(CHOOSE, json!({"token": token, "password": password})).await
}

async fn verifies(app: &TestApp, token: &str) -> Answer {
    app.nobody().post(VERIFY, json!({"token": token})).await
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    app.nobody().post("/v1/auth/login", json!({"email": email, "password": password})).await
}

async fn wants(person: &Caller, email: &str) -> Answer {
    person.post(CHANGE, json!({"email": email, "current_password": PASSWORD})).await
}

fn opens_nothing(answer: Answer) {
    answer.has_faults([("/token", "wrong_code")]);
}

/// The mails that are to be sent by now, but for those that tell of sign-ins.
async fn letters(app: &TestApp) -> Vec<Mail> {
    app.mail().await.into_iter().filter(|mail| mail.subject != "A new device").collect()
}

/// The one such mail.
async fn only_mail(app: &TestApp) -> Mail {
    let mut mails = letters(app).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

/// A patient whose address is confirmed, where mail is sent.
async fn confirmed(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    verifies(app, &only_mail(app).await.token()).await.is(204);
    patient
}

async fn me(person: &Caller) -> Value {
    person.get("/v1/me").await.is(200).json()
}

#[actix_web::test]
async fn a_service_without_a_mail_server_says_so() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (path, body) in [
        (ASK, json!({"email": patient.email()})),
        (CHOOSE, json!({"token": "crm_x", "password": OTHER})),
        (VERIFY, json!({"token": "crm_x"})),
    ] {
        app.nobody().post(path, body).await.is_problem(501, "mail_not_configured");
    }
    wants(&patient, "kim@example.org").await.is_problem(501, "mail_not_configured");
    // Somebody whose session is over learns that first.
    patient.post("/v1/auth/logout", json!({})).await.is(204);
    wants(&patient, "kim@example.org").await.is_problem(401, "unauthenticated");
    assert!(letters(&app).await.is_empty());
}

#[actix_web::test]
async fn whoever_registers_is_answered_the_same_whether_the_address_has_an_account_or_not() {
    let app = TestApp::start_with_mail().await;
    let email = fresh_email();
    let account = |password: &str| json!({"email": email, "password": password, "display_name": "Kim"});
    let first = app.nobody().post(REGISTER, account(PASSWORD)).await.is(202);
    let mail = only_mail(&app).await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (email.as_str(), "Confirm your address"));
    let patient = app.nobody().signs_in_as(&email, PASSWORD).await;
    assert_eq!(me(&patient).await["email_verified"], json!(false));

    let second = app.nobody().post(REGISTER, account(OTHER)).await.is(202);
    assert_eq!((first.text(), first.header("content-type")), (second.text(), second.header("content-type")));
    let mail = only_mail(&app).await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (email.as_str(), "You already have an account"));
    assert!(!mail.text.contains("token="), "{}", mail.text);
    login(&app, &email, OTHER).await.is_problem(401, "invalid_credentials");
    patient.get("/v1/diaries/me").await.is(200);
}

#[actix_web::test]
async fn a_mail_to_a_new_address_confirms_it_once_within_three_days() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    let (page, token) = only_mail(&app).await.link();
    assert_eq!(page, "/verify");
    opens_nothing(verifies(&app, "crm_short").await);
    opens_nothing(verifies(&app, &token.replace("crm_", "crk_")).await);
    opens_nothing(chooses(&app, &token, OTHER).await);
    verifies(&app, &token).await.is(204);
    assert_eq!(me(&patient).await["email_verified"], json!(true));
    opens_nothing(verifies(&app, &token).await);
    // There is nothing to confirm any more.
    wants(&patient, patient.email()).await.is(202);
    assert!(letters(&app).await.is_empty());

    let other = app.patient().await;
    let late = only_mail(&app).await.token();
    wants(&other, other.email()).await.is(202);
    let fresh = only_mail(&app).await.token();
    opens_nothing(verifies(&app, &late).await);
    app.advance(THREE_DAYS);
    opens_nothing(verifies(&app, &fresh).await);
    app.clears_away().await;
    assert_eq!(app.sql("SELECT count(*) FROM mail_keys WHERE true"), "0");
}

#[actix_web::test]
async fn whoever_forgot_the_password_chooses_another_one_by_mail() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let elsewhere = app.nobody().signs_in_as(patient.email(), PASSWORD).await;
    asks(&app, &patient.email().to_uppercase()).await.is(202);
    let mail = only_mail(&app).await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (patient.email(), "Choose another password"));
    let (page, token) = mail.link();
    assert_eq!(page, "/reset");
    // Nobody is signed out by a mail that somebody asks for.
    patient.get("/v1/me").await.is(200);
    // What won't do spends nothing, and every fault is told.
    chooses(&app, &token, "short").await.has_faults([("/password", "too_short")]);
    chooses(&app, &token, "password1234").await.has_faults([("/password", "weak_password")]);
    app.nobody()
        .post(CHOOSE, json!({"token": 5}))
        .await
        .has_faults([("/token", "wrong_type"), ("/password", "required")]);

    chooses(&app, &token, OTHER).await.is(204);
    for ended in [&patient, &elsewhere] {
        ended.get("/v1/me").await.is_problem(401, "unauthenticated");
        ended.refreshes(&ended.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    }
    opens_nothing(chooses(&app, &token, PASSWORD).await);
    login(&app, patient.email(), PASSWORD).await.is_problem(401, "invalid_credentials");
    let again = app.nobody().signs_in_as(patient.email(), OTHER).await;
    again.get("/v1/diaries/me").await.is(200);
    let told = only_mail(&app).await;
    assert_eq!((told.to.as_str(), told.subject.as_str()), (patient.email(), "Your password was changed"));
}

#[actix_web::test]
async fn a_link_to_another_password_works_for_half_an_hour_and_the_last_one_used_ends_all() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    asks(&app, patient.email()).await.is(202);
    let late = only_mail(&app).await.token();
    app.advance(HALF_AN_HOUR);
    opens_nothing(chooses(&app, &late, OTHER).await);
    asks(&app, patient.email()).await.is(202);
    let one = only_mail(&app).await.token();
    asks(&app, patient.email()).await.is(202);
    let two = only_mail(&app).await.token();
    chooses(&app, &one, OTHER).await.is(204);
    opens_nothing(chooses(&app, &two, PASSWORD).await);
    assert!(!app.database_holds(&one) && !app.database_holds(&two));
}

#[actix_web::test]
async fn nobody_learns_by_asking_whether_an_address_has_an_account() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    only_mail(&app).await;
    let known = asks(&app, patient.email()).await.is(202);
    let statements = |app: &TestApp| app.sql("SELECT count(*) FROM letters WHERE true");
    assert_eq!(statements(&app), "1");
    for unknown in [fresh_email(), "no address".to_owned(), String::new()] {
        let answer = asks(&app, &unknown).await.is(202);
        assert_eq!(answer.text(), known.text());
    }
    // The work is the same as well: whose address it is, is looked at when the mail is sent.
    assert_eq!(statements(&app), "2");
    assert_eq!(only_mail(&app).await.to, patient.email());
    assert_eq!(statements(&app), "0");
}

#[actix_web::test]
async fn an_address_is_not_flooded_with_mail() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    let unknown = fresh_email();
    only_mail(&app).await;
    for _ in 0..10 {
        asks(&app, patient.email()).await.is(202);
        asks(&app, &unknown).await.is(202);
    }
    for email in [patient.email(), &unknown] {
        let held = asks(&app, email).await.is_problem(429, "too_many_requests");
        assert_eq!(held.retry_after(), 1);
    }
    assert_eq!(letters(&app).await.len(), 10);
    // Whoever registers an address again and again keeps its owner from nothing.
    for _ in 0..9 {
        let account = json!({"email": patient.email(), "password": OTHER});
        app.nobody().post(REGISTER, account).await.is(202);
    }
    let account = json!({"email": patient.email(), "password": OTHER});
    app.nobody().post(REGISTER, account).await.is_problem(429, "too_many_requests");
    assert_eq!(letters(&app).await.len(), 9);
    login(&app, patient.email(), PASSWORD).await.is(200);
    app.advance(Duration::from_secs(1));
    asks(&app, patient.email()).await.is(202);
    // Whoever has found the way back is asked for nothing of it.
    chooses(&app, &only_mail(&app).await.token(), OTHER).await.is(204);
    asks(&app, patient.email()).await.is(202);
}

#[actix_web::test]
async fn what_was_opened_with_a_forgotten_password_is_shown_after_another_one_was_chosen() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let program = json!({"name": "Left behind", "scopes": ["diary:read"]});
    patient.post("/v1/tokens", program).await.is(201);
    asks(&app, patient.email()).await.is(202);
    chooses(&app, &only_mail(&app).await.token(), OTHER).await.is(204);
    let again = app.nobody().signs_in_as(patient.email(), OTHER).await;
    let opened = again.get("/v1/me/openings").await.is(200).items();
    assert!(opened.iter().any(|opening| opening["label"] == "Left behind"), "{opened:?}");
}

#[actix_web::test]
async fn a_link_to_another_password_opens_nothing_once_it_was_changed() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    asks(&app, patient.email()).await.is(202);
    let sent = only_mail(&app).await.token();
    // One waits to be sent.
    asks(&app, patient.email()).await.is(202);
    let change = json!({"current_password": PASSWORD, "new_password": OTHER});
    patient.put("/v1/auth/password", change).await.is(204);
    opens_nothing(chooses(&app, &sent, PASSWORD).await);
    assert_eq!(only_mail(&app).await.subject, "Your password was changed");
}

#[actix_web::test]
async fn a_second_factor_stays_on_when_the_password_is_chosen_anew() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    patient.has_a_second_factor(app.now()).await;
    letters(&app).await;
    asks(&app, patient.email()).await.is(202);
    chooses(&app, &only_mail(&app).await.token(), OTHER).await.is(204);
    login(&app, patient.email(), OTHER).await.is_problem(401, "second_factor_required");
}

#[actix_web::test]
async fn another_address_is_confirmed_at_both_ends() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let (old, new) = (patient.email().to_owned(), fresh_email());
    wants(&patient, &new).await.is(202);
    let mails = letters(&app).await;
    let to = |address: &str| mails.iter().find(|mail| mail.to == address).unwrap();
    assert_eq!(mails.len(), 2);
    assert_eq!(to(&new).subject, "Confirm your address");
    assert_eq!(to(&old).subject, "Your address is to be changed");
    // Whoever agrees reads to what.
    assert!(to(&old).text.contains(&new), "{}", to(&old).text);
    verifies(&app, &to(&new).token()).await.is(204);
    assert_eq!(me(&patient).await["email"], json!(old));
    login(&app, &new, PASSWORD).await.is_problem(401, "invalid_credentials");
    verifies(&app, &to(&old).token()).await.is(204);
    let account = me(&patient).await;
    assert_eq!((&account["email"], &account["email_verified"]), (&json!(new), &json!(true)));
    login(&app, &old, PASSWORD).await.is_problem(401, "invalid_credentials");
    login(&app, &new, PASSWORD).await.is(200);
    let told = only_mail(&app).await;
    assert_eq!((told.to.as_str(), told.subject.as_str()), (old.as_str(), "Your address was changed"));
    // Somebody else may have the address from now on.
    app.nobody().post(REGISTER, json!({"email": old, "password": OTHER})).await.is(202);
    login(&app, &old, OTHER).await.is(200);
}

#[actix_web::test]
async fn an_address_that_was_never_confirmed_is_not_asked_whether_it_may_go() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    let stale = only_mail(&app).await.token();
    let new = fresh_email();
    wants(&patient, &new).await.is(202);
    verifies(&app, &only_mail(&app).await.token()).await.is(204);
    assert_eq!(me(&patient).await["email"], json!(new));
    opens_nothing(verifies(&app, &stale).await);
}

#[actix_web::test]
async fn a_change_of_address_that_goes_wrong_changes_nothing() {
    let app = TestApp::start_with_mail().await;
    let (patient, other) = (confirmed(&app).await, confirmed(&app).await);
    let one = json!({"email": "kim", "current_password": "x", "more": 1});
    patient.post(CHANGE, one).await.has_faults([("/email", "malformed"), ("/more", "unknown_field")]);
    let wrong = json!({"email": fresh_email(), "current_password": OTHER});
    patient.post(CHANGE, wrong).await.has_faults([("/current_password", "wrong_password")]);
    assert!(letters(&app).await.is_empty());

    // Whose address it is by now, only they are told.
    wants(&patient, other.email()).await.is(202);
    let mails = letters(&app).await;
    let subjects =
        |to: &str| mails.iter().filter(|mail| mail.to == to).map(|mail| mail.subject.as_str()).collect::<Vec<_>>();
    assert_eq!(subjects(other.email()), ["You already have an account"]);
    assert_eq!(subjects(patient.email()), ["Your address is to be changed"]);
    verifies(&app, &mails.iter().find(|mail| mail.to == patient.email()).unwrap().token()).await.is(204);
    assert_eq!(me(&patient).await["email"], json!(patient.email()));

    // Another wish takes the place of the first, and one for the present address ends both.
    let (first, second) = (fresh_email(), fresh_email());
    wants(&patient, &first).await.is(202);
    let before = letters(&app).await;
    wants(&patient, &second).await.is(202);
    for mail in &before {
        opens_nothing(verifies(&app, &mail.token()).await);
    }
    let waiting = letters(&app).await;
    wants(&patient, patient.email()).await.is(202);
    for mail in &waiting {
        opens_nothing(verifies(&app, &mail.token()).await);
    }
    // Somebody opens an account with the address while it waits.
    wants(&patient, &second).await.is(202);
    let mails = letters(&app).await;
    app.nobody().post(REGISTER, json!({"email": second, "password": OTHER})).await.is(202);
    let token = |to: &str| mails.iter().find(|mail| mail.to == to).map(Mail::token).unwrap();
    verifies(&app, &token(patient.email())).await.is(204);
    verifies(&app, &token(&second)).await.has_faults([("/token", "contradiction")]);
    assert_eq!(me(&patient).await["email"], json!(patient.email()));
}

#[actix_web::test]
async fn a_change_of_address_wants_a_fresh_proof_and_a_link_sent_to_the_old_one_is_void_after_it() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let new = fresh_email();
    app.advance(Duration::from_mins(11));
    wants(&patient, &new).await.is_problem(401, "step_up_required");
    patient.steps_up().await;
    asks(&app, patient.email()).await.is(202);
    let reset = only_mail(&app).await.token();
    wants(&patient, &new).await.is(202);
    for mail in letters(&app).await {
        verifies(&app, &mail.token()).await.is(204);
    }
    opens_nothing(chooses(&app, &reset, OTHER).await);
    // Asked for at the old address, and sent when it is nobody's any more.
    asks(&app, patient.email()).await.is(202);
    let mails = letters(&app).await;
    assert_eq!(mails.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["Your address was changed"]);
}

#[actix_web::test]
async fn mail_is_in_the_language_of_whoever_gets_it() {
    let app = TestApp::start_with_mail().await;
    let email = fresh_email();
    let account = json!({"email": email, "password": PASSWORD});
    app.nobody().post(REGISTER, account).header("accept-language", "fr, de;q=0.5").await.is(202);
    let mail = only_mail(&app).await;
    assert_eq!(mail.subject, "Bestätigen Sie Ihre Adresse");
    assert!(mail.html.contains("<html lang=\"de\">"), "{}", mail.html);
    let patient = app.nobody().signs_in_as(&email, PASSWORD).await;
    assert_eq!(me(&patient).await["language"], json!("de"));
    // Whoever asks on a device that speaks another language gets it in that; what tells of something, in the account's.
    app.nobody().post(ASK, json!({"email": email})).header("accept-language", "en-GB").await.is(202);
    let mail = only_mail(&app).await;
    assert_eq!(mail.subject, "Choose another password");
    chooses(&app, &mail.token(), OTHER).await.is(204);
    assert_eq!(only_mail(&app).await.subject, "Ihr Passwort wurde geändert");
    let patient = app.nobody().signs_in_as(&email, OTHER).await;
    let patch = |language: Value| patient.patch("/v1/me", json!({"language": language}));
    assert_eq!(patch(json!("en")).await.is(200).json()["language"], json!("en"));
    patch(json!("fr")).await.has_faults([("/language", "not_one_of")]);
    assert_eq!(patch(Value::Null).await.is(200).json()["language"], Value::Null);
    asks(&app, &email).await.is(202);
    assert_eq!(only_mail(&app).await.subject, "Choose another password");
}

#[actix_web::test]
async fn no_mail_says_what_the_service_is_for() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    app.nobody().post(REGISTER, json!({"email": patient.email(), "password": OTHER})).await.is(202);
    asks(&app, patient.email()).await.is(202);
    wants(&patient, &fresh_email()).await.is(202);
    let mails = letters(&app).await;
    assert_eq!(mails.len(), 4);
    for mail in mails {
        for word in ["cramp", "leg", "diary", "clinic", "patient", "night"] {
            let text = format!("{} {}", mail.subject, mail.text).to_lowercase();
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[actix_web::test]
async fn an_account_that_is_erased_gets_no_mail_any_more_and_its_links_open_nothing() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    asks(&app, patient.email()).await.is(202);
    let reset = only_mail(&app).await.token();
    wants(&patient, &fresh_email()).await.is(202);
    asks(&app, patient.email()).await.is(202);
    patient.delete("/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    assert!(letters(&app).await.is_empty());
    opens_nothing(chooses(&app, &reset, OTHER).await);
    for table in ["letters", "mail_keys", "email_changes"] {
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table} WHERE true")), "0", "{table}");
    }
}

#[actix_web::test]
async fn a_mail_is_sent_by_somebody_else_when_who_had_it_to_send_is_gone() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    let lost = app.takes_mail_and_dies().await;
    assert_eq!(lost.len(), 1);
    assert!(letters(&app).await.is_empty());
    app.advance(Duration::from_mins(5));
    let sent = only_mail(&app).await;
    assert_eq!((&sent.id, sent.to.as_str()), (&lost[0].id, patient.email()));
    // The first one may have arrived: both work, and each once.
    assert_ne!(sent.token(), lost[0].token());
    verifies(&app, &lost[0].token()).await.is(204);
    verifies(&app, &sent.token()).await.is(204);
    opens_nothing(verifies(&app, &sent.token()).await);
}

#[actix_web::test]
async fn a_mail_that_nobody_could_hand_in_for_too_long_is_not_sent_any_more() {
    let app = TestApp::start_with_mail().await;
    let patient = app.patient().await;
    asks(&app, patient.email()).await.is(202);
    app.advance(Duration::from_mins(61));
    assert_eq!(only_mail(&app).await.subject, "Confirm your address");
    let patient = app.nobody().signs_in_as(patient.email(), PASSWORD).await;
    wants(&patient, patient.email()).await.is(202);
    app.advance(Duration::from_hours(48) + Duration::from_secs(1));
    assert!(letters(&app).await.is_empty());
}
