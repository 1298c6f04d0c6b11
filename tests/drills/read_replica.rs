//! Reads that may be a moment old go to a replica; nobody misses what they just wrote.

use std::time::{Duration, Instant};

use crate::{
    postgres::{Durability, Server, sql},
    support::{Home, cramp, drill},
};

const SHARE: &str = "/v1/diaries/me/analytics/night-share?from=2024-01-01&to=2024-12-31";

#[test]
fn a_replica_serves_what_it_knows_and_the_primary_the_rest() {
    drill(async {
        let primary = Server::start(Durability::None);
        let url = primary.create_database("diary");
        let replica = primary.replica();
        let home = Home::of_node(&url);
        let node = home.start_with(&[("REPLICA_URL", &replica.url("diary"))]);
        let person = node.patient("me@example.org").await;
        person.logs(cramp("first", 1)).await;

        let caught_up = "SELECT count(*) FROM episodes";
        while sql(&replica.url("diary"), caught_up) != "1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // The statistics of a connection are told when it has been idle for a while.
        let looks = || -> u64 {
            let scans = "SELECT sum(seq_scan + idx_scan) FROM pg_stat_user_tables WHERE relname = 'covered_days'";
            sql(&replica.url("diary"), scans).parse().unwrap()
        };
        let before = looks();
        for _ in 0..5 {
            assert_eq!(person.learns(SHARE).await["episodes"], 1);
        }
        let begun = Instant::now();
        while looks() < before + 5 {
            assert!(begun.elapsed() < Duration::from_secs(20), "the replica was asked {} times", looks() - before);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

        // A replica that is behind must not answer.
        sql(&replica.url("diary"), "SELECT pg_wal_replay_pause()");
        person.logs(cramp("second", 2)).await;
        assert_eq!(sql(&replica.url("diary"), caught_up), "1");
        assert_eq!(person.learns(SHARE).await["episodes"], 2);
        assert_eq!(person.cramps().await.len(), 2);

        // One that is gone must not hold anybody up.
        sql(&replica.url("diary"), "SELECT pg_wal_replay_resume()");
        replica.crash();
        for _ in 0..3 {
            let answer = person.get(SHARE).await;
            assert_eq!(answer.json()["episodes"], 2, "{answer}");
            assert!(answer.took < Duration::from_secs(2), "{:?}", answer.took);
        }
        replica.run();
        assert_eq!(person.learns(SHARE).await["episodes"], 2);
    });
}
