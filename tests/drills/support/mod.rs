//! What drills speak in: the real binary in a folder of its own, the people who use it, and connections below HTTP.

use std::{
    future::Future,
    sync::{PoisonError, RwLock},
    time::Duration,
};

mod people;
mod process;
mod wire;

pub use people::{cramp, credentials};
pub use process::{Ended, Home, Server};
pub use wire::{Wire, request, whole};

static MACHINE: RwLock<()> = RwLock::new(());

/// Runs a drill, perhaps beside others.
pub fn drill(work: impl Future<Output = ()>) {
    let _beside = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    run(work);
}

/// Runs a drill that takes the whole machine or measures time.
pub fn drill_alone(work: impl Future<Output = ()>) {
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    run(work);
}

/// Runs a drill that sleeps nearly all the time, beside whatever else runs.
pub fn drill_asleep(work: impl Future<Output = ()>) {
    run(work);
}

fn run(work: impl Future<Output = ()>) {
    // Clients go on while a drill waits for a process.
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}

/// A time below which this share of the measured ones lies.
pub fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few thousand times"
    )]
    let index = (times.len() as f64 * share) as usize;
    times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
