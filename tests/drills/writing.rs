//! Clients as phones are: each logs one cramp after the other, and sends it again until somebody says that it is kept.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{client::Caller, support::cramp};

/// What happened to them.
#[derive(Default)]
pub struct Written {
    /// Cramps that are kept, as somebody said, and when they were.
    pub acknowledged: Vec<(Value, Instant)>,
    /// Cramps that nobody had said so of when it ended.
    pub open: Vec<Value>,
    /// How long each 503 took.
    pub refusals: Vec<Duration>,
    /// How often a connection was refused or broke.
    pub broken: usize,
    /// How often a cramp turned out to be kept before somebody could say so.
    pub kept_unsaid: usize,
}

impl Written {
    pub fn cramps(&self) -> Vec<Value> {
        self.acknowledged.iter().map(|(cramp, _)| cramp.clone()).collect()
    }

    /// How long after this moment something was kept again.
    pub fn first_kept_after(&self, moment: Instant) -> Duration {
        let later = self.acknowledged.iter().filter_map(|(_, at)| at.checked_duration_since(moment));
        later.min().expect("nothing was kept any more")
    }
}

/// Writers that run until they are told to stop.
pub struct Writers {
    running: JoinSet<Written>,
    stop: Arc<AtomicBool>,
}

impl Writers {
    /// So many, each with the same person at these nodes; whoever finds one gone goes to the next, as a load balancer
    /// does.
    pub fn start(count: u32, at: &[Caller]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut running = JoinSet::new();
        for client in 0..count {
            running.spawn(write(client, count, at.to_vec(), stop.clone()));
        }
        Self { running, stop }
    }

    pub async fn stop(self) -> Written {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Written::default();
        for written in self.running.join_all().await {
            all.acknowledged.extend(written.acknowledged);
            all.open.extend(written.open);
            all.refusals.extend(written.refusals);
            all.broken += written.broken;
            all.kept_unsaid += written.kept_unsaid;
        }
        all
    }
}

async fn write(client: u32, clients: u32, nodes: Vec<Caller>, stop: Arc<AtomicBool>) -> Written {
    let mut written = Written::default();
    let mut turns = nodes.iter().cycle().skip(client as usize);
    let mut node = turns.next().unwrap();
    for number in 0.. {
        let cramp = cramp(&format!("w{client}-{number}"), number * clients + client);
        loop {
            if stop.load(Ordering::Relaxed) {
                written.open.push(cramp);
                return written;
            }
            match node.sends(&cramp).try_send().await {
                Ok(answer) if matches!(answer.status, 200 | 201) => {
                    written.kept_unsaid += usize::from(answer.status == 200);
                    written.acknowledged.push((cramp, Instant::now()));
                    break;
                }
                Ok(answer) => {
                    let answer = answer.is(503);
                    assert!(answer.retry_after() > 0, "{answer}");
                    written.refusals.push(answer.took);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(_) => {
                    written.broken += 1;
                    node = turns.next().unwrap();
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }
    }
    unreachable!("nobody logs that many");
}
