//! A lane: a bounded queue before a few threads, each of which owns what its jobs need. Work that blocks or burns
//! processor time goes through one, so that the event loop stays free and a storm is refused instead of piled up. Whose
//! work it is takes turns, so that whoever makes the storm waits for it alone.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    budget::OverBudget,
    fair_queue::{FairQueue, NoRoom, Room},
    party::Party,
};

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Threads with a queue before them. Dropping the lane lets what is queued finish.
pub struct Lane<S> {
    jobs: Arc<FairQueue<Job<S>>>,
    threads: Vec<JoinHandle<()>>,
}

/// Why a job was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// So much waits already of whose it is.
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    /// The queue is full, or became so while the job waited, and of nobody waited more.
    #[error("too much is waiting already")]
    Full,
    /// No thread came to it in time.
    #[error("nothing was free in time")]
    TooLate,
    /// The job panicked; the panic itself is in the log.
    #[error("the work was cut short by a defect")]
    Panicked,
}

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many sign-ins at once.
    #[error(transparent)]
    Busy(#[from] LaneError),
    /// A stored hash that can't be understood, or a defect of the hasher.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

impl<S: Send + 'static> Lane<S> {
    /// Starts one thread for each state, with room for waiting jobs.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(name: &'static str, states: impl IntoIterator<Item = S>, room: Room) -> std::io::Result<Self> {
        Self::start_threads(name, states, room, || ())
    }

    /// The same for work that takes its time: when there are not processors enough, its threads yield to others.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start_yielding(
        name: &'static str,
        states: impl IntoIterator<Item = S>,
        room: Room,
    ) -> std::io::Result<Self> {
        Self::start_threads(name, states, room, yield_to_others)
    }

    fn start_threads(
        name: &'static str,
        states: impl IntoIterator<Item = S>,
        room: Room,
        prepare: fn(),
    ) -> std::io::Result<Self> {
        let jobs = Arc::new(FairQueue::<Job<S>>::new(name, room));
        let threads = states
            .into_iter()
            .enumerate()
            .map(|(number, mut state)| {
                let jobs = jobs.clone();
                thread::Builder::new().name(format!("{name}-{number}")).spawn(move || {
                    prepare();
                    while let Some((party, job)) = jobs.next() {
                        job(&mut state);
                        jobs.done([party]);
                    }
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { jobs, threads })
    }

    /// Runs a job of somebody's on one of the threads. A job that no thread has begun within `patience` is never begun.
    ///
    /// # Errors
    /// When the job was not done, and why.
    pub async fn run<T: Send + 'static>(
        &self,
        party: Party,
        patience: Duration,
        job: impl FnOnce(&mut S) -> T + Send + 'static,
    ) -> Result<T, LaneError> {
        let (begun, has_begun) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let job: Job<S> = Box::new(move |state| {
            // The caller has given up when nobody hears that the job begins.
            if begun.send(()).is_ok() {
                // The state outlives a panic: connections run every job in a transaction, buffers hold no meaning.
                let outcome = catch_unwind(AssertUnwindSafe(|| job(state)));
                drop(answer.send(outcome));
            }
        });
        let pushed_out = self.jobs.push(party, job).map_err(|no_room| match no_room {
            NoRoom::OfParty(over) => LaneError::OverBudget(over),
            NoRoom::OfAll => LaneError::Full,
            NoRoom::Closed => LaneError::TooLate,
        })?;
        // Whoever waits for it learns that it never begins.
        drop(pushed_out);
        match tokio::time::timeout(patience, has_begun).await {
            Ok(Ok(())) => answered.await.map_err(|_| LaneError::Panicked)?.map_err(|_| LaneError::Panicked),
            Ok(Err(_)) => Err(LaneError::Full),
            Err(_) => Err(LaneError::TooLate),
        }
    }
}

/// Gives this thread a tenth of the weight of others. Only where a priority belongs to a thread, and not to the process.
#[cfg(target_os = "linux")]
fn yield_to_others() {
    if let Err(error) = rustix::process::nice(10) {
        tracing::warn!(%error, "a thread for what takes its time runs like all others");
    }
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others() {}

impl<S> fmt::Debug for Lane<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}

impl<S> Drop for Lane<S> {
    fn drop(&mut self) {
        self.jobs.close();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);
    const ROOM: Room = Room { all: 1, each: 1, at_once: 1 };

    #[actix_web::test]
    async fn a_full_queue_refuses_at_once() {
        let lane = Arc::new(Lane::start("test", [()], ROOM).unwrap());
        let (release, held) = mpsc::channel::<()>();
        let (entered, inside) = mpsc::channel();
        let hold = move |(): &mut ()| {
            entered.send(()).unwrap();
            held.recv().unwrap();
        };
        let in_background = |job: Box<dyn FnOnce(&mut ()) + Send>| {
            let lane = lane.clone();
            actix_web::rt::spawn(async move { lane.run(Party::Service, PATIENCE, job).await })
        };
        let working = in_background(Box::new(hold));
        tokio::task::yield_now().await;
        inside.recv().unwrap();
        let waiting = in_background(Box::new(|()| ()));
        tokio::task::yield_now().await;
        assert_eq!(lane.run(Party::Account(1), PATIENCE, |()| ()).await, Err(LaneError::Full));
        release.send(()).unwrap();
        assert_eq!((working.await.unwrap(), waiting.await.unwrap()), (Ok(()), Ok(())));
    }

    #[actix_web::test]
    async fn a_job_that_makes_room_for_somebody_else_is_refused_at_once() {
        let room = Room { all: 2, each: 2, at_once: 1 };
        let lane = Arc::new(Lane::start("test", [()], room).unwrap());
        let (release, held) = mpsc::channel::<()>();
        let in_background = |party, job: Box<dyn FnOnce(&mut ()) + Send>| {
            let lane = lane.clone();
            actix_web::rt::spawn(async move { lane.run(party, PATIENCE, job).await })
        };
        let (entered, inside) = mpsc::channel();
        let working = in_background(
            Party::Service,
            Box::new(move |()| {
                entered.send(()).unwrap();
                held.recv().unwrap();
            }),
        );
        tokio::task::yield_now().await;
        inside.recv().unwrap();
        let first = in_background(Party::Account(1), Box::new(|()| ()));
        tokio::task::yield_now().await;
        let second = in_background(Party::Account(1), Box::new(|()| panic!("it was pushed out")));
        tokio::task::yield_now().await;
        let other = in_background(Party::Account(2), Box::new(|()| ()));
        assert_eq!(second.await.unwrap(), Err(LaneError::Full));
        release.send(()).unwrap();
        let done = (working.await.unwrap(), first.await.unwrap(), other.await.unwrap());
        assert_eq!(done, (Ok(()), Ok(()), Ok(())));
    }

    #[actix_web::test]
    async fn a_panic_is_told_and_the_thread_goes_on() {
        let lane = Lane::start("test", [0], ROOM).unwrap();
        assert_eq!(
            lane.run(Party::Service, PATIENCE, |_| panic!("on purpose")).await,
            Err::<(), _>(LaneError::Panicked)
        );
        assert_eq!(lane.run(Party::Service, PATIENCE, |state| *state + 1).await, Ok(1));
    }
}
