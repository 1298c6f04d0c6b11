//! Cursors: each leads on in the list that handed it out, and nowhere else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::oauth::lets_an_app_in;
use super::support::{contract::CONTRACT, *};

/// Where lists are those of FHIR, which asks for pages and answers with them in its own words.
const FHIR: &str = "/fhir/R4/";

/// Every list of the contract.
fn lists_of_the_contract() -> Vec<String> {
    let paths = CONTRACT.document["paths"].as_object().unwrap();
    let takes_a_cursor = |get: &Value| {
        let parameters = get["parameters"].as_array().into_iter().flatten();
        parameters.into_iter().any(|parameter| parameter["$ref"] == "#/components/parameters/Cursor")
    };
    paths.iter().filter(|(_, item)| takes_a_cursor(&item["get"])).map(|(path, _)| path.clone()).collect()
}

/// A patient with two rows at least in each list, and the paths of those.
async fn with_two_of_each(app: &TestApp) -> (Caller, BTreeMap<String, String>) {
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let patient = patient.signs_in().await.signs_in().await;
    let mut cramps = Vec::new();
    for day in 1..=3 {
        let cramp = patient.logs(a_cramp().at(&format!("2026-03-0{day}T02:30:00Z")).intensity(5)).await;
        for date in ["2026-03-05", "2026-03-06"] {
            patient.is_sore(&cramp, date, 2).await;
        }
        patient.checks_in(&format!("2026-03-1{day}")).await;
        patient.begins(&format!("treatment-{day}"), &format!("2026-03-0{day}")).await;
        let stretching = json!({"kind": "stretching", "name": "Calves", "started_on": "2026-03-01"});
        patient.post(patient.diary().treatments(), stretching).await.is(201);
        patient.invites(json!({"role": "viewer"})).await;
        patient.post(patient.diary().report_links(), json!({})).await.is(201);
        patient.shares_with(&app.clinician().await).await;
        patient.post("/v1/tokens", json!({"name": "My watch", "scopes": ["diary:write"]})).await.is(201);
        cramps.push(cramp);
    }
    for _ in 0..2 {
        lets_an_app_in(app, &patient).await;
    }
    // The first one ends the sessions that were begun by the password.
    for name in ["Phone", "Key ring"] {
        let (passkey, _) = patient.adds_a_passkey(name).await;
        patient.signs_in_by(&passkey).await;
    }
    for id in [cramps[0].id(), "another"] {
        let webhook = json!({"id": id, "url": "https://hooks.example/", "events": ["grant.created"]});
        patient.post("/v1/me/webhooks", webhook).await.is(201);
    }
    patient.shares_with(&app.clinician().await).await;
    patient.shares_with(&clinician).await;
    app.patient().await.shares_with(&patient).await;
    app.patient().await.shares_with(&patient).await;
    for read in [patient.diary().episodes(), patient.diary().check_ins(), patient.diary().treatments()] {
        clinician.get(read).await.is(200);
    }
    for revision in [1, 2] {
        clinician.post(patient.diary().reviews(), json!({"revision": revision})).await.is(201);
    }
    patient.patch(patient.diary().episode(cramps[0].id()), json!({"intensity": 6})).await.is(200);
    let diary = patient.diary().id();
    let filled = |path: &String| match path.strip_prefix(FHIR) {
        Some(search) if !search.contains('{') => format!("{path}?patient=Patient/{diary}"),
        Some(_) => path.replace("{diary_id}", diary),
        None => path.replace("{diary_id}", "me").replace("{id}", cramps[0].id()),
    };
    let lists = lists_of_the_contract().iter().map(|path| (path.clone(), filled(path))).collect();
    (patient, lists)
}

fn with(list: &str, parameter: &str) -> String {
    let more = if list.contains('?') { '&' } else { '?' };
    format!("{list}{more}{parameter}")
}

fn pages_of(list: &str, rows: u32) -> String {
    with(list, &if list.starts_with(FHIR) { format!("_count={rows}") } else { format!("limit={rows}") })
}

async fn cursor_of(caller: &Caller, list: &str) -> String {
    let page = caller.get(pages_of(list, 1)).await.is(200).json();
    let links = page["link"].as_array().into_iter().flatten();
    let next = links.filter(|link| link["relation"] == "next").find_map(|link| link["url"].as_str());
    let cursor = next.map_or(page["next_cursor"].as_str(), |url| Some(url.split_once("cursor=")?.1));
    cursor.unwrap_or_else(|| panic!("{list} has one page alone\n{page}")).to_owned()
}

async fn is_refused(caller: &Caller, list: &str, cursor: &str) {
    let answer = caller.get(with(list, &format!("cursor={cursor}"))).await;
    if list.starts_with(FHIR) {
        let outcome = answer.is(400).json();
        let [issue] = outcome["issue"].as_array().unwrap().as_slice() else { panic!("{outcome}") };
        assert!(issue["diagnostics"].as_str().unwrap().starts_with("cursor: "), "{outcome}");
    } else {
        answer.has_faults([("/cursor", "malformed")]);
    }
}

#[actix_web::test]
async fn a_cursor_of_another_list_is_refused_by_every_list() {
    let app = TestApp::start().await;
    let (patient, lists) = with_two_of_each(&app).await;
    let mut cursors = BTreeMap::new();
    // The report of a diary is one document: there is no second page of those.
    for (list, path) in lists.iter().filter(|(list, _)| !list.ends_with("/DocumentReference")) {
        let cursor = cursor_of(&patient, path).await;
        for rows in [1, 7] {
            patient.get(format!("{}&cursor={cursor}", pages_of(path, rows))).await.is(200);
        }
        cursors.insert(list, cursor);
    }
    assert!(cursors.len() > 18, "{cursors:?}");
    for (list, path) in &lists {
        for (_, cursor) in cursors.iter().filter(|(other, _)| **other != list) {
            is_refused(&patient, path, cursor).await;
        }
    }
}

#[actix_web::test]
async fn a_cursor_holds_for_its_filters_and_its_order_alone() {
    let app = TestApp::start().await;
    let (patient, _) = with_two_of_each(&app).await;
    let d = patient.diary().path().to_owned();
    for (list, others) in [
        (
            format!("{d}/episodes?order=desc"),
            vec![
                "order=asc",
                "period=night",
                "from=2026-03-01",
                "min_intensity=5",
                "part=calf",
                "interrupted_sleep=true",
            ],
        ),
        (format!("{d}/episodes?order=asc&period=night"), vec!["", "order=asc", "order=desc&period=night"]),
        (format!("{d}/check-ins?from=2026-03-01"), vec!["", "from=2026-03-02", "to=2026-03-01", "to=2026-04-01"]),
        (format!("{d}/access-log?each=true"), vec!["", "what=getReport"]),
        (format!("{d}/access-log?to=2099-01-01"), vec!["", "each=true&to=2099-01-01", "from=2026-01-01"]),
        (
            "/v1/diaries?role=viewer".to_owned(),
            vec!["", "role=owner", "role=viewer&unreviewed=true", "unreviewed=true"],
        ),
        ("/v1/diaries?unreviewed=true".to_owned(), vec!["", "unreviewed=false", "unreviewed=true&role=viewer"]),
        ("/v1/me/openings?since=2026-01-01T00:00:00Z".to_owned(), vec!["", "since=2026-01-02T00:00:00Z"]),
    ] {
        let cursor = cursor_of(&patient, &list).await;
        patient.get(format!("{list}&cursor={cursor}")).await.is(200);
        let path = list.split('?').next().unwrap();
        for other in others {
            is_refused(&patient, &format!("{path}?{other}"), &cursor).await;
        }
    }
    // What is the same without being said is the same when it is said.
    let cursor = cursor_of(&patient, &format!("{d}/episodes")).await;
    patient.get(format!("{d}/episodes?order=desc&cursor={cursor}")).await.is(200);
}

#[actix_web::test]
async fn a_cursor_holds_for_its_diary_and_its_cramp_alone() {
    let app = TestApp::start().await;
    let (patient, _) = with_two_of_each(&app).await;
    let shared = patient.get("/v1/diaries").await.is(200).items();
    let others = shared.iter().filter(|diary| diary.id() != patient.diary().id());
    let others: Vec<_> = others.map(|diary| DiaryPath::of(diary.id())).collect();
    let cursor = cursor_of(&patient, &patient.diary().check_ins()).await;
    assert_eq!(others.len(), 2);
    for other in others {
        is_refused(&patient, &other.check_ins(), &cursor).await;
    }
    let cramps = patient.get(patient.diary().episodes()).await.items();
    let cursor = cursor_of(&patient, &patient.diary().soreness(cramps[0].id())).await;
    patient.get(format!("{}?cursor={cursor}", patient.diary().soreness(cramps[0].id()))).await.is(200);
    is_refused(&patient, &patient.diary().soreness(cramps[1].id()), &cursor).await;
}
