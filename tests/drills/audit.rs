//! The access log as an operator sees to it: walking its chains, keeping their ends, and what an upgrade makes of rows that
//! were there before.

use std::fs;

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::json;

use crate::{
    client::{Caller, Row},
    support::{Home, Server, drill},
};

/// What the versions before chains had, and how it is put back: as they left it.
const BEFORE_CHAINS: &str = "
    CREATE TABLE access_log_of_before (
        diary_id TEXT NOT NULL REFERENCES diaries (id) ON DELETE CASCADE, id TEXT NOT NULL, at INTEGER NOT NULL,
        consent_id TEXT, user_id TEXT, user_name TEXT, user_email TEXT, role TEXT NOT NULL, access TEXT NOT NULL,
        what TEXT NOT NULL, target TEXT, PRIMARY KEY (diary_id, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO access_log_of_before
        SELECT diary_id, id, at, consent_id, user_id, user_name, user_email, role, access, what, target FROM access_log;
    DROP TABLE access_log;
    DROP TABLE access_chains;
    DROP TABLE access_entries;
    DROP TABLE former_grants;
    DROP TABLE personal_tokens;
    ALTER TABLE access_log_of_before RENAME TO access_log;
    CREATE INDEX access_log_by_consent ON access_log (diary_id, consent_id, at);
    DELETE FROM __diesel_schema_migrations WHERE version IN ('20261126000001', '20261126000006', '20261127000002');";

fn changes(home: &Home, sql: &str) {
    let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
    db.batch_execute(sql).unwrap();
}

/// Kim, whose diary somebody looks at.
struct Shared {
    kim: Caller,
    lee: Caller,
    grant: String,
    diary: String,
}

impl Shared {
    async fn at(server: &Server) -> Self {
        let (kim, lee) = (server.patient("kim@example.org").await, server.patient("lee@example.org").await);
        let diary = kim.settings().await.id().to_owned();
        let grant = kim.shares_with(&lee).await.id().to_owned();
        Self { kim, lee, grant, diary }
    }

    async fn look(&self, times: usize, what: &str, status: u16) {
        for _ in 0..times {
            self.lee.get(format!("/v1/diaries/{}/{what}", self.diary)).await.is(status);
        }
    }

    async fn looks(&self, server: &Server) -> Vec<Row> {
        self.kim.at(server).lists_all("/v1/diaries/me/access-log?each=true".to_owned()).await
    }

    async fn entries(&self, server: &Server) -> Vec<Row> {
        self.kim.at(server).lists_all("/v1/diaries/me/access-log".to_owned()).await
    }
}

#[test]
fn an_operator_keeps_the_ends_of_chains_and_learns_what_was_changed_since() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let shared = Shared::at(&server).await;
        shared.look(5, "episodes", 200).await;
        let ends = home.run(&["audit", "heads"]).succeeds();
        let words: Vec<_> = ends.split_whitespace().collect();
        assert!(words.len() == 3 && words[0] == shared.diary && words[1] == "5" && words[2].len() == 64, "{ends}");
        let kept = home.path("kept.txt");
        fs::write(&kept, &ends).unwrap();
        let kept = kept.to_str().unwrap();

        // While the service runs, and after more was noted.
        shared.look(2, "treatments", 200).await;
        let whole = home.run(&["audit", "verify", "--against", kept]).succeeds();
        for part in ["diaries with an access log: 1\n", "rows in it: 7\n", "compared with what was kept: 1\n"] {
            assert!(whole.contains(part), "{part:?} in {whole}");
        }
        assert!(whole.ends_with("every chain holds\n"), "{whole}");
        home.run(&["audit", "verify", "--diary", &shared.diary]).succeeds();
        let empty = home.run(&["audit", "verify", "--diary", "another"]).succeeds();
        assert!(empty.contains("rows in it: 0\n"), "{empty}");

        changes(&home, "UPDATE access_log SET what = 'getReport' WHERE number = 4");
        let ended = home.run(&["audit", "verify"]);
        ended.is_refused_over("faults in the access log");
        let named = format!("diary {}: row 4 was changed", shared.diary);
        assert!(ended.out.contains(&named), "{ended:?}");
        changes(&home, "UPDATE access_log SET what = 'listEpisodes' WHERE number = 4");
        home.run(&["audit", "verify"]).succeeds();
        changes(&home, "DELETE FROM access_log WHERE number > 5");
        let ended = home.run(&["audit", "verify", "--diary", &shared.diary]);
        assert!(ended.code == Some(1) && ended.out.contains("rows 6 to 7 are missing"), "{ended:?}");

        // What was kept is a line each, and what is gone with its diary is no fault.
        fs::write(kept, format!("{ends}nonsense\n")).unwrap();
        home.run(&["audit", "verify", "--against", kept]).is_refused_over("line 2");
        home.run(&["audit", "verify", "--against", "nowhere.txt"]).is_refused_over("nowhere.txt");
        fs::write(kept, &ends).unwrap();
        let leaves = json!({"password": crate::client::PASSWORD});
        shared.kim.request(reqwest::Method::DELETE, "/v1/me").json(&leaves).await.is(204);
        let after = home.run(&["audit", "verify", "--against", kept]).succeeds();
        assert!(after.contains("it was erased") && after.contains("rows in it: 0\n"), "{after}");
        assert_eq!(home.run(&["audit", "heads"]).succeeds(), "");
    });
}

#[test]
fn rows_from_before_there_were_chains_are_chained_and_folded_when_the_service_starts() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let shared = Shared::at(&server).await;
        shared.look(20, "episodes", 200).await;
        shared.look(2, "treatments", 200).await;
        let (looks, entries) = (shared.looks(&server).await, shared.entries(&server).await);
        shared.kim.delete(format!("/v1/diaries/me/grants/{}", shared.grant)).await.is(204);
        drop(server);
        changes(&home, BEFORE_CHAINS);
        let without_chain = |rows: &[Row]| {
            rows.iter()
                .map(|row| [&row["id"], &row["at"], &row["what"], &row["user_id"]].map(Clone::clone))
                .collect::<Vec<_>>()
        };

        let server = home.start();
        assert_eq!(without_chain(&shared.looks(&server).await), without_chain(&looks));
        assert_eq!(shared.entries(&server).await, entries);
        // The right that ended before is known to have been one.
        let lee = shared.lee.at(&server);
        lee.get(format!("/v1/diaries/{}/episodes", shared.diary)).await.is(404);
        let last = shared.looks(&server).await.remove(0);
        assert_eq!((&last["outcome"], &last["number"]), (&json!("denied"), &json!(23)));
        let whole = home.run(&["audit", "verify"]).succeeds();
        assert!(whole.contains("chained as they were found: 22\n") && whole.contains("rows in it: 23\n"), "{whole}");
        drop(server);

        // More rows than are chained in one step, of several diaries, found by the audit itself.
        changes(&home, BEFORE_CHAINS);
        changes(
            &home,
            "INSERT INTO access_log
             SELECT d.id, 'z-' || printf('%05d', n), l.at + n * 1000000, 'c', NULL, NULL, NULL, 'report_link', 'read', 'getReport', NULL
             FROM diaries d, (SELECT at FROM access_log LIMIT 1) l,
                  (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1300) SELECT n FROM n)",
        );
        let whole = home.run(&["audit", "verify"]).succeeds();
        assert!(
            whole.contains("chained as they were found: 2623\n") && whole.contains("rows in it: 2623\n"),
            "{whole}"
        );
        let server = home.start();
        // 1,300 seconds, in entries of ten minutes, which begin and end with a look each.
        let of_links: Vec<_> =
            shared.entries(&server).await.into_iter().filter(|entry| entry["consent_id"] == "c").collect();
        let counts: Vec<_> = of_links.iter().map(|entry| entry["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [98, 601, 601]);
    });
}
