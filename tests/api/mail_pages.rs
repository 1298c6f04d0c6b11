//! Pages that lead back in without the password, and to another address.

use super::support::{app::fresh_email, *};

const OTHER: &str = "nine loud otters by noon";

/// Somebody whose address is confirmed, where mail is sent.
async fn confirmed(app: &TestApp) -> Caller {
    let patient = app.patient().await;
    let token = app.only_mail().await.token();
    Browser::of(app.nobody()).sends("/verify", &[("token", &token)]).await.is(200);
    patient
}

async fn registers(browser: &Browser, email: &str) -> Answer {
    let fields = [("email", email), ("password", OTHER), ("display_name", "Dr. Weiß"), ("next", "/clinic")];
    browser.sends("/register", &fields).await
}

#[actix_web::test]
async fn pages_lead_from_a_forgotten_password_to_another_one() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let browser = Browser::of(app.nobody());
    assert!(browser.opens("/sign-in").await.is(200).text().contains("href=\"/forgot\""));
    browser.opens("/forgot").await.is(200);
    let known = browser.sends("/forgot", &[("email", patient.email())]).await.is(202).text();
    let unknown = browser.sends("/forgot", &[("email", &fresh_email())]).await.is(202).text();
    assert_eq!(known, unknown);
    let (page, token) = app.only_mail().await.link();
    let there = format!("{page}?token={token}");
    // A program that looks at mail opens links, too.
    for _ in 0..2 {
        assert!(browser.opens(&there).await.is(200).text().contains(&format!("value=\"{token}\"")));
    }
    let chooses = |first: &str, second: &str| {
        browser.sends(&page, &[("token", &token), ("password", first), ("repeated_password", second)])
    };
    assert!(chooses(OTHER, PASSWORD).await.is(422).text().contains("This is not the same as the new password."));
    assert!(chooses("password1234", "password1234").await.is(422).text().contains("easily guessed"));
    assert!(chooses(OTHER, OTHER).await.is(200).text().contains("Your password is changed"));
    assert!(chooses(OTHER, OTHER).await.is(422).text().contains("This link opens nothing any more"));
    Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", OTHER)]).await;
}

#[actix_web::test]
async fn pages_confirm_an_address_and_change_it() {
    let app = TestApp::start_with_mail().await;
    let clinician = app.clinician().await;
    let token = app.only_mail().await.token();
    let browser = Browser::of(app.nobody()).signs_in(&[("email", clinician.email()), ("password", PASSWORD)]).await;
    assert!(browser.opens("/clinic").await.is(200).text().contains("not confirmed yet"));
    let there = format!("/verify?token={token}");
    assert!(browser.opens(&there).await.is(200).text().contains(&token));
    assert!(browser.sends("/verify", &[("token", &token)]).await.is(200).text().contains("That is noted"));
    assert!(browser.sends("/verify", &[("token", &token)]).await.is(422).text().contains("opens nothing any more"));
    assert!(!browser.opens("/clinic").await.is(200).text().contains("not confirmed yet"));

    let new = fresh_email();
    let wrong = browser
        .submits("/email", "/email", &[("email", new.as_str()), ("current_password", OTHER)])
        .await
        .is(422)
        .text();
    assert!(wrong.contains("not your password") && wrong.contains(&new), "{wrong}");
    browser.submits("/email", "/email", &[("email", new.as_str()), ("current_password", PASSWORD)]).await.is(200);
    let page = browser.opens("/email").await.is(200).text();
    assert!(page.contains(&new) && page.contains("present address was not followed yet"), "{page}");
    for mail in app.mail().await.into_iter().filter(|mail| mail.text.contains("/verify?")) {
        browser.sends("/verify", &[("token", &mail.token())]).await.is(200);
    }
    let page = browser.opens("/email").await.is(200).text();
    assert!(page.contains(&new) && !page.contains("followed yet"), "{page}");
}

#[actix_web::test]
async fn pages_say_that_nothing_is_done_by_mail_where_none_is_sent() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = Browser::of(app.nobody()).signs_in(&[("email", patient.email()), ("password", PASSWORD)]).await;
    let says = "This service sends no mail";
    assert!(browser.opens("/forgot").await.is(501).text().contains(says));
    assert!(browser.sends("/forgot", &[("email", patient.email())]).await.is(501).text().contains(says));
    let page = browser.opens("/email").await.is(200).text();
    assert!(page.contains("has not set up e-mail") && !page.contains("current_password"), "{page}");
    assert!(!browser.opens("/me").await.is(200).text().contains("not confirmed"));
}

#[actix_web::test]
async fn whoever_registers_on_the_page_is_told_the_same_for_every_address() {
    let app = TestApp::start_with_mail().await;
    let patient = confirmed(&app).await;
    let browser = Browser::of(app.nobody());
    let email = fresh_email();
    let new = registers(&browser, &email).await.is(202);
    let known = registers(&browser, patient.email()).await.is(202);
    assert_eq!(new.text(), known.text());
    assert!(new.header("set-cookie").is_none() && known.header("set-cookie").is_none());
    let subjects: Vec<_> = app.mail().await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 2);
    Browser::of(app.nobody()).signs_in(&[("email", &email), ("password", OTHER)]).await;
}
