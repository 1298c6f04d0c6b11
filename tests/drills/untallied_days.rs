//! Days that an older version wrote, which counted less of them.

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::BigInt,
};
use serde_json::{Value, json};

use crate::{
    client::Caller,
    support::{Home, drill},
};

const QUESTIONS: [&str; 6] = [
    "night-share?from=2026-01-01&to=2026-06-30",
    "summary?from=2026-01-01&to=2026-06-30",
    "trend?from=2026-01-01&to=2026-06-30&bucket=month",
    "time-of-day?from=2026-01-01&to=2026-06-30",
    "soreness?from=2026-01-01&to=2026-06-30&lang=de",
    "treatments/magnesium?from=2026-01-01&to=2026-06-30",
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    days: i64,
}

async fn put(person: &Caller, path: &str, body: Value) {
    person.put(format!("/v1/diaries/me/{path}"), body).await.is(201);
}

/// What the service says to every question, with the tags.
async fn answers(person: &Caller) -> Vec<(Value, Option<String>)> {
    let mut answers = Vec::new();
    for question in QUESTIONS {
        let answer = person.get(format!("/v1/diaries/me/analytics/{question}")).await.is(200);
        answers.push((answer.json(), answer.header("etag").map(str::to_owned)));
    }
    answers
}

#[test]
fn days_that_an_older_version_wrote_are_counted_when_the_service_starts() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let kim = server.patient("kim@example.org").await;
        let treatment = json!({"kind": "supplement", "name": "Magnesium", "started_on": "2026-03-15"});
        put(&kim, "treatments/magnesium", treatment).await;
        // Before all others, so that it stays the first day of which anything is known.
        put(&kim, "check-ins/1980-01-01", json!({"cramp_free": true})).await;
        for day in 1..=28 {
            for time in ["02:30", "23:15"].iter().take(day % 3) {
                let id = format!("cramp-{day}-{}", &time[..2]);
                let cramp = json!({
                    "started_at": format!("2026-03-{day:02}T{time}:00Z"), "intensity": day % 11,
                    "duration_seconds": 50 * day, "context": "asleep", "triggers": ["heat"],
                    "sites": [{"part": "calf", "side": "left"}],
                    "relief": [{"measure": "stretching", "seconds_to_relief": day}],
                });
                put(&kim, &format!("episodes/{id}"), cramp).await;
                for (later, level) in [(0, 5), (1, day % 4)] {
                    let sore = json!({"level": level, "tender_to_touch": true});
                    put(&kim, &format!("episodes/{id}/soreness/2026-03-{:02}", day + later), sore).await;
                }
            }
            put(&kim, &format!("check-ins/2026-04-{day:02}"), json!({"cramp_free": true})).await;
        }
        let before = answers(&kim).await;
        assert_eq!(before[1].0["intensity"]["known"], before[1].0["episodes"]);
        drop(server);

        let mut db = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        let mut without = |more: &str| {
            db.batch_execute(more).unwrap();
            let query = "SELECT count(*) AS days FROM covered_days WHERE tally IS NULL";
            sql_query(query).get_result::<Count>(&mut db).unwrap().days
        };
        // As an upgrade leaves days of a version that counted less: what it did not count is 0, and there is no tally. More
        // days than are counted in one transaction: most of them long ago, with a check-in and no cramp.
        let days = without(
            "UPDATE covered_days SET tally = NULL, counts = '';
             INSERT INTO covered_days (diary_id, date, said_cramp_free, episodes, counts)
             SELECT diary_id, date(date, '-' || n || ' years'), 1, 0, ''
             FROM covered_days, (WITH RECURSIVE years(n) AS (SELECT 20 UNION ALL SELECT n + 1 FROM years WHERE n < 40)
                                 SELECT n FROM years);",
        );
        assert!(days > 500, "{days} days");
        drop(home.start());
        assert_eq!(without(""), 0);

        let server = home.start();
        for (question, (after, before)) in QUESTIONS.iter().zip(answers(&kim.at(&server)).await.iter().zip(&before)) {
            assert_eq!(after, before, "{question}");
        }
    });
}
