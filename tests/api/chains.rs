//! The chain of the access log: worked out anew from what the patient takes away, and walked by the operator's audit.

use std::{fmt::Write, future::IntoFuture, time::Duration};

use cramp_diary::{
    access::visits::{
        audit::{self, Found, What},
        older,
    },
    storage::{Address, Options, Store},
};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::*;

/// The database of an application, opened beside it.
fn beside(app: &TestApp) -> Store {
    let file = || Address::Sqlite(app.data_dir().join("cramp-diary.db"));
    let address = app.database_url().map_or_else(file, |url| Address::parse(url).unwrap());
    Store::open(&Options { read_connections: 1, write_connections: 1, ..Options::of(address) }).unwrap()
}

async fn walked(app: &TestApp) -> Found {
    audit::walk(&beside(app), None).await.unwrap()
}

async fn holds(app: &TestApp, looks: u64) {
    let found = walked(app).await;
    assert_eq!((found.faults.as_slice(), found.looks), (&[][..], looks));
}

/// What a walk finds wrong.
async fn faults(app: &TestApp) -> Vec<What> {
    walked(app).await.faults.into_iter().map(|fault| fault.what).collect()
}

/// The hash of each row as docs/security.md says it, the first row first.
fn hashes(diary: &str, rows: &[Value]) -> Vec<String> {
    const FIELDS: [&str; 12] = [
        "number",
        "id",
        "at",
        "consent_id",
        "user_id",
        "user_name",
        "user_email",
        "role",
        "access",
        "what",
        "target",
        "outcome",
    ];
    let mut before = vec![0; 32];
    rows.iter()
        .map(|row| {
            let mut hash = Sha256::new();
            hash.update(b"access log\0");
            hash.update(&before);
            let fields = std::iter::once(json!(diary)).chain(FIELDS.iter().map(|name| row[*name].clone()));
            for field in fields {
                let text = match field {
                    Value::Null => {
                        hash.update([0]);
                        continue;
                    }
                    Value::String(text) => text,
                    number => number.to_string(),
                };
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
            before = hash.finalize().to_vec();
            let mut digits = String::new();
            for byte in &before {
                write!(digits, "{byte:02x}").unwrap();
            }
            digits
        })
        .collect()
}

#[actix_web::test]
async fn whoever_takes_the_log_away_can_work_the_chain_out() {
    let app = TestApp::start().await;
    let (patient, clinician, carer) = (app.patient().await, app.clinician().await, app.patient().await);
    clinician.patch("/v1/me", json!({"display_name": "Dr. Ōkafor 🐓"})).await.is(200);
    let grant = patient.shares_with(&clinician).await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    carer.put(patient.diary().episode("a.b"), a_cramp()).await.is(201);
    carer.post(patient.diary().episodes(), a_cramp()).await.is(201);
    clinician.get(patient.diary().episode("a.b")).await.is(200);
    patient.revokes(&grant).await;
    clinician.get(patient.diary().episodes()).await.is(404);

    let export = patient.learns(patient.diary().export()).await;
    let mut rows = export["access_log"].as_array().unwrap().clone();
    rows.reverse();
    assert_eq!(rows.iter().map(|row| row["number"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let written: Vec<_> = rows.iter().map(|row| row["hash"].as_str().unwrap().to_owned()).collect();
    assert_eq!(hashes(export["diary"]["id"].as_str().unwrap(), &rows), written);
    holds(&app, 4).await;
}

#[actix_web::test]
async fn chains_and_entries_stay_whole_whatever_happens_at_once() {
    let app = TestApp::start().await;
    let mut random = StdRng::seed_from_u64(7);
    let patients = [app.patient().await, app.patient().await];
    let others = [app.clinician().await, app.clinician().await, app.patient().await];
    for patient in &patients {
        for other in &others {
            patient.shares_on(json!({"role": "contributor"}), other).await;
        }
    }
    let mut answered = 0;
    for round in 0..12 {
        let requests: Vec<_> = (0..25)
            .map(|number| {
                let (patient, other) = (&patients[random.random_range(0..2)], &others[random.random_range(0..3)]);
                let diary = patient.diary();
                match random.random_range(0..8) {
                    0 => other.get("/v1/diaries"),
                    1 => other.post(diary.episodes(), a_cramp().id(&format!("c-{round}-{number}"))),
                    2 => other.get(diary.episode("nothing")),
                    3 => other.put(diary.check_in("2026-03-01"), json!({"cramp_free": true})),
                    4 => other.get(diary.treatments()),
                    5 => other.get(diary.access_log()),
                    _ => other.get(diary.episodes()),
                }
            })
            .map(IntoFuture::into_future)
            .collect();
        for answer in join_all(requests).await {
            assert!([200, 201, 403, 404].contains(&answer.status()), "{answer}");
            answered += 1;
        }
        app.advance(Duration::from_secs(random.random_range(0..60)));
        if round == 8 {
            // Somebody's right ends, and they go on asking.
            let grants = patients[0].get(patients[0].diary().grants()).await.items();
            patients[0].revokes(&grants[0]).await;
        }
    }
    assert_eq!(answered, 300);
    let found = walked(&app).await;
    assert_eq!((found.faults, found.diaries), (vec![], 2));
    assert!(found.looks > 150, "{} looks", found.looks);
    for patient in &patients {
        let rows = patient.lists_all(patient.diary().looks()).await.len();
        let entries = patient.lists_all(patient.diary().access_log()).await;
        let counted: i64 = entries.iter().map(|entry| entry["count"].as_i64().unwrap()).sum();
        assert!(counted == i64::try_from(rows).unwrap() && entries.len() < rows / 2, "{counted} of {rows}");
    }
}

/// Two entries, of six looks and one, in a diary that is the only one.
async fn looked_at() -> TestApp {
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    for _ in 0..6 {
        clinician.get(patient.diary().episodes()).await.is(200);
    }
    clinician.get(patient.diary().treatments()).await.is(200);
    app
}

#[actix_web::test]
async fn a_row_that_was_changed_taken_out_or_put_in_is_named() {
    const COPY: &str =
        "INSERT INTO access_log SELECT diary_id, id, at, consent_id, user_id, user_name, user_email, role,
        access, what, target, 8, outcome, entry, hash, token_name FROM access_log WHERE number = 7";
    for (statement, expected) in [
        ("UPDATE access_log SET user_name = 'Nobody' WHERE number = 3", vec![What::Changed(3)]),
        ("UPDATE access_log SET target = '' WHERE number = 3", vec![What::Changed(3)]),
        ("UPDATE access_log SET id = 'another' WHERE number = 4", vec![What::Changed(4)]),
        ("UPDATE access_log SET hash = NULL WHERE number = 7", vec![What::Unchained(7)]),
        ("DELETE FROM access_log WHERE number = 2", vec![What::Missing(2, 2)]),
        ("DELETE FROM access_log WHERE number = 7", vec![What::Missing(7, 7)]),
        ("DELETE FROM access_log WHERE number BETWEEN 5 AND 7", vec![What::Missing(5, 7)]),
        (COPY, vec![What::Changed(8), What::Beyond(8)]),
        ("DELETE FROM access_chains", vec![What::Endless]),
        ("UPDATE access_chains SET hash = (SELECT hash FROM access_log WHERE number = 1)", vec![What::OtherEnd(7)]),
        ("UPDATE access_entries SET looks = 5 WHERE number = 1", vec![What::Misfolded(1)]),
        ("UPDATE access_entries SET user_name = 'Nobody' WHERE number = 7", vec![What::Misfolded(7)]),
        ("DELETE FROM access_entries WHERE number = 7", vec![What::Misfolded(7)]),
        ("UPDATE access_log SET entry = 7 WHERE number = 5", vec![What::Misfolded(5)]),
    ] {
        let app = looked_at().await;
        holds(&app, 7).await;
        app.sql(statement);
        let found = faults(&app).await;
        assert!(expected.iter().all(|fault| found.contains(fault)), "{statement}: {found:?}");
        // The last of it may show in the list as well, which is made of the rows.
        let others: Vec<_> = found.iter().filter(|fault| !expected.contains(fault)).collect();
        assert!(
            others.iter().all(|fault| matches!(fault, What::Misfolded(_) | What::Invented(_))),
            "{statement}: {found:?}"
        );
    }
}

#[actix_web::test]
async fn rows_that_moved_up_in_the_place_of_one_that_was_taken_out_are_named() {
    let app = looked_at().await;
    app.sql("DELETE FROM access_log WHERE number = 3");
    for number in 4..=7 {
        app.sql(&format!("UPDATE access_log SET number = number - 1 WHERE number = {number}"));
    }
    app.sql("UPDATE access_chains SET number = 6");
    assert!(faults(&app).await.contains(&What::Changed(3)));
}

#[actix_web::test]
async fn a_chain_that_was_worked_out_anew_is_found_by_an_end_that_was_kept_elsewhere() {
    let app = looked_at().await;
    let store = beside(&app);
    let kept = audit::ends(&store, String::new()).await.unwrap();
    assert_eq!((kept.len(), kept[0].number), (1, 7));
    assert_eq!(audit::compare(&store, kept.clone()).await.unwrap(), (vec![], vec![]));

    // Whoever can write to the database can do what the service does at an upgrade.
    app.sql("UPDATE access_log SET user_name = 'Nobody', hash = NULL");
    app.sql("DELETE FROM access_entries");
    let none = if app.database_url().is_some() { "decode(repeat('00', 32), 'hex')" } else { "zeroblob(32)" };
    app.sql(&format!("UPDATE access_chains SET number = 0, hash = {none}, older = 7"));
    assert_eq!(older::run(&store).await.unwrap(), 7);
    let found = walked(&app).await;
    assert_eq!((found.faults, found.older), (vec![], 7));
    let (faults, gone) = audit::compare(&store, kept.clone()).await.unwrap();
    assert_eq!((faults[0].what.clone(), faults.len(), gone), (What::NotAsKept(7), 1, vec![]));

    let nowhere = audit::Kept { diary_id: "erased".into(), ..kept[0].clone() };
    assert_eq!(audit::compare(&store, vec![nowhere]).await.unwrap(), (vec![], vec!["erased".to_owned()]));
}

#[actix_web::test]
async fn an_erasure_that_was_cut_off_is_told_from_rows_that_somebody_took_out() {
    const LOOKS: usize = 510;
    let app = TestApp::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    for _ in (0..LOOKS).step_by(30) {
        join_all((0..30).map(|_| clinician.get(patient.diary().treatments()).into_future())).await;
    }
    let store = beside(&app);
    let kept = audit::ends(&store, String::new()).await.unwrap();
    let diary = kept[0].diary_id.clone();
    let leave = || patient.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD}));
    let told = async || {
        let found = walked(&app).await;
        assert_eq!(found.being_erased, std::slice::from_ref(&diary));
        found.faults.into_iter().map(|fault| fault.what).collect::<Vec<_>>()
    };

    app.has_no_room_for("DELETE ON access_log", &format!("OLD.number = {LOOKS}"));
    leave().await.is_problem(507, "storage_full");
    app.has_room_again_for("access_log");
    assert_eq!(app.sql("SELECT count(*) FROM access_log WHERE true"), "10");
    assert_eq!(told().await, []);
    // The diary is there still. What is noted of it now goes on with the chain.
    patient.shares_with(&clinician).await;
    clinician.get(patient.diary().treatments()).await.is(200);
    assert_eq!(told().await, []);
    let gone = audit::Kept { number: 3, ..kept[0].clone() };
    let compared = audit::compare(&store, vec![kept[0].clone(), gone]).await.unwrap();
    assert_eq!(compared, (vec![], vec![diary.clone()]));
    app.sql("DELETE FROM access_log WHERE number = 505");
    assert_eq!(told().await, [What::Missing(505, 505)]);

    for table in ["access_entries", "access_chains"] {
        app.has_no_room_for(&format!("DELETE ON {table}"), "true");
        leave().await.is_problem(507, "storage_full");
        app.has_room_again_for(table);
        assert_eq!(told().await, []);
    }
    leave().await.is(204);
    assert_eq!(walked(&app).await, Found::default());
}
