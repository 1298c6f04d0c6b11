//! What PostgreSQL may say in the middle of a transaction, and how often the work is done then.

use std::{
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};

use cramp_diary::{
    diary::episodes::backfill,
    foundation::clock::Clock,
    storage::{Address, Db, Error, Options, Store},
};
use diesel::RunQueryDsl;
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::support::{
    Caller, PASSWORD, TestApp, a_cramp,
    app::Postgres,
    postgres::{Database, sql},
};

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
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'cramp-diary' AND state LIKE 'idle in%'",
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
                     ('{person}', '{person}', NULL, 'UTC', 1320, 360, 1080, 1, 0, now(), now(), 0);
                 INSERT INTO covered_days (diary_id, date, said_cramp_free, episodes, counts)
                 VALUES ('{person}', '{day}', true, 0, '')"
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

#[actix_web::test]
async fn a_replica_that_many_wait_for_is_still_asked_and_one_that_fails_rests() {
    let database = Database::empty();
    let address = Address::parse(&database.url).unwrap();
    let Address::Postgres(replica) = address.clone() else { panic!("{address}") };
    let options = Options { replica: Some(*replica), read_connections: 1, waiting_each: 2_048, ..Options::of(address) };
    let store = Store::open(&options).unwrap();
    let asked = |sql: &'static str| move |db: &mut Db| Ok::<_, Error>(diesel::sql_query(sql).execute(db)?);

    // More than fit, and none of them is begun in time.
    let slow = store.read_replica(asked("SELECT pg_sleep(3)"));
    let others = join_all((0..1_100).map(|_| store.read_replica(asked("SELECT 1"))));
    let (slow, others) = join(slow, others).await;
    assert!(slow.is_ok(), "{slow:?}");
    assert!(others.iter().all(|other| *other == Err(Error::Overloaded)), "{others:?}");
    assert!(store.has_replica(), "it only was busy");

    // Those who have given up wait no longer, but their places are free only when they are passed over.
    while store.read_replica(asked("SELECT 1")).await == Err(Error::Overloaded) {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let broken = store.read_replica(asked("SELECT pg_terminate_backend(pg_backend_pid())")).await;
    assert!(broken.is_err());
    assert!(!store.has_replica(), "it is left alone for a while");
}

/// Waits until a connection to the application's database is as the condition says.
async fn until(app: &TestApp<Postgres>, condition: &str) {
    let there = format!("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND {condition}");
    while app.sql(&there) != "t" {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Keeps something of the application's database locked until so many wait for it, or for two seconds; then says how many
/// did. It is locked when this returns.
async fn locks(app: &TestApp<Postgres>, lock: &str, waiting: u32) -> JoinHandle<String> {
    let busy = format!(
        "BEGIN; {lock};
         DO $$ DECLARE begun timestamptz := clock_timestamp(); waiting int := 0; BEGIN
             WHILE waiting < {waiting} AND clock_timestamp() < begun + interval '2 s' LOOP
                 PERFORM pg_stat_clear_snapshot();
                 SELECT count(*) INTO waiting FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock';
                 PERFORM pg_sleep(0.01);
             END LOOP;
             PERFORM set_config('test.waiting', waiting::text, true);
         END $$; SELECT 'waiting: ' || current_setting('test.waiting'); COMMIT"
    );
    let url = app.database_url().unwrap().to_owned();
    let busy = std::thread::spawn(move || sql(&url, &busy));
    let quoted = lock.replace('\'', "''");
    until(app, &format!("query LIKE 'BEGIN; {quoted}%' AND wait_event = 'PgSleep'")).await;
    busy
}

#[actix_web::test]
async fn who_may_only_read_by_the_time_that_their_write_gets_its_turn_writes_nothing() {
    let app = TestApp::<Postgres>::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    patient.shares_on(json!({"role": "contributor"}), &carer).await;
    let diary = patient.diary();
    let viewer = patient.invites(json!({"role": "viewer"})).await;

    // Somebody else changes the diary until the carer is a viewer.
    let busy = format!(
        "BEGIN; SELECT 1 FROM diaries WHERE id = '{0}' FOR NO KEY UPDATE;
         DO $$ BEGIN
             WHILE EXISTS (SELECT 1 FROM grants WHERE diary_id = '{0}' AND role = 'contributor') LOOP
                 PERFORM pg_sleep(0.01);
             END LOOP;
         END $$; COMMIT",
        diary.id()
    );
    let url = app.database_url().unwrap().to_owned();
    let busy = std::thread::spawn(move || sql(&url, &busy));
    until(&app, "query LIKE 'BEGIN; SELECT 1 FROM diaries%' AND wait_event = 'PgSleep'").await;
    let write = carer.post(diary.episodes(), a_cramp());
    let demotion = async {
        until(&app, "wait_event_type = 'Lock'").await;
        carer.redeems(&viewer).await.is(200);
    };
    let (refused, ()) = join(write.into_future(), demotion).await;
    refused.is_problem(403, "forbidden");
    busy.join().unwrap();

    patient.get(diary.episodes()).await.lists([]);
    let noted = patient.get(diary.access_log()).await.items();
    assert!(noted.iter().all(|entry| entry["what"] != "createEpisode"), "{noted:?}");
}

#[actix_web::test]
async fn who_lost_the_right_before_their_look_could_be_noted_is_shown_nothing() {
    let app = TestApp::<Postgres>::start_with(&[("WRITE_CONNECTIONS", "1")]).await;
    let (patient, clinician, other) = (app.patient().await, app.clinician().await, app.patient().await);
    patient.logs(a_cramp()).await;
    patient.shares_on(json!({"role": "viewer"}), &clinician).await;

    // Until the clinician's grant is gone, somebody else's write waits on the one connection that writes.
    let busy = format!(
        "BEGIN; SELECT 1 FROM diaries WHERE id = '{}' FOR NO KEY UPDATE;
         DO $$ BEGIN
             WHILE EXISTS (SELECT 1 FROM grants WHERE role = 'viewer') LOOP
                 PERFORM pg_sleep(0.01);
             END LOOP;
         END $$; COMMIT",
        other.diary().id()
    );
    let url = app.database_url().unwrap().to_owned();
    let busy = std::thread::spawn(move || sql(&url, &busy));
    until(&app, "query LIKE 'BEGIN; SELECT 1 FROM diaries%' AND wait_event = 'PgSleep'").await;
    let write = other.post(other.diary().episodes(), a_cramp());
    let look_and_end = async {
        until(&app, "wait_event_type = 'Lock'").await;
        let since = app.sql("SELECT clock_timestamp()");
        let ended = async {
            // What is read is read to the end; what waits to note it does not get that far.
            until(&app, &format!("query = 'COMMIT' AND query_start > '{since}'")).await;
            app.sql("DELETE FROM grants WHERE role = 'viewer'");
        };
        join(clinician.get(patient.diary().episodes()).into_future(), ended).await
    };
    let (written, (shown, ())) = join(write.into_future(), look_and_end).await;
    written.is(201);
    shown.is_problem(404, "not_found");
    busy.join().unwrap();
    assert!(patient.get(patient.diary().access_log()).await.items().is_empty(), "nothing was shown, and so not noted");
}

#[actix_web::test]
async fn a_right_ends_after_the_write_that_rests_on_it() {
    let app = TestApp::<Postgres>::start().await;
    let (patient, carer) = (app.patient().await, app.patient().await);
    let grant = patient.shares_on(json!({"role": "contributor"}), &carer).await;

    // The carer's write can't be noted until the patient waits for it, too.
    let busy = locks(&app, "LOCK TABLE access_log IN SHARE MODE", 2).await;
    let write = carer.post(patient.diary().episodes(), a_cramp());
    let end = async {
        until(&app, "wait_event_type = 'Lock'").await;
        patient.delete(patient.diary().grant(grant.id())).await
    };
    let (written, ended) = join(write.into_future(), end).await;
    written.is(201);
    ended.is(204);
    assert!(busy.join().unwrap().contains("waiting: 2"), "the right ended while a write rested on it");
}

#[actix_web::test]
async fn of_two_changes_of_a_password_at_once_one_holds() {
    let app = TestApp::<Postgres>::start().await;
    let patient = app.patient().await;
    let other = patient.signs_in().await;

    // Both have shown that they know the present one before either is changed.
    let busy = locks(&app, "SELECT 1 FROM users FOR UPDATE", 2).await;
    let change = |caller: &Caller, new: &str| {
        let body = json!({"current_password": PASSWORD, "new_password": new});
        caller.put("/v1/auth/password", body).into_future()
    };
    let new = ["a first heron stands at dawn", "a second heron stands at noon"];
    let (one, two) = join(change(&patient, new[0]), change(&other, new[1])).await;
    assert!(busy.join().unwrap().contains("waiting: 2"));
    let changed = [one.status(), two.status()].map(|status| status == 204);
    assert_ne!(changed[0], changed[1], "{one}\n{two}");

    let credentials = json!({"email": patient.email(), "password": new[usize::from(changed[1])]});
    app.nobody().post("/v1/auth/login", credentials).await.is(200);
    let (winner, loser) = if changed[0] { (&patient, &other) } else { (&other, &patient) };
    winner.get("/v1/me").await.is(200);
    loser.get("/v1/me").await.is(401);
}

#[actix_web::test]
async fn nothing_is_opened_after_the_change_of_the_password_that_ends_it() {
    let app = TestApp::<Postgres>::start().await;
    let patient = app.patient().await;
    let thief = patient.signs_in().await;

    // The password is being changed: all other sessions are over once that is done.
    let change = format!(
        "SELECT 1 FROM users WHERE id = '{0}' FOR NO KEY UPDATE; UPDATE sessions SET ended_at = now() WHERE user_id = '{0}'",
        patient.user_id()
    );
    for (path, body) in
        [(patient.diary().invitations(), json!({"role": "viewer"})), (patient.diary().report_links(), json!({}))]
    {
        let busy = locks(&app, &change, 1).await;
        let opened = thief.post(path, body).await;
        assert!(busy.join().unwrap().contains("waiting: 1"), "it did not wait: {opened}");
        opened.is_problem(401, "unauthenticated");
        app.sql("UPDATE sessions SET ended_at = NULL");
    }
    patient.get(patient.diary().consents()).await.lists([]);
}

#[actix_web::test]
async fn no_review_follows_the_end_of_the_right() {
    let app = TestApp::<Postgres>::start().await;
    let (patient, clinician) = (app.patient().await, app.clinician().await);
    patient.shares_with(&clinician).await;
    let busy = locks(&app, "DELETE FROM grants WHERE role = 'viewer'", 1).await;
    let review = clinician.post(patient.diary().reviews(), json!({})).await;
    assert!(busy.join().unwrap().contains("waiting: 1"), "it did not wait: {review}");
    review.is_problem(404, "not_found");
    patient.get(patient.diary().reviews()).await.lists([]);
}
