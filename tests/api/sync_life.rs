//! Devices of one diary that lose the network in every way: whatever they do, in the end all of them have what the service
//! has, nothing that it acknowledged is missing, and nothing is doubled.
//!
//! A failure is shrunk and printed; `SYNC_CASES` runs more lives.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value, json};

use super::support::*;

/// How a device speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Plain,
    Watermelon,
    Rxdb,
}

/// In this order, whatever the test draws.
const DEVICES: [Speaks; 5] = [Speaks::Plain, Speaks::Watermelon, Speaks::Rxdb, Speaks::Plain, Speaks::Watermelon];
const TABLES: [&str; 4] = ["episodes", "check_ins", "treatments", "soreness"];

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    /// It never comes.
    Lost,
    /// It is done, and nobody hears of it.
    AnswerLost,
    /// It is done twice.
    Doubled,
    /// It is done later, between what others do.
    Late,
}

#[derive(Debug, Clone)]
enum Step {
    /// Somebody writes on a device, without a network.
    Writes {
        device: usize,
        row: usize,
        level: i32,
        days_off: i64,
    },
    Deletes {
        device: usize,
        row: usize,
    },
    Syncs {
        device: usize,
        fate: Fate,
    },
    /// The app is installed anew: what it had not told is gone, and nobody was promised it.
    BeginsAnew {
        device: usize,
    },
    /// What was on its way all the time arrives.
    Arrives,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let device = || 0..DEVICES.len();
    let fate = prop_oneof![
        4 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        2 => Just(Fate::AnswerLost),
        1 => Just(Fate::Doubled),
        1 => Just(Fate::Late),
    ];
    let step = prop_oneof![
        6 => (device(), 0..9_usize, 0..11_i32, -9..9_i64)
            .prop_map(|(device, row, level, days_off)| Step::Writes { device, row, level, days_off }),
        2 => (device(), 0..9_usize).prop_map(|(device, row)| Step::Deletes { device, row }),
        6 => (device(), fate).prop_map(|(device, fate)| Step::Syncs { device, fate }),
        1 => device().prop_map(|device| Step::BeginsAnew { device }),
        1 => Just(Step::Arrives),
    ];
    prop::collection::vec(step, 1..40)
}

/// A row of the tests by a number: few, so that devices meet in them.
fn key(row: usize) -> (&'static str, String) {
    match row {
        0..4 => ("episodes", format!("e{row}")),
        4..6 => ("check_ins", format!("2026-03-0{row}")),
        6..7 => ("treatments", format!("t{row}")),
        _ => ("soreness", format!("e{}.2026-03-02", row - 7)),
    }
}

/// What somebody tells of it, with a mark that nobody else makes.
fn told(table: &str, level: i32, days_off: i64, mark: &str) -> Value {
    let recorded = format!("2026-03-{:02}T08:00:00Z", 10 + days_off);
    match table {
        "episodes" => {
            let onset = format!("2026-03-01T{:02}:30:00Z", level * 2);
            json!({"started_at": onset, "intensity": level, "recorded_at": recorded, "note": mark})
        }
        "check_ins" => json!({"cramp_free": level > 5, "note": mark}),
        "treatments" => {
            json!({"kind": "supplement", "name": format!("Magnesium {level}"), "started_on": "2026-03-01", "note": mark})
        }
        _ => json!({"level": level}),
    }
}

type Rows = BTreeMap<(String, String), Value>;

/// A device and what it has stored.
struct Device {
    speaks: Speaks,
    /// What the service told last.
    known: Rows,
    /// What is to be told: `None` for what was deleted here.
    pending: BTreeMap<(String, String), Option<Value>>,
    cursor: Option<String>,
    timestamp: i64,
    checkpoints: BTreeMap<&'static str, Value>,
}

/// What the service said that it has done, by the mark of a cramp.
type Acknowledged = BTreeSet<(String, String)>;

/// A request that may be lost or come late.
#[derive(Clone)]
struct Sent {
    path: String,
    body: Value,
}

impl Device {
    fn new(speaks: Speaks) -> Self {
        let (known, pending) = (Rows::new(), BTreeMap::new());
        Self { speaks, known, pending, cursor: None, timestamp: 0, checkpoints: BTreeMap::new() }
    }

    async fn pulls(&mut self, caller: &Caller) {
        match self.speaks {
            Speaks::Plain => self.pulls_plain(caller).await,
            Speaks::Watermelon => self.pulls_watermelon(caller).await,
            Speaks::Rxdb => self.pulls_rxdb(caller).await,
        }
    }

    fn learns(&mut self, table: &str, id: &str, row: Option<Value>) {
        let key = (table.to_owned(), id.to_owned());
        match row {
            Some(row) => drop(self.known.insert(key, row)),
            None => drop(self.known.remove(&key)),
        }
    }

    async fn pulls_plain(&mut self, caller: &Caller) {
        loop {
            let since = self.cursor.clone().unwrap_or_else(|| "0".to_owned());
            let page = caller.get(caller.diary().changes_since(&since) + "&limit=3").await.is(200).json();
            for change in page["changes"].as_array().unwrap() {
                let row = Some(change["row"].clone()).filter(|row| !row.is_null());
                self.learns(change["table"].as_str().unwrap(), change["id"].as_str().unwrap(), row);
            }
            self.cursor = page["cursor"].as_str().map(str::to_owned);
            if page["has_more"] == false {
                return;
            }
        }
    }

    async fn pulls_watermelon(&mut self, caller: &Caller) {
        let pulled = caller.get(format!("{}?last_pulled_at={}", caller.diary().watermelon(), self.timestamp)).await;
        let pulled = pulled.is(200).json();
        for (table, changes) in pulled["changes"].as_object().unwrap() {
            for record in changes["updated"].as_array().unwrap() {
                self.learns(table, record["id"].as_str().unwrap(), Some(record.clone()));
            }
            for id in changes["deleted"].as_array().unwrap() {
                let id = id.as_str().unwrap();
                self.learns(table, id, None);
                // The library takes it away, whatever was changed here.
                self.pending.remove(&(table.clone(), id.to_owned()));
            }
        }
        self.timestamp = pulled["timestamp"].as_i64().unwrap();
    }

    async fn pulls_rxdb(&mut self, caller: &Caller) {
        for table in TABLES {
            loop {
                let from = self.checkpoints.get(table).cloned().unwrap_or_else(|| json!({"lwt": 0, "id": ""}));
                let (lwt, id) = (&from["lwt"], from["id"].as_str().unwrap());
                let path = format!("{}?lwt={lwt}&id={id}&limit=3", caller.diary().rxdb(table, "pull"));
                let page = caller.get(path).await.is(200).json();
                let documents = page["documents"].as_array().unwrap();
                for document in documents {
                    let row = Some(document.clone()).filter(|document| document["_deleted"] == false);
                    self.learns(table, document["id"].as_str().unwrap(), row);
                }
                self.checkpoints.insert(table, page["checkpoint"].clone());
                if documents.len() < 3 {
                    break;
                }
            }
        }
    }

    /// The requests that tell what is to be told.
    fn tells(&self, diary: &DiaryPath) -> Vec<Sent> {
        let row_of = |key: &(String, String)| self.known.get(key).cloned();
        match self.speaks {
            Speaks::Plain => {
                let mut changes: Vec<_> = self
                    .pending
                    .iter()
                    .map(|(key, told)| {
                        let base = row_of(key).map_or(json!(0), |row| row["revision"].clone());
                        let op = if told.is_some() { "put" } else { "delete" };
                        json!({"table": key.0, "id": key.1, "op": op, "base_revision": base, "row": told})
                    })
                    .collect();
                // A cramp before the soreness after it.
                changes.sort_by_key(|change| change["table"] == "soreness");
                vec![Sent { path: diary.changes(), body: json!({"changes": changes}) }]
            }
            Speaks::Watermelon => {
                let mut tables = Map::new();
                for (key, told) in &self.pending {
                    let of_table = tables
                        .entry(key.0.clone())
                        .or_insert_with(|| json!({"created": [], "updated": [], "deleted": []}));
                    match told {
                        Some(told) => {
                            let mut record = told.clone();
                            record["id"] = json!(key.1);
                            let list = if row_of(key).is_some() { "updated" } else { "created" };
                            of_table[list].as_array_mut().unwrap().push(record);
                        }
                        None => of_table["deleted"].as_array_mut().unwrap().push(json!(key.1)),
                    }
                }
                let path = format!("{}?last_pulled_at={}", diary.watermelon(), self.timestamp);
                vec![Sent { path, body: Value::Object(tables) }]
            }
            Speaks::Rxdb => TABLES
                .iter()
                .filter_map(|table| {
                    let rows: Vec<_> = self
                        .pending
                        .iter()
                        .filter(|(key, _)| key.0 == *table)
                        .map(|(key, told)| {
                            let mut new = told.clone().unwrap_or_else(|| json!({}));
                            (new["id"], new["_deleted"]) = (json!(key.1), json!(told.is_none()));
                            json!({"newDocumentState": new, "assumedMasterState": row_of(key)})
                        })
                        .collect();
                    let sent = Sent { path: diary.rxdb(table, "push"), body: Value::Array(rows.clone()) };
                    (!rows.is_empty()).then_some(sent)
                })
                .collect(),
        }
    }

    /// Takes in what was answered: what is done need not be told again, and where the service has another thing, that
    /// stands.
    fn hears(&mut self, sent: &Sent, answer: &Answer, acknowledged: &mut Acknowledged) {
        let is_busy = answer.status() == 503 && self.speaks == Speaks::Rxdb;
        let is_late = answer.status() == 409 && self.speaks == Speaks::Watermelon;
        if is_busy || is_late {
            return;
        }
        assert_eq!(answer.status(), 200, "{answer}");
        let mut refused = BTreeSet::new();
        match self.speaks {
            Speaks::Plain => {
                for result in answer.json()["results"].as_array().unwrap() {
                    if result["outcome"] == "conflict" || result["outcome"] == "rejected" {
                        let text = |name: &str| result[name].as_str().unwrap().to_owned();
                        refused.insert((text("table"), text("id")));
                    }
                }
            }
            Speaks::Watermelon => {
                for (table, ids) in answer.json()["experimentalRejectedIds"].as_object().into_iter().flatten() {
                    let ids = ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
                    refused.extend(ids.map(|id| (table.clone(), id)));
                }
            }
            Speaks::Rxdb => {
                let table = sent.path.rsplit('/').nth(1).unwrap();
                for document in answer.json().as_array().unwrap() {
                    let id = document["id"].as_str().unwrap();
                    refused.insert((table.to_owned(), id.to_owned()));
                    let row = Some(document.clone()).filter(|document| document["_deleted"] == false);
                    self.learns(table, id, row);
                }
            }
        }
        let of_it: Vec<_> = self.pending.keys().filter(|key| self.is_told_in(sent, key)).cloned().collect();
        for key in of_it {
            if let Some(Some(told)) = self.pending.remove(&key)
                && key.0 == "episodes"
                && !refused.contains(&key)
            {
                acknowledged.insert((key.1, told["note"].as_str().unwrap().to_owned()));
            }
        }
    }

    fn is_told_in(&self, sent: &Sent, key: &(String, String)) -> bool {
        self.speaks != Speaks::Rxdb || sent.path.rsplit('/').nth(1) == Some(key.0.as_str())
    }
}

/// What the service has, but for what differs between the ways to say it.
fn plain(rows: &Rows) -> BTreeMap<(String, String), Value> {
    let told = ["started_at", "intensity", "note", "cramp_free", "name", "level"];
    let of_people = rows.iter().filter(|((table, _), _)| table != "settings");
    of_people
        .map(|(key, row)| {
            let fields = told.iter().filter_map(|name| Some(((*name).to_owned(), row.get(name)?.clone())));
            (key.clone(), Value::Object(fields.collect()))
        })
        .collect()
}

async fn lives(app: &TestApp, steps: Vec<Step>) {
    let patient = app.patient().await;
    let carer = app.patient().await;
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let carer = carer.keeps(patient.diary().clone());
    let callers = [&patient, &patient, &carer, &carer, &patient];
    let mut devices = DEVICES.map(Device::new);
    let (mut late, mut acknowledged) = (Vec::new(), Acknowledged::new());
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Writes { device, row, level, days_off } => {
                let (table, id) = key(row);
                let told = told(table, level, days_off, &format!("{number} on {device}"));
                devices[device].pending.insert((table.to_owned(), id), Some(told));
            }
            Step::Deletes { device, row } => {
                let (table, id) = key(row);
                devices[device].pending.insert((table.to_owned(), id), None);
            }
            Step::Syncs { device, fate } => {
                for sent in syncs(&mut devices[device], callers[device], fate, &mut acknowledged).await {
                    late.push((device, sent));
                }
            }
            Step::BeginsAnew { device } => devices[device] = Device::new(DEVICES[device]),
            Step::Arrives => {
                for (device, sent) in std::mem::take(&mut late) {
                    send(callers[device], &sent).await;
                }
            }
        }
    }
    for (device, sent) in std::mem::take(&mut late) {
        send(callers[device], &sent).await;
    }
    // Everybody has a network again. What waits for something else is told in the next round.
    for _ in 0..6 {
        for (device, caller) in devices.iter_mut().zip(callers) {
            syncs(device, caller, Fate::Arrives, &mut acknowledged).await;
        }
    }
    for (device, caller) in devices.iter_mut().zip(callers) {
        // Soreness after a cramp that never was can't be told.
        device.pending.retain(|(table, _), _| table != "soreness");
        assert!(device.pending.is_empty(), "a {:?} still has to tell {:?}", device.speaks, device.pending);
        device.pulls(caller).await;
    }
    is_in_step(&patient, &devices, &acknowledged).await;
}

async fn is_in_step(patient: &Caller, devices: &[Device], acknowledged: &Acknowledged) {
    let mut fresh = Device::new(Speaks::Plain);
    fresh.pulls(patient).await;
    for device in devices {
        assert_eq!(plain(&device.known), plain(&fresh.known), "a {:?} has something else", device.speaks);
    }
    let cramps = patient.lists_all(patient.diary().episodes()).await;
    let ids: BTreeSet<_> = cramps.iter().map(|cramp| cramp.id().to_owned()).collect();
    assert_eq!(ids.len(), cramps.len(), "a cramp is doubled");
    for (id, mark) in acknowledged {
        let versions = patient.get(patient.diary().history(id) + "?limit=200").await.is(200).items();
        let is_there = versions.iter().any(|version| version["row"]["note"] == mark.as_str());
        assert!(is_there, "what was acknowledged of {id} is nowhere: {mark}");
    }
    let share =
        patient.learns(patient.diary().path().to_owned() + "/analytics/night-share?from=2026-02-20&to=2026-03-10");
    let (share, at_night) = (share.await, cramps.iter().filter(|cramp| cramp["period"] == "night").count());
    assert_eq!((&share["episodes"], &share["night"]), (&json!(cramps.len()), &json!(at_night)));
}

async fn send(caller: &Caller, sent: &Sent) -> Answer {
    caller.post(&sent.path, sent.body.clone()).await
}

/// A device pulls, and tells what it has; then it has either heard of that or not. What comes late is answered.
async fn syncs(device: &mut Device, caller: &Caller, fate: Fate, acknowledged: &mut Acknowledged) -> Vec<Sent> {
    let mut late = Vec::new();
    device.pulls(caller).await;
    if device.pending.is_empty() {
        return late;
    }
    for sent in device.tells(caller.diary()) {
        match fate {
            Fate::Lost => {}
            Fate::Late => late.push(sent),
            Fate::AnswerLost => drop(send(caller, &sent).await),
            Fate::Arrives => {
                let answer = send(caller, &sent).await;
                device.hears(&sent, &answer, acknowledged);
            }
            Fate::Doubled => {
                send(caller, &sent).await;
                let answer = send(caller, &sent).await;
                device.hears(&sent, &answer, acknowledged);
            }
        }
    }
    device.pulls(caller).await;
    late
}

#[test]
fn devices_with_any_network_are_in_step_in_the_end() {
    let cases = std::env::var("SYNC_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(25);
    let runtime = actix_web::rt::System::new();
    let app = runtime.block_on(TestApp::start_with(&[("ROWS_PER_MINUTE", "0")]));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&steps(), |steps| {
        let life = std::panic::AssertUnwindSafe(|| runtime.block_on(lives(&app, steps)));
        std::panic::catch_unwind(life).map_err(|panic| {
            let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            TestCaseError::fail(why)
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
