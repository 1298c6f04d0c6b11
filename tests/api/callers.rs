//! Every operation of the contract × every kind of caller, derived from the document: an operation that is added there
//! is tested here.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{
    contract::{CONTRACT, Operation},
    *,
};

/// The operations that need no token. The list may shrink; whoever makes it longer says why.
const OPEN_TO_ALL: [&str; 22] = [
    // How one gets a token.
    "register",
    "login",
    "beginPasskeySignIn",
    "finishPasskeySignIn",
    "refresh",
    // What takes a mail in its place, or has one sent.
    "requestPasswordReset",
    "confirmPasswordReset",
    "verifyEmail",
    // What takes a link in its place.
    "openHealthLink",
    "getHealthLinkFile",
    // What takes an app, or what it was given.
    "createOAuthToken",
    "revokeOAuthToken",
    "introspectOAuthToken",
    // What holds no person's data.
    "getOpenapiYaml",
    "getOpenapiJson",
    "getDocs",
    "getProblem",
    "getFhirMetadata",
    "getOAuthMetadata",
    "getSecurityTxt",
    "getLiveness",
    "getReadiness",
];

fn secured() -> impl Iterator<Item = Operation<'static>> {
    CONTRACT.operations().filter(Operation::is_secured)
}

fn of_a_diary() -> impl Iterator<Item = Operation<'static>> {
    CONTRACT.operations().filter(|operation| {
        operation.path.contains("{diary_id}") || (operation.path.starts_with("/fhir") && operation.is_secured())
    })
}

fn example(id: &str) -> Value {
    let operation = CONTRACT.operations().find(|operation| operation.id() == id).unwrap();
    operation.object["requestBody"]["content"]["application/json"]["example"].clone()
}

/// A patient with one row of each kind, whose ids and dates are those of the document's examples, and who has invited
/// somebody.
struct Household {
    owner: Caller,
    /// The session of the owner.
    session: String,
    /// What the owner has invited to, and what came of it.
    consent: String,
    code: String,
    /// A link to the report.
    link: String,
    /// What comes of the cramp in FHIR, behind the id of its diary.
    observation: String,
    /// What the webhook of the examples was told.
    delivery: String,
}

impl Household {
    async fn of(app: &TestApp) -> Self {
        let owner = app.patient().await;
        let diary = owner.diary();
        owner.post("/v1/me/webhooks", example("createWebhook")).await.is(201);
        let cramp = owner.post(diary.episodes(), example("createEpisode")).await.is(201).row();
        let found = owner.learns("/fhir/R4/Observation?patient=me").await;
        let observation = found["entry"][0]["resource"]["id"].as_str().unwrap().replace(diary.id(), "");
        let soreness = diary.soreness_on(cramp.id(), &parameter("SorenessDate"));
        owner.put(soreness, example("putSoreness")).await.is(201);
        owner.put(diary.check_in(&parameter("CheckInDate")), example("putCheckIn")).await.is(201);
        owner.post(diary.treatments(), example("createTreatment")).await.is(201);
        let invitation = owner.invites(json!({"role": "viewer", "include_notes": true})).await;
        let session = session_of(&owner).await;
        let code = invitation["code"].as_str().unwrap().to_owned();
        let link = owner.post(diary.report_links(), json!({})).await.is(201).row().id().to_owned();
        app.notices_changes().await;
        let told = owner.get(format!("/v1/me/webhooks/{}/deliveries", parameter("WebhookId"))).await.is(200).items();
        let delivery = told[0].id().to_owned();
        Self { consent: invitation.id().to_owned(), code, link, delivery, session, observation, owner }
    }

    /// The same, in which another person has a role.
    async fn with(app: &TestApp, role: &str) -> (Self, Caller) {
        let (mut household, other) = (Self::of(app).await, app.clinician().await);
        let grant = household.owner.shares_on(json!({"role": role, "include_notes": true}), &other).await;
        grant.id().clone_into(&mut household.consent);
        (household, other)
    }

    /// An operation on the owner's rows, with the example's body.
    fn request(&self, operation: Operation<'_>, caller: &Caller, diary: &str) -> Request {
        let mut path = operation.path.replace("{diary_id}", diary);
        for (list, id) in [
            ("sessions", &self.session),
            ("invitations", &self.consent),
            ("grants", &self.consent),
            ("report-links", &self.link),
        ] {
            path = path.replace(&format!("/{list}/{{id}}"), &format!("/{list}/{id}"));
        }
        if operation.id() == "getFhirResource" {
            path = format!("/fhir/R4/Observation/{diary}{}", self.observation);
        } else if path.starts_with("/fhir") && !operation.path.contains('{') {
            path = format!("{path}?patient=Patient/{diary}");
        }
        path = path.replace("{delivery_id}", &self.delivery);
        for parameter in operation.item["parameters"].as_array().into_iter().flatten() {
            let parameter = CONTRACT.resolve(parameter);
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
            path = path.replace(&name, parameter["example"].as_str().unwrap());
        }
        let request = caller.request(operation.method.parse::<Method>().unwrap(), path);
        let mut body = operation.object["requestBody"]["content"]["application/json"]["example"].clone();
        match operation.id() {
            "login" => body["email"] = json!(self.owner.email()),
            "refresh" => body["refresh_token"] = json!(self.owner.tokens().refresh),
            "redeemInvitation" => body["code"] = json!(self.code),
            _ => {}
        }
        if body.is_null() { request } else { request.json(&body) }
    }
}

fn parameter(name: &str) -> String {
    CONTRACT.document["components"]["parameters"][name]["example"].as_str().unwrap().to_owned()
}

/// Does what an operation of the second factor asks for beforehand, and makes a body with a code of this moment.
async fn body_with_a_code(operation: Operation<'_>, owner: &Caller, app: &TestApp) -> Option<Value> {
    match operation.id() {
        "confirmSecondFactor" => {
            let phone = owner.begins_a_second_factor().await;
            Some(json!({"code": phone.code(app.now())}))
        }
        "replaceRecoveryCodes" => {
            owner.has_a_second_factor(app.now()).await;
            None
        }
        "disableSecondFactor" => {
            let (phone, _) = owner.has_a_second_factor(app.now()).await;
            Some(json!({"password": PASSWORD, "code": phone.code_of_step(app.now(), 1)}))
        }
        _ => None,
    }
}

async fn session_of(caller: &Caller) -> String {
    let sessions = caller.get("/v1/auth/sessions").await.items();
    sessions.iter().find(|session| session["current"] == true).unwrap().id().to_owned()
}

/// The same claims, signed by somebody else.
fn forged(genuine: &str) -> String {
    use jsonwebtoken::{Algorithm, EncodingKey, Validation, decode_header, encode};
    let header = decode_header(genuine).unwrap();
    let mut unchecked = Validation::new(Algorithm::HS256);
    unchecked.set_audience(&["cramp-diary"]);
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(genuine).unwrap().claims;
    encode(&header, &claims, &EncodingKey::from_secret(&[7; 32])).unwrap()
}

#[test]
fn what_needs_no_token_is_listed_here() {
    let mut open: Vec<_> =
        CONTRACT.operations().filter(|operation| !operation.is_secured()).map(|o| o.id().to_owned()).collect();
    let mut listed = OPEN_TO_ALL.map(str::to_owned);
    open.sort();
    listed.sort();
    assert_eq!(open, listed);
}

#[actix_web::test]
async fn without_a_live_token_of_ours_nothing_is_answered() {
    let app = TestApp::start().await;
    let mut household = Household::of(&app).await;

    let expired = household.owner.signs_in().await;
    app.advance(Duration::from_mins(16));
    let owner = household.owner.signs_in().await;
    household.owner = owner.clone();
    let logged_out = owner.signs_in().await;
    logged_out.post("/v1/auth/logout", json!({})).await.is(204);
    let forged = owner.with_access_token(forged(&owner.tokens().access));
    let refresh_token = owner.with_access_token(&owner.tokens().refresh);
    let revision = owner.settings().await.revision();

    for (kind, caller) in [
        ("no token", owner.signed_out()),
        ("an empty token", owner.with_access_token("")),
        ("garbage", owner.with_access_token("garbage")),
        ("garbage in three pieces", owner.with_access_token("a.b.c")),
        ("an expired token", expired),
        ("a forged token", forged),
        ("a refresh token", refresh_token),
        ("a token of a session that is over", logged_out),
    ] {
        for operation in secured() {
            let answer = household.request(operation, &caller, owner.diary().id()).await;
            assert_eq!(answer.status(), 401, "{} with {kind}", operation.id());
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{} with {kind}", operation.id());
            answer.is_problem(401, "unauthenticated");
        }
    }
    assert_eq!(owner.settings().await.revision(), revision, "somebody without a token changed the diary");
    owner.get("/v1/me").await.is(200);
}

/// The same request with what no operation knows: in the query, and in the body if it takes one.
fn with_faults(household: &Household, operation: Operation<'_>, caller: &Caller, diary: &str) -> Request {
    let request = household.request(operation, caller, diary).query("no_such_parameter", "1");
    match operation.object.get("requestBody") {
        Some(_) => request.json(&json!({"no_such_field": 1})),
        None => request,
    }
}

#[actix_web::test]
async fn who_may_not_do_it_learns_nothing_of_what_is_wrong_with_it() {
    let app = TestApp::start().await;
    let household = Household::of(&app).await;
    let owner = &household.owner;
    let logged_out = owner.signs_in().await;
    logged_out.post("/v1/auth/logout", json!({})).await.is(204);
    for operation in secured() {
        let answer = with_faults(&household, operation, &logged_out, owner.diary().id()).await;
        assert_eq!(answer.status(), 401, "{} while signed out: {answer}", operation.id());
    }
    let stranger = app.clinician().await;
    for operation in of_a_diary() {
        let answer = with_faults(&household, operation, &stranger, owner.diary().id()).await;
        assert_eq!(answer.status(), 404, "{} of a stranger: {answer}", operation.id());
    }
    let (household, viewer) = Household::with(&app, "viewer").await;
    // What a viewer may do, and what would be the last of it.
    let may = ["createReview", "revokeGrant"];
    for operation in of_a_diary().filter(|operation| forbids(*operation) && !may.contains(&operation.id())) {
        let answer = with_faults(&household, operation, &viewer, household.owner.diary().id()).await;
        assert_eq!(answer.status(), 403, "{} of a viewer: {answer}", operation.id());
    }
}

/// Whether a role may be too little for it; a token's scopes may be for any.
fn forbids(operation: Operation<'_>) -> bool {
    operation.object["responses"]["403"]["$ref"] == "#/components/responses/Forbidden"
}

#[actix_web::test]
async fn a_token_in_another_scheme_is_none() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let token = &patient.tokens().access;
    for header in [format!("Basic {token}"), token.clone(), format!("Bearer{token}"), "Bearer".to_owned()] {
        let answer = patient.signed_out().get("/v1/me").header("authorization", header).await;
        answer.is_problem(401, "unauthenticated");
    }
    patient.signed_out().get("/v1/me").header("authorization", format!("bearer {token}")).await.is(200);
}

#[actix_web::test]
async fn a_strangers_diary_looks_like_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let household = Household::of(&app).await;
    let owner = &household.owner;
    let before = owner.settings().await;
    let nowhere = "0198c0de-ffff-7000-8000-00000000ffff";
    for stranger in [app.patient().await, app.clinician().await] {
        for operation in of_a_diary() {
            let theirs = household.request(operation, &stranger, owner.diary().id()).await;
            let absent = household.request(operation, &stranger, nowhere).await;
            assert_eq!(theirs.status(), 404, "{}", operation.id());
            let names = |answer: &Answer| {
                let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
                names.sort();
                names
            };
            assert_eq!(names(&theirs), names(&absent), "{}", operation.id());
            assert_eq!(theirs.body_without_request_id(), absent.body_without_request_id(), "{}", operation.id());
            theirs.is_problem(404, "not_found");
        }
    }
    assert_eq!(owner.settings().await, before, "a stranger changed the diary");
}

#[actix_web::test]
async fn who_was_let_in_once_is_answered_like_a_stranger_and_told_of_to_the_owner() {
    let app = TestApp::start().await;
    for role in ["viewer", "contributor"] {
        let (household, former) = Household::with(&app, role).await;
        let (owner, diary) = (&household.owner, household.owner.diary());
        owner.delete(diary.grant(&household.consent)).await.is(204);
        let stranger = app.clinician().await;
        for operation in of_a_diary() {
            let theirs = household.request(operation, &former, diary.id()).await;
            let strangers = household.request(operation, &stranger, diary.id()).await;
            assert_eq!(theirs.status(), 404, "{}", operation.id());
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(&theirs), names(&strangers), "{}", operation.id());
            assert_eq!(theirs.body_without_request_id(), strangers.body_without_request_id(), "{}", operation.id());
            let last = owner.get(diary.looks() + "&limit=1").await.items().remove(0);
            assert_eq!((&last["what"], &last["outcome"]), (&json!(operation.id()), &json!("denied")));
            assert_eq!((&last["user_id"], &last["role"]), (&json!(former.user_id()), &json!(role)));
            assert_eq!(last["access"], if operation.method == "GET" { "read" } else { "write" }, "{}", operation.id());
        }
        let tried = owner.lists_all(diary.looks()).await;
        assert_eq!(tried.len(), of_a_diary().count(), "a stranger left a row, or somebody two");
    }
}

#[actix_web::test]
async fn a_malformed_id_of_a_diary_or_a_row_is_not_found() {
    let app = TestApp::start().await;
    let household = Household::of(&app).await;
    let owner = &household.owner;
    let long = "x".repeat(65);
    for id in ["a%20b", "%2e%2e%2fme", "a%00b", "a:b", "%F0%9F%90%93", long.as_str()] {
        for operation in of_a_diary() {
            let answer = household.request(operation, owner, id).await;
            assert_eq!(answer.status(), 404, "{} of diary {id}", operation.id());
        }
        owner.get(owner.diary().episode(id)).await.is_problem(404, "not_found");
        owner.get(owner.diary().treatment(id)).await.is_problem(404, "not_found");
    }
    for date in ["2026-02-30", "2026-2-3", "today", "20260203"] {
        owner.put(owner.diary().check_in(date), json!({"cramp_free": true})).await.is_problem(404, "not_found");
    }
}

#[actix_web::test]
async fn nobody_can_end_the_session_of_another() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.patient().await, app.patient().await);
    let path = format!("/v1/auth/sessions/{}", session_of(&owner).await);
    let absent =
        stranger.delete("/v1/auth/sessions/0198c0de-ffff-7000-8000-00000000ffff").await.is_problem(404, "not_found");
    let theirs = stranger.delete(path).await.is_problem(404, "not_found");
    assert_eq!(theirs.body_without_request_id(), absent.body_without_request_id());
    owner.get("/v1/me").await.is(200);
}

/// What is opened by a link alone, which `health_links` makes.
const BY_A_LINK: [&str; 2] = ["openHealthLink", "getHealthLinkFile"];

/// What apps of others ask for, with what `oauth` gives them.
const BY_APPS: [&str; 3] = ["createOAuthToken", "revokeOAuthToken", "introspectOAuthToken"];

/// What takes a passkey, which `passkeys` has.
const BY_A_PASSKEY: [&str; 3] = ["finishPasskeySignIn", "finishPasskey", "updatePasskey"];

/// Nobody reviews or redeems what is their own.
const NOT_FOR_THE_OWNER: [&str; 2] = ["createReview", "redeemInvitation"];

/// What only the owner does, besides writing: who else may see the diary is nobody else's business, and nobody else takes
/// it away.
const FOR_THE_OWNER_ALONE: [&str; 13] = [
    "listConsents",
    "listInvitations",
    "createInvitation",
    "revokeInvitation",
    "listReportLinks",
    "createReportLink",
    "revokeReportLink",
    "listAccessLog",
    "exportDiary",
    "exportDiaryCsv",
    "exportDiaryFhir",
    "searchFhirConsents",
    "searchFhirAuditEvents",
];

/// What takes a service that sends mail; `mail.rs` has it.
const BY_MAIL: [&str; 4] = ["requestPasswordReset", "confirmPasswordReset", "verifyEmail", "changeEmail"];

/// What only those read who may also write: what was said before, and is not any more.
const FOR_WRITERS: [&str; 1] = ["listEpisodeVersions"];

/// What a viewer writes about a diary, and not in it.
const ABOUT_A_DIARY: [&str; 2] = ["createReview", "revokeGrant"];

#[actix_web::test]
async fn the_owner_gets_what_the_contract_promises() {
    let app = TestApp::start_with(&[("SECURITY_CONTACT", "mailto:security@diary.example")]).await;
    let others = BY_A_LINK.into_iter().chain(BY_APPS).chain(BY_MAIL).chain(BY_A_PASSKEY).collect::<Vec<_>>();
    for operation in CONTRACT.operations().filter(|operation| !others.contains(&operation.id())) {
        let (household, viewer) = Household::with(&app, "viewer").await;
        let caller = if NOT_FOR_THE_OWNER.contains(&operation.id()) { &viewer } else { &household.owner };
        let mut request = household.request(operation, caller, household.owner.diary().id());
        if let Some(body) = body_with_a_code(operation, &household.owner, &app).await {
            request = request.json(&body);
        }
        let answer = request.await;
        assert!((200..300).contains(&answer.status()), "{}: {answer}", operation.id());
    }
}

/// What changes how one signs in, erases, or lets somebody else in.
const WANTS_A_FRESH_PROOF: [&str; 15] = [
    "changePassword",
    "changeEmail",
    "deleteMe",
    "beginSecondFactor",
    "disableSecondFactor",
    "confirmSecondFactor",
    "replaceRecoveryCodes",
    "beginPasskey",
    "finishPasskey",
    "deletePasskey",
    "createInvitation",
    "createReportLink",
    "createToken",
    "createWebhook",
    "updateWebhook",
];

#[test]
fn the_contract_says_of_what_wants_a_fresh_proof_that_it_does() {
    let says = |operation: &Operation<'_>| {
        let answer = CONTRACT.resolve(&operation.object["responses"]["401"]);
        answer["content"]["application/problem+json"]["examples"].get("step_up_required").is_some()
    };
    let mut told: Vec<_> = CONTRACT.operations().filter(says).map(|operation| operation.id().to_owned()).collect();
    let mut listed = WANTS_A_FRESH_PROOF.map(str::to_owned);
    told.sort();
    listed.sort();
    assert_eq!(told, listed);
}

#[actix_web::test]
async fn a_session_of_eleven_minutes_does_everything_but_what_wants_a_fresh_proof() {
    let app = TestApp::start().await;
    for operation in secured().filter(|operation| operation.id() != "updatePasskey") {
        let (household, viewer) = Household::with(&app, "viewer").await;
        let caller = if NOT_FOR_THE_OWNER.contains(&operation.id()) { &viewer } else { &household.owner };
        let body = body_with_a_code(operation, caller, &app).await;
        let diary = household.owner.diary().id();
        let request = || match &body {
            Some(body) => household.request(operation, caller, diary).json(body),
            None => household.request(operation, caller, diary),
        };
        app.advance(Duration::from_mins(11));
        let answer = request().await;
        if WANTS_A_FRESH_PROOF.contains(&operation.id()) {
            let answer = answer.is_problem(401, "step_up_required");
            let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=600";
            assert_eq!(answer.header("www-authenticate"), Some(challenge), "{}", operation.id());
            // Who may not do it at all learns of no proof, and who may learns of the proof before faults.
            with_faults(&household, operation, caller, diary).await.is_problem(401, "step_up_required");
            if operation.path.contains("{diary_id}") {
                let stranger = app.clinician().await;
                app.advance(Duration::from_mins(3));
                household.request(operation, &stranger, diary).await.is_problem(404, "not_found");
                household.request(operation, &viewer, diary).await.is_problem(403, "forbidden");
            }
        } else {
            assert!((200..300).contains(&answer.status()), "{}: {answer}", operation.id());
        }
    }
}

#[actix_web::test]
async fn me_is_the_diary_of_the_caller() {
    let app = TestApp::start().await;
    // The id of a resource has that of its diary in it.
    let is_meant = |id: &str| !NOT_FOR_THE_OWNER.contains(&id) && id != "getFhirResource";
    for operation in of_a_diary().filter(|operation| is_meant(operation.id())) {
        let ((household, _), other) = (Household::with(&app, "viewer").await, app.patient().await);
        let before = other.settings().await;
        let answer = household.request(operation, &household.owner, "me").await;
        assert!((200..300).contains(&answer.status()), "{}: {answer}", operation.id());
        assert_eq!(other.settings().await, before, "{}", operation.id());
    }
}

#[actix_web::test]
async fn a_viewer_reads_a_contributor_writes_too_and_only_the_owner_shares() {
    let app = TestApp::start().await;
    for role in ["viewer", "contributor"] {
        for operation in of_a_diary() {
            let (household, other) = Household::with(&app, role).await;
            let diary = household.owner.diary();
            let before = household.owner.settings().await;
            let answer = household.request(operation, &other, diary.id()).await;
            let (id, reads) = (operation.id(), operation.method == "GET");
            let reads_too = reads && !FOR_WRITERS.contains(&id);
            let may = !FOR_THE_OWNER_ALONE.contains(&id)
                && (reads_too || ABOUT_A_DIARY.contains(&id) || role == "contributor");
            let log = household.owner.get(diary.access_log()).await.items();
            if may {
                assert!((200..300).contains(&answer.status()), "{id} as {role}: {answer}");
                let entry = log.first().unwrap_or_else(|| panic!("{id} as {role} left no trace"));
                assert_eq!((&entry["what"], &entry["role"]), (&json!(id), &json!(role)));
                assert_eq!(entry["access"], if reads { "read" } else { "write" }, "{id}");
                assert_eq!(entry["user_id"], other.user_id(), "{id}");
            } else {
                answer.is_problem(403, "forbidden");
                assert!(log.is_empty(), "{id} as {role} was refused, and logged: {log:?}");
            }
            if role == "viewer" {
                assert_eq!(household.owner.settings().await, before, "a viewer changed the diary by {id}");
            }
        }
    }
}

#[actix_web::test]
async fn the_same_id_in_two_diaries_names_two_rows() {
    let app = TestApp::start().await;
    let (one, two) = (app.patient().await, app.patient().await);
    let first = one.logs(a_cramp().id("cramp-1").intensity(3)).await;
    let second = two.logs(a_cramp().id("cramp-1").intensity(8)).await;
    one.delete(one.diary().episode("cramp-1")).await.is(204);
    one.get(one.diary().episode("cramp-1")).await.is_problem(410, "gone");
    two.get(two.diary().episodes()).await.lists([&second]);
    assert_eq!((&first["intensity"], &second["intensity"]), (&json!(3), &json!(8)));
}
