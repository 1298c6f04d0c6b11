//! The companion as a browser loads it, and how somebody is signed in by it.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::support::*;

/// A browser with the companion: it keeps the cookies, and asks as a page of the service does.
struct Phone {
    nobody: Caller,
    cookies: Vec<String>,
}

impl Phone {
    fn new(app: &TestApp) -> Self {
        Self { nobody: app.nobody(), cookies: Vec::new() }
    }

    fn asks(&self, method: reqwest::Method, path: &str) -> Request {
        let request = self.nobody.request(method, path).header("sec-fetch-site", "same-origin");
        if self.cookies.is_empty() { request } else { request.header("cookie", self.cookies.join("; ")) }
    }

    fn sends(&self, path: &str, body: &Value) -> Request {
        self.asks(reqwest::Method::POST, path).json(body)
    }

    /// Takes the cookies of an answer.
    fn keeps(&mut self, answer: &Answer) {
        let cookies = answer.headers.get_all("set-cookie").into_iter();
        self.cookies = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
    }

    async fn opens_an_account(app: &TestApp, email: &str) -> (Self, Answer) {
        let mut phone = Self::new(app);
        let body = json!({"email": email, "password": PASSWORD, "time_zone": "Europe/Berlin", "device_name": "Phone"});
        let answer = phone.sends("/app/account", &body).await.is(201);
        phone.keeps(&answer);
        (phone, answer)
    }

    async fn token(&self) -> Answer {
        self.sends("/app/session/token", &json!({})).await
    }

    /// Uses an access token of the companion.
    async fn lists_diaries(&self, answer: &Answer) -> Answer {
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        self.nobody.get("/v1/diaries").header("authorization", format!("Bearer {token}")).await
    }
}

fn addresses(page: &str) -> BTreeSet<String> {
    let quoted = page.split('"').filter(|text| text.starts_with("/app/"));
    quoted.map(str::to_owned).collect()
}

#[actix_web::test]
async fn the_app_is_in_the_binary_and_each_of_its_files_is_kept_for_good() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let page = nobody.get("/app").await.is(200);
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert!(!text.contains("{{"), "{text}");
    let named = addresses(&text);
    assert!(named.contains("/app/manifest.webmanifest"), "{named:?}");

    let worker = nobody.get("/app/worker.js").await.is(200);
    assert_eq!(worker.header("service-worker-allowed"), Some("/app"));
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let worker = worker.text();
    let files = addresses(worker.lines().next().unwrap());
    let unknown: Vec<_> =
        named.iter().filter(|path| !files.contains(*path) && !path.ends_with(".webmanifest")).collect();
    assert!(unknown.is_empty(), "the page names what the worker does not keep: {unknown:?}");

    for path in &files {
        let file = nobody.get(path).header("accept-encoding", "gzip").await.is(200);
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"), "{path}");
        let is_text = file.header("content-type") != Some("image/png");
        assert_eq!(file.header("vary"), is_text.then_some("Accept-Encoding"), "{path}");
    }

    let script = files.iter().find(|path| path.ends_with("/main.js")).unwrap();
    let plain = nobody.get(script).header("accept-encoding", "gzip;q=0").await.is(200);
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.text().contains("import"));
    let another_version = script.replacen("/app/", "/app/x", 1);
    nobody.get(another_version).await.is_problem(404, "not_found");
    for beside in ["types.d.ts", "index.html", "worker.js"] {
        nobody.get(script.replace("main.js", beside)).await.is_problem(404, "not_found");
    }

    let manifest: Value = nobody.get("/app/manifest.webmanifest").await.is(200).json();
    assert_eq!((&manifest["scope"], &manifest["display"]), (&json!("/app"), &json!("standalone")));
    for icon in manifest["icons"].as_array().unwrap() {
        assert!(files.contains(icon["src"].as_str().unwrap()), "{icon}");
    }
}

#[actix_web::test]
async fn who_opens_an_account_with_the_app_stays_signed_in_and_gets_tokens() {
    let app = TestApp::start().await;
    let (phone, opened) = Phone::opens_an_account(&app, "kim@example.org").await;
    let cookies: Vec<_> =
        opened.headers.get_all("set-cookie").into_iter().map(|one| one.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2);
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7776000"] {
        assert!(cookies[0].contains(part), "{part} in {}", cookies[0]);
    }
    let account = opened.json();
    assert_eq!(account["user"]["email"], "kim@example.org");
    assert!(account.get("refresh_token").is_none() && account.get("tokens").is_none());
    let diaries = phone.lists_diaries(&opened).await.is(200).items();
    assert_eq!(
        (diaries[0].id(), &diaries[0]["time_zone"]),
        (account["diary_id"].as_str().unwrap(), &json!("Europe/Berlin"))
    );

    // The same cookie opens the pages, which do not cut short what the app has.
    phone.asks(reqwest::Method::GET, "/me/sharing").await.is(200);
    app.advance(Duration::from_hours(29 * 24));
    let token = phone.token().await.is(200);
    assert_eq!(token.json()["expires_in"], 900);
    phone.lists_diaries(&token).await.is(200);
    phone.asks(reqwest::Method::GET, "/me").await.is(200);
    app.advance(Duration::from_hours(29 * 24));
    phone.token().await.is(200);
    // Ninety days are the most, however much it is used.
    app.advance(Duration::from_hours(33 * 24));
    phone.token().await.is_problem(401, "unauthenticated");
    phone.asks(reqwest::Method::GET, "/me").await.is(303);
}

#[actix_web::test]
async fn who_signs_out_of_the_app_is_signed_out_of_everything_that_it_opened() {
    let app = TestApp::start().await;
    let (mut phone, opened) = Phone::opens_an_account(&app, "kim@example.org").await;
    let credentials = json!({"email": "kim@example.org", "password": PASSWORD});
    let again = phone.sends("/app/session", &credentials).await.is(200);
    phone.lists_diaries(&opened).await.is_problem(401, "unauthenticated");
    phone.keeps(&again);
    let ended = phone.asks(reqwest::Method::DELETE, "/app/session").await.is(204);
    assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    phone.token().await.is_problem(401, "unauthenticated");
    phone.lists_diaries(&again).await.is_problem(401, "unauthenticated");
    Phone::new(&app).asks(reqwest::Method::DELETE, "/app/session").await.is(204);
    Phone::new(&app).token().await.is(204);
}

#[actix_web::test]
async fn who_is_signed_in_with_the_pages_alone_gets_no_tokens() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", PASSWORD)]).await;
    let mut phone = Phone::new(&app);
    phone.cookies = browser.cookie.iter().cloned().collect();
    phone.asks(reqwest::Method::GET, "/me").await.is(200);
    phone.token().await.is(204);
    assert_eq!(app.nobody().get("/app/").await.is(303).header("location"), Some("/app"));
}

#[actix_web::test]
async fn the_app_is_told_what_is_wrong_as_any_other_is() {
    let app = TestApp::start().await;
    let (phone, _) = Phone::opens_an_account(&app, "kim@example.org").await;
    let wrong = json!({"email": "kim@example.org", "password": "not the one at all"});
    phone.sends("/app/session", &wrong).await.is_problem(401, "invalid_credentials");
    let missing = phone.sends("/app/session", &json!({})).await.is_problem(422, "validation_failed");
    assert_eq!(missing.json()["errors"].as_array().unwrap().len(), 2);
    let taken = json!({"email": "KIM@example.org", "password": PASSWORD});
    phone.sends("/app/account", &taken).await.is_problem(409, "email_taken");
    let weak = json!({"email": "lea", "password": "short"});
    let faults = phone.sends("/app/account", &weak).await.is_problem(422, "validation_failed").json();
    assert_eq!(faults["errors"].as_array().unwrap().len(), 2);
    phone.sends("/app/session/token", &json!({"more": 1})).await.is_problem(422, "validation_failed");
    phone.asks(reqwest::Method::PUT, "/app/session").await.is_problem(405, "method_not_allowed");
}

#[actix_web::test]
async fn no_page_of_another_site_can_use_the_cookie() {
    let app = TestApp::start().await;
    let (phone, _) = Phone::opens_an_account(&app, "kim@example.org").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        phone.sends("/app/session/token", &json!({})).header(name, value).await.is_problem(403, "forbidden");
        phone.asks(reqwest::Method::DELETE, "/app/session").header(name, value).await.is_problem(403, "forbidden");
    }
    let form = phone.asks(reqwest::Method::POST, "/app/session/token");
    form.header("content-type", "text/plain").body("{}").await.is_problem(415, "unsupported_media_type");
    phone.token().await.is(200);
}
