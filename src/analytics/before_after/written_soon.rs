//! The comparison from the entries made within 24 hours alone: does it rest on what people remember later?

use serde::Serialize;

use super::{Side, nights::NightChange, sides::Sides};
use crate::{
    analytics::{
        comparison::{Comparison, RatioInterval},
        figures::{FIRM_COVERAGE, Rate, Reason},
        record::{InNight, Record},
    },
    foundation::language::Language,
    say,
};

/// The answer. Days all of whose cramps were written down later are left out. Where that would be many on a side, nothing is
/// compared: what is left are the days without cramps, and a ratio that tells how people write and not how they fare.
#[derive(Debug, Serialize)]
pub struct WrittenSoon {
    pub before: Rate,
    pub after: Rate,
    pub rate_ratio: Option<f64>,
    pub ci95: Option<RatioInterval>,
    pub reason: Option<Reason>,
    pub cramp_nights: NightChange,
}

impl WrittenSoon {
    /// Of both sides, given all that came on them.
    #[must_use]
    pub fn of(record: &Record, sides: Sides, before: &Side, after: &Side) -> Self {
        let soon = record.written_soon();
        let seen = (soon.seen(sides.before), soon.seen(sides.after));
        let is_firm = |all: u32, soon: u32| f64::from(soon) >= FIRM_COVERAGE * f64::from(all);
        let enough = is_firm(before.episodes, seen.0.covered.events) && is_firm(after.episodes, seen.1.covered.events);
        let found = Comparison::of(&seen.0, &seen.1);
        Self {
            before: Rate::of(seen.0.covered),
            after: Rate::of(seen.1.covered),
            rate_ratio: found.rate_ratio.filter(|_| enough),
            ci95: found.verdict_ci95.filter(|_| enough),
            reason: if enough { found.reason } else { Some(Reason::TooFew) },
            cramp_nights: NightChange::of(record, sides, InNight::CRAMP_WRITTEN_SOON),
        }
    }

    /// In words, where others of the `episodes` were written down later and there is a ratio.
    #[must_use]
    pub fn say(&self, episodes: u32, language: Language) -> Option<String> {
        let soon = self.before.episodes + self.after.episodes;
        let (ratio, ci95) = self.rate_ratio.zip(self.ci95).filter(|_| soon < episodes)?;
        let decimal = |number: f64| language.decimal(number, 2);
        let (low, high) = (decimal(ci95.low), ci95.high.map_or_else(|| "∞".to_owned(), decimal));
        let ratio = say!(language, "ratio-known", ratio = decimal(ratio), low = low, high = high);
        Some(say!(language, "before-after-soon", episodes = soon, ratio = ratio))
    }
}
