//! Another process that does not let go of the database.

use std::time::{Duration, Instant};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    client::{Answer, PASSWORD},
    support::{Home, cramp, drill, quantile},
};

/// And says after how long.
#[track_caller]
fn is_unavailable(answer: Answer) -> Duration {
    let answer = answer.is_problem(503, "storage_unavailable");
    assert!(answer.retry_after() > 0, "{answer}");
    assert!(answer.took < Duration::from_millis(7_500), "{:?}", answer.took);
    answer.took
}

#[test]
fn while_another_process_locks_the_database_writes_are_refused_in_time_and_reads_go_on() {
    drill(async {
        let home = Home::new();
        let server = home.start();
        let person = server.patient("me@example.org").await;
        let before = cramp("before", 1);
        person.logs(before.clone()).await;

        let mut other = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        other.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
        let locked = Instant::now();
        let (first, second, third) = (cramp("first", 2), cramp("second", 3), cramp("third", 4));
        let in_vain = person.sends(&first).into_future();
        let in_vain_too = async {
            sleep(Duration::from_secs(2)).await;
            person.sends(&second).await
        };
        let mut reads = Vec::new();
        let reading = async {
            while locked.elapsed() < Duration::from_millis(7_500) {
                reads.push(person.get("/v1/diaries/me/episodes").await.is(200).took);
                sleep(Duration::from_millis(20)).await;
            }
        };
        let (one, two, ()) = tokio::join!(in_vain, in_vain_too, reading);
        let (one, two) = (is_unavailable(one), is_unavailable(two));
        let release = async {
            sleep(Duration::from_secs(8).saturating_sub(locked.elapsed())).await;
            other.batch_execute("ROLLBACK").unwrap();
            Instant::now()
        };
        // This one waits, and is done as soon as it can be.
        let (_, released) = tokio::join!(person.logs(third.clone()), release);
        println!(
            "locked: writes refused after {one:?} and {two:?}; a read takes {:?} ({:?} at most); normal {:?} after the \
             release",
            quantile(&reads, 0.5),
            quantile(&reads, 1.0),
            released.elapsed()
        );
        assert!(quantile(&reads, 1.0) < Duration::from_secs(2));
        person.has_exactly(&[before.clone(), third.clone()], &[]).await;
        for cramp in [&first, &second] {
            person.logs(cramp.clone()).await;
        }
        person.has_exactly(&[before, first, second, third], &[]).await;
    });
}

#[test]
fn while_somebody_reads_for_long_an_erasure_holds_up_no_write_and_is_done_when_they_are() {
    const NOTE: &str = "quicksilver marmalade";
    drill(async {
        let home = Home::new();
        let server = home.start();
        let (leaver, stayer) = (server.patient("leaver@example.org").await, server.patient("me@example.org").await);
        let mut told = cramp("told", 1);
        told["note"] = NOTE.into();
        leaver.logs(told).await;

        // As a long backup does.
        let mut reader = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        reader.batch_execute("BEGIN; SELECT count(*) FROM episodes").unwrap();
        leaver.delete("/v1/me").json(&json!({"password": PASSWORD})).await.is(204);
        let begun = Instant::now();
        let mut times = Vec::new();
        for number in 0.. {
            if begun.elapsed() > Duration::from_secs(3) {
                break;
            }
            times.push(stayer.sends(&cramp(&format!("n{number}"), number)).await.is(201).took);
            sleep(Duration::from_millis(5)).await;
        }
        let slowest = quantile(&times, 1.0);
        println!("beside a long reader: a write takes {:?}, {slowest:?} at most", quantile(&times, 0.5));
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");

        reader.batch_execute("ROLLBACK").unwrap();
        let holds_note = || {
            ["", "-wal"].iter().any(|ending| {
                let file = std::fs::read(home.data(&format!("cramp-diary.db{ending}"))).unwrap_or_default();
                file.windows(NOTE.len()).any(|window| window == NOTE.as_bytes())
            })
        };
        let done = Instant::now();
        while holds_note() {
            assert!(done.elapsed() < Duration::from_secs(20), "the erased note is still in the files");
            sleep(Duration::from_millis(50)).await;
        }
    });
}

#[test]
fn when_the_queue_of_writes_is_full_further_ones_are_refused_at_once() {
    drill(async {
        let home = Home::new();
        let server = home.start_with(&[("WRITE_QUEUE", "2")]);
        let person = server.patient("me@example.org").await;
        let mut other = SqliteConnection::establish(home.database().to_str().unwrap()).unwrap();
        other.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
        let cramps: Vec<_> = (0..12).map(|number| cramp(&format!("n{number}"), number)).collect();
        let writes = join_all(cramps.iter().map(|cramp| person.sends(cramp).into_future()));
        let answers = {
            let release = async {
                sleep(Duration::from_secs(2)).await;
                other.batch_execute("ROLLBACK").unwrap();
            };
            tokio::join!(writes, release).0
        };
        let (written, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert!(!written.is_empty() && refused.len() >= 6, "{} written, {} refused", written.len(), refused.len());
        for answer in refused {
            let answer = answer.is_problem(503, "overloaded");
            assert!(answer.retry_after() > 0 && answer.took < Duration::from_secs(1), "{:?} {answer}", answer.took);
        }
    });
}
