use serde_json::json;

use super::support::*;

/// A patient with a name, a few nights and a treatment, and the period that holds them.
async fn somebody(app: &TestApp) -> (Caller, &'static str) {
    let kim = app.patient_in("Europe/Berlin").await;
    kim.patch(kim.diary().path(), json!({"display_name": "Kim <b>Müller</b> & Σοφία"})).await.is(200);
    for (day, hour, seconds) in
        [(1, "23", 120), (2, "02", 700), (3, "03", 90), (5, "03", 60), (8, "04", 45), (9, "14", 30)]
    {
        let cramp = a_cramp().at(&format!("2026-03-{day:02}T{hour}:10:00+01:00")).intensity(6);
        let cramp = cramp.with("duration_seconds", seconds).with("sites", json!([{"part": "calf", "side": "both"}]));
        let cramp = cramp.with("note", "<script>alert(1)</script> Νύχτα").interrupted_sleep(true);
        let cramp = kim.logs(cramp).await;
        kim.is_sore(&cramp, &format!("2026-03-{day:02}"), 3).await;
    }
    let treatment = json!({"kind": "stretching", "name": "Calf <i>stretches</i>", "started_on": "2026-03-05",
        "dose": "3 × 30 s", "side": "left"});
    kim.post(kim.diary().treatments(), treatment).await.is(201);
    (kim, "from=2026-03-01&to=2026-03-28")
}

#[actix_web::test]
async fn a_clinician_reads_the_report_as_a_page() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let page = kim.get(kim.diary().report(period)).await.is(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("content-language"), Some("en"));
    let text = page.text().replace('\u{a0}', " ");
    // The figures are those of the analyses.
    let share = kim.get(kim.diary().night_share_of("2026-03-01", "2026-03-28")).await.is(200).json();
    let main = share["statements"][0].as_str().unwrap();
    assert_eq!(main, "5 of 6 cramps (83 %, 95 % CI 42–97 %) began between 22:00 and 06:00.");
    assert!(text.contains(main), "{main}");
    for said in [
        "1 of 6 cramps with a known duration lasted over 10 minutes.",
        "6 of 6 cramps with a known place were in both legs at once.",
        "it is not a diagnosis",
        "night-share@2",
        "22:00–06:00, Europe/Berlin",
        "2 Mar 2026 02:10",
        "stretches&lt;/i&gt; (3 × 30 s, left)",
        &format!("revision {}", share["revision"]),
    ] {
        assert!(text.contains(said), "the page does not say {said:?}");
    }
    // Every chart has a name and a description for those who do not see it.
    let charts = text.matches("<svg").count();
    assert!(charts >= 4, "{charts}");
    assert_eq!((text.matches("role=\"img\"").count(), text.matches("<desc").count()), (charts, charts));
}

#[actix_web::test]
async fn what_people_write_is_text_on_the_page_and_the_page_runs_nothing() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let page = kim.get(kim.diary().report(period)).await.is(200);
    let text = page.text();
    for markup in ["<script", "<b>Müller", "<i>stretches", " style=\"", "http-equiv", "href=", "src="] {
        assert_eq!(text.find(markup), None, "{markup}");
    }
    assert!(text.contains("Kim &lt;b&gt;Müller&lt;/b&gt; &amp; Σοφία"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
}

#[actix_web::test]
async fn the_report_is_a_tagged_pdf_when_that_is_what_is_wanted() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let by_query = kim.get(kim.diary().report(&format!("{period}&format=pdf"))).await.is(200);
    assert_eq!(by_query.header("content-type"), Some("application/pdf"));
    let name = by_query.header("content-disposition").unwrap();
    assert_eq!(name, "inline; filename=\"cramps-2026-03-01-2026-03-28.pdf\"");
    assert!(by_query.body.starts_with(b"%PDF-1.7") && by_query.body.len() > 20_000, "{}", by_query.body.len());
    let contains = |part: &[u8]| by_query.body.windows(part.len()).any(|window| window == part);
    assert!(contains(b"/StructTreeRoot") && contains(b"/Lang"), "it is not tagged");
    // The same revision, the same bytes.
    let by_header =
        kim.get(kim.diary().report(period)).header("accept", "text/html;q=0.5, application/pdf").await.is(200);
    assert_eq!(by_header.body, by_query.body);
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for page_wanted in
        [browser, "application/pdf;q=0.4, Text/HTML;level=1;q=0.5", "application/*", "application/pdf;q=0", "?"]
    {
        let page = kim.get(kim.diary().report(period)).header("accept", page_wanted).await.is(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{page_wanted}");
    }
}

#[actix_web::test]
async fn the_pdf_has_an_address_of_its_own() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let clinician = app.clinician().await;
    kim.shares_with(&clinician).await;
    let alone = clinician.get(kim.diary().report_pdf(period)).header("accept", "text/html").await.is(200);
    assert_eq!((alone.header("content-type"), alone.header("vary")), (Some("application/pdf"), None));
    let by_query = clinician.get(kim.diary().report(&format!("{period}&format=pdf"))).await.is(200);
    assert_eq!((alone.etag(), &alone.body), (by_query.etag(), &by_query.body));
    clinician.get(kim.diary().report_pdf(period)).header("if-none-match", alone.etag()).await.is(304);
    clinician.get(kim.diary().report_pdf("format=html")).await.has_faults([("/format", "unknown_field")]);
    let looks = kim.get(kim.diary().looks()).await.items();
    assert_eq!(looks.iter().filter(|look| look["what"] == "getReportPdf").count(), 2);
    app.clinician().await.get(kim.diary().report_pdf(period)).await.is_problem(404, "not_found");
}

/// The words of a PDF, as poppler reads them, on one line.
fn words(pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = std::process::Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(file.path()).arg("-").output();
    let output = output.expect("pdftotext: ./scripts/test installs it");
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[actix_web::test]
async fn what_the_fonts_have_no_letters_for_is_said_to_be_missing() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let pdf = async |lang: &str| {
        let answer = kim.get(kim.diary().report(&format!("{period}&format=pdf&lang={lang}"))).await.is(200);
        words(&answer.body)
    };
    assert!(!pdf("en").await.contains("not printable"), "all of it has a font");
    kim.patch(kim.diary().path(), json!({"display_name": "金 Kim 🦵🦵"})).await.is(200);
    let note = json!({"kind": "other", "name": "पैर की मालिश", "started_on": "2026-03-06"});
    kim.post(kim.diary().treatments(), note).await.is(201);
    kim.logs(a_cramp().at("2026-03-10T02:00:00Z").note("ปวด 😀 bad")).await;
    for (lang, said) in [
        (
            "en",
            [
                "[not printable here: 1 character] Kim [not printable here: 2 characters]",
                "[not printable here: 4 characters] bad",
                "Where [not printable here] stands,",
            ],
        ),
        (
            "de",
            [
                "[hier nicht druckbar: 1 Zeichen] Kim [hier nicht druckbar: 2 Zeichen]",
                "[hier nicht druckbar: 4 Zeichen] bad",
                "Wo [hier nicht druckbar] steht,",
            ],
        ),
    ] {
        let words = pdf(lang).await;
        assert!(said.iter().all(|said| words.contains(said)), "{words}");
        assert!(!words.contains('\u{fffd}') && !words.contains('金'), "{words}");
    }
    let page = kim.get(kim.diary().report(period)).await.is(200).text();
    assert!(page.contains("金 Kim 🦵🦵") && page.contains("पैर की मालिश") && !page.contains("not printable"));
}

#[actix_web::test]
async fn a_report_that_is_known_is_not_written_again() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let (page, pdf) = (kim.diary().report(period), kim.diary().report(&format!("{period}&format=pdf")));
    let (page_tag, pdf_tag) = (kim.get(&page).await.is(200).etag(), kim.get(&pdf).await.is(200).etag());
    assert_ne!(page_tag, pdf_tag, "a strong tag stands for bytes");
    kim.get(&page).if_none_match(&page_tag).await.is(304);
    kim.get(&pdf).if_none_match(&pdf_tag).await.is(304);
    kim.get(&pdf).if_none_match(&page_tag).await.is(200);
    kim.logs(a_cramp().at("2026-03-20T02:30:00+01:00")).await;
    kim.get(&page).if_none_match(&page_tag).await.is(200);
}

#[actix_web::test]
async fn the_report_speaks_german() {
    let app = TestApp::start().await;
    let (kim, period) = somebody(&app).await;
    let page = kim.get(kim.diary().report(&format!("{period}&lang=de"))).await.is(200);
    assert_eq!(page.header("content-language"), Some("de"));
    let text = page.text().replace('\u{a0}', " ");
    assert!(text.contains("<html lang=\"de\">"));
    assert!(text.contains("5 von 6 Krämpfen (83 %, 95-%-KI 42–97 %) begannen zwischen 22:00 und 06:00 Uhr."));
    assert!(text.contains("es ist keine Diagnose"));
}

#[actix_web::test]
async fn what_may_have_brought_a_cramp_on_is_told_in_the_language_of_the_report() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // The second is no word of our app, and stands as it is.
    let cramp = a_cramp().at("2026-03-01T02:30:00Z").with("triggers", json!(["long_walk", "night_shift"]));
    patient.logs(cramp).await;
    for (language, said) in
        [("en", "Triggers: a long walk; night shift"), ("de", "Auslöser: langer Spaziergang; night shift")]
    {
        let page = patient
            .get(patient.diary().report(&format!("from=2026-03-01&to=2026-03-31&lang={language}")))
            .await
            .is(200)
            .text();
        assert!(page.contains(said), "{said}");
    }
}

#[actix_web::test]
async fn a_diary_without_cramps_has_a_report_that_says_so() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let page = patient.get(patient.diary().report("from=2026-03-01&to=2026-03-31")).await.is(200).text();
    assert!(page.contains("No cramps are logged from 1 Mar 2026 to 31 Mar 2026."));
    assert!(!page.contains("<svg") && !page.contains("NaN") && !page.contains("<table"));
    let pdf = patient.get(patient.diary().report("format=pdf")).await.is(200);
    assert!(pdf.body.starts_with(b"%PDF-"));
}

#[actix_web::test]
async fn too_few_cramps_give_no_rate_and_no_share() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp().at("2026-03-01T02:30:00Z")).await;
    let page = patient.get(patient.diary().report("from=2026-03-01&to=2026-03-31")).await.is(200).text();
    assert!(page.contains("Fewer than 5 cramps: not enough data"));
    assert!(!page.contains(" a week"), "one cramp is no rate");
    assert!(page.contains("1 of 1 cramp began") && !page.contains("by the clock"), "one cramp is no share");
}

#[actix_web::test]
async fn what_is_wrong_with_the_question_is_said_all_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let asked = "format=docx&lang=xx&from=2026-02-30&more=1";
    patient.get(patient.diary().report(asked)).await.has_faults([
        ("/format", "not_one_of"),
        ("/lang", "not_one_of"),
        ("/from", "malformed"),
        ("/more", "unknown_field"),
    ]);
    // A period so early that nothing can come before it.
    patient.get(patient.diary().report("from=0001-01-01&to=0001-01-02")).await.is(200);
}

#[actix_web::test]
async fn the_log_has_the_latest_cramps_and_as_many_as_anybody_reads_when_all_are_asked_for() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for batch in 0..51 {
        let cramps = (0..20).map(|number| {
            let at = format!("2026-03-{:02}T{:02}:{:02}:00Z", 1 + batch % 28, number, batch);
            patient.logs(a_cramp().at(&at))
        });
        futures_util::future::join_all(cramps).await;
    }
    let period = "from=2026-03-01&to=2026-03-31";
    for (asked, listed, said) in [
        ("", 30, "The latest 30 cramps; 990 earlier ones of the period are left out here."),
        ("&log=latest", 30, "add log=all to its address"),
        ("&log=all", 1000, "The latest 1000 cramps; 20 earlier ones of the period are not listed."),
    ] {
        let page = patient.get(patient.diary().report(&format!("{period}{asked}"))).await.is(200).text();
        assert!(page.contains(said), "{said}");
        let (_, log) = page.split_once("id=\"log\"").unwrap();
        assert_eq!(log.matches("<th scope=\"row\"").count(), listed);
    }
    let pdf = patient.get(patient.diary().report(&format!("{period}&format=pdf"))).await.is(200);
    assert!(words(&pdf.body).contains("990 earlier ones"));
    patient.get(patient.diary().report("log=some")).await.has_faults([("/log", "not_one_of")]);
}

/// What stands between two texts of a page, without its markup.
fn between(page: &str, start: &str, end: &str) -> String {
    let (_, rest) = page.split_once(start).expect(start);
    let (part, _) = rest.split_once(end).expect(end);
    let pieces = part.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text).trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("|")
}

#[actix_web::test]
async fn the_nights_are_drawn_one_by_one_and_their_table_tells_the_same() {
    let app = TestApp::start().await;
    let kim = app.patient_in("Europe/Berlin").await;
    kim.put(kim.diary().check_in("2026-03-01"), json!({"cramp_free": true})).await.is(201);
    let worst = a_cramp().at("2026-03-02T03:10:00+01:00").intensity(8).with("duration_seconds", 660);
    let worst = kim.logs(worst.interrupted_sleep(true)).await;
    kim.is_sore(&worst, "2026-03-02", 5).await;
    kim.is_sore(&worst, "2026-03-03", 2).await;
    kim.logs(a_cramp().at("2026-03-02T23:40:00+01:00")).await;
    let course =
        json!({"kind": "stretching", "name": "Calf raises", "started_on": "2026-03-03", "ended_on": "2026-03-04"});
    kim.post(kim.diary().treatments(), course).await.is(201);
    let page = kim.get(kim.diary().report("from=2026-02-01&to=2026-03-05")).await.is(200).text();
    let table = between(&page, "Night by night, in numbers</summary>", "</details>");
    let (_, rows) = table.split_once("Treatments|").unwrap();
    assert_eq!(
        rows,
        "1 Mar 2026|yes|03:10, 8/10, 11 min, sleep broken|2 Mar 2026|in part|23:40|5|3 Mar 2026|none|2|Calf raises|\
         4 Mar 2026|none|Calf raises: end|5 Mar 2026|none"
    );
    let drawn = between(&page, "id=\"card-0-phone-description\"", "</svg>");
    assert!(drawn.contains("5 nights one below the other"), "{drawn}");
    for said in ["1: Calf raises", "2: Calf raises: end", "sore, thicker for worse", "no entry", "not said how bad"] {
        assert!(drawn.contains(said), "{said:?} is not in {drawn}");
    }
}

#[actix_web::test]
async fn what_there_is_no_room_for_is_counted_and_listed_behind() {
    let app = TestApp::start().await;
    let kim = app.patient().await;
    for (number, part) in ["calf", "foot", "toes", "shin", "thigh_front", "thigh_back"].into_iter().enumerate() {
        let cramp = a_cramp().at(&format!("2026-03-{:02}T02:00:00Z", number + 1));
        kim.logs(cramp.with("sites", json!([{"part": part, "side": "left"}]))).await;
    }
    for (number, kind) in
        ["vein_treatment", "hydration", "stretching", "supplement", "medication", "other"].into_iter().enumerate()
    {
        let course = json!({"kind": kind, "name": format!("Course {number}"), "started_on": format!("2026-03-{:02}", number + 1)});
        kim.post(kim.diary().treatments(), course).await.is(201);
    }
    let page = kim.get(kim.diary().report("from=2026-03-01&to=2026-03-28")).await.is(200).text();
    let card = between(&page, ">Treatments</h2>", "<details>");
    // The vein first, then the latest.
    let order: Vec<_> = ["Course 0", "Course 5", "Course 4", "Course 3", "and 2 more"]
        .into_iter()
        .map(|name| card.rfind(&format!("|{name}")).expect(name))
        .collect();
    assert!(order.is_sorted() && !card.contains("|Course 1|"), "{card}");
    let others = between(&page, "More treatments</summary>", "</details>");
    assert!(others.contains("Course 2|3 Mar 2026") && others.contains("Course 1|2 Mar 2026"), "{others}");
    let places = between(&page, ">Where</h2>", "<details>");
    assert!(places.ends_with("and 3 more"), "{places}");
    let all = between(&page, "<summary>Where, all of it", "</details>");
    assert!(all.contains("back of thigh") && all.contains("shin"), "{all}");
    let pdf = kim.get(kim.diary().report("from=2026-03-01&to=2026-03-28&format=pdf")).await.is(200);
    let words = words(&pdf.body);
    assert!(words.contains("Further on: Nights and cramps over time") && words.contains("More treatments"), "{words}");
}
