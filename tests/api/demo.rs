//! The people of the demo, as they find themselves.

use serde_json::{Value, json};

use super::support::*;

/// What everybody of the demo signs in with.
fn password_of(printed: &str) -> &str {
    printed.lines().find_map(|line| line.strip_prefix("sign in with the password  ")).unwrap()
}

/// How far a clinician says to have read a diary, beside how far it is.
async fn reviewed(clinician: &Caller, diary: &Row) -> (Option<i64>, i64) {
    let reviews = clinician.get(DiaryPath::of(diary.id()).reviews()).await.items();
    (reviews.first().map(Row::revision), diary.revision())
}

fn find<'a>(diaries: &'a [Row], name: &str) -> &'a Row {
    diaries.iter().find(|diary| diary["display_name"] == name).unwrap_or_else(|| panic!("{name} in {diaries:?}"))
}

#[actix_web::test]
async fn the_clinician_of_the_demo_has_three_patients_and_knows_all_of_one() {
    let mut app = TestApp::start().await;
    let printed = app.has_the_demo().await;
    let clinician = app.nobody().signs_in_as("okafor@example.org", password_of(&printed)).await;
    let diaries = clinician.get("/v1/diaries").await.items();
    assert_eq!(diaries.len(), 3);
    assert!(diaries.iter().all(|diary| diary["role"] == "viewer"), "{diaries:?}");

    let margarete = find(&diaries, "Margarete Lindner");
    assert_eq!((&margarete["visible_from"], &margarete["include_notes"]), (&Value::Null, &json!(true)));
    let (read, there) = reviewed(&clinician, margarete).await;
    assert_eq!(read, Some(there), "her diary has nothing new");

    let tiago = find(&diaries, "Tiago Moreira");
    assert_eq!(tiago["include_notes"], false);
    let (read, there) = reviewed(&clinician, tiago).await;
    assert!(read.is_some_and(|read| 1 < read && read < there), "{read:?} of {there}");
    let diary = DiaryPath::of(tiago.id());
    let first = clinician.get(diary.episodes_where("order=asc&limit=1")).await.items().remove(0);
    assert!(first["started_at"].as_str() >= tiago["visible_from"].as_str(), "{first:?} is before {tiago:?}");

    let abigail = find(&diaries, "Abigail Osei");
    assert!(abigail["access_until"].as_str().is_some_and(|end| end > app.now().to_rfc3339().as_str()), "{abigail:?}");
    assert_eq!(reviewed(&clinician, abigail).await.0, None);

    let fields = [("email", "okafor@example.org"), ("password", password_of(&printed))];
    let list = Browser::of(app.nobody()).signs_in(&fields).await.opens("/clinic").await.is(200).text();
    let told = |state: &str| list.matches(&format!("<small>{state}</small>")).count();
    assert_eq!((told("not reviewed"), told("reviewed")), (2, 1), "{list}");
}

#[actix_web::test]
async fn a_patient_of_the_demo_sees_what_the_clinician_did() {
    let mut app = TestApp::start().await;
    let printed = app.has_the_demo().await;
    let patient = app.nobody().signs_in_as("margarete@example.org", password_of(&printed)).await;
    let diary = patient.get("/v1/diaries/me").await.is(200).row();
    let diary = DiaryPath::of(diary.id());
    let log = patient.get(diary.looks()).await.items();
    let did: Vec<_> = log.iter().rev().map(|row| row["what"].as_str().unwrap()).collect();
    let visit = ["listDiaries", "listEpisodes", "getReport", "createReview"];
    assert_eq!((&did[..4], &did[did.len() - 4..]), (&visit[..], &visit[..]), "{did:?}");
    assert!(log.iter().all(|row| row["user_name"] == "Dr. Ifeoma Okafor"), "{log:?}");
    assert!(log.is_sorted_by(|later, earlier| later["at"].as_str() >= earlier["at"].as_str()), "{log:?}");
    let [consent] = &patient.get(diary.consents()).await.items()[..] else { panic!("one consent") };
    assert_eq!(log[0]["consent_id"], consent["id"]);
    assert!(consent["given_at"].as_str() < log.last().unwrap()["at"].as_str(), "{consent:?}");
    let [grant] = &patient.get(diary.grants()).await.items()[..] else { panic!("one grant") };
    assert_eq!((&grant["id"], &grant["last_seen_at"]), (&consent["id"], &log[0]["at"]));
}

#[actix_web::test]
async fn the_demo_shares_no_diary_that_was_there_before() {
    let mut app = TestApp::start().await;
    let account = json!({"email": "margarete@example.org", "password": PASSWORD, "kind": "patient"});
    let somebody = app.nobody().registers(account).await;
    let printed = app.has_the_demo().await;
    assert!(
        printed.lines().any(|line| line.contains("margarete") && line.ends_with("(was there before)")),
        "{printed}"
    );
    somebody.get(somebody.diary().consents()).await.lists([]);
    somebody.get(somebody.diary().access_log()).await.lists([]);
    let clinician = app.nobody().signs_in_as("okafor@example.org", password_of(&printed)).await;
    assert_eq!(clinician.get("/v1/diaries").await.items().len(), 2);
}
