//! The pages on which somebody lets programs in, and ends them, with a browser.

use std::time::Duration;

use serde_json::json;

use super::support::*;

const TOKENS: &str = "/tokens";
const NEW: &str = "/tokens/new";

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

/// The token that a page shows.
fn shown(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"secret\">").unwrap_or_else(|| panic!("no token in {page}"));
    rest.split('<').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_patient_lets_a_program_in_and_ends_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let security = browser.opens("/second-factor").await.is(200).text();
    assert!(security.contains("<a href=\"/tokens\">Programs with access</a>"), "{security}");
    let none = browser.opens(TOKENS).await.is(200).text();
    assert!(none.contains("No program has a token of yours."), "{none}");

    let fields = [("name", "My watch"), ("diary:write", "yes"), ("own_alone", "yes"), ("days", "30")];
    let page = browser.submits(NEW, NEW, &fields).await.is(200).text();
    assert!(page.contains("Log, change and delete entries") && page.contains("For your own diary alone."), "{page}");
    let watch = patient.with_access_token(shown(&page));
    let cramp = watch.logs(a_cramp()).await;
    watch.get(watch.diary().episode(cramp.id())).await.is_problem(403, "insufficient_scope");

    let listed = browser.opens(TOKENS).await.is(200).text();
    assert!(listed.contains("My watch") && !listed.contains(&shown(&page)), "{listed}");
    let id = patient.get("/v1/tokens").await.items()[0].id().to_owned();
    let ended = browser.submits(TOKENS, &format!("/tokens/{id}/end"), &[]).await.is(303);
    assert_eq!(ended.header("location"), Some("/tokens?ended=yes"));
    let after = browser.opens("/tokens?ended=yes").await.is(200).text();
    assert!(after.contains("Ended.") && !after.contains("My watch"), "{after}");
    watch.post(watch.diary().episodes(), a_cramp()).await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let browser = browser_of(&app, &clinician).await;
    let blank = browser.opens(NEW).await.is(200).text();
    assert!(!blank.contains("own_alone"), "somebody without a diary: {blank}");
    let page = browser.submits(NEW, NEW, &[("name", "Ward list"), ("days", "7")]).await.is(422).text();
    for said in ["Tick at least one of these.", "This is none of the choices.", "value=\"Ward list\""] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let page = browser.submits(NEW, NEW, &[("name", ""), ("diary:read", "yes")]).await.is(422).text();
    assert!(page.contains("It needs a name") && page.contains("value=\"yes\" checked"), "{page}");
    assert_eq!(clinician.get("/v1/tokens").await.items().len(), 0);
}

#[actix_web::test]
async fn who_signed_in_long_ago_confirms_before_a_token_is_made() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let form_token = browser.form_token(NEW).await;
    app.advance(Duration::from_mins(11));
    let asked = browser.opens(NEW).await.is(303);
    assert_eq!(asked.header("location"), Some("/confirm?next=%2Ftokens%2Fnew"));
    let late = [("form_token", form_token.as_str()), ("name", "A thief's"), ("diary:read", "yes")];
    browser.sends(NEW, &late).await.is(303);
    let again = patient.signs_in().await;
    assert_eq!(again.get("/v1/tokens").await.items().len(), 0);
}

#[actix_web::test]
async fn a_webhook_that_was_switched_off_is_told_of_where_one_looks_first() {
    let app = TestApp::start().await;
    for (person, first) in [(app.patient().await, "/me"), (app.clinician().await, "/clinic")] {
        let browser = browser_of(&app, &person).await;
        let said = json!({"url": "https://hooks.example/cramps", "name": "Sleep Log", "events": ["diary.changed"]});
        let made = person.post("/v1/me/webhooks", said).await.is(201).row();
        let off = |text: &str| text.contains("has been switched off");
        let opens = async |path: &str| browser.opens(path).await.is(200).text();
        assert!(!off(&opens(first).await));
        // One's own doing is no news.
        let path = format!("/v1/me/webhooks/{}", made.id());
        person.patch(&path, json!({"disabled": true})).await.is(200);
        assert!(!off(&opens(first).await));
        app.sql(&format!("UPDATE webhooks SET disabled_reason = 'failing' WHERE id = '{}'", made.id()));
        let page = opens(first).await;
        assert!(off(&page) && page.contains("href=\"/tokens\""), "{page}");
        let list = opens("/tokens").await;
        assert!(list.contains("Sleep Log") && list.contains("hooks.example"), "{list}");
        assert!(list.contains("something could not be delivered"), "{list}");
        let ended = browser.submits("/tokens", &format!("/tokens/webhooks/{}/end", made.id()), &[]).await.is(303);
        assert_eq!(ended.header("location"), Some("/tokens?ended=yes"));
        person.get(&path).await.is_problem(404, "not_found");
        assert!(!off(&opens(first).await));
    }
}

#[actix_web::test]
async fn who_changes_the_password_sees_which_tokens_were_made() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    browser.submits(NEW, NEW, &[("name", "My watch"), ("diary:write", "yes")]).await.is(200);
    let page = browser.opens("/password").await.is(200).text();
    assert!(page.contains("My watch") && page.contains("A token for a program, made on"), "{page}");
}
