//! The comparison from the entries made within 24 hours alone: does it rest on what people remember later?

use serde::Serialize;

use super::{nights::NightChange, sides::Sides};
use crate::{
    analytics::{
        comparison::{Comparison, Direction, Ratio, RatioInterval},
        figures::{Rate, Reason},
        record::{InNight, Record},
    },
    foundation::language::Language,
    say,
};

/// The answer. Days all of whose cramps were written down later are taken for days without an entry, and so are such nights.
#[derive(Debug, Serialize)]
pub struct WrittenSoon {
    pub before: Rate,
    pub after: Rate,
    pub rate_ratio: Option<f64>,
    pub verdict_ci95: Option<RatioInterval>,
    pub over_all_days: Ratio,
    pub verdict: Direction,
    pub reason: Option<Reason>,
    pub cramp_nights: NightChange,
    #[serde(skip)]
    comparison: Comparison,
}

impl WrittenSoon {
    /// Of both sides.
    #[must_use]
    pub fn of(record: &Record, sides: Sides) -> Self {
        let soon = record.written_soon();
        let (before, after) = (soon.seen(sides.before), soon.seen(sides.after));
        let comparison = Comparison::of(&before, &after);
        Self {
            before: Rate::of(before.covered),
            after: Rate::of(after.covered),
            rate_ratio: comparison.rate_ratio,
            verdict_ci95: comparison.verdict_ci95,
            over_all_days: comparison.over_all_days,
            verdict: comparison.verdict,
            reason: comparison.reason,
            cramp_nights: NightChange::of(record, sides, InNight::CRAMP_WRITTEN_SOON),
            comparison,
        }
    }

    /// In words, where others of the `episodes` were written down later and enough are left to compare.
    #[must_use]
    pub fn say(&self, episodes: u32, language: Language) -> Option<String> {
        let soon = self.before.episodes + self.after.episodes;
        let tells = soon < episodes && self.verdict != Direction::InsufficientData;
        tells.then(|| say!(language, "before-after-soon", episodes = soon, ratio = self.comparison.say_ratio(language)))
    }
}
