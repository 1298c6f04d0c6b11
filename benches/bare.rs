//! A yardstick for `scripts/bench`: what the machine gives to this architecture. Actix and SQLite with a token check, one
//! table, full synchronisation with group commit; no rights, no log, no limits. It is not a service.
//!
//! `bare FOLDER PEOPLE CRAMPS` makes its data, writes a token for each person to `FOLDER/tokens`, and says where it
//! listens.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a yardstick")]

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    net::TcpListener,
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Data, Path},
};
use chrono::DateTime;
use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{Connection, SimpleConnection},
    sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use tokio::sync::oneshot;

const KEY: &[u8] = b"the key of a yardstick, 32 bytes";
const DAY: i64 = 86_400_000_000;
/// The columns of an entry, as many and as long as the service's.
const COLUMNS: &str = "id, started_at, time_zone, duration_seconds, intensity, sites, context, interrupted_sleep,
    sleep_disturbance, triggers, relief, note, local_date, local_minute, revision, created_at, updated_at";

#[derive(QueryableByName, Serialize)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    #[serde(serialize_with = "instant")]
    started_at: i64,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Integer)]
    duration_seconds: i32,
    #[diesel(sql_type = Integer)]
    intensity: i32,
    #[diesel(sql_type = Text)]
    #[serde(serialize_with = "json")]
    sites: String,
    #[diesel(sql_type = Text)]
    context: String,
    #[diesel(sql_type = Integer)]
    interrupted_sleep: i32,
    #[diesel(sql_type = Integer)]
    sleep_disturbance: i32,
    #[diesel(sql_type = Text)]
    #[serde(serialize_with = "json")]
    triggers: String,
    #[diesel(sql_type = Text)]
    #[serde(serialize_with = "json")]
    relief: String,
    #[diesel(sql_type = Nullable<Text>)]
    note: Option<String>,
    #[diesel(sql_type = Text)]
    local_date: String,
    #[diesel(sql_type = Integer)]
    local_minute: i32,
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = BigInt)]
    #[serde(serialize_with = "instant")]
    created_at: i64,
    #[diesel(sql_type = BigInt)]
    #[serde(serialize_with = "instant")]
    updated_at: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's way")]
fn instant<S: Serializer>(micros: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&DateTime::from_timestamp_micros(*micros).unwrap().format("%+"))
}

fn json<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<Value>(text).unwrap().serialize(to)
}

/// The kept sums of a day: its cramps, and those of them in the night that began the day before and in the one that begins on
/// it.
#[derive(QueryableByName)]
struct DaySums {
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = Integer)]
    episodes: i32,
    #[diesel(sql_type = Integer)]
    morning: i32,
    #[diesel(sql_type = Integer)]
    evening: i32,
}

/// What the service's night share counts as well: cramps at night by bouts, with the variance of their share, and nights.
#[derive(Serialize, Default)]
struct Share {
    episodes: i32,
    night: i32,
    days: usize,
    bouts: usize,
    at_night: f64,
    variance: f64,
    nights: usize,
    nights_with: usize,
}

impl Share {
    fn of(days: &[DaySums]) -> Self {
        // A bout has the cramps of a day and of the night that begins on it.
        let mut bouts: Vec<(i64, i32, i32)> = Vec::new();
        let mut add = |day: i64, all: i32, night: i32| match bouts.last_mut() {
            Some(last) if last.0 == day => *last = (day, last.1 + all, last.2 + night),
            _ => bouts.push((day, all, night)),
        };
        for day in days {
            add(day.day - 1, day.morning, day.morning);
            add(day.day, day.episodes - day.morning, day.evening);
        }
        bouts.retain(|bout| bout.1 > 0);
        let (episodes, night) = bouts.iter().fold((0, 0), |sum, bout| (sum.0 + bout.1, sum.1 + bout.2));
        let share = f64::from(night) / f64::from(episodes.max(1));
        let off = |bout: &(i64, i32, i32)| (f64::from(bout.2) - share * f64::from(bout.1)).powi(2);
        let variance = bouts.iter().map(off).sum::<f64>() / f64::from(episodes.max(1)).powi(2);
        let observed = days.windows(2).filter(|two| two[1].day == two[0].day + 1);
        let with = observed.clone().filter(|two| two[0].evening + two[1].morning > 0);
        Self {
            episodes,
            night,
            days: days.len(),
            bouts: bouts.len(),
            at_night: share,
            variance,
            nights: observed.count(),
            nights_with: with.count(),
        }
    }
}

#[derive(Deserialize)]
struct Draft {
    id: String,
    started_at: i64,
    intensity: i32,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
}

struct Write {
    person: String,
    draft: Draft,
    done: oneshot::Sender<Row>,
}

fn open(file: &std::path::Path) -> SqliteConnection {
    let mut db = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    db.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000",
    )
    .unwrap();
    db
}

fn insert(db: &mut SqliteConnection, person: &str, draft: &Draft) {
    sql_query(
        r#"INSERT INTO episodes VALUES (?, ?, ?, 'UTC', 180, ?, '[{"part":"calf","side":"left"}]', 'asleep', 1, 6,
            '["long_walk"]', '[{"measure":"stretching","seconds_to_relief":15}]', NULL, '2026-03-29', 190, 7, ?, ?)"#,
    )
    .bind::<Text, _>(person)
    .bind::<BigInt, _>(draft.started_at)
    .bind::<Text, _>(&draft.id)
    .bind::<Integer, _>(draft.intensity)
    .bind::<BigInt, _>(draft.started_at)
    .bind::<BigInt, _>(draft.started_at)
    .execute(db)
    .unwrap();
    let hour = draft.started_at % DAY * 24 / DAY;
    sql_query(
        "INSERT INTO days VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET episodes = episodes + 1,
             morning = morning + excluded.morning, evening = evening + excluded.evening",
    )
    .bind::<Text, _>(person)
    .bind::<BigInt, _>(draft.started_at / DAY)
    .bind::<Integer, _>(i32::from(hour < 6))
    .bind::<Integer, _>(i32::from(hour >= 22))
    .execute(db)
    .unwrap();
}

fn row(db: &mut SqliteConnection, person: &str, id: &str) -> diesel::QueryResult<Row> {
    sql_query(format!("SELECT {COLUMNS} FROM episodes WHERE person = ? AND id = ?"))
        .bind::<Text, _>(person)
        .bind::<Text, _>(id)
        .get_result(db)
}

/// One commit for all that waits.
fn write(mut db: SqliteConnection, queue: &Receiver<Write>) {
    while let Ok(first) = queue.recv() {
        let group: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(511)).collect();
        db.batch_execute("BEGIN IMMEDIATE").unwrap();
        let mut rows = Vec::new();
        for write in &group {
            insert(&mut db, &write.person, &write.draft);
            rows.push(row(&mut db, &write.person, &write.draft.id).unwrap());
        }
        db.batch_execute("COMMIT").unwrap();
        for (write, row) in group.into_iter().zip(rows) {
            // Who asked may be gone.
            drop(write.done.send(row));
        }
    }
}

struct Shared {
    file: PathBuf,
    key: DecodingKey,
    validation: Validation,
    writes: SyncSender<Write>,
}

thread_local! {
    static DB: RefCell<Option<SqliteConnection>> = const { RefCell::new(None) };
}

/// Reads in place, on a connection that the worker owns.
fn read<T>(shared: &Shared, work: impl FnOnce(&mut SqliteConnection) -> T) -> T {
    DB.with_borrow_mut(|db| work(db.get_or_insert_with(|| open(&shared.file))))
}

fn person(shared: &Shared, request: &HttpRequest) -> Option<String> {
    let token = request.headers().get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
    Some(jsonwebtoken::decode::<Claims>(token, &shared.key, &shared.validation).ok()?.claims.sub)
}

async fn create(shared: Data<Shared>, request: HttpRequest, web::Json(draft): web::Json<Draft>) -> HttpResponse {
    let Some(person) = person(&shared, &request).filter(|_| draft.intensity <= 10) else {
        return HttpResponse::Unauthorized().finish();
    };
    let (done, written) = oneshot::channel();
    shared.writes.send(Write { person, draft, done }).unwrap();
    HttpResponse::Created().json(written.await.unwrap())
}

async fn find(shared: Data<Shared>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let row = read(&shared, |db| row(db, &person, &id));
    row.map_or_else(|_| HttpResponse::NotFound().finish(), |row| HttpResponse::Ok().json(row))
}

async fn list(shared: Data<Shared>, request: HttpRequest) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let rows = read(&shared, |db| {
        sql_query(format!("SELECT {COLUMNS} FROM episodes WHERE person = ? ORDER BY started_at DESC, id DESC LIMIT 50"))
            .bind::<Text, _>(person)
            .load::<Row>(db)
            .unwrap()
    });
    HttpResponse::Ok().json(rows)
}

async fn share(shared: Data<Shared>, request: HttpRequest, query: web::Query<HashMap<String, i64>>) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let days = read(&shared, |db| {
        sql_query(
            "SELECT day, episodes, morning, evening FROM days WHERE person = ? AND day BETWEEN ? AND ? ORDER BY day",
        )
        .bind::<Text, _>(person)
        .bind::<BigInt, _>(query["from"])
        .bind::<BigInt, _>(query["to"])
        .load::<DaySums>(db)
        .unwrap()
    });
    HttpResponse::Ok().json(Share::of(&days))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, folder, people, cramps] = &arguments[..] else { panic!("bare FOLDER PEOPLE CRAMPS") };
    let (people, cramps): (i64, i64) = (people.parse().unwrap(), cramps.parse().unwrap());
    let file = PathBuf::from(folder).join("bare.db");
    let mut db = open(&file);
    db.batch_execute(
        "CREATE TABLE episodes (person TEXT NOT NULL, started_at INTEGER NOT NULL, id TEXT NOT NULL,
            time_zone TEXT, duration_seconds INTEGER, intensity INTEGER, sites TEXT, context TEXT, interrupted_sleep INTEGER,
            sleep_disturbance INTEGER, triggers TEXT, relief TEXT, note TEXT, local_date TEXT, local_minute INTEGER,
            revision INTEGER, created_at INTEGER, updated_at INTEGER,
            PRIMARY KEY (person, started_at, id), UNIQUE (person, id)) STRICT, WITHOUT ROWID;
         CREATE TABLE days (person TEXT NOT NULL, day INTEGER NOT NULL, episodes INTEGER NOT NULL, morning INTEGER NOT NULL,
            evening INTEGER NOT NULL,
            PRIMARY KEY (person, day)) STRICT, WITHOUT ROWID; BEGIN",
    )
    .unwrap();
    let mut tokens = String::new();
    for number in 0..people {
        let sub = format!("person-{number}");
        for number in 0..cramps {
            let started_at = 20_000 * DAY - (cramps - number) * 1_095 * DAY / cramps;
            insert(&mut db, &sub, &Draft { id: format!("load-{number}"), started_at, intensity: 5 });
        }
        let claims = Claims { sub, exp: i64::MAX / 2 };
        tokens +=
            &jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(KEY)).unwrap();
        tokens += "\n";
    }
    db.batch_execute("COMMIT").unwrap();
    fs::write(PathBuf::from(folder).join("tokens"), tokens)?;

    let (writes, queue) = sync_channel(1024);
    thread::spawn(move || write(db, &queue));
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    let shared = Data::new(Shared { file, key: DecodingKey::from_secret(KEY), validation, writes });
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listens on http://{}", listener.local_addr()?);
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .route("/v1/diaries/me/episodes", web::post().to(create))
            .route("/v1/diaries/me/episodes", web::get().to(list))
            .route("/v1/diaries/me/episodes/{id}", web::get().to(find))
            .route("/v1/diaries/me/analytics/night-share", web::get().to(share))
    };
    HttpServer::new(app).listen(listener)?.run().await
}
