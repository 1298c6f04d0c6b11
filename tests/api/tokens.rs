//! Personal access tokens: what they let do, and what they do not.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{
    contract::{CONTRACT, Operation},
    *,
};

const PATH: &str = "/v1/tokens";
const SCOPES: [&str; 5] = ["diary:read", "diary:write", "analytics:read", "share:manage", "account:manage"];
const LATE: Duration = Duration::from_mins(11);

/// Makes a token, and answers with its row and whoever has it.
async fn makes(person: &Caller, token: Value) -> (Row, Caller) {
    let made = person.post(PATH, token).await.is(201).row();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let program = person.with_access_token(secret);
    (made, program)
}

async fn with_scopes(person: &Caller, scopes: &[&str]) -> Caller {
    makes(person, json!({"name": "A program", "scopes": scopes})).await.1
}

fn needed(operation: Operation<'_>) -> Option<String> {
    let scopes = &operation.object["security"][0]["bearerAuth"];
    scopes[0].as_str().map(str::to_owned)
}

fn secured() -> impl Iterator<Item = Operation<'static>> {
    CONTRACT.operations().filter(Operation::is_secured)
}

/// An operation with ids of rows that need not be there, and the body of its example.
fn request(operation: Operation<'_>, caller: &Caller, diary: &str) -> Request {
    let mut path = operation.path.replace("{diary_id}", diary);
    if operation.id() == "getFhirResource" {
        path = format!("/fhir/R4/Observation/{}.e{}", caller.diary().id(), "0".repeat(26));
    } else if path.starts_with("/fhir") && !operation.path.contains('{') {
        path = format!("{path}?patient={diary}");
    }
    for parameter in operation.item["parameters"].as_array().into_iter().flatten() {
        let parameter = CONTRACT.resolve(parameter);
        let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
        path = path.replace(&name, parameter["example"].as_str().unwrap());
    }
    let request = caller.request(operation.method.parse::<Method>().unwrap(), path);
    let body = &operation.object["requestBody"]["content"]["application/json"]["example"];
    if body.is_null() { request } else { request.json(body) }
}

#[actix_web::test]
async fn the_secret_is_shown_once_and_the_list_tells_everything_else() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let said = json!({"id": "kitchen", "name": "Kitchen display", "scopes": ["diary:read", "analytics:read"]});
    let made = patient.post(PATH, said).await.is(201).json();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("crd_") && secret.len() == 52, "{secret}");
    assert_eq!(
        (&made["diary_ids"], &made["expires_at"], &made["last_used_at"]),
        (&json!(null), &json!(null), &json!(null))
    );
    makes(&patient, json!({"name": "Another", "scopes": ["diary:read"]})).await;
    let listed = patient.get(format!("{PATH}?limit=1")).await.is(200);
    assert!(!listed.text().contains("secret") && listed.items().len() == 1 && listed.next_link().is_some());
    assert_eq!(patient.lists_all(PATH.to_owned()).await.len(), 2);

    // Somebody else may have one of the same id, and sees and ends none but their own.
    let other = app.patient().await;
    makes(&other, json!({"id": "kitchen", "name": "Mine", "scopes": ["diary:read"]})).await;
    assert_eq!(other.get(PATH).await.items().len(), 1);
    other.delete("/v1/tokens/kitchen").await.is(204);
    let program = patient.with_access_token(secret);
    program.get("/v1/diaries/me").await.is(200);
    patient.delete("/v1/tokens/kitchen").await.is(204);
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    patient.delete("/v1/tokens/kitchen").await.is(204);
}

#[actix_web::test]
async fn what_is_wrong_with_a_token_is_told_all_at_once() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let ids = [patient.diary().id(), other.diary().id()];
    let faulty = json!({
        "name": "",
        "scopes": ["diary:read", "all"],
        "diary_ids": ids,
        "expires_at": "2020-01-01T00:00:00Z",
        "x": 1,
    });
    patient.post(PATH, faulty).await.has_faults([
        ("/name", "too_short"),
        ("/scopes/1", "not_one_of"),
        ("/expires_at", "out_of_range"),
        ("/x", "unknown_field"),
        ("/diary_ids/1", "not_one_of"),
    ]);
    let twice = json!({"name": "A", "scopes": ["diary:read", "diary:read"], "diary_ids": []});
    patient.post(PATH, twice).await.has_faults([("/scopes", "duplicate"), ("/diary_ids", "too_short")]);
    let unknown = json!({"name": "A", "scopes": ["diary:read"], "diary_ids": ids});
    patient.post(PATH, unknown).await.has_faults([("/diary_ids/1", "not_one_of")]);
    for at in 0..100 {
        makes(&patient, json!({"name": format!("{at}"), "scopes": ["diary:read"]})).await;
    }
    let more = json!({"name": "One more", "scopes": ["diary:read"]});
    patient.post(PATH, more).await.has_faults([("", "too_many")]);
}

#[actix_web::test]
async fn each_operation_takes_the_scope_that_the_contract_names_and_no_other() {
    let app = TestApp::start().await;
    for scope in SCOPES {
        let patient = app.patient().await;
        let program = with_scopes(&patient, &[scope]).await;
        let others: Vec<_> = SCOPES.into_iter().filter(|other| *other != scope).collect();
        let with_the_others = with_scopes(&patient, &others).await;
        for operation in secured() {
            let (id, needed) = (operation.id(), needed(operation));
            let refused = if needed.as_deref() == Some(scope) { &with_the_others } else { &program };
            let answer = request(operation, refused, "me").await;
            let challenge = match &needed {
                Some(needed) => format!("Bearer error=\"insufficient_scope\", scope=\"{needed}\""),
                None => "Bearer error=\"insufficient_scope\"".to_owned(),
            };
            assert_eq!(answer.status(), 403, "{id} with {scope}: {answer}");
            assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()), "{id} with {scope}");
            answer.is_problem(403, "insufficient_scope");
        }
        patient.steps_up().await;
        for operation in secured().filter(|operation| needed(*operation).as_deref() == Some(scope)) {
            let answer = request(operation, &program, "me").await;
            let enough = !["unauthenticated", "insufficient_scope"]
                .iter()
                .any(|code| String::from_utf8_lossy(&answer.body).contains(code));
            assert!(enough && answer.status() < 500, "{} with {scope}: {answer}", operation.id());
        }
    }
}

#[actix_web::test]
async fn for_a_token_a_diary_that_it_is_not_limited_to_is_a_strangers() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let other = app.patient().await;
    patient.shares_with(&clinician).await;
    other.shares_with(&clinician).await;
    let limited = json!({"name": "One", "scopes": SCOPES, "diary_ids": [patient.diary().id()]});
    let (_, program) = makes(&clinician, limited).await;
    let listed = program.get("/v1/diaries").await.is(200).items();
    assert_eq!(listed.iter().map(Row::id).collect::<Vec<_>>(), [patient.diary().id()]);
    program.get(patient.diary().episodes()).await.is(200);
    let nowhere = "0198c0de-ffff-7000-8000-00000000ffff";
    for operation in CONTRACT.operations().filter(|operation| operation.path.contains("{diary_id}")) {
        let theirs = request(operation, &program, other.diary().id()).await;
        let absent = request(operation, &program, nowhere).await;
        assert_eq!(theirs.status(), 404, "{}: {theirs}", operation.id());
        assert_eq!(theirs.body_without_request_id(), absent.body_without_request_id(), "{}", operation.id());
    }
    // A stranger's diary is one whatever the scopes are.
    with_scopes(&clinician, &["share:manage"]).await.get(app.patient().await.diary().episodes()).await.is(404);
}

#[actix_web::test]
async fn a_token_ends_when_it_is_to_and_when_its_account_goes() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let end = (app.now() + chrono::Duration::minutes(5)).to_rfc3339();
    let (_, program) = makes(&patient, json!({"name": "Short", "scopes": ["diary:read"], "expires_at": end})).await;
    program.get("/v1/diaries/me").await.is(200);
    app.advance(Duration::from_mins(5));
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    assert!(patient.get(PATH).await.items().is_empty());
    let program = with_scopes(&patient, &["diary:read"]).await;
    patient.request(Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    program.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    assert_eq!(app.sql("SELECT count(*) FROM personal_tokens WHERE true"), "0");
}

#[actix_web::test]
async fn what_is_no_token_is_nobody() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (made, _) = makes(&patient, json!({"name": "A", "scopes": ["diary:read"]})).await;
    let secret = made["secret"].as_str().unwrap();
    let other_case = secret.to_uppercase();
    // One that is well formed, and nobody's.
    let unknown = "crd_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9jDc0p";
    for presented in ["crd_", "crd_x", &secret[..50], &secret[4..], other_case.as_str(), unknown, "crd_.a.b"] {
        patient.with_access_token(presented).get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    }
}

#[actix_web::test]
async fn making_one_wants_a_fresh_proof_and_a_token_makes_none() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let program = with_scopes(&patient, &SCOPES).await;
    let said = json!({"name": "Another", "scopes": ["diary:read"]});
    program.post(PATH, said.clone()).await.is_problem(403, "insufficient_scope");
    program.post("/v1/auth/step-up", json!({"password": PASSWORD})).await.is_problem(403, "insufficient_scope");
    app.advance(LATE);
    let late = patient.signs_in().await;
    app.advance(LATE);
    late.post(PATH, said).await.is_problem(401, "step_up_required");
    // Its end wants none, and it may end itself.
    let (made, program) = (late.get(PATH).await.items().remove(0), program);
    program.delete(format!("{PATH}/{}", made.id())).await.is(204);
    program.get(PATH).await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (made, program) = makes(&patient, json!({"name": "A", "scopes": ["diary:read"]})).await;
    let mut stream = Stream::of(&program, &patient.diary().events(), None).await;
    stream.says().await;
    patient.delete(format!("{PATH}/{}", made.id())).await.is(204);
    stream.ends().await;
}

#[actix_web::test]
async fn what_a_token_did_is_told_by_its_name() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    patient.shares_on(json!({"role": "contributor", "include_notes": true}), &carer).await;
    let (_, program) = makes(&patient, json!({"name": "Watch", "scopes": ["diary:read", "diary:write"]})).await;
    let (_, theirs) = makes(&carer, json!({"name": "Carer's sheet", "scopes": ["diary:read", "diary:write"]})).await;
    let diary = patient.diary();
    let cramp = program.post(diary.episodes(), a_cramp()).await.is(201).row();
    theirs.patch(diary.episode(cramp.id()), json!({"intensity": 3})).await.is(200);
    patient.patch(diary.episode(cramp.id()), json!({"intensity": 4})).await.is(200);
    let versions = patient.get(diary.history(cramp.id())).await.is(200).items();
    let by: Vec<_> = versions.iter().map(|version| version["written_by"]["token_name"].clone()).collect();
    assert_eq!(by, [json!(null), json!("Carer's sheet"), json!("Watch")]);

    program.get(diary.export()).await.is(200);
    program.get("/v1/diaries").await.is(200);
    let looks = patient.get(diary.looks()).await.is(200).items();
    let told: Vec<_> = looks
        .iter()
        .map(|look| {
            let text = |name: &str| look[name].as_str().unwrap_or_default().to_owned();
            (text("what"), text("role"), text("token_name"))
        })
        .collect();
    let expected = [
        ("listDiaries", "owner", "Watch"),
        ("exportDiary", "owner", "Watch"),
        ("patchEpisode", "contributor", "Carer's sheet"),
        ("createEpisode", "owner", "Watch"),
    ];
    assert_eq!(told, expected.map(|(what, role, name)| (what.to_owned(), role.to_owned(), name.to_owned())));
    assert_eq!(looks[0]["user_id"], json!(patient.user_id()));
}

#[actix_web::test]
async fn a_change_of_the_password_ends_tokens_that_were_made_since() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (_, older) = makes(&patient, json!({"name": "Mine", "scopes": ["diary:read"]})).await;
    app.advance(Duration::from_mins(1));
    let (made, newer) = makes(&patient, json!({"name": "A thief's", "scopes": ["diary:read"]})).await;
    let open = patient.get("/v1/me/openings").await.is(200).items();
    assert_eq!((&open[0]["kind"], &open[0]["label"]), (&json!("personal_token"), &json!("A thief's")));
    let since = made["created_at"].clone();
    let said =
        json!({"current_password": PASSWORD, "new_password": "nine loud otters by noon", "end_opened_since": since});
    patient.put("/v1/auth/password", said).await.is(204);
    newer.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
    older.get("/v1/diaries/me").await.is(200);
}

#[actix_web::test]
async fn an_account_asks_so_often_in_a_minute_whatever_it_comes_with() {
    let app = TestApp::start_with(&[("REQUESTS_PER_MINUTE", "4")]).await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let again = patient.signs_in().await;
    // All that asks in somebody's name counts together.
    let mut told = Vec::new();
    for caller in [&patient, &again].into_iter().cycle().take(6) {
        told.push(caller.get("/v1/me").await);
    }
    let refused = told.iter().position(|answer| answer.status() == 429).expect("nobody is refused");
    assert!((1..=4).contains(&refused), "{refused}");
    assert_eq!(told[refused].header("ratelimit-policy"), Some("\"requests\";q=4;w=60"));
    assert!(told[refused].header("ratelimit").unwrap().starts_with("\"requests\";r=0;t="));
    other.get("/v1/me").await.is(200);
    app.advance(Duration::from_mins(1));
    patient.get("/v1/me").await.is(200);
}

#[actix_web::test]
async fn use_is_noted_and_bounded_by_token_and_by_account() {
    let app = TestApp::start_with(&[("TOKEN_PER_MINUTE", "2")]).await;
    let patient = app.patient().await;
    let program = with_scopes(&patient, &["diary:read"]).await;
    program.get("/v1/diaries/me").await.is(200);
    program.get("/v1/diaries/me").await.is(200);
    let refused = program.get("/v1/diaries/me").await.is_problem(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"token-requests\";q=2;w=60"));
    with_scopes(&patient, &["diary:read"]).await.get("/v1/diaries/me").await.is(200);
    for _ in 0..50 {
        let tokens = patient.get(PATH).await.items();
        if tokens.iter().all(|token| token["last_used_at"].is_string()) {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody noted that the tokens were used");
}
