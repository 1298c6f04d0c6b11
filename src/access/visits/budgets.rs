//! What those who are signed in may ask for, whatever it is.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::{
    access::places::Places,
    foundation::{budget::Budget, clock::Instant},
};

/// The budgets of accounts.
#[derive(Debug)]
pub struct Budgets {
    /// Requests.
    pub requests: Budget,
    /// Requests by one personal access token.
    pub token_requests: Budget,
    /// Looks at others' diaries, each of which is a row of somebody's access log.
    pub looks: Budget,
    /// Changes of how the day divides, each of which writes as long as the diary is large.
    pub divisions: Budget,
    /// Rows that devices bring, and documents.
    pub rows: Budget,
    /// Batches of rows that are on their way into diaries.
    pub pushes: Places,
    /// Of them, those that are being written.
    pub batches: Semaphore,
    /// Documents that are on their way into diaries.
    pub imports: Places,
    /// Of them, those that are read and written: one may be large.
    pub imports_at_once: Arc<Semaphore>,
    /// Streams of events that are open.
    pub streams: Places,
    /// Those of single tables.
    pub table_streams: Places,
}

impl Budgets {
    /// Forgets whose budgets are whole again.
    pub fn forget(&self, now: Instant) {
        self.requests.forget(now);
        self.token_requests.forget(now);
        self.looks.forget(now);
        self.divisions.forget(now);
        self.rows.forget(now);
    }
}
