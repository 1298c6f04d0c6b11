//! What was opened with an account, and how it ends with a change of the password.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::support::*;

const PATH: &str = "/v1/me/openings";
const OTHER: &str = "nine loud otters by noon";

fn said(rows: &[Row]) -> Vec<(String, String)> {
    let text = |row: &Row, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "kind"), text(row, "label"))).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(kind, label)| (kind.to_owned(), label.to_owned())).into()
}

async fn signs_in_on(patient: &Caller, device: &str) -> Caller {
    let credentials = json!({"email": patient.email(), "password": PASSWORD, "device_name": device});
    let answer = patient.signed_out().post("/v1/auth/login", credentials).await.is(200).json();
    patient.with(Tokens::of(&answer))
}

/// Somebody who knows the password signs in, lets two others in, and leaves a link and a code.
async fn a_thief_was_here(app: &TestApp, patient: &Caller) -> (Caller, Caller) {
    let (thief, accomplice) = (signs_in_on(patient, "A thief's phone").await, app.clinician().await);
    app.advance(Duration::from_secs(1));
    thief.shares_on(json!({"role": "viewer", "label": "redeemed"}), &accomplice).await;
    app.advance(Duration::from_secs(1));
    thief.invites(json!({"role": "contributor", "label": "not yet"})).await;
    app.advance(Duration::from_secs(1));
    thief.post(patient.diary().report_links(), json!({"label": "a link"})).await.is(201);
    (thief, accomplice)
}

#[actix_web::test]
async fn everything_that_was_opened_is_listed_the_latest_first() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (thief, accomplice) = a_thief_was_here(&app, &patient).await;
    let all = patient.get(PATH).await.is(200).items();
    let expected =
        [("report_link", "a link"), ("invitation", "not yet"), ("grant", "redeemed"), ("session", "A thief's phone")];
    assert_eq!(said(&all), pairs(expected));
    assert_eq!(all[2]["user_email"], accomplice.email());
    assert!(all[..3].iter().all(|row| row["diary_id"] == patient.diary().id()) && all[3]["diary_id"].is_null());
    let grant = patient.get(patient.diary().grants()).await.items();
    assert_eq!((&grant[0]["id"], &grant[0]["created_at"]), (&all[2]["id"], &all[2]["opened_at"]));

    // Pages say the same, one row after another.
    let (mut paged, mut next) = (Vec::new(), Some(format!("{PATH}?limit=1")));
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        assert_eq!(page.items().len(), 1);
        paged.extend(page.items());
        next = page.next_link();
    }
    assert_eq!(paged, all);

    let since = all[1]["opened_at"].as_str().unwrap();
    assert_eq!(patient.get(format!("{PATH}?since={since}")).await.is(200).items(), all[..2]);
    patient
        .get(format!("{PATH}?since=yesterday&x=1"))
        .await
        .has_faults([("/since", "malformed"), ("/x", "unknown_field")]);
    patient.get(format!("{PATH}?cursor=c_bm8")).await.has_faults([("/cursor", "malformed")]);
    // The one who asks is not in their own list, and nobody sees what another has opened.
    let theirs = thief.get(PATH).await.is(200).items();
    assert_eq!(theirs.last().unwrap()["kind"], "session");
    assert_ne!(theirs.last().unwrap()["id"], all[3]["id"]);
    assert!(accomplice.get(PATH).await.is(200).items().is_empty());
}

#[actix_web::test]
async fn a_program_learns_with_whom_the_diary_is_shared_only_if_that_was_allowed() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    a_thief_was_here(&app, &patient).await;
    for (scopes, kinds) in [
        (json!(["account:manage"]), vec!["personal_token"]),
        (
            json!(["account:manage", "share:manage"]),
            vec!["personal_token", "personal_token", "report_link", "invitation", "grant"],
        ),
    ] {
        app.advance(Duration::from_secs(1));
        let token = patient.post("/v1/tokens", json!({"name": "Watch", "scopes": scopes})).await.is(201).row();
        let program = patient.with_access_token(token["secret"].as_str().unwrap());
        let found = program.get(PATH).await.is(200).items();
        // The person's own session is another one to a program.
        let found = found.iter().map(|row| row["kind"].as_str().unwrap()).filter(|kind| *kind != "session");
        assert_eq!(found.collect::<Vec<_>>(), kinds);
    }
}

#[actix_web::test]
async fn what_is_over_is_not_listed() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let diary = patient.diary();
    let grant = patient.shares_with(&clinician).await;
    patient.revokes(&grant).await;
    let invitation = patient.invites(json!({"role": "viewer"})).await;
    patient.delete(diary.invitation(invitation.id())).await.is(204);
    patient.invites(json!({"role": "viewer", "expires_in_hours": 1})).await;
    patient.post(diary.report_links(), json!({"expires_in_hours": 1})).await.is(201);
    let until = (app.now() + chrono::Duration::hours(1)).to_rfc3339();
    patient.shares_on(json!({"role": "viewer", "access_until": until}), &app.clinician().await).await;
    patient.signs_in().await.post("/v1/auth/logout", json!({})).await.is(204);
    assert_eq!(patient.get(PATH).await.is(200).items().len(), 3);
    app.advance(Duration::from_mins(61));
    let patient = patient.with(Tokens::of(&patient.refreshes(&patient.tokens().refresh).await.is(200).json()));
    assert!(patient.get(PATH).await.is(200).items().is_empty());
}

#[actix_web::test]
async fn a_new_password_ends_what_was_opened_since_in_one_step() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_on(json!({"role": "viewer", "label": "my clinician"}), &clinician).await;
    app.advance(Duration::from_secs(1));
    let (thief, accomplice) = a_thief_was_here(&app, &patient).await;
    let since = patient.get(PATH).await.items()[3]["opened_at"].clone();
    let change = json!({"current_password": PASSWORD, "new_password": OTHER, "end_opened_since": since});
    patient.put("/v1/auth/password", change).await.is(204);

    thief.get("/v1/me").await.is_problem(401, "unauthenticated");
    accomplice.get(patient.diary().path()).await.is_problem(404, "not_found");
    let log = patient.get(patient.diary().consents()).await.items();
    let ended: Vec<_> =
        log.iter().filter(|row| row["withdrawn_by"] == "owner").map(|row| row["label"].clone()).collect();
    assert_eq!(ended, [json!("a link"), json!("not yet"), json!("redeemed")]);
    // What was there before goes on, and nothing was opened since this password.
    clinician.get(patient.diary().path()).await.is(200);
    assert!(patient.get(PATH).await.is(200).items().is_empty());
    let registered = format!("{PATH}?since={}", patient.get("/v1/me").await.json()["created_at"].as_str().unwrap());
    assert_eq!(said(&patient.get(registered).await.items()), pairs([("grant", "my clinician")]));
    patient.invites(json!({"role": "viewer", "label": "later"})).await;
    assert_eq!(said(&patient.get(PATH).await.items()), pairs([("invitation", "later")]));
}

#[actix_web::test]
async fn a_new_password_alone_ends_sessions_and_nothing_that_was_shared() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (thief, accomplice) = a_thief_was_here(&app, &patient).await;
    let change = |password: &str, since: &str| {
        let body = json!({"current_password": password, "new_password": OTHER, "end_opened_since": since});
        patient.put("/v1/auth/password", body)
    };
    change("not my password", "2020-01-01T00:00:00Z").await.has_faults([("/current_password", "wrong_password")]);
    change(PASSWORD, "long ago").await.has_faults([("/end_opened_since", "malformed")]);
    accomplice.get(patient.diary().path()).await.is(200);
    thief.get("/v1/me").await.is(200);
    let only = json!({"current_password": PASSWORD, "new_password": OTHER});
    patient.put("/v1/auth/password", only).await.is(204);
    thief.get("/v1/me").await.is_problem(401, "unauthenticated");
    accomplice.get(patient.diary().path()).await.is(200);
}

#[actix_web::test]
async fn if_something_can_not_be_ended_the_password_stays_too() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (_, accomplice) = a_thief_was_here(&app, &patient).await;
    app.has_no_room_for("UPDATE ON consents", "OLD.label = 'redeemed'");
    let change =
        json!({"current_password": PASSWORD, "new_password": OTHER, "end_opened_since": "2020-01-01T00:00:00Z"});
    patient.put("/v1/auth/password", change.clone()).await.is_problem(507, "storage_full");
    app.has_room_again_for("consents");
    patient.signs_in().await;
    assert_eq!(patient.get(PATH).await.items().len(), 5);
    patient.put("/v1/auth/password", change).await.is(204);
    accomplice.get(patient.diary().path()).await.is_problem(404, "not_found");
}

#[actix_web::test]
async fn however_much_was_opened_all_of_it_ends() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // More than a page has.
    let invited = (0..150).map(|_| patient.invites(json!({"role": "viewer"})));
    stream::iter(invited).buffer_unordered(8).collect::<Vec<_>>().await;
    let signed_in = (0..100).map(|_| patient.signs_in());
    let sessions: Vec<_> = stream::iter(signed_in).buffer_unordered(8).collect().await;
    assert_eq!(patient.lists_all(PATH.to_owned()).await.len(), 250);
    let change =
        json!({"current_password": PASSWORD, "new_password": OTHER, "end_opened_since": "2020-01-01T00:00:00Z"});
    patient.put("/v1/auth/password", change).await.is(204);
    let left = patient.lists_all(patient.diary().invitations()).await;
    assert!(left.len() == 150 && left.iter().all(|invitation| invitation["status"] == "revoked"));
    for session in sessions {
        session.get("/v1/me").await.is_problem(401, "unauthenticated");
    }
}
