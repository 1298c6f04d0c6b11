//! SIGKILL at any moment.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    client::Caller,
    support::{Home, Server, cramp, drill},
};

const CLIENTS: u32 = 16;

/// What the clients know when the server is gone.
#[derive(Default)]
struct Written {
    acknowledged: Vec<Value>,
    open: Vec<Value>,
}

async fn write_until_killed(person: &Caller, server: &mut Server, after: Duration) -> Written {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let person = person.clone();
        clients.spawn(async move {
            let mut written = Written::default();
            for number in 0.. {
                let cramp = cramp(&format!("c{client}-{number}"), number * CLIENTS + client);
                if let Ok(answer) = person.sends(&cramp).try_send().await {
                    answer.is(201);
                    written.acknowledged.push(cramp);
                } else {
                    written.open.push(cramp);
                    break;
                }
            }
            written
        });
    }
    tokio::time::sleep(after).await;
    server.kill();
    let mut all = Written::default();
    for written in clients.join_all().await {
        all.acknowledged.extend(written.acknowledged);
        all.open.extend(written.open);
    }
    all
}

#[test]
fn a_kill_under_load_loses_nothing_acknowledged_and_doubles_nothing_retried() {
    drill(async {
        let rounds = std::env::var("DRILL_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap());
        let home = Home::new();
        let mut server = home.start();
        let mut diaries = Vec::new();
        let (mut slowest_start, mut acknowledged, mut saved_unsaid) = (Duration::ZERO, 0, 0);
        for round in 0..rounds {
            let person = server.patient(&format!("round{round}@example.org")).await;
            let Written { acknowledged: mut kept, open } =
                write_until_killed(&person, &mut server, Duration::from_millis(150 + round * 137 % 500)).await;
            assert!(!kept.is_empty(), "nothing was written before the kill");
            acknowledged += kept.len();

            let begun = Instant::now();
            server = home.start();
            let person = person.at(&server).signs_in().await;
            assert!(begun.elapsed() < Duration::from_secs(10), "not ready after {:?}", begun.elapsed());
            slowest_start = slowest_start.max(server.ready_after);
            person.has_exactly(&kept, &open).await;

            for cramp in &open {
                let answer = person.sends(cramp).await;
                assert!(matches!(answer.status, 200 | 201), "{answer}");
                saved_unsaid += u32::from(answer.status == 200);
            }
            person.sends(&kept[0]).await.is(200);
            kept.extend(open);
            person.has_exactly(&kept, &[]).await;
            diaries.push((person, kept));
        }
        for (person, kept) in diaries {
            person.at(&server).signs_in().await.has_exactly(&kept, &[]).await;
        }
        println!(
            "{rounds} kills: {acknowledged} acknowledged and kept, {saved_unsaid} kept without a word; \
             ready after {slowest_start:?} at the latest"
        );
    });
}
