//! The same random life on both engines: the same answers, byte for byte. And what SQL it takes.
//!
//! `DIFFERENTIAL_SEED` and `DIFFERENTIAL_OPERATIONS` choose another life.

use std::collections::{BTreeMap, VecDeque};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::{join, join_all};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    sql,
    support::{
        Answer, Caller, TestApp,
        app::{Engine, Postgres, Sqlite},
    },
};

const PEOPLE: u64 = 4;

/// Few, so that the same row is met again; and such as languages sort in other ways than bytes.
const IDS: [&str; 16] = [
    "a",
    "A",
    "b",
    "B",
    "Z",
    "z",
    "a.b",
    "a_b",
    "a-b",
    "ab",
    "aB",
    "0",
    "9",
    "_",
    "-a",
    "0198c0de-00ff-7000-8000-0000000000aa",
];
const TEXTS: [&str; 6] =
    ["", "in the calf", "\u{1f9b5} \"quoted\" \\ 'so'", "Ωμέγα\nnew line", "%_\\", "nul \0 within"];
const ZONES: [&str; 5] = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Europe/Atlantis"];
const DATES: [&str; 9] = [
    "2024-02-01",
    "2024-02-02",
    "2024-02-03",
    "2024-02-28",
    "1970-01-01",
    "0000-01-01",
    "9999-12-31",
    "-0001-01-01",
    "+262142-12-31",
];

#[derive(Debug, Clone)]
struct Operation {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

/// Somebody's life, and what their app remembers.
struct Life {
    random: StdRng,
    tags: BTreeMap<String, String>,
    cursors: BTreeMap<String, String>,
}

impl Life {
    fn chance(&mut self, of_hundred: u32) -> bool {
        self.random.random_range(0..100) < of_hundred
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.choose(&mut self.random).unwrap()
    }

    fn date(&mut self) -> String {
        if self.chance(70) {
            format!("2024-02-{:02}", self.random.random_range(1..=29))
        } else {
            self.one_of(&DATES).to_owned()
        }
    }

    fn onset(&mut self) -> Value {
        match self.random.random_range(0..30) {
            0 => json!("1969-12-31T23:59:59Z"),
            1 => json!("2999-01-01T00:00:00Z"),
            2 => json!("2024-02-30T00:00:00Z"),
            3 => json!(1_700_000_000),
            4 => json!("1970-01-01T00:00:00.000001Z"),
            _ => {
                let micros = self.random.random_range(1_706_700_000_000_000..1_709_300_000_000_000_i64);
                let micros = if self.chance(50) { micros / 1_000_000 * 1_000_000 } else { micros };
                json!(chrono::DateTime::from_timestamp_micros(micros).unwrap().to_rfc3339())
            }
        }
    }

    fn cramp(&mut self) -> Value {
        let mut cramp = json!({"started_at": self.onset()});
        let mut maybe = |life: &mut Self, of_hundred, name: &str, value: Value| {
            if life.chance(of_hundred) {
                cramp[name] = value;
            }
        };
        let value = json!(self.random.random_range(-1..12));
        maybe(self, 60, "intensity", value);
        let value = json!(self.random.random_range(0..90_000));
        maybe(self, 50, "duration_seconds", value);
        let value = json!(self.one_of(&["asleep", "in_bed_awake", "walking", "dreaming"]));
        maybe(self, 50, "context", value);
        let value = [json!(true), json!(false), Value::Null].choose(&mut self.random).unwrap().clone();
        maybe(self, 60, "interrupted_sleep", value);
        let part = self.one_of(&["calf", "foot", "thigh_front", "ear"]);
        maybe(self, 60, "sites", json!([{"part": part, "side": "left"}]));
        let value = json!(self.one_of(&ZONES));
        maybe(self, 30, "time_zone", value);
        let value = json!(self.one_of(&TEXTS));
        maybe(self, 40, "note", value);
        maybe(self, 20, "relief", json!([{"measure": "heat", "seconds_to_relief": 30}]));
        maybe(self, 2, "colour", json!("blue"));
        cramp
    }

    /// One that a device brings.
    fn change(&mut self) -> Value {
        let (id, date) = (self.one_of(&IDS).to_owned(), self.date());
        let (table, id, row) = match self.random.random_range(0..10) {
            0..5 => ("episodes", id, self.cramp()),
            5..7 => ("soreness", format!("{id}.{date}"), json!({"level": self.random.random_range(-1..12)})),
            7..9 => ("check_ins", date, json!({"cramp_free": self.chance(50), "note": self.one_of(&TEXTS)})),
            _ => ("treatments", id, self.treatment()),
        };
        let op = self.one_of(&["put", "put", "patch", "delete"]);
        let mut change = json!({"table": table, "id": id, "op": op, "row": row});
        if self.chance(50) {
            change["base_revision"] = json!(self.random.random_range(0..400));
        }
        change
    }

    fn treatment(&mut self) -> Value {
        let mut treatment = json!({"kind": self.one_of(&["medication", "stretching", "magic"]),
            "name": self.one_of(&TEXTS), "started_on": self.date()});
        if self.chance(40) {
            treatment["ended_on"] = json!(self.date());
        }
        treatment
    }

    fn cursor(&mut self, list: &str) -> Option<String> {
        if self.chance(50) {
            return self.cursors.get(list).cloned();
        }
        // Somebody may make them up, with what marks those of this list.
        let mark = self.cursors.get(list).map(|cursor| URL_SAFE_NO_PAD.decode(&cursor[2..]).unwrap()[..6].to_vec());
        let key = match self.random.random_range(0..8) {
            0 => json!([i64::MAX, "x"]),
            1 => json!([i64::MIN, "\0"]),
            2 => json!([1_706_900_000_000_000_i64, self.one_of(&IDS)]),
            3 => json!(self.one_of(&DATES)),
            4 => json!([self.one_of(&DATES), self.one_of(&IDS)]),
            5 => json!("nul \0"),
            6 => json!({}),
            _ => json!(-1),
        };
        let marked = [mark.unwrap_or_default(), key.to_string().into_bytes()].concat();
        Some(format!("c_{}", URL_SAFE_NO_PAD.encode(marked)))
    }

    fn list(&mut self, path: &str, filters: &[(&str, u32)]) -> Operation {
        let mut query: Vec<String> = Vec::new();
        for (name, of_hundred) in filters {
            if self.chance(*of_hundred) {
                let value = match *name {
                    "from" | "to" => self.date(),
                    "period" => self.one_of(&["night", "evening", "day", "noon"]).to_owned(),
                    "min_intensity" => self.random.random_range(0..12).to_string(),
                    "interrupted_sleep" => self.one_of(&["true", "false", "maybe"]).to_owned(),
                    "part" => self.one_of(&["calf", "thigh_front", "ear"]).to_owned(),
                    _ => self.one_of(&["asc", "desc"]).to_owned(),
                };
                query.push(format!("{name}={}", value.replace('+', "%2B")));
            }
        }
        if self.chance(70) {
            query.push(format!("limit={}", self.random.random_range(1..6)));
        }
        let list = format!("{path}?{}", query.join("&"));
        let cursor = if self.chance(40) { self.cursor(&list) } else { None };
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.operation(Method::GET, format!("{list}{more}"), None)
    }

    fn operation(&mut self, method: Method, path: String, body: Option<Value>) -> Operation {
        let mut headers = Vec::new();
        if let Some(tag) = self.tags.get(&path).cloned().filter(|_| self.chance(30)) {
            let is_new = method == Method::GET || (method == Method::PUT && self.chance(30));
            headers.push(if is_new { ("if-none-match", tag) } else { ("if-match", tag) });
        } else if method != Method::GET && self.chance(4) {
            headers.push(("if-match", "\"1\"".to_owned()));
        } else if method == Method::PUT && self.chance(5) {
            headers.push(("if-none-match", "*".to_owned()));
        }
        Operation { method, path, headers, body }
    }

    fn next(&mut self) -> Operation {
        let d = if self.chance(3) { "/v1/diaries/{other}" } else { "/v1/diaries/me" };
        let id = self.one_of(&IDS);
        let (row, date) = (format!("{d}/episodes/{id}"), self.date());
        match self.random.random_range(0..100) {
            0..18 => {
                let mut cramp = self.cramp();
                cramp["id"] = json!(id);
                self.operation(Method::POST, format!("{d}/episodes"), Some(cramp))
            }
            18..28 => {
                let cramp = self.cramp();
                self.operation(Method::PUT, row, Some(cramp))
            }
            28..35 => {
                let patch = match self.random.random_range(0..4) {
                    0 => json!({"intensity": self.random.random_range(0..11)}),
                    1 => json!({"note": null, "time_zone": self.one_of(&ZONES)}),
                    2 => json!({"started_at": self.onset()}),
                    _ => json!({"sites": [], "context": "resting", "interrupted_sleep": true}),
                };
                self.operation(Method::PATCH, row, Some(patch))
            }
            35..41 => self.operation(Method::DELETE, row, None),
            41..48 => self.operation(Method::GET, row, None),
            48..62 => {
                let filters = [
                    ("from", 30),
                    ("to", 30),
                    ("period", 20),
                    ("min_intensity", 20),
                    ("interrupted_sleep", 20),
                    ("part", 20),
                    ("order", 50),
                ];
                self.list(&format!("{d}/episodes"), &filters)
            }
            62..70 => {
                let report = json!({"level": self.random.random_range(-1..12), "tender_to_touch": self.chance(50)});
                self.operation(Method::PUT, format!("{row}/soreness/{date}"), Some(report))
            }
            70..72 => self.operation(Method::DELETE, format!("{row}/soreness/{date}"), None),
            72..74 => self.list(&format!("{row}/soreness"), &[]),
            74..79 => {
                let triggers = [self.one_of(&["long_walk", "heat", "Heat"])];
                let report = json!({"cramp_free": self.chance(60), "triggers": triggers, "note": self.one_of(&TEXTS)});
                self.operation(Method::PUT, format!("{d}/check-ins/{date}"), Some(report))
            }
            79..81 => self.operation(Method::DELETE, format!("{d}/check-ins/{date}"), None),
            81..84 => self.list(&format!("{d}/check-ins"), &[("from", 40), ("to", 40)]),
            84..88 => {
                let treatment = self.treatment();
                let method = if self.chance(70) { Method::PUT } else { Method::DELETE };
                let body = (method == Method::PUT).then_some(treatment);
                self.operation(method, format!("{d}/treatments/{id}"), body)
            }
            88..90 => self.list(&format!("{d}/treatments"), &[]),
            90..92 => self.operation(Method::GET, format!("{d}/prompts?on={}", date.replace('+', "%2B")), None),
            92..94 => {
                let patch = match self.random.random_range(0..3) {
                    0 => json!({"time_zone": self.one_of(&ZONES)}),
                    1 => json!({"night_start": format!("{:02}:30", self.random.random_range(18..25))}),
                    _ => json!({"display_name": self.one_of(&TEXTS), "night_end": "07:15"}),
                };
                self.operation(Method::PATCH, d.to_owned(), Some(patch))
            }
            94..95 => self.operation(Method::GET, d.to_owned(), None),
            95..96 => self.operation(Method::GET, format!("{row}/history"), None),
            96..97 => {
                let limit = self.random.random_range(1..200);
                self.operation(Method::GET, format!("{d}/changes?limit={limit}"), None)
            }
            97..98 => {
                let table = self.one_of(&["episodes", "soreness", "check_ins", "treatments", "settings"]);
                let (lwt, limit) = (self.random.random_range(0..400), self.random.random_range(1..9));
                self.operation(Method::GET, format!("{d}/sync/rxdb/{table}/pull?lwt={lwt}&id={id}&limit={limit}"), None)
            }
            98..99 => {
                let changes: Vec<_> = (0..self.random.random_range(1..9)).map(|_| self.change()).collect();
                self.operation(Method::POST, format!("{d}/changes"), Some(json!({"changes": changes})))
            }
            _ => {
                let query = format!("from={date}&to={}", self.date()).replace('+', "%2B");
                self.operation(Method::GET, format!("{d}/analytics/night-share?{query}"), None)
            }
        }
    }

    fn remember(&mut self, operation: &Operation, answer: &Answer) {
        if let Some(tag) = answer.header("etag") {
            self.tags.insert(operation.path.clone(), tag.to_owned());
        }
        let list = operation.path.split("&cursor=").next().unwrap();
        if answer.status == 200 && operation.method == Method::GET {
            if let Some(cursor) = answer.json()["next_cursor"].as_str() {
                self.cursors.insert(list.to_owned(), cursor.to_owned());
            } else {
                self.cursors.remove(list);
            }
        }
    }
}

/// A person at one of the applications, and a stranger's diary there.
struct There {
    person: Caller,
    other: String,
}

impl There {
    async fn of<E: Engine>(app: &TestApp<E>) -> Self {
        Self { person: app.patient().await, other: app.patient().await.diary().id().to_owned() }
    }

    async fn send(&self, operation: &Operation) -> Answer {
        let mut request = self.person.request(operation.method.clone(), operation.path.replace("{other}", &self.other));
        if let Some(body) = &operation.body {
            request = request.json(body);
            if operation.method == Method::PATCH {
                request = request.header("content-type", "application/merge-patch+json");
            }
        }
        for (name, value) in &operation.headers {
            request = request.header(name, value);
        }
        request.await
    }

    /// What must be the same at both: all but the ids that servers make, and when it was.
    fn comparable(&self, answer: &Answer) -> String {
        let mut text = String::from_utf8(answer.body.clone()).unwrap();
        for name in ["request_id", "created_at", "updated_at", "written_at", "cursor"] {
            text = without(&text, &format!("\"{name}\":\""));
        }
        let headers = ["etag", "link", "location", "content-type", "retry-after"].map(|name| answer.header(name));
        let text = format!("{} {headers:?}\n{text}", answer.status);
        text.replace(self.person.diary().id(), "{mine}").replace(&self.other, "{other}")
    }
}

/// Takes out the texts behind a name.
fn without(text: &str, name: &str) -> String {
    let mut parts = text.split(name);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    kept
}

async fn live(seed: u64, person: u64, operations: usize, on_sqlite: There, on_postgres: There) -> BTreeMap<u16, usize> {
    let mut life = Life {
        random: StdRng::seed_from_u64(seed.wrapping_add(person)),
        tags: BTreeMap::new(),
        cursors: BTreeMap::new(),
    };
    let mut past: VecDeque<String> = VecDeque::new();
    let mut statuses = BTreeMap::new();
    for number in 0..operations {
        let operation = life.next();
        let (one, other) = join(on_sqlite.send(&operation), on_postgres.send(&operation)).await;
        let (left, right) = (on_sqlite.comparable(&one), on_postgres.comparable(&other));
        past.push_back(format!("{number} {operation:?} -> {}", one.status));
        if past.len() > 30 {
            past.pop_front();
        }
        assert!(
            left == right,
            "DIFFERENTIAL_SEED={seed}, person {person}: SQLite and PostgreSQL differ\n\n{left}\n\n{right}\n\nafter\n{}",
            past.make_contiguous().join("\n")
        );
        *statuses.entry(one.status).or_default() += 1;
        life.remember(&operation, &one);
    }
    statuses
}

#[actix_web::test]
async fn the_same_life_gives_the_same_answers_on_both_engines() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let seed = number("DIFFERENTIAL_SEED").unwrap_or_else(|| rand::rng().next_u64());
    let operations = usize::try_from(number("DIFFERENTIAL_OPERATIONS").unwrap_or(10_000)).unwrap();
    println!("DIFFERENTIAL_SEED={seed} DIFFERENTIAL_OPERATIONS={operations}");

    sql::watch();
    let (sqlite, postgres) = (TestApp::<Sqlite>::start().await, TestApp::<Postgres>::start().await);
    let mut lives = Vec::new();
    for person in 0..PEOPLE {
        let (here, there) = (There::of(&sqlite).await, There::of(&postgres).await);
        lives.push(live(seed, person, operations / usize::try_from(PEOPLE).unwrap(), here, there));
    }
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for (status, count) in join_all(lives).await.into_iter().flatten() {
        *statuses.entry(status).or_default() += count;
    }
    println!("{statuses:?}");
    if operations >= 10_000 {
        for status in [200, 201, 204, 304, 404, 409, 410, 412, 422] {
            assert!(statuses.contains_key(&status), "nothing was answered with {status}: {statuses:?}");
        }
    }
    sql::names_the_diary_everywhere();
}
