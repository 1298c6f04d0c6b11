//! Backup while others write, and what restore refuses.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    client::{Caller, PASSWORD, Row},
    support::{Ended, Home, cramp, drill},
};

const EMAIL: &str = "me@example.org";

/// What writers tell of.
#[derive(Default)]
struct Log {
    sent: Vec<Value>,
    acknowledged: Vec<Value>,
    stop: bool,
}

async fn write_until_told(person: Caller, writer: u32, log: Arc<Mutex<Log>>) {
    for number in 0.. {
        let cramp = cramp(&format!("w{writer}-{number}"), number * 8 + writer);
        {
            let mut log = log.lock().unwrap();
            if log.stop {
                return;
            }
            log.sent.push(cramp.clone());
        }
        person.logs(cramp.clone()).await;
        log.lock().unwrap().acknowledged.push(cramp);
    }
}

async fn run(home: &Home, command: &str, file: &Path) -> String {
    let mut command = home.command(&[command, file.to_str().unwrap()]);
    tokio::task::spawn_blocking(move || Ended::of(&mut command)).await.unwrap().succeeds()
}

#[test]
fn a_backup_while_others_write_is_a_consistent_prefix_of_what_was_acknowledged() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let person = server.patient(EMAIL).await;
        let first_revision = person.settings().await.revision();
        let device = person.get(person.diary().changes()).await.json()["cursor"].as_str().unwrap().to_owned();
        let log = Arc::new(Mutex::new(Log::default()));
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            writers.spawn(write_until_told(person.clone(), writer, log.clone()));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = log.lock().unwrap().acknowledged.clone();
        let file = home.path("copy.db");
        run(&home, "backup", &file).await;
        let until = log.lock().unwrap().sent.clone();
        tokio::time::sleep(Duration::from_millis(100)).await;
        log.lock().unwrap().stop = true;
        writers.join_all().await;
        let all = std::mem::take(&mut log.lock().unwrap().acknowledged);
        person.has_exactly(&all, &[]).await;
        assert!(!before.is_empty() && before.len() < all.len(), "nothing was written beside the backup");

        let elsewhere = Home::new();
        run(&elsewhere, "restore", &file).await;
        let restored = elsewhere.start();
        let person = person.at(&restored).signs_in().await;
        let (sure, perhaps): (Vec<_>, Vec<_>) = {
            let before: BTreeSet<_> = before.iter().map(|cramp| cramp["id"].as_str().unwrap()).collect();
            until.into_iter().partition(|cramp| before.contains(cramp["id"].as_str().unwrap()))
        };
        person.has_exactly(&sure, &perhaps).await;
        // A prefix: no change is missing below the last one.
        let rows = person.cramps().await;
        let revisions: BTreeSet<_> = rows.iter().map(Row::revision).collect();
        let now = person.settings().await.revision();
        let last = *revisions.last().unwrap();
        assert_eq!(revisions, (first_revision + 1..=last).collect());
        // Devices may have seen what is lost: they begin anew, however much is written from now on.
        assert!(now > last + 100_000, "{now}");
        person.get(person.diary().changes_since(&device)).await.is_problem(410, "resync_required");
        let pull = |lwt: i64| format!("{}?lwt={lwt}&id=a", person.diary().rxdb("treatments", "pull"));
        person.get(pull(first_revision)).await.is_problem(410, "resync_required");
        person.get(pull(0)).await.is(200);
        println!("backup: {} before it, {} in it, {} after it", sure.len(), rows.len(), all.len());
        person.logs(cramp("after", 7)).await;
    });
}

/// A folder with a database in it and a backup of it.
async fn backed_up() -> Home {
    let home = Home::new();
    let server = home.start();
    let person = server.patient(EMAIL).await;
    for number in 0..200 {
        person.logs(cramp(&format!("n{number}"), number)).await;
    }
    drop(server);
    run(&home, "backup", &home.path("copy.db")).await;
    home
}

#[test]
fn a_backup_never_overwrites_a_file_and_needs_a_database() {
    drill(async {
        let home = backed_up().await;
        let file = home.path("precious.txt");
        fs::write(&file, "precious").unwrap();
        home.run(&["backup", "precious.txt"]).is_refused_over("exists");
        assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
        home.run(&["backup", "/proc/no/such/folder/copy.db"]).is_refused_over("backup");

        let empty = Home::new();
        empty.run(&["backup", "copy.db"]).is_refused_over("cramp-diary.db");
        assert!(!empty.database().exists() && !empty.path("copy.db").exists());
    });
}

#[test]
fn a_restore_takes_only_a_whole_backup_and_never_replaces_a_database() {
    drill(async {
        let home = backed_up().await;
        let copy = fs::read(home.path("copy.db")).unwrap();
        let before = fs::read(home.database()).unwrap();
        home.run(&["restore", "copy.db"]).is_refused_over("exists");
        assert_eq!(fs::read(home.database()).unwrap(), before);

        let mut scrawled = copy.clone();
        // Pages with a cramp on them: one of them is in use, and what is written on free ones is no loss.
        let has_the_cramp = |page: &&mut [u8]| page.windows(14).any(|bytes| bytes == b"the cramp n100");
        scrawled.chunks_mut(4096).skip(1).filter(has_the_cramp).for_each(|page| page.fill(0xA5));
        let mut foreign = copy.clone();
        // The application id of the file's head.
        foreign[68..72].fill(0);
        for (what, bytes) in [
            ("a scrawled page", scrawled),
            ("half a file", copy[..copy.len() / 2].to_vec()),
            ("a torn page", copy[..copy.len() - 1000].to_vec()),
            ("only a head", copy[..100].to_vec()),
            ("an empty file", Vec::new()),
            ("a text", "to whom it may concern\n".repeat(400).into_bytes()),
            ("a database of another service", foreign),
        ] {
            let elsewhere = Home::new();
            fs::write(elsewhere.path("copy.db"), bytes).unwrap();
            let ended = elsewhere.run(&["restore", "copy.db"]);
            println!("{what}: {}", ended.err.trim());
            ended.is_refused_over("restore");
            assert!(!elsewhere.database().exists(), "{what} was taken");
            let left: Vec<_> = fs::read_dir(elsewhere.data(""))
                .map(|files| files.map(|file| file.unwrap().path()).collect())
                .unwrap_or_default();
            assert!(left.is_empty(), "{what} left {left:?}");
        }
        Home::new().run(&["restore", "absent.db"]).is_refused_over("absent.db");

        let elsewhere = Home::new();
        run(&elsewhere, "restore", &home.path("copy.db")).await;
        let server = elsewhere.start();
        let cramps: Vec<_> = (0..200).map(|number| cramp(&format!("n{number}"), number)).collect();
        server.nobody().signs_in_as(EMAIL, PASSWORD).await.has_exactly(&cramps, &[]).await;
    });
}

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/numbers.key");

/// The public half of it, as its file tells.
fn recipient() -> String {
    let text = fs::read_to_string(KEY).unwrap();
    text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned()
}

fn files(folder: &Path) -> BTreeSet<String> {
    let Ok(files) = fs::read_dir(folder) else { return BTreeSet::new() };
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_encrypted_backup_is_read_by_whoever_has_the_key_and_shows_nothing_to_others() {
    drill(async {
        let home = backed_up().await;
        let before = files(&home.data(""));
        let out = home.run(&["backup", "sealed.age", "--to", &recipient()]).succeeds();
        assert!(out.contains("an encrypted copy"), "{out}");
        Ended::of(home.command(&["backup", "by-setting.age"]).env("CRAMP_DIARY_BACKUP_RECIPIENTS", recipient()))
            .succeeds();
        home.run(&["backup", "other.age", "--to", "age1nonsense"]).err.contains("age1").then_some(()).unwrap();
        assert_eq!(files(&home.data("")), before, "something that can be read was left beside the database");
        for name in ["sealed.age", "by-setting.age"] {
            let sealed = fs::read(home.path(name)).unwrap();
            assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
            for clear in [&b"SQLite format 3"[..], b"the cramp n", EMAIL.as_bytes()] {
                assert!(!sealed.windows(clear.len()).any(|bytes| bytes == clear), "{name}");
            }
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(home.path(name)).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "{name}");

            let elsewhere = Home::new();
            fs::write(elsewhere.path("copy"), &sealed).unwrap();
            elsewhere.run(&["restore", "copy", "--identity", KEY]).succeeds();
            let server = elsewhere.start();
            let cramps: Vec<_> = (0..200).map(|number| cramp(&format!("n{number}"), number)).collect();
            server.nobody().signs_in_as(EMAIL, PASSWORD).await.has_exactly(&cramps, &[]).await;
        }
    });
}

#[test]
fn an_encrypted_backup_that_cannot_be_opened_changes_nothing() {
    drill(async {
        let home = backed_up().await;
        home.run(&["backup", "sealed.age", "--to", &recipient()]).succeeds();
        let sealed = fs::read(home.path("sealed.age")).unwrap();
        let mut changed = sealed.clone();
        changed[sealed.len() / 2] ^= 1;
        let other = "# a key of somebody else\n\
                     AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n";
        for (bytes, key, words) in [
            (&sealed[..], None, "--identity"),
            (&sealed, Some(other), "the key does not open it"),
            (&sealed, Some("not a key\n"), "there is no key in it"),
            (&sealed, Some(""), "there is no key in it"),
            (&sealed[..100], Some("ours"), "cut off or damaged"),
            (&sealed[..sealed.len() / 2], Some("ours"), "cut off or damaged"),
            (&sealed[..sealed.len() - 1], Some("ours"), "cut off or damaged"),
            (&changed, Some("ours"), "cut off or damaged"),
        ] {
            let elsewhere = Home::new();
            fs::write(elsewhere.path("copy"), bytes).unwrap();
            fs::write(elsewhere.path("key"), key.unwrap_or_default()).unwrap();
            let arguments = match key {
                None => vec!["restore", "copy"],
                Some("ours") => vec!["restore", "copy", "--identity", KEY],
                Some(_) => vec!["restore", "copy", "--identity", "key"],
            };
            let ended = elsewhere.run(&arguments);
            println!("{}", ended.err.trim());
            ended.is_refused_over(words);
            assert_eq!(files(&elsewhere.data("")), BTreeSet::new(), "{words}");
        }
    });
}
