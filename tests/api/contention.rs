//! What PostgreSQL may say in the middle of a transaction, and how often the work is done then.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use cramp_diary::{
    diary::episodes::backfill,
    foundation::clock::Clock,
    storage::{Address, Db, Error, Options, Store},
};
use diesel::RunQueryDsl;

use crate::support::postgres::{Database, sql};

/// Work whose first `bad` runs end with this SQL; what came of it, and how often it ran.
async fn ran(store: &Store, bad: u32, statement: &'static str) -> (Result<u32, Error>, u32) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let outcome = store.write(move |db: &mut Db| {
        let run = counted.fetch_add(1, Ordering::Relaxed) + 1;
        if run <= bad {
            diesel::sql_query(statement).execute(db)?;
        }
        Ok::<_, Error>(run)
    });
    (outcome.await, runs.load(Ordering::Relaxed))
}

#[actix_web::test]
async fn what_others_got_in_the_way_of_is_done_again_a_bounded_number_of_times() {
    let database = Database::empty();
    let store = Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    for again in [
        "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '23505'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '25006'; END $$",
        "SELECT pg_terminate_backend(pg_backend_pid())",
    ] {
        assert_eq!(ran(&store, 2, again).await, (Ok(3), 3), "{again}");
        let (refused, runs) = ran(&store, u32::MAX, again).await;
        assert!(matches!(refused, Err(Error::Contended(_) | Error::Lost(_))), "{again}: {refused:?}");
        assert!((2..=6).contains(&runs), "{again}: {runs}");
    }
}

#[actix_web::test]
async fn what_would_only_fail_again_is_done_once_and_told_apart() {
    let database = Database::empty();
    let store = Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    let (full, runs) = ran(&store, 9, "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$").await;
    assert!(matches!(full, Err(Error::Full(_))) && runs == 1, "{full:?}");
    for unavailable in ["DO $$ BEGIN RAISE SQLSTATE '57014'; END $$", "DO $$ BEGIN RAISE SQLSTATE '53300'; END $$"] {
        let (refused, runs) = ran(&store, 9, unavailable).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))) && runs == 1, "{refused:?}");
    }
    for defect in ["SELECT * FROM nowhere", "DO $$ BEGIN RAISE SQLSTATE '23514'; END $$"] {
        let (failed, runs) = ran(&store, 9, defect).await;
        assert!(matches!(failed, Err(Error::Failed(_))) && runs == 1, "{failed:?}");
    }
}

#[actix_web::test]
async fn a_transaction_in_which_a_statement_failed_is_never_called_committed() {
    let database = Database::empty();
    let store = Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    let swallowed = store
        .write(|db: &mut Db| {
            drop(diesel::sql_query("SELECT * FROM nowhere").execute(db));
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(swallowed, Err(Error::Failed(_))), "{swallowed:?}");
}

#[actix_web::test]
async fn every_transaction_has_time_limits_and_leaves_none_on_the_session() {
    let database = Database::empty();
    let store = Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    let limited = |lock: &str| {
        format!(
            "DO $$ BEGIN ASSERT current_setting('statement_timeout') = '5s' AND current_setting('lock_timeout') = '{lock}'
             AND current_setting('idle_in_transaction_session_timeout') = '10s'; END $$"
        )
    };
    let (read, write) = (limited("0"), limited("3s"));
    let asked = move |sql: String| move |db: &mut Db| Ok::<_, Error>(diesel::sql_query(sql).execute(db)?);
    store.read(asked(read)).await.unwrap();
    store.write(asked(write)).await.unwrap();
    let on_sessions = sql(
        &database.url,
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cramp-diary' AND state LIKE 'idle in%'",
    );
    assert_eq!(on_sessions, "0");

    // Who holds a lock for too long is not waited for.
    let held = std::thread::spawn({
        let url = database.url.clone();
        move || sql(&url, "BEGIN; LOCK TABLE users; SELECT pg_sleep(4); COMMIT")
    });
    while sql(&database.url, "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") == "0" {}
    let waited = store.write(asked("SELECT id FROM users FOR UPDATE".to_owned())).await;
    assert!(matches!(waited, Err(Error::Unavailable(_))), "{waited:?}");
    held.join().unwrap();
}

#[actix_web::test]
async fn a_diary_that_is_erased_while_its_days_are_counted_does_not_stop_the_start() {
    let database = Database::empty();
    let store = Store::open(&Options::of(Address::parse(&database.url).unwrap())).unwrap();
    for (person, day) in [("anna", "2026-03-01"), ("kim", "2026-03-02"), ("zoe", "2026-03-03")] {
        sql(
            &database.url,
            &format!(
                "INSERT INTO users VALUES
                     ('{person}', '{person}', '{person}', '', NULL, 'patient', 'UTC', '{person}', now(), now());
                 INSERT INTO diaries VALUES
                     ('{person}', '{person}', NULL, 'UTC', 1320, 360, 1080, 1, 0, now(), now());
                 INSERT INTO covered_days (diary_id, date, checked_in, episodes, night_begun_this_date,
                     night_begun_the_date_before, evening, sleep_interrupted, sleep_not_interrupted,
                     late_and_sleep_interrupted, in_bed, not_in_bed, on_the_move)
                 VALUES ('{person}', '{day}', true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
            ),
        );
    }
    let erasing = std::thread::spawn({
        let url = database.url.clone();
        move || sql(&url, "BEGIN; DELETE FROM users WHERE id = 'kim'; SELECT pg_sleep(1); COMMIT")
    });
    let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while sql(&database.url, sleeps) == "0" {}
    assert_eq!(backfill::run(&store, Clock::system().now()).await.unwrap(), 2);
    erasing.join().unwrap();
    assert_eq!(sql(&database.url, "SELECT count(*) FROM covered_days WHERE tally IS NOT NULL"), "2");
}
