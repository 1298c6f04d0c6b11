//! Webhooks, as people make them, and what their outbox has.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

const PATH: &str = "/v1/me/webhooks";
const ALL: [&str; 4] = ["diary.changed", "grant.created", "grant.ended", "link.opened"];
const LATE: Duration = Duration::from_mins(11);
/// A webhook is told of one diary no more often than this.
const EVERY: Duration = Duration::from_secs(5);

fn told(events: &[&str]) -> Value {
    json!({"url": "https://hooks.example/cramps", "events": events})
}

/// Makes a webhook that is told of these events, and answers with its path.
async fn listens(person: &Caller, events: &[&str]) -> String {
    let made = person.post(PATH, told(events)).await.is(201).row();
    format!("{PATH}/{}", made.id())
}

/// What waits for a webhook or did, the latest first: what happened, at which diary, and about what.
async fn outbox(person: &Caller, webhook: &str) -> Vec<(String, String, Value)> {
    let rows = person.lists_all(format!("{webhook}/deliveries")).await;
    let about = |row: &Row| {
        let one = ["grant_id", "link_id", "revision"].into_iter().find(|name| !row[*name].is_null());
        row[one.unwrap()].clone()
    };
    let text = |row: &Row, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "event"), text(row, "diary_id"), about(row))).collect()
}

fn happened(event: &str, diary: &str, about: impl Into<Value>) -> (String, String, Value) {
    (event.to_owned(), diary.to_owned(), about.into())
}

#[actix_web::test]
async fn the_secret_is_shown_once_and_the_rest_can_be_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let said = json!({"id": "inbox", "url": "https://HOOKS.example", "name": "Inbox", "events": ["grant.ended"]});
    let made = patient.post(PATH, said.clone()).await.is(201).json();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!((&made["url"], &made["disabled"]), (&json!("https://hooks.example/"), &json!(false)));
    listens(&patient, &ALL).await;
    let listed = patient.get(format!("{PATH}?limit=1")).await.is(200);
    assert!(!listed.text().contains("secret") && listed.items().len() == 1 && listed.next_link().is_some());
    assert_eq!(patient.lists_all(PATH.to_owned()).await.len(), 2);

    // Somebody else may have one of the same id, and sees none but their own.
    for request in [
        other.get("/v1/me/webhooks/inbox"),
        other.patch("/v1/me/webhooks/inbox", json!({"name": "Mine"})),
        other.get("/v1/me/webhooks/inbox/deliveries"),
        other.request(Method::POST, "/v1/me/webhooks/inbox/deliveries/none/retry"),
        patient.request(Method::POST, "/v1/me/webhooks/inbox/deliveries/none/retry"),
    ] {
        request.await.is_problem(404, "not_found");
    }
    other.post(PATH, said).await.is(201);
    other.delete("/v1/me/webhooks/inbox").await.is(204);

    let path = "/v1/me/webhooks/inbox";
    let changed = patient.patch(path, json!({"name": null, "events": ["link.opened"]})).await.is(200).json();
    assert_eq!(patient.get(path).await.is(200).json(), changed);
    assert_eq!(
        (&changed["name"], &changed["events"], &changed["url"]),
        (&json!(null), &json!(["link.opened"]), &json!("https://hooks.example/"))
    );
    // A row may be sent back as it came.
    assert_eq!(patient.patch(path, changed.clone()).await.is(200).json(), changed);
    patient.delete(path).await.is(204);
    patient.get(path).await.is_problem(404, "not_found");
    patient.delete(path).await.is(204);
}

#[actix_web::test]
async fn a_webhook_that_is_asked_for_again_has_a_new_secret() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut said = told(&["diary.changed"]);
    said["id"] = json!("mine");
    let first = patient.post(PATH, said.clone()).await.is(201).json();
    let again = patient.post(PATH, said.clone()).await.is(200).json();
    assert_ne!(first["secret"], again["secret"]);
    for (name, value) in [("url", json!("https://b.example/")), ("events", json!(ALL)), ("name", json!("x"))] {
        let mut other = said.clone();
        other[name] = value;
        patient.post(PATH, other).await.is_problem(409, "id_conflict");
    }
    let keyed = || patient.post(PATH, told(&["diary.changed"])).header("idempotency-key", "once");
    let (made, repeated) = (keyed().await.is(201).row(), keyed().await.is(200).row());
    assert_eq!(made.id(), repeated.id());
    assert_eq!(patient.get(PATH).await.items().len(), 2);
}

#[actix_web::test]
async fn what_is_wrong_with_a_webhook_is_told_all_at_once() {
    let app = TestApp::start().await;
    let (patient, other) = (app.patient().await, app.patient().await);
    let faulty = json!({"url": "http://hooks.example/", "events": ["diary.changed", "all"], "name": "", "x": 1});
    patient.post(PATH, faulty).await.has_faults([
        ("/url", "malformed"),
        ("/events/1", "not_one_of"),
        ("/name", "too_short"),
        ("/x", "unknown_field"),
    ]);
    for url in
        ["https://127.0.0.1/", "https://10.1.2.3/x", "https://[fd00::1]/", "https://localhost/", "https://0x7f.1/"]
    {
        let said = json!({"url": url, "events": ["grant.ended"]});
        patient.post(PATH, said).await.has_faults([("/url", "malformed")]);
    }
    let ids = [patient.diary().id(), other.diary().id()];
    let said = json!({"url": "https://me:secret@hooks.example/", "events": [], "diary_ids": ids});
    patient.post(PATH, said).await.has_faults([
        ("/url", "malformed"),
        ("/events", "too_short"),
        ("/diary_ids/1", "not_one_of"),
    ]);
    let said = json!({"url": "https://hooks.example/", "events": ["grant.ended"], "diary_ids": ids});
    patient.post(PATH, said).await.has_faults([("/diary_ids/1", "not_one_of")]);

    let path = listens(&patient, &ALL).await;
    let patch = json!({
        "url": "https://169.254.169.254/",
        "events": ["link.opened", "link.opened"],
        "diary_ids": [ids[1]],
        "id": "x",
    });
    patient.patch(&path, patch).await.has_faults([
        ("/url", "malformed"),
        ("/events", "duplicate"),
        ("/id", "read_only"),
        ("/diary_ids/0", "not_one_of"),
    ]);
    patient.patch(&path, json!({"diary_ids": [ids[1]]})).await.has_faults([("/diary_ids/0", "not_one_of")]);
    for _ in 1..20 {
        listens(&patient, &["grant.ended"]).await;
    }
    patient.post(PATH, told(&["grant.ended"])).await.has_faults([("", "too_many")]);
}

#[actix_web::test]
async fn where_the_operator_allows_it_a_receiver_is_in_the_own_network() {
    let app = TestApp::start_with(&[("WEBHOOKS_ALLOW_PRIVATE", "on")]).await;
    let patient = app.patient().await;
    for url in ["http://127.0.0.1:9000/hook", "https://10.1.2.3/", "http://localhost/"] {
        patient.post(PATH, json!({"url": url, "events": ["grant.ended"]})).await.is(201);
    }
    let said = json!({"url": "ftp://localhost/", "events": ["grant.ended"]});
    patient.post(PATH, said).await.has_faults([("/url", "malformed")]);
}

#[actix_web::test]
async fn a_program_with_a_token_lists_and_deletes_and_makes_and_changes_none() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let path = listens(&patient, &ALL).await;
    let said = json!({"name": "A program", "scopes": ["account:manage"]});
    let token = patient.post("/v1/tokens", said).await.is(201).row();
    let program = patient.with_access_token(token["secret"].as_str().unwrap());
    program.post(PATH, told(&ALL)).await.is_problem(403, "insufficient_scope");
    program.patch(&path, json!({"disabled": true})).await.is_problem(403, "insufficient_scope");
    assert_eq!(program.get(PATH).await.is(200).items().len(), 1);
    program.get(format!("{path}/deliveries")).await.is(200);
    // One that is for other diaries alone learns nothing of what happened at this one.
    patient.shares_with(&app.clinician().await).await;
    let theirs = app.patient().await;
    theirs.shares_with(&patient).await;
    let said = json!({"name": "Another's", "scopes": ["account:manage"], "diary_ids": [theirs.diary().id()]});
    let token = patient.post("/v1/tokens", said).await.is(201).row();
    let elsewhere = patient.with_access_token(token["secret"].as_str().unwrap());
    let waits = program.get(format!("{path}/deliveries")).await.is(200).items();
    assert_eq!((waits.len(), waits[0]["event"].as_str()), (1, Some("grant.created")));
    assert!(elsewhere.get(format!("{path}/deliveries")).await.is(200).items().is_empty());
    let retry = format!("{path}/deliveries/{}/retry", waits[0].id());
    elsewhere.request(Method::POST, &retry).await.is_problem(404, "not_found");
    program.request(Method::POST, &retry).await.is(200);
    program.delete(&path).await.is(204);
    app.advance(LATE);
    let late = patient.signs_in().await;
    app.advance(LATE);
    late.post(PATH, told(&ALL)).await.is_problem(401, "step_up_required");
}

#[actix_web::test]
async fn a_change_of_a_diary_is_told_to_whoever_may_see_it_and_however_many_come_by_one() {
    let app = TestApp::start().await;
    let (patient, clinician, stranger) = (app.patient().await, app.clinician().await, app.patient().await);
    let grant = patient.shares_with(&clinician).await;
    let (own, theirs) = (listens(&patient, &["diary.changed"]).await, listens(&clinician, &["diary.changed"]).await);
    let strangers = listens(&stranger, &["diary.changed"]).await;
    let silent = listens(&patient, &["grant.ended"]).await;
    let mut limited = told(&["diary.changed"]);
    limited["diary_ids"] = json!([stranger.diary().id()]);
    let limited = stranger.post(PATH, limited).await.is(201).row();
    // What was before a webhook is not told to it.
    app.notices_changes().await;
    assert!(outbox(&patient, &own).await.is_empty() && outbox(&clinician, &theirs).await.is_empty());

    patient.logs(a_cramp().id("one")).await;
    let last = patient.logs(a_cramp().id("two")).await.revision();
    app.notices_changes().await;
    app.advance(EVERY);
    // As long as it waits, later changes wait with it.
    patient.logs(a_cramp().id("three")).await;
    app.notices_changes().await;
    let expected = [happened("diary.changed", patient.diary().id(), last)];
    assert_eq!(outbox(&patient, &own).await, expected);
    assert_eq!(outbox(&clinician, &theirs).await, expected);
    assert!(outbox(&stranger, &strangers).await.is_empty());
    assert!(outbox(&stranger, &format!("{PATH}/{}", limited.id())).await.is_empty());
    assert!(outbox(&patient, &silent).await.is_empty());

    // One that is new to somebody is told once, and a right that ended no more.
    let (other, newcomer) = (app.patient().await, app.clinician().await);
    let path = listens(&newcomer, &["diary.changed"]).await;
    other.shares_with(&newcomer).await;
    patient.revokes(&grant).await;
    patient.logs(a_cramp().id("four")).await;
    app.advance(EVERY);
    app.notices_changes().await;
    let revision = other.settings().await.revision();
    assert_eq!(outbox(&newcomer, &path).await, [happened("diary.changed", other.diary().id(), revision)]);
    assert_eq!(outbox(&clinician, &theirs).await.len(), 1);
}

#[actix_web::test]
async fn who_may_see_a_diary_is_told_to_its_owner_and_the_end_to_who_could() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let (own, theirs) = (listens(&patient, &ALL[1..]).await, listens(&clinician, &ALL[1..]).await);
    let diary = patient.diary().id();
    let first = patient.shares_with(&clinician).await;
    // Another one in its place, and that one is given back.
    let second = patient.shares_on(json!({"role": "contributor"}), &clinician).await;
    clinician.delete(patient.diary().grant(second.id())).await.is(204);
    clinician.delete(patient.diary().grant(second.id())).await.is(404);
    let ended = [
        happened("grant.ended", diary, second.id()),
        happened("grant.created", diary, second.id()),
        happened("grant.ended", diary, first.id()),
        happened("grant.created", diary, first.id()),
    ];
    assert_eq!(outbox(&patient, &own).await, ended);
    assert_eq!(outbox(&clinician, &theirs).await, [ended[0].clone(), ended[2].clone()]);
    // An invitation that nobody redeemed was no grant.
    let invitation = patient.invites(json!({"role": "viewer"})).await;
    patient.delete(patient.diary().invitation(invitation.id())).await.is(204);
    assert_eq!(outbox(&patient, &own).await.len(), 4);
}

#[actix_web::test]
async fn that_a_link_was_opened_is_told_and_its_holder_learns_nothing_of_it() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let own = listens(&patient, &["link.opened"]).await;
    let link = patient.post(patient.diary().report_links(), json!({})).await.is(201).row();
    let url = link["url"].as_str().unwrap();
    let page = url[url.find("/r/").unwrap()..].to_owned();
    let opens = |page: &str| {
        let request = app.nobody().request(Method::POST, page);
        request.header("content-type", "application/x-www-form-urlencoded").body("")
    };
    // To look at what stands before it is not to open it.
    app.nobody().get(&page).await.is(200);
    assert!(outbox(&patient, &own).await.is_empty());
    opens(&page).await.is(200);
    opens(&page).await.is(200);
    opens("/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404);
    let expected = [happened("link.opened", patient.diary().id(), link.id())];
    assert_eq!(outbox(&patient, &own).await, expected);
}

#[actix_web::test]
async fn what_is_refused_is_not_told() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let own = listens(&patient, &ALL).await;
    let invitation = patient.invites(json!({"role": "viewer"})).await;
    app.has_no_room_for("INSERT ON webhook_deliveries", "NEW.kind = 'grant.created'");
    clinician.redeems(&invitation).await.is_problem(507, "storage_full");
    app.has_room_again_for("webhook_deliveries");
    assert!(outbox(&patient, &own).await.is_empty());
    assert!(patient.get(patient.diary().grants()).await.items().is_empty());
    clinician.redeems(&invitation).await.is(200);
    assert_eq!(outbox(&patient, &own).await.len(), 1);
}

#[actix_web::test]
async fn while_it_is_off_nothing_is_kept_for_it_but_that_diaries_changed() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let own = listens(&patient, &ALL).await;
    patient.logs(a_cramp().id("one")).await;
    app.notices_changes().await;
    let off = patient.patch(&own, json!({"disabled": true})).await.is(200).json();
    assert_eq!((&off["disabled"], &off["disabled_reason"]), (&json!(true), &json!("owner")));
    assert!(off["disabled_at"].is_string());
    let waiting = patient.get(format!("{own}/deliveries")).await.items().remove(0);
    assert_eq!((&waiting["next_attempt_at"], &waiting["last_error"]), (&json!(null), &json!("webhook_off")));
    patient.shares_with(&clinician).await;
    let last = patient.logs(a_cramp().id("two")).await.revision();
    app.advance(EVERY);
    app.notices_changes().await;
    assert_eq!(outbox(&patient, &own).await.len(), 1);

    let on = patient.patch(&own, json!({"disabled": false})).await.is(200).json();
    assert_eq!((&on["disabled_at"], &on["disabled_reason"]), (&json!(null), &json!(null)));
    app.notices_changes().await;
    app.notices_changes().await;
    let told = outbox(&patient, &own).await;
    assert_eq!((told.len(), &told[0]), (2, &happened("diary.changed", patient.diary().id(), last)));
    // What was not sent is sent when somebody asks for it.
    let retried =
        patient.request(Method::POST, format!("{own}/deliveries/{}/retry", waiting.id())).await.is(200).json();
    assert!(retried["next_attempt_at"].is_string() && retried["delivered_at"].is_null());
}

#[actix_web::test]
async fn a_change_of_the_password_switches_off_what_was_made_since() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mine = listens(&patient, &ALL).await;
    app.advance(Duration::from_mins(1));
    let mut said = told(&["diary.changed"]);
    said["name"] = json!("A thief's");
    let made = patient.post(PATH, said).await.is(201).json();
    let open = patient.get("/v1/me/openings").await.is(200).items();
    assert_eq!((&open[0]["kind"], &open[0]["label"]), (&json!("webhook"), &json!("A thief's")));
    let new = "nine loud otters by noon";
    let change = json!({"current_password": PASSWORD, "new_password": new, "end_opened_since": made["created_at"]});
    patient.put("/v1/auth/password", change).await.is(204);
    let theirs = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(patient.get(theirs).await.json()["disabled_reason"], "owner");
    assert_eq!(patient.get(mine).await.json()["disabled"], false);
}

#[actix_web::test]
async fn a_webhook_that_a_thief_led_elsewhere_is_found_and_switched_off() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let (led, switched, same) =
        (listens(&patient, &ALL).await, listens(&patient, &ALL).await, listens(&patient, &ALL).await);
    patient.patch(&switched, json!({"disabled": true})).await.is(200);
    app.advance(Duration::from_mins(1));
    let since = app.now().to_rfc3339();
    patient.patch(&led, json!({"url": "https://thief.example/"})).await.is(200);
    patient.patch(&switched, json!({"disabled": false})).await.is(200);
    // Nor does it hide one that is switched off again.
    patient.patch(&led, json!({"disabled": true})).await.is(200);
    let open = patient.get(format!("/v1/me/openings?since={}", client::encoded(&since))).await.is(200).items();
    assert_eq!(open.iter().map(|row| row["kind"].clone()).collect::<Vec<_>>(), ["webhook", "webhook"]);
    let change =
        json!({"current_password": PASSWORD, "new_password": "nine loud otters by noon", "end_opened_since": since});
    patient.put("/v1/auth/password", change).await.is(204);
    for (webhook, is_off) in [(led, true), (switched, true), (same, false)] {
        assert_eq!(patient.get(webhook).await.json()["disabled"], is_off);
    }
}

#[actix_web::test]
async fn webhooks_go_with_their_account_and_old_deliveries_after_thirty_days() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let (own, theirs) = (listens(&patient, &ALL).await, listens(&clinician, &ALL).await);
    patient.shares_with(&clinician).await;
    patient.logs(a_cramp()).await;
    app.notices_changes().await;
    patient.patch(&own, json!({"disabled": true})).await.is(200);
    app.advance(Duration::from_hours(30 * 24));
    app.clears_away().await;
    let patient = patient.signs_in().await;
    let clinician = clinician.signs_in().await;
    assert!(outbox(&patient, &own).await.is_empty());
    // What still waits is kept.
    assert_eq!(outbox(&clinician, &theirs).await.len(), 1);

    patient.request(Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    assert_eq!(outbox(&clinician, &theirs).await[0].0, "grant.ended");
    clinician.request(Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    for table in ["webhooks", "webhook_deliveries", "webhook_diaries"] {
        assert_eq!(app.sql(&format!("SELECT count(*) FROM {table} WHERE true")), "0", "{table}");
    }
}
