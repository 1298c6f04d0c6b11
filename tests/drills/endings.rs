//! What was erased, withdrawn or ended after a backup stays so, however the backup comes back.

use std::{
    fs::{self, File, OpenOptions},
    future::IntoFuture,
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use diesel::{
    Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, dsl::sql as expression, sql_types::BigInt,
};
use serde_json::json;

use crate::{
    client::{Caller, ORIGIN, PASSWORD, Row, Tokens},
    postgres::{Database, sql},
    support::{Ended, Home, Server, Wire, cramp, credentials, drill, whole},
};

/// People with something that will end, and something that will not.
struct Village {
    patient: Caller,
    leaver: Caller,
    clinician: Caller,
    carer: Caller,
    neighbour: Caller,
    revoked: Row,
    withdrawn: Row,
    used: Row,
    kept: Row,
    ended_link: Row,
    kept_link: Row,
    signed_out: Tokens,
}

/// What a link answers with, as bytes: its pages are no JSON, of errors too.
fn opens(server: &Server, link: &Row) -> u16 {
    const FORM: &str = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 11\r\n\r\nformat=html";
    let url = link["url"].as_str().unwrap();
    let mut wire = Wire::open(server.address).unwrap();
    wire.send(&format!("POST {} HTTP/1.1\r\nhost: localhost\r\n{FORM}", &url[url.find("/r/").unwrap()..])).unwrap();
    whole(&wire.answer()).unwrap()
}

impl Village {
    async fn settles(server: &Server) -> Self {
        let somebody = |email: &str| server.nobody().opens_an_account(credentials(email));
        let patient = server.nobody().registers(keeps_a_diary("kim@example.org")).await;
        let leaver = server.nobody().registers(keeps_a_diary("lea@example.org")).await;
        let (clinician, carer) = (somebody("doc@example.org").await, somebody("carer@example.org").await);
        let neighbour = somebody("neighbour@example.org").await;
        for number in 0..20 {
            patient.logs(cramp(&format!("k{number}"), number)).await;
            leaver.logs(cramp(&format!("l{number}"), number)).await;
        }
        let link = || async {
            patient
                .post(patient.diary().report_links(), json!({"from": "2024-02-01", "to": "2024-02-29"}))
                .await
                .is(201)
                .row()
        };
        Self {
            revoked: patient.shares_with(&clinician).await,
            withdrawn: patient.invites(json!({"role": "viewer"})).await,
            used: patient.invites(json!({"role": "viewer"})).await,
            kept: patient.shares_with(&carer).await,
            ended_link: link().await,
            kept_link: link().await,
            signed_out: patient.signs_in().await.tokens().clone(),
            patient,
            leaver,
            clinician,
            carer,
            neighbour,
        }
    }

    /// After the backup. The last of it is the erasure.
    async fn ends_things(&self) {
        let Self { patient, .. } = self;
        patient.revokes(&self.revoked).await;
        patient.delete(patient.diary().invitation(self.withdrawn.id())).await.is(204);
        patient.delete(patient.diary().report_link(self.ended_link.id())).await.is(204);
        self.neighbour.redeems(&self.used).await.is(200);
        patient.with(self.signed_out.clone()).post("/v1/auth/logout", json!({})).await.is(204);
        patient.logs(cramp("late", 40)).await;
        self.leaver.request(reqwest::Method::DELETE, "/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
    }

    /// Nothing of what ended lives, and all else of the backup does.
    async fn is_as_it_was_left(&self, server: &Server) {
        let nobody = server.nobody();
        nobody.post("/v1/auth/login", credentials("lea@example.org")).await.is(401);
        // Nobody is signed in any more, whether they had signed out or not.
        for tokens in [&self.signed_out, self.patient.tokens()] {
            let old = self.patient.at(server).with(tokens.clone());
            old.get("/v1/me").await.is(401);
            old.refreshes(&tokens.refresh).await.is(401);
        }
        let patient = self.patient.at(server).signs_in().await;
        let cramps: Vec<_> = (0..20).map(|number| cramp(&format!("k{number}"), number)).collect();
        patient.has_exactly(&cramps, &[]).await;
        let clinician = self.clinician.at(server).signs_in().await;
        clinician.get(patient.diary().episodes()).await.is(404);
        let carer = self.carer.at(server).signs_in().await;
        assert_eq!(carer.get(patient.diary().episodes()).await.is(200).items().len(), 20);
        let neighbour = self.neighbour.at(server).signs_in().await;
        for invitation in [&self.withdrawn, &self.used] {
            neighbour.redeems(invitation).await.is(404);
        }
        assert_eq!((opens(server, &self.ended_link), opens(server, &self.kept_link)), (404, 200));
        let grants = patient.get(patient.diary().grants()).await.items();
        assert_eq!(grants.iter().map(Row::id).collect::<Vec<_>>(), [self.kept.id()]);
    }
}

fn keeps_a_diary(email: &str) -> serde_json::Value {
    json!({"email": email, "password": PASSWORD, "kind": "patient"})
}

fn says<const N: usize>(out: &str, expected: [(&str, u32); N]) {
    for (what, count) in expected {
        let line = out.lines().find(|line| line.trim_start().starts_with(what)).unwrap_or_else(|| panic!("{out}"));
        assert_eq!(line.split_whitespace().last(), Some(count.to_string().as_str()), "{out}");
    }
}

/// What ends in the village: the leaver's account, one grant, two codes, one link, and the sessions of all five, of whom
/// one has two. They end first, the leaver's too.
const ENDED: [(&str, u32); 5] =
    [("accounts erased", 1), ("grants ended", 1), ("invitations ended", 2), ("report links ended", 1), ("sessions", 6)];

impl Home {
    fn ledger(&self) -> PathBuf {
        self.data("ended.ledger")
    }

    /// Moves the database away, as an operator does before a restore.
    pub fn loses_its_database(&self) {
        for ending in ["", "-wal", "-shm"] {
            let file = self.data(&format!("cramp-diary.db{ending}"));
            if file.exists() {
                fs::rename(&file, self.path(&format!("lost{ending}"))).unwrap();
            }
        }
    }
}

#[test]
fn a_restore_brings_nobody_back() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let village = Village::settles(&server).await;
        home.run(&["backup", "copy.db"]).succeeds();
        village.ends_things().await;
        // The moment after the acknowledgement.
        server.kill();
        home.loses_its_database();
        let text = fs::read_to_string(home.ledger()).unwrap();
        assert!(!text.contains('@') && !text.contains("cramp k"), "{text}");
        let out = home.run(&["restore", "copy.db"]).succeeds();
        println!("{out}");
        says(&out, ENDED);
        let left: Vec<_> = fs::read_dir(home.data("")).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("partial")), "{left:?}");
        village.is_as_it_was_left(&home.start()).await;
    });
}

/// Which were ended after the backup is not in it, so all of them end.
#[test]
fn a_restore_ends_every_personal_access_token() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let person = server.nobody().registers(keeps_a_diary("me@example.org")).await;
        let mut secrets = Vec::new();
        for name in ["kept", "ended"] {
            let asked = json!({"id": name, "name": name, "scopes": ["diary:read"]});
            let made = person.post("/v1/tokens", asked).await.is(201).json();
            secrets.push(made["secret"].as_str().unwrap().to_owned());
        }
        home.run(&["backup", "copy.db"]).succeeds();
        person.delete("/v1/tokens/ended").await.is(204);
        server.kill();
        home.loses_its_database();
        let out = home.run(&["restore", "copy.db"]).succeeds();
        says(
            &out,
            [
                ("accounts erased", 0),
                ("grants ended", 0),
                ("invitations ended", 0),
                ("sessions", 1),
                ("personal tokens ended", 2),
            ],
        );
        let server = home.start();
        for secret in secrets {
            let by_token = person.at(&server).with_access_token(secret);
            by_token.get("/v1/diaries/me").await.is_problem(401, "unauthenticated");
        }
        let person = person.at(&server).signs_in().await;
        assert_eq!(person.get("/v1/tokens").await.items().len(), 0);
    });
}

#[test]
fn a_restore_removes_a_passkey_again_that_was_removed_since() {
    drill(async {
        let home = Home::new();
        let by_name = [("PUBLIC_URL", ORIGIN)];
        let mut server = home.start_with(&by_name);
        let person = server.nobody().registers(keeps_a_diary("me@example.org")).await;
        let (kept, _) = person.adds_a_passkey("Key ring").await;
        let (lost, removed) = person.adds_a_passkey("The lost phone").await;
        home.run(&["backup", "copy.db"]).succeeds();
        for _ in 0..2 {
            person.delete(format!("/v1/me/passkeys/{}", removed.id())).await.is(204);
        }
        server.kill();
        home.loses_its_database();
        says(&home.run(&["restore", "copy.db"]).succeeds(), [("passkeys removed", 1), ("sessions ended", 1)]);
        let server = home.start_with(&by_name);
        let person = person.at(&server);
        person.comes_with(&lost).await.is_problem(401, "invalid_passkey");
        let person = person.signs_in_by(&kept).await;
        assert_eq!(person.get("/v1/me/passkeys").await.items().len(), 1);
    });
}

/// They may have been deleted since, and were told what the backup takes for untold.
#[test]
fn a_restore_switches_every_webhook_off() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let person = server.nobody().registers(keeps_a_diary("me@example.org")).await;
        for id in ["kept", "deleted"] {
            let asked = json!({"id": id, "url": "https://hooks.invalid/", "events": ["grant.ended"]});
            person.post("/v1/me/webhooks", asked).await.is(201);
        }
        home.run(&["backup", "copy.db"]).succeeds();
        person.delete("/v1/me/webhooks/deleted").await.is(204);
        server.kill();
        home.loses_its_database();
        says(&home.run(&["restore", "copy.db"]).succeeds(), [("webhooks switched off", 2)]);
        let server = home.start();
        let person = person.at(&server).signs_in().await;
        for webhook in person.get("/v1/me/webhooks").await.items() {
            assert_eq!(webhook["disabled_reason"], "restored");
        }
        let on = person.patch("/v1/me/webhooks/kept", json!({"disabled": false})).await.is(200).json();
        assert_eq!(on["disabled"], false);
    });
}

#[test]
fn a_ledger_that_was_kept_elsewhere_serves_a_new_machine_and_without_one_the_restore_says_so() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let village = Village::settles(&server).await;
        home.run(&["backup", "copy.db"]).succeeds();
        village.ends_things().await;
        drop(server);

        let elsewhere = Home::with_secrets_keys_of(&home);
        fs::copy(home.path("copy.db"), elsewhere.path("copy.db")).unwrap();
        fs::write(elsewhere.path("nonsense"), "to whom it may concern\n").unwrap();
        elsewhere.run(&["restore", "copy.db", "--ledger", "nonsense"]).is_refused_over("nonsense: line 1");
        elsewhere.run(&["restore", "copy.db", "--ledger", "absent"]).is_refused_over("absent");
        assert!(!elsewhere.database().exists());
        let ledger = home.ledger();
        let out = elsewhere.run(&["restore", "copy.db", "--ledger", ledger.to_str().unwrap()]).succeeds();
        says(&out, ENDED);
        village.is_as_it_was_left(&elsewhere.start()).await;

        let without = Home::with_secrets_keys_of(&home);
        fs::copy(home.path("copy.db"), without.path("copy.db")).unwrap();
        let out = without.run(&["restore", "copy.db"]).succeeds();
        assert!(out.contains("there is no ledger"), "{out}");
        let server = without.start();
        server.nobody().post("/v1/auth/login", credentials("lea@example.org")).await.is(200);
        village.patient.at(&server).get("/v1/me").await.is(401);
    });
}

/// A village of which things ended after a backup, which then was put in the place of the database.
async fn copied_back_by_hand() -> (Home, Village) {
    let home = Home::new();
    let mut server = home.start();
    let village = Village::settles(&server).await;
    home.run(&["backup", "copy.db"]).succeeds();
    village.ends_things().await;
    server.kill();
    home.loses_its_database();
    fs::copy(home.path("copy.db"), home.database()).unwrap();
    (home, village)
}

#[test]
fn a_database_that_was_copied_back_by_hand_meets_the_ledger_at_the_start() {
    drill(async {
        let (home, village) = copied_back_by_hand().await;
        // Half a line, of a process that was killed while it wrote.
        let mut ledger = OpenOptions::new().append(true).open(home.ledger()).unwrap();
        ledger.write_all(b"2026-11-26T08:00:00Z account_era").unwrap();
        let server = home.start();
        village.is_as_it_was_left(&server).await;
        drop(server);
        // Once is enough: who signed in since stays so.
        let server = home.start();
        let signed_in = server.nobody().signs_in_as("kim@example.org", PASSWORD).await;
        drop(server);
        signed_in.at(&home.start()).get("/v1/me").await.is(200);
    });
}

#[test]
fn what_a_start_was_cut_off_from_ending_is_ended_by_the_next_one() {
    drill(async {
        let (home, village) = copied_back_by_hand().await;
        // The erasure was long before the last of it, and is what the first start does not get done.
        let ledger = fs::read_to_string(home.ledger()).unwrap();
        let three_days_earlier = |line: &str| match line.split_once(" account_erased ") {
            Some((at, rest)) => {
                let at = at.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - chrono::TimeDelta::days(3);
                format!("{} account_erased {rest}\n", at.to_rfc3339())
            }
            None => format!("{line}\n"),
        };
        fs::write(home.ledger(), ledger.lines().map(three_days_earlier).collect::<String>()).unwrap();
        let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        db.batch_execute("CREATE TRIGGER cut BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'cut off'); END")
            .unwrap();
        Ended::of(&mut home.command(&[])).is_refused_over("cut off");
        db.batch_execute("DROP TRIGGER cut").unwrap();
        drop(db);
        village.is_as_it_was_left(&home.start()).await;
    });
}

#[test]
fn a_look_into_an_old_copy_changes_neither_what_is_in_it_nor_the_ledger() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let village = Village::settles(&server).await;
        village.clinician.get(village.patient.diary().episodes()).await.is(200);
        home.run(&["backup", "copy.db"]).succeeds();
        village.ends_things().await;
        // A start of the service would forget it.
        let mut ledger = OpenOptions::new().append(true).open(home.ledger()).unwrap();
        ledger.write_all(b"2024-02-01T08:00:00Z code_used one two\n").unwrap();
        let before = fs::read(home.ledger()).unwrap();
        let living = || {
            let mut db = SqliteConnection::establish(home.path("copy.db").to_str().unwrap()).unwrap();
            let mut count = |rows: &str| {
                let count = format!("(SELECT count(*) FROM {rows})");
                diesel::select(expression::<BigInt>(&count)).get_result::<i64>(&mut db).unwrap()
            };
            [count("users"), count("sessions WHERE ended_at IS NULL"), count("consents WHERE withdrawn_at IS NULL")]
        };
        let of_the_copy = living();
        let look = |command: &[&str]| {
            Ended::of(home.command(command).env("CRAMP_DIARY_DATABASE_URL", "sqlite://copy.db")).succeeds()
        };
        assert!(look(&["audit", "verify"]).contains("rows in it: 1\n"));
        look(&["audit", "heads"]);
        look(&["report", "--diary", "lea@example.org", "--out", "lea.html"]);
        assert_eq!(living(), of_the_copy);
        assert!(fs::read(home.ledger()).unwrap() == before, "the ledger was written to");
    });
}

#[test]
fn on_postgres_a_command_ends_it_again() {
    drill(async {
        let (first, second) = (Database::empty(), Database::empty());
        let home = Home::of_node(&first.url);
        let server = home.start();
        let village = Village::settles(&server).await;
        // What pg_dump and pg_restore would do.
        Home::new().run(&["copy", "--from", &first.url, "--to", &second.url]).succeeds();
        village.ends_things().await;
        drop(server);
        let other = Home::of_node(&second.url);
        let ledger = home.ledger();
        let out = other.run(&["replay-ledger", "--ledger", ledger.to_str().unwrap()]).succeeds();
        println!("{out}");
        says(&out, ENDED);
        village.is_as_it_was_left(&other.start()).await;
        // The node's own ledger has them now, and what it ended since.
        let lines = |home: &Home| {
            fs::read_to_string(home.ledger()).unwrap().lines().filter(|line| !line.starts_with('#')).count()
        };
        assert!(lines(&other) >= lines(&home), "{} of {}", lines(&other), lines(&home));
        assert_eq!(sql(&second.url, "SELECT count(*) FROM users"), "4");
    });
}

#[test]
fn a_line_that_a_kill_kept_out_of_the_ledger_is_there_after_the_next_start() {
    drill(async {
        let home = Home::new();
        let mut server = home.start();
        let village = Village::settles(&server).await;
        home.run(&["backup", "copy.db"]).succeeds();
        let before = fs::read(home.ledger()).unwrap();
        village.ends_things().await;
        server.kill();
        // As though each of them had been committed, and the process killed before its line was written.
        fs::write(home.ledger(), before).unwrap();
        drop(home.start());
        home.loses_its_database();
        says(&home.run(&["restore", "copy.db"]).succeeds(), ENDED);
        village.is_as_it_was_left(&home.start()).await;
    });
}

#[test]
fn what_cannot_be_noted_is_not_acknowledged_and_can_be_done_again() {
    drill(async {
        for home in [Home::new(), Home::of_node(&Database::empty().url)] {
            let server = home.start();
            let patient = server.nobody().registers(keeps_a_diary("kim@example.org")).await;
            let invitation = patient.invites(json!({"role": "viewer"})).await;
            let before = fs::read_to_string(home.ledger()).unwrap();
            fs::remove_file(home.ledger()).unwrap();
            fs::create_dir(home.ledger()).unwrap();
            let path = patient.diary().invitation(invitation.id());
            patient.delete(path.as_str()).await.is_problem(503, "storage_unavailable");
            // It is done, and yet nobody is told so before it is noted.
            patient.delete(path.as_str()).await.is_problem(503, "storage_unavailable");
            patient.logs(cramp("beside", 1)).await;
            fs::remove_dir(home.ledger()).unwrap();
            patient.delete(path.as_str()).await.is(204);
            let after = fs::read_to_string(home.ledger()).unwrap();
            assert!(!before.contains(invitation.id()) && after.contains(invitation.id()), "{after}");
            patient.delete(path).await.is(204);
            assert_eq!(fs::read_to_string(home.ledger()).unwrap(), after, "doing it again adds nothing");
        }
    });
}

#[test]
fn a_ledger_that_somebody_holds_keeps_nobody_from_writing_and_is_written_when_it_is_free() {
    drill(async {
        for home in [Home::new(), Home::of_node(&Database::empty().url)] {
            let server = home.start();
            let patient = server.nobody().registers(keeps_a_diary("kim@example.org")).await;
            let invitation = patient.invites(json!({"role": "viewer"})).await;
            let path = patient.diary().invitation(invitation.id());
            // As `flock ended.ledger cp …` does.
            let held = File::open(home.ledger()).unwrap();
            held.lock().unwrap();
            let writes_beside = async {
                for number in 0..20 {
                    patient.logs(cramp(&format!("beside{number}"), number)).await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let (ended, ()) = futures_util::join!(patient.delete(path.as_str()).into_future(), writes_beside);
            ended.is_problem(503, "storage_unavailable");
            let begun = Instant::now();
            patient.delete(path.as_str()).await.is_problem(503, "storage_unavailable");
            assert!(begun.elapsed() < Duration::from_secs(1), "it is known that somebody has it");
            drop(held);
            patient.delete(path).await.is(204);
            let lines = fs::read_to_string(home.ledger()).unwrap();
            assert_eq!(lines.matches(invitation.id()).count(), 1, "{lines}");
        }
    });
}

#[test]
fn on_postgres_a_node_acknowledges_what_another_has_ended_once_it_has_noted_it() {
    drill(async {
        let database = Database::empty();
        let (first, second) = (Home::of_node(&database.url), Home::of_node(&database.url));
        let (server, other) = (first.start(), second.start());
        let patient = server.nobody().registers(keeps_a_diary("kim@example.org")).await;
        let invitation = patient.invites(json!({"role": "viewer"})).await;
        let path = patient.diary().invitation(invitation.id());
        patient.delete(path.as_str()).await.is(204);
        // Who was not told of it asks again, and comes to the other one.
        let line = |home: &Home| {
            let text = fs::read_to_string(home.ledger()).unwrap();
            text.lines().filter(|line| line.contains(invitation.id())).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(line(&second), [""; 0]);
        for _ in 0..2 {
            patient.at(&other).delete(path.as_str()).await.is(204);
        }
        assert_eq!((line(&first).len(), line(&second)), (1, line(&first)));
    });
}

#[test]
fn a_ledger_that_cannot_be_used_stops_the_start() {
    for (value, words) in
        [("/proc/no/such/folder/ledger", "LEDGER_FILE"), ("precious.txt", "line 1 is no line of a ledger")]
    {
        let home = Home::new();
        fs::write(home.path("precious.txt"), "precious\n").unwrap();
        Ended::of(home.command(&["serve"]).env("CRAMP_DIARY_LEDGER_FILE", value)).is_refused_over(words);
        assert_eq!(fs::read_to_string(home.path("precious.txt")).unwrap(), "precious\n");
    }
}
