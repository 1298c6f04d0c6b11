//! Whether this process stops soon.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, when the process is told to stop.
#[derive(Debug, Default)]
pub struct Stopping(AtomicBool);

impl Stopping {
    /// Says that it stops soon: whoever asks whether it is ready shall go elsewhere.
    pub fn announce(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it stops soon.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
