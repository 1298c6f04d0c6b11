//! The primary is gone for good, and its standby takes over.

use std::time::{Duration, Instant};

use crate::{
    postgres::{Durability, Server, sql},
    support::{Home, drill_alone},
    writing::Writers,
};

#[test]
fn nodes_find_the_new_primary_by_themselves_and_lose_nothing() {
    drill_alone(async {
        let primary = Server::start(Durability::Full);
        let admin = primary.create_database("diary");
        let standby = primary.replica();
        let streams = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
        while sql(&admin, streams) != "1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What is acknowledged is on both: without this, a failover may lose the last moments.
        sql(&admin, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        sql(&admin, "SELECT pg_reload_conf()");
        while sql(&admin, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }

        let url = format!(
            "postgres://cramp@127.0.0.1:{},127.0.0.1:{}/diary?target_session_attrs=read-write",
            primary.port(),
            standby.port()
        );
        let homes = [Home::of_node(&url), Home::of_node(&url)];
        let nodes = [homes[0].start(), homes[1].start()];
        let person = nodes[0].patient("me@example.org").await;
        let at_both = [person.clone(), person.at(&nodes[1])];

        let writers = Writers::start(12, &at_both);
        tokio::time::sleep(Duration::from_millis(600)).await;
        primary.crash();
        tokio::time::sleep(Duration::from_millis(200)).await;
        standby.promote();
        // The old one's standby is the new one now, and has none of its own.
        sql(&standby.url("diary"), "ALTER SYSTEM RESET synchronous_standby_names");
        sql(&standby.url("diary"), "SELECT pg_reload_conf()");
        let promoted = Instant::now();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let written = writers.stop().await;

        let took = written.first_kept_after(promoted);
        println!(
            "{} cramps kept, {} of them before it could be said, {} refusals; written again {took:?} after the \
             promotion",
            written.acknowledged.len(),
            written.kept_unsaid,
            written.refusals.len(),
        );
        assert!(took < Duration::from_secs(2), "{took:?}");
        for person in &at_both {
            person.has_exactly(&written.cramps(), &written.open).await;
        }
    });
}
