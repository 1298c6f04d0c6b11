//! The pages of those who keep a diary: what it says, with whom it is shared, and who looked.

use serde_json::{Value, json};

use super::support::{contract::CONTRACT, *};

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

/// What stands between two marks in a page.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    page.split_once(start).unwrap_or_else(|| panic!("{start} in {page}")).1.split_once(end).unwrap().0
}

#[actix_web::test]
async fn everybody_begins_where_they_belong() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let (at_home, at_work) = (browser_of(&app, &patient).await, browser_of(&app, &clinician).await);
    assert_eq!(at_home.opens("/").await.is(303).header("location"), Some("/me"));
    assert_eq!(at_work.opens("/").await.is(303).header("location"), Some("/clinic"));
    assert_eq!(at_work.opens("/me").await.is(303).header("location"), Some("/clinic"));
    for page in ["/me/sharing", "/me/access-log", "/me/report", "/me/export", "/me/export.zip", "/me/sharing/consents"]
    {
        at_work.opens(page).await.is(404);
        let asked = Browser::of(app.nobody()).opens(page).await.is(303);
        assert!(asked.header("location").unwrap().starts_with("/sign-in?next=%2Fme"));
    }
}

#[actix_web::test]
async fn a_patient_sees_the_diary_at_a_glance_and_takes_it_away() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for days in [1, 2, 3] {
        patient.logs(a_cramp().at(&format!("{}T02:10:00Z", app.today_plus(-days))).note("after the wine")).await;
    }
    let browser = browser_of(&app, &patient).await;
    let page = browser.opens("/me").await.is(200).text();
    assert!(page.contains("3 of 3") && page.contains("after the wine") && page.contains("<svg"), "{page}");
    assert!(browser.opens("/me?period=day").await.is(200).text().contains("There are no cramps here."));
    patient.logs(a_cramp().at(&format!("{}T02:10:00Z", app.today_plus(-100))).note("long ago")).await;
    assert!(!browser.opens("/me").await.is(200).text().contains("long ago"));
    let from = app.today_plus(-120);
    let earlier = browser.opens(&format!("/me?from={from}&to=")).await.is(200).text();
    assert!(earlier.contains("long ago") && earlier.contains(&format!("value=\"{from}\"")), "{earlier}");
    for dates in ["from=2026-02-02&to=2026-02-01", "from=2999-01-01&to=", "from=nonsense&to="] {
        let page = browser.opens(&format!("/me?{dates}&min_intensity=1")).await.is(422).text();
        assert!(page.contains("id=\"dates-wrong\"") && page.contains("name=\"min_intensity\" value=\"1\""), "{page}");
    }
    browser.opens("/me?period=lunch").await.is(422);
    let report = browser.opens("/me/report").await.is(200).text();
    assert!(report.contains("<nav class=\"ways\"><a href=\"/me?from="), "{report}");
    assert!(!patient.get(patient.diary().report("")).await.is(200).text().contains("class=\"ways\""));
    assert_eq!(browser.opens("/me/report?format=pdf").await.is(200).header("content-type"), Some("application/pdf"));
    let taken = browser.opens("/me/export").await.is(200);
    assert!(taken.header("content-disposition").unwrap().starts_with("attachment"));
    let taken: Value = serde_json::from_str(&taken.text()).unwrap();
    assert_eq!(taken["episodes"].as_array().unwrap().len(), 4);
    assert!(page.contains("href=\"/me/export.zip\""), "{page}");
    let tables = browser.opens("/me/export.zip").await.is(200);
    assert_eq!(tables.header("content-type"), Some("application/zip"));
    assert!(tables.header("content-disposition").unwrap().ends_with(".zip\""));
    // Who looks at their own diary leaves nothing behind.
    assert!(browser.opens("/me/access-log").await.is(200).text().contains("Nobody has looked yet."));
}

#[actix_web::test]
async fn a_patient_shares_by_a_code_sees_who_looked_and_ends_it() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.logs(a_cramp().at(&format!("{}T02:10:00Z", app.today_plus(-1))).note("after the wine")).await;
    let (at_home, at_work) = (browser_of(&app, &patient).await, browser_of(&app, &clinician).await);

    let fields = [("label", "Dr <i>Okafor</i>"), ("role", "viewer"), ("access_until", "90")];
    let page = at_home.submits("/me/sharing/invite", "/me/sharing/invite", &fields).await.is(200).text();
    let code = between(&page, "id=\"code\">", "<").to_owned();
    assert!(page.contains("<svg") && page.contains(&format!("/clinic/redeem?code={code}")), "{page}");
    let open = at_home.opens("/me/sharing").await.is(200).text();
    assert!(open.contains("Dr &lt;i&gt;Okafor&lt;/i&gt;") && open.contains("Without notes.") && !open.contains(&code));

    at_work.submits("/clinic/redeem", "/clinic/redeem", &[("code", &code)]).await.is(303);
    let diary = format!("/clinic/patients/{}", patient.diary().id());
    assert!(!at_work.opens(&diary).await.is(200).text().contains("after the wine"));
    let looks = at_home.opens("/me/access-log").await.is(200).text();
    assert!(looks.contains("Looked at the log") && looks.contains(clinician.email()), "{looks}");
    for _ in 0..3 {
        at_work.opens(&diary).await.is(200);
    }
    let looks = at_home.opens("/me/access-log").await.is(200).text();
    assert!(looks.contains("Looked at the log; in a browser, with its charts, 4 times "), "{looks}");

    let shared = at_home.opens("/me/sharing").await.is(200).text();
    assert!(shared.contains("Last looked:") && shared.contains(clinician.email()));
    let end = format!("/me/sharing/{}/end", between(&shared, "action=\"/me/sharing/", "/end"));
    at_home.sends(&end, &[]).await.is(403);
    at_home.submits("/me/sharing", &end, &[]).await.is(303);
    at_work.opens(&diary).await.is(404);
    let looks = at_home.opens("/me/access-log").await.is(200).text();
    assert!(looks.contains("Tried to look after their access had ended, and saw nothing"), "{looks}");
    let agreed = at_home.opens("/me/sharing/consents").await.is(200).text();
    assert!(agreed.contains("Redeemed by") && agreed.contains("Ended by you") && agreed.contains("I allow the person"));

    // What is not there can't be ended, nor what is another's.
    let stranger = browser_of(&app, &app.patient().await).await;
    stranger.submits("/me/sharing", &end, &[]).await.is(404);
}

#[actix_web::test]
async fn a_patient_makes_a_link_for_a_visit() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp().at(&format!("{}T02:10:00Z", app.today_plus(-1)))).await;
    let browser = browser_of(&app, &patient).await;
    let fields = [("label", "Dr Okafor"), ("expires_in_hours", "168"), ("passcode", "herons")];
    let page = browser.submits("/me/sharing/link", "/me/sharing/link", &fields).await.is(200).text();
    let secret = between(&page, "/r/", "\"").to_owned();
    let link = format!("/r/{secret}");
    let nobody = Browser::of(app.nobody());
    nobody.sends(&link, &[("passcode", "wrong")]).await.is(403);
    nobody.sends(&link, &[("passcode", "herons")]).await.is(200);
    let shared = browser.opens("/me/sharing").await.is(200).text();
    assert!(shared.contains("Opened once.") && !shared.contains(&secret), "{shared}");
    let looks = browser.opens("/me/access-log").await.is(200).text();
    assert!(looks.contains("Somebody with a link to the report") && looks.contains("Opened the report"));
    let agreed = async || browser.opens("/me/sharing/consents").await.is(200).text();
    assert!(agreed().await.contains("The link opens the report until"));
    let end = format!("/me/sharing/{}/end", between(&shared, "action=\"/me/sharing/", "/end"));
    browser.submits("/me/sharing", &end, &[]).await.is(303);
    nobody.opens(&link).await.is(404);
    let tried = "Tried to open the report with a wrong passcode, or by a link that is over, and saw nothing, 2 times ";
    let looks = browser.opens("/me/access-log").await.is(200).text();
    assert!(looks.contains(tried), "{looks}");
    assert!(agreed().await.contains("Ended by you"));
}

#[actix_web::test]
async fn the_list_of_looks_is_read_page_by_page_and_person_by_person() {
    let app = TestApp::start().await;
    let (patient, one, two) = (app.patient().await, app.clinician().await, app.clinician().await);
    for clinician in [&one, &two] {
        patient.shares_with(clinician).await;
    }
    let diary = patient.diary();
    let looks = [diary.episodes(), diary.treatments(), diary.check_ins(), diary.night_share()];
    let (mut at_home, mut one) = (browser_of(&app, &patient).await, one);
    two.get(diary.episodes()).await.is(200);
    for _ in 0..14 {
        for look in &looks {
            one.get(look.as_str()).await.is(200);
        }
        app.advance(std::time::Duration::from_mins(11));
        one = one.signs_in().await;
        at_home.opens("/me").await.is(200);
    }
    let page = at_home.opens("/me/access-log").await.is(200).text();
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    assert!(rows(&page) == 50 && !page.contains(two.email()), "{page}");
    let more = |page: &str| between(page, "?cursor=", "\"").to_owned();
    let rest = at_home.opens(&format!("/me/access-log?cursor={}", more(&page))).await.is(200).text();
    assert!(rows(&rest) == 7 && rest.contains(two.email()), "{rest}");
    let only = format!("/me/access-log?who={}", two.user_id());
    assert!(rest.contains(&format!("href=\"{only}\"")), "{rest}");
    let of_two = at_home.opens(&only).await.is(200).text();
    assert!(rows(&of_two) == 1 && of_two.contains("Show those of everybody"), "{of_two}");
    let of_one = at_home.opens(&format!("/me/access-log?who={}", one.user_id())).await.is(200).text();
    let next = format!("/me/access-log?who={}&amp;cursor=", one.user_id());
    assert!(rows(&of_one) == 50 && of_one.contains(&next), "{of_one}");
    at_home = browser_of(&app, &patient).await;
    at_home.opens("/me/access-log?who=a%20b").await.is(422);
}

#[actix_web::test]
async fn what_nobody_used_in_time_is_told_as_over() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    browser.submits("/me/sharing/invite", "/me/sharing/invite", &[("role", "viewer")]).await.is(200);
    browser.submits("/me/sharing/link", "/me/sharing/link", &[("expires_in_hours", "24")]).await.is(200);
    app.advance(std::time::Duration::from_hours(73));
    let browser = browser_of(&app, &patient).await;
    let agreed = browser.opens("/me/sharing/consents").await.is(200).text();
    assert!(agreed.contains("Nobody redeemed the code") && agreed.contains("The link opened the report"), "{agreed}");
    assert!(!browser.opens("/me/sharing").await.is(200).text().contains("/end\""));
}

#[actix_web::test]
async fn what_is_wrong_in_a_form_is_said_at_its_field_and_the_rest_is_kept() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    let invite = "/me/sharing/invite";
    let fields =
        [("label", "my mother"), ("role", "contributor"), ("visible_from", "2026-01-01"), ("access_until", "2")];
    let page = browser.submits(invite, invite, &fields).await.is(422).text();
    assert!(page.contains("id=\"visible_from-wrong\"") && page.contains("id=\"access_until-wrong\""), "{page}");
    assert!(page.contains("value=\"my mother\"") && page.contains("value=\"2026-01-01\""));
    let link = "/me/sharing/link";
    let fields = [("label", "the visit"), ("from", "2026-02-01"), ("to", "2026-01-01"), ("passcode", "123")];
    let page = browser.submits(link, link, &fields).await.is(422).text();
    assert!(page.contains("id=\"from-wrong\"") && page.contains("id=\"passcode-wrong\""), "{page}");
    assert!(page.contains("value=\"the visit\"") && !page.contains("123\""));
    let late = app.today_plus(30);
    let page = browser.submits(link, link, &[("from", &late)]).await.is(422).text();
    assert!(page.contains("id=\"from-wrong\""), "{page}");
    assert!(patient.get(patient.diary().consents()).await.items().is_empty());
}

#[actix_web::test]
async fn everything_that_somebody_may_do_has_a_name_in_the_list_of_looks() {
    let known = include_str!("../../src/foundation/language/en.ftl");
    let for_the_owner = ["Consents", "Invitation", "ReportLink", "AccessLog", "exportDiary"];
    let operations = CONTRACT
        .operations()
        .filter(|operation| operation.path.contains("{diary_id}") || operation.id() == "listDiaries");
    let named: Vec<_> = operations.map(|operation| operation.id().to_owned()).collect();
    assert!(named.len() > 30);
    for id in named.iter().filter(|id| !for_the_owner.iter().any(|part| id.contains(part))) {
        assert!(known.contains(&format!("\ndeed-{id} = ")), "deed-{id}");
    }
}

#[actix_web::test]
async fn an_invitation_made_by_an_app_has_a_link_and_a_drawing_of_it() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "https://diary.example")]).await;
    let patient = app.patient().await;
    let invitation = patient.post(patient.diary().invitations(), json!({"role": "viewer"})).await.is(201).json();
    let code = invitation["code"].as_str().unwrap();
    assert_eq!(invitation["url"], format!("https://diary.example/clinic/redeem?code={code}"));
    assert!(invitation["qr_svg"].as_str().unwrap().starts_with("<svg"));
}
