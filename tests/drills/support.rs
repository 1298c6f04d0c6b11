//! The real binary in a folder of its own, the people who use it, and connections below HTTP.

use std::{
    fs::{self, File, OpenOptions},
    future::Future,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{PoisonError, RwLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

pub const PASSWORD: &str = "a lantern beside the quiet harbour";
/// A start takes a fraction of a second; machines that run tests may be busy.
const LONGEST_START: Duration = Duration::from_secs(30);

static MACHINE: RwLock<()> = RwLock::new(());

/// Runs a drill, perhaps beside others.
pub fn drill(work: impl Future<Output = ()>) {
    let _beside = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    run(work);
}

/// Runs a drill that takes the whole machine or measures time.
pub fn drill_alone(work: impl Future<Output = ()>) {
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    run(work);
}

fn run(work: impl Future<Output = ()>) {
    // Clients go on while a drill waits for a process.
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}

/// A folder to run the service in.
pub struct Home {
    folder: tempfile::TempDir,
    data: PathBuf,
    database: Option<String>,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self { folder, data, database: None }
    }

    /// One of several nodes that share a database and its key.
    pub fn of_node(database: &str) -> Self {
        let home = Self { database: Some(database.to_owned()), ..Self::new() };
        fs::create_dir(&home.data).unwrap();
        let mut key =
            OpenOptions::new().create_new(true).write(true).mode(0o600).open(home.data("signing.key")).unwrap();
        writeln!(key, "shared {}", "k".repeat(43)).unwrap();
        home
    }

    /// One whose data lies elsewhere.
    pub fn with_data_in(data: &Path) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), data: data.to_owned(), database: None }
    }

    /// A file beside the data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of the data.
    pub fn data(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.data("cramp-diary.db")
    }

    /// The binary, with settings of this folder and none from outside.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cramp-diary"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CRAMP_DIARY_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CRAMP_DIARY_DATA_DIR", &self.data)
            .env("CRAMP_DIARY_LISTEN", "127.0.0.1:0")
            .env("CRAMP_DIARY_AUTH_PER_MINUTE", "0")
            .env("CRAMP_DIARY_LOG", "warn")
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("CRAMP_DIARY_DATABASE_URL", database);
            // Tokens name who issued them: all nodes together.
            command.env("CRAMP_DIARY_PUBLIC_URL", "https://diary.example");
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }

    /// Starts the service and waits until it listens.
    pub fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// The same with other settings.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Server {
        let settings = settings.iter().map(|(name, value)| (format!("CRAMP_DIARY_{name}"), value));
        Self::serving(self.command(&[]).envs(settings), self.path("log.txt"))
    }

    /// Starts the service on made-up people, in a folder of its own below `tmp`.
    pub fn start_demo(&self) -> Server {
        Self::serving(&mut self.demo(), self.path("log.txt"))
    }

    /// The command of it, whatever database the settings name.
    pub fn demo(&self) -> Command {
        fs::create_dir_all(self.path("tmp")).unwrap();
        let mut command = self.command(&["serve", "--demo"]);
        command.env("TMPDIR", self.path("tmp")).env("CRAMP_DIARY_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
        command
    }

    /// What lies below `tmp`.
    pub fn thrown_away(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn serving(command: &mut Command, log: PathBuf) -> Server {
        let stderr = OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        // From here on, the process ends with this value.
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Server { child, address, ready_after: begun.elapsed(), lines, log };
        let line = server.line();
        server.ready_after = begun.elapsed();
        let url = line.strip_prefix("cramp-diary listens on http://").unwrap_or_else(|| panic!("{line}"));
        server.address = url.parse().unwrap();
        server
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn succeeds(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }

    /// Exit 1 and one line with these words in it.
    #[track_caller]
    pub fn is_refused_over(&self, words: &str) {
        let one_line = self.err.ends_with('\n') && self.err.lines().count() == 1;
        assert!(self.code == Some(1) && one_line && self.err.contains(words), "not refused over {words:?}: {self:?}");
    }
}

/// A running service. It is killed when it goes out of scope.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process until it listened.
    pub ready_after: Duration,
    lines: mpsc::Receiver<String>,
    log: PathBuf,
}

impl Server {
    fn line(&self) -> String {
        self.lines.recv_timeout(LONGEST_START).unwrap_or_else(|_| panic!("the service did not say more"))
    }

    /// What it prints, up to a line with these words.
    pub fn prints_up_to(&self, words: &str) -> String {
        let mut text = String::new();
        while !text.contains(words) {
            text += &self.line();
            text.push('\n');
        }
        text
    }

    /// SIGKILL: nothing is told, nothing is closed.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for the process to end by itself.
    pub fn end_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// The same, while others go on.
    pub async fn ends_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }

    /// What the process keeps in memory, in MB.
    pub fn resident_megabytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    pub async fn register(&self, email: &str) -> Person {
        let stranger = self.stranger();
        let answer = stranger.post("/v1/auth/register", &json!({"email": email, "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        stranger.with_token(&answer.body["tokens"])
    }

    pub async fn sign_in(&self, email: &str) -> Person {
        let stranger = self.stranger();
        let answer = stranger.post("/v1/auth/login", &credentials(email)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        stranger.with_token(&answer.body)
    }

    /// Somebody who has not signed in.
    pub fn stranger(&self) -> Person {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        Person { http, url: format!("http://{}", self.address), token: String::new() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        if thread::panicking() {
            let skipped = log.lines().count().saturating_sub(40);
            eprintln!("the service's last words:\n{}", log.lines().skip(skipped).collect::<Vec<_>>().join("\n"));
        } else {
            assert!(!log.contains("panicked"), "the service panicked:\n{log}");
        }
    }
}

/// The body of a sign-in.
pub fn credentials(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    url: String,
    pub token: String,
}

impl Person {
    pub fn with_token(self, tokens: &Value) -> Self {
        Self { token: tokens["access_token"].as_str().unwrap().to_owned(), ..self }
    }

    /// The same person, with the same token, at another server.
    pub fn at(&self, server: &Server) -> Self {
        Self { token: self.token.clone(), ..server.stranger() }
    }

    /// The same person, who opens a connection for each request.
    pub fn one_shot(&self) -> Self {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_mins(1));
        Self { http: http.build().unwrap(), ..self.clone() }
    }

    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        if_match: Option<&str>,
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let begun = Instant::now();
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answer::new(status, headers, &text, begun.elapsed()))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.try_send(Method::GET, path, None, None).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_send(Method::POST, path, None, Some(body)).await.unwrap()
    }

    /// Leaves the service.
    pub async fn erase_account(&self) -> Answer {
        self.try_send(Method::DELETE, "/v1/me", None, Some(&json!({"password": PASSWORD}))).await.unwrap()
    }

    /// Changes a row if it is still as the tag says.
    pub async fn patch(&self, path: &str, tag: &str, body: &Value) -> Answer {
        self.try_send(Method::PATCH, path, Some(tag), Some(body)).await.unwrap()
    }

    pub async fn try_log(&self, cramp: &Value) -> reqwest::Result<Answer> {
        self.try_send(Method::POST, "/v1/diaries/me/episodes", None, Some(cramp)).await
    }

    pub async fn log(&self, cramp: &Value) -> Answer {
        self.try_log(cramp).await.unwrap()
    }

    /// Every cramp of the diary, over all pages.
    pub async fn cramps(&self) -> Vec<Value> {
        let mut cramps = Vec::new();
        let mut path = "/v1/diaries/me/episodes?limit=200".to_owned();
        loop {
            let page = self.get(&path).await;
            assert_eq!(page.status, 200, "{page:?}");
            cramps.extend(page.body["items"].as_array().unwrap().iter().cloned());
            match page.body["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/diaries/me/episodes?limit=200&cursor={cursor}"),
                None => return cramps,
            }
        }
    }

    /// How many cramps the kept sums know of.
    pub async fn counted_cramps(&self) -> usize {
        let share = self.get("/v1/diaries/me/analytics/night-share?from=1970-01-01&to=2100-01-01").await;
        assert_eq!(share.status, 200, "{share:?}");
        share.body["episodes"].as_u64().unwrap().try_into().unwrap()
    }

    /// Makes sure that the diary has these cramps and may have those, each once and whole, and that its sums agree.
    pub async fn has_exactly(&self, these: &[Value], perhaps: &[Value]) {
        let listed = self.cramps().await;
        let mut found = std::collections::BTreeMap::new();
        for row in &listed {
            let id = row["id"].as_str().unwrap();
            assert!(found.insert(id, row).is_none(), "{id} is listed twice");
        }
        for cramp in these {
            let id = cramp["id"].as_str().unwrap();
            let row = found.remove(id).unwrap_or_else(|| panic!("{id} was acknowledged and is lost"));
            is_as_written(row, cramp);
        }
        for cramp in perhaps {
            if let Some(row) = found.remove(cramp["id"].as_str().unwrap()) {
                is_as_written(row, cramp);
            }
        }
        assert!(found.is_empty(), "nobody wrote {found:?}");
        assert_eq!(self.counted_cramps().await, listed.len(), "the night share counts other cramps than the list has");
    }
}

fn is_as_written(row: &Value, cramp: &Value) {
    for (name, value) in cramp.as_object().unwrap() {
        assert_eq!(&row[name], value, "{name} of {row}");
    }
}

/// A cramp, as a client writes it and as it is read back.
pub fn cramp(id: &str, number: u32) -> Value {
    let minute = number % 60;
    let hour = number / 60 % 24;
    let day = number / (60 * 24) % 28 + 1;
    json!({
        "id": id,
        "started_at": format!("2024-02-{day:02}T{hour:02}:{minute:02}:00+00:00"),
        "intensity": number % 11,
        "note": format!("the cramp {id}"),
    })
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub took: Duration,
}

impl Answer {
    fn new(status: StatusCode, headers: HeaderMap, text: &str, took: Duration) -> Self {
        let is_json = headers.get("content-type").is_some_and(|of| of.to_str().unwrap().ends_with("json"));
        let body = if is_json { serde_json::from_str(text).unwrap() } else { Value::Null };
        let answer = Self { status: status.as_u16(), headers, body, took };
        if status.is_client_error() || status.is_server_error() {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
        }
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn revision(&self) -> u64 {
        self.body["revision"].as_u64().unwrap_or_else(|| panic!("{self:?}"))
    }

    /// How long to wait, in seconds.
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after")?.parse().ok()
    }
}

/// A time below which this share of the measured ones lies.
pub fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few thousand times"
    )]
    let index = (times.len() as f64 * share) as usize;
    times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// A TCP connection, for what no HTTP client would do.
pub struct Wire(TcpStream);

impl Wire {
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(100)))?;
        Ok(Self(stream))
    }

    pub fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.0.write_all(bytes.as_bytes())
    }

    /// Everything until the server closes the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A reset ends it just as well; a connection that stays open for ever does not.
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
        }
        bytes
    }

    /// One answer on a connection that stays open.
    pub fn answer(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while whole(&bytes).is_none() {
            let mut chunk = [0; 4096];
            let count = self.0.read(&mut chunk).unwrap();
            assert_ne!(count, 0, "cut after {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&chunk[..count]);
        }
        bytes
    }

    /// The same connection for another thread.
    pub fn another(&self) -> Self {
        Self(self.0.try_clone().unwrap())
    }

    /// Ends the connection for all who have it.
    pub fn close(&self) {
        drop(self.0.shutdown(Shutdown::Both));
    }

    /// Whether the server closes the connection; nothing may come before.
    pub fn ends(&mut self) -> bool {
        self.rest().is_empty()
    }
}

/// A request with a JSON body, as it goes over the wire.
pub fn request(method: &str, path: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// The status of an answer that has come to its end.
pub fn whole(bytes: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    (body.len() == length.unwrap_or(0)).then_some(status)
}

/// Fills the disk but for so many bytes.
pub fn write_ballast(file: &Path, room: u64) {
    let mut file = File::create(file).unwrap();
    let mut length = 0;
    while file.write_all(&[0x55; 4096]).is_ok() {
        length += 4096;
    }
    file.set_len(length - room).unwrap();
}
