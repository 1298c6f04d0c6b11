//! The machine is lost, and Litestream had sent what was written to another place.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    client::{Caller, PASSWORD},
    support::{Ended, Home, Server, cramp, credentials, drill, drill_alone},
    writing::Writers,
};

const DOCUMENT: &str = include_str!("../../docs/operating.md");
const KEY: &str = include_str!("../reference/numbers.key");
/// The variable that names another Litestream than the one in the folder of the tools.
const OTHER_LITESTREAM: &str = "LITESTREAM";
/// What was acknowledged so long before the machine is lost comes back.
const PROMISE: Duration = Duration::from_secs(2);

/// Where `scripts/test` puts it, beside what Cargo builds.
fn program() -> PathBuf {
    const INSTALLED: &str = "tools/litestream/node_modules/@flydotio/litestream-linux-x64/litestream";
    if let Some(other) = std::env::var_os(OTHER_LITESTREAM) {
        return other.into();
    }
    let mut folders = Path::new(env!("CARGO_BIN_EXE_cramp-diary")).ancestors();
    let found = folders.find_map(|folder| Some(folder.join(INSTALLED)).filter(|file| file.exists()));
    found.unwrap_or_else(|| {
        panic!("there is no {INSTALLED}: ./scripts/test --quick installs it, or {OTHER_LITESTREAM} names one")
    })
}

/// A home whose database is replicated as the document says, to a folder that is encrypted.
struct Replicated {
    home: Home,
    ledger: String,
}

impl Replicated {
    fn new() -> Self {
        let home = Home::new();
        fs::create_dir(home.path("elsewhere")).unwrap();
        let shown = DOCUMENT.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let recipient = KEY.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        let secret = KEY.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
        let here = shown
            .replace("/var/lib/cramp-diary", home.data("").to_str().unwrap().trim_end_matches('/'))
            .replace("/mnt/elsewhere", home.path("elsewhere").to_str().unwrap())
            .replace("age1…", recipient)
            .replace("AGE-SECRET-KEY-…", secret);
        assert!(!here.contains("/var") && !here.contains("/mnt") && !here.contains('…'), "{here}");
        fs::write(home.path("litestream.yml"), &here).unwrap();
        let ledger = home.path("elsewhere/ended.ledger").to_str().unwrap().to_owned();
        Self { home, ledger }
    }

    fn start(&self) -> Server {
        self.home.start_with(&[("CHECKPOINTS", "litestream"), ("LEDGER_FILE", &self.ledger)])
    }

    fn replicate(&self) -> Litestream {
        let log = self.home.path("litestream.txt");
        let out = File::options().create(true).append(true).open(&log).unwrap();
        let mut command = Command::new(program());
        command.args(["replicate", "-config"]).arg(self.home.path("litestream.yml")).stdin(Stdio::null());
        command.stdout(out.try_clone().unwrap()).stderr(out);
        Litestream { process: command.spawn().unwrap(), log }
    }

    /// Brings the last state that it sent back into a file.
    fn bring_back(&self, name: &str) -> PathBuf {
        let file = self.home.path(name);
        let mut command = Command::new(program());
        command.args(["restore", "-config"]).arg(self.home.path("litestream.yml")).arg("-o").arg(&file);
        let ended = Ended::of(command.arg(self.home.database()));
        assert_eq!(ended.code, Some(0), "{ended:?}");
        file
    }

    /// How often it had to begin with a copy of everything.
    fn beginnings(&self) -> usize {
        let Ok(generations) = fs::read_dir(self.home.path("elsewhere/cramp-diary/generations")) else { return 0 };
        let is_whole = |generation: PathBuf| {
            fs::read_dir(generation.join("snapshots")).is_ok_and(|mut snapshots| {
                snapshots.any(|snapshot| snapshot.unwrap().path().extension().is_some_and(|ending| ending == "lz4"))
            })
        };
        generations.filter(|generation| is_whole(generation.as_ref().unwrap().path())).count()
    }

    /// How long the log is, in bytes.
    fn log(&self) -> u64 {
        fs::metadata(self.home.data("cramp-diary.db-wal")).unwrap().len()
    }

    async fn until_it_began(&self) {
        let begun = Instant::now();
        while self.beginnings() == 0 {
            assert!(begun.elapsed() < Duration::from_secs(30), "Litestream sends nothing");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A running Litestream. It is killed when it goes out of scope.
struct Litestream {
    process: Child,
    log: PathBuf,
}

impl Litestream {
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// As systemd stops it: it sends what is left. In the moment in which it sends something anyway, it fails instead.
    fn stop(mut self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Litestream {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        if thread::panicking() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let telling: Vec<_> = log.lines().filter(|line| !line.contains("wal segment")).collect();
            eprintln!("Litestream's last words:\n{}", telling[telling.len().saturating_sub(20)..].join("\n"));
        }
    }
}

/// Nobody is signed in any more, and everybody can sign in.
async fn is_back_without_sessions(person: &Caller, server: &Server) -> Caller {
    let old = person.at(server);
    old.get("/v1/me").await.is(401);
    old.refreshes(&old.tokens().refresh).await.is(401);
    old.signs_in().await
}

#[test]
fn a_lost_machine_costs_two_seconds_at_most_and_brings_nobody_back() {
    drill_alone(async {
        let replicated = Replicated::new();
        let home = &replicated.home;
        let mut server = replicated.start();
        let mut litestream = replicated.replicate();
        let (kim, lou) = (server.patient("kim@example.org").await, server.patient("lou@example.org").await);
        let (leaver, early) = (server.patient("leaver@example.org").await, server.patient("early@example.org").await);
        let clinician = server.nobody().opens_an_account(credentials("doc@example.org")).await;
        leaver.logs(cramp("told", 1)).await;
        let grants = [kim.shares_with(&clinician).await, lou.shares_with(&clinician).await];
        replicated.until_it_began().await;

        let writing = [Writers::start(3, std::slice::from_ref(&kim)), Writers::start(3, std::slice::from_ref(&lou))];
        sleep(Duration::from_secs(1)).await;
        kim.revokes(&grants[0]).await;
        early.delete("/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
        sleep(Duration::from_secs(4)).await;
        // Hardly in time to be sent: of this, the ledger alone knows.
        lou.revokes(&grants[1]).await;
        leaver.delete("/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
        let lost_at = Instant::now();
        litestream.kill();
        server.kill();
        fs::remove_dir_all(home.data("")).unwrap();
        let [kims, lous] = writing;
        let written = [kims.stop().await, lous.stop().await];
        drop(server);

        let begun = Instant::now();
        let file = replicated.bring_back("back.db");
        let brought_back = begun.elapsed();
        let mut restore = home.command(&["restore", "back.db"]);
        let told = Ended::of(restore.env("CRAMP_DIARY_LEDGER_FILE", &replicated.ledger)).succeeds();
        let restored = begun.elapsed();
        assert!(told.contains(" lines of the ledger"), "{told}");
        fs::remove_file(file).unwrap();
        let server = replicated.start();
        let (mut acknowledged, mut late, mut gone) = (0, 0, 0);
        for (person, written) in [&kim, &lou].into_iter().zip(written) {
            let person = is_back_without_sessions(person, &server).await;
            acknowledged += written.acknowledged.len();
            let (late_ones, sure): (Vec<_>, Vec<_>) =
                written.acknowledged.into_iter().partition(|(_, at)| lost_at.saturating_duration_since(*at) <= PROMISE);
            assert!(sure.len() > 10, "only {} were acknowledged in time", sure.len());
            let [sure, late_ones] =
                [sure, late_ones].map(|of| of.into_iter().map(|(cramp, _)| cramp).collect::<Vec<_>>());
            person.has_exactly(&sure, &[late_ones.clone(), written.open].concat()).await;
            let there: BTreeSet<_> = person.cramps().await.iter().map(|row| row.id().to_owned()).collect();
            late += late_ones.len();
            gone += late_ones.iter().filter(|cramp| !there.contains(cramp["id"].as_str().unwrap())).count();
            let grants = person.get(person.diary().grants()).await.items();
            assert!(grants.is_empty(), "{grants:?}");
        }
        for who in ["leaver@example.org", "early@example.org"] {
            server.nobody().post("/v1/auth/login", credentials(who)).await.is(401);
        }
        is_back_without_sessions(&clinician, &server).await;
        println!(
            "a lost machine: {acknowledged} acknowledged, {late} of them in the last {PROMISE:?}, of which {gone} are \
             lost; Litestream brought the rest back in {brought_back:?}, all was restored after {restored:?}\n{told}"
        );

        // On the new machine it goes on.
        let before = replicated.beginnings();
        let mut litestream = replicated.replicate();
        let kim = kim.at(&server).signs_in().await;
        let begun = Instant::now();
        while replicated.beginnings() == before {
            assert!(begun.elapsed() < Duration::from_secs(30), "Litestream sends nothing of what was restored");
            sleep(Duration::from_millis(50)).await;
        }
        kim.logs(cramp("after", 1)).await;
        sleep(PROMISE).await;
        litestream.kill();
        replicated.bring_back("again.db");
        let elsewhere = Home::new();
        fs::copy(home.path("again.db"), elsewhere.path("again.db")).unwrap();
        elsewhere.run(&["restore", "again.db"]).succeeds();
        let server = elsewhere.start();
        let listed = kim.at(&server).signs_in().await.cramps().await;
        assert!(listed.iter().any(|row| row.id() == "after"), "what was written after the restore was not sent");
    });
}

#[test]
fn litestream_keeps_its_place_whoever_of_the_two_starts_again() {
    drill(async {
        let replicated = Replicated::new();
        let mut server = replicated.start();
        let mut litestream = replicated.replicate();
        let person = server.patient("me@example.org").await;
        replicated.until_it_began().await;
        let mut cramps = Vec::new();
        for round in 0..3 {
            // Longer than the service lets writes pause before it empties its log.
            for part in 0..2 {
                let cramp = cramp(&format!("r{round}-{part}"), round * 2 + part);
                let person = person.at(&server);
                person.logs(cramp.clone()).await;
                cramps.push(cramp);
                sleep(Duration::from_millis(1_500)).await;
                if part == 0 {
                    match round {
                        0 => litestream.stop(),
                        1 => litestream.kill(),
                        _ => {
                            server.signal("TERM");
                            assert!(server.ends_within(Duration::from_secs(20)).await.is_some());
                            server = replicated.start();
                            continue;
                        }
                    }
                    litestream = replicated.replicate();
                }
            }
        }
        litestream.stop();
        assert_eq!(replicated.beginnings(), 1, "Litestream had to copy everything again");
        replicated.bring_back("back.db");
        let elsewhere = Home::new();
        fs::copy(replicated.home.path("back.db"), elsewhere.path("back.db")).unwrap();
        elsewhere.run(&["restore", "back.db"]).succeeds();
        let elsewhere = elsewhere.start();
        person.at(&elsewhere).signs_in().await.has_exactly(&cramps, &[]).await;
    });
}

#[test]
fn a_log_that_litestream_has_left_does_not_fill_the_disk() {
    const FILLING: u64 = 70 << 20;
    drill(async {
        let replicated = Replicated::new();
        let server = replicated.start();
        let person = server.patient("me@example.org").await;
        let mut other = SqliteConnection::establish(replicated.home.database().to_str().unwrap()).unwrap();
        other.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0").unwrap();
        other.batch_execute("CREATE TABLE filling (it BLOB)").unwrap();
        for round in 0..3 {
            other.batch_execute(&format!("INSERT INTO filling VALUES (zeroblob({FILLING}))")).unwrap();
            person.logs(cramp(&format!("r{round}"), round)).await;
            sleep(Duration::from_millis(1_500)).await;
        }
        // Who begins the log anew leaves the rest of it as it was: Litestream may not have read it.
        person.logs(cramp("last", 9)).await;
        let log = replicated.log();
        println!("a log that nobody else looks after: {} MB", log >> 20);
        assert!((FILLING..FILLING * 3 / 2).contains(&log), "{log}");
    });
}
