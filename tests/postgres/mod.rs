//! Private PostgreSQL servers, made of the machine's own binaries, and a database of its own for each test.
//!
//! `TEST_DATABASE_URL` names another server to use, where databases may be created; drills that stop servers start
//! their own all the same.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

const USER: &str = "cramp";
/// The variable that names a server to use instead of private ones.
const OTHER_SERVER: &str = "TEST_DATABASE_URL";
/// Copied for each test, so that each need not migrate.
const TEMPLATE: &str = "cramp_template";

/// A PostgreSQL on a port of its own, on loopback. It is stopped and its files are removed when it goes out of scope,
/// and also when the process that started it is killed.
pub struct Server {
    folder: PathBuf,
    port: u16,
    watchdog: Child,
}

/// What survives a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Everything that was committed.
    Full,
    /// Nothing, and so it is fast.
    None,
}

impl Server {
    /// Makes and starts an empty one.
    pub fn start(durability: Durability) -> Self {
        let server = Self::new(&place(durability));
        let made = server.tool("initdb").args(["-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U", USER]).output();
        let made = made.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let on = if durability == Durability::Full { "on" } else { "off" };
        server.configure(&format!(
            "fsync = {on}\nfull_page_writes = {on}\nsynchronous_commit = on\nmax_connections = 300\n\
             shared_buffers = 32MB\nwal_level = replica\nmax_wal_senders = 8\nhot_standby = on\nautovacuum = off\n\
             listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nlog_min_messages = fatal\n"
        ));
        server.run();
        server
    }

    /// A folder and somebody who removes it. What goes wrong from here on leaves nothing behind.
    fn new(place: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("cramp-diary-postgres-").tempdir_in(place).unwrap().keep();
        let owner = owner();
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut watchdog = Command::new("sh");
        // Its standard input ends when the process that holds the other end does, however it ends.
        watchdog.args(["-c", "cat >/dev/null; \"$1\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"", "sh"]);
        watchdog.arg(binary("pg_ctl")).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C on a terminal goes to the whole group; this one has something to do afterwards.
        watchdog.process_group(0).current_dir("/");
        as_owner(&mut watchdog, owner);
        Self { folder, port, watchdog: watchdog.spawn().unwrap() }
    }

    /// One of PostgreSQL's own programs, told where the data are.
    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(binary(name));
        command.arg("-D").arg(self.folder.join("data")).current_dir("/").stdin(Stdio::null());
        as_owner(&mut command, owner());
        command
    }

    fn configure(&self, lines: &str) {
        let file = self.folder.join("data/postgresql.auto.conf");
        fs::OpenOptions::new().append(true).open(file).unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// Starts it, on the port that it had.
    pub fn run(&self) {
        let port = format!("-p {}", self.port);
        let log = self.folder.join("log");
        let mut start = self.tool("pg_ctl");
        start.args(["-w", "-s", "-o", &port, "-l"]).arg(&log).arg("start").stdout(Stdio::null()).stderr(Stdio::null());
        let started = start.status().unwrap().success();
        assert!(started, "PostgreSQL did not start:\n{}", fs::read_to_string(log).unwrap_or_default());
    }

    /// Ends it at once, as a crash would: it recovers when it starts again.
    pub fn crash(&self) {
        assert!(self.tool("pg_ctl").args(["-s", "-m", "immediate", "stop"]).status().unwrap().success());
    }

    /// Stops all of its processes in their tracks: connections stay open, and nobody answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let main = file.lines().next().unwrap().to_owned();
        let children = fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap();
        for process in children.split_whitespace().chain([main.as_str()]) {
            Command::new("kill").args(["-s", name, process]).stderr(Stdio::null()).status().unwrap();
        }
    }

    /// Takes connections over TLS alone from now on, with this certificate and key.
    pub fn demand_tls(&self, certificate: &Path, key: &Path) {
        for (from, to) in [(certificate, "server.crt"), (key, "server.key")] {
            let file = self.folder.join("data").join(to);
            fs::copy(from, &file).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            if let Some((user, group)) = owner() {
                chown(&file, Some(user), Some(group)).unwrap();
            }
        }
        fs::write(self.folder.join("data/pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
        self.configure("ssl = on\n");
        self.crash();
        self.run();
    }

    /// A standby that follows this server and answers reads.
    pub fn replica(&self) -> Self {
        let replica = Self::new(self.folder.parent().unwrap());
        let mut copy = replica.tool("pg_basebackup");
        copy.args(["-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string(), "-R", "-c", "fast", "-X", "stream"]);
        let made = copy.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        replica.run();
        replica
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        assert!(self.tool("pg_ctl").args(["-s", "-w", "promote"]).stdout(Stdio::null()).status().unwrap().success());
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A database's address.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and says where it is.
    pub fn create_database(&self, name: &str) -> String {
        sql(&self.url("postgres"), &format!("CREATE DATABASE {name}"));
        self.url(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        drop(self.watchdog.wait());
    }
}

/// Where a server has its files: in memory, if none of them has to survive a crash and there is room. A database is some
/// 300 files, and a disk takes several times as long to make and to remove them for each test.
fn place(durability: Durability) -> PathBuf {
    const MEMORY: &str = "/dev/shm";
    const ENOUGH_KIB: u64 = 2 * 1024 * 1024;
    let room = || {
        let told = Command::new("df").args(["-Pk", MEMORY]).output().ok()?;
        let told = String::from_utf8(told.stdout).ok()?;
        told.lines().last()?.split_whitespace().nth(3)?.parse::<u64>().ok()
    };
    if durability == Durability::None && room().is_some_and(|free| free >= ENOUGH_KIB) {
        MEMORY.into()
    } else {
        std::env::temp_dir()
    }
}

/// A database of a test's own, empty or with the tables in it. It is dropped when it goes out of scope.
pub struct Database {
    pub url: String,
    name: String,
}

impl Database {
    /// With nothing in it.
    pub fn empty() -> Self {
        Self::like("template0")
    }

    /// With the tables that `migrate` makes in an empty one, which is asked once; or empty, for who makes them anyway.
    pub fn migrated(migrate: impl FnOnce(&str)) -> Self {
        static MADE: OnceLock<()> = OnceLock::new();
        // A template would stay behind on a server that is not ours.
        if std::env::var_os(OTHER_SERVER).is_some() {
            return Self::empty();
        }
        MADE.get_or_init(|| {
            let name = format!("{TEMPLATE}_{}", std::process::id());
            sql(server_url(), &format!("CREATE DATABASE {name} TEMPLATE template0"));
            migrate(&with_database(server_url(), &name));
        });
        Self::like(&format!("{TEMPLATE}_{}", std::process::id()))
    }

    fn like(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Nobody else may look at a template while it is copied.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        sql(server_url(), &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self { url: with_database(server_url(), &name), name }
    }
}

impl Database {
    /// Every row of every table, as text.
    pub fn dump(&self) -> String {
        let dump = Command::new(binary("pg_dump")).args(["--data-only", &self.url]).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        String::from_utf8(dump.stdout).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(psql(server_url(), &format!("DROP DATABASE {} WITH (FORCE)", self.name)).output());
    }
}

/// Runs SQL and gives the rows, a line each.
pub fn sql(url: &str, text: &str) -> String {
    let answer = psql(url, text).output().unwrap();
    assert!(answer.status.success(), "{text}: {}", String::from_utf8_lossy(&answer.stderr));
    String::from_utf8(answer.stdout).unwrap().trim_end().to_owned()
}

fn psql(url: &str, text: &str) -> Command {
    let mut psql = Command::new(binary("psql"));
    psql.args([url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text]);
    psql
}

/// The server that tests share, as a URL of a database that is there.
fn server_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    static SHARED: OnceLock<Server> = OnceLock::new();
    URL.get_or_init(|| {
        std::env::var(OTHER_SERVER)
            .unwrap_or_else(|_| SHARED.get_or_init(|| Server::start(Durability::None)).url("postgres"))
    })
}

fn with_database(url: &str, name: &str) -> String {
    let (base, options) = url.split_once('?').map_or((url, String::new()), |(base, more)| (base, format!("?{more}")));
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}{options}")
}

/// PostgreSQL does not run as root: somebody else's user and group then.
pub fn owner() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().ok()
    };
    let root = id(&["-u"]) == Some(0);
    let of = |name| Some((id(&["-u", name])?, id(&["-g", name])?));
    if root { of("postgres").or_else(|| of("nobody")) } else { None }
}

fn as_owner(command: &mut Command, owner: Option<(u32, u32)>) {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
}

/// A program of PostgreSQL: where the system keeps them, or in the PATH.
fn binary(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    // The newest first.
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no {name}: apt-get install postgresql, or set TEST_DATABASE_URL"))
}

fn version(folder: &Path) -> u32 {
    let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse().ok());
    version.unwrap_or_default()
}
