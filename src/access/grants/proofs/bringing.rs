//! What it takes to bring in what was told elsewhere.

use std::convert::Infallible;

use super::{Stamp, WritableDiary};
use crate::{
    foundation::clock::Instant,
    storage::{Db, refusal::Refusal},
};

impl WritableDiary {
    /// From here on, what is written was told at this time, and not now: it comes from elsewhere.
    pub fn tells_of(&self, at: Option<Instant>) {
        self.told_at.set(at.map(|at| at.min(self.now)));
    }

    /// When what is written with a stamp was told.
    #[must_use]
    pub fn told_at(&self, stamp: Stamp) -> Instant {
        self.told_at.get().unwrap_or(stamp.at)
    }

    /// Does something, says what comes of it, and undoes it.
    ///
    /// # Errors
    /// What the work is refused with.
    pub fn rehearse<T>(&self, db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut done = None;
        let Err(undone) = self.attempt(db, |db| {
            done = Some(work(db)?);
            Err::<Infallible, _>(Refusal::Busy)
        });
        match (undone, done) {
            // It could not be undone.
            (Refusal::Storage(error), _) => Err(error.into()),
            (_, Some(done)) => Ok(done),
            (refusal, None) => Err(refusal),
        }
    }
}
