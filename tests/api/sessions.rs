use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::support::{app::fresh_email, *};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    app.nobody().post("/v1/auth/login", credentials(email, password)).await
}

/// Fails so often in a row that a wait of eight seconds follows.
async fn fail_often(app: &TestApp, email: &str) {
    for _ in 0..10 {
        login(app, email, "not the password").await.is_problem(401, "invalid_credentials");
    }
    for wait in [1, 2, 4] {
        app.advance(SECOND * wait);
        login(app, email, "not the password").await.is_problem(401, "invalid_credentials");
    }
}

#[actix_web::test]
async fn an_unknown_email_and_a_wrong_password_get_the_same_bytes() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let wrong = login(&app, patient.email(), "not the password").await.is_problem(401, "invalid_credentials");
    for (email, password) in [
        ("unknown@example.org", "not the password"),
        ("no address at all", "x"),
        ("", ""),
        (&"x".repeat(900), PASSWORD),
    ] {
        let unknown = login(&app, email, password).await.is_problem(401, "invalid_credentials");
        assert_eq!(unknown.body_without_request_id(), wrong.body_without_request_id());
        assert_eq!(unknown.headers.len(), wrong.headers.len());
    }
}

#[actix_web::test]
async fn a_login_tells_all_its_faults_at_once() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    nobody.post("/v1/auth/login", json!({})).await.has_faults([("/email", "required"), ("/password", "required")]);
    let wrong = json!({"email": 1, "password": "x".repeat(1025), "device_name": "x".repeat(101), "remember": true});
    nobody.post("/v1/auth/login", wrong).await.has_faults([
        ("/email", "wrong_type"),
        ("/password", "too_long"),
        ("/device_name", "too_long"),
        ("/remember", "unknown_field"),
    ]);
}

#[actix_web::test]
async fn ten_failures_in_a_row_bring_a_wait_that_doubles() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for email in [patient.email(), "unknown@example.org"] {
        fail_often(&app, email).await;
        for wait in [8, 16, 32, 64, 128, 256, 512, 900, 900] {
            // Right or wrong, known or not: everybody waits. Some seconds of it may have passed.
            let refused = login(&app, email, PASSWORD).await.is_problem(429, "too_many_requests");
            assert!((wait - 5..=wait).contains(&refused.retry_after()), "{} of {wait}", refused.retry_after());
            app.advance(SECOND * u32::try_from(wait).unwrap());
            login(&app, email, "not the password").await.is_problem(401, "invalid_credentials");
        }
        app.advance(SECOND * 900);
    }
    patient.signs_in().await;
}

#[actix_web::test]
async fn after_the_wait_the_right_password_signs_in_and_the_count_begins_anew() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    fail_often(&app, &patient.email().to_uppercase()).await;
    login(&app, patient.email(), PASSWORD).await.is_problem(429, "too_many_requests");
    app.advance(SECOND * 8);
    patient.signs_in().await;
    fail_often(&app, patient.email()).await;
}

#[actix_web::test]
async fn live_sessions_go_on_while_guessing_is_slowed_down() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    fail_often(&app, patient.email()).await;
    login(&app, patient.email(), PASSWORD).await.is_problem(429, "too_many_requests");
    patient.get("/v1/me").await.is(200);
    patient.refreshes(&patient.tokens().refresh).await.is(200);
}

#[actix_web::test]
async fn failures_are_remembered_across_a_restart() {
    let mut app = TestApp::start().await;
    let patient = app.patient().await;
    fail_often(&app, patient.email()).await;
    app.restart().await;
    let refused = login(&app, patient.email(), PASSWORD).await.is_problem(429, "too_many_requests");
    assert!((1..=8).contains(&refused.retry_after()));
    patient.get("/v1/me").await.is(200);
    login(&app, "somebody.else@example.org", PASSWORD).await.is_problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn guesses_that_come_at_once_are_all_counted() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let begun = app.now();
    let guesses = (0..30).map(|_| login(&app, patient.email(), "not the password"));
    let statuses: Vec<_> = futures_util::future::join_all(guesses).await.iter().map(Answer::status).collect();
    let tried = statuses.iter().filter(|status| **status == 401).count();
    let seconds = usize::try_from((app.now() - begun).num_seconds()).unwrap();
    assert!((10..=10 + seconds).contains(&tried), "{tried} guesses were answered in {seconds} s");
}

#[actix_web::test]
async fn an_address_gets_so_many_requests_and_no_more() {
    let mut app = TestApp::start_with(&[("AUTH_PER_MINUTE", "5")]).await;
    for _ in 0..5 {
        login(&app, "unknown@example.org", "x").await.is_problem(401, "invalid_credentials");
    }
    let refused = login(&app, "unknown@example.org", "x").await.is_problem(429, "too_many_requests");
    assert!((1..=12).contains(&refused.retry_after()));
    // What is limited counts together; the rest of the API is open.
    app.nobody()
        .post("/v1/auth/register", credentials(&fresh_email(), PASSWORD))
        .await
        .is_problem(429, "too_many_requests");
    app.nobody().get("/v1/auth/sessions").await.is_problem(429, "too_many_requests");
    app.nobody().get("/v1/me").await.is_problem(401, "unauthenticated");
    app.nobody().get("/health/ready").await.is(200);
    // A header that anybody can write changes nothing.
    let forwarded = app.nobody().post("/v1/auth/login", credentials("unknown@example.org", "x"));
    forwarded.header("x-forwarded-for", "203.0.113.9").await.is_problem(429, "too_many_requests");
    // Neither does a restart; time does.
    app.restart().await;
    login(&app, "unknown@example.org", "x").await.is_problem(429, "too_many_requests");
    app.advance(SECOND * 12);
    login(&app, "unknown@example.org", "x").await.is_problem(401, "invalid_credentials");
    login(&app, "unknown@example.org", "x").await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_client_has_an_allowance_of_its_own() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "2"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    for client in ["203.0.113.9", "198.51.100.7"] {
        let request = app.nobody().post("/v1/auth/login", credentials("unknown@example.org", "x"));
        let request = request.header("x-forwarded-for", client);
        for _ in 0..2 {
            request.clone().await.is_problem(401, "invalid_credentials");
        }
        request.await.is_problem(429, "too_many_requests");
    }
}

/// What a proxy passes on.
fn from(app: &TestApp, client: &str) -> Request {
    app.nobody().get("/v1/auth/sessions").header("x-forwarded-for", client)
}

#[actix_web::test]
async fn a_client_is_the_same_with_a_port_and_in_brackets() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "2"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    for client in [
        ["203.0.113.9", "203.0.113.9:4711", "203.0.113.9:80"],
        ["2001:db8:1:2::3", "[2001:db8:1:2::4]", "[2001:db8:1:2::5]:443"],
    ] {
        for address in &client[..2] {
            from(&app, address).await.is_problem(401, "unauthenticated");
        }
        from(&app, client[2]).await.is_problem(429, "too_many_requests");
    }
    // None of it was taken out of the proxy's own allowance.
    from(&app, "nonsense").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn who_has_a_whole_site_of_ipv6_has_sixteen_allowances_and_not_65536() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "1"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    for network in 0..16 {
        from(&app, &format!("2001:db8:1:{network:x}::1")).await.is_problem(401, "unauthenticated");
    }
    for network in 16..18 {
        from(&app, &format!("2001:db8:1:{network:x}::1")).await.is_problem(429, "too_many_requests");
    }
    from(&app, "2001:db8:2::1").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_refresh_gives_a_new_pair_and_the_old_access_token_goes_on() {
    let app = TestApp::start().await;
    let before = app.patient().await;
    let answer = before.refreshes(&before.tokens().refresh).await.is(200).json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(900)));
    let after = before.with(Tokens::of(&answer));
    assert_ne!(after.tokens().refresh, before.tokens().refresh);
    before.get("/v1/me").await.is(200);
    after.get("/v1/me").await.is(200);
    assert_eq!(after.get("/v1/auth/sessions").await.items().len(), 1, "it is the same session");
}

#[actix_web::test]
async fn an_access_token_lives_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    app.advance(SECOND * (15 * 60 - 10));
    patient.get("/v1/me").await.is(200);
    app.advance(SECOND * 11);
    patient.get("/v1/me").await.is_problem(401, "unauthenticated");
    let fresh = patient.refreshes(&patient.tokens().refresh).await.is(200).json();
    patient.with(Tokens::of(&fresh)).get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn a_spent_token_that_turns_up_again_ends_the_whole_session() {
    let app = TestApp::start().await;
    let first = app.patient().await;
    let second = first.with(Tokens::of(&first.refreshes(&first.tokens().refresh).await.is(200).json()));
    app.advance(SECOND * 601);
    first.refreshes(&first.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    first.get("/v1/me").await.is_problem(401, "unauthenticated");
    second.get("/v1/me").await.is_problem(401, "unauthenticated");
    second.refreshes(&second.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn a_phone_whose_answer_got_lost_gets_the_same_refresh_token_again() {
    let app = TestApp::start().await;
    let phone = app.patient().await;
    let lost = Tokens::of(&phone.refreshes(&phone.tokens().refresh).await.is(200).json());
    app.advance(SECOND * 11);
    phone.refreshes(&phone.tokens().refresh).await.is(200);
    app.advance(SECOND * 580);
    let again = Tokens::of(&phone.refreshes(&phone.tokens().refresh).await.is(200).json());
    assert_eq!(again.refresh, lost.refresh);
    phone.with(again.clone()).get("/v1/me").await.is(200);
    phone.with(lost).get("/v1/me").await.is(200);
    phone.refreshes(&again.refresh).await.is(200);
    // Once that one was used, nobody has lost anything.
    phone.refreshes(&phone.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    phone.with(again).get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_grandparent_ends_the_session_even_at_once() {
    let app = TestApp::start().await;
    let grandparent = app.patient().await;
    let parent = Tokens::of(&grandparent.refreshes(&grandparent.tokens().refresh).await.is(200).json());
    let child = Tokens::of(&grandparent.refreshes(&parent.refresh).await.is(200).json());
    grandparent.refreshes(&grandparent.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    grandparent.with(child.clone()).get("/v1/me").await.is_problem(401, "unauthenticated");
    grandparent.refreshes(&child.refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn fifty_refreshes_at_once_yield_one_child() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let requests = (0..50).map(|_| patient.refreshes(&patient.tokens().refresh));
    let answers = futures_util::future::join_all(requests).await;
    let children: BTreeSet<_> = answers.into_iter().map(|answer| Tokens::of(&answer.is(200).json()).refresh).collect();
    assert_eq!(children.len(), 1);
    patient.refreshes(children.first().unwrap()).await.is(200);
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn a_parent_whose_child_was_taken_away_meanwhile_is_refused_like_any_other() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.refreshes(&patient.tokens().refresh).await.is(200);
    // What another node leaves, when it ends the session between two looks of ours.
    app.sql("DELETE FROM refresh_tokens WHERE spent_at IS NULL");
    patient.refreshes(&patient.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn parent_and_child_that_come_at_once_are_carried_on_or_refused_and_never_fail() {
    let app = TestApp::start().await;
    for _ in 0..20 {
        let parent = app.patient().await.tokens().refresh.clone();
        let nobody = app.nobody();
        let child = Tokens::of(&nobody.refreshes(&parent).await.is(200).json()).refresh;
        let requests = (0..8).map(|number| nobody.refreshes(if number % 2 == 0 { &parent } else { &child }));
        for answer in futures_util::future::join_all(requests).await {
            assert!([200, 401].contains(&answer.status()), "{answer}");
        }
    }
}

#[actix_web::test]
async fn a_refresh_token_dies_after_thirty_idle_days() {
    let app = TestApp::start().await;
    let (one, two) = (app.patient().await, app.patient().await);
    app.advance(DAY * 29);
    one.refreshes(&one.tokens().refresh).await.is(200);
    app.advance(DAY + SECOND);
    two.refreshes(&two.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn a_session_ends_after_ninety_days_however_much_it_is_used() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut tokens = patient.tokens().clone();
    for days in [25, 50, 75] {
        app.advance(DAY * 25);
        let answer = patient.refreshes(&tokens.refresh).await.is(200).json();
        let left = answer["refresh_expires_in"].as_u64().unwrap();
        let expected = (90 - days).min(30) * 24 * 3600;
        assert!((expected - 60..=expected).contains(&left), "{left} seconds are left after {days} days");
        tokens = Tokens::of(&answer);
    }
    app.advance((DAY * 15).checked_sub(SECOND * 600).unwrap());
    let last = patient.refreshes(&tokens.refresh).await.is(200).json();
    let last = patient.with(Tokens::of(&last));
    last.get("/v1/me").await.is(200);
    // The access token ends with its session.
    app.advance(SECOND * 601);
    last.get("/v1/me").await.is_problem(401, "unauthenticated");
    last.refreshes(&last.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
}

#[actix_web::test]
async fn a_token_that_was_never_given_out_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let access = patient.tokens().access.clone();
    for token in ["", "crr_", "crr_AAAA", &format!("crr_{}", "A".repeat(43)), &access] {
        patient.refreshes(token).await.is_problem(401, "invalid_refresh_token");
    }
    app.nobody()
        .post("/v1/auth/refresh", json!({"refresh_token": 5, "x": 1}))
        .await
        .has_faults([("/refresh_token", "wrong_type"), ("/x", "unknown_field")]);
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn logging_out_stops_the_access_token_at_once() {
    let app = TestApp::start().await;
    let (here, elsewhere) = {
        let here = app.patient().await;
        let elsewhere = here.signs_in().await;
        (here, elsewhere)
    };
    here.request(reqwest::Method::POST, "/v1/auth/logout").await.is(204);
    here.get("/v1/me").await.is_problem(401, "unauthenticated");
    here.refreshes(&here.tokens().refresh).await.is_problem(401, "invalid_refresh_token");
    elsewhere.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn people_see_where_they_are_signed_in_and_can_end_each_session() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let named = json!({"email": patient.email(), "password": PASSWORD, "device_name": "Kim's tablet"});
    let tablet = app.nobody().post("/v1/auth/login", named).await.is(200).json();
    let tablet = patient.with(Tokens::of(&tablet));

    let seen = tablet.get("/v1/auth/sessions").await.is(200).items();
    let of_device = |name: &Value| seen.iter().find(|session| session["device_name"] == *name).unwrap();
    let (phone_session, tablet_session) = (of_device(&Value::Null), of_device(&json!("Kim's tablet")));
    assert_eq!(seen.len(), 2);
    assert_eq!((&tablet_session["current"], &phone_session["current"]), (&json!(true), &json!(false)));

    tablet.delete(format!("/v1/auth/sessions/{}", phone_session.id())).await.is(204);
    patient.get("/v1/me").await.is_problem(401, "unauthenticated");
    tablet.get("/v1/auth/sessions").await.lists([tablet_session]);
    tablet.delete(format!("/v1/auth/sessions/{}", phone_session.id())).await.is(204);
    tablet.delete("/v1/auth/sessions/never-been").await.is_problem(404, "not_found");
    let other = app.patient().await;
    other.delete(format!("/v1/auth/sessions/{}", tablet_session.id())).await.is_problem(404, "not_found");
    tablet.delete(format!("/v1/auth/sessions/{}", tablet_session.id())).await.is(204);
    tablet.get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_session_tells_when_it_ends_if_it_is_not_used() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    app.advance(DAY * 20);
    let patient = patient.with(Tokens::of(&patient.refreshes(&patient.tokens().refresh).await.is(200).json()));
    let session = &patient.get("/v1/auth/sessions").await.items()[0];
    let instant = |name: &str| session[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((instant("last_used_at") - instant("created_at")).num_days(), 20);
    assert_eq!(instant("expires_at") - instant("last_used_at"), chrono::Duration::days(30));
}

#[actix_web::test]
async fn sessions_that_nobody_can_use_any_more_are_not_listed() {
    let app = TestApp::start().await;
    let old = app.patient().await;
    app.advance(DAY * 31);
    let new = old.signs_in().await;
    assert_eq!(new.get("/v1/auth/sessions").await.items().len(), 1);
}

#[actix_web::test]
async fn sessions_come_in_pages() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for _ in 0..4 {
        patient.signs_in().await;
    }
    let all = patient.get("/v1/auth/sessions").await.items();
    assert_eq!(all.len(), 5);
    let mut found = Vec::new();
    let mut next = Some("/v1/auth/sessions?limit=2".to_owned());
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        found.extend(page.items());
        next = page.next_link();
    }
    assert_eq!(found, all);
}

#[actix_web::test]
async fn of_the_sessions_that_somebody_ended_the_last_ones_are_remembered() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "100")]).await;
    let (patient, other) = (app.patient().await, app.patient().await);
    app.sql(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 700)
         INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ended_at, ends_at, proved_at)
         SELECT 'old-' || n || user_id, user_id, created_at, last_used_at, expires_at, created_at, ends_at, proved_at
         FROM numbers, sessions",
    );
    let first = patient.get("/v1/auth/sessions").await.items()[0].id().to_owned();
    let mut again = patient.signs_in().await;
    again.delete(format!("/v1/auth/sessions/{first}")).await.is(204);
    for _ in 0..4 {
        again = patient.signs_in().await;
    }
    assert_eq!(app.sql("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL"), "900");
    assert_eq!(again.get("/v1/auth/sessions").await.items().len(), 5);
    again.delete(format!("/v1/auth/sessions/{first}")).await.is(204);
    assert_eq!(other.get("/v1/auth/sessions").await.items().len(), 1);
}

#[actix_web::test]
async fn what_has_run_out_is_cleared_away_in_steps_however_much_it_is() {
    let mut app = TestApp::start_with(&[("AUTH_PER_MINUTE", "100")]).await;
    let patient = app.patient().await;
    patient.invites(json!({"role": "viewer"})).await;
    let wrong = json!({"email": patient.email(), "password": "not my password"});
    patient.signed_out().post("/v1/auth/login", wrong).await.is(401);
    // As many more sessions as fit into two steps, and one that is not cleared away; one of them was carried on often.
    app.sql(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
         INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ends_at, proved_at)
         SELECT 'old-' || n, user_id, created_at, last_used_at, expires_at, ends_at, proved_at FROM numbers, sessions",
    );
    app.sql("UPDATE sessions SET id = 'the-last' WHERE id = 'old-1000'");
    app.sql(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 700)
         INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
         SELECT {}, 'old-7', expires_at FROM numbers, refresh_tokens",
        app.bytes_of("'token ' || n")
    ));
    let rows = |app: &TestApp, table: &str| app.sql(&format!("SELECT count(*) FROM {table} WHERE true"));
    let kinds = ["sessions", "refresh_tokens", "sign_in_failures", "address_allowances", "share_keys"];
    assert_eq!(kinds.map(|table| rows(&app, table)), ["1001", "701", "1", "1", "1"]);

    // What opened something is known for ninety days more.
    app.advance(Duration::from_hours(121 * 24));
    app.has_no_room_for("DELETE ON sessions", "OLD.id = 'the-last'");
    app.restart().await;
    let settled = async |app: &TestApp, expected: [&str; 5]| {
        let begun = std::time::Instant::now();
        while kinds.map(|table| rows(app, table)) != expected {
            let found = kinds.map(|table| rows(app, table));
            assert!(begun.elapsed() < Duration::from_secs(20), "{found:?} and not {expected:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    settled(&app, ["1", "0", "0", "0", "0"]).await;
    app.has_room_again_for("sessions");
    app.restart().await;
    settled(&app, ["0", "0", "0", "0", "0"]).await;
}
