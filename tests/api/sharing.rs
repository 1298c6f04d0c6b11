//! Sharing a diary: inviting, redeeming, looking, being seen to look, and ending it.

use std::{future::IntoFuture, time::Duration};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use super::support::*;

fn viewer() -> Value {
    json!({"role": "viewer"})
}

async fn log(patient: &Caller) -> Vec<Row> {
    patient.get(patient.diary().looks()).await.is(200).items()
}

#[actix_web::test]
async fn a_clinician_sees_a_shared_diary_until_the_grant_is_revoked() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let cramp = patient.logs(a_cramp().at("2026-03-01T02:30:00+01:00").intensity(7)).await;
    clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    let grant = patient.shares_with(&clinician).await;
    clinician.get(patient.diary().episodes()).await.lists([&cramp]);
    patient.revokes(&grant).await;
    clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    assert!(clinician.get("/v1/diaries").await.items().is_empty());
    patient.revokes(&grant).await;
}

#[actix_web::test]
async fn an_invitation_says_its_code_once_and_then_what_became_of_it() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let terms = json!({"role": "viewer", "label": "Dr. Okafor", "visible_from": "2026-01-01", "expires_in_hours": 24});
    let made = patient.invites(terms).await;
    let code = made["code"].as_str().unwrap();
    assert!(code.len() == 14 && code.bytes().filter(|byte| *byte == b'-').count() == 2, "{code}");
    assert!(!app.database_holds(code) && !app.database_holds(&code.replace('-', "")), "the code itself is kept");
    assert_eq!((&made["status"], &made["include_notes"]), (&json!("open"), &json!(false)));

    let listed = patient.get(patient.diary().invitations()).await.items();
    assert!(listed.len() == 1 && listed[0].0.get("code").is_none());
    let grant = clinician.redeems(&made).await.is(200).row();
    assert_eq!(grant.id(), made.id());
    let listed = patient.get(patient.diary().invitations()).await.items().remove(0);
    assert_eq!((&listed["status"], &listed["redeemed_by"]), (&json!("redeemed"), &json!(clinician.user_id())));

    patient.delete(patient.diary().invitation(made.id())).await.is(204);
    clinician.get(patient.diary().path()).await.is_problem(404, "not_found");
    let listed = patient.get(patient.diary().invitations()).await.items().remove(0);
    assert_eq!(listed["status"], "revoked");
}

#[actix_web::test]
async fn a_code_is_redeemed_as_people_write_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for write in [str::to_lowercase, |code: &str| code.replace('-', ""), |code: &str| code.replace('-', " ")] {
        let invitation = patient.invites(viewer()).await;
        let code = write(invitation["code"].as_str().unwrap());
        app.clinician().await.post("/v1/invitations/redeem", json!({"code": code})).await.is(200);
    }
    let clinician = app.clinician().await;
    for code in ["ABCD-EFGH", "ABCD-EFGH-JKL0", "ABCD-EFGH-JKLI", ""] {
        let answer = clinician.post("/v1/invitations/redeem", json!({"code": code})).await;
        answer.has_faults([("/code", "malformed")]);
    }
}

#[actix_web::test]
async fn codes_that_are_unknown_used_expired_or_taken_back_look_alike() {
    let app = TestApp::start().await;
    let (patient, one, two) = (app.patient().await, app.clinician().await, app.clinician().await);
    let used = patient.invites(viewer()).await;
    one.redeems(&used).await.is(200);
    let taken_back = patient.invites(viewer()).await;
    patient.delete(patient.diary().invitation(taken_back.id())).await.is(204);
    let expired = patient.invites(json!({"role": "viewer", "expires_in_hours": 1})).await;
    let over = (app.now() + chrono::Duration::minutes(30)).to_rfc3339();
    let without_access = patient.invites(json!({"role": "viewer", "access_until": over})).await;
    app.advance(Duration::from_mins(61));
    let patient = patient.signs_in().await;
    let two = two.signs_in().await;

    let unknown = two.post("/v1/invitations/redeem", json!({"code": "ABCD-EFGH-JKLM"})).await;
    let unknown = unknown.is_problem(404, "not_found").body_without_request_id();
    for invitation in [&used, &taken_back, &expired, &without_access] {
        let answer = two.redeems(invitation).await.is_problem(404, "not_found");
        assert_eq!(answer.body_without_request_id(), unknown);
    }
    let statuses: Vec<_> =
        patient.get(patient.diary().invitations()).await.items().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, ["expired", "expired", "revoked", "redeemed"]);
}

#[actix_web::test]
async fn who_guesses_codes_waits_longer_and_longer() {
    let app = TestApp::start().await;
    let (patient, guesser) = (app.patient().await, app.clinician().await);
    let invitation = patient.invites(viewer()).await;
    let guess = json!({"code": "ABCD-EFGH-JKLM"});
    for _ in 0..10 {
        guesser.post("/v1/invitations/redeem", guess.clone()).await.is_problem(404, "not_found");
    }
    let held = guesser.redeems(&invitation).await.is_problem(429, "too_many_requests");
    assert_eq!(held.retry_after(), 1);
    app.advance(Duration::from_secs(1));
    guesser.post("/v1/invitations/redeem", guess.clone()).await.is_problem(404, "not_found");
    assert_eq!(guesser.redeems(&invitation).await.is(429).retry_after(), 2);
    // It is the guesser who waits, and nobody else.
    app.clinician().await.post("/v1/invitations/redeem", guess.clone()).await.is_problem(404, "not_found");
    app.advance(Duration::from_secs(2));
    guesser.redeems(&invitation).await.is(200);
    // Anybody can make a right code, which must not buy more guesses.
    guesser.post("/v1/invitations/redeem", guess.clone()).await.is_problem(404, "not_found");
    guesser.post("/v1/invitations/redeem", guess).await.is_problem(429, "too_many_requests");
}

#[actix_web::test]
async fn of_many_who_redeem_one_code_at_once_one_gets_in() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let clinicians = join_all((0..6).map(|_| app.clinician())).await;
    let invitation = patient.invites(viewer()).await;
    let answers = join_all(clinicians.iter().map(|clinician| clinician.redeems(&invitation))).await;
    let mut statuses: Vec<_> = answers.iter().map(Answer::status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404, 404, 404]);
    assert_eq!(patient.get(patient.diary().grants()).await.items().len(), 1);
}

#[actix_web::test]
async fn whoever_redeems_two_codes_for_one_diary_at_once_holds_one_grant() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let invitations =
        [patient.invites(viewer()).await, patient.invites(viewer()).await, patient.invites(viewer()).await];
    let answers = join_all(invitations.iter().map(|invitation| clinician.redeems(invitation))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200), "{answers:?}");
    assert_eq!(patient.get(patient.diary().grants()).await.items().len(), 1);
    let consents = patient.get(patient.diary().consents()).await.items();
    assert_eq!(consents.iter().filter(|consent| consent["withdrawn_by"] == "replacement").count(), 2);
}

#[actix_web::test]
async fn a_code_that_is_redeemed_while_it_is_taken_back_opens_nothing_afterwards() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for _ in 0..6 {
        let clinician = app.clinician().await;
        let invitation = patient.invites(viewer()).await;
        let taken_back = patient.delete(patient.diary().invitation(invitation.id()));
        let (redeemed, taken_back) = join(clinician.redeems(&invitation), taken_back.into_future()).await;
        taken_back.is(204);
        assert!([200, 404].contains(&redeemed.status()), "{redeemed}");
        clinician.get(patient.diary().path()).await.is_problem(404, "not_found");
    }
    assert!(patient.get(patient.diary().grants()).await.items().is_empty());
}

#[actix_web::test]
async fn access_ends_by_itself_at_the_time_that_the_patient_chose() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let until = (app.now() + chrono::Duration::minutes(10)).to_rfc3339();
    patient.shares_on(json!({"role": "viewer", "access_until": until}), &clinician).await;
    clinician.get(patient.diary().episodes()).await.is(200);
    app.advance(Duration::from_mins(10));
    clinician.get(patient.diary().episodes()).await.is_problem(404, "not_found");
    assert!(clinician.get("/v1/diaries").await.items().is_empty());
    assert!(patient.get(patient.diary().grants()).await.items().is_empty());
    let consent = patient.get(patient.diary().consents()).await.items().remove(0);
    assert_eq!(consent["withdrawn_at"], Value::Null, "nobody ended it");
}

#[actix_web::test]
async fn the_patient_sees_every_grant_with_the_last_look_and_others_see_their_own() {
    let app = TestApp::start().await;
    let (patient, one, two) = (app.patient().await, app.clinician().await, app.clinician().await);
    let first = patient.shares_on(json!({"role": "viewer", "label": "the vein clinic"}), &one).await;
    let second = patient.shares_on(json!({"role": "contributor"}), &two).await;
    assert_eq!((&first["label"], &first["last_seen_at"]), (&Value::Null, &Value::Null));
    one.get(patient.diary().episodes()).await.is(200);

    let grants = patient.get(patient.diary().grants()).await.items();
    assert_eq!(grants.iter().map(Row::id).collect::<Vec<_>>(), [second.id(), first.id()]);
    assert_eq!(grants[1]["label"], "the vein clinic");
    assert_eq!(grants[1]["last_seen_at"], log(&patient).await[0]["at"]);
    assert_eq!(grants[0]["last_seen_at"], Value::Null);
    let own = one.get(patient.diary().grants()).await.items();
    assert_eq!(own.iter().map(Row::id).collect::<Vec<_>>(), [first.id()]);
    assert_eq!(own[0]["label"], Value::Null, "the label is the patient's own word");
    one.delete(patient.diary().grant(second.id())).await.is_problem(404, "not_found");
    two.get(patient.diary().path()).await.is(200);
}

#[actix_web::test]
async fn who_was_given_a_grant_can_give_it_back() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let grant = patient.shares_with(&clinician).await;
    clinician.delete(patient.diary().grant(grant.id())).await.is(204);
    clinician.get(patient.diary().path()).await.is_problem(404, "not_found");
    let consent = patient.get(patient.diary().consents()).await.items().remove(0);
    assert_eq!(consent["withdrawn_by"], "holder");
    let noted: Vec<_> = log(&patient).await.iter().map(|row| (row["what"].clone(), row["outcome"].clone())).collect();
    assert_eq!(noted, [(json!("getDiary"), json!("denied")), (json!("revokeGrant"), json!("done"))]);
}

#[actix_web::test]
async fn a_later_grant_to_the_same_person_takes_the_place_of_the_earlier_one() {
    let app = TestApp::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    let first = patient.shares_with(&carer).await;
    let second = patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let grants = patient.get(patient.diary().grants()).await.items();
    assert_eq!(grants.iter().map(Row::id).collect::<Vec<_>>(), [second.id()]);
    carer.post(patient.diary().episodes(), a_cramp()).await.is(201);
    let consents = patient.get(patient.diary().consents()).await.items();
    assert_eq!((consents[1].id(), &consents[1]["withdrawn_by"]), (first.id(), &json!("replacement")));
    // Ending the first again does not end the second.
    patient.revokes(&first).await;
    carer.get(patient.diary().path()).await.is(200);
}

#[actix_web::test]
async fn nobody_redeems_a_code_for_their_own_diary_and_the_code_stays_good() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let invitation = patient.invites(viewer()).await;
    patient.redeems(&invitation).await.has_faults([("/code", "contradiction")]);
    clinician.redeems(&invitation).await.is(200);
}

#[actix_web::test]
async fn everything_that_is_wrong_with_an_invitation_is_told_at_once() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let answer = patient.post(
        patient.diary().invitations(),
        json!({"role": "owner", "label": "", "visible_from": "1969-12-31", "access_until": "2020-01-01T00:00:00Z",
               "expires_in_hours": 0, "language": "la", "colour": "blue"}),
    );
    answer.await.has_faults([
        ("/role", "not_one_of"),
        ("/label", "too_short"),
        ("/visible_from", "out_of_range"),
        ("/access_until", "out_of_range"),
        ("/expires_in_hours", "out_of_range"),
        ("/language", "not_one_of"),
        ("/colour", "unknown_field"),
    ]);
    let answer = patient.post(
        patient.diary().invitations(),
        json!({"role": "contributor", "visible_from": "2026-01-01", "include_notes": false}),
    );
    answer.await.has_faults([("/visible_from", "contradiction"), ("/include_notes", "contradiction")]);
}

#[actix_web::test]
async fn the_log_tells_who_did_what_and_when_and_the_owner_is_not_in_it() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let cramp = patient.logs(a_cramp()).await;
    let grant = patient.shares_with(&clinician).await;
    assert!(log(&patient).await.is_empty(), "the owner's own visits, or the redeeming, are in the log");

    clinician.get(patient.diary().episode(cramp.id())).await.is(200);
    clinician.get(patient.diary().episode("nothing")).await.is(404);
    clinician.patch(patient.diary().episode(cramp.id()), json!({"intensity": 1})).await.is(403);
    let tag = clinician.get(patient.diary().episodes()).await.etag();
    clinician.get(patient.diary().episodes()).if_none_match(tag).await.is(304);
    clinician.get("/v1/diaries").await.is(200);

    let entries = log(&patient).await;
    let told: Vec<_> =
        entries.iter().map(|entry| (entry["what"].as_str().unwrap(), entry["target"].as_str())).collect();
    assert_eq!(
        told,
        [("listDiaries", None), ("listEpisodes", None), ("listEpisodes", None), ("getEpisode", Some(cramp.id()))]
    );
    for entry in &entries {
        assert_eq!((&entry["consent_id"], &entry["user_email"]), (&json!(grant.id()), &json!(clinician.email())));
        assert_eq!((&entry["role"], &entry["access"]), (&json!("viewer"), &json!("read")));
    }
}

#[actix_web::test]
async fn a_long_log_is_read_page_by_page() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    for number in 0..7 {
        clinician.get(patient.diary().check_ins() + &format!("?limit={}", number + 1)).await.is(200);
    }
    let (mut seen, mut next) = (Vec::new(), Some(format!("{}&limit=3", patient.diary().looks())));
    while let Some(path) = next {
        let page = patient.get(path).await.is(200);
        seen.extend(page.items().iter().map(|row| row.id().to_owned()));
        next = page.next_link();
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by(|one, two| one > two), "the latest comes first: {seen:?}");
}

#[actix_web::test]
async fn what_can_not_be_logged_is_not_shown() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.logs(a_cramp()).await;
    patient.shares_with(&clinician).await;
    app.sql("ALTER TABLE access_log RENAME TO mislaid");
    for path in [patient.diary().episodes(), patient.diary().night_share(), patient.diary().path().to_owned()] {
        clinician.get(path).await.is_problem(500, "internal");
    }
    clinician.get("/v1/diaries").await.is_problem(500, "internal");
    patient.get(patient.diary().episodes()).await.is(200);
    app.sql("ALTER TABLE mislaid RENAME TO access_log");
    clinician.get(patient.diary().episodes()).await.is(200);
    assert_eq!(log(&patient).await.len(), 1);
}

#[actix_web::test]
async fn a_review_says_how_far_somebody_has_read() {
    let app = TestApp::start().await;
    let (patient, one, two) = (app.patient().await, app.clinician().await, app.clinician().await);
    patient.logs(a_cramp()).await;
    patient.shares_with(&one).await;
    patient.shares_with(&two).await;
    let present = patient.settings().await.revision();

    let review = one.post(patient.diary().reviews(), json!({})).await.is(201).row();
    assert_eq!((review.revision(), &review["user_id"]), (present, &json!(one.user_id())));
    let again = one.post(patient.diary().reviews(), json!({"revision": present})).await.is(200).row();
    assert_eq!(again, review);
    two.post(patient.diary().reviews(), json!({"revision": 1})).await.is(201);
    let beyond = two.post(patient.diary().reviews(), json!({"revision": present + 1})).await;
    beyond.has_faults([("/revision", "out_of_range")]);
    two.post(patient.diary().reviews(), json!({"revision": 0})).await.has_faults([("/revision", "out_of_range")]);
    patient.post(patient.diary().reviews(), json!({})).await.is_problem(403, "forbidden");

    assert_eq!(patient.settings().await.revision(), present, "to review is not to change");
    let all = patient.get(patient.diary().reviews()).await.items();
    assert_eq!(all.iter().map(Row::revision).collect::<Vec<_>>(), [1, present]);
    one.get(patient.diary().reviews()).await.lists([&review]);
}

#[actix_web::test]
async fn a_consent_is_kept_with_its_words_from_its_beginning_to_its_end() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let texts = patient.get("/v1/consent-texts?lang=de").await.is(200).json();
    let agreed = texts["items"].as_array().unwrap().iter().find(|text| text["purpose"] == "viewer").unwrap();
    let terms = json!({"role": "viewer", "label": "Praxis", "language": "de"});
    let grant = patient.shares_on(terms, &clinician).await;
    let consent = patient.get(patient.diary().consents()).await.items().remove(0);
    assert_eq!(consent.id(), grant.id());
    assert_eq!((&consent["text"], &consent["words_version"]), (&agreed["text"], &agreed["version"]));
    assert_eq!(
        (&consent["accepted_by"], &consent["accepted_email"]),
        (&json!(clinician.user_id()), &json!(clinician.email()))
    );
    assert_eq!(consent["withdrawn_at"], Value::Null);

    // The record outlives the account of who had it.
    clinician.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    let consent = patient.get(patient.diary().consents()).await.items().remove(0);
    assert_eq!((&consent["withdrawn_by"], &consent["accepted_email"]), (&json!("holder"), &json!(clinician.email())));
    assert!(patient.get(patient.diary().grants()).await.items().is_empty());
}

#[actix_web::test]
async fn who_leaves_takes_the_diary_and_all_that_was_noted_about_it_away() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let before = patient.shares_with(&clinician).await;
    patient.revokes(&before).await;
    patient.shares_on(json!({"role": "viewer", "label": "somebody from the vein clinic"}), &clinician).await;
    clinician.get(patient.diary().episodes()).await.is(200);
    clinician.post(patient.diary().reviews(), json!({})).await.is(201);
    patient.invites(json!({"role": "viewer"})).await;
    patient.post(patient.diary().report_links(), json!({})).await.is(201);
    patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    clinician.get(patient.diary().path()).await.is_problem(404, "not_found");
    for table in [
        "consents",
        "share_keys",
        "report_links",
        "access_log",
        "access_entries",
        "access_chains",
        "former_grants",
        "reviews",
        "grants",
    ] {
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table}")), "0", "{table}");
    }
}

#[actix_web::test]
async fn access_may_last_as_long_as_the_calendar_has_dates_and_no_longer() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let until = |until: &str| json!({"role": "viewer", "access_until": until});
    let beyond = ["9999-12-31T23:30:00-01:00", "9999-12-31T12:00:00-23:59"];
    for beyond in beyond {
        let refused = patient.post(patient.diary().invitations(), until(beyond)).await;
        refused.has_faults([("/access_until", "out_of_range")]);
    }
    patient.shares_on(until("9999-12-31T23:59:59.999999Z"), &clinician).await;
    let seen = clinician.get(patient.diary().path()).await.is(200).row();
    assert_eq!(seen["access_until"], "9999-12-31T23:59:59.999999Z");
}
