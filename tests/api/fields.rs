//! Each field of a row that people write: what the contract shows of it is logged, seen, taken away and taken back.

use serde_json::{Value, json};

use super::support::{contract::CONTRACT, *};

/// Rows, as the lists and the export call them, with the answer that shows one and the schema of what is written.
const ROWS: [(&str, &str, &str); 2] =
    [("episodes", "EpisodeOk", "EpisodeInput"), ("treatments", "TreatmentOk", "TreatmentInput")];

/// The names of the fields that can be written, and of those that must be.
fn fields(schema: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let schema = &CONTRACT.document["components"]["schemas"][schema];
    let names = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    (names, schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect())
}

#[actix_web::test]
async fn a_row_as_the_contract_shows_it_is_logged_and_seen_and_taken_away_whole() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    for (rows, answer, input) in ROWS {
        let (shown, list) = (example(answer), format!("{}/{rows}", patient.diary().path()));
        let row = patient.post(&list, shown.clone()).await.is(201).row();
        for name in fields(input).0 {
            assert!(![Value::Null, json!([])].contains(&shown[name]), "{answer} shows no {name}");
            assert_eq!(row[name], shown[name], "{name}");
        }
        assert_eq!(patient.post(&list, shown).await.is(200).row(), row);
        let one = format!("{list}/{}", row.id());
        assert_eq!(patient.put(&one, row.0.clone()).await.is(200).row(), row);
        assert_eq!(clinician.get(&one).await.is(200).row(), row);
        clinician.get(&list).await.lists([&row]);
        assert_eq!(patient.learns(patient.diary().export()).await[rows], json!([row.0]));
    }
}

#[actix_web::test]
async fn what_need_not_be_said_can_be_left_out_taken_back_and_said_again() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (rows, answer, input) in ROWS {
        let (shown, list) = (example(answer), format!("{}/{rows}", patient.diary().path()));
        let (names, required) = fields(input);
        // A cramp is always somewhere, and everything has an id.
        let optional = names.into_iter().filter(|name| !required.contains(name) && !["id", "time_zone"].contains(name));
        let least: serde_json::Map<_, _> =
            required.iter().map(|name| ((*name).to_owned(), shown[name].clone())).collect();
        let row = patient.post(&list, Value::Object(least)).await.is(201).row();
        let one = format!("{list}/{}", row.id());
        for name in optional {
            let nothing = if shown[name].is_array() { json!([]) } else { Value::Null };
            assert_eq!(row[name], nothing, "{name}");
            let said = patient.patch(&one, json!({name: shown[name]})).await.is(200).row();
            assert_eq!(said[name], shown[name], "{name}");
            let taken_back = patient.patch(&one, json!({name: null})).await.is(200).row();
            assert_eq!((&taken_back[name], taken_back.revision()), (&nothing, said.revision() + 1), "{name}");
        }
    }
}

#[actix_web::test]
async fn a_list_that_is_too_long_tells_of_the_faults_in_it_as_well() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let triggers = [vec!["Not a word"], vec!["heat"; 16]].concat();
    let faults = [("/triggers", "too_many"), ("/triggers/0", "malformed")];
    let check_in = json!({"cramp_free": true, "triggers": triggers});
    patient.put(patient.diary().check_in("2026-03-30"), check_in).await.has_faults(faults);
    let cramp = json!({"started_at": "2026-03-30T02:00:00Z", "triggers": triggers});
    patient.post(patient.diary().episodes(), cramp).await.has_faults(faults);
}

#[actix_web::test]
async fn a_name_in_which_there_is_nothing_to_see_is_empty() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for nothing in ["", " ", "\u{200b}", "\u{a0}\t\u{202e}", "\u{2800}\u{3000}"] {
        let renamed = patient.patch(patient.diary().path(), json!({"display_name": nothing})).await;
        renamed.has_faults([("/display_name", "too_short")]);
        let treatment = json!({"kind": "other", "name": nothing, "started_on": "2026-03-01"});
        patient.post(patient.diary().treatments(), treatment).await.has_faults([("/name", "too_short")]);
    }
    // A note may be empty, and is kept as it is.
    let note = json!({"cramp_free": true, "note": " "});
    patient.put(patient.diary().check_in("2026-03-30"), note).await.is(201);
    let long = json!({"cramp_free": true, "note": " ".repeat(2001)});
    patient.put(patient.diary().check_in("2026-03-31"), long).await.has_faults([("/note", "too_long")]);
}
