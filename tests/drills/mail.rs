//! Mail, as it arrives: through aiosmtpd, a server of its own on this machine, that takes it, or not now, or not at all.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    client::{Caller, PASSWORD},
    postgres::Database,
    support::{Home, Server, credentials, drill, drill_asleep},
    tls::Certificates,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/drills/mail_server.py");
const OTHER: &str = "nine loud otters by noon";
/// Far more than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// In so long a time, whatever is going to be sent is.
const A_WHILE: Duration = Duration::from_secs(3);

/// Where `scripts/test` puts it, beside what Cargo builds.
fn python() -> PathBuf {
    const INSTALLED: &str = "tools/python/bin/python";
    let mut folders = Path::new(env!("CARGO_BIN_EXE_cramp-diary")).ancestors();
    let found = folders.find_map(|folder| Some(folder.join(INSTALLED)).filter(|file| file.exists()));
    found.unwrap_or_else(|| panic!("there is no {INSTALLED} with aiosmtpd: ./scripts/test --quick installs it"))
}

/// A mail server, and what it took.
struct MailServer {
    folder: tempfile::TempDir,
    tls: Vec<PathBuf>,
    process: Option<Child>,
    port: u16,
}

impl MailServer {
    fn start(tls: &[PathBuf]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self { folder, tls: tls.to_vec(), process: None, port: 0 };
        server.does("take");
        server.runs_again();
        server
    }

    /// From now on.
    fn does(&self, mode: &str) {
        fs::write(self.folder.path().join("mode"), mode).unwrap();
    }

    fn runs_again(&mut self) {
        let mut command = Command::new(python());
        command.arg(SCRIPT).arg(self.folder.path()).arg(self.port.to_string()).args(&self.tls);
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        self.port = port.trim().parse().unwrap_or_else(|_| panic!("aiosmtpd did not start"));
        self.process = Some(process);
    }

    fn stops(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What it took, in the order in which it came.
    fn mails(&self) -> Vec<Value> {
        let file = |number: usize| fs::read(self.folder.path().join(format!("{number}.json"))).ok();
        (1..).map_while(file).map(|text| serde_json::from_slice(&text).unwrap()).collect()
    }

    /// The mails from the first on, once there are so many, and no more of them.
    async fn has_taken(&self, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        while self.mails().len() < count && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(50)).await;
        }
        let mails = self.mails();
        assert_eq!(mails.len(), count, "{mails:#?}");
        mails
    }

    fn settings(&self) -> [(&'static str, String); 2] {
        let url = match self.tls.as_slice() {
            [] => format!("smtp://127.0.0.1:{}", self.port),
            _ => format!("smtps://diary:p%40ss%20word@127.0.0.1:{}", self.port),
        };
        [("SMTP_URL", url), ("MAIL_FROM", "Tagebücher <diary@example.org>".to_owned())]
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stops();
    }
}

/// Starts the service where it sends mail there.
fn start(home: &Home, mail: &MailServer) -> Server {
    let settings = mail.settings();
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    match mail.tls.as_slice() {
        [] => home.start_with(&settings),
        [certificate, _] => home.start_trusting(&certificate.with_file_name("ca.crt"), &settings),
        _ => unreachable!(),
    }
}

async fn asks(nobody: &Caller, email: &str) {
    nobody.post("/v1/auth/password-reset", json!({"email": email})).await.is(202);
}

fn token(mail: &Value) -> String {
    let text = mail["plain"].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("http")).unwrap_or_else(|| panic!("{text}"));
    link.split_once("token=").unwrap().1.to_owned()
}

/// A database on each engine, or a folder in its place.
fn homes() -> (Database, [Home; 2]) {
    let database = Database::empty();
    let of_node = Home::of_node(&database.url);
    (database, [Home::new(), of_node])
}

#[test]
fn somebody_gets_in_again_by_a_mail_that_comes_through_tls() {
    drill(async {
        let certificates = Certificates::for_host("IP:127.0.0.1");
        let (_database, homes) = homes();
        for home in homes {
            let mail = MailServer::start(&[certificates.file("server.crt"), certificates.file("server.key")]);
            let service = start(&home, &mail);
            service.patient("kim@example.org").await;
            let first = mail.has_taken(1).await.remove(0);
            assert_eq!((&first["from"], &first["to"]), (&json!("diary@example.org"), &json!(["kim@example.org"])));
            let headers = &first["headers"];
            assert_eq!(headers["from"], json!("Tagebücher <diary@example.org>"));
            assert_eq!(headers["auto-submitted"], json!("auto-generated"));
            service.nobody().post("/v1/auth/verify-email", json!({"token": token(&first)})).await.is(204);

            asks(&service.nobody(), "kim@example.org").await;
            let second = mail.has_taken(2).await.remove(1);
            assert_ne!(second["headers"]["message-id"], headers["message-id"]);
            assert!(second["html"].as_str().unwrap().contains(&token(&second)));
            let choice = json!({"token": token(&second), "password": OTHER});
            service.nobody().post("/v1/auth/password-reset/confirm", choice).await.is(204);
            service.nobody().signs_in_as("kim@example.org", OTHER).await.get("/v1/me").await.is(200);
            mail.has_taken(3).await;
            let log = fs::read_to_string(home.path("log.txt")).unwrap();
            assert!(!log.contains("example.org") && !log.contains(&token(&second)), "{log}");
        }
    });
}

#[test]
fn a_mail_waits_for_a_server_that_is_away_or_wants_it_later_and_is_sent_once() {
    drill_asleep(async {
        let (_database, homes) = homes();
        for home in homes {
            let mut mail = MailServer::start(&[]);
            let service = start(&home, &mail);
            mail.stops();
            // Nobody who asks for one waits for it.
            service.patient("kim@example.org").await;
            asks(&service.nobody(), "kim@example.org").await;
            sleep(A_WHILE).await;
            mail.does("later");
            mail.runs_again();
            // Each is tried again after fifteen seconds, then after thirty.
            sleep(Duration::from_secs(20)).await;
            mail.has_taken(0).await;
            mail.does("take");
            mail.has_taken(2).await;
            sleep(A_WHILE).await;
            let mails = mail.has_taken(2).await;
            let reset = mails.iter().find(|mail| mail["plain"].as_str().unwrap().contains("/reset?")).unwrap();
            let choice = json!({"token": token(reset), "password": OTHER});
            service.nobody().post("/v1/auth/password-reset/confirm", choice).await.is(204);
        }
    });
}

#[test]
fn a_mail_that_the_server_refuses_is_given_up_and_holds_up_no_other() {
    drill(async {
        let (home, mail) = (Home::new(), MailServer::start(&[]));
        let service = start(&home, &mail);
        mail.does("refuse");
        service.patient("nobody@example.org").await;
        let begun = Instant::now();
        let refused = || fs::read_to_string(home.path("log.txt")).unwrap().contains("refused a letter for good");
        while !refused() && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(50)).await;
        }
        assert!(refused());
        mail.does("take");
        service.patient("kim@example.org").await;
        let only = mail.has_taken(1).await.remove(0);
        assert_eq!(only["to"], json!(["kim@example.org"]));
        sleep(A_WHILE).await;
        mail.has_taken(1).await;
    });
}

#[test]
fn a_slow_mail_server_holds_up_nobody_who_asks_and_the_service_stops_all_the_same() {
    drill(async {
        let (home, mail) = (Home::new(), MailServer::start(&[]));
        let mut service = start(&home, &mail);
        mail.does("slow");
        for number in 0..20 {
            service.nobody().post("/v1/auth/register", credentials(&format!("{number}@example.org"))).await.is(202);
        }
        let patient = service.nobody().signs_in_as("0@example.org", PASSWORD).await;
        assert_eq!(patient.cramps().await.len(), 0);
        service.signal("TERM");
        assert!(service.ends_within(Duration::from_secs(20)).await.is_some_and(|status| status.success()));
    });
}

#[test]
fn of_two_nodes_one_sends_each_mail() {
    const MAILS: usize = 40;
    drill(async {
        let (database, mail) = (Database::empty(), MailServer::start(&[]));
        let homes = [Home::of_node(&database.url), Home::of_node(&database.url)];
        let nodes = homes.each_ref().map(|home| start(home, &mail));
        for number in 0..MAILS {
            let account = credentials(&format!("{number}@example.org"));
            nodes[number % 2].nobody().post("/v1/auth/register", account).await.is(202);
        }
        mail.has_taken(MAILS).await;
        sleep(A_WHILE).await;
        let mails = mail.has_taken(MAILS).await;
        let to: BTreeSet<_> = mails.iter().map(|mail| mail["to"].to_string()).collect();
        assert_eq!(to.len(), MAILS);
    });
}

#[test]
fn settings_that_would_send_no_mail_or_send_it_in_the_open_stop_the_start() {
    let home = Home::new();
    let refused = |settings: &[(&str, &str)], words: &str| {
        let mut command = home.command(&[]);
        command.envs(settings.iter().map(|(name, value)| (format!("CRAMP_DIARY_{name}"), value)));
        crate::support::Ended::of(&mut command).is_refused_over(words);
    };
    let from = ("MAIL_FROM", "diary@example.org");
    refused(&[("SMTP_URL", "smtps://u:secret@mail.example")], "MAIL_FROM");
    refused(&[("SMTP_URL", "smtps://u:secret@mail.example"), ("MAIL_FROM", "the diary")], "MAIL_FROM");
    refused(&[("SMTP_URL", "smtp://u:secret@mail.example"), from], "SMTP_URL");
    refused(&[("SMTP_URL", "smtp://u:secret@mail.example?tls=opportunistic"), from], "SMTP_URL");
    refused(&[("SMTP_URL", "mail.example"), from], "SMTP_URL");
}
