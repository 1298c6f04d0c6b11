//! The only source of "now", and the instant type that everything else passes around.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Datelike, Utc};

/// A point in time with the precision that both databases keep: whole microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Instant {
    /// The start of 1970, before which nothing can be logged.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant of a time that somebody names; `None` outside the years 1 to 9999 in UTC, which RFC 3339 can't write.
    #[must_use]
    pub fn named(time: DateTime<Utc>) -> Option<Self> {
        (1..=9999).contains(&time.year()).then(|| time.into())
    }

    /// From whole seconds since 1970; saturates at the ends of time.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Whole seconds since 1970, rounded down: what a token's `exp` counts in.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// This instant moved forward; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// This instant moved back; saturates at the beginning of time.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same instant as a chrono UTC time.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// RFC 3339 in UTC with a `Z`; a fraction of a second only when there is one.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }
}

impl From<DateTime<Utc>> for Instant {
    /// Drops what is finer than a microsecond.
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Tells the time. Tests may move it forward, so that a month passes in a millisecond.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
        let now = Instant::from(Utc::now());
        Instant(now.0.saturating_add(self.ahead_micros.load(Ordering::Relaxed)))
    }

    /// Moves this clock and all its clones forward.
    pub fn advance(&self, span: Duration) {
        self.ahead_micros.fetch_add(micros(span), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_written_only_when_there_is_one() {
        assert_eq!(Instant::from_micros(1_500_000).rfc3339(), "1970-01-01T00:00:01.500Z");
        assert_eq!(Instant::from_micros(2_000_000).rfc3339(), "1970-01-01T00:00:02Z");
    }

    #[test]
    fn a_clone_of_an_advanced_clock_is_advanced_too() {
        let clock = Clock::system();
        let before = clock.now();
        clock.clone().advance(Duration::from_hours(1));
        assert!(clock.now().since(before) >= Duration::from_hours(1));
    }
}
