//! When something was, as people are told.

use crate::foundation::{clock::Instant, language::Language, local_clock::LocalClock, zones::Zone};

/// A moment on the wall clock of a zone.
#[must_use]
pub fn when(at: Instant, zone: Zone, language: Language) -> String {
    let LocalClock { date, time } = LocalClock::at(at, zone);
    format!("{}, {time}", language.date(date))
}
