use std::time::Duration;

use serde_json::json;

use super::support::*;

fn event(revision: i64) -> String {
    format!("event: revision\nid: {revision}\ndata: {{\"revision\":{revision}}}\n\n")
}

#[actix_web::test]
async fn the_present_revision_comes_at_once_and_then_each_new_one() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = patient.diary().events();
    let revision = patient.settings().await.revision();
    let mut stream = Stream::of(&patient, &path, None).await;
    assert_eq!(stream.says().await, format!("retry: 2000\n\n{}", event(revision)));
    let mut up_to_date = Stream::of(&patient, &path, Some(&revision.to_string())).await;
    assert_eq!(up_to_date.says().await, "retry: 2000\n\n");
    let cramp = patient.logs(a_cramp()).await;
    assert_eq!(stream.says().await, event(cramp.revision()));
    assert_eq!(up_to_date.says().await, event(cramp.revision()));
    let day = patient.checks_in("2026-03-01").await;
    assert_eq!(stream.says().await, event(day.revision()));
}

#[actix_web::test]
async fn a_stream_ends_with_the_right_to_see_it() {
    let app = TestApp::start().await;
    let (patient, clinician, carer) = (app.patient().await, app.clinician().await, app.patient().await);
    let path = patient.diary().events();
    let grant = patient.shares_on(json!({"role": "viewer"}), &clinician).await;
    let until = (app.now() + chrono::Duration::hours(1)).to_rfc3339();
    patient.shares_on(json!({"role": "contributor", "access_until": until}), &carer).await;
    let phone = patient.signs_in().await;
    let mut streams = Vec::new();
    for caller in [&clinician, &carer, &phone, &patient] {
        let mut stream = Stream::of(caller, &path, None).await;
        stream.says().await;
        streams.push(stream);
    }
    let look = patient.get(patient.diary().looks() + "&limit=1").await.items().remove(0);
    assert_eq!((&look["what"], &look["user_id"]), (&json!("streamRevisions"), &json!(carer.user_id())));

    patient.revokes(&grant).await;
    streams.remove(0).ends().await;
    phone.post("/v1/auth/logout", json!({})).await.is(204);
    streams.remove(1).ends().await;
    app.advance(Duration::from_hours(1));
    streams.remove(0).ends().await;
    // A token that ran out ends nothing: the session lives.
    let mut last = streams.remove(0);
    assert_eq!(last.says_within(Duration::from_millis(1200)).await, None);
    patient.signs_in().await.logs(a_cramp()).await;
    assert!(last.says().await.starts_with("event: revision"));
}

#[actix_web::test]
async fn eight_streams_may_be_open_of_one_account() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = Stream::of(&patient, &patient.diary().events(), None).await;
        stream.says().await;
        streams.push(stream);
    }
    let refused = patient.get(patient.diary().events()).await.is_problem(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"event-streams\";q=8;qu=\"concurrent-requests\""));
    Stream::of(&other, &other.diary().events(), None).await.says().await;
    drop(streams.pop());
    // The service notices without having anything to say.
    for _ in 0..40 {
        if patient.get(patient.diary().events()).await.status() == 200 {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the place of a stream that is gone is not free");
}
