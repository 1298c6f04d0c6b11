//! A whole service goes from SQLite to PostgreSQL and back.

use std::fs;

use cramp_diary::foundation::clock::Clock;
use serde_json::{Value, json};

use crate::{
    client::{Caller, example},
    postgres::{Database, sql},
    support::{Ended, Home, Server, credentials, drill},
};

/// Everything that somebody sees, with the tags that their app remembers.
async fn seen(person: &Caller) -> Vec<(String, Value)> {
    let mut seen = Vec::new();
    let mut paths: Vec<String> = [
        "",
        "/episodes?limit=200",
        "/episodes?limit=200&order=asc",
        "/check-ins?limit=200",
        "/treatments",
        "/episodes/gone",
        "/analytics/night-share?from=2024-01-01&to=2024-12-31",
        "/prompts?on=2024-02-03",
    ]
    .map(str::to_owned)
    .to_vec();
    let cramps = person.cramps().await;
    paths.extend(cramps.iter().map(|cramp| format!("/episodes/{}/soreness", cramp.id())));
    for path in paths {
        let answer = person.get(format!("/v1/diaries/me{path}")).await;
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request_id");
        seen.push((format!("{path} {:?}", answer.header("etag")), body));
    }
    seen.push(("webhooks".to_owned(), person.get("/v1/me/webhooks").await.json()));
    seen
}

async fn put(person: &Caller, path: &str, body: Value) {
    person.put(format!("/v1/diaries/me{path}"), body).await.is(201);
}

/// A diary with one of everything that could be lost on the way.
async fn fill(person: &Caller) {
    let cramp = json!({
        "id": "Z.a-b_c", "started_at": "2024-02-01T23:10:05.123456-05:00", "time_zone": "America/New_York",
        "duration_seconds": 90, "intensity": 7, "sites": [{"part": "calf", "side": "both"}], "context": "asleep",
        "interrupted_sleep": true, "triggers": ["long_walk"], "relief": [{"measure": "heat", "seconds_to_relief": null}],
        "note": "\"quoted\", \u{1f9b5} and a \\ backslash\nin two lines",
    });
    person.logs(cramp).await;
    // With every field that there is.
    person.logs(example("EpisodeOk")).await;
    let treatment = example("TreatmentOk");
    put(person, &format!("/treatments/{}", treatment["id"].as_str().unwrap()), treatment).await;
    person.logs(json!({"id": "a", "started_at": "1970-01-01T00:00:00Z"})).await;
    person.logs(json!({"id": "gone", "started_at": "2024-02-02T00:00:00Z"})).await;
    person.delete("/v1/diaries/me/episodes/gone").await.is(204);
    put(person, "/episodes/Z.a-b_c/soreness/2024-02-03", json!({"level": 4, "tender_to_touch": true})).await;
    let good_day = json!({"cramp_free": true, "triggers": ["long_walk"], "note": "a good day"});
    put(person, "/check-ins/2024-02-05", good_day).await;
    let treatment = json!({"kind": "stretching", "name": "Ænd the line", "started_on": "2024-02-04"});
    put(person, "/treatments/t", treatment).await;
    let webhook = json!({"id": "inbox", "url": "https://hooks.invalid/", "events": ["grant.ended"], "name": "Inbox"});
    person.post("/v1/me/webhooks", webhook).await.is(201);
}

fn copied(from: &str, to: &str) -> Ended {
    Home::new().run(&["copy", "--from", from, "--to", to])
}

/// Serves a copy with the keys of the service that it came from.
fn serve(home: &Home, database: &str, keys_of: &Home) -> Server {
    fs::create_dir_all(home.data("")).unwrap();
    for keys in ["signing.key", "secrets.key"] {
        fs::copy(keys_of.data(keys), home.data(keys)).unwrap();
    }
    home.start_with(&[("DATABASE_URL", database)])
}

#[test]
fn a_service_moves_to_postgres_and_back_and_nobody_notices() {
    drill(async {
        let first = Home::new();
        assert!(!first.run(&["demo"]).succeeds().is_empty());
        let server = first.start();
        let person = server.patient("me@example.org").await;
        fill(&person).await;
        let before = seen(&person).await;
        drop(server);

        let database = Database::empty();
        let on_sqlite = format!("sqlite://{}", first.database().display());
        let report = copied(&on_sqlite, &database.url).succeeds();
        assert!(
            report.contains("SIGNING_KEY_FILE") && report.contains("SECRETS_KEY_FILE") && report.contains("episodes"),
            "{report}"
        );
        // The clinician of the demo has looked: the chains of that come along.
        let audited = |database: &str, question: &[&str]| {
            let home = Home::new();
            Ended::of(home.command(question).env("CRAMP_DIARY_DATABASE_URL", database)).succeeds()
        };
        let heads = audited(&on_sqlite, &["audit", "heads"]);
        assert!(heads.lines().count() >= 2, "{heads}");
        assert_eq!(audited(&database.url, &["audit", "heads"]), heads);
        audited(&database.url, &["audit", "verify"]);
        let second = Home::new();
        let server = serve(&second, &database.url, &first);
        let there = person.at(&server);
        assert_eq!(seen(&there).await, before);
        there.logs(json!({"id": "later", "started_at": "2024-02-06T03:00:00Z"})).await;
        let then = seen(&there).await;
        drop(server);

        let third = Home::new();
        fs::create_dir_all(third.data("")).unwrap();
        let back = format!("sqlite://{}", third.database().display());
        copied(&database.url, &back).succeeds();
        assert_eq!(audited(&back, &["audit", "heads"]), heads);
        audited(&back, &["audit", "verify"]);
        let server = serve(&third, &back, &first);
        assert_eq!(seen(&person.at(&server)).await, then);
    });
}

#[test]
fn phone_and_recovery_codes_go_along_and_what_was_used_stays_used() {
    const PATH: &str = "/v1/me/second-factor";
    async fn login(server: &Server, code: &Value) -> u16 {
        let mut credentials = credentials("me@example.org");
        credentials["code"] = code.clone();
        server.nobody().post("/v1/auth/login", credentials).await.status
    }
    drill(async {
        let first = Home::new();
        let server = first.start();
        let person = server.patient("me@example.org").await;
        let phone = person.begins_a_second_factor().await;
        let clock = Clock::system();
        let code = json!(phone.code(clock.now().utc()));
        let confirmed = person.post(format!("{PATH}/confirm"), json!({"code": code})).await.is(200).json();
        let recovery_codes = &confirmed["recovery_codes"];
        assert_eq!(login(&server, &recovery_codes[0]).await, 200);
        let before = person.learns(PATH).await;
        assert_eq!((&before["enabled"], &before["recovery_codes_left"]), (&json!(true), &json!(9)));
        drop(server);

        let database = Database::empty();
        copied(&format!("sqlite://{}", first.database().display()), &database.url).succeeds();
        let second = Home::new();
        let server = serve(&second, &database.url, &first);
        assert_eq!(person.at(&server).learns(PATH).await, before);
        for used in [&Value::Null, &code, &recovery_codes[0]] {
            assert_eq!(login(&server, used).await, 401);
        }
        assert_eq!(login(&server, &json!(phone.code_of_step(clock.now().utc(), 1))).await, 200);
        assert_eq!(login(&server, &recovery_codes[1]).await, 200);
    });
}

#[test]
fn a_move_never_overwrites_and_never_invents() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        server.patient("me@example.org").await;
        drop(server);
        let full = format!("sqlite://{}", home.database().display());
        let database = Database::empty();

        let missing = home.path("mistyped.db");
        copied(&format!("sqlite://{}", missing.display()), &database.url).is_refused_over("there is no such file");
        assert!(!missing.exists());
        copied(&database.url, &full).is_refused_over("is not up to date");
        copied("sqlite:/x", &full).is_refused_over("--from");

        copied(&full, &database.url).succeeds();
        copied(&full, &database.url).is_refused_over("not empty");
        assert_eq!(sql(&database.url, "SELECT count(*) FROM users"), "1");
        copied(&database.url, &full).is_refused_over("not empty");

        // What does not fit leaves nothing behind.
        let other = Database::empty();
        let ready = Ended::of(Home::of_node(&other.url).command(&["migrate"]).env("CRAMP_DIARY_LOG", "error"));
        ready.succeeds();
        sql(&other.url, "ALTER TABLE diaries ADD CHECK (revision > 1)");
        copied(&full, &other.url).is_refused_over("check constraint");
        assert_eq!(sql(&other.url, "SELECT count(*) FROM users"), "0");
    });
}
