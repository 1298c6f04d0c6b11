//! Where the open streams of a process hear of changes. However many there are, the database is asked twice a second for all
//! of them together, and while there is none, not at all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures_util::future::{Ready, ready};
use tokio::sync::watch;

use crate::{
    access::visits::standing::{self, Standing},
    foundation::{clock::Clock, precondition::Revision},
    storage::Store,
    web::{
        part::part,
        problem::{Code, Problem},
        stopping::Stopping,
    },
};

/// How often it is looked what has become of the diaries, and of the rights to see them.
const EVERY: Duration = Duration::from_millis(500);
/// So many streams are asked for in one transaction.
const AT_ONCE: usize = 500;

/// The open streams of a process; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<Open>>);

/// Who looks for them.
struct Watcher {
    hub: Hub,
    store: Data<Store>,
    clock: Data<Clock>,
    stopping: Data<Stopping>,
}

#[derive(Debug, Default)]
struct Open {
    streams: HashMap<u64, Listening>,
    last: u64,
    /// Whether somebody looks.
    is_watched: bool,
}

#[derive(Debug)]
struct Listening {
    standing: Standing,
    revisions: watch::Sender<Revision>,
}

/// A place at a diary that is told of its revisions. They end when the right to see them does.
pub struct Listener {
    hub: Hub,
    number: u64,
    revisions: watch::Receiver<Revision>,
}

impl Hub {
    /// Tells somebody of each revision after this one.
    fn listen(&self, standing: Standing, revision: Revision, watcher: impl FnOnce(Self) -> Watcher) -> Listener {
        let (revisions, receiver) = watch::channel(revision);
        let mut open = self.lock();
        open.last += 1;
        let number = open.last;
        open.streams.insert(number, Listening { standing, revisions });
        if !std::mem::replace(&mut open.is_watched, true) {
            actix_web::rt::spawn(watcher(self.clone()).watch());
        }
        drop(open);
        Listener { hub: self.clone(), number, revisions: receiver }
    }

    fn tell(&self, numbers: &[u64], revisions: &[Option<Revision>]) {
        let mut open = self.lock();
        for (number, revision) in numbers.iter().zip(revisions) {
            match (open.streams.get(number), revision) {
                (Some(listening), Some(revision)) => {
                    listening.revisions.send_if_modified(|known| std::mem::replace(known, *revision) != *revision);
                }
                // With its sender, the stream ends.
                (Some(_), None) => drop(open.streams.remove(number)),
                (None, _) => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens streams for handlers. A process that stops opens none.
pub struct Streams {
    hub: Data<Hub>,
    store: Data<Store>,
    clock: Data<Clock>,
    stopping: Data<Stopping>,
}

impl Streams {
    /// Tells somebody of each revision after this one.
    #[must_use]
    pub fn listen(&self, standing: Standing, revision: Revision) -> Listener {
        self.hub.listen(standing, revision, |hub| Watcher {
            hub,
            store: self.store.clone(),
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
        })
    }
}

impl FromRequest for Streams {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready((|| {
            let stopping: Data<Stopping> = part(request)?;
            if stopping.is_announced() {
                return Err(Problem::new(Code::Stopping).retry_after(EVERY));
            }
            Ok(Self { hub: part(request)?, store: part(request)?, clock: part(request)?, stopping })
        })())
    }
}

impl Watcher {
    async fn watch(self) {
        loop {
            tokio::time::sleep(EVERY).await;
            let standings: Vec<(u64, Standing)> = {
                let mut open = self.hub.lock();
                if self.stopping.is_announced() {
                    open.streams.clear();
                }
                if open.streams.is_empty() {
                    open.streams.shrink_to_fit();
                    open.is_watched = false;
                    return;
                }
                open.streams.iter().map(|(number, listening)| (*number, listening.standing.clone())).collect()
            };
            for some in standings.chunks(AT_ONCE) {
                self.look(some).await;
            }
        }
    }

    async fn look(&self, some: &[(u64, Standing)]) {
        let (numbers, standings): (Vec<u64>, Vec<Standing>) = some.iter().cloned().unzip();
        let now = self.clock.now();
        match self.store.read(move |db| standing::revisions(db, &standings, now)).await {
            Ok(revisions) => self.hub.tell(&numbers, &revisions),
            // It is looked again soon. Who is told late is told all the same.
            Err(error) => tracing::debug!(%error, "what has become of diaries could not be looked up"),
        }
    }
}

impl Listener {
    /// The next revision; `None` when there will be no other.
    pub async fn next(&mut self) -> Option<Revision> {
        self.revisions.changed().await.ok()?;
        Some(*self.revisions.borrow_and_update())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.lock().streams.remove(&self.number);
    }
}
