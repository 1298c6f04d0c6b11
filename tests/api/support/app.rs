//! A real server on a port of its own, with a database of its own and a clock that can be moved.

use std::{
    fs,
    marker::PhantomData,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{
    dev::ServerHandle,
    rt::System,
    web::{Data, ServiceConfig},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cramp_diary::{
    access::{
        clients::model::RedirectUri,
        mail::model::{Outgoing, Sent},
        passwords::Cost,
    },
    exchange::webhooks::noticing,
    foundation::{clock::Clock, fields::FromJson, ids::Id, values::Name},
    people::{
        mail::{
            letters::{Text as Letter, compose},
            sender,
        },
        oauth::clients,
    },
    service::{Service, app, config::Config, housekeeping, made_up::demo, reclocking, serving},
    storage::{Address, Options, Store},
};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{InstrumentationEvent, SimpleConnection},
    sql_types::Text,
};
use serde_json::{Value, json};

use super::{
    client::{self, Caller, ORIGIN, PASSWORD},
    contract::keeps_to_the_contract,
    postgres,
};

/// Which database an application under test has.
pub trait Engine {
    /// Where it is, for settings, and what to keep as long as it is needed. `None` is the default: SQLite in the folder.
    fn database() -> Option<postgres::Database>;
}

/// Tests on the default, SQLite.
pub struct Sqlite;

impl Engine for Sqlite {
    fn database() -> Option<postgres::Database> {
        None
    }
}

/// Tests on PostgreSQL.
pub struct Postgres;

impl Engine for Postgres {
    fn database() -> Option<postgres::Database> {
        Some(postgres::Database::migrated(|url| {
            let address = Address::parse(url).unwrap();
            drop(Store::open(&Options::of(address)).unwrap());
        }))
    }
}

/// A running application. It stops when it goes out of scope.
pub struct TestApp<E> {
    running: Option<Running>,
    config: Config,
    more: fn(&mut ServiceConfig),
    address: SocketAddr,
    clock: Clock,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    database: Option<postgres::Database>,
    engine: PhantomData<E>,
}

struct Running {
    server: ServerHandle,
    service: Arc<Service>,
    thread: JoinHandle<()>,
}

impl<E: Engine> TestApp<E> {
    /// With an empty database and no limit on signing in, nor on dividing the day anew. Passwords are hashed as cheaply as can be, which is half of what
    /// the tests would do all day; the drills run the program as it is.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With further settings, named as in the environment without the prefix.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_with_routes(settings, |_| {}).await
    }

    /// With further settings and routes of the test's own; they begin with `/test/`.
    #[expect(clippy::unused_async, reason = "a test starts it in the same way as the others")]
    pub async fn start_with_routes(settings: &[(&str, &str)], more: fn(&mut ServiceConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_str().unwrap();
        let database = E::database();
        let mut defaults = vec![
            ("LISTEN", "127.0.0.1:0"),
            ("PUBLIC_URL", ORIGIN),
            ("DATA_DIR", data_dir),
            ("AUTH_PER_MINUTE", "0"),
            ("DIVISIONS_PER_MINUTE", "0"),
        ];
        if let Some(database) = &database {
            for keys in ["signing.key", "secrets.key"] {
                make_key(&folder.path().join(keys));
            }
            defaults.push(("DATABASE_URL", &database.url));
        }
        let environment = defaults.iter().chain(settings);
        let environment = environment.map(|(name, value)| (format!("CRAMP_DIARY_{name}"), (*value).to_owned()));
        let mut config = Config::read(environment, "").unwrap();
        assert_eq!(std::mem::replace(&mut config.password_cost, Cost::LEAST), Cost::STANDARD);
        let clock = Clock::system();
        let (address, running) = Running::start(config.listen, config.clone(), clock.clone(), more);
        let http = client::http(Duration::from_secs(30)).build().unwrap();
        Self { running: Some(running), config, more, address, clock, http, folder, database, engine: PhantomData }
    }

    /// Adds the people of the demo, and answers with what is printed about them. As with `serve --demo`, nobody serves
    /// meanwhile: what was made up of long ago has run out, and would be cleared away before it was used.
    pub async fn has_the_demo(&mut self) -> String {
        self.close();
        let printed = {
            let service = Service::open(self.config.clone(), self.clock.clone()).await.unwrap();
            demo::fill(&service).await.unwrap()
        };
        self.restart().await;
        printed
    }

    /// What `cramp-diary reclock` says besides its last line.
    pub async fn reclocks(&self, dry_run: bool) -> Vec<String> {
        let service = &self.running.as_ref().unwrap().service;
        let mut told = Vec::new();
        let tell = |line: &str| {
            told.push(line.trim_end().to_owned());
            Ok(())
        };
        reclocking::note_rules(&service.store, &service.clock).await.unwrap();
        reclocking::reclock(&service.store, &service.clock, dry_run, tell).await.unwrap();
        let last = told.pop().unwrap();
        let outcome = if dry_run { "would be put right" } else { "put right" };
        let right = told.iter().filter(|line| !line.contains("stays")).count();
        assert!(last.contains(&format!(" {outcome}: {right}")), "{last}");
        assert!(last.contains(&format!("; stay wrong: {}; ", told.len() - right)), "{last}");
        told
    }

    /// Registers an app of others, as `cramp-diary client add` does; its id, and its secret if it keeps one.
    pub async fn registers(&self, redirect_uri: &str, keeps_secret: bool) -> (String, Option<String>) {
        let service = &self.running.as_ref().unwrap().service;
        let name = Name::from_json(&Value::from("Sleep Log")).unwrap();
        let said = (name, vec![RedirectUri::parse(redirect_uri).unwrap()]);
        let added = clients::add(&service.store, said, keeps_secret, service.clock.now()).await.unwrap();
        (added.0.id.to_string(), added.1.map(|secret| secret.to_secret().expose().to_owned()))
    }

    /// Takes an app off, as `cramp-diary client remove` does.
    pub async fn removes_app(&self, id: &str) {
        let service = &self.running.as_ref().unwrap().service;
        clients::remove(&service.store, Id::parse(id).unwrap()).await.unwrap();
    }

    /// Stops the server and starts another one on the same data and at the same address.
    pub async fn restart(&mut self) {
        self.close();
        // The client gets to see that its connections are gone.
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        let (config, clock) = (self.config.clone(), self.clock.clone());
        self.running = Some(Running::start(self.address, config, clock, self.more).1);
    }

    /// Stops the server; its database is closed when this returns.
    pub fn close(&mut self) {
        close(&mut self.running);
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The folder with the database and the signing key.
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Where the database is, when it is PostgreSQL.
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| &*database.url)
    }

    /// Does with the database what the service never does, and says what one value comes of it.
    pub fn sql(&self, statement: &str) -> String {
        #[derive(QueryableByName)]
        struct One {
            #[diesel(sql_type = Text)]
            value: String,
        }
        if let Some(database) = &self.database {
            return postgres::sql(&database.url, statement);
        }
        let file = self.folder.path().join("cramp-diary.db");
        let mut db = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        // What a test asks is not what the service asks, which is watched.
        db.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        db.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        let Some(what) = statement.strip_prefix("SELECT ") else {
            db.batch_execute(statement).unwrap();
            return String::new();
        };
        let (value, rest) = what.split_once(" FROM ").unwrap();
        let query = format!("SELECT CAST({value} AS TEXT) AS value FROM {rest}");
        diesel::sql_query(query).get_result::<One>(&mut db).unwrap().value
    }

    /// So many more diaries, `z1` and so on, that are all shared with somebody as one is already.
    pub fn has_diaries_shared_with(&self, holder: &Caller, count: u32) {
        self.has_diaries_shared_as("z", holder, count);
    }

    /// The same, with ids that begin like this.
    pub fn has_diaries_shared_as(&self, prefix: &str, holder: &Caller, count: u32) {
        let many = format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS many"
        );
        let shared = format!("diary_id = (SELECT min(diary_id) FROM grants WHERE user_id = '{}')", holder.user_id());
        for (table, key, more) in [
            (
                "diaries",
                "id",
                "owner_id, display_name, time_zone, night_start, night_end, evening_start, revision, complete_since, \
                 created_at, updated_at, size",
            ),
            (
                "consents",
                "diary_id",
                "id, kind, role, label, visible_from, include_notes, access_until, words_version, language, given_at, \
                 open_until, accepted_at, accepted_by, accepted_name, accepted_email, withdrawn_at, withdrawn_by",
            ),
            ("grants", "diary_id", "user_id, role, created_at, id, access_until, visible_from, include_notes"),
        ] {
            let that = if table == "diaries" { shared.replacen("diary_id", "id", 1) } else { shared.clone() };
            let that = if table == "grants" { format!("{that} AND role <> 'owner'") } else { that };
            self.sql(&format!(
                "INSERT INTO {table} ({key}, {more}) SELECT '{prefix}' || i, {more} FROM {table}, {many} WHERE {that}"
            ));
        }
    }

    /// From now on, `event` (such as `UPDATE ON sessions`) finds no room on the disk where `when` holds of the row.
    pub fn has_no_room_for(&self, event: &str, when: &str) {
        if self.database.is_none() {
            let told = "SELECT RAISE(ABORT, 'database or disk is full')";
            self.sql(&format!("CREATE TRIGGER no_room BEFORE {event} WHEN {when} BEGIN {told}; END"));
            return;
        }
        self.sql(
            "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE 'no room' USING ERRCODE = '53100'; END $$",
        );
        self.sql(&format!(
            "CREATE TRIGGER no_room BEFORE {event} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION no_room()"
        ));
    }

    /// The bytes of a text, as SQL.
    pub fn bytes_of(&self, text: &str) -> String {
        format!("CAST({text} AS {})", if self.database.is_some() { "bytea" } else { "BLOB" })
    }

    /// There is room on the disk again for a table.
    pub fn has_room_again_for(&self, table: &str) {
        let on = if self.database.is_some() { format!(" ON {table}") } else { String::new() };
        self.sql(&format!("DROP TRIGGER no_room{on}"));
    }

    /// Whether a text stands anywhere in the database: in its rows, and with SQLite also in what files keep of old ones.
    pub fn database_holds(&self, text: &str) -> bool {
        if let Some(database) = &self.database {
            return database.dump().contains(text);
        }
        self.files().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    }

    /// What is in the files of SQLite's database.
    fn files(&self) -> impl Iterator<Item = Vec<u8>> {
        let files = self.folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|file| file.file_name().unwrap().to_string_lossy().starts_with("cramp-diary.db"))
            .filter_map(|file| std::fs::read(file).ok())
    }

    /// The same of bytes in a column.
    pub fn database_holds_bytes(&self, bytes: &[u8]) -> bool {
        if let Some(database) = &self.database {
            // As a dump writes them.
            return database.dump().contains(&hex(bytes));
        }
        self.files().any(|file| file.windows(bytes.len()).any(|window| window == bytes))
    }

    /// Bytes, as SQL.
    pub fn literal(&self, bytes: &[u8]) -> String {
        let hex = hex(bytes);
        if self.database.is_some() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") }
    }

    /// Does with what an older version left what a start does.
    pub async fn catches_up(&self) {
        let service = &self.running.as_ref().unwrap().service;
        serving::catch_up(&service.store, &service.clock).await.unwrap();
    }

    /// Clears away what has run out, as the service does every ten minutes.
    pub async fn clears_away(&self) {
        let service = &self.running.as_ref().unwrap().service;
        housekeeping::clear(&service.store, service.clock.now(), service.config.tombstones).await;
    }

    /// Looks which diaries changed that webhooks listen to, as the service does every second.
    pub async fn notices_changes(&self) {
        let service = &self.running.as_ref().unwrap().service;
        noticing::round(&service.store, service.clock.now()).await.unwrap();
    }

    /// With a mail server, which no test of these talks to: [`Self::mail`] is what would be sent there.
    pub async fn start_with_mail() -> Self {
        Self::start_with(&[("SMTP_URL", "smtp://127.0.0.1:1"), ("MAIL_FROM", "diary@example.org")]).await
    }

    /// The mails that are to be sent by now, each as it is read; they are as good as sent.
    pub async fn mail(&self) -> Vec<Mail> {
        let service = &self.running.as_ref().unwrap().service;
        let mut mails = Vec::new();
        while let Some(taken) = sender::take(&service.store, &service.clock).await.unwrap() {
            for letter in taken {
                mails.push(Mail::of(&letter, &service.config));
                sender::settle(&service.store, &service.clock, &letter, Sent::Taken).await.unwrap();
            }
        }
        mails
    }

    /// The same, by a process that dies before it can note that they are sent.
    pub async fn takes_mail_and_dies(&self) -> Vec<Mail> {
        let service = &self.running.as_ref().unwrap().service;
        let taken = sender::take(&service.store, &service.clock).await.unwrap().unwrap_or_default();
        taken.iter().map(|letter| Mail::of(letter, &service.config)).collect()
    }

    /// The one mail that is to be sent by now.
    pub async fn only_mail(&self) -> Mail {
        let mut mails = self.mail().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }

    /// Does to the rows of the ledger what four hundred days do.
    pub fn forgets_what_ended(&self) {
        self.sql(if self.database.is_some() {
            "DELETE FROM endings"
        } else {
            "PRAGMA secure_delete = ON; DELETE FROM endings"
        });
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The server's time.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now().utc()
    }

    /// Today's date in UTC, `days` later.
    pub fn today_plus(&self, days: i64) -> String {
        (self.now() + chrono::Duration::days(days)).date_naive().to_string()
    }

    /// Somebody without an account.
    pub fn nobody(&self) -> Caller {
        Caller::new(self.http.clone(), self.address, keeps_to_the_contract)
    }

    /// A patient who just registered, in UTC.
    pub async fn patient(&self) -> Caller {
        self.patient_in("UTC").await
    }

    /// A patient who lives in a time zone.
    pub async fn patient_in(&self, zone: &str) -> Caller {
        self.registered(json!({"kind": "patient", "time_zone": zone})).await
    }

    /// A clinician who just registered.
    pub async fn clinician(&self) -> Caller {
        self.registered(json!({"kind": "clinician"})).await
    }

    async fn registered(&self, mut account: Value) -> Caller {
        account["email"] = json!(fresh_email());
        account["password"] = json!(PASSWORD);
        Caller::registers(self.nobody(), account).await
    }
}

/// A mail, as somebody reads it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What its Message-ID begins with.
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    fn of(letter: &Outgoing, config: &Config) -> Self {
        let Letter { subject, plain, html } = compose(letter, &config.public_url);
        Self { id: letter.id.to_string(), to: letter.address.as_str().to_owned(), subject, text: plain, html }
    }

    /// Where its one link leads, and the token in it.
    pub fn link(&self) -> (String, String) {
        let link = self.text.lines().find(|line| line.starts_with("http")).unwrap_or_else(|| panic!("{}", self.text));
        assert!(self.html.contains(&format!("<a href=\"{link}\">")), "{}", self.html);
        let (page, token) = link.split_once("?token=").unwrap();
        (format!("/{}", page.rsplit('/').next().unwrap()), token.to_owned())
    }

    /// The token of its link.
    pub fn token(&self) -> String {
        self.link().1
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// What an operator does for processes that share a database.
fn make_key(file: &Path) {
    let secret: [u8; 32] = rand::random();
    fs::write(file, format!("test {}\n", URL_SAFE_NO_PAD.encode(secret))).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// An address that no other test uses.
pub fn fresh_email() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("person-{}@example.org", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl<E> Drop for TestApp<E> {
    fn drop(&mut self) {
        close(&mut self.running);
    }
}

fn close(running: &mut Option<Running>) {
    if let Some(running) = running.take() {
        running.stop();
    }
}

impl Running {
    /// The server has a thread and a runtime of its own, so that nothing of it outlives the test.
    fn start(address: SocketAddr, config: Config, clock: Clock, more: fn(&mut ServiceConfig)) -> (SocketAddr, Self) {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let listener = TcpListener::bind(address).unwrap();
                let address = listener.local_addr().unwrap();
                let service = Arc::new(Service::open(config, clock).await.unwrap());
                let shared = service.clone();
                let server = app::serve(service, listener, more).unwrap();
                tell.send((address, server.handle(), shared)).unwrap();
                server.await.unwrap();
            });
        });
        let (address, server, service) = told.recv().expect("the server starts");
        (address, Self { server, service, thread })
    }

    fn stop(self) {
        drop(self.server.stop(false));
        let outcome = self.thread.join();
        // Workers end on their own. The last to hold the service closes the database, so let that be us.
        for _ in 0..5_000 {
            if is_ours_alone(&self.service) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if !std::thread::panicking() {
            outcome.unwrap();
            assert!(is_ours_alone(&self.service), "the server did not let go of its service");
        }
    }
}

/// Whether nobody else holds the service, nor its database.
fn is_ours_alone(service: &Arc<Service>) -> bool {
    Arc::strong_count(service) == 1 && Arc::strong_count(&service.store) == 1
}
