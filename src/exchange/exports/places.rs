//! How many exports there may be at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many: half of the connections that read, unless somebody set another number of those, stay for everybody else.
const AT_ONCE: usize = 2;

/// The places of a service; clones share them.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

/// One of them. It is free again when this goes.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Places {
    /// A free place; `None` when there is none. Nobody waits for one: whoever waits may as well come again.
    #[must_use]
    pub fn take(&self) -> Option<Place> {
        self.0.clone().try_acquire_owned().ok().map(|permit| Place { _permit: permit })
    }
}
