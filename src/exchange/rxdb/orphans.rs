//! Soreness that came before its cramp: for how long it may wait.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::foundation::{clock::Instant, party::Party};

/// So long the cramp may be on its way. Afterwards there is none.
const WAITS: Duration = Duration::from_mins(1);
/// So many are remembered.
const MOST: usize = 10_000;

/// What waits, and since when.
#[derive(Debug, Default)]
pub struct Orphans(Mutex<HashMap<(Party, String), Instant>>);

impl Orphans {
    /// Which of some rows have waited for long enough.
    pub fn gone(&self, party: Party, ids: Vec<String>, now: Instant) -> Vec<String> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who waits longer than anybody asks again for has gone away.
        waiting.retain(|_, since| now.since(*since) < WAITS * 10);
        let has_waited = |id: &String| {
            let is_full = waiting.len() >= MOST;
            match waiting.get(&(party, id.clone())) {
                Some(since) => now.since(*since) >= WAITS,
                None if is_full => true,
                None => {
                    waiting.insert((party, id.clone()), now);
                    false
                }
            }
        };
        ids.into_iter().filter(has_waited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_waits_a_minute_for_what_it_needs() {
        let (orphans, now) = (Orphans::default(), Instant::EPOCH);
        let gone = |of: u64, after: u64| {
            orphans.gone(Party::Account(of), vec!["a".to_owned()], now.plus(Duration::from_secs(after))).len()
        };
        assert_eq!([gone(1, 0), gone(1, 59), gone(1, 60), gone(2, 61), gone(2, 122)], [0, 0, 1, 0, 1]);
    }
}
