//! The sender: takes what is due out of the outbox, and hands it in. Each process has one; a lease in the database keeps
//! them apart. What was handed in is sent again only if the process dies before that is noted.

use std::time::Duration;

use actix_web::web::Data;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{letters::compose, smtp::Post};
use crate::{
    access::mail::{
        model::{Outgoing, Sent},
        store as mail,
    },
    foundation::{clock::Clock, public_url::PublicUrl},
    storage::{Result, Store},
    web::stopping::Stopping,
};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_millis(500);
/// And where something was due and nothing was sent.
const SOON: Duration = Duration::from_millis(20);
/// So many letters are on their way at once.
const AT_ONCE: i64 = 8;

/// What sends letters.
#[derive(Clone)]
pub struct Sender {
    store: Store,
    clock: Clock,
    post: Post,
    public_url: Data<PublicUrl>,
    stopping: Data<Stopping>,
}

impl Sender {
    /// One that begins when it is run.
    #[must_use]
    pub fn new(store: Store, clock: Clock, post: Post, public_url: Data<PublicUrl>, stopping: Data<Stopping>) -> Self {
        Self { store, clock, post, public_url, stopping }
    }

    /// Sends letters until the service stops.
    pub async fn run(self) {
        while !self.stopping.is_announced() {
            match take(&self.store, &self.clock).await {
                Ok(Some(taken)) if !taken.is_empty() => {
                    join_all(taken.into_iter().map(|letter| self.send(letter))).await;
                }
                // Those that were due are nobody's, or another process's: there may be more.
                Ok(Some(_)) => sleep(SOON).await,
                Ok(None) => sleep(EVERY).await,
                Err(error) => {
                    tracing::debug!(%error, "which letters are due could not be looked up");
                    sleep(EVERY).await;
                }
            }
        }
    }

    async fn send(&self, letter: Outgoing) {
        let text = compose(&letter, &self.public_url);
        let sent = self.post.send(&letter.id, &letter.address, text).await;
        // The letter may have been taken: it is worth a second try to remember that.
        for _ in 0..3 {
            match settle(&self.store, &self.clock, &letter, sent).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%error, "what came of a letter could not be noted"),
            }
            sleep(EVERY).await;
        }
    }
}

/// The letters that are due, for whoever sends them now; `None` when none is.
///
/// # Errors
/// When the database fails.
pub async fn take(store: &Store, clock: &Clock) -> Result<Option<Vec<Outgoing>>> {
    let now = clock.now();
    if !store.read(move |db| mail::any_due(db, now)).await? {
        return Ok(None);
    }
    store.write(move |db| mail::take(db, now, AT_ONCE)).await.map(Some)
}

/// Notes what came of one.
///
/// # Errors
/// When the database fails.
pub async fn settle(store: &Store, clock: &Clock, letter: &Outgoing, sent: Sent) -> Result<()> {
    let (letter, now) = (letter.clone(), clock.now());
    store.write(move |db| mail::settle(db, &letter, sent, now)).await
}
