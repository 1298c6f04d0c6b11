//! The clinician's pages, without a browser's eyes: who gets in, what is shown, and what is noted.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

async fn browser_of(app: &TestApp, person: &Caller) -> Browser {
    Browser::of(app.nobody()).signs_in(&[("email", person.email()), ("password", PASSWORD)]).await
}

/// A patient with a name and two cramps, and a clinician with a browser to whom the diary is shared.
async fn consultation(app: &TestApp) -> (Caller, Caller, Browser) {
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.patch(patient.diary().path(), json!({"display_name": "Kim <b>Müller</b>"})).await.is(200);
    for days in [1, 2] {
        let onset = format!("{}T02:10:00Z", app.today_plus(-days));
        patient.logs(a_cramp().at(&onset).intensity(6).note("after the wine")).await;
    }
    patient.shares_on(json!({"role": "viewer"}), &clinician).await;
    let browser = browser_of(app, &clinician).await;
    (patient, clinician, browser)
}

async fn noted(patient: &Caller) -> Vec<Value> {
    patient.get(patient.diary().looks()).await.items().into_iter().map(|row| row["what"].clone()).collect()
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_then_taken_on() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let nobody = Browser::of(app.nobody());
    for page in ["/clinic", "/clinic/redeem?code=ABCD", "/clinic/patients/x", "/clinic/patients/x/report"] {
        let answer = nobody.opens(page).await.is(303);
        let there = answer.header("location").unwrap();
        assert!(there.starts_with("/sign-in?next=%2Fclinic"), "{there}");
        let form = nobody.opens(there).await.is(200).text();
        assert!(form.contains(&format!("name=\"next\" value=\"{page}\"")), "{page}: {form}");
    }
    let fields = [("email", clinician.email()), ("password", PASSWORD), ("next", "/clinic/redeem?code=ABCD")];
    let answer = nobody.sends("/sign-in", &fields).await.is(303);
    assert_eq!(answer.header("location"), Some("/clinic/redeem?code=ABCD"));
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/clinic-evil",
        "/clinic\\evil",
        "/v1/me",
        "/clinic?\u{1}",
        "/clinic?a\tb",
        "/clinic?\r\nx-evil: 1",
        "/clinic?\u{7f}",
        "/clinic?ü",
        "/clinic? ",
    ] {
        let fields = [("email", clinician.email()), ("password", PASSWORD), ("next", elsewhere)];
        let answer = nobody.sends("/sign-in", &fields).await.is(303);
        assert_eq!(answer.header("location"), Some("/"), "{elsewhere}");
    }
}

#[actix_web::test]
async fn the_cookie_is_for_this_site_and_no_script() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let fields = [("email", clinician.email()), ("password", PASSWORD)];
    let answer = Browser::of(app.nobody()).sends("/sign-in", &fields).await.is(303);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("cramp-diary=crb_"), "{cookie}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!app.database_holds(cookie.split(['=', ';']).nth(1).unwrap()), "the cookie itself is kept");

    let app = TestApp::start_with(&[("PUBLIC_URL", "https://diary.example")]).await;
    let clinician = app.clinician().await;
    let fields = [("email", clinician.email()), ("password", PASSWORD)];
    let answer = Browser::of(app.nobody()).sends("/sign-in", &fields).await.is(303);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-cramp-diary=") && cookie.contains("Secure"), "{cookie}");
}

#[actix_web::test]
async fn signing_in_asks_for_the_second_factor_of_who_has_one() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let (phone, _) = clinician.has_a_second_factor(app.now()).await;
    let nobody = Browser::of(app.nobody());
    let wrong = nobody.sends("/sign-in", &[("email", clinician.email()), ("password", "wrong")]).await.is(401);
    assert!(wrong.text().contains("E-mail or password is wrong."));
    let right = [("email", clinician.email()), ("password", PASSWORD)];
    assert!(nobody.sends("/sign-in", &right).await.is(401).text().contains("a second factor"));
    let guess = [right[0], right[1], ("code", "000000")];
    assert!(nobody.sends("/sign-in", &guess).await.is(401).text().contains("This is not the current code"));
    let code = phone.code_of_step(app.now(), 1);
    let browser = nobody.signs_in(&[right[0], right[1], ("code", &code)]).await;
    browser.opens("/clinic").await.is(200);
}

#[actix_web::test]
async fn a_clinician_redeems_reads_and_reviews_until_the_patient_ends_it() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.patch(patient.diary().path(), json!({"display_name": "Kim <b>Müller</b>"})).await.is(200);
    let cramp = patient.logs(a_cramp().at(&format!("{}T02:10:00Z", app.today_plus(-1))).note("after the wine")).await;
    let invitation = patient.invites(json!({"role": "viewer"})).await;
    let browser = browser_of(&app, &clinician).await;
    assert!(browser.opens("/clinic").await.is(200).text().contains("Nobody shares a diary with you yet."));

    for (code, told) in [("ABCD", "A code has 12"), ("ABCD-EFGH-JKLM", "opens nothing")] {
        let answer = browser.submits("/clinic/redeem", "/clinic/redeem", &[("code", code)]).await.is(422);
        assert!(answer.text().contains(told), "{answer}");
    }
    let code = invitation["code"].as_str().unwrap();
    let answer = browser.submits("/clinic/redeem", "/clinic/redeem", &[("code", code)]).await.is(303);
    let page = answer.header("location").unwrap().to_owned();
    assert_eq!(page, format!("/clinic/patients/{}", patient.diary().id()));

    let list = browser.opens("/clinic").await.is(200).text();
    assert!(list.contains("Kim &lt;b&gt;Müller&lt;/b&gt;") && list.contains("not reviewed") && list.contains(&page));
    let log = browser.opens(&page).await.is(200).text();
    let date: chrono::NaiveDate = cramp["local_date"].as_str().unwrap().parse().unwrap();
    assert!(log.contains(&format!("{} 02:10", date.format("%-d %b %Y"))));
    assert!(!log.contains("after the wine") && log.contains("Notes are not shared."));
    let none = browser.opens(&format!("{page}?from=&to=&period=day&min_intensity=")).await.is(200).text();
    assert!(none.contains("There are no cramps here."));
    for typed in ["?span=1y", "?span=nonsense"] {
        browser.opens(&format!("{page}{typed}")).await.is(200);
        browser.opens(&format!("/clinic{typed}&sort=nonsense&q=kim")).await.is(200);
    }
    assert!(browser.opens("/clinic?q=nobody").await.is(200).text().contains("Nobody here has such a name."));
    browser.opens(&format!("{page}/report")).await.is(200);
    let pdf = browser.opens(&format!("{page}/report?format=pdf")).await.is(200);
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));

    let revision = patient.settings().await.revision().to_string();
    let review = format!("{page}/review");
    browser.submits(&page, &review, &[("revision", &revision)]).await.is(303);
    assert!(browser.opens(&page).await.is(200).text().contains("You have reviewed everything up to"));
    assert!(!browser.opens("/clinic").await.is(200).text().contains("not reviewed"));
    patient.logs(a_cramp().at(&format!("{}T03:10:00Z", app.today_plus(-1)))).await;
    assert!(browser.opens("/clinic").await.is(200).text().contains("not reviewed"));
    let noted = noted(&patient).await;
    for what in ["listDiaries", "listEpisodes", "getReport", "createReview"] {
        assert!(noted.contains(&json!(what)), "{what} in {noted:?}");
    }

    let grant = patient.get(patient.diary().grants()).await.items().remove(0);
    patient.revokes(&grant).await;
    for path in [page.clone(), format!("{page}/report")] {
        assert!(browser.opens(&path).await.is(404).text().contains("There is nothing here"));
    }
    let token = browser.form_token("/clinic").await;
    browser.sends(&review, &[("revision", "1"), ("form_token", &token)]).await.is(404);
}

#[actix_web::test]
async fn whoever_has_a_code_and_no_account_opens_one_and_goes_on() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let code = patient.invites(json!({"role": "viewer"})).await["code"].as_str().unwrap().to_owned();
    let mut browser = Browser::of(app.nobody());
    let asked = browser.opens(&format!("/clinic/redeem?code={code}")).await.is(303);
    let sign_in = browser.opens(asked.header("location").unwrap()).await.is(200).text();
    let (_, rest) = sign_in.split_once("href=\"/register?next=").unwrap();
    let page = browser.opens(&format!("/register?next={}", rest.split('"').next().unwrap())).await.is(200).text();
    let next = format!("/clinic/redeem?code={code}");
    assert!(page.contains(&format!("name=\"next\" value=\"{next}\"")), "{page}");

    let right = [
        ("next", next.as_str()),
        ("email", "okafor@example.org"),
        ("display_name", "Dr. Okafor"),
        ("password", PASSWORD),
    ];
    let with = |name: &'static str, value: &'static str| {
        right.map(|(field, typed)| if field == name { (name, value) } else { (field, typed) })
    };
    for (fields, told) in [
        (with("email", "okafor"), "This is no e-mail address."),
        (with("password", "short"), "This is too short, too long or easily guessed."),
        (with("email", patient.email().to_owned().leak()), "There is an account with this e-mail."),
    ] {
        let page = browser.sends("/register", &fields).await.is(422).text();
        assert!(page.contains(told) && page.contains("value=\"Dr. Okafor\"") && !page.contains("short\""), "{page}");
    }
    browser.sends("/register", &right).header("sec-fetch-site", "cross-site").await.is(403);
    let opened = browser.sends("/register", &right).await.is(303);
    assert_eq!(opened.header("location"), Some(next.as_str()));
    let cookie = opened.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(!cookie.contains("Max-Age"), "a browser on whatever machine they sit at: {cookie}");
    browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    browser.submits(&next, "/clinic/redeem", &[("code", &code)]).await.is(303);
    assert!(browser.opens("/clinic").await.is(200).text().contains("Too few entries (1)"));
    assert_eq!(browser.opens("/").await.header("location"), Some("/clinic"));
}

#[actix_web::test]
async fn the_list_is_sorted_and_searched_as_a_whole_and_one_look_at_it_is_one_look() {
    let app = TestApp::start().await;
    let (_, clinician, browser) = consultation(&app).await;
    app.has_diaries_shared_with(&clinician, 204);
    app.sql(
        "UPDATE diaries SET display_name = 'Patient ' || (1000 + CAST(substr(id, 2) AS INTEGER)) WHERE id LIKE 'z%'",
    );
    let looks = |number: usize| {
        app.sql(&format!("SELECT count(*) FROM access_log WHERE diary_id = 'z{number}'")).parse::<usize>().unwrap()
    };
    let rows = |page: &str| page.matches("href=\"/clinic/patients/").count();

    let list = browser.opens("/clinic").await.is(200).text();
    assert_eq!(rows(&list), 200);
    assert!(list.contains("Too few entries (205)"), "{list}");
    assert!(list.contains("Patient 1199") && !list.contains("Patient 1201"));
    assert_eq!((looks(1), looks(203)), (1, 0), "who was not shown was not looked at");

    let next = "/clinic?span=3m&sort=group&q=&page=2";
    assert!(list.contains(&next.replace('&', "&amp;")), "{list}");
    let rest = browser.opens(next).await.is(200).text();
    assert_eq!(rows(&rest), 5);
    assert!(rest.contains("Patient 1203") && rest.contains("Too few entries (205)") && !rest.contains("page=3"));
    let found = browser.opens("/clinic?sort=name&q=1203").await.is(200).text();
    assert_eq!(rows(&found), 1);
    browser.opens("/clinic?sort=worst").await.is(200);
    assert_eq!((looks(1), looks(203)), (1, 1), "sorting and searching is the same look");

    browser.opens("/clinic").await.is(200);
    assert_eq!(looks(1), 2, "to open it again is another");
    app.advance(Duration::from_mins(11));
    browser.opens("/clinic?sort=worst").await.is(200);
    assert_eq!(looks(1), 3, "and so is to go on after a while");
    for (page, status) in [("7", 200), ("0", 422), ("x", 422)] {
        browser.opens(&format!("/clinic?page={page}")).await.is(status);
    }
}

#[actix_web::test]
async fn a_form_that_another_site_or_another_browser_made_is_not_taken() {
    let app = TestApp::start().await;
    let (patient, clinician, browser) = consultation(&app).await;
    let other = browser_of(&app, &clinician).await;
    let page = format!("/clinic/patients/{}", patient.diary().id());
    let (own, foreign) = (browser.form_token(&page).await, other.form_token(&page).await);
    let review = format!("{page}/review");
    browser.sends(&review, &[("revision", "1")]).await.is(403);
    browser.sends(&review, &[("revision", "1"), ("form_token", &foreign)]).await.is(403);
    let cross = browser.sends(&review, &[("revision", "1"), ("form_token", &own)]);
    cross.header("sec-fetch-site", "cross-site").await.is(403);
    assert!(patient.get(patient.diary().reviews()).await.items().is_empty());
    let sign_in = [("email", clinician.email()), ("password", PASSWORD)];
    let from_elsewhere = Browser::of(app.nobody()).sends("/sign-in", &sign_in);
    from_elsewhere.header("sec-fetch-site", "cross-site").await.is(403);
    browser.sends(&review, &[("revision", "1"), ("form_token", &own)]).await.is(303);
}

#[actix_web::test]
async fn an_old_browser_tells_by_its_origin_alone_where_a_form_comes_from() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "https://diary.example")]).await;
    let clinician = app.clinician().await;
    let body = format!("email={}&password={}", clinician.email().replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let signs_in = |origin: &str| {
        let request = app.nobody().request(reqwest::Method::POST, "/sign-in").body(body.clone());
        request.header("content-type", "application/x-www-form-urlencoded").header("origin", origin)
    };
    let here = format!("http://{}", app.address());
    for origin in [here.as_str(), "https://diary.example"] {
        signs_in(origin).await.is(303);
    }
    for origin in [
        "https://evil.example",
        "null",
        "",
        "http://diary.example",
        "https://diary.example.evil.example",
        "https://diary.example:8443",
        "https://evil.example/https://diary.example",
    ] {
        let refused = signs_in(origin).await.is(403);
        assert!(refused.header("set-cookie").is_none(), "{origin}");
    }
    // That it tells at all for our own forms takes a word of the page: the header alone would have it say "null".
    let page = app.nobody().get("/sign-in").await.is(200).text();
    assert!(page.contains("<meta name=\"referrer\" content=\"same-origin\">"), "{page}");
    // A newer one says both, and what it says of the site is the better word.
    signs_in("null").header("sec-fetch-site", "same-origin").await.is(303);
    signs_in(&here).header("sec-fetch-site", "cross-site").await.is(403);
}

#[actix_web::test]
async fn who_signs_in_anew_leaves_no_session_behind_that_the_browser_has_forgotten() {
    let app = TestApp::start().await;
    let (one, two) = (app.clinician().await, app.clinician().await);
    let fields = |person: &Caller| vec![("email", person.email().to_owned()), ("password", PASSWORD.to_owned())];
    let signs_in = async |browser: &Browser, person: &Caller| {
        let fields = fields(person);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.clone().signs_in(&fields).await
    };
    let first = signs_in(&Browser::of(app.nobody()), &one).await;
    let second = signs_in(&first, &one).await;
    first.opens("/clinic").await.is(303);
    second.opens("/clinic").await.is(200);
    assert_eq!(browsers(&one).await.len(), 1);
    // Whoever it was.
    let third = signs_in(&second, &two).await;
    second.opens("/clinic").await.is(303);
    third.opens("/clinic").await.is(200);
    assert!(browsers(&one).await.is_empty());
    // Who is not let in ends nothing.
    third.sends("/sign-in", &[("email", two.email()), ("password", "not the password")]).await.is(401);
    third.opens("/clinic").await.is(200);
}

#[actix_web::test]
async fn a_browser_is_signed_out_when_it_is_left_alone_for_an_hour_and_after_a_working_day() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let (busy, idle) = (browser_of(&app, &clinician).await, browser_of(&app, &clinician).await);
    let mut ids = Vec::new();
    for visits in 0..14 {
        app.advance(Duration::from_mins(50));
        busy.opens("/clinic").await.is(200);
        let listed = browsers(&clinician.signs_in().await).await;
        assert_eq!(listed.len(), if visits == 0 { 2 } else { 1 }, "what is over is not listed");
        let (last_used, end) = (instant(&listed[0], "last_used_at"), instant(&listed[0], "expires_at"));
        assert_eq!(end, (last_used + HOUR).min(instant(&listed[0], "created_at") + HOUR * 12));
        ids.push(listed[0].id().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "the same browser all day");
    idle.opens("/clinic").await.is(303);
    app.advance(Duration::from_mins(30));
    busy.opens("/clinic").await.is(303);
    assert!(browsers(&clinician.signs_in().await).await.is_empty());
}

const HOUR: chrono::Duration = chrono::Duration::hours(1);

fn instant(row: &Row, name: &str) -> chrono::DateTime<chrono::FixedOffset> {
    row[name].as_str().unwrap().parse().unwrap()
}

/// The browsers that somebody is signed in with, the first one first.
async fn browsers(person: &Caller) -> Vec<Row> {
    let sessions = person.get("/v1/auth/sessions?limit=200").await.items();
    sessions.into_iter().filter(|session| session["device_name"] == "Web browser").collect()
}

#[actix_web::test]
async fn who_only_looks_at_a_page_may_do_so_on_a_full_disk() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "100")]).await;
    let patient = app.patient().await;
    let browser = browser_of(&app, &patient).await;
    app.advance(Duration::from_mins(10));
    app.has_no_room_for("UPDATE ON sessions", "true");
    for page in ["/me", "/me/sharing", "/clinic"] {
        browser.opens(page).await.is(200);
    }
    app.advance(Duration::from_mins(49));
    browser.opens("/me").await.is(200);
    app.advance(Duration::from_mins(2));
    browser.opens("/me").await.is(303);
    app.has_room_again_for("sessions");

    let patient = patient.signs_in().await;
    app.has_no_room_for("UPDATE ON address_allowances", "true");
    browser.opens("/sign-in").await.is(200);
    patient.get("/v1/auth/sessions").await.is(200);
    let credentials = json!({"email": patient.email(), "password": PASSWORD});
    let refused = patient.signed_out().post("/v1/auth/login", credentials).await;
    refused.is_problem(507, "storage_full");
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_so_does_who_ends_it_from_elsewhere() {
    let app = TestApp::start().await;
    let clinician = app.clinician().await;
    let (one, two) = (browser_of(&app, &clinician).await, browser_of(&app, &clinician).await);
    let answer = one.submits("/clinic", "/sign-out", &[]).await.is(303);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\""), "others' cookies and what apps keep stay");
    one.opens("/clinic").await.is(303);
    two.opens("/clinic").await.is(200);

    let browsers = browsers(&clinician).await;
    assert_eq!(browsers.len(), 1);
    clinician.delete(format!("/v1/auth/sessions/{}", browsers[0].id())).await.is(204);
    two.opens("/clinic").await.is(303);
}

#[actix_web::test]
async fn pages_speak_the_language_that_the_browser_wants_most() {
    let app = TestApp::start().await;
    for (wanted, spoken) in [
        ("fr, de-AT;q=0.9, en;q=0.8", "de"),
        ("de;q=0.1, en", "en"),
        ("en;q=0.3, fr;q=0.8, DE;q=0.5", "de"),
        ("de;q=0, fr", "en"),
        ("de, en", "de"),
        ("en, de", "en"),
        ("*, de;q=0.5", "en"),
        ("en;q=0.1, *;q=0.9", "de"),
        ("klingon_!, de", "de"),
        ("de;q=yes, fr", "en"),
        ("", "en"),
    ] {
        let page = app.nobody().get("/sign-in").header("accept-language", wanted).await.is(200).text();
        assert!(page.contains(&format!("<html lang=\"{spoken}\">")), "{wanted}: {page}");
        assert_eq!(page.contains("Anmelden"), spoken == "de", "{wanted}");
    }
    let page = app.nobody().get("/sign-in").await.is(200);
    assert!(page.text().contains("<html lang=\"en\">"));
}

#[actix_web::test]
async fn who_comes_too_often_from_one_address_is_told_so_on_a_page() {
    let app = TestApp::start_with(&[("AUTH_PER_MINUTE", "3")]).await;
    let nobody = Browser::of(app.nobody());
    for _ in 0..3 {
        nobody.opens("/sign-in").await.is(200);
    }
    for path in ["/sign-in", "/clinic/redeem", "/r/nonsense"] {
        let answer = nobody.opens(path).await.is(429);
        assert!(answer.retry_after() > 0 && answer.text().contains("Too many tries"), "{answer}");
    }
    app.nobody().get("/v1/auth/sessions").await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn who_may_not_see_a_page_learns_nothing_of_what_is_wrong_with_their_question() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let browser = browser_of(&app, &clinician).await;
    let page = format!("/clinic/patients/{}", patient.diary().id());
    for question in ["", "?nothing=asks", "/report?nothing=asks", "/report?from=yesterday"] {
        browser.opens(&format!("{page}{question}")).await.is(404);
    }
    let token = browser.form_token("/clinic").await;
    for form in ["review", "leave"] {
        browser.sends(&format!("{page}/{form}"), &[("nothing", "says"), ("form_token", &token)]).await.is(404);
    }
    for own in ["/me/sharing/invite", "/me/sharing/link"] {
        browser.opens(own).await.is(404);
        browser.sends(own, &[("nothing", "says"), ("form_token", &token)]).await.is(404);
    }

    let own = browser_of(&app, &patient).await;
    let token = own.form_token("/me").await;
    let review = format!("{page}/review");
    own.sends(&review, &[("nothing", "says"), ("form_token", &token)]).await.is(403);
    patient.post(patient.diary().reviews(), json!({"nothing": "says"})).await.is_problem(403, "forbidden");

    patient.shares_on(json!({"role": "viewer"}), &clinician).await;
    browser.opens(&format!("{page}?nothing=asks")).await.is(422);
    for wrong in [("nothing", "says"), ("revision", "many"), ("revision", "0"), ("revision", "1000000")] {
        browser.submits(&page, &review, &[wrong]).await.is(422);
    }
    assert!(patient.get(patient.diary().reviews()).await.items().is_empty());
}

#[actix_web::test]
async fn a_link_to_redeem_works_with_what_others_have_added_to_it() {
    let app = TestApp::start().await;
    let browser = browser_of(&app, &app.clinician().await).await;
    let page = browser.opens("/clinic/redeem?code=ABCD-EFGH-JKLM&utm_source=messenger").await.is(200).text();
    assert!(page.contains("ABCD-EFGH-JKLM"), "{page}");
}

#[actix_web::test]
async fn an_address_that_leads_nowhere_is_told_to_people_and_to_programs_in_their_ways() {
    let app = TestApp::start().await;
    let typed = app.nobody().get("/me/no-such-page");
    let page = typed.header("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").await.is(404);
    assert!(page.text().contains("There is nothing here") && page.text().contains("Hier ist nichts"), "{page}");
    for accepted in ["application/json", "*/*", "application/json, text/html;q=0.5"] {
        app.nobody().get("/v1/no-such-thing").header("accept", accepted).await.is_problem(404, "not_found");
    }
    app.nobody().get("/v1/no-such-thing").await.is_problem(404, "not_found");
}
