//! The keys that seal secrets: at the start, while they are changed, and when they are lost.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use cramp_diary::foundation::clock::Clock;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Authenticator, Caller},
    postgres::Database,
    support::{Home, Server, credentials, drill},
};

const EMAIL: &str = "kim@example.org";

async fn login(server: &Server, code: &str) -> Answer {
    let mut credentials = credentials(EMAIL);
    credentials["code"] = json!(code);
    server.nobody().post("/v1/auth/login", credentials).await
}

/// Somebody with a second factor, and their recovery codes.
async fn settles(server: &Server) -> (Caller, Authenticator, Vec<Value>) {
    let person = server.patient(EMAIL).await;
    let phone = person.begins_a_second_factor().await;
    let code = json!({"code": phone.code(Clock::system().now().utc())});
    let confirmed = person.post("/v1/me/second-factor/confirm", code).await.is(200).json();
    (person, phone, confirmed["recovery_codes"].as_array().unwrap().clone())
}

/// That the service reads the secret: it knows a wrong code for one, and fails at none.
async fn knows(server: &Server, phone: &Authenticator) {
    login(server, &phone.wrong_code(Clock::system().now().utc())).await.is_problem(401, "invalid_second_factor");
}

/// The ids of a file's keys.
fn ids(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}

#[test]
fn a_rotation_while_the_service_runs_fails_no_code_and_old_backups_need_the_old_key() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let (_, phone, _) = settles(&server).await;
        let file = home.data("secrets.key");
        let first = ids(&file);
        assert_eq!((first.len(), fs::metadata(&file).unwrap().permissions().mode() & 0o7777), (1, 0o600));
        home.run(&["backup", "before.db"]).succeeds();
        fs::copy(&file, home.path("before.key")).unwrap();

        let out = home.run(&["secrets", "rotate"]).succeeds();
        let both = ids(&file);
        assert_eq!((both.len(), &both[1]), (2, &first[0]));
        assert!(out.contains(&format!("by the key {}: 1 were sealed anew", both[0])), "{out}");
        knows(&server, &phone).await;
        let out = home.run(&["secrets", "list"]).succeeds();
        assert!(out.lines().count() == 2 && out.contains("sealed before") && out.contains("everything"), "{out}");

        let out = home.run(&["secrets", "drop"]).succeeds();
        assert!(out.contains(&first[0]) && out.contains("backup"), "{out}");
        assert_eq!(ids(&file), both[..1]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
        knows(&server, &phone).await;
        drop(server);
        let server = home.start();
        login(&server, &phone.code_of_step(Clock::system().now().utc(), 1)).await.is(200);
        drop(server);

        // The backup has what the first key sealed.
        let elsewhere = Home::with_secrets_keys_of(&home);
        let copy = home.path("before.db");
        let out = elsewhere.run(&["restore", copy.to_str().unwrap()]).succeeds();
        assert!(out.contains("will not start") && out.contains(&format!("lacks the key {}", first[0])), "{out}");
        elsewhere.run(&["serve"]).is_refused_over(&format!("lacks the key {}", first[0]));
        fs::copy(home.path("before.key"), elsewhere.data("secrets.key")).unwrap();
        let server = elsewhere.start();
        knows(&server, &phone).await;
    });
}

#[test]
fn what_can_be_no_key_of_this_database_stops_the_start_with_a_line_and_makes_nothing_new() {
    drill(async {
        let home = Home::new();
        let file = home.data("secrets.key");
        // Nothing is sealed yet: whoever lost the key has lost nothing.
        drop(home.start());
        fs::remove_file(&file).unwrap();
        let server = home.start();
        settles(&server).await;
        drop(server);

        let good = fs::read(&file).unwrap();
        let id = ids(&file).remove(0);
        for (content, mode, expected) in [
            (good.clone(), 0o640, "mode 0640".to_owned()),
            (b"k1 short\n".to_vec(), 0o600, "line 1 is not a key".to_owned()),
            (Vec::new(), 0o600, "there is no key".to_owned()),
            (format!("other {}\n", "A".repeat(43)).into_bytes(), 0o600, format!("lacks the key {id}")),
            (format!("{id} {}\n", "A".repeat(43)).into_bytes(), 0o600, format!("key {id} is not the one")),
        ] {
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            for command in ["serve", "migrate", "demo"] {
                let ended = home.run(&[command]);
                ended.is_refused_over("SECRETS_KEY_FILE");
                ended.is_refused_over(&expected);
            }
        }
        fs::remove_file(&file).unwrap();
        for command in [&["serve"][..], &["migrate"], &["secrets", "rotate"], &["secrets", "add"], &["secrets", "drop"]]
        {
            home.run(command).is_refused_over(&format!("sealed by its key {id}"));
            assert!(!file.exists(), "{command:?} made a key beside what another one has sealed");
        }
        // What neither seals nor opens does without.
        home.run(&["backup", "copy.db"]).succeeds();
        fs::write(&file, good).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        drop(home.start());
    });
}

#[test]
fn with_a_lost_key_recovery_codes_let_people_in_once_the_operator_has_given_it_up() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let (person, phone, recovery_codes) = settles(&server).await;
        let webhook = json!({"url": "https://hooks.invalid/", "events": ["grant.ended"]});
        person.post("/v1/me/webhooks", webhook).await.is(201);
        drop(server);
        fs::remove_file(home.data("secrets.key")).unwrap();
        home.run(&["serve"]).is_refused_over("SECRETS_KEY_FILE");

        // What the guide for operators says.
        let guide = include_str!("../../docs/operating.md");
        let statements = guide.split("### The key is lost").nth(1).unwrap().split("```").nth(1).unwrap();
        let statements = statements.strip_prefix("sql").unwrap();
        let mut db =
            <diesel::SqliteConnection as diesel::Connection>::establish(home.database().to_str().unwrap()).unwrap();
        diesel::connection::SimpleConnection::batch_execute(&mut db, statements).unwrap();
        drop(db);
        let server = home.start();
        assert_eq!(person.at(&server).get("/v1/me/webhooks").await.items().len(), 0);
        login(&server, &phone.code_of_step(Clock::system().now().utc(), 1)).await.is_problem(500, "internal");
        let signed_in = login(&server, recovery_codes[0].as_str().unwrap()).await.is(200).json();
        let person = person.at(&server).with(crate::client::Tokens::of(&signed_in));
        let off = json!({"password": crate::client::PASSWORD, "code": recovery_codes[1]});
        person.request(reqwest::Method::DELETE, "/v1/me/second-factor").json(&off).await.is(204);
        let phone = person.begins_a_second_factor().await;
        let code = json!({"code": phone.code(Clock::system().now().utc())});
        person.post("/v1/me/second-factor/confirm", code).await.is(200);
        knows(&server, &phone).await;
    });
}

#[test]
fn machines_that_share_a_database_get_the_new_key_before_it_seals() {
    drill(async {
        let database = Database::empty();
        let [one, two] = [(); 2].map(|()| Home::of_node(&database.url));
        let servers = [one.start(), two.start()];
        let (_, phone, _) = settles(&servers[0]).await;
        one.run(&["secrets", "rotate"]).is_refused_over("secrets add");

        let out = one.run(&["secrets", "add"]).succeeds();
        let new = ids(&one.data("secrets.key"));
        assert!(new.len() == 2 && out.contains(&new[0]), "{out}");
        assert_eq!(new[1], "shared");
        // It seals nothing yet, so nobody misses it.
        for server in &servers {
            knows(server, &phone).await;
        }
        fs::copy(one.data("secrets.key"), two.data("secrets.key")).unwrap();
        one.run(&["secrets", "rotate"]).succeeds();
        for server in &servers {
            knows(server, &phone).await;
        }
        // Who asks where rotates nothing anew.
        for home in [&one, &two] {
            home.run(&["secrets", "drop"]).succeeds();
            assert_eq!(ids(&home.data("secrets.key")), new[..1]);
        }
        drop(servers);
        for home in [&one, &two] {
            knows(&home.start(), &phone).await;
        }

        let absent = Home::of_node(&database.url);
        fs::remove_file(absent.data("secrets.key")).unwrap();
        absent.run(&["serve"]).is_refused_over(&format!("sealed by its key {}", new[0]));
        let empty = Database::empty();
        let fresh = Home::of_node(&empty.url);
        fs::remove_file(fresh.data("secrets.key")).unwrap();
        fresh.run(&["serve"]).is_refused_over("secrets add");
        assert!(fresh.run(&["secrets", "add"]).code == Some(0) && fresh.data("secrets.key").exists());
        drop(fresh.start());
    });
}

#[test]
fn a_rotation_that_is_killed_is_brought_to_its_end_by_the_next_start() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let (_, phone, _) = settles(&server).await;
        let mut rotation = home.command(&["secrets", "rotate"]).spawn().unwrap();
        // Wherever that is: before, between or after.
        tokio::time::sleep(Duration::from_millis(60)).await;
        rotation.kill().unwrap();
        rotation.wait().unwrap();
        knows(&server, &phone).await;
        drop(server);
        let server = home.start();
        knows(&server, &phone).await;
        drop(server);
        let out = home.run(&["secrets", "list"]).succeeds();
        assert!(out.contains("has sealed everything"), "{out}");
    });
}
