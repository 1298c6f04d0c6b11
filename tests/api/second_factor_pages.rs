//! The page of the second factor: setting it up, keeping it, and turning it off, with a browser.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

const PAGE: &str = "/second-factor";
const BEGIN: &str = "/second-factor/begin";
const CONFIRM: &str = "/second-factor/confirm";
const RECOVERY_CODES: &str = "/second-factor/recovery-codes";
const DISABLE: &str = "/second-factor/disable";

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

/// What a page has between two pieces of markup, as somebody sees it; the first of them.
fn between(page: &str, start: &str, end: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start} in {page}"));
    rest.split_once(end).unwrap().0.replace("&amp;", "&")
}

/// What an app makes of the page of a set-up.
fn scans(page: &str) -> Authenticator {
    let url = format!("otpauth://{}", between(page, "href=\"otpauth://", "\""));
    Authenticator::scans(&json!({"otpauth_url": url}))
}

fn recovery_codes(page: &str) -> Vec<String> {
    let codes: Vec<_> = page.split("<span class=\"code\">").skip(1).map(|rest| rest[..17].to_owned()).collect();
    assert_eq!(codes.len(), 10, "{page}");
    codes
}

async fn begins(browser: &Browser) -> Authenticator {
    scans(&browser.submits(PAGE, BEGIN, &[("password", PASSWORD)]).await.is(200).text())
}

/// A patient, and their browser, which turned a second factor on.
async fn with_a_second_factor(app: &TestApp) -> (Caller, Browser, Authenticator, Vec<String>) {
    let patient = app.patient().await;
    let browser = browser_of(app, &patient).await;
    let phone = begins(&browser).await;
    let page = browser.submits(CONFIRM, CONFIRM, &[("code", &phone.code(app.now()))]).await.is(200).text();
    (patient, browser, phone, recovery_codes(&page))
}

async fn signs_in_with(app: &TestApp, person: &Caller, code: &str) -> Answer {
    let fields = [("email", person.email()), ("password", PASSWORD), ("code", code)];
    Browser::of(app.nobody()).sends("/sign-in", &fields).await
}

async fn status(browser: &Browser) -> String {
    browser.opens(PAGE).await.is(200).text()
}

#[actix_web::test]
async fn a_clinician_sets_up_an_app_and_signs_in_with_its_codes() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let browser = browser_of(&app, &clinician).await;
    let page = browser.opens("/clinic").await.is(200).text();
    assert!(page.contains("safer with a second factor") && page.contains("<a href=\"/second-factor\">Security</a>"));
    assert!(status(&browser).await.contains("has no second factor"));

    let page = browser.submits(PAGE, BEGIN, &[("password", PASSWORD)]).await.is(200).text();
    let phone = scans(&page);
    let secret = between(&page, "?secret=", "&amp;issuer");
    let typed = between(&page, "<strong class=\"code\">", "</strong>");
    assert_eq!(typed.replace(' ', ""), secret);
    assert_eq!(typed.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8]);
    assert!(page.contains("<svg ") && page.contains("<title>QR code for an authenticator app</title>"));
    // Nothing is asked for until the app has proved itself.
    assert!(status(&browser).await.contains("has no second factor"));
    assert_eq!(signs_in_with(&app, &clinician, "").await.status(), 303);

    let code = phone.code(app.now());
    let page = browser.submits(PAGE, CONFIRM, &[("code", &code)]).await.is(200).text();
    let codes = recovery_codes(&page);
    assert!(page.contains("Your second factor is on.") && page.contains("Print this page"));
    let page = status(&browser).await;
    assert!(page.contains("10 recovery codes are left.") && !page.contains(&codes[0]), "{page}");
    assert!(!browser.opens("/clinic").await.is(200).text().contains("safer with a second factor"));

    signs_in_with(&app, &clinician, "").await.is(401);
    signs_in_with(&app, &clinician, &code).await.is(401);
    signs_in_with(&app, &clinician, &phone.code_of_step(app.now(), 1)).await.is(303);
    signs_in_with(&app, &clinician, &codes[0].to_lowercase()).await.is(303);
    assert!(status(&browser).await.contains("9 recovery codes are left."));
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_then_taken_to_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let nobody = Browser::of(app.nobody());
    assert_eq!(nobody.opens(PAGE).await.is(303).header("location"), Some("/sign-in?next=%2Fsecond%2Dfactor"));
    nobody.sends(BEGIN, &[("password", PASSWORD)]).await.is(303);
    let fields = [("email", patient.email()), ("password", PASSWORD), ("next", PAGE)];
    assert_eq!(nobody.sends("/sign-in", &fields).await.is(303).header("location"), Some(PAGE));
    let page = browser_of(&app, &patient).await.opens("/me").await.is(200).text();
    assert!(page.contains("<a href=\"/second-factor\">Security</a>"));
}

#[actix_web::test]
async fn a_wrong_password_is_told_at_its_field_in_the_persons_language() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let (token, too_long) = (browser.form_token(PAGE).await, "x".repeat(1_025));
    for password in ["not my password", "", too_long.as_str()] {
        let fields = [("password", password), ("form_token", token.as_str())];
        let page = browser.sends(BEGIN, &fields).header("accept-language", "de").await.is(422).text();
        assert!(page.contains("role=\"alert\">Das ist nicht Ihr Passwort.</p>"), "{page}");
        let told = "aria-invalid=\"true\" aria-describedby=\"begin-password-wrong\"";
        assert!(page.contains(told) && page.contains("id=\"begin-password-wrong\""), "{page}");
        assert!(!page.contains("otpauth://") && !page.contains("password alone"), "{page}");
    }
    let other = [("password", PASSWORD), ("form_token", token.as_str()), ("other", "x")];
    browser.sends(BEGIN, &other).await.is(422);
    browser.submits(PAGE, CONFIRM, &[("code", "287082")]).await.is(303);
}

#[actix_web::test]
async fn a_wrong_code_is_asked_for_again_and_the_key_is_shown_no_more() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let first = begins(&browser).await;
    let phone = begins(&browser).await;
    for wrong in [phone.wrong_code(app.now()), first.code(app.now()), String::new()] {
        let page = browser.submits(PAGE, CONFIRM, &[("code", &wrong)]).await.is(422).text();
        assert!(page.contains("role=\"alert\">This is not the current code"), "{page}");
        assert!(page.contains("aria-describedby=\"confirm-code-wrong\"") && page.contains("Begin anew"), "{page}");
        assert!(!page.contains("otpauth://") && !page.contains("<svg "), "{page}");
    }
    assert_eq!(patient.get("/v1/me/second-factor").await.json()["enabled"], false);
    let code = phone.code(app.now());
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    recovery_codes(&browser.submits(CONFIRM, CONFIRM, &[("code", &spaced)]).await.is(200).text());
}

#[actix_web::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let app = TestApp::start().await;
    let (patient, browser, _, old) = with_a_second_factor(&app).await;
    signs_in_with(&app, &patient, &old[0]).await.is(303);
    let page = browser.submits(PAGE, RECOVERY_CODES, &[("password", "not my password")]).await.is(422).text();
    assert!(page.contains("id=\"recovery-codes-password-wrong\"") && !page.contains("id=\"disable-password-wrong\""));
    let page = browser.submits(PAGE, RECOVERY_CODES, &[("password", PASSWORD)]).await.is(200).text();
    let new = recovery_codes(&page);
    assert!(status(&browser).await.contains("10 recovery codes are left."));
    signs_in_with(&app, &patient, &old[1]).await.is(401);
    for code in &new {
        signs_in_with(&app, &patient, code).await.is(303);
    }
    assert!(status(&browser).await.contains("No recovery code is left"));
}

#[actix_web::test]
async fn it_is_turned_off_with_the_password_and_a_code() {
    let app = TestApp::start().await;
    let (patient, browser, phone, codes) = with_a_second_factor(&app).await;
    let code = phone.code_of_step(app.now(), 1);
    let wrong_password = [("password", "not my password"), ("code", code.as_str())];
    let page = browser.submits(PAGE, DISABLE, &wrong_password).await.is(422).text();
    assert!(page.contains("id=\"disable-password-wrong\"") && !page.contains("id=\"disable-code-wrong\""));
    let page = browser.submits(PAGE, DISABLE, &[("password", PASSWORD), ("code", "000")]).await.is(422).text();
    assert!(page.contains("id=\"disable-code-wrong\"") && !page.contains("id=\"disable-password-wrong\""));
    let page = browser.submits(PAGE, DISABLE, &[]).await.is(422).text();
    assert!(page.contains("id=\"disable-code-wrong\"") && page.contains("id=\"disable-password-wrong\""));
    signs_in_with(&app, &patient, "").await.is(401);

    let answer = browser.submits(PAGE, DISABLE, &[("password", PASSWORD), ("code", &code)]).await.is(303);
    assert_eq!(answer.header("location"), Some(PAGE));
    assert!(status(&browser).await.contains("has no second factor"));
    signs_in_with(&app, &patient, "").await.is(303);
    assert_eq!(codes.len(), 10);
}

#[actix_web::test]
async fn a_form_that_another_site_or_another_browser_made_is_not_taken() {
    let app = TestApp::start().await;
    let (patient, browser, phone, codes) = with_a_second_factor(&app).await;
    let other = browser_of(&app, &app.clinician().await).await;
    let (own, foreign) = (browser.form_token(PAGE).await, other.form_token(PAGE).await);
    let code = phone.code_of_step(app.now(), 1);
    let forms: [(&str, &[(&str, &str)]); 4] = [
        (BEGIN, &[("password", PASSWORD)]),
        (CONFIRM, &[("code", &code)]),
        (RECOVERY_CODES, &[("password", PASSWORD)]),
        (DISABLE, &[("password", PASSWORD), ("code", &code)]),
    ];
    for (path, fields) in forms {
        let with = |token| [fields, &[("form_token", token)]].concat();
        browser.sends(path, fields).await.is(403);
        browser.sends(path, &with(foreign.as_str())).await.is(403);
        browser.sends(path, &with(own.as_str())).header("sec-fetch-site", "cross-site").await.is(403);
    }
    signs_in_with(&app, &patient, &codes[0]).await.is(303);
}

#[actix_web::test]
async fn the_page_and_the_api_know_the_same() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let browser = browser_of(&app, &clinician).await;
    // Begun on the page, ended in an app; whoever was signed in elsewhere is signed out.
    let phone = begins(&browser).await;
    let confirm = json!({"code": phone.code(app.now())});
    clinician.post("/v1/me/second-factor/confirm", confirm).await.is(200);
    browser.opens(PAGE).await.is(303);
    let code = phone.code_of_step(app.now(), 1);
    let fields = [("email", clinician.email()), ("password", PASSWORD), ("code", code.as_str())];
    let browser = Browser::of(app.nobody()).signs_in(&fields).await;
    let page = status(&browser).await;
    assert!(page.contains("Your second factor is on since ") && page.contains("10 recovery codes are left."), "{page}");

    let page = browser.submits(PAGE, RECOVERY_CODES, &[("password", PASSWORD)]).await.is(200).text();
    let new = recovery_codes(&page);
    let credentials = json!({"email": clinician.email(), "password": PASSWORD, "code": new[0]});
    clinician.signed_out().post("/v1/auth/login", credentials).await.is(200);
    assert_eq!(clinician.get("/v1/me/second-factor").await.json()["recovery_codes_left"], 9);
    browser.submits(PAGE, DISABLE, &[("password", PASSWORD), ("code", &new[1])]).await.is(303);
    let off = json!({"enabled": false, "enabled_at": null, "passkeys": 0, "recovery_codes_left": 0});
    assert_eq!(clinician.get("/v1/me/second-factor").await.is(200).json(), off);
}

#[actix_web::test]
async fn turning_it_on_signs_everybody_else_out_and_this_browser_stays() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (here, elsewhere) = (browser_of(&app, &patient).await, browser_of(&app, &patient).await);
    let phone = begins(&here).await;
    here.submits(PAGE, CONFIRM, &[("code", &phone.code(app.now()))]).await.is(200);
    here.opens("/me").await.is(200);
    elsewhere.opens("/me").await.is(303);
    patient.get("/v1/me").await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn what_is_sent_twice_or_too_late_leads_back_to_how_things_are() {
    let app = TestApp::start().await;
    let (_, browser, phone, _) = with_a_second_factor(&app).await;
    let code = phone.code_of_step(app.now(), 1);
    for (path, fields) in [(BEGIN, [("password", PASSWORD)]), (CONFIRM, [("code", code.as_str())])] {
        let answer = browser.submits(PAGE, path, &fields).await.is(303);
        assert_eq!(answer.header("location"), Some(PAGE), "{path}");
    }
    for path in [BEGIN, RECOVERY_CODES, DISABLE] {
        assert_eq!(browser.opens(path).await.is(303).header("location"), Some(PAGE), "{path}");
    }
    let without = browser_of(&app, &app.patient().await).await;
    without.submits(PAGE, RECOVERY_CODES, &[("password", PASSWORD)]).await.is(303);
}

#[actix_web::test]
async fn who_guesses_codes_has_to_wait_and_finds_the_form_again() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let phone = begins(&browser).await;
    let token = browser.form_token(PAGE).await;
    let guess = async |code: String| browser.sends(CONFIRM, &[("code", &code), ("form_token", &token)]).await;
    for _ in 0..10 {
        guess(phone.wrong_code(app.now())).await.is(422);
    }
    for wait in [1, 2, 4, 8, 16] {
        app.advance(Duration::from_secs(wait));
        guess(phone.wrong_code(app.now())).await.is(422);
    }
    let held = guess(phone.code(app.now())).await.is(429);
    assert!((20..=32).contains(&held.retry_after()) && held.text().contains("Try again"), "{held}");
    assert!(browser.opens(CONFIRM).await.is(200).text().contains("name=\"code\""));
    assert_eq!(patient.get("/v1/me/second-factor").await.json()["enabled"], Value::Bool(false));
    app.advance(Duration::from_secs(32));
    guess(phone.code(app.now())).await.is(200);
}
