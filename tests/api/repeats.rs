//! Requests whose answer never came, and that are sent again.

use std::{future::IntoFuture, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::support::{
    contract::{CONTRACT, Operation},
    *,
};

const TOKENS: &str = "/v1/tokens";

/// The address of a link's page, without the service's own.
fn page(link: &Row) -> String {
    let url = link["url"].as_str().unwrap();
    url[url.find("/r/").unwrap()..].to_owned()
}

fn opens(app: &TestApp, link: &Row, form: &str) -> Request {
    let request = app.nobody().request(reqwest::Method::POST, page(link));
    request.header("content-type", "application/x-www-form-urlencoded").body(form)
}

#[actix_web::test]
async fn an_invitation_that_is_asked_for_again_has_a_new_code() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let path = patient.diary().invitations();
    let terms = json!({"id": "mine", "role": "viewer", "label": "Dr. Okafor", "expires_in_hours": 24});
    let lost = patient.post(&path, terms.clone()).await.is(201).row();
    app.advance(Duration::from_mins(2));
    let again = patient.post(&path, terms.clone()).await.is(200).row();
    // It is given anew, so that it is among what was opened since then.
    assert!(again.id() == "mine" && again["created_at"].as_str() > lost["created_at"].as_str());
    assert_ne!(again["code"], lost["code"]);
    assert_eq!(patient.get(&path).await.items().len(), 1);

    for (name, other) in [("role", json!("contributor")), ("label", json!("x")), ("expires_in_hours", json!(25))] {
        let mut said = terms.clone();
        said[name] = other;
        patient.post(&path, said).await.is_problem(409, "id_conflict");
    }
    patient.post(patient.diary().report_links(), json!({"id": "mine"})).await.is_problem(409, "id_conflict");
    clinician.redeems(&lost).await.is_problem(404, "not_found");
    clinician.redeems(&again).await.is(200);
    // Somebody has it: a new code would be for somebody else.
    patient.post(&path, terms).await.is_problem(410, "gone");
}

#[actix_web::test]
async fn a_link_that_is_asked_for_again_has_a_new_address_and_the_passcode_of_then() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let path = patient.diary().report_links();
    let said = |passcode: &str| json!({"id": "mine", "label": "first visit", "passcode": passcode});
    let lost = patient.post(&path, said("4711")).await.is(201).row();
    app.advance(Duration::from_mins(2));
    let again = patient.post(&path, said("0815")).await.is(200).row();
    // It is given anew, so that it is among what was opened since then.
    assert!(again.id() == "mine" && again["created_at"].as_str() > lost["created_at"].as_str());
    assert_eq!(patient.get(&path).await.items().len(), 1);
    opens(&app, &lost, "passcode=4711").await.is(404);
    let log = patient.get(patient.diary().access_log()).await.items();
    assert_eq!((&log[0]["what"], &log[0]["outcome"]), (&json!("getReport"), &json!("denied")));
    opens(&app, &again, "passcode=4711").await.is(403);
    opens(&app, &again, "passcode=0815").await.is(200);
    let seen = patient.post(&path, said("0815")).await.is(200).row();
    assert_eq!(seen["times_opened"], 1);

    patient.post(&path, json!({"id": "mine", "label": "first visit"})).await.is_problem(409, "id_conflict");
    let mut longer = said("0815");
    longer["from"] = json!("2026-01-01");
    patient.post(&path, longer).await.is_problem(409, "id_conflict");
    // Another diary may have a link of this id. Whoever guesses at that one does not hold this one up.
    let theirs = other.post(other.diary().report_links(), said("9999")).await.is(201).row();
    for _ in 0..10 {
        opens(&app, &theirs, "passcode=1234").await;
    }
    opens(&app, &theirs, "passcode=1234").await.is(429);
    opens(&app, &seen, "passcode=0815").await.is(200);
    patient.delete(patient.diary().report_link("mine")).await.is(204);
    patient.post(&path, said("0815")).await.is_problem(410, "gone");
}

#[actix_web::test]
async fn what_was_made_last_is_listed_first_whatever_its_id() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for id in ["m", "z", "a"] {
        app.advance(Duration::from_secs(1));
        patient.post(patient.diary().report_links(), json!({"id": id})).await.is(201);
    }
    let first = patient.get(patient.diary().report_links() + "?limit=2").await.is(200);
    let ids: Vec<_> = first.items().iter().map(|link| link.id().to_owned()).collect();
    assert_eq!(ids, ["a", "z"]);
    let rest = patient.get(first.next_link().unwrap()).await.is(200).items();
    assert_eq!(rest.iter().map(Row::id).collect::<Vec<_>>(), ["m"]);
}

#[actix_web::test]
async fn a_token_that_is_asked_for_again_has_a_new_secret() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let said = json!({"id": "kitchen", "name": "Kitchen display", "scopes": ["diary:read"]});
    let lost = patient.post(TOKENS, said.clone()).await.is(201).json();
    app.advance(Duration::from_mins(2));
    let again = patient.post(TOKENS, said.clone()).await.is(200).json();
    assert!(again["id"] == lost["id"] && again["created_at"].as_str() > lost["created_at"].as_str());
    let by = |made: &Value| patient.with_access_token(made["secret"].as_str().unwrap());
    by(&lost).get(patient.diary().episodes()).await.is_problem(401, "unauthenticated");
    by(&again).get(patient.diary().episodes()).await.is(200);
    for (name, other) in
        [("name", json!("x")), ("scopes", json!(["diary:write"])), ("expires_at", json!("2999-01-01T00:00:00Z"))]
    {
        let mut more = said.clone();
        more[name] = other;
        patient.post(TOKENS, more).await.is_problem(409, "id_conflict");
    }
    assert_eq!(patient.get(TOKENS).await.items().len(), 1);
    // What was sent long ago and arrives late gives nobody back what has ended.
    patient.delete(format!("{TOKENS}/kitchen")).await.is(204);
    patient.post(TOKENS, said).await.is_problem(410, "gone");
    assert_eq!(patient.get(TOKENS).await.items().len(), 0);
    by(&again).get(patient.diary().episodes()).await.is_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn of_requests_that_are_sent_again_before_they_are_answered_one_secret_is_good() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let terms = json!({"id": "mine", "role": "viewer", "label": "Dr. Okafor"});
    patient.post(patient.diary().invitations(), terms.clone()).await.is(201);
    let again = (0..6).map(|_| patient.post(patient.diary().invitations(), terms.clone()).into_future());
    let again: Vec<_> = join_all(again).await.into_iter().map(|answer| answer.is(200).row()).collect();
    let mut good = 0;
    for made in &again {
        good += usize::from(app.clinician().await.redeems(made).await.status() == 200);
    }
    assert_eq!(good, 1);

    let said = json!({"id": "kitchen", "name": "Kitchen display", "scopes": ["diary:read"]});
    let again = (0..6).map(|_| patient.post(TOKENS, said.clone()).into_future());
    let mut good = 0;
    for made in join_all(again).await {
        let token = patient.with_access_token(made.json()["secret"].as_str().unwrap());
        good += usize::from(token.get(patient.diary().episodes()).await.status() == 200);
    }
    assert_eq!(good, 1);
}

#[actix_web::test]
async fn whoever_redeemed_a_code_may_do_so_again_while_they_have_what_it_gave() {
    let app = TestApp::start().await;
    let (patient, clinician, other) = (app.patient().await, app.clinician().await, app.clinician().await);
    let made = patient.invites(json!({"role": "viewer", "expires_in_hours": 1})).await;
    let grant = clinician.redeems(&made).await.is(200).row();
    let again = clinician.redeems(&made).await.is(200).row();
    assert_eq!((again.id(), &again["created_at"]), (grant.id(), &grant["created_at"]));
    other.redeems(&made).await.is_problem(404, "not_found");
    patient.redeems(&made).await.is_problem(404, "not_found");
    // The code itself is over, and what it gave is not.
    app.advance(Duration::from_hours(2));
    let (patient, clinician) = (patient.signs_in().await, clinician.signs_in().await);
    clinician.redeems(&made).await.is(200);
    // Right codes are not counted as guesses.
    for _ in 0..12 {
        clinician.redeems(&made).await.is(200);
    }
    patient.revokes(&grant).await;
    clinician.redeems(&made).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn a_code_that_another_one_took_the_place_of_gives_nothing() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let (first, second) = (patient.invites(viewer()).await, patient.invites(viewer()).await);
    clinician.redeems(&first).await.is(200);
    clinician.redeems(&second).await.is(200);
    clinician.redeems(&first).await.is_problem(404, "not_found");
    clinician.redeems(&second).await.is(200);
}

fn viewer() -> Value {
    json!({"role": "viewer", "label": "Dr. Okafor"})
}

/// What makes a row without an id of the client's own, and the list that it comes to.
fn making(diary: &DiaryPath) -> Vec<(String, Value, Value)> {
    vec![
        (
            diary.episodes(),
            json!({"started_at": "2026-03-01T02:00:00Z"}),
            json!({"started_at": "2026-03-01T02:00:00Z", "intensity": 3}),
        ),
        (
            diary.treatments(),
            json!({"kind": "stretching", "name": "Calf", "started_on": "2026-03-01"}),
            json!({"kind": "supplement", "name": "Calf", "started_on": "2026-03-01"}),
        ),
        (diary.invitations(), viewer(), json!({"role": "contributor"})),
        (diary.report_links(), json!({}), json!({"label": "x"})),
        (
            TOKENS.to_owned(),
            json!({"name": "Kitchen", "scopes": ["diary:read"]}),
            json!({"name": "Kitchen", "scopes": ["diary:write"]}),
        ),
    ]
}

#[actix_web::test]
async fn with_a_key_the_same_request_makes_one_row() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let posts = |caller: &Caller, path: &str, body: &Value, key: &str| {
        caller.post(path, body.clone()).header("idempotency-key", key)
    };
    for (place, body, otherwise) in making(patient.diary()) {
        let key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
        let made = posts(&patient, &place, &body, key).await.is(201).json();
        let again = posts(&patient, &place, &body, key).await.is(200).json();
        assert_eq!(again["id"], made["id"], "{place}");
        assert_eq!(patient.get(&place).await.items().len(), 1, "{place}");
        posts(&patient, &place, &otherwise, key).await.is_problem(409, "id_conflict");
        posts(&patient, &place, &body, "another").await.is(201);
        // The id of the body is the one that counts, and `null` is none.
        let mut named = body.clone();
        named["id"] = json!(place.rsplit('/').next());
        assert_eq!(posts(&patient, &place, &named, key).await.is(201).json()["id"], named["id"]);
        named["id"] = Value::Null;
        assert_eq!(posts(&patient, &place, &named, key).await.is(200).json()["id"], made["id"], "{place}");
        assert_eq!(patient.get(&place).await.items().len(), 3, "{place}");
    }
    for (place, body, _) in making(other.diary()) {
        posts(&other, &place, &body, "another").await.is(201);
    }
    // Two people who count their requests do so in one diary as well.
    let carer = app.clinician().await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let cramp = json!({"started_at": "2026-03-05T02:00:00Z"});
    let ids = [&patient, &carer].map(|caller| posts(caller, &patient.diary().episodes(), &cramp, "1").into_future());
    let ids: Vec<_> = join_all(ids).await.into_iter().map(|answer| answer.is(201).row().id().to_owned()).collect();
    assert_ne!(ids[0], ids[1]);
    let deleted =
        posts(&patient, &patient.diary().episodes(), &json!({"started_at": "2026-03-02T02:00:00Z"}), "k").await;
    patient.delete(patient.diary().episode(deleted.is(201).json()["id"].as_str().unwrap())).await.is(204);
    posts(&patient, &patient.diary().episodes(), &json!({"started_at": "2026-03-02T02:00:00Z"}), "k")
        .await
        .is_problem(410, "gone");
}

#[actix_web::test]
async fn a_key_that_is_none_or_is_not_looked_at_is_refused_and_nothing_is_done() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let cramp = json!({"started_at": "2026-03-01T02:00:00Z"});
    for key in ["", "two words", "ключ", &"x".repeat(256)] {
        let answer = patient.post(patient.diary().episodes(), cramp.clone()).header("idempotency-key", key).await;
        answer.is_problem(400, "malformed_request");
    }
    assert_eq!(patient.get(patient.diary().episodes()).await.items().len(), 0);

    let mut asked = 0;
    // Apps of others speak a standard that knows no such key.
    let ours = |operation: &Operation<'_>| operation.method == "POST" && !operation.path.starts_with("/oauth");
    for operation in CONTRACT.operations().filter(ours) {
        let taken = operation.object["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["$ref"] == "#/components/parameters/IdempotencyKey");
        let path = operation.path.replace("{diary_id}", "me").replace("{table}", "episodes");
        let answer = patient.post(path, json!({})).header("idempotency-key", "a").await;
        if taken {
            assert_ne!(answer.status, 400, "{}", operation.id());
        } else {
            answer.is_problem(400, "unexpected_idempotency_key");
            asked += 1;
        }
    }
    assert!(asked > 5, "only {asked}");
}

#[actix_web::test]
async fn no_consent_has_the_name_of_the_owners_own_access() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let diary = patient.diary();
    let asked = patient.post(diary.invitations(), json!({"id": "owner", "role": "viewer"})).await;
    asked.has_faults([("/id", "malformed")]);
    patient.post(diary.report_links(), json!({"id": "owner"})).await.has_faults([("/id", "malformed")]);
    patient.delete(diary.invitation("owner")).await.is_problem(404, "not_found");
    patient.get(diary.path()).await.is(200);
}

#[actix_web::test]
async fn who_was_let_in_last_is_listed_first_whatever_the_id() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for id in ["m", "z", "a"] {
        app.advance(Duration::from_secs(1));
        let invitation = patient.post(patient.diary().invitations(), json!({"id": id, "role": "viewer"})).await.row();
        app.clinician().await.redeems(&invitation).await.is(200);
    }
    let first = patient.get(format!("{}/grants?limit=2", patient.diary().path())).await.is(200);
    assert_eq!(first.items().iter().map(Row::id).collect::<Vec<_>>(), ["a", "z"]);
    let rest = patient.get(first.next_link().unwrap()).await.is(200).items();
    assert_eq!(rest.iter().map(Row::id).collect::<Vec<_>>(), ["m"]);
}
