//! A yardstick for `scripts/bench`: what the machine gives to this architecture. Actix and SQLite with a token check, one
//! table, full synchronisation with group commit; no rights, no log, no limits. It is not a service.
//!
//! `bare FOLDER PEOPLE CRAMPS` makes its data, writes a token for each person to `FOLDER/tokens`, and says where it
//! listens.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a yardstick")]

use std::{cell::RefCell, collections::HashMap, fs, net::TcpListener, path::PathBuf, thread};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Data, Json, Path},
};
use crossbeam_channel::{Sender, bounded};
use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{Connection, SimpleConnection},
    sql_query,
    sql_types::{BigInt, Integer, Text},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

const KEY: &[u8] = b"the key of a yardstick, 32 bytes";
const DAY: i64 = 86_400_000_000;
/// What an entry says besides its onset, as long as the service's.
const REST: &str = r#"{"time_zone":"UTC","duration_seconds":180,"intensity":7,"sites":[{"part":"calf","side":"left"}],"context":"asleep","interrupted_sleep":true,"sleep_disturbance":6,"triggers":["long_walk"],"relief":[{"measure":"stretching","seconds_to_relief":15}],"note":null,"local_date":"2026-03-29","local_time":"03:10","night_of":"2026-03-28","period":"night","soreness":{"days_logged":0,"peak":null,"last_level":null,"resolved_day":null},"revision":7,"created_at":"2026-03-29T08:00:00.000000Z","updated_at":"2026-03-29T08:00:00.000000Z"}"#;

#[derive(QueryableByName, Serialize)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    started_at: i64,
    #[diesel(sql_type = Text)]
    rest: String,
}

#[derive(QueryableByName, Serialize)]
struct Share {
    #[diesel(sql_type = BigInt)]
    episodes: i64,
    #[diesel(sql_type = BigInt)]
    night: i64,
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
    done: oneshot::Sender<()>,
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
    sql_query("INSERT INTO episodes VALUES (?, ?, ?, ?)")
        .bind::<Text, _>(person)
        .bind::<BigInt, _>(draft.started_at)
        .bind::<Text, _>(&draft.id)
        .bind::<Text, _>(REST)
        .execute(db)
        .unwrap();
    let night = i32::from(draft.started_at % DAY < DAY / 4);
    sql_query("INSERT INTO days VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET episodes = episodes + 1, night = night + excluded.night")
        .bind::<Text, _>(person)
        .bind::<BigInt, _>(draft.started_at / DAY)
        .bind::<Integer, _>(night)
        .execute(db)
        .unwrap();
}

/// One commit for all that waits.
fn write(mut db: SqliteConnection, queue: &crossbeam_channel::Receiver<Write>) {
    while let Ok(first) = queue.recv() {
        let group: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(511)).collect();
        db.batch_execute("BEGIN IMMEDIATE").unwrap();
        for write in &group {
            insert(&mut db, &write.person, &write.draft);
        }
        db.batch_execute("COMMIT").unwrap();
        for write in group {
            // Who asked may be gone.
            let _ = write.done.send(());
        }
    }
}

struct Shared {
    file: PathBuf,
    key: DecodingKey,
    validation: Validation,
    writes: Sender<Write>,
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

async fn create(shared: Data<Shared>, request: HttpRequest, Json(draft): Json<Draft>) -> HttpResponse {
    let Some(person) = person(&shared, &request).filter(|_| draft.intensity <= 10) else {
        return HttpResponse::Unauthorized().finish();
    };
    let (done, written) = oneshot::channel();
    let (id, started_at) = (draft.id.clone(), draft.started_at);
    shared.writes.send(Write { person, draft, done }).unwrap();
    written.await.unwrap();
    HttpResponse::Created().json(Row { id, started_at, rest: REST.to_owned() })
}

async fn find(shared: Data<Shared>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let row = read(&shared, |db| {
        sql_query("SELECT id, started_at, rest FROM episodes WHERE person = ? AND id = ?")
            .bind::<Text, _>(person)
            .bind::<Text, _>(id.as_str())
            .get_result::<Row>(db)
    });
    row.map_or_else(|_| HttpResponse::NotFound().finish(), |row| HttpResponse::Ok().json(row))
}

async fn list(shared: Data<Shared>, request: HttpRequest) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let rows = read(&shared, |db| {
        sql_query(
            "SELECT id, started_at, rest FROM episodes WHERE person = ? ORDER BY started_at DESC, id DESC LIMIT 50",
        )
        .bind::<Text, _>(person)
        .load::<Row>(db)
        .unwrap()
    });
    HttpResponse::Ok().json(rows)
}

async fn share(shared: Data<Shared>, request: HttpRequest, query: web::Query<HashMap<String, i64>>) -> HttpResponse {
    let Some(person) = person(&shared, &request) else { return HttpResponse::Unauthorized().finish() };
    let share = read(&shared, |db| {
        sql_query("SELECT coalesce(sum(episodes), 0) AS episodes, coalesce(sum(night), 0) AS night FROM days WHERE person = ? AND day BETWEEN ? AND ?")
            .bind::<Text, _>(person)
            .bind::<BigInt, _>(query["from"])
            .bind::<BigInt, _>(query["to"])
            .get_result::<Share>(db)
            .unwrap()
    });
    HttpResponse::Ok().json(share)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, folder, people, cramps] = &arguments[..] else { panic!("bare FOLDER PEOPLE CRAMPS") };
    let (people, cramps): (i64, i64) = (people.parse().unwrap(), cramps.parse().unwrap());
    let file = PathBuf::from(folder).join("bare.db");
    let mut db = open(&file);
    db.batch_execute(
        "CREATE TABLE episodes (person TEXT NOT NULL, started_at INTEGER NOT NULL, id TEXT NOT NULL, rest TEXT NOT NULL,
            PRIMARY KEY (person, started_at, id), UNIQUE (person, id)) STRICT, WITHOUT ROWID;
         CREATE TABLE days (person TEXT NOT NULL, day INTEGER NOT NULL, episodes INTEGER NOT NULL, night INTEGER NOT NULL,
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

    let (writes, queue) = bounded(1024);
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
