//! How many exports may be on their way at once.

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

/// So many of one account: each is a file until its last byte is sent.
const OF_EACH: usize = 2;
/// So many of all.
const OF_ALL: usize = 64;
/// When somebody who has theirs on their way may ask again.
const SOON: Duration = Duration::from_secs(5);

/// The places of a service; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<Party, usize>>>);

/// One of them. It is free again when this goes.
#[derive(Debug)]
pub struct Place {
    places: Places,
    party: Party,
}

impl Places {
    /// A place for somebody. Nobody waits for one: whoever waits may as well come again.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&self, party: Party) -> Result<Place, Refusal> {
        let mut taken = self.lock();
        let of_all = taken.values().sum::<usize>();
        let of_party = taken.entry(party).or_default();
        if *of_party >= OF_EACH {
            let policy = Policy { name: "exports-under-way", quota: OF_EACH, period: None };
            return Err(OverBudget { policy, wait: SOON }.into());
        }
        if of_all >= OF_ALL {
            return Err(Refusal::Busy);
        }
        *of_party += 1;
        drop(taken);
        Ok(Place { places: self.clone(), party })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Party, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let places = Places::default();
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
