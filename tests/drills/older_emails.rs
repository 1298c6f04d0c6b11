//! E-mails that an older version compared in another way.

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use crate::support::{Home, credentials, drill};

#[test]
fn who_has_the_e_mail_of_another_account_by_now_keeps_it_and_the_log_says_how_many() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        for email in ["kim@example.org", "shadow@example.org", "rene@example.org"] {
            server.patient(email).await;
        }
        drop(server);

        let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        for (email, older) in
            [("shadow@example.org", "Kim@example.org\u{200b}"), ("rene@example.org", "Rene\u{301}@b.c")]
        {
            let key = older.to_lowercase();
            db.batch_execute(&format!(
                "UPDATE users SET email = '{older}', email_key = '{key}' WHERE email = '{email}'"
            ))
            .unwrap();
        }
        drop(db);

        for _ in 0..2 {
            let migrated = home.run(&["migrate"]);
            assert_eq!(migrated.code, Some(0), "{migrated:?}");
            let told: Vec<_> = migrated.err.lines().filter(|line| line.contains("another account's")).collect();
            assert!(told.len() == 1 && told[0].contains("\"accounts\":1,"), "{migrated:?}");
            assert!(!migrated.err.contains("example.org"), "{migrated:?}");
        }
        let server = home.start();
        for email in ["kim@example.org", "Kim@example.org\u{200b}", "REN\u{c9}@b.c"] {
            server.nobody().post("/v1/auth/login", credentials(email)).await.is(200);
        }
    });
}
