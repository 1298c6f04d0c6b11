//! A diary as HL7 FHIR has it. The library of tests/fhir says whether the resources are right; here, whether they are true.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::*;

const SYMPTOM_OBSERVATION: &str = "http://hl7.org/fhir/uv/symptoms/StructureDefinition/SymptomObservation";
const SYMPTOM_ABSENT_OBSERVATION: &str = "http://hl7.org/fhir/uv/symptoms/StructureDefinition/SymptomAbsentObservation";
/// Our own codes.
const OURS: &str = "urn:uuid:e699d4b2-69ce-4eee-a70e-4a65cc3e8178";

fn search(person: &Caller, of_type: &str, query: &str) -> String {
    format!("/fhir/R4/{of_type}?patient=Patient/{}{query}", person.diary().id())
}

fn everything(person: &Caller) -> String {
    format!("/fhir/R4/Patient/{}/$everything", person.diary().id())
}

fn resources(bundle: &Value) -> Vec<Value> {
    bundle["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone()).collect()
}

/// The path of the next page.
fn next(bundle: &Value) -> Option<String> {
    let links = bundle["link"].as_array().unwrap();
    let url = links.iter().find(|link| link["relation"] == "next")?["url"].as_str().unwrap();
    Some(url[url.find("/fhir").unwrap()..].to_owned())
}

/// Everything that a search finds, and how many pages that took.
async fn all(person: &Caller, path: String) -> (Vec<Value>, usize) {
    let (mut found, mut pages, mut path) = (Vec::new(), 0, Some(path));
    while let Some(asked) = path {
        let page = person.learns(asked).await;
        found.extend(resources(&page));
        pages += 1;
        path = next(&page);
    }
    (found, pages)
}

async fn only(person: &Caller, path: String) -> Value {
    let found = all(person, path).await.0;
    let [one] = found.as_slice() else { panic!("{} resources", found.len()) };
    one.clone()
}

/// By the texts of their codes.
fn components(resource: &Value) -> BTreeMap<String, Value> {
    let components = resource["component"].as_array().into_iter().flatten();
    components
        .map(|component| {
            let code = component["code"]["coding"][0]["code"].as_str().unwrap().to_owned();
            let mut value = component.as_object().unwrap().clone();
            value.remove("code");
            (code, Value::Object(value))
        })
        .collect()
}

fn code(resource: &Value) -> (&str, &str) {
    let coding = &resource["code"]["coding"][0];
    (coding["system"].as_str().unwrap(), coding["code"].as_str().unwrap())
}

/// A patient with something of everything.
async fn somebody(app: &TestApp) -> Caller {
    let patient = app.patient_in("Europe/Berlin").await;
    let cramp = patient.logs(full_cramp()).await;
    patient.is_sore(&cramp, "2026-03-30", 3).await;
    patient.is_sore(&cramp, "2026-03-31", 0).await;
    patient.checks_in("2026-03-27").await;
    patient.checks_in("2026-03-29").await;
    patient.begins("Magnesium", "2026-02-01").await;
    let stockings = json!({"kind": "compression", "name": "Stockings", "started_on": "2026-03-01", "side": "both"});
    patient.post(patient.diary().treatments(), stockings).await.is(201);
    patient
}

fn full_cramp() -> Value {
    a_cramp()
        .id("c_1")
        .at("2026-03-29T03:10:00+02:00")
        .intensity(8)
        .context("asleep")
        .interrupted_sleep(true)
        .note("After the long walk.")
        .with("duration_seconds", 180)
        .with("sites", json!([{"part": "calf", "side": "left"}, {"part": "calf", "side": null}]))
        .with("sleep_disturbance", 6)
        .with("triggers", json!(["long_walk", "new_sofa"]))
        .with("relief", json!([{"measure": "stretching", "seconds_to_relief": 15}]))
        .into()
}

#[actix_web::test]
async fn a_cramp_is_an_observation_of_the_symptoms_guide() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    let diary = patient.diary().id().to_owned();
    let cramp = patient.get(patient.diary().episode("c_1")).await.is(200).row();
    let found = only(&patient, search(&patient, "Observation", "&value-concept=55300003&code=75325-1")).await;

    assert!(found["id"].as_str().unwrap().starts_with(&format!("{diary}.")));
    assert!(found["id"].as_str().unwrap().chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)));
    assert!(found["id"].as_str().unwrap().len() <= 64);
    let mut rest = found.clone();
    for name in ["id", "component"] {
        rest.as_object_mut().unwrap().remove(name);
    }
    let coded = |system: &str, code: &str, text: &str| json!({"coding": [{"system": system, "code": code, "display": text}], "text": text});
    assert_eq!(
        rest,
        json!({
            "resourceType": "Observation",
            "meta": {
                "versionId": cramp.revision().to_string(),
                "lastUpdated": cramp["updated_at"],
                "profile": [SYMPTOM_OBSERVATION],
            },
            "status": "final",
            "category": [coded("http://hl7.org/fhir/uv/symptoms/CodeSystem/SymptomTemporary", "symptom", "Symptom")],
            "code": coded("http://loinc.org", "75325-1", "Symptom"),
            "subject": {"reference": format!("Patient/{diary}")},
            "effectivePeriod": {"start": "2026-03-29T03:10:00+02:00", "end": "2026-03-29T03:13:00+02:00"},
            "issued": cramp["updated_at"],
            "performer": [{"display": "The patient, or somebody who cares for them"}],
            "valueCodeableConcept": {
                "coding": [{"system": "http://snomed.info/sct", "code": "55300003", "display": "Cramp"}],
                "text": "Leg cramp",
            },
            "note": [{"text": "After the long walk."}],
            "bodySite": {
                "coding": [{"system": "http://snomed.info/sct", "code": "53840002", "display": "Calf of leg"}],
                "text": "calf (left), calf",
            },
        })
    );
    let told: Vec<_> = found["component"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| {
            let mut value = component.clone();
            let code = value.as_object_mut().unwrap().remove("code").unwrap()["coding"][0]["code"].clone();
            (code.as_str().unwrap().to_owned(), value)
        })
        .collect();
    let word = |code: &str, text: &str| json!({"valueCodeableConcept": {"coding": [{"system": OURS, "code": code}], "text": text}});
    let expected = [
        ("72514-3", json!({"valueInteger": 8})),
        ("OTHEREVENT", word("asleep", "asleep")),
        ("part-of-day", word("night", "night")),
        ("interrupted-sleep", json!({"valueBoolean": true})),
        ("sleep-disturbance", json!({"valueInteger": 6})),
        ("100752-5", word("long_walk", "a long walk")),
        ("100752-5", word("new_sofa", "new sofa")),
        ("100753-3", word("stretching", "stretching, eased after 15 s")),
    ];
    assert_eq!(told, expected.map(|(code, value)| (code.to_owned(), value)));
}

#[actix_web::test]
async fn a_cramp_of_which_nothing_is_known_but_when_says_no_more() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    // A note with nothing to see in it is none: FHIR has no empty text.
    patient.logs(a_cramp().with("note", json!(" \u{200b}"))).await;
    let found = only(&patient, search(&patient, "Observation", "")).await;
    assert_eq!(found["effectiveDateTime"], "2026-03-01T02:30:00+00:00");
    assert_eq!(components(&found).into_keys().collect::<Vec<_>>(), ["part-of-day"]);
    for name in ["effectivePeriod", "bodySite", "note"] {
        assert!(found.get(name).is_none(), "{name}");
    }
    // A foot has no code that could be cited, and of several parts no one is the site.
    patient
        .logs(
            a_cramp()
                .id("foot")
                .with("sites", json!([{"part": "calf", "side": "right"}, {"part": "foot", "side": "both"}])),
        )
        .await;
    let found = all(&patient, search(&patient, "Observation", "")).await.0;
    assert_eq!(found[1]["bodySite"], json!({"text": "calf (right), foot (both)"}));
}

#[actix_web::test]
async fn soreness_goes_with_its_cramp_and_is_absent_at_level_0() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    let path = patient.diary().soreness_on("c_1", "2026-03-30");
    patient.put(path, json!({"level": 3, "tender_to_touch": true, "limits_walking": false})).await.is(200);
    let cramp = only(&patient, search(&patient, "Observation", "&value-concept=55300003&code=75325-1")).await;
    let sore = only(&patient, search(&patient, "Observation", "&value-concept=22253000&code=75325-1")).await;
    assert_eq!(sore["meta"]["profile"], json!([SYMPTOM_OBSERVATION]));
    assert_eq!(sore["effectiveDateTime"], "2026-03-30");
    assert_eq!(sore["valueCodeableConcept"]["text"], "Soreness after a leg cramp");
    assert_eq!(sore["bodySite"], cramp["bodySite"]);
    assert_eq!(
        sore["extension"],
        json!([{
            "url": "http://hl7.org/fhir/StructureDefinition/workflow-supportingInfo",
            "valueReference": {"reference": format!("Observation/{}", cramp["id"].as_str().unwrap())},
        }])
    );
    let told = components(&sore);
    assert_eq!(told["72514-3"], json!({"valueInteger": 3}));
    assert_eq!(told["tender-to-touch"], json!({"valueBoolean": true}));
    assert_eq!(told["limits-walking"], json!({"valueBoolean": false}));

    let over = only(&patient, search(&patient, "Observation", "&value-concept=22253000&code=111551-8")).await;
    assert_eq!(over["meta"]["profile"], json!([SYMPTOM_ABSENT_OBSERVATION]));
    assert_eq!(over["effectiveDateTime"], "2026-03-31");
    assert_eq!(components(&over)["72514-3"], json!({"valueInteger": 0}));
}

#[actix_web::test]
async fn a_day_without_cramps_is_an_absent_symptom_and_any_other_that_was_checked_in_is_recorded() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    let honest = json!({"cramp_free": false, "note": "Two, I think.", "triggers": ["alcohol"]});
    patient.put(patient.diary().check_in("2026-03-28"), honest).await.is(201);
    let on = |date: &str| search(&patient, "Observation", &format!("&date={date}"));

    let free = only(&patient, on("2026-03-27")).await;
    assert_eq!(code(&free), ("http://loinc.org", "111551-8"));
    assert_eq!(free["meta"]["profile"], json!([SYMPTOM_ABSENT_OBSERVATION]));
    assert_eq!(free["valueCodeableConcept"]["coding"][0]["code"], "55300003");
    assert_eq!(free["effectivePeriod"], json!({"start": "2026-03-27", "end": "2026-03-27"}));
    assert!(free.get("component").is_none());

    let told = only(&patient, on("2026-03-28")).await;
    assert_eq!((code(&told), &told["valueBoolean"]), ((OURS, "day-recorded"), &json!(true)));
    assert_eq!(told["category"][0]["coding"][0]["code"], "survey");
    assert_eq!(told["note"], json!([{"text": "Two, I think."}]));
    assert_eq!(components(&told)["said-cramp-free"], json!({"valueBoolean": false}));
    assert!(components(&told).contains_key("100752-5"));

    // Word and log contradict each other: it is no day without cramps.
    let both = only(&patient, search(&patient, "Observation", "&date=2026-03-29&code=day-recorded")).await;
    assert_eq!(components(&both)["said-cramp-free"], json!({"valueBoolean": true}));
    patient.delete(patient.diary().episode("c_1")).await.is(204);
    assert_eq!(code(&only(&patient, on("2026-03-29")).await).1, "111551-8");
}

#[actix_web::test]
async fn a_day_that_turns_out_to_have_had_a_cramp_is_told_anew() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    patient.checks_in("2026-03-01").await;
    let free = only(&patient, search(&patient, "Observation", "")).await;
    assert_eq!(code(&free).1, "111551-8");
    app.advance(Duration::from_secs(5));
    let since = app.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let cramp = patient.logs(a_cramp()).await;
    let found = all(&patient, search(&patient, "Observation", &format!("&_lastUpdated=ge{since}"))).await.0;
    let told: Vec<_> = found.iter().map(|one| (code(one).1, one["meta"]["versionId"].as_str().unwrap())).collect();
    let revision = cramp.revision().to_string();
    assert_eq!(told, [("day-recorded", &*revision), ("75325-1", &*revision)]);
    assert_eq!(found[0]["id"], free["id"]);
}

#[actix_web::test]
async fn what_is_taken_is_a_statement_and_the_rest_a_procedure() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    for (id, kind, from, to) in [
        ("1", "medication", -10, None),
        ("2", "supplement", -10, Some(-1)),
        ("3", "medication", 5, None),
        ("4", "medication", -3, Some(0)),
        ("5", "stretching", -10, None),
        ("6", "footwear", -10, Some(-1)),
        ("7", "vein_treatment", -10, None),
        ("8", "vein_treatment", 5, None),
    ] {
        let ended_on = to.map(|days| app.today_plus(days));
        let course = json!({
            "id": id, "kind": kind, "name": format!("Name {id}"), "started_on": app.today_plus(from), "ended_on": ended_on,
            "dose": "a little", "side": "left", "note": "Mine.",
        });
        patient.post(patient.diary().treatments(), course).await.is(201);
    }
    let taken = all(&patient, search(&patient, "MedicationStatement", "")).await.0;
    let statuses: Vec<_> = taken.iter().map(|taken| taken["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["active", "completed", "intended", "active"]);
    let first = &taken[0];
    assert_eq!(first["medicationCodeableConcept"], json!({"text": "Name 1"}));
    assert_eq!(first["dosage"], json!([{"text": "a little", "site": {"text": "left leg"}}]));
    assert_eq!(first["effectivePeriod"], json!({"start": app.today_plus(-10)}));
    assert_eq!(first["note"], json!([{"text": "Mine."}]));

    let done = all(&patient, search(&patient, "Procedure", "")).await.0;
    let statuses: Vec<_> = done.iter().map(|done| done["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["in-progress", "completed", "completed", "preparation"]);
    assert_eq!(done[1]["performedPeriod"], json!({"start": app.today_plus(-10), "end": app.today_plus(-1)}));
    assert_eq!(done[0]["bodySite"], json!([{"text": "left leg"}]));
    assert_eq!(done[0]["note"], json!([{"text": "a little"}, {"text": "Mine."}]));
    assert_eq!(
        done[2]["category"],
        json!({"coding": [{"system": OURS, "code": "vein_treatment"}], "text": "vein treatment"})
    );

    let names = |found: Vec<Value>| {
        found.iter().map(|one| one["medicationCodeableConcept"]["text"].clone()).collect::<Vec<_>>()
    };
    let yesterday = app.today_plus(-1);
    let ended = all(&patient, search(&patient, "MedicationStatement", &format!("&effective=le{yesterday}"))).await.0;
    assert_eq!(names(ended), ["Name 1", "Name 2", "Name 4"]);
    let later = all(&patient, search(&patient, "MedicationStatement", &format!("&effective=sa{yesterday}"))).await.0;
    assert_eq!(names(later), ["Name 3"]);
}

#[actix_web::test]
async fn a_search_is_narrowed_by_codes_and_by_dates_on_the_persons_clock() {
    let app = TestApp::start().await;
    let patient = app.patient_in("Europe/Berlin").await;
    // In UTC, it began the day before.
    patient.logs(a_cramp().id("night").at("2026-03-01T00:30:00+01:00").with("duration_seconds", 60)).await;
    patient.logs(a_cramp().id("day").at("2026-03-02T12:00:00+01:00").part("foot")).await;
    // Its end is on the next date.
    patient.logs(a_cramp().id("late").at("2026-03-03T23:59:30+01:00").with("duration_seconds", 120)).await;
    patient.checks_in("2026-03-05").await;
    let parts = |found: Vec<Value>| {
        let when = |one: &Value| {
            let period = &one["effectivePeriod"]["start"];
            let at = if period.is_null() { &one["effectiveDateTime"] } else { period };
            at.as_str().unwrap()[..10].to_owned()
        };
        let mut found: Vec<_> = found.iter().map(when).collect();
        found.sort_unstable();
        found.join(" ")
    };
    let (night, day, late, check) = ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05");
    for (query, expected) in [
        ("", format!("{night} {day} {late} {check}")),
        ("&date=2026-03-01", night.into()),
        ("&date=2026-02-28", String::new()),
        ("&date=2026-03-03", String::new()),
        ("&date=ge2026-03-02&date=lt2026-03-05", format!("{day} {late}")),
        ("&date=2026-03", format!("{night} {day} {late} {check}")),
        ("&date=2026", format!("{night} {day} {late} {check}")),
        ("&date=sa2026-03-03", check.into()),
        ("&date=eb2026-03-03", format!("{night} {day}")),
        ("&date=gt2026-02-28T23:30:00Z", format!("{night} {day} {late} {check}")),
        ("&date=gt2026-03-05T12:00Z", check.into()),
        ("&date=2026-03-05T12:00Z", String::new()),
        ("&date=ge2026-03-01T00:31:00%2B01:00", format!("{day} {late} {check}")),
        ("&date=eb2026-03-01T00:31:00%2B01:00", night.into()),
        ("&date=ge2026-03-02T12:00:00+01:00&date=le2026-03-02T12:00:00+01:00", day.into()),
        ("&code=75325-1", format!("{night} {day} {late}")),
        ("&code=http://loinc.org|111551-8", check.into()),
        ("&code=75325-1,111551-8", format!("{night} {day} {late} {check}")),
        ("&code=http://snomed.info/sct|75325-1", String::new()),
        ("&category=symptom", format!("{night} {day} {late} {check}")),
        (
            "&category=http://hl7.org/fhir/uv/symptoms/CodeSystem/SymptomTemporary|",
            format!("{night} {day} {late} {check}"),
        ),
        ("&category=survey", String::new()),
        ("&code-value-concept=75325-1$55300003&date=2026-03-01", night.into()),
        ("&code-value-concept=111551-8$http://snomed.info/sct|55300003", check.into()),
        ("&code-value-concept=75325-1$22253000", String::new()),
        ("&_lastUpdated=lt2026-01-01", String::new()),
        ("&_lastUpdated=gt2026-01-01&date=2026-03-02", day.into()),
    ] {
        assert_eq!(parts(all(&patient, search(&patient, "Observation", query)).await.0), expected, "{query}");
    }
    // The parameter and its other name, and an id alone.
    let id = patient.diary().id();
    for path in [
        format!("/fhir/R4/Observation?subject=Patient/{id}&date=2026-03-01"),
        format!("/fhir/R4/Observation?patient={id}&date=2026-03-01&_format=json&_pretty=true"),
        format!("/fhir/R4/Observation?patient=https://diary.example/fhir/R4/Patient/{id}&date=2026-03-01"),
    ] {
        assert_eq!(parts(all(&patient, path).await.0), night);
    }
}

#[actix_web::test]
async fn who_asks_for_what_was_changed_since_gets_no_more() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    app.advance(Duration::from_hours(1));
    let since = app.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    app.advance(Duration::from_secs(1));
    let patient = patient.signs_in().await;
    patient.patch(patient.diary().episode("c_1"), json!({"intensity": 2})).await.is(200);
    let path = search(&patient, "Observation", &format!("&_lastUpdated=ge{since}&value-concept=55300003"));
    let changed = only(&patient, path).await;
    assert_eq!(components(&changed)["72514-3"], json!({"valueInteger": 2}));
    let all = all(&patient, format!("{}?_since={since}", everything(&patient))).await.0;
    let types: Vec<_> = all.iter().map(|one| one["resourceType"].as_str().unwrap()).collect();
    // When the report changed nobody says. Soreness is told with the site of its cramp, and a day of which the person said
    // that it had none with its cramps.
    assert_eq!(types, [&["DocumentReference"][..], &["Observation"; 4]].concat());
}

#[actix_web::test]
async fn pages_skip_and_repeat_nothing() {
    let app = TestApp::start().await;
    let patient = app.patient().await;
    let mut life = Life::of(&patient, 5);
    for _ in 0..60 {
        life.step().await;
    }
    let diary = patient.diary();
    let mut rows = 0;
    for cramp in patient.lists_all(diary.episodes()).await {
        rows += 1 + patient.lists_all(diary.soreness(cramp.id())).await.len();
    }
    rows += patient.lists_all(diary.check_ins()).await.len();
    let treatments = patient.lists_all(diary.treatments()).await.len();
    let ids = |found: &[Value]| {
        let mut ids: Vec<_> = found.iter().map(|one| format!("{}/{}", one["resourceType"], one["id"])).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "something came twice");
        ids
    };
    let (whole, one_page) = all(&patient, search(&patient, "Observation", "&_count=200")).await;
    assert_eq!((ids(&whole).len(), one_page), (rows, 1));
    for count in [1, 2, 7] {
        let (found, pages) = all(&patient, search(&patient, "Observation", &format!("&_count={count}"))).await;
        assert_eq!(found, whole);
        assert_eq!(pages, rows.div_ceil(count));
    }
    let (found, _) = all(&patient, search(&patient, "Observation", "&_count=3&code=111551-8")).await;
    let absent: Vec<_> = whole.iter().filter(|one| code(one).1 == "111551-8").cloned().collect();
    assert_eq!(found, absent);
    let (found, pages) = all(&patient, format!("{}?_count=4", everything(&patient))).await;
    assert_eq!(ids(&found).len(), rows + treatments + 2);
    assert_eq!(pages, (rows + treatments + 2).div_ceil(4));
    // More than a page may have is no fault, and a cursor belongs to its search.
    assert_eq!(ids(&all(&patient, search(&patient, "Observation", "&_count=4000000000")).await.0), ids(&whole));
    let second = next(&patient.learns(search(&patient, "Observation", "&_count=1")).await).unwrap();
    let cursor = second.split_once("cursor=").unwrap().1;
    patient.get(search(&patient, "Observation", &format!("&_count=1&code=1&cursor={cursor}"))).await.is(400);
    let other = app.patient().await;
    other.get(search(&other, "Observation", &format!("&_count=1&cursor={cursor}"))).await.is(400);
}

#[actix_web::test]
async fn a_viewer_finds_what_is_shared_and_nothing_of_whom_it_is_shared_with() {
    let app = TestApp::start().await;
    let (patient, clinician) = (somebody(&app).await, app.clinician().await);
    patient.logs(a_cramp().id("old").at("2026-01-01T02:00:00+01:00").note("Before.")).await;
    patient.is_sore(&patient.get(patient.diary().episode("old")).await.row(), "2026-01-02", 4).await;
    clinician.get(search(&patient, "Observation", "")).await.is(404);
    let grant = patient
        .shares_on(json!({"role": "viewer", "visible_from": "2026-03-01", "include_notes": false}), &clinician)
        .await;

    let seen = all(&clinician, search(&patient, "Observation", "&_count=2")).await.0;
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|one| one.get("note").is_none()));
    let own = all(&patient, search(&patient, "Observation", "&date=ge2026-03")).await.0;
    let notes = own.iter().filter(|one| one.get("note").is_some());
    assert_eq!(notes.count(), 1);
    let without_note = |mut one: Value| {
        one.as_object_mut().unwrap().remove("note");
        one
    };
    assert_eq!(seen, own.into_iter().map(without_note).collect::<Vec<_>>());
    let hidden = all(&patient, search(&patient, "Observation", "&date=le2026-01-31")).await.0;
    for one in hidden {
        clinician.get(format!("/fhir/R4/Observation/{}", one["id"].as_str().unwrap())).await.is(404);
    }
    for of_type in ["Consent", "AuditEvent"] {
        let refused = clinician.get(search(&patient, of_type, "")).await.is(403).json();
        assert_eq!(refused["issue"][0]["code"], "forbidden", "{of_type}");
    }
    let report = only(&clinician, search(&patient, "DocumentReference", "")).await;
    let url = report["content"][0]["attachment"]["url"].as_str().unwrap();
    let pdf = clinician.get(&url[url.find("/v1").unwrap()..]).await.is(200);
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));

    // To turn the page is no look of its own.
    let what = |row: &Row| row["what"].as_str().unwrap().to_owned();
    let log: Vec<_> = patient.lists_all(patient.diary().looks()).await.iter().map(what).collect();
    assert_eq!(log.iter().filter(|what| *what == "searchFhirObservations").count(), 1);
    assert!(log.contains(&"searchFhirDocuments".to_owned()));

    let audit = all(&patient, search(&patient, "AuditEvent", "&_count=3")).await.0;
    assert_eq!(audit.len(), log.len());
    assert!(audit.iter().all(|look| (&look["action"], &look["outcome"]) == (&json!("R"), &json!("0"))));
    assert_eq!(audit[0]["agent"][0]["role"][0]["text"], "viewer");
    assert_eq!(audit[0]["entity"][0]["what"]["reference"], format!("Patient/{}", patient.diary().id()));
    let consent = only(&patient, search(&patient, "Consent", "")).await;
    let policy = audit[0]["agent"][0]["policy"][0].as_str().unwrap();
    assert!(policy.ends_with(&format!("/fhir/R4/Consent/{}", consent["id"].as_str().unwrap())), "{policy}");
    assert_eq!(consent["provision"]["actor"][0]["role"]["text"], "viewer, without notes");

    patient.revokes(&grant).await;
    for path in [search(&patient, "Observation", ""), everything(&patient)] {
        let refused = clinician.get(path).await.is(404).json();
        assert_eq!(refused["issue"][0]["code"], "not-found");
    }
    let audit = all(&patient, search(&patient, "AuditEvent", "")).await.0;
    let told: Vec<_> = audit[..2].iter().map(|look| (&look["subtype"][0]["code"], &look["outcome"])).collect();
    let denied = json!("4");
    let [all, some] = ["getFhirEverything", "searchFhirObservations"].map(|what| json!(what));
    assert_eq!(told, [(&all, &denied), (&some, &denied)]);
}

#[actix_web::test]
async fn a_consent_says_how_it_stands() {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    let invitation =
        patient.invites(json!({"role": "viewer", "label": "Dr. Okafor", "visible_from": "2026-02-01"})).await;
    let consent = || async { only(&patient, search(&patient, "Consent", "")).await };
    assert_eq!(consent().await["status"], "proposed");
    clinician.redeems(&invitation).await.is(200);
    let given = consent().await;
    assert_eq!(given["status"], "active");
    let provision = &given["provision"];
    assert_eq!((&provision["type"], &provision["dataPeriod"]["start"]), (&json!("permit"), &json!("2026-02-01")));
    let listed = patient.lists_all(patient.diary().consents()).await;
    let words = STANDARD.decode(given["sourceAttachment"]["data"].as_str().unwrap()).unwrap();
    assert_eq!(String::from_utf8(words).unwrap(), listed[0]["text"].as_str().unwrap());
    assert_eq!(provision["period"], json!({"start": listed[0]["accepted_at"]}));
    patient.delete(patient.diary().grant(listed[0].id())).await.is(204);
    let ended = consent().await;
    assert_eq!(ended["status"], "inactive");
    assert!(ended["provision"]["period"]["end"].is_string());
    // A code that nobody redeemed, and a link.
    let late = patient.invites(json!({"role": "viewer", "expires_in_hours": 1})).await;
    let link = patient.post(patient.diary().report_links(), json!({"expires_in_hours": 1})).await.is(201).row();
    let standing = || async {
        let all = all(&patient, search(&patient, "Consent", "")).await.0;
        all.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(standing().await, ["active", "proposed", "inactive"], "{late:?} {link:?}");
    app.advance(Duration::from_hours(2));
    let patient = patient.signs_in().await;
    let all = all(&patient, search(&patient, "Consent", "")).await.0;
    assert!(all.iter().all(|one| one["status"] == "inactive"));
}

#[actix_web::test]
async fn a_token_reads_what_its_scopes_are_for() {
    let app = TestApp::start().await;
    let patient = somebody(&app).await;
    let with = async |scope: &str| {
        let made = patient.post("/v1/tokens", json!({"name": "A clinic", "scopes": [scope]})).await.is(201).row();
        patient.with_access_token(made["secret"].as_str().unwrap())
    };
    let (reads, shares) = (with("diary:read").await, with("share:manage").await);
    for (path, by_reading) in [
        (search(&patient, "Observation", ""), true),
        (everything(&patient), true),
        (search(&patient, "Consent", ""), false),
        (search(&patient, "AuditEvent", ""), false),
    ] {
        let (may, may_not) = if by_reading { (&reads, &shares) } else { (&shares, &reads) };
        may.get(path.clone()).await.is(200);
        let refused = may_not.get(path).await.is(403);
        assert_eq!(refused.json()["issue"][0]["details"]["coding"][0]["code"], "insufficient_scope");
        assert!(refused.header("www-authenticate").unwrap().contains("insufficient_scope"));
    }
}

#[actix_web::test]
async fn what_goes_wrong_is_an_operation_outcome() {
    let app = TestApp::start().await;
    let (patient, stranger) = (somebody(&app).await, app.patient().await);
    let issues = |answer: Answer| {
        assert_eq!(answer.header("content-type"), Some("application/fhir+json"));
        let outcome = answer.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome");
        let said =
            |issue: &Value| format!("{}: {}", issue["code"].as_str().unwrap(), issue["diagnostics"].as_str().unwrap());
        outcome["issue"].as_array().unwrap().iter().map(said).collect::<Vec<_>>()
    };
    let wrong = search(
        &patient,
        "Observation",
        "&date=2026-13&date=yesterday&_lastUpdated=ap2026&_count=0&_format=xml&_sort=date&code=75325-1,&category=%7C",
    );
    let told = issues(patient.get(wrong.clone()).await.is(400));
    for name in ["date", "_lastUpdated", "_count", "_format", "_sort", "code", "category"] {
        assert_eq!(
            told.iter().filter(|told| told.starts_with(&format!("invalid: {name}: "))).count(),
            1,
            "{name}: {told:?}"
        );
    }
    // Whoever may not look is not told what is wrong with the question.
    assert_eq!(issues(stranger.get(wrong).await.is(404)).len(), 1);
    for (path, status, code) in [
        ("/fhir/R4/Observation".to_owned(), 400, "invalid"),
        (format!("{}&subject=Patient/x", search(&patient, "Observation", "")), 400, "invalid"),
        ("/fhir/R4/Observation?patient=Patient/a%20b".to_owned(), 404, "not-found"),
        ("/fhir/R4/Condition".to_owned(), 404, "not-found"),
        ("/fhir/R4/Patient/unknown".to_owned(), 404, "not-found"),
        ("/fhir/R4/Observation/unknown".to_owned(), 404, "not-found"),
        (format!("/fhir/R4/Observation/{}.e0", patient.diary().id()), 404, "not-found"),
        (format!("/fhir/R4/Patient/{}?_format=xml", patient.diary().id()), 400, "invalid"),
        (format!("{}&limit=1", search(&patient, "Observation", "")), 400, "invalid"),
    ] {
        let told = issues(patient.get(path.clone()).await.is(status));
        assert!(told[0].starts_with(code), "{path}: {told:?}");
    }
    let told = issues(patient.post("/fhir/R4/Observation", json!({"resourceType": "Observation"})).await.is(405));
    assert!(told[0].starts_with("not-supported"), "{told:?}");
    patient.get(search(&patient, "Observation", "&_format=application/fhir+json")).await.is(200);
    // An id of FHIR has no such character.
    let named = patient.get("/fhir/R4/Condition").header("x-request-id", "a_b").await.is(404).json();
    assert!(named.get("id").is_none());
    let told = issues(patient.signed_out().get(search(&patient, "Observation", "")).await.is(401));
    assert!(told[0].starts_with("login"), "{told:?}");
}

#[actix_web::test]
async fn what_was_found_is_read_by_its_id_by_whoever_may() {
    let app = TestApp::start().await;
    let (patient, stranger) = (somebody(&app).await, app.patient().await);
    let found = all(&patient, everything(&patient)).await.0;
    let types: Vec<_> = found.iter().map(|one| one["resourceType"].as_str().unwrap()).collect();
    let expected =
        [["Patient", "DocumentReference"].as_slice(), &["Observation"; 5], &["MedicationStatement", "Procedure"]];
    assert_eq!(types, expected.concat());
    for one in &found {
        let (of_type, id) = (one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap());
        let path = format!("/fhir/R4/{of_type}/{id}");
        let read = patient.get(path.clone()).await.is(200);
        assert_eq!(&read.json(), one);
        assert_eq!(read.header("etag").unwrap(), format!("W/\"{}\"", one["meta"]["versionId"].as_str().unwrap()));
        stranger.get(path).await.is(404);
        let other_type = if of_type == "Procedure" { "Observation" } else { "Procedure" };
        patient.get(format!("/fhir/R4/{other_type}/{id}")).await.is(404);
    }
    // The same id in another diary is another resource.
    stranger.logs(a_cramp().id("c_1")).await;
    let theirs = only(&stranger, search(&stranger, "Observation", "")).await;
    assert!(found.iter().all(|one| one["id"] != theirs["id"]));
    patient.delete(patient.diary().episode("c_1")).await.is(204);
    let cramp = found.iter().find(|one| one["effectivePeriod"]["start"] == "2026-03-29T03:10:00+02:00").unwrap();
    patient.get(format!("/fhir/R4/Observation/{}", cramp["id"].as_str().unwrap())).await.is(404);
}

#[actix_web::test]
async fn the_export_has_what_the_searches_find() {
    let app = TestApp::start().await;
    let (patient, clinician) = (somebody(&app).await, app.clinician().await);
    patient.shares_with(&clinician).await;
    clinician.get(patient.diary().episodes()).await.is(200);
    let taken = patient.get(patient.diary().export_fhir()).await.is(200);
    assert_eq!(taken.header("content-type"), Some("application/fhir+json"));
    assert!(taken.header("content-disposition").unwrap().ends_with(".fhir.json\""));
    let digest = STANDARD.encode(Sha256::digest(&taken.body));
    assert_eq!(taken.header("repr-digest").unwrap(), format!("sha-256=:{digest}:"));
    let bundle = taken.json();
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("collection")));
    let mut expected = all(&patient, everything(&patient)).await.0;
    for of_type in ["Consent", "AuditEvent"] {
        let found = all(&patient, search(&patient, of_type, "")).await.0;
        assert!(!found.is_empty());
        expected.extend(found);
    }
    let told = resources(&bundle);
    assert_eq!(told, expected);
    let urls: Vec<_> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
    for (url, one) in urls.iter().zip(resources(&bundle)) {
        let path = format!("/fhir/R4/{}/{}", one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap());
        assert!(url.starts_with("http") && url.ends_with(&path), "{url}");
    }
    let by_format = patient.get(patient.diary().export() + "?format=fhir").await.is(200);
    assert_eq!(resources(&by_format.json()).len(), told.len());
    clinician.get(patient.diary().export_fhir()).await.is_problem(403, "forbidden");
    patient.get(patient.diary().export_fhir() + "?x=1").await.has_faults([("/x", "unknown_field")]);
}

#[actix_web::test]
async fn codes_of_snomed_go_out_unless_the_operator_turns_them_off() {
    let app = TestApp::start_with(&[("FHIR_SNOMED", "off")]).await;
    let patient = somebody(&app).await;
    let taken = patient.get(patient.diary().export_fhir()).await.is(200).text();
    assert!(!taken.contains("snomed"));
    let found = only(&patient, search(&patient, "Observation", "&code=75325-1&date=2026-03-29")).await;
    assert_eq!(found["valueCodeableConcept"], json!({"text": "Leg cramp"}));
    assert_eq!(found["bodySite"], json!({"text": "calf (left), calf"}));
    // The guide's profiles ask for such a code.
    assert!(found["meta"].get("profile").is_none());
}

#[actix_web::test]
async fn what_can_be_asked_for_is_told_to_anybody() {
    let app = TestApp::start().await;
    let statement = app.nobody().learns("/fhir/R4/metadata").await;
    assert_eq!((&statement["fhirVersion"], &statement["kind"]), (&json!("4.0.1"), &json!("instance")));
    let patient = somebody(&app).await;
    for resource in statement["rest"][0]["resource"].as_array().unwrap() {
        let of_type = resource["type"].as_str().unwrap();
        for parameter in resource["searchParam"].as_array().into_iter().flatten() {
            let (name, kind) = (parameter["name"].as_str().unwrap(), parameter["type"].as_str().unwrap());
            let query = match kind {
                "reference" => continue,
                "date" => format!("&{name}=ge2026-01-01"),
                "composite" => format!("&{name}=75325-1$55300003"),
                _ => format!("&{name}=75325-1"),
            };
            patient.get(search(&patient, of_type, &query)).await.is(200);
        }
    }
}
