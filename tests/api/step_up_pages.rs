//! Pages that ask once more who somebody is, and the one that changes the password.

use std::time::Duration;

use serde_json::json;

use super::support::*;

const INVITE: &str = "/me/sharing/invite";
const LINK: &str = "/me/sharing/link";
const FACTOR: &str = "/second-factor";
const OTHER: &str = "nine loud otters by noon";
const LATE: Duration = Duration::from_mins(11);

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

async fn confirms(browser: &Browser, next: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submits("/clinic", "/confirm", &[fields, &[("next", next)]].concat()).await
}

#[actix_web::test]
async fn before_a_form_that_lets_somebody_in_one_confirms_and_goes_on_to_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    for page in [INVITE, LINK, FACTOR, "/second-factor/confirm", "/password"] {
        browser.opens(page).await.is(200);
    }
    app.advance(LATE);
    for (page, there) in [
        (INVITE, "/confirm?next=%2Fme%2Fsharing%2Finvite"),
        (LINK, "/confirm?next=%2Fme%2Fsharing%2Flink"),
        (FACTOR, "/confirm?next=%2Fsecond%2Dfactor"),
        ("/second-factor/confirm", "/confirm?next=%2Fsecond%2Dfactor%2Fconfirm"),
        ("/password", "/confirm?next=%2Fpassword"),
    ] {
        assert_eq!(browser.opens(page).await.is(303).header("location"), Some(there));
    }
    // What lets nobody in goes on.
    for page in ["/me", "/me/sharing", "/me/access-log", "/me/sharing/consents"] {
        browser.opens(page).await.is(200);
    }
    let page = browser.opens(&format!("/confirm?next={INVITE}")).await.is(200).text();
    assert!(page.contains("Confirm that it is you") && page.contains("value=\"/me/sharing/invite\""), "{page}");
    assert!(!page.contains("name=\"code\"") && !page.contains("too late"), "{page}");
    let answer = confirms(&browser, INVITE, &[("password", PASSWORD)]).await.is(303);
    assert_eq!(answer.header("location"), Some(INVITE));
    browser.submits(INVITE, INVITE, &[("role", "viewer")]).await.is(200);
    // Who is proved already is not asked again.
    assert_eq!(browser.opens(&format!("/confirm?next={INVITE}")).await.is(303).header("location"), Some(INVITE));
}

#[actix_web::test]
async fn what_is_sent_too_late_is_not_done_and_one_is_told_so() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let token = browser.form_token(INVITE).await;
    app.advance(LATE);
    let sends = async |path: &str, fields: &[(&str, &str)]| {
        browser.sends(path, &[fields, &[("form_token", token.as_str())]].concat()).await
    };
    for (path, fields) in [
        (INVITE, &[("role", "viewer")][..]),
        (LINK, &[("expires_in_hours", "24")]),
        ("/second-factor/begin", &[("password", PASSWORD)]),
        ("/second-factor/confirm", &[("code", "287082")]),
        ("/second-factor/recovery-codes", &[("password", PASSWORD)]),
        ("/second-factor/disable", &[("password", PASSWORD), ("code", "287082")]),
        ("/password", &[("current_password", PASSWORD), ("new_password", OTHER), ("repeated_password", OTHER)]),
    ] {
        let there = sends(path, fields).await.is(303).header("location").unwrap().to_owned();
        assert!(there.starts_with("/confirm?next=%2F") && there.ends_with("&late=yes"), "{there}");
        let page = browser.opens(&there).await.is(200).text();
        let next = format!("name=\"next\" value=\"{path}\"");
        assert!(page.contains("nothing has been done yet") && page.contains(&next), "{page}");
        // There is a page at each address that a form is sent to.
        assert!([200, 303].contains(&browser.opens(path).await.status()));
    }
    let german = browser.sends("/confirm", &[("next", INVITE), ("form_token", &token), ("password", "x")]);
    assert!(german.header("accept-language", "de").await.is(422).text().contains("Das ist nicht Ihr Passwort."));
    assert!(patient.get("/v1/diaries/me/consents").await.items().is_empty());
    assert_eq!(patient.get("/v1/me/second-factor").await.json()["enabled"], false);
    patient.signs_in().await;
    // Another site's form is refused as ever.
    sends(INVITE, &[("role", "viewer")]).await.is(303);
    browser.sends(INVITE, &[("role", "viewer")]).await.is(403);
    browser.sends("/confirm", &[("password", PASSWORD)]).await.is(403);
}

#[actix_web::test]
async fn who_has_a_second_factor_confirms_with_a_code_too() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let (phone, codes) = clinician.has_a_second_factor(app.now()).await;
    let code = phone.code_of_step(app.now(), 1);
    let fields = [("email", clinician.email()), ("password", PASSWORD), ("code", code.as_str())];
    let browser = Browser::of(app.nobody()).signs_in(&fields).await;
    app.advance(LATE);
    assert!(browser.opens(&format!("/confirm?next={FACTOR}")).await.is(200).text().contains("name=\"code\""));
    for (fields, told) in [
        (vec![("password", PASSWORD)], "type the code of your app, too"),
        (vec![("password", PASSWORD), ("code", "123")], "not the current code"),
        (vec![("password", "not my password"), ("code", &codes[0])], "not your password"),
    ] {
        let page = confirms(&browser, FACTOR, &fields).await.is(422).text();
        assert!(page.contains(told) && page.contains("aria-invalid=\"true\""), "{page}");
        browser.opens(FACTOR).await.is(303);
    }
    let fields = [("password", PASSWORD), ("code", codes[0].as_str())];
    assert_eq!(confirms(&browser, FACTOR, &fields).await.is(303).header("location"), Some(FACTOR));
    browser.opens(FACTOR).await.is(200);
}

#[actix_web::test]
async fn one_goes_on_to_a_page_of_ours_and_nowhere_else() {
    let app = TestApp::start().await;
    let browser = browser_of(&app, &app.patient().await).await;
    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example", "/v1/me", "/me?\u{1}", "/me?\u{e4}", ""]
    {
        assert_eq!(confirms(&browser, next, &[("password", PASSWORD)]).await.is(303).header("location"), Some("/"));
    }
    let fields = [("password", PASSWORD), ("next", "/me?period=night")];
    assert_eq!(
        browser.submits("/password", "/confirm", &fields).await.is(303).header("location"),
        Some("/me?period=night")
    );
}

#[actix_web::test]
async fn keepers_of_passwords_find_the_page_that_changes_it() {
    let app = TestApp::start().await;
    let there = app.nobody().get("/.well-known/change-password").await.is(303);
    assert_eq!(there.header("location"), Some("/password"));
}

#[actix_web::test]
async fn the_page_changes_the_password_and_signs_everybody_else_out() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    assert!(browser.opens(FACTOR).await.is(200).text().contains("href=\"/password\""));
    let change = async |current: &str, new: &str, repeated: &str| {
        let fields = [("current_password", current), ("new_password", new), ("repeated_password", repeated)];
        browser.submits("/password", "/password", &fields).await
    };
    for (current, new, repeated, field) in [
        ("not my password", OTHER, OTHER, "current_password"),
        (PASSWORD, "short", "short", "new_password"),
        (PASSWORD, "password1234", "password1234", "new_password"),
        (PASSWORD, OTHER, "nine loud otters by moon", "repeated_password"),
        (PASSWORD, OTHER, "", "repeated_password"),
    ] {
        let page = change(current, new, repeated).await.is(422).text();
        assert!(
            page.contains(&format!("id=\"{field}-wrong\"")) && page.matches("-wrong\" role").count() == 1,
            "{page}"
        );
    }
    // Typed again on another keyboard, whose space is not to be broken.
    let again = OTHER.replace(' ', "\u{a0}");
    assert!(change(PASSWORD, OTHER, &again).await.is(200).text().contains("Your password is changed"));
    browser.opens("/me").await.is(200);
    patient.get("/v1/me").await.is_problem(401, "unauthenticated");
    let login =
        |password: &str| app.nobody().post("/v1/auth/login", json!({"email": patient.email(), "password": password}));
    login(PASSWORD).await.is_problem(401, "invalid_credentials");
    login(OTHER).await.is(200);
}

#[actix_web::test]
async fn the_page_shows_what_was_opened_and_one_button_ends_it() {
    let app = TestApp::start().await;
    let (patient, accomplice) = (app.patient().await, app.clinician().await);
    let browser = browser_of(&app, &patient).await;
    let thief = patient.signs_in().await;
    thief.shares_on(json!({"role": "viewer", "label": "Dr <i>Nobody</i>"}), &accomplice).await;
    thief.post(patient.diary().report_links(), json!({})).await.is(201);
    let page = browser.opens("/password").await.is(200).text();
    for told in ["Dr &lt;i&gt;Nobody&lt;/i&gt;", accomplice.email(), "A link to your report", "A device without a name"]
    {
        assert!(page.contains(told), "{told} in {page}");
    }
    let (_, since) = page.split_once("name=\"end_opened_since\" value=\"").unwrap();
    let since = since.split('"').next().unwrap();
    let fields = [
        ("current_password", PASSWORD),
        ("new_password", OTHER),
        ("repeated_password", OTHER),
        ("end_opened_since", since),
    ];
    browser.submits("/password", "/password", &fields).await.is(200);
    accomplice.get(patient.diary().path()).await.is_problem(404, "not_found");
    assert!(!browser.opens("/password").await.is(200).text().contains("end_opened_since"));
    assert!(browser.opens("/me/sharing/consents").await.is(200).text().contains("Ended by you"));
}
