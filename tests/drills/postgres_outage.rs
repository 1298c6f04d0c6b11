//! PostgreSQL crashes under load and comes back.

use std::time::{Duration, Instant};

use crate::{
    postgres::{Durability, Server, sql},
    support::{Home, cramp, drill_alone},
    writing::Writers,
};

#[test]
fn while_postgres_is_down_requests_are_refused_soon_and_nothing_acknowledged_is_lost() {
    drill_alone(async {
        let postgres = Server::start(Durability::Full);
        let home = Home::of_node(&postgres.create_database("diary"));
        let node = home.start();
        let person = node.patient("me@example.org").await;
        let reader = person.clone();

        let writers = Writers::start(16, std::slice::from_ref(&person));
        tokio::time::sleep(Duration::from_millis(700)).await;
        let went_down = Instant::now();
        postgres.crash();
        let refused = reader.get("/v1/diaries/me/episodes").await.is(503);
        let ready = reader.get("/health/ready").await.is_problem(503, "storage_unavailable");
        reader.get("/health/live").await.is(200);
        tokio::time::sleep(Duration::from_millis(700)).await;
        postgres.run();
        let came_back = Instant::now();
        let read_again = loop {
            if reader.get("/v1/diaries/me/episodes").await.status == 200 {
                break came_back.elapsed();
            }
        };
        tokio::time::sleep(Duration::from_millis(700)).await;
        let written = writers.stop().await;

        let slowest = written.refusals.iter().max().copied().expect("nobody noticed");
        let wrote_again = written.first_kept_after(came_back);
        println!(
            "down for {:?}: {} refusals, the slowest after {slowest:?}; {} cramps kept, {} of them before it could be \
             said; back after {read_again:?} (read) and {wrote_again:?} (written)",
            came_back - went_down,
            written.refusals.len(),
            written.acknowledged.len(),
            written.kept_unsaid,
        );
        for took in [slowest, refused.took, ready.took, read_again, wrote_again] {
            assert!(took < Duration::from_secs(2), "{took:?}");
        }
        person.has_exactly(&written.cramps(), &written.open).await;
    });
}

#[test]
fn what_fails_as_it_is_committed_may_be_sent_again() {
    drill_alone(async {
        let postgres = Server::start(Durability::None);
        let database = postgres.create_database("diary");
        let home = Home::of_node(&database);
        let node = home.start();
        let person = node.patient("me@example.org").await;
        // As the server says it when another one, that it commits on, is lost.
        sql(
            &database,
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'a worker was lost' USING ERRCODE = 'XX000'; END $$;
             CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON episodes DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION lose()",
        );
        let cramp = cramp("once", 1);
        let refused = person.sends(&cramp).await.is_problem(503, "storage_unavailable");
        assert!(refused.retry_after() >= 1);
        sql(&database, "DROP TRIGGER lost ON episodes");
        person.sends(&cramp).await.is(201);
    });
}

#[test]
fn a_postgres_that_falls_silent_is_given_up_and_found_again() {
    drill_alone(async {
        let postgres = Server::start(Durability::None);
        let home = Home::of_node(&postgres.create_database("diary"));
        let node = home.start();
        let person = node.patient("me@example.org").await;
        person.logs(cramp("before", 1)).await;
        postgres.freeze();
        let lost = cramp("lost", 2);
        let (write, read) = (person.sends(&lost), person.get("/v1/diaries/me"));
        let (written, read) = tokio::join!(write.into_future(), read.into_future());
        println!("silence was given up after {:?}", read.took);
        for answer in [written, read] {
            let answer = answer.is_problem(503, "storage_unavailable");
            assert!(answer.took < Duration::from_secs(8), "{:?}", answer.took);
        }
        postgres.thaw();
        let thawed = Instant::now();
        while person.sends(&lost).await.status >= 500 {}
        assert!(thawed.elapsed() < Duration::from_secs(2), "{:?}", thawed.elapsed());
        person.has_exactly(&[cramp("before", 1), lost], &[]).await;
    });
}
