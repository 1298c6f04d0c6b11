//! What a viewer sees of a diary whose patient shares it from a day on: exactly what they would see of a diary that had
//! begun on that day, and had no notes.

use serde_json::{Value, json};

use super::support::*;

/// What of an answer depends on the diary's own history, and not on what is in it.
fn without_history(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(fields) => {
            for name in ["revision", "created_at", "updated_at", "id", "role", "visible_from", "include_notes"] {
                if name != "id" || fields.contains_key("night_start") {
                    fields.remove(name);
                }
            }
            fields.values_mut().for_each(|value| *value = without_history(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = without_history(value.take())),
        _ => {}
    }
    answer
}

const WORKED_OUT: [&str; 10] = [
    "revision",
    "created_at",
    "updated_at",
    "local_date",
    "local_time",
    "night_of",
    "period",
    "soreness",
    "day",
    "note",
];

fn as_written(row: &Row) -> Value {
    let mut row = row.0.clone();
    let fields = row.as_object_mut().unwrap();
    fields.retain(|name, _| !WORKED_OUT.contains(&&**name));
    row
}

/// Writes what lies on a day or later, without notes, into another diary.
async fn mirror(patient: &Caller, other: &Caller, first: &str) {
    let (from, to) = (patient.diary(), other.diary());
    let settings = patient.settings().await;
    let names = ["display_name", "time_zone", "night_start", "night_end", "evening_start"];
    let settings: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), settings[*name].clone())).collect();
    other.patch(to.path(), Value::Object(settings)).await.is(200);
    for cramp in patient.lists_all(from.episodes()).await {
        if cramp["local_date"].as_str().unwrap() < first {
            continue;
        }
        other.post(to.episodes(), as_written(&cramp)).await.is(201);
        for entry in patient.lists_all(from.soreness(cramp.id())).await {
            let path = to.soreness_on(cramp.id(), entry["date"].as_str().unwrap());
            let mut said = as_written(&entry);
            said.as_object_mut().unwrap().retain(|name, _| !["episode_id", "date"].contains(&&**name));
            other.put(path, said).await.is(201);
        }
    }
    for check_in in patient.lists_all(from.check_ins()).await {
        let date = check_in["date"].as_str().unwrap();
        if date >= first {
            let mut said = as_written(&check_in);
            said.as_object_mut().unwrap().remove("date");
            other.put(to.check_in(date), said).await.is(201);
        }
    }
    for treatment in patient.lists_all(from.treatments()).await {
        if treatment["ended_on"].as_str().is_none_or(|ended| ended >= first) {
            other.post(to.treatments(), as_written(&treatment)).await.is(201);
        }
    }
}

/// Every way to look.
async fn looks(patient: &Caller) -> Vec<String> {
    let mut paths = vec![String::new(), "/prompts?on=2026-03-20".into(), "/prompts?on=2026-03-02".into()];
    for list in ["episodes", "check-ins", "treatments"] {
        paths.push(format!("/{list}?limit=200"));
    }
    paths.push("/episodes?order=asc&from=2026-02-01&to=2026-03-10&limit=200".into());
    paths.push("/check-ins?from=2026-02-01&to=2026-03-10".into());
    let periods = ["from=2026-02-01&to=2026-04-28", "from=2026-02-01&to=2026-02-20", "from=2026-03-10&to=2026-04-28"];
    for period in periods {
        for question in ["night-share", "summary", "trend", "time-of-day", "soreness"] {
            paths.push(format!("/analytics/{question}?{period}"));
        }
    }
    for cramp in patient.lists_all(patient.diary().episodes()).await {
        paths.push(format!("/episodes/{}", cramp.id()));
        paths.push(format!("/episodes/{}/soreness", cramp.id()));
    }
    for treatment in patient.lists_all(patient.diary().treatments()).await {
        paths.push(format!("/treatments/{}", treatment.id()));
        paths.push(format!("/analytics/treatments/{}", treatment.id()));
    }
    paths
}

#[actix_web::test]
async fn a_diary_that_is_shared_from_a_day_on_looks_as_though_it_had_begun_on_that_day() {
    const FIRST: &str = "2026-03-05";
    let app = TestApp::start().await;
    let (patient, mirrored, clinician) = (app.patient().await, app.patient().await, app.clinician().await);
    let mut life = Life::of(&patient, 5);
    for _ in 0..250 {
        life.step().await;
    }
    let diary = patient.diary();
    for (id, from, to) in [("early", "2026-02-03", Some("2026-02-20")), ("running", "2026-02-10", Some("2026-03-20"))] {
        let course =
            json!({"id": id, "kind": "supplement", "name": id, "started_on": from, "ended_on": to, "note": "hush"});
        patient.post(diary.treatments(), course).await.is(201);
    }
    patient.begins("late", "2026-03-25").await;
    patient.logs(a_cramp().at("2026-03-04T12:00:00Z").id("the-day-before").note("a secret")).await;
    patient.logs(a_cramp().at("2026-03-05T00:00:00Z").id("the-first-day").note("a secret")).await;
    patient.put(diary.check_in("2026-03-06"), json!({"cramp_free": false, "note": "a secret"})).await;
    mirror(&patient, &mirrored, FIRST).await;
    patient.shares_on(json!({"role": "viewer", "visible_from": FIRST}), &clinician).await;

    let paths = looks(&patient).await;
    let mut hidden = 0;
    for path in &paths {
        let seen = clinician.get(format!("{}{path}", diary.path())).await;
        let begun = mirrored.get(format!("{}{path}", mirrored.diary().path())).await;
        assert_eq!(seen.status(), if begun.status() == 410 { 404 } else { begun.status() }, "{path}");
        if seen.status() == 200 {
            assert_eq!(without_history(seen.json()), without_history(begun.json()), "{path}");
        } else {
            hidden += 1;
        }
        assert!(!seen.text().contains("secret") && !seen.text().contains("hush"), "{path}");
    }
    assert!(hidden > 10 && paths.len() - hidden > 40, "{hidden} of {} are hidden", paths.len());

    let report = |caller: &Caller, diary: &str| caller.get(format!("{diary}/report?from=2026-02-01&to=2026-04-28"));
    let plain = |page: Answer| {
        let text = page.is(200).text();
        let pieces = text.split("evision ").map(|piece| piece.trim_start_matches(|c: char| c.is_ascii_digit()));
        pieces.collect::<String>()
    };
    let seen = plain(report(&clinician, diary.path()).await);
    assert_eq!(seen, plain(report(&mirrored, mirrored.diary().path()).await));
}

#[actix_web::test]
async fn what_was_deleted_before_the_first_day_is_not_told_apart_from_what_never_was() {
    let app = TestApp::start().await;
    let (patient, clinician, colleague) = (app.patient().await, app.clinician().await, app.clinician().await);
    patient.logs(a_cramp().at("2026-02-01T02:00:00Z").id("gone")).await;
    patient.delete(patient.diary().episode("gone")).await.is(204);
    patient.shares_on(json!({"role": "viewer", "visible_from": "2026-03-01"}), &clinician).await;
    patient.shares_with(&colleague).await;
    let gone = clinician.get(patient.diary().episode("gone")).await.is_problem(404, "not_found");
    let never = clinician.get(patient.diary().episode("never")).await.is_problem(404, "not_found");
    assert_eq!(gone.body_without_request_id(), never.body_without_request_id());
    colleague.get(patient.diary().episode("gone")).await.is_problem(410, "gone");
}

#[actix_web::test]
async fn notes_are_shown_to_those_with_whom_they_are_shared() {
    let app = TestApp::start().await;
    let (patient, with, without) = (app.patient().await, app.clinician().await, app.clinician().await);
    let cramp = patient.logs(a_cramp().note("after the wine")).await;
    patient.shares_with(&with).await;
    patient.shares_on(json!({"role": "viewer"}), &without).await;
    with.get(patient.diary().episodes()).await.lists([&cramp]);
    let hidden = without.get(patient.diary().episode(cramp.id())).await;
    assert_eq!(hidden.row()["note"], Value::Null);
    assert_ne!(hidden.etag(), cramp.etag(), "other content has another tag");
    let report = |caller: &Caller| caller.get(patient.diary().report("from=2026-02-01&to=2026-03-31"));
    assert!(report(&with).await.text().contains("after the wine"));
    assert!(!report(&without).await.text().contains("after the wine"));
}

#[actix_web::test]
async fn an_answer_that_was_kept_under_other_terms_is_not_taken_for_the_present_one() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.logs(a_cramp().note("after the wine")).await;
    let diary = patient.diary();
    let paths = [diary.path().to_owned(), diary.episodes(), diary.night_share_of("2026-01-01", "2026-03-31")];
    for path in paths {
        let mut tags = Vec::new();
        for terms in [
            json!({"role": "viewer"}),
            json!({"role": "viewer", "visible_from": "2026-03-01"}),
            json!({"role": "viewer", "visible_from": "2026-03-02", "include_notes": true}),
            json!({"role": "viewer", "include_notes": true}),
        ] {
            patient.shares_on(terms, &clinician).await;
            for tag in &tags {
                clinician.get(path.as_str()).if_none_match(tag).await.is(200);
            }
            tags.push(clinician.get(path.as_str()).await.etag());
            clinician.get(path.as_str()).if_none_match(tags.last().unwrap()).await.is(304);
        }
    }
}
