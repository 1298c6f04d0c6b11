//! How much of something that takes its time may be under way at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    foundation::{
        budget::{OverBudget, Policy},
        party::Party,
    },
    storage::refusal::Refusal,
};

/// When somebody who has theirs on their way may ask again.
const SOON: Duration = Duration::from_secs(5);

/// The places that there are; clones share them.
#[derive(Debug, Clone)]
pub struct Places {
    name: &'static str,
    of_each: usize,
    of_all: usize,
    taken: Arc<Mutex<HashMap<Party, usize>>>,
}

/// One of them. It is free again when this goes.
#[derive(Debug)]
pub struct Place {
    places: Places,
    party: Party,
}

impl Places {
    /// So many of each party, and of all together, of what goes by this name.
    #[must_use]
    pub fn new(name: &'static str, of_each: usize, of_all: usize) -> Self {
        Self { name, of_each, of_all, taken: Arc::default() }
    }

    /// A place for somebody. Nobody waits for one: whoever waits may as well come again.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&self, party: Party) -> Result<Place, Refusal> {
        let mut taken = self.lock();
        let of_all = taken.values().sum::<usize>();
        let of_party = taken.get(&party).copied().unwrap_or_default();
        if of_party >= self.of_each {
            let policy = Policy { name: self.name, quota: self.of_each, period: None };
            return Err(OverBudget { policy, wait: SOON }.into());
        }
        if of_all >= self.of_all {
            return Err(Refusal::Busy);
        }
        taken.insert(party, of_party + 1);
        drop(taken);
        Ok(Place { places: self.clone(), party })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Party, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.party) {
            *count -= 1;
        }
        taken.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken_by(places: &Places, parties: impl IntoIterator<Item = u64>) -> Vec<Result<Place, Refusal>> {
        parties.into_iter().map(|party| places.take(Party::Account(party))).collect()
    }

    #[test]
    fn whoever_has_theirs_leaves_the_others_to_others() {
        let places = Places::new("exports", 2, 64);
        let of_one = taken_by(&places, [1, 1, 1]);
        assert!(matches!(of_one.as_slice(), [Ok(_), Ok(_), Err(Refusal::OverBudget(_))]));
        let of_others = taken_by(&places, 2..64);
        assert!(of_others.iter().all(Result::is_ok));
        assert!(matches!(places.take(Party::Account(99)), Err(Refusal::Busy)));
        drop(of_one);
        assert_eq!(taken_by(&places, [1, 99]).iter().filter(|place| place.is_ok()).count(), 2);
        drop(of_others);
        assert!(places.lock().is_empty(), "somebody is remembered who has nothing on its way");
    }
}
