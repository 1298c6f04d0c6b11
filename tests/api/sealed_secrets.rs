//! What the service has to read back, and what of it a thief of the database finds.

use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::support::*;

/// Somebody with one of each secret that the service reads back.
struct Keeper {
    person: Caller,
    phone: Authenticator,
    recovery_codes: Vec<String>,
    webhook: Vec<u8>,
    health_link: Value,
}

impl Keeper {
    async fn settles(app: &TestApp) -> Self {
        let person = app.patient().await;
        let webhook = json!({"url": "https://hooks.example/", "events": ["diary.changed"]});
        let webhook = person.post("/v1/me/webhooks", webhook).await.is(201).json();
        let webhook = STANDARD.decode(webhook["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap();
        let link = person.post(person.diary().report_links(), json!({})).await.is(201).json();
        let payload = link["shlink"].as_str().unwrap().strip_prefix("shlink:/").unwrap();
        let health_link = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let (phone, recovery_codes) = person.has_a_second_factor(app.now()).await;
        Self { person, phone, recovery_codes, webhook, health_link }
    }

    fn health_key(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(self.health_link["key"].as_str().unwrap()).unwrap()
    }

    fn secrets(&self) -> [Vec<u8>; 3] {
        [self.phone.secret().to_vec(), self.webhook.clone(), self.health_key()]
    }

    async fn signs_in(&self, code: &str) -> Answer {
        let credentials = json!({"email": self.person.email(), "password": PASSWORD, "code": code});
        self.person.signed_out().post("/v1/auth/login", credentials).await
    }

    async fn opens_the_health_link(&self) -> Answer {
        let url = self.health_link["url"].as_str().unwrap();
        self.person.signed_out().post(&url[url.find("/shl/").unwrap()..], json!({"recipient": "Dr. Weber"})).await
    }

    /// That the service reads all of it.
    async fn is_known(&self, app: &TestApp) {
        self.signs_in(&self.phone.wrong_code(app.now())).await.is_problem(401, "invalid_second_factor");
        self.opens_the_health_link().await.is(200);
    }
}

#[actix_web::test]
async fn a_thief_of_the_database_finds_no_secret_that_the_service_reads_back() {
    let app = TestApp::start().await;
    let keeper = Keeper::settles(&app).await;
    keeper.is_known(&app).await;
    for secret in keeper.secrets() {
        assert!(!app.database_holds_bytes(&secret));
        for text in [STANDARD.encode(&secret), URL_SAFE_NO_PAD.encode(&secret)] {
            assert!(!app.database_holds(&text));
        }
    }
    // What is not sealed would be found.
    assert!(app.database_holds(keeper.person.email()) && app.database_holds("https://hooks.example/"));
}

#[actix_web::test]
async fn what_an_older_version_kept_as_it_was_is_sealed_by_the_next_start() {
    let mut app = TestApp::start().await;
    let keeper = Keeper::settles(&app).await;
    let secrets = keeper.secrets();
    for (place, secret) in [
        ("second_factors SET sealed_secret", &secrets[0]),
        ("webhooks SET sealed_secret", &secrets[1]),
        ("report_links SET sealed_health_key", &secrets[2]),
    ] {
        app.sql(&format!("UPDATE {place} = {} WHERE true", app.literal(secret)));
    }
    app.sql("DELETE FROM sealing_keys");
    app.restart().await;
    // What nobody has sealed is not believed, or somebody could put a secret of their own there.
    keeper.signs_in(&keeper.phone.wrong_code(app.now())).await.is_problem(500, "internal");
    app.catches_up().await;
    keeper.is_known(&app).await;
    assert_eq!(app.sql("SELECT count(*) FROM sealing_keys WHERE finished_at IS NOT NULL"), "1");
    for (place, secret) in ["second_factors", "webhooks", "report_links"].into_iter().zip(&secrets) {
        let column = if place == "report_links" { "sealed_health_key" } else { "sealed_secret" };
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {place} WHERE {column} = {}", app.literal(secret))), "0");
    }
    // In the files of SQLite nothing is left of it either, as soon as the log was emptied.
    if app.database_url().is_none() {
        let is_left = || secrets.iter().any(|secret| app.database_holds_bytes(secret));
        for _ in 0..200 {
            if !is_left() {
                return;
            }
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("what an older version kept is still in the files");
    }
}

#[actix_web::test]
async fn a_secret_that_somebody_moved_in_the_database_opens_nothing() {
    let app = TestApp::start().await;
    let (keeper, thief) = (Keeper::settles(&app).await, Keeper::settles(&app).await);
    app.sql(&format!(
        "UPDATE second_factors SET sealed_secret = (SELECT sealed_secret FROM second_factors WHERE user_id = '{}')
         WHERE user_id = '{}'",
        thief.person.user_id(),
        keeper.person.user_id()
    ));
    keeper.signs_in(&thief.phone.code_of_step(app.now(), 1)).await.is_problem(500, "internal");
    thief.signs_in(&thief.phone.code_of_step(app.now(), 1)).await.is(200);
    // Recovery codes are none of the app's, and are known by their hashes.
    keeper.signs_in(&keeper.recovery_codes[0]).await.is(200);
}
