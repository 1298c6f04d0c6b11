//! Apps of others, which people let in: OAuth 2.1, row by row as RFC 9700 wants it.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{client::encoded, *};

const CALLBACK: &str = "https://app.example/callback";
/// Those of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CONNECTIONS: &str = "/v1/me/connections";
const TOKEN: &str = "/oauth/token";

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// An app of somebody else.
struct OtherApp {
    caller: Caller,
    id: String,
    secret: Option<String>,
    callback: String,
}

impl OtherApp {
    async fn at(app: &TestApp, callback: &str, keeps_secret: bool) -> Self {
        let (id, secret) = app.registers(callback, keeps_secret).await;
        Self { caller: app.nobody(), id, secret, callback: callback.to_owned() }
    }

    /// One on people's phones.
    async fn public(app: &TestApp) -> Self {
        Self::at(app, CALLBACK, false).await
    }

    /// One on a server.
    async fn confidential(app: &TestApp) -> Self {
        Self::at(app, CALLBACK, true).await
    }

    /// The address that it opens in a browser, with other parameters or without some.
    fn question(&self, scope: &str, other: &[(&str, Option<&str>)]) -> String {
        let mut said: BTreeMap<&str, &str> = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", self.callback.as_str()),
            ("scope", scope),
            ("state", "af0 &=jx"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        for (name, value) in other {
            match value {
                Some(value) => drop(said.insert(name, value)),
                None => drop(said.remove(name)),
            }
        }
        let pairs = said.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        format!("/oauth/authorize?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// Sends a form, showing its id, and its secret if it has one.
    fn sends(&self, path: &str, said: &[(&str, &str)]) -> Request {
        let own = [("client_id", Some(self.id.as_str())), ("client_secret", self.secret.as_deref())];
        let own = own.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        form(&self.caller, path, &said.iter().copied().chain(own).collect::<Pairs<'_>>())
    }

    async fn redeems(&self, code: &str) -> Answer {
        let said = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.callback),
            ("code_verifier", VERIFIER),
        ];
        self.sends(TOKEN, &said).await
    }

    async fn refreshes(&self, token: &str) -> Answer {
        self.sends(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Is let in by somebody, and has its tokens.
    async fn is_let_in(&self, app: &TestApp, person: &Caller, scope: &str) -> Value {
        let code = self.gets_a_code(app, person, scope).await;
        self.redeems(&code).await.is(200).json()
    }

    async fn gets_a_code(&self, app: &TestApp, person: &Caller, scope: &str) -> String {
        let browser = browser_of(app, person).await;
        let there = self.allowed(&browser, scope).await;
        there["code"].clone()
    }

    /// Somebody lets it do all that it asks for, at their own diary; what it is told.
    async fn allowed(&self, browser: &Browser, scope: &str) -> BTreeMap<String, String> {
        let page = self.question(scope, &[]);
        let text = browser.opens(&page).await.is(200).text();
        let offered = value_of(&text, "offered");
        let mut fields: Pairs<'_> = scope.split(' ').map(|scope| (scope, "yes")).collect();
        fields.push(("answer", "yes"));
        if !offered.is_empty() {
            fields.extend([("offered", offered.as_str()), ("diary_0", "yes")]);
        }
        let answer = browser.submits(&page, &page, &fields).await.is(303);
        back_at(&self.callback, answer.header("location").unwrap())
    }
}

/// An app of others that somebody let read their diary.
pub async fn lets_an_app_in(app: &TestApp, person: &Caller) {
    OtherApp::public(app).await.is_let_in(app, person, "diary:read").await;
}

fn form(caller: &Caller, path: &str, said: &[(&str, &str)]) -> Request {
    let body = said.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
    caller.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// What an app reads out of the address at which it is called back.
fn back_at(callback: &str, location: &str) -> BTreeMap<String, String> {
    let query = location.strip_prefix(callback).unwrap_or_else(|| panic!("{location} is not {callback}"));
    let pairs = query.trim_start_matches(['?', '&']).split('&').map(|pair| pair.split_once('=').unwrap());
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    pairs.map(|(name, value)| (name.to_owned(), plain(value))).collect()
}

fn value_of(page: &str, name: &str) -> String {
    let Some((_, rest)) = page.split_once(&format!("name=\"{name}\" value=\"")) else { return String::new() };
    rest.split('"').next().unwrap().to_owned()
}

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

async fn issuer(app: &TestApp) -> String {
    let told = app.nobody().get("/.well-known/oauth-authorization-server").await.is(200).json();
    text(&told, "issuer").to_owned()
}

fn nothing_is_left(app: &TestApp) {
    for table in ["connections", "connection_tokens"] {
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table} WHERE true")), "0", "{table}");
    }
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

fn is_wrong(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status(), answer.json()["error"].as_str()), (status, Some(error)), "{}", answer.text());
    assert!(answer.json()["error_description"].is_string());
}

#[actix_web::test]
async fn an_app_is_let_in_works_and_is_ended() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let browser = browser_of(&app, &patient).await;
    let page = browser.opens(&other.question("diary:read diary:write", &[])).await.is(200);
    let policy = page.header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    let page = page.text();
    for said in ["Let Sleep Log in?", "Log, change and delete entries", "My own diary", "go back to app.example"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let back = other.allowed(&browser, "diary:read diary:write").await;
    assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("af0 &=jx", issuer(&app).await.as_str()));
    let answer = other.redeems(&back["code"]).await.is(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"], &tokens["diary_ids"]),
        (&json!("Bearer"), &json!(900), &json!("diary:read diary:write"), &json!([patient.diary().id()]))
    );
    let program = patient.with_access_token(text(&tokens, "access_token"));
    let cramp = program.logs(a_cramp()).await;
    program.get(program.diary().episode(cramp.id())).await.is(200);
    program.get("/v1/diaries/me/analytics/night-share").await.is_problem(403, "insufficient_scope");
    program.get(CONNECTIONS).await.is_problem(403, "insufficient_scope");

    // The person sees it, what it did, and ends it.
    let listed = patient.get(CONNECTIONS).await.items();
    assert_eq!((listed.len(), listed[0]["name"].as_str()), (1, Some("Sleep Log")));
    assert_eq!(listed[0]["client_id"], json!(other.id));
    let log = patient.get("/v1/diaries/me/access-log").await.is(200).text();
    assert!(log.contains("\"token_name\":\"Sleep Log\""), "{log}");
    let opened = patient.get("/v1/me/openings?since=2020-01-01T00:00:00Z").await.items();
    assert!(opened.iter().any(|opening| opening["kind"] == "connection" && opening["label"] == "Sleep Log"));
    let shown = browser.opens("/tokens").await.is(200).text();
    assert!(shown.contains("Sleep Log") && shown.contains("Let in on"), "{shown}");
    let path = format!("{CONNECTIONS}/{}", listed[0].id());
    app.patient().await.delete(&path).await.is(204);
    program.get("/v1/diaries/me").await.is(200);
    patient.delete(&path).await.is(204);
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    is_wrong(&other.refreshes(text(&tokens, "refresh_token")).await, 400, "invalid_grant");
    patient.delete(&path).await.is(204);
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 0);
}

#[actix_web::test]
async fn a_person_leaves_out_what_they_like_or_says_no() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let other = OtherApp::public(&app).await;
    let browser = browser_of(&app, &clinician).await;
    let page = other.question("diary:read analytics:read", &[]);
    let nothing = [("answer", "yes"), ("offered", patient.diary().id())];
    let told = browser.submits(&page, &page, &nothing).await.is(422).text();
    assert_eq!(told.matches("Tick at least one of these.").count(), 2, "{told}");
    let fewer = [("answer", "yes"), ("analytics:read", "yes"), ("account:manage", "yes"), ("all_diaries", "yes")];
    let answer = browser.submits(&page, &page, &fewer).await.is(303);
    let back = back_at(CALLBACK, answer.header("location").unwrap());
    let tokens = other.redeems(&back["code"]).await.is(200).json();
    // What was not asked for is not given.
    assert_eq!((&tokens["scope"], &tokens["diary_ids"]), (&json!("analytics:read"), &json!(null)));
    let program = clinician.with_access_token(text(&tokens, "access_token"));
    program.get(format!("/v1/diaries/{}/analytics/night-share", patient.diary().id())).await.is(200);
    // A diary that the person does not see is no diary.
    let stranger = app.patient().await;
    let foreign = [("answer", "yes"), ("diary:read", "yes"), ("offered", stranger.diary().id()), ("diary_0", "yes")];
    let told = browser.submits(&page, &page, &foreign).await.is(422).text();
    assert!(told.contains("You can no longer see one of those that you ticked"), "{told}");
    let answer = browser.submits(&page, &page, &[("answer", "no")]).await.is(303);
    let back = back_at(CALLBACK, answer.header("location").unwrap());
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "af0 &=jx"));
    assert!(!back.contains_key("code") && back.contains_key("iss"));
}

#[actix_web::test]
async fn ones_own_diary_is_offered_however_many_others_there_are() {
    let app = TestApp::start().await;
    let (sharer, patient) = (app.patient().await, app.patient().await);
    sharer.shares_with(&patient).await;
    // With ids that come before that of one's own.
    app.has_diaries_shared_as("00", &patient, 101);
    let other = OtherApp::public(&app).await;
    let browser = browser_of(&app, &patient).await;
    let page = other.question("diary:read", &[]);
    let text = browser.opens(&page).await.is(200).text();
    assert!(text.contains("My own diary") && text.contains("more than these 100"), "{text}");
    assert_eq!(value_of(&text, "offered").split(' ').count(), 100);
    // What is offered can be ticked.
    let offered = value_of(&text, "offered");
    let names: Vec<_> = (0..100).map(|at| format!("diary_{at}")).collect();
    let mut fields: Pairs<'_> = names.iter().map(|name| (name.as_str(), "yes")).collect();
    fields.extend([("answer", "yes"), ("diary:read", "yes"), ("offered", offered.as_str())]);
    let answer = browser.submits(&page, &page, &fields).await.is(303);
    assert!(back_at(CALLBACK, answer.header("location").unwrap()).contains_key("code"));
}

#[actix_web::test]
async fn diaries_that_are_not_offered_are_not_looked_at() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let other = OtherApp::public(&app).await;
    let browser = browser_of(&app, &clinician).await;
    let looks = async || patient.get(patient.diary().access_log()).await.items().len();
    let before = looks().await;
    let text = browser.opens(&other.question("account:manage", &[])).await.is(200).text();
    assert!(!text.contains("Where it may do that"));
    assert_eq!(looks().await, before);
    browser.opens(&other.question("diary:read", &[])).await.is(200);
    assert_eq!(looks().await, before + 1);
}

#[actix_web::test]
async fn a_browser_goes_back_to_registered_addresses_alone() {
    let app = TestApp::start().await;
    let other = OtherApp::public(&app).await;
    let nobody = Browser::of(app.nobody());
    // RFC 9700, sections 2.1 and 4.1: letter by letter, and nowhere else.
    for elsewhere in [
        "https://app.example/callback/",
        "https://app.example/callback?next=https://evil.example",
        "https://app.example.evil.example/callback",
        "https://evil.example/callback",
        "http://app.example/callback",
    ] {
        let page = nobody.opens(&other.question("diary:read", &[("redirect_uri", Some(elsewhere))])).await.is(400);
        assert!(page.header("location").is_none() && page.text().contains("This link does not work"));
    }
    for (name, value) in [("client_id", Some("somebody")), ("client_id", None), ("redirect_uri", None)] {
        let page = nobody.opens(&other.question("diary:read", &[(name, value)])).await.is(400);
        assert!(page.header("location").is_none(), "{name}");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", other.question("diary:read", &[]));
    assert!(nobody.opens(&twice).await.is(400).header("location").is_none());
    // RFC 8252: a program on a desktop chooses its port when it starts.
    let desktop = OtherApp::at(&app, "http://127.0.0.1/callback", false).await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let here = "http://127.0.0.1:51004/callback";
    let page = desktop.question("diary:read", &[("redirect_uri", Some(here))]);
    browser.opens(&page).await.is(200);
    let answer = browser.submits(&page, &page, &[("answer", "no")]).await.is(303);
    assert!(answer.header("location").unwrap().starts_with(here));
}

#[actix_web::test]
async fn what_is_wrong_with_a_question_is_told_to_the_app() {
    let app = TestApp::start().await;
    let other = OtherApp::public(&app).await;
    let nobody = Browser::of(app.nobody());
    for (name, value, error) in [
        // No tokens by way of the browser (RFC 9700, section 2.1.2), and PKCE with S256 always (2.1.1).
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", None, "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("scope", None, "invalid_scope"),
        ("scope", Some("diary:read everything"), "invalid_scope"),
    ] {
        let answer = nobody.opens(&other.question("diary:read", &[(name, value)])).await.is(303);
        let back = back_at(CALLBACK, answer.header("location").unwrap());
        assert_eq!(back["error"], error, "{name} {value:?}");
        // RFC 9207: which server answers is said with errors too.
        assert!(back.contains_key("iss") && back["state"] == "af0 &=jx" && back.contains_key("error_description"));
    }
    // What is not known is not looked at.
    let asked = nobody.opens(&other.question("diary:read", &[("prompt", Some("login"))])).await.is(303);
    assert!(asked.header("location").unwrap().starts_with("/sign-in?next="));
}

#[actix_web::test]
async fn nobody_is_let_in_without_the_person() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let browser = browser_of(&app, &patient).await;
    let page = other.question("diary:read", &[]);
    let allowed = [("answer", "yes"), ("diary:read", "yes"), ("offered", patient.diary().id()), ("diary_0", "yes")];
    // Another site can't send the form, and nobody without the page's own token.
    browser.sends(&page, &allowed).await.is(403);
    // Nobody frames the page.
    let shown = browser.opens(&page).await.is(200);
    assert!(shown.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    // Who signed in long ago shows first that it is they, and comes back to the whole question.
    let form_token = browser.form_token(&page).await;
    let whole: Pairs<'_> = allowed.into_iter().chain([("form_token", form_token.as_str())]).collect();
    browser.sends(&page, &whole).header("sec-fetch-site", "cross-site").await.is(403);
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 0);
    app.advance(Duration::from_mins(11));
    let asked = browser.opens(&page).await.is(303);
    assert!(asked.header("location").unwrap().starts_with("/confirm?next=%2Foauth%2Fauthorize%3F"));
    let told = browser.sends(&page, &whole).await.is(303);
    let location = told.header("location").unwrap();
    assert!(location.starts_with("/confirm?next=%2Foauth%2Fauthorize%3F") && location.ends_with("&late=yes"));
    assert_eq!(patient.signs_in().await.get(CONNECTIONS).await.items().len(), 0);
}

#[actix_web::test]
async fn a_code_is_good_once_for_a_minute_and_for_who_asked() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let code = other.gets_a_code(&app, &patient, "diary:read").await;
    let with = |verifier: &'static str, callback: &'static str| {
        let said = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", callback),
            ("code_verifier", verifier),
        ];
        other.sends(TOKEN, &said)
    };
    // Somebody who caught the code has neither the verifier nor the address (RFC 9700, sections 4.5 and 4.8).
    is_wrong(&with("a-verifier-of-somebody-else-that-is-long-enough", CALLBACK).await, 400, "invalid_grant");
    is_wrong(&with(VERIFIER, "https://evil.example/").await, 400, "invalid_grant");
    is_wrong(&with("short", CALLBACK).await, 400, "invalid_request");
    let without = [("grant_type", "authorization_code"), ("code", code.as_str())];
    is_wrong(&other.sends(TOKEN, &without).await, 400, "invalid_request");
    let thief = OtherApp::public(&app).await;
    is_wrong(&thief.redeems(&code).await, 400, "invalid_grant");
    // The app itself is still let in, and a second time ends all that came of the first (section 2.1.1).
    let tokens = other.redeems(&code).await.is(200).json();
    let program = patient.with_access_token(text(&tokens, "access_token"));
    program.get("/v1/diaries/me").await.is(200);
    // Who has found it, and not what it is bound to, ends nothing.
    is_wrong(&with("a-verifier-of-somebody-else-that-is-long-enough", CALLBACK).await, 400, "invalid_grant");
    is_wrong(&thief.redeems(&code).await, 400, "invalid_grant");
    program.get("/v1/diaries/me").await.is(200);
    is_wrong(&other.redeems(&code).await, 400, "invalid_grant");
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    is_wrong(&other.refreshes(text(&tokens, "refresh_token")).await, 400, "invalid_grant");
    // After a minute it is nothing.
    let late = other.gets_a_code(&app, &patient, "diary:read").await;
    app.advance(Duration::from_secs(61));
    is_wrong(&other.redeems(&late).await, 400, "invalid_grant");
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 0);
    assert!(!app.database_holds(&late));
}

#[actix_web::test]
async fn refresh_tokens_change_and_one_that_comes_again_ends_the_connection() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let first = other.is_let_in(&app, &patient, "diary:read analytics:read").await;
    app.advance(Duration::from_mins(16));
    let old = patient.with_access_token(text(&first, "access_token"));
    old.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    let second = other.refreshes(text(&first, "refresh_token")).await.is(200).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["scope"], "diary:read analytics:read");
    // An answer got lost: the same child again.
    let again = other.refreshes(text(&first, "refresh_token")).await.is(200).json();
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    let program = patient.with_access_token(text(&again, "access_token"));
    program.get("/v1/diaries/me").await.is(200);
    // Fewer scopes for one access token; more than there are are refused, and nothing is spent by that.
    let spent = text(&second, "refresh_token");
    let asks = |scope: &'static str| {
        other.sends(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", spent), ("scope", scope)])
    };
    is_wrong(&asks("diary:write").await, 400, "invalid_scope");
    app.advance(Duration::from_mins(2));
    let fewer = asks("analytics:read").await.is(200).json();
    assert_eq!(fewer["scope"], "analytics:read");
    let narrow = patient.with_access_token(text(&fewer, "access_token"));
    narrow.get("/v1/diaries/me").await.is_problem(403, "insufficient_scope");
    narrow.get("/v1/diaries/me/analytics/night-share").await.is(200);
    // The child was used, so whoever shows the parent has stolen it, or it was stolen from them (RFC 9700, section 4.14).
    is_wrong(&other.refreshes(text(&first, "refresh_token")).await, 400, "invalid_grant");
    for tokens in [&again, &fewer] {
        let holder = patient.with_access_token(text(tokens, "access_token"));
        holder.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    }
    is_wrong(&other.refreshes(text(&fewer, "refresh_token")).await, 400, "invalid_grant");
    // Another app's is nothing, and who does not come for 90 days has to ask anew.
    let third = other.is_let_in(&app, &patient, "diary:read").await;
    let thief = OtherApp::public(&app).await;
    is_wrong(&thief.refreshes(text(&third, "refresh_token")).await, 400, "invalid_grant");
    other.refreshes(text(&third, "refresh_token")).await.is(200);
    // Two minutes later no answer is waited for any more.
    let parent = other.is_let_in(&app, &patient, "diary:read").await;
    other.refreshes(text(&parent, "refresh_token")).await.is(200);
    app.advance(Duration::from_mins(2));
    is_wrong(&other.refreshes(text(&parent, "refresh_token")).await, 400, "invalid_grant");
    let fourth = other.is_let_in(&app, &patient, "diary:read").await;
    app.advance(Duration::from_hours(91 * 24));
    is_wrong(&other.refreshes(text(&fourth, "refresh_token")).await, 400, "invalid_grant");
    app.clears_away().await;
    nothing_is_left(&app);
}

#[actix_web::test]
async fn what_was_spent_is_known_for_as_long_as_the_connection_lasts() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let code = other.gets_a_code(&app, &patient, "diary:read").await;
    let first = other.redeems(&code).await.is(200).json();
    let mut last = first.clone();
    for _ in 0..3 {
        app.advance(Duration::from_hours(80 * 24));
        last = other.refreshes(text(&last, "refresh_token")).await.is(200).json();
    }
    assert_eq!(app.sql("SELECT count(*) FROM connections WHERE true"), "1");
    let patient = patient.signs_in().await;
    // Another connection's tokens have nothing to do with it.
    let beside = other.is_let_in(&app, &patient, "diary:read").await;
    is_wrong(&other.refreshes(text(&first, "refresh_token")).await, 400, "invalid_grant");
    is_wrong(&other.refreshes(text(&last, "refresh_token")).await, 400, "invalid_grant");
    let program = patient.with_access_token(text(&last, "access_token"));
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    other.refreshes(text(&beside, "refresh_token")).await.is(200);
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 1);
    // Half a token is none, and the right half with a wrong one is one that was spent.
    let late = other.is_let_in(&app, &patient, "diary:read").await;
    let written = text(&late, "refresh_token");
    is_wrong(&other.refreshes(&written[..47]).await, 400, "invalid_grant");
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 2);
    let other_half = if written.ends_with("AAAA") { "BBBB" } else { "AAAA" };
    is_wrong(&other.refreshes(&format!("{}{other_half}", &written[..written.len() - 4])).await, 400, "invalid_grant");
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 1);
    // A code that comes again months later.
    let code = other.gets_a_code(&app, &patient, "diary:read").await;
    let tokens = other.redeems(&code).await.is(200).json();
    app.advance(Duration::from_hours(80 * 24));
    is_wrong(&other.redeems(&code).await, 400, "invalid_grant");
    is_wrong(&other.refreshes(text(&tokens, "refresh_token")).await, 400, "invalid_grant");
}

#[actix_web::test]
async fn of_two_at_once_no_more_is_left_than_of_two_after_another() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    for _ in 0..5 {
        let code = other.gets_a_code(&app, &patient, "diary:read").await;
        let (one, two) = join(other.redeems(&code), other.redeems(&code)).await;
        let mut statuses = [one.status(), two.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{} {}", one.text(), two.text());
        nothing_is_left(&app);
    }
    let mut tokens = other.is_let_in(&app, &patient, "diary:read").await;
    for _ in 0..5 {
        // Two parts of one app: both get the same, within the grace time.
        let spent = text(&tokens, "refresh_token").to_owned();
        let (one, two) = join(other.refreshes(&spent), other.refreshes(&spent)).await;
        let (one, two) = (one.is(200).json(), two.is(200).json());
        assert_eq!(one["refresh_token"], two["refresh_token"]);
        for each in [&one, &two] {
            patient.with_access_token(text(each, "access_token")).get("/v1/diaries/me").await.is(200);
        }
        tokens = one;
    }
    // One that carries on while the person ends it: whichever is first, it is over.
    let listed = patient.get(CONNECTIONS).await.items();
    let ends = patient.delete(format!("{CONNECTIONS}/{}", listed[0].id()));
    let (carried, ended) = join(other.refreshes(text(&tokens, "refresh_token")), ends.into_future()).await;
    ended.is(204);
    assert!([200, 400].contains(&carried.status()), "{}", carried.text());
    nothing_is_left(&app);
}

#[actix_web::test]
async fn one_person_has_a_hundred_connections_at_most() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "0")]).await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let unused_longest = other.is_let_in(&app, &patient, "diary:read").await;
    let browser = browser_of(&app, &patient).await;
    for _ in 0..99 {
        app.advance(Duration::from_millis(1));
        let code = other.allowed(&browser, "diary:read").await["code"].clone();
        other.redeems(&code).await.is(200);
    }
    let carried_on = other.refreshes(text(&unused_longest, "refresh_token")).await.is(200).json();
    assert_eq!(app.sql("SELECT count(*) FROM connections WHERE true"), "100");
    other.is_let_in(&app, &patient, "diary:read").await;
    assert_eq!(app.sql("SELECT count(*) FROM connections WHERE true"), "100");
    // The one that lay unused the longest went, and this one was used.
    other.refreshes(text(&carried_on, "refresh_token")).await.is(200);
}

#[actix_web::test]
async fn an_app_that_asks_again_and_again_leaves_little() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let first = other.is_let_in(&app, &patient, "diary:read").await;
    let mut last = first.clone();
    for _ in 0..25 {
        last = other.refreshes(text(&first, "refresh_token")).await.is(200).json();
    }
    let kept = "SELECT count(*) FROM connection_tokens WHERE true";
    assert_eq!(app.sql(kept), "20");
    let oldest = patient.with_access_token(text(&first, "access_token"));
    oldest.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    patient.with_access_token(text(&last, "access_token")).get("/v1/diaries/me").await.is(200);
}

#[actix_web::test]
async fn an_app_on_a_server_shows_its_secret() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::confidential(&app).await;
    let secret = other.secret.clone().unwrap();
    let tokens = other.is_let_in(&app, &patient, "diary:read").await;
    let refresh = text(&tokens, "refresh_token");
    let said: Pairs<'_> = vec![("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let with =
        |more: &[(&str, &str)]| form(&other.caller, TOKEN, &said.iter().chain(more).copied().collect::<Pairs<'_>>());
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let answer = with(&[("client_id", &other.id)]).await;
    is_wrong(&answer, 401, "invalid_client");
    assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "));
    let foreign = OtherApp::confidential(&app).await.secret.unwrap();
    is_wrong(&with(&[("client_id", &other.id), ("client_secret", &foreign)]).await, 401, "invalid_client");
    is_wrong(&with(&[]).await, 401, "invalid_client");
    is_wrong(&with(&[]).header("authorization", basic("nobody", &secret)).await, 401, "invalid_client");
    is_wrong(&with(&[]).header("authorization", "Basic x").await, 401, "invalid_client");
    let both = with(&[("client_secret", &secret)]).header("authorization", basic(&other.id, &secret));
    is_wrong(&both.await, 400, "invalid_request");
    let twice = with(&[("refresh_token", refresh)]).header("authorization", basic(&other.id, &secret));
    is_wrong(&twice.await, 400, "invalid_request");
    let json = other.caller.request(Method::POST, TOKEN).json(&json!({"grant_type": "refresh_token"}));
    is_wrong(&json.await, 400, "invalid_request");
    // An app that keeps none must not show one.
    let public = OtherApp::public(&app).await;
    let shown = [("client_id", public.id.as_str()), ("client_secret", secret.as_str())];
    is_wrong(&with(&shown).await, 401, "invalid_client");
    // No password, and no token without a person (RFC 9700, section 2.4).
    for grant_type in ["password", "client_credentials", "implicit"] {
        is_wrong(&other.sends(TOKEN, &[("grant_type", grant_type)]).await, 400, "unsupported_grant_type");
    }
    is_wrong(&other.sends(TOKEN, &[]).await, 400, "invalid_request");
    with(&[]).header("authorization", basic(&other.id, &secret)).await.is(200);
    assert!(!app.database_holds(&secret) && !app.database_holds(refresh));
}

#[actix_web::test]
async fn tokens_are_given_back_and_asked_about() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::confidential(&app).await;
    let tokens = other.is_let_in(&app, &patient, "diary:read").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let introspects = async |who: &OtherApp, token: &str| who.sends("/oauth/introspect", &[("token", token)]).await;
    let told = introspects(&other, access).await.is(200).json();
    assert_eq!(
        (&told["active"], &told["scope"], &told["client_id"], &told["token_type"], &told["diary_ids"]),
        (&json!(true), &json!("diary:read"), &json!(other.id), &json!("Bearer"), &json!([patient.diary().id()]))
    );
    assert_eq!(told["exp"].as_i64().unwrap() - app.now().timestamp(), 900);
    assert_eq!(introspects(&other, refresh).await.is(200).json()["active"], true);
    // Another app learns nothing of it, and neither does one that can't show who it is.
    let stranger = OtherApp::confidential(&app).await;
    for unknown in [access, refresh, "cra_", "nonsense"] {
        assert_eq!(introspects(&stranger, unknown).await.is(200).json(), json!({"active": false}));
    }
    let public = OtherApp::public(&app).await;
    is_wrong(&introspects(&public, access).await, 400, "unauthorized_client");
    let revokes = async |who: &OtherApp, token: &str| who.sends("/oauth/revoke", &[("token", token)]).await;
    is_wrong(&revokes(&stranger, access).await, 400, "invalid_grant");
    is_wrong(&other.sends("/oauth/revoke", &[]).await, 400, "invalid_request");
    revokes(&other, "nonsense").await.is(200);
    let program = patient.with_access_token(access);
    program.get("/v1/diaries/me").await.is(200);
    revokes(&other, access).await.is(200);
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    assert_eq!(introspects(&other, access).await.is(200).json(), json!({"active": false}));
    let next = other.refreshes(refresh).await.is(200).json();
    revokes(&other, text(&next, "refresh_token")).await.is(200);
    let program = patient.with_access_token(text(&next, "access_token"));
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    assert_eq!(patient.get(CONNECTIONS).await.items().len(), 0);
    revokes(&other, text(&next, "refresh_token")).await.is(200);
}

#[actix_web::test]
async fn an_app_is_no_session_and_ends_with_whom_it_serves() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let other = OtherApp::public(&app).await;
    let everything = "diary:read diary:write analytics:read share:manage account:manage";
    let tokens = other.is_let_in(&app, &patient, everything).await;
    let program = patient.with_access_token(text(&tokens, "access_token"));
    program.get("/v1/me").await.is(200);
    // What changes how one signs in, erases or lets others in takes the person.
    let refused = [
        program.request(Method::POST, "/v1/tokens").json(&json!({"name": "More", "scopes": ["diary:read"]})),
        program.request(Method::DELETE, "/v1/me"),
        program.request(Method::POST, "/v1/diaries/me/invitations").json(&json!({"role": "viewer"})),
    ];
    for request in refused {
        let answer = request.await;
        assert!([401, 403].contains(&answer.status()), "{}", answer.text());
    }
    // A refresh token of an app carries no session on, and that of a session no app.
    let body = json!({"refresh_token": text(&tokens, "refresh_token")});
    app.nobody().post("/v1/auth/refresh", body).await.is(401);
    // Account data alone reaches no diary.
    let account = other.is_let_in(&app, &patient, "account:manage").await;
    assert_eq!(account["diary_ids"], json!([]));
    let narrow = patient.with_access_token(text(&account, "access_token"));
    narrow.get("/v1/me").await.is(200);
    narrow.get("/v1/diaries/me").await.is_problem(404, "not_found");
    // Taken off by the operator.
    app.removes_app(&other.id).await;
    for caller in [&program, &narrow] {
        caller.get("/v1/me").await.is_problem(401, "unauthenticated");
    }
    is_wrong(&other.refreshes(text(&tokens, "refresh_token")).await, 401, "invalid_client");
    let again = OtherApp::public(&app).await;
    again.is_let_in(&app, &patient, "diary:read").await;
    patient.signs_in().await.delete("/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    nothing_is_left(&app);
}

#[actix_web::test]
async fn libraries_find_the_endpoints() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let told = nobody.get("/.well-known/oauth-authorization-server").await.is(200).json();
    for (name, path) in [
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", TOKEN),
        ("revocation_endpoint", "/oauth/revoke"),
        ("introspection_endpoint", "/oauth/introspect"),
    ] {
        assert_eq!(told[name], json!(format!("{}{path}", text(&told, "issuer"))));
    }
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(told["response_types_supported"], json!(["code"]));
}
