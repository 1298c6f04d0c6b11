//! What one party may ask for: so much at once, or so much in a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    clock::Instant,
    party::{Asker, Party},
};

/// What budgets count over, and what may be spent of it at once.
const PERIOD: Duration = Duration::from_mins(1);
/// Beyond this many parties, those who may spend all of it again are forgotten.
const MOST_REMEMBERED: usize = 100_000;

/// A bound, as whoever meets it is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What it bounds: a few letters, with hyphens.
    pub name: &'static str,
    /// How much.
    pub quota: usize,
    /// In how long; `None` where it bounds what there is at once.
    pub period: Option<Duration>,
}

/// A party asks for more than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one party asks for more {} than {}", policy.name, policy.quota)]
pub struct OverBudget {
    /// What it met.
    pub policy: Policy,
    /// When to ask again.
    pub wait: Duration,
}

/// How much each party may ask for in a minute. Each process counts for itself.
#[derive(Debug)]
pub struct Budget {
    name: &'static str,
    a_minute: Option<u32>,
    /// By the generic cell rate algorithm: what was asked for takes its share of the minute, and what is taken may lie one
    /// minute ahead.
    spent_until: Mutex<HashMap<Party, Instant>>,
}

impl Budget {
    /// So much a minute; 0 for no bound.
    #[must_use]
    pub fn new(name: &'static str, a_minute: u32) -> Self {
        Self { name, a_minute: Some(a_minute).filter(|quota| *quota > 0), spent_until: Mutex::default() }
    }

    /// Takes something out of a party's budget. Nothing is taken when it is not all there, but for what is more than the
    /// whole budget: that is let through when nothing was taken before, so that it can be had at all.
    ///
    /// # Errors
    /// When the rest is not enough, and how long to wait until it is.
    pub fn take(&self, asker: Asker, units: usize) -> Result<(), OverBudget> {
        let Asker { party, now } = asker;
        let Some(a_minute) = self.a_minute else { return Ok(()) };
        let units = u32::try_from(units).unwrap_or(u32::MAX).min(a_minute);
        let mut remembered = self.lock();
        let spent_until = remembered.get(&party).copied().unwrap_or(now).max(now).plus(PERIOD * units / a_minute);
        let wait = spent_until.since(now.plus(PERIOD));
        if !wait.is_zero() {
            let quota = usize::try_from(a_minute).unwrap_or(usize::MAX);
            return Err(OverBudget { policy: Policy { name: self.name, quota, period: Some(PERIOD) }, wait });
        }
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, until| *until > now);
        }
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(party, spent_until);
        }
        Ok(())
    }

    /// Forgets who may spend all of it again.
    pub fn forget(&self, now: Instant) {
        let mut remembered = self.lock();
        remembered.retain(|_, until| *until > now);
        remembered.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Party, Instant>> {
        self.spent_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Instant = Instant::from_micros(1_800_000_000_000_000);
    const ONE: Asker = Asker { party: Party::Account(1), now: NOON };
    const OTHER: Asker = Asker { party: Party::Account(2), now: NOON };

    #[test]
    fn a_minute_s_budget_may_be_spent_at_once_and_comes_back_bit_by_bit() {
        let budget = Budget::new("looks", 60);
        assert_eq!(budget.take(ONE, 59), Ok(()));
        assert_eq!(budget.take(ONE, 1), Ok(()));
        let over = budget.take(ONE, 2).map_err(|over| over.wait);
        assert_eq!(over, Err(Duration::from_secs(2)));
        assert_eq!(budget.take(OTHER, 60), Ok(()), "it is another party's");
        assert_eq!(budget.take(Asker { now: NOON.plus(Duration::from_secs(2)), ..ONE }, 2), Ok(()));
    }

    #[test]
    fn what_is_more_than_the_whole_budget_is_let_through_once() {
        let budget = Budget::new("looks", 60);
        assert_eq!(budget.take(ONE, 200), Ok(()));
        assert!(budget.take(ONE, 1).is_err());
    }

    #[test]
    fn no_budget_is_no_bound() {
        let budget = Budget::new("looks", 0);
        assert_eq!(budget.take(ONE, usize::MAX), Ok(()));
        assert_eq!(budget.take(ONE, usize::MAX), Ok(()));
    }
}
