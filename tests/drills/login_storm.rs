//! Hashing passwords takes the processor; nobody else may feel it.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::{
    client::{Answer, Caller},
    support::{Home, Server, cramp, credentials, drill_alone, quantile},
};

const EMAIL: &str = "me@example.org";
const STORM: Duration = Duration::from_secs(2);

async fn sign_in(nobody: &Caller) -> Answer {
    nobody.post("/v1/auth/login", credentials(EMAIL)).await
}

/// How many were let in and how many were asked to come again.
#[derive(Default)]
struct Count {
    in_at_once: u32,
    refused: u32,
}

impl Count {
    fn add(&mut self, answer: &Answer) {
        match answer.status {
            200 => self.in_at_once += 1,
            429 | 503 if answer.retry_after() > 0 => self.refused += 1,
            _ => panic!("{answer}"),
        }
    }
}

async fn storm(server: &Server) -> Count {
    let end = Instant::now() + STORM;
    let mut clients = JoinSet::new();
    for _ in 0..60 {
        let nobody = server.nobody();
        clients.spawn(async move {
            let mut count = Count::default();
            while Instant::now() < end {
                count.add(&sign_in(&nobody).await);
            }
            count
        });
    }
    // More than anybody lets wait.
    for _ in 0..120 {
        let nobody = server.nobody();
        clients.spawn(async move {
            tokio::time::sleep(STORM / 2).await;
            let mut count = Count::default();
            count.add(&sign_in(&nobody).await);
            count
        });
    }
    let mut sum = Count::default();
    for count in clients.join_all().await {
        sum.in_at_once += count.in_at_once;
        sum.refused += count.refused;
    }
    sum
}

async fn read(person: &Caller, times: &mut Vec<Duration>) {
    times.push(person.get("/v1/diaries/me/episodes/one").await.is(200).took);
}

#[test]
fn a_storm_of_sign_ins_leaves_other_requests_answering() {
    drill_alone(async {
        let home = Home::new();
        let server = home.start();
        server.patient(EMAIL).await;
        // Somebody else: of one account 200 sessions live, and a quick machine begins more of them than that in the storm.
        let person = server.patient("other@example.org").await;
        person.logs(cramp("one", 1)).await;

        let (mut idle, mut stormy) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            read(&person, &mut idle).await;
        }
        let before = server.resident_megabytes();
        let mut storm = std::pin::pin!(storm(&server));
        let count = loop {
            tokio::select! {
                count = &mut storm => break count,
                () = read(&person, &mut stormy) => {}
            }
        };
        let after = server.resident_megabytes();
        println!(
            "{} signed in, {} were told to come again; a read takes {:?} (p99 {:?}) idle, {:?} (p99 {:?}) in the \
             storm, {} reads; {before} MB before, {after} MB after",
            count.in_at_once,
            count.refused,
            quantile(&idle, 0.5),
            quantile(&idle, 0.99),
            quantile(&stormy, 0.5),
            quantile(&stormy, 0.99),
            stormy.len(),
        );
        assert!(count.in_at_once > 0, "nobody could sign in");
        assert!(quantile(&stormy, 0.5) < Duration::from_millis(250));
        assert!(after < 200, "{after} MB");
    });
}
