use std::collections::BTreeSet;

use actix_web::web::{self, Data, ServiceConfig};
use cramp_diary::storage::{Db, Store, refusal::Refusal};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{
    contract::{CONTRACT, METHODS, Operation},
    *,
};

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap()
}

#[actix_web::test]
async fn a_path_that_is_none_is_not_found() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for path in
        ["/v1", "/v1/", "/v1/nothing", "/v2/me", "/v1/me/", "/v1//me", "/docs/", "/v1/diaries/me/nothing", "/%ff"]
    {
        for name in ["GET", "POST", "DELETE", "BREW"] {
            app.nobody().request(method(name), path).await.is_problem(404, "not_found");
            patient.request(method(name), path).await.is_problem(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn a_method_that_a_path_does_not_know_is_answered_with_those_that_it_knows() {
    let app = TestApp::start().await;
    for (template, item) in CONTRACT.document["paths"].as_object().unwrap() {
        let known: BTreeSet<_> =
            METHODS.into_iter().filter(|name| item.get(*name).is_some()).map(str::to_uppercase).collect();
        let path = template.replace(['{', '}'], "");
        for name in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW", "PROPFIND"] {
            if known.contains(name) {
                continue;
            }
            let answer = app.nobody().request(method(name), &path).await;
            let answer = answer.is_problem(405, "method_not_allowed");
            let allow = answer.header("allow").unwrap_or_default().split(", ").filter(|name| *name != "HEAD");
            assert_eq!(allow.map(str::to_owned).collect::<BTreeSet<_>>(), known, "{name} {path}");
        }
    }
}

#[actix_web::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let diary = patient.diary();
    for path in [
        diary.episodes(),
        diary.episode(cramp.id()),
        diary.episode("absent"),
        diary.night_share_of("2026-03-01", "2026-03-02"),
        "/v1/me".into(),
        "/openapi.yaml".into(),
        "/health/ready".into(),
        "/problems/gone".into(),
    ] {
        let get = patient.get(&path).await;
        let head = patient.request(Method::HEAD, &path).await.is(get.status());
        assert!(head.body.is_empty());
        for name in ["etag", "content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    patient.signed_out().request(Method::HEAD, "/v1/me").await.is(401);
}

#[actix_web::test]
async fn a_body_that_is_not_json_is_refused_without_being_quoted() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().episodes();
    let send = |body: Vec<u8>| patient.post(&path, Value::Null).body(body);
    for body in [
        "",
        "{",
        "{\"note\": quicksilver}",
        "{\"note\": \"quicksilver\"} quicksilver",
        "'quicksilver'",
        "NaN",
        "\u{feff}{}",
    ] {
        let refused = send(body.into()).await.is_problem(400, "malformed_request");
        assert!(!refused.text().contains("quicksilver"), "{refused}");
    }
    send(b"{\"note\": \"quicksilver \xff\xfe\"}".into()).await.is_problem(400, "malformed_request");
    send(b"{\"note\": \"\\ud800\"}".into()).await.is_problem(400, "malformed_request");
    for levels in [17, 1_000, 20_000] {
        let nested = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        send(nested.into()).await.is_problem(400, "malformed_request");
    }
    send(b"[".repeat(60_000)).await.is_problem(400, "malformed_request");
    let sixteen = format!("{{\"note\": {}1{}}}", "[".repeat(15), "]".repeat(15));
    send(sixteen.into()).await.has_faults([("/started_at", "required"), ("/note", "wrong_type")]);
    // A number too large for any type is a fault of its field.
    send(br#"{"started_at": "2026-03-01T02:30:00Z", "intensity": 1e300}"#.into())
        .await
        .has_faults([("/intensity", "out_of_range")]);
    patient.get(&path).await.lists([]);
}

#[actix_web::test]
async fn a_body_has_at_most_64_kib() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().episodes();
    let padded = |size: usize| {
        let mut body = Value::from(a_cramp()).to_string().into_bytes();
        body.resize(size, b' ');
        body
    };
    patient.post(&path, Value::Null).body(padded(64 * 1024)).await.is(201);
    for size in [64 * 1024 + 1, 1024 * 1024] {
        patient.post(&path, Value::Null).body(padded(size)).await.is_problem(413, "payload_too_large");
        app.nobody().post("/v1/auth/login", Value::Null).body(padded(size)).await.is_problem(413, "payload_too_large");
    }
    // Without a length, too.
    let mut wire = Wire::to(&app);
    wire.sends("POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for _ in 0..17 {
        wire.sends(format!("1000\r\n{}\r\n", " ".repeat(0x1000)));
    }
    wire.answer().is_problem(413, "payload_too_large");
    assert_eq!(patient.get(&path).await.items().len(), 1);
}

#[actix_web::test]
async fn a_body_must_say_that_it_is_json() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let (list, one) = (patient.diary().episodes(), patient.diary().episode(cramp.id()));
    let body = Value::from(a_cramp()).to_string();
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/merge-patch+json", ""]
    {
        let request = patient.request(Method::POST, &list).body(body.clone()).header("content-type", media_type);
        request.await.is_problem(415, "unsupported_media_type");
    }
    patient.request(Method::POST, &list).body(body.clone()).await.is_problem(415, "unsupported_media_type");
    for media_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let request = patient.request(Method::POST, &list).body(body.clone()).header("content-type", media_type);
        request.await.is(201);
    }
    for (coding, status) in
        [("identity", 201), ("Identity", 201), (" IDENTITY , identity", 201), ("gzip", 415), ("identity, gzip", 415)]
    {
        let request = patient.post(&list, a_cramp()).header("content-encoding", coding);
        assert_eq!(request.await.status(), status, "{coding}");
    }
    for media_type in ["application/json", "application/merge-patch+json; charset=utf-8"] {
        let request =
            patient.request(Method::PATCH, &one).body("{\"intensity\": 3}").header("content-type", media_type);
        request.await.is(200);
    }
    let patch = patient.request(Method::PATCH, &one).body("[]").header("content-type", "application/json-patch+json");
    patch.await.is_problem(415, "unsupported_media_type");
}

#[actix_web::test]
async fn a_body_that_may_be_left_out_is_no_null() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.logs(a_cramp()).await;
    patient.shares_with(&clinician).await;
    for (who, path) in [(&patient, patient.diary().report_links()), (&clinician, patient.diary().reviews())] {
        let refused = who.post(&path, Value::Null).await.has_faults([("", "wrong_type")]);
        assert_eq!(refused.json()["detail"], "the body: expected an object, found null");
        who.request(Method::POST, &path).await.is(201);
    }
    assert_eq!(patient.get(patient.diary().report_links()).await.items().len(), 1);
}

#[actix_web::test]
async fn a_null_where_something_must_be_is_told_from_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = patient.logs(a_cramp()).await;
    let erased = patient.patch(patient.diary().episode(cramp.id()), json!({"started_at": null})).await.is(422);
    assert_eq!(erased.json()["errors"][0]["detail"], "started_at must not be null");
    let missing = patient.post(patient.diary().episodes(), json!({"intensity": 3})).await.is(422);
    assert_eq!(missing.json()["errors"][0]["detail"], "started_at is required");
}

#[actix_web::test]
async fn a_query_parameter_that_nobody_knows_or_that_comes_twice_is_refused() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let takes_a_query =
        |operation: &Operation| operation.method == "GET" && operation.object["responses"].get("422").is_some();
    let cramp = patient.logs(a_cramp()).await;
    patient.begins(cramp.id(), "2026-03-01").await;
    let webhook = json!({"id": cramp.id(), "url": "https://hooks.example/", "events": ["grant.ended"]});
    patient.post("/v1/me/webhooks", webhook).await.is(201);
    let mut count = 0;
    for operation in CONTRACT.operations().filter(takes_a_query) {
        let path = operation.path.replace("{diary_id}", patient.diary().id()).replace("{id}", cramp.id());
        let path = path.replace("{table}", "episodes");
        patient.get(format!("{path}?colour=red")).await.has_faults([("/colour", "unknown_field")]);
        let twice = patient.get(format!("{path}?a~b/c=1&a~b/c=2")).await.is_problem(422, "validation_failed").json();
        assert_eq!(
            (&twice["errors"][0]["pointer"], &twice["errors"][0]["code"]),
            (&json!("/a~0b~1c"), &json!("duplicate"))
        );
        patient.get(format!("{path}?")).await.is(200);
        count += 1;
    }
    assert!(count >= 8, "only {count} operations take a query");
}

#[actix_web::test]
async fn what_is_not_http_is_refused_in_words_as_well() {
    let app = TestApp::start().await;
    let huge = format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Huge: {}\r\n\r\n", "x".repeat(300_000));
    for bytes in ["\r\n\r\nnonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "G@T / HTTP/1.1\r\nno header\r\n\r\n", &huge] {
        let mut wire = Wire::to(&app);
        wire.sends(bytes);
        let answer = wire.answer();
        assert!((400..500).contains(&answer.status()), "{answer}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer}");
        assert!(wire.is_closed());
    }
    app.nobody().get("/health/ready").await.is(200);
}

const LOGIN: &str = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

#[actix_web::test]
async fn whose_end_two_readers_could_see_in_two_places_is_refused() {
    let app = TestApp::start().await;
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2, 2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length : 2\r\n\r\n{}",
        "X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2;a=\n\r\n{}\r\n0\r\n\r\n",
    ] {
        let mut wire = Wire::to(&app);
        wire.sends(format!("{LOGIN}{framing}"));
        let answer = wire.answer().is_problem(400, "malformed_request");
        assert!(wire.is_closed(), "after {framing:?}: {answer}");
    }
}

/// What docs/operating.md says of the proxy in front. Where this fails, the library has become stricter: say so there.
#[actix_web::test]
async fn a_line_feed_alone_and_the_extension_of_a_chunk_are_read_as_though_they_were_not_there() {
    let app = TestApp::start().await;
    for request in [
        "POST /v1/auth/login HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 2\n\n{}".to_owned(),
        format!("{LOGIN}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{{}}\r\n0\r\n\r\n"),
    ] {
        let mut wire = Wire::to(&app);
        // What follows on the connection is read as what it is.
        wire.sends(format!("{request}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"));
        wire.answer().is_problem(422, "validation_failed");
        let _next = wire.answer().is(200);
    }
}

async fn panics() -> String {
    panic!("on purpose: quicksilver")
}

async fn panics_while_writing(store: Data<Store>) -> Result<String, cramp_diary::web::problem::Problem> {
    let work = |_: &mut Db| -> Result<String, Refusal> { panic!("on purpose: quicksilver") };
    Ok(store.write(work).await?)
}

async fn panics_while_reading(store: Data<Store>) -> Result<String, cramp_diary::web::problem::Problem> {
    let work = |_: &mut Db| -> Result<String, Refusal> { panic!("on purpose: quicksilver") };
    Ok(store.read(work).await?)
}

fn panicking_routes(config: &mut ServiceConfig) {
    config
        .route("/test/panic", web::get().to(panics))
        .route("/test/panic-in-write", web::get().to(panics_while_writing))
        .route("/test/panic-in-read", web::get().to(panics_while_reading));
}

#[actix_web::test]
async fn a_handler_that_panics_is_a_problem_and_the_connection_lives() {
    let app = TestApp::start_with_routes(&[], panicking_routes).await;
    let mut wire = Wire::to(&app);
    for path in ["/test/panic", "/test/panic-in-write", "/test/panic-in-read"] {
        for _ in 0..3 {
            wire.sends(format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n"));
            let answer = wire.answer().is_problem(500, "internal");
            assert_eq!(answer.header("x-request-id"), Some("mine"));
            assert!(!answer.text().contains("quicksilver"), "{answer}");
            wire.sends("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n");
            let _alive = wire.answer().is(200);
        }
    }
    let patient = app.patient().await;
    patient.logs(a_cramp()).await;
}

#[actix_web::test]
async fn a_harmless_request_id_is_taken_over_and_any_other_replaced() {
    let app = TestApp::start().await;
    let longest = "x".repeat(64);
    for id in ["a", "0198c0de-00ff-7000-8000-00000000002a", "A_b.c-9", &longest] {
        let answer = app.nobody().get("/v1/me").header("x-request-id", id).await.is_problem(401, "unauthenticated");
        assert_eq!(answer.header("x-request-id"), Some(id));
        let answer = app.nobody().get("/health/live").header("x-request-id", id).await.is(200);
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
    let too_long = "x".repeat(65);
    for id in ["", "a b", "a\"b", "<script>", "a;b", "${jndi}", "ä", &too_long] {
        let answer = app.nobody().get("/v1/me").header("x-request-id", id).await.is_problem(401, "unauthenticated");
        assert_ne!(answer.header("x-request-id"), Some(id));
    }
    let (one, two) = (app.nobody().get("/health/live").await, app.nobody().get("/health/live").await);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

const ORIGIN: &str = "https://app.example";

fn preflight(app: &TestApp, origin: &str) -> Request {
    let request = app.nobody().request(Method::OPTIONS, "/v1/diaries/me/episodes").header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request
        .header("access-control-request-headers", "authorization,content-type,if-match,if-none-match,idempotency-key")
}

#[actix_web::test]
async fn no_web_app_may_call_until_its_origin_is_named() {
    let app = TestApp::start().await;
    let answer = app.nobody().get("/health/live").header("origin", ORIGIN).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let answer = preflight(&app, ORIGIN).await;
    assert!(answer.status() >= 400 && answer.header("access-control-allow-origin").is_none(), "{answer}");
}

#[actix_web::test]
async fn a_web_app_whose_origin_is_named_may_call() {
    let app = TestApp::start_with(&[("CORS_ORIGINS", "https://app.example, https://other.example")]).await;
    let answer = app.nobody().get("/v1/me").header("origin", ORIGIN).await.is_problem(401, "unauthenticated");
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let exposed = answer.header("access-control-expose-headers").unwrap().to_lowercase();
    for name in ["etag", "link", "location", "retry-after", "x-request-id"] {
        assert!(exposed.contains(name), "{name} can't be read: {exposed}");
    }

    let answer = preflight(&app, ORIGIN).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let methods = answer.header("access-control-allow-methods").unwrap();
    let headers = answer.header("access-control-allow-headers").unwrap().to_lowercase();
    assert!(METHODS.iter().all(|name| methods.contains(&name.to_uppercase())), "{methods}");
    for name in ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key"] {
        assert!(headers.contains(name), "{name} can't be sent: {headers}");
    }

    // What is allowed may be asked for in advance, HEAD as well.
    let allowed = app.nobody().request(Method::OPTIONS, "/v1/diaries/me").await;
    for name in ["GET", "HEAD", "PATCH"] {
        let asked = preflight(&app, ORIGIN).header("access-control-request-method", name).await.is(200);
        let methods = asked.header("access-control-allow-methods").unwrap().to_owned();
        assert!(methods.split(',').any(|method| method.trim() == name), "{methods}\n{allowed}");
    }

    for stranger in ["https://app.example.evil.org", "http://app.example", "null"] {
        let answer = app.nobody().get("/health/live").header("origin", stranger).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{stranger}");
        let answer = preflight(&app, stranger).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{stranger}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer}");
    }
}

#[actix_web::test]
async fn of_very_many_faults_the_first_hundred_are_told() {
    let app = TestApp::start().await;
    let body: serde_json::Map<_, _> = (0..150).map(|number| (format!("unheard_of_{number}"), json!(number))).collect();
    let answer = app.nobody().post("/v1/auth/login", Value::Object(body)).await.is_problem(422, "validation_failed");
    let problem = answer.json();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 100);
    // And two that are required.
    assert!(problem["detail"].as_str().unwrap().starts_with("152 faults"), "{}", problem["detail"]);
}

#[actix_web::test]
async fn a_name_that_comes_twice_is_a_fault_at_its_place() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let send = |method: Method, path: String, body: &str| {
        patient.request(method, path).json(&Value::Null).body(body.as_bytes())
    };
    let path = patient.diary().episodes();
    let twice = r#"{"started_at": "2026-03-01T02:30:00Z", "intensity": 1, "intensity": 9}"#;
    send(Method::POST, path.clone(), twice).await.has_faults([("/intensity", "duplicate")]);
    let within =
        r#"{"started_at": "2026-03-01T02:30:00Z", "sites": [{"part": "calf", "part": "foot", "side": "left"}]}"#;
    send(Method::POST, path.clone(), within).await.has_faults([("/sites/0/part", "duplicate")]);
    let written = r#"{"started_at": "2026-03-01T02:30:00Z", "id": "a", "not\u0065": "x", "note": "y"}"#;
    send(Method::POST, path.clone(), written).await.has_faults([("/note", "duplicate")]);
    let cramp = patient.logs(a_cramp()).await;
    let one = patient.diary().episode(cramp.id());
    send(Method::PATCH, one.clone(), r#"{"intensity": 1, "intensity": 2}"#)
        .await
        .has_faults([("/intensity", "duplicate")]);
    // Nor is it looked over where nobody reads.
    let unread = r#"{"started_at": "2026-03-01T02:30:00Z", "soreness": {"peak": 1, "peak": 2, "peak": 3}}"#;
    send(Method::POST, path.clone(), unread).await.has_faults([("/soreness/peak", "duplicate")]);
    let unread = r#"{"soreness": {"peak": [{"a": 1, "a": 1}]}, "local_time": 1, "local_time": 1}"#;
    let faults = [("/local_time", "duplicate"), ("/soreness/peak/0/a", "duplicate")];
    send(Method::PATCH, one, unread).await.has_faults(faults);
    let list = r#"[{"started_at": 1, "started_at": 2}]"#;
    send(Method::POST, path.clone(), list).await.has_faults([("", "wrong_type"), ("/0/started_at", "duplicate")]);
    for (method, path, body) in [
        (Method::POST, "/v1/auth/login", r#"{"email": "a@b.c", "password": "x", "password": "y"}"#),
        (
            Method::POST,
            "/v1/auth/refresh",
            r#"{"refresh_token": "x", "password": 1, "password": 2, "refresh_token": "y"}"#,
        ),
        (Method::PATCH, "/v1/me", r#"{"time_zone": "UTC", "time_zone": "UTC"}"#),
        (Method::PATCH, "/v1/diaries/me", r#"{"night_start": "22:00", "night_start": "23:00"}"#),
        (Method::POST, "/v1/diaries/me/report-links", r#"{"label": "a", "label": "b"}"#),
        (Method::PUT, "/v1/diaries/me/check-ins/2026-03-01", r#"{"cramp_free": true, "cramp_free": false}"#),
        (Method::POST, "/v1/invitations/redeem", r#"{"code": "ABCD-EFGH-JKLM", "code": "ABCD-EFGH-JKLM"}"#),
    ] {
        let answer = send(method, path.to_owned(), body).await.is_problem(422, "validation_failed");
        let codes: Vec<_> = answer.json()["errors"].as_array().unwrap().iter().map(|f| f["code"].clone()).collect();
        assert!(codes.contains(&json!("duplicate")), "{answer}");
    }
    // Who may not do it learns nothing of it.
    app.nobody().request(Method::POST, path.clone()).json(&Value::Null).body(twice).await.is(401);
    patient.get(path).await.lists([&cramp]);
}

#[actix_web::test]
async fn however_much_is_wrong_the_answer_stays_small() {
    const LARGEST: usize = 60_000;
    let app = TestApp::start().await;
    let many = |name: &dyn Fn(usize) -> String| {
        let fields = (0..).map(|number| format!("{}:1", json!(name(number))));
        let mut length = 0;
        let fields = fields.take_while(|field| {
            length += field.len() + 1;
            length < LARGEST
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    for body in [
        many(&|number| format!("k{number}")),
        many(&|_| "the same".to_owned()),
        many(&|number| format!("{number}{}", "\u{1}".repeat(500))),
        many(&|number| format!("{number}{}", "~/".repeat(500))),
        format!("{{\"{}\": 1}}", "long".repeat(LARGEST / 4)),
    ] {
        let answer =
            app.nobody().post("/v1/auth/login", Value::Null).body(body).await.is_problem(422, "validation_failed");
        assert!(answer.body.len() < 64 * 1024, "{} bytes", answer.body.len());
        assert!(answer.json()["errors"].as_array().unwrap().len() <= 100);
    }
    let query = format!("/v1/diaries?{}=1", "long".repeat(1_000));
    let answer = app.patient().await.get(query).await.is_problem(422, "validation_failed");
    assert!(answer.body.len() < 2_000, "{} bytes", answer.body.len());
}

#[actix_web::test]
async fn pages_are_kept_apart_from_others_and_ask_for_no_sensor() {
    let app = TestApp::start().await;
    for path in ["/sign-in", "/docs", "/nowhere"] {
        let answer = app.nobody().get(path).header("accept", "text/html").await;
        assert!(answer.header("permissions-policy").unwrap().contains("camera=()"), "{path}");
    }
    assert_eq!(app.nobody().get("/health/live").await.header("permissions-policy"), None, "it is no page");
}

#[actix_web::test]
async fn whoever_finds_a_weakness_finds_whom_to_tell() {
    let app = TestApp::start().await;
    app.nobody().get("/.well-known/security.txt").await.is_problem(404, "not_found");
    let contact = "mailto:security@diary.example, https://diary.example/security";
    let url = "https://diary.example";
    let app = TestApp::start_with(&[("SECURITY_CONTACT", contact), ("PUBLIC_URL", url)]).await;
    let answer = app.nobody().get("/.well-known/security.txt").await.is(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = answer.text();
    let named = |name: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(named("Contact"), ["mailto:security@diary.example", "https://diary.example/security"]);
    assert_eq!(named("Canonical"), [format!("{url}/.well-known/security.txt")]);
    let [expires] = &named("Expires")[..] else { panic!("{text}") };
    let left = chrono::DateTime::parse_from_rfc3339(expires).unwrap().to_utc() - app.now();
    assert!((170..=180).contains(&left.num_days()), "{expires}");
}

#[actix_web::test]
async fn a_text_of_a_query_may_look_like_anything_and_numbers_are_still_numbers() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.logs(a_cramp()).await;
    let diary = patient.diary();
    for who in ["5", "true", "-0", "null"] {
        assert_eq!(patient.get(format!("{}&who={who}", diary.looks())).await.is(200).items().len(), 0, "{who}");
    }
    for cursor in ["00", "5", "true"] {
        let asked = patient.get(format!("{}?cursor={cursor}", diary.episodes())).await;
        asked.has_faults([("/cursor", "malformed")]);
        let asked = patient.get(format!("{}?since={cursor}", diary.changes())).await;
        asked.has_faults([("/since", "malformed")]);
    }
    let zeros = "0".repeat(5_000);
    patient.get(format!("{}?since={zeros}", diary.changes())).await.has_faults([("/since", "too_long")]);
    let asked = patient.get(format!("{}?migration={zeros}", diary.watermelon())).await;
    asked.has_faults([("/migration", "too_long")]);
    patient.get(format!("{}?since=0&limit=5", diary.changes())).await.is(200);
    patient.get(format!("{}?limit=5&interrupted_sleep=true&min_intensity=0", diary.episodes())).await.is(200);
    for limit in ["many", "true", "1.5", ""] {
        let asked = patient.get(format!("{}?limit={limit}", diary.episodes())).await;
        asked.has_faults([("/limit", "wrong_type")]);
    }
}
