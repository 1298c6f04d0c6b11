//! The sender: takes what is due out of the outbox, and tells it. Each process has one; a lease in the database keeps them
//! apart.

use std::{
    collections::{BTreeMap, HashMap},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use actix_web::web::Data;
use futures_util::future::select;
use tokio::{
    task::{self, JoinSet},
    time::{sleep, timeout},
};

use super::{
    noticing,
    post::{Post, SLOWEST},
};
use crate::{
    foundation::{clock::Clock, ids::Id},
    sharing::{
        deliveries::{
            model::{Outcome, Outgoing, Retries},
            store as deliveries,
        },
        webhooks::store as webhooks,
    },
    storage::{Result, Store},
    web::{counts, stopping::Stopping},
};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_millis(500);
/// So many receivers are told at once.
const AT_ONCE: usize = 64;
/// So many of one account: whoever has slow ones waits behind themselves.
const OF_EACH: usize = 4;
/// How long those that are on their way have when the service stops.
const LAST_ONES: Duration = Duration::from_secs(2);

/// What tells webhooks.
#[derive(Clone)]
pub struct Sender {
    store: Store,
    clock: Clock,
    post: Post,
    retries: Arc<Retries>,
    stopping: Data<Stopping>,
}

impl Sender {
    /// One that begins when it is run.
    #[must_use]
    pub fn new(store: Store, clock: Clock, post: Post, retries: Retries, stopping: Data<Stopping>) -> Self {
        Self { store, clock, post, retries: Arc::new(retries), stopping }
    }

    /// Tells webhooks until the service stops.
    pub async fn run(self) {
        let noticing = noticing::go_on(self.store.clone(), self.clock.clone());
        // The second one ends with the first.
        select(pin!(self.send_on()), pin!(noticing)).await;
    }

    async fn send_on(&self) {
        let mut on_their_way: JoinSet<()> = JoinSet::new();
        let mut whose: HashMap<task::Id, Id> = HashMap::new();
        while !self.stopping.is_announced() {
            match self.take(&whose).await {
                Ok(taken) => {
                    for outgoing in taken {
                        let (sender, user_id) = (self.clone(), outgoing.webhook.user_id.clone());
                        let task = on_their_way.spawn(async move { sender.tell(outgoing).await });
                        whose.insert(task.id(), user_id);
                    }
                }
                Err(error) => tracing::debug!(%error, "what is due for webhooks could not be looked up"),
            }
            // Whoever is done makes room for the next one at once.
            let done = async {
                match on_their_way.join_next_with_id().await {
                    Some(done) => done.map_or_else(|error| error.id(), |(id, ())| id),
                    None => std::future::pending().await,
                }
            };
            if let Ok(done) = timeout(EVERY, done).await {
                whose.remove(&done);
            }
        }
        // What is cut off here is told by whoever finds its lease run out.
        let last = async { while on_their_way.join_next().await.is_some() {} };
        if timeout(LAST_ONES, last).await.is_err() {
            tracing::info!("what was on its way to webhooks is sent again later");
        }
    }

    /// What is due, for as many as there is room.
    async fn take(&self, whose: &HashMap<task::Id, Id>) -> Result<Vec<Outgoing>> {
        let (now, room) = (self.clock.now(), AT_ONCE.saturating_sub(whose.len()));
        if room == 0 || !self.store.read(move |db| webhooks::any_due(db, now)).await? {
            return Ok(Vec::new());
        }
        let mut of_each: BTreeMap<Id, usize> = BTreeMap::new();
        for user_id in whose.values() {
            *of_each.entry(user_id.clone()).or_default() += 1;
        }
        let vault = self.store.vault().clone();
        self.store
            .write(move |db| {
                let mut taken = Vec::new();
                for leased in webhooks::lease(db, &vault, (&of_each, OF_EACH), now, room)? {
                    taken.extend(deliveries::begin_next(db, leased, now)?);
                }
                Ok(taken)
            })
            .await
    }

    async fn tell(&self, outgoing: Outgoing) {
        // The client has a limit of its own; whatever it does, the lease is not outstayed.
        let outcome = timeout(SLOWEST + Duration::from_secs(1), self.post.send(&outgoing, self.clock.now())).await;
        let outcome = outcome.unwrap_or(Outcome::TIMEOUT);
        counts::count_delivery(matches!(outcome, Outcome::Delivered { .. }));
        let (retries, now) = (self.retries.clone(), self.clock.now());
        // Whatever becomes of it, the receiver has seen it: it is worth a second try to remember that.
        for _ in 0..3 {
            let (outgoing, retries) = (outgoing.clone(), retries.clone());
            let settled = self.store.write(move |db| deliveries::settle(db, &outgoing, outcome, &retries, now)).await;
            match settled {
                Ok(()) => return,
                Err(error) => tracing::warn!(%error, "what came of a delivery to a webhook could not be noted"),
            }
            sleep(EVERY).await;
        }
    }
}
