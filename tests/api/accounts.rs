use std::time::Duration;

use serde_json::{Value, json};

use super::support::{app::fresh_email, *};

fn account(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[actix_web::test]
async fn a_patient_gets_an_account_a_session_and_a_diary_in_their_zone() {
    let app = TestApp::start().await;
    let email = fresh_email();
    let new = json!({
        "email": email, "password": PASSWORD, "display_name": "Kim Larsen", "time_zone": "Europe/Berlin",
        "device_name": "Kim's phone",
    });
    let registered = app.nobody().post("/v1/auth/register", new).await.is(201).json();
    let user = &registered["user"];
    assert_eq!(user["email"], json!(email));
    assert_eq!(user["display_name"], "Kim Larsen");
    assert_eq!(user["kind"], "patient");
    assert_eq!(user["time_zone"], "Europe/Berlin");
    let tokens = &registered["tokens"];
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(tokens["refresh_expires_in"], 30 * 24 * 3600);

    let kim = app.nobody().with(Tokens::of(tokens));
    assert_eq!(kim.get("/v1/me").await.is(200).json(), *user);
    let diary = kim.get("/v1/diaries/me").await.is(200).row();
    assert_eq!((&diary["time_zone"], &diary["role"]), (&json!("Europe/Berlin"), &json!("owner")));
    assert_eq!((&diary["night_start"], &diary["night_end"]), (&json!("22:00"), &json!("06:00")));
    assert_eq!(diary["evening_start"], "18:00");
    let sessions = kim.get("/v1/auth/sessions").await.items();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0]["device_name"], "Kim's phone");
}

#[actix_web::test]
async fn email_and_password_are_all_that_it_takes() {
    let app = TestApp::start().await;
    let registered = app.nobody().post("/v1/auth/register", account(&fresh_email(), PASSWORD)).await.is(201).json();
    let user = &registered["user"];
    assert_eq!(
        (&user["display_name"], &user["kind"], &user["time_zone"]),
        (&Value::Null, &json!("patient"), &json!("UTC"))
    );
}

#[actix_web::test]
async fn a_clinician_has_no_diary_of_their_own() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    assert_eq!(clinician.get("/v1/me").await.json()["kind"], "clinician");
    clinician.get("/v1/diaries/me").await.is_problem(404, "not_found");
    clinician.get("/v1/diaries/me/episodes").await.is_problem(404, "not_found");
    clinician.post("/v1/diaries/me/episodes", a_cramp()).await.is_problem(404, "not_found");
    clinician.get("/v1/diaries").await.lists([]);
}

#[actix_web::test]
async fn an_email_that_differs_in_case_alone_is_taken() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    nobody.post("/v1/auth/register", account("Ann.Lee@Example.org", PASSWORD)).await.is(201);
    for same in ["Ann.Lee@Example.org", "ann.lee@example.org", "ANN.LEE@EXAMPLE.ORG"] {
        nobody.post("/v1/auth/register", account(same, PASSWORD)).await.is_problem(409, "email_taken");
        nobody.post("/v1/auth/login", account(same, PASSWORD)).await.is(200);
    }
}

#[actix_web::test]
async fn of_many_who_register_one_email_at_once_one_succeeds() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let email = fresh_email();
    let requests = (0..8).map(|_| nobody.post("/v1/auth/register", account(&email, PASSWORD)).into_future());
    let mut statuses: Vec<_> = futures_util::future::join_all(requests).await.iter().map(Answer::status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[actix_web::test]
async fn a_password_that_is_easily_guessed_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let email = "margaret.hale@example.org";
    let mut taken = Vec::new();
    for (password, fault) in [
        ("", "too_short"),
        ("elevenchars", "too_short"),
        ("password1234", "weak_password"),
        ("123456789012", "weak_password"),
        ("aaaaaaaaaaaaaaaa", "weak_password"),
        ("qwertyuiop12", "weak_password"),
        ("margaret.hale", "weak_password"),
        ("Margaret.Hale@example.org", "weak_password"),
        ("cramp-diary-1", "weak_password"),
        ("Sommer2026!!", "weak_password"),
        ("Fruehling2026", "weak_password"),
        ("hallohallo12", "weak_password"),
        ("IchLiebeGurken", "weak_password"),
        ("eiskaffee348", "weak_password"),
        ("tottenhamhotspur", "weak_password"),
        (&"long and winding ".repeat(8), "too_long"),
        (&"🦵".repeat(300), "too_long"),
    ] {
        let answer = app.nobody().post("/v1/auth/register", account(email, password)).await;
        if answer.status() == 201 {
            taken.push(password.to_owned());
            let person = app.nobody().with(Tokens::of(&answer.json()["tokens"]));
            let leave = person.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": password}));
            leave.await.is(204);
        } else {
            answer.has_faults([("/password", fault)]);
        }
    }
    assert!(taken.is_empty(), "these were taken: {taken:?}");
    app.nobody().post("/v1/auth/login", account(email, "password1234")).await.is_problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn a_password_may_be_any_text_of_twelve_to_128_characters() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let longest: String = "seven quiet herons at dusk over the reeds ".chars().cycle().take(128).collect();
    for password in ["νύχτα και κράμπα", "  spaces at both ends  ", "🦵🌙 three cramps 🦵🌙", &longest]
    {
        let email = fresh_email();
        nobody.post("/v1/auth/register", account(&email, password)).await.is(201);
        nobody.post("/v1/auth/login", account(&email, password)).await.is(200);
    }
    // Nothing is cut off or trimmed.
    let email = fresh_email();
    nobody.post("/v1/auth/register", account(&email, "  spaces at both ends  ")).await.is(201);
    nobody.post("/v1/auth/login", account(&email, "spaces at both ends")).await.is_problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn all_faults_of_a_registration_come_at_once() {
    let app = TestApp::start().await;
    let wrong = json!({
        "email": "nobody", "password": "short", "display_name": "", "kind": "robot", "time_zone": "Mars/Olympus",
        "device_name": 7, "admin": true,
    });
    app.nobody().post("/v1/auth/register", wrong).await.has_faults([
        ("/email", "malformed"),
        ("/password", "too_short"),
        ("/display_name", "too_short"),
        ("/kind", "not_one_of"),
        ("/time_zone", "not_one_of"),
        ("/device_name", "wrong_type"),
        ("/admin", "unknown_field"),
    ]);
    app.nobody()
        .post("/v1/auth/register", json!({}))
        .await
        .has_faults([("/email", "required"), ("/password", "required")]);
    app.nobody().post("/v1/auth/register", json!([])).await.has_faults([("", "wrong_type")]);
}

#[actix_web::test]
async fn a_weak_password_is_told_beside_the_other_faults() {
    let app = TestApp::start().await;
    let wrong = json!({"email": fresh_email(), "password": "password1234", "kind": "robot"});
    let answer = app.nobody().post("/v1/auth/register", wrong).await;
    answer.has_faults([("/password", "weak_password"), ("/kind", "not_one_of")]);
}

#[actix_web::test]
async fn name_and_zone_of_an_account_can_be_changed_and_the_name_taken_back() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let before = patient.get("/v1/me").await.is(200).json();
    app.advance(Duration::from_mins(1));
    let named = patient.patch("/v1/me", json!({"display_name": "Kim"})).await.is(200).json();
    assert_eq!((&named["display_name"], &named["time_zone"]), (&json!("Kim"), &json!("UTC")));
    assert_ne!(named["updated_at"], before["updated_at"]);
    assert_eq!(named["created_at"], before["created_at"]);
    let moved = patient.patch("/v1/me", json!({"time_zone": "Asia/Kolkata"})).await.is(200).json();
    assert_eq!((&moved["display_name"], &moved["time_zone"]), (&json!("Kim"), &json!("Asia/Kolkata")));
    let unnamed = patient.patch("/v1/me", json!({"display_name": null})).await.is(200).json();
    assert_eq!((&unnamed["display_name"], &unnamed["time_zone"]), (&Value::Null, &json!("Asia/Kolkata")));
    assert_eq!(patient.get("/v1/me").await.json(), unnamed);
    assert_eq!(patient.patch("/v1/me", json!({})).await.is(200).json(), unnamed);
    // The account's zone is not the diary's.
    assert_eq!(patient.settings().await["time_zone"], "UTC");
}

#[actix_web::test]
async fn what_an_account_is_cannot_be_patched() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let wrong = json!({
        "id": "x", "email": "other@example.org", "kind": "clinician", "created_at": null, "time_zone": "Nowhere",
        "display_name": "x".repeat(201), "password": PASSWORD,
    });
    patient.patch("/v1/me", wrong).await.has_faults([
        ("/id", "read_only"),
        ("/email", "read_only"),
        ("/kind", "read_only"),
        ("/time_zone", "not_one_of"),
        ("/display_name", "too_long"),
        ("/password", "unknown_field"),
    ]);
    let present = patient.get("/v1/me").await.is(200).json();
    let mut sent_back = present.clone();
    assert_eq!(patient.patch("/v1/me", sent_back.clone()).await.is(200).json(), present, "sent back as it came");
    sent_back["display_name"] = json!("Kim");
    assert_eq!(patient.patch("/v1/me", sent_back).await.is(200).json()["display_name"], "Kim");
    patient.patch("/v1/me", json!({"time_zone": null})).await.has_faults([("/time_zone", "required")]);
    patient.patch("/v1/me", json!("Kim")).await.has_faults([("", "wrong_type")]);
}

#[actix_web::test]
async fn a_new_password_takes_the_place_of_the_old_one_and_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let here = app.patient().await;
    let elsewhere = here.signs_in().await;
    let change = json!({"current_password": PASSWORD, "new_password": "nine loud otters by noon"});
    here.put("/v1/auth/password", change).await.is(204);

    here.get("/v1/me").await.is(200);
    here.refreshes(&here.tokens().refresh).await.is(200);
    elsewhere.get("/v1/me").await.is_problem(401, "unauthenticated");
    elsewhere.refreshes(&elsewhere.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    let nobody = app.nobody();
    nobody.post("/v1/auth/login", account(here.email(), PASSWORD)).await.is_problem(401, "invalid_credentials");
    nobody.post("/v1/auth/login", account(here.email(), "nine loud otters by noon")).await.is(200);
}

#[actix_web::test]
async fn a_wrong_current_password_is_a_fault_of_the_body_and_changes_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let elsewhere = patient.signs_in().await;
    let wrong = json!({"current_password": "not my password", "new_password": "nine loud otters by noon"});
    patient.put("/v1/auth/password", wrong).await.has_faults([("/current_password", "wrong_password")]);
    let weak = json!({"current_password": PASSWORD, "new_password": patient.email()});
    patient.put("/v1/auth/password", weak).await.has_faults([("/new_password", "weak_password")]);
    let short = json!({"current_password": 1, "new_password": "short"});
    let faults = [("/current_password", "wrong_type"), ("/new_password", "too_short")];
    patient.put("/v1/auth/password", short).await.has_faults(faults);
    elsewhere.get("/v1/me").await.is(200);
    patient.signs_in().await;
}

#[actix_web::test]
async fn a_stolen_session_is_no_way_to_guess_the_password() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let guess = json!({"current_password": "not my password", "new_password": "nine loud otters by noon"});
    for _ in 0..10 {
        patient.put("/v1/auth/password", guess.clone()).await.is(422);
    }
    for wait in [1, 2, 4] {
        app.advance(Duration::from_secs(wait));
        patient.put("/v1/auth/password", guess.clone()).await.is(422);
    }
    let right = json!({"current_password": PASSWORD, "new_password": "nine loud otters by noon"});
    let refused = patient.put("/v1/auth/password", right).await.is_problem(429, "too_many_requests");
    assert!((1..=8).contains(&refused.retry_after()));
    let leave = patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));
    leave.await.is_problem(429, "too_many_requests");
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn a_stolen_session_keeps_its_owner_from_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let thief = patient.signs_in().await;
    let other = "nine loud otters by noon";
    let change = |current: &str| json!({"current_password": current, "new_password": other});
    for _ in 0..10 {
        thief.post("/v1/auth/step-up", json!({"password": "not my password"})).await.is(422);
    }
    thief.put("/v1/auth/password", change("not my password")).await.is_problem(429, "too_many_requests");
    let own = json!({"password": "not my password"});
    patient.post("/v1/auth/step-up", own).await.has_faults([("/password", "wrong_password")]);
    patient.put("/v1/auth/password", change(PASSWORD)).await.is(204);
    thief.get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn leaving_erases_every_trace() {
    const NOTE: &str = "a note that nobody else would write: quicksilver marmalade";
    let mut app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let cramp = patient.logs(a_cramp().note(NOTE)).await;
    patient.is_sore(&cramp, "2026-03-02", 4).await;
    patient.put(patient.diary().check_in("2026-03-03"), json!({"cramp_free": true, "note": NOTE})).await.is(201);
    let treatment = json!({"kind": "other", "name": NOTE, "started_on": "2026-03-01", "note": NOTE});
    patient.post(patient.diary().treatments(), treatment).await.is(201);
    patient.patch("/v1/me", json!({"display_name": "Quentin Quicksilver"})).await.is(200);
    patient.patch(patient.diary().path(), json!({"display_name": "Quentin's cramps"})).await.is(200);
    let kept = other.logs(a_cramp().note("the other one's note")).await;
    let elsewhere = patient.signs_in().await;

    let leave =
        |password: &str| patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": password}));
    leave("not my password").await.has_faults([("/password", "wrong_password")]);
    patient.get("/v1/me").await.is(200);
    leave(PASSWORD).await.is(204);

    for gone in [&patient, &elsewhere] {
        gone.get("/v1/me").await.is_problem(401, "unauthenticated");
        gone.refreshes(&gone.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    }
    let credentials = account(patient.email(), PASSWORD);
    app.nobody().post("/v1/auth/login", credentials.clone()).await.is_problem(401, "invalid_credentials");
    other.get(patient.diary().path()).await.is_problem(404, "not_found");
    other.get(other.diary().episodes()).await.lists([&kept]);

    // The ledger knows which account is gone, so that no restored backup brings it back. Nothing else does.
    assert_eq!(app.sql("SELECT count(*) FROM endings"), "1");
    app.forgets_what_ended();
    let traces = [patient.email(), patient.user_id(), patient.diary().id(), cramp.id(), NOTE, "Quentin"];
    let begun = std::time::Instant::now();
    while let Some(trace) = traces.into_iter().find(|trace| app.database_holds(trace)) {
        assert!(begun.elapsed().as_secs() < 30, "{trace:?} is still in the database while it runs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    app.close();
    assert!(
        app.database_holds(other.email()) && app.database_holds("the other one's note"),
        "the search finds nothing at all"
    );
    for trace in traces {
        assert!(!app.database_holds(trace), "{trace:?} is still in the database");
    }

    app.restart().await;
    app.nobody().post("/v1/auth/register", credentials).await.is(201);
}

#[actix_web::test]
async fn an_erasure_that_was_cut_off_goes_on_when_it_is_repeated() {
    const CRAMPS: usize = 520;
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let diary = patient.diary();
    let cramp = |n: usize| a_cramp().id(&format!("n{n}")).at(&format!("2026-03-01T{:02}:{:02}:00Z", n / 60, n % 60));
    for first in (0..CRAMPS).step_by(20) {
        futures_util::future::join_all((first..first + 20).map(|n| patient.logs(cramp(n)))).await;
    }
    patient.is_sore(&patient.get(diary.episode("n0")).await.row(), "2026-03-02", 4).await;
    let revision = patient.settings().await.revision();

    app.has_no_room_for("DELETE ON episodes", &format!("OLD.id = 'n{}'", CRAMPS - 1));
    let leave = || patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));
    leave().await.is_problem(507, "storage_full");
    let left = patient.lists_all(diary.episodes()).await;
    assert!(!left.is_empty() && left.len() < CRAMPS / 2, "{} are left: it was all or nothing", left.len());
    assert!(left.iter().all(|cramp| cramp["soreness"]["days_logged"] == 0), "{left:?}");
    assert!(patient.settings().await.revision() > revision, "no tag of before holds");
    clinician.get(diary.path()).await.is_problem(404, "not_found");

    app.has_room_again_for("episodes");
    leave().await.is(204);
    patient.get("/v1/me").await.is_problem(401, "unauthenticated");
    for table in [
        "diaries",
        "episodes",
        "soreness",
        "covered_days",
        "tombstones",
        "consents",
        "access_log",
        "access_entries",
        "access_chains",
    ] {
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table} WHERE true")), "0", "{table}");
    }
}

#[actix_web::test]
async fn what_was_given_ends_step_by_step_before_an_erasure() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();
    let names = "kind, role, label, visible_from, include_notes, access_until, words_version, language, given_at, \
                 open_until, accepted_at, accepted_by, accepted_name, accepted_email, withdrawn_at, withdrawn_by";
    app.sql(&format!(
        "INSERT INTO consents (diary_id, id, {names}) SELECT diary_id, 'z' || i, {names} FROM consents,
             (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT i FROM n) AS many
         WHERE kind = 'invitation'"
    ));

    app.has_no_room_for("UPDATE ON consents", "OLD.id = 'z99'");
    let leave = || patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));
    leave().await.is_problem(507, "storage_full");
    clinician.get(patient.diary().path()).await.is_problem(404, "not_found");
    let withdrawn = app.sql("SELECT count(*) FROM consents WHERE withdrawn_at IS NOT NULL");
    assert_eq!(withdrawn, "200", "it was all or nothing");
    assert_eq!(patient.get(patient.diary().report_links()).await.items()[0]["id"], link.id());

    app.has_room_again_for("consents");
    leave().await.is(204);
    for table in ["consents", "share_keys", "report_links", "former_grants", "sessions", "refresh_tokens"] {
        let expected = if ["sessions", "refresh_tokens"].contains(&table) { "1" } else { "0" };
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table} WHERE true")), expected, "{table}");
    }
}

#[actix_web::test]
async fn whoever_leaves_gives_back_what_they_were_given_step_by_step() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    clinician.signs_in().await;
    app.has_diaries_shared_with(&clinician, 300);

    app.has_no_room_for("DELETE ON grants", "OLD.diary_id = 'z99'");
    let leave = || clinician.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));
    leave().await.is_problem(507, "storage_full");
    assert_eq!(app.sql("SELECT count(*) FROM grants WHERE role = 'viewer'"), "101", "it was all or nothing");
    patient.get(patient.diary().grants()).await.lists([]);

    app.has_room_again_for("grants");
    leave().await.is(204);
    assert_eq!(app.sql("SELECT count(*) FROM former_grants WHERE true"), "0");
    assert_eq!(app.sql("SELECT count(*) FROM grants WHERE role = 'viewer'"), "0");
}
