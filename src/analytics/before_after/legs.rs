//! The untreated leg as a control: what changes with the season, or with the person, changes both legs alike.

use serde::Serialize;

use super::sides::Sides;
use crate::{
    analytics::{
        comparison::RatioInterval,
        figures::{FEWEST_EPISODES, Reason},
        period::DateRange,
        record::Tallies,
        statistics::{TwoByTwo, odds_ratio, six_digits},
    },
    foundation::{language::Language, values::Side},
    say,
};

/// The answer, of the cramps in one leg alone.
#[derive(Debug, Serialize)]
pub struct Legs {
    pub treated_side: Side,
    pub before: LegCounts,
    pub after: LegCounts,
    pub sample_odds_ratio: Option<f64>,
    pub odds_ratio: Option<f64>,
    pub exact_ci95: Option<RatioInterval>,
    pub exact_p: Option<f64>,
    pub reason: Option<Reason>,
}

/// How many cramps came in which leg alone.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LegCounts {
    pub treated: u32,
    pub untreated: u32,
}

impl Legs {
    /// Of a treatment for one leg; `None` of another.
    #[must_use]
    pub fn of(treated_side: Option<Side>, sides: Sides, tallies: &Tallies) -> Option<Self> {
        let treated_side = treated_side.filter(|side| *side != Side::Both)?;
        let counts = |part: Option<DateRange>| {
            let tally = part.map(|part| tallies.within(part)).unwrap_or_default();
            let (left, right) = (tally.in_left_leg, tally.in_right_leg);
            match treated_side {
                Side::Right => LegCounts { treated: right, untreated: left },
                Side::Left | Side::Both => LegCounts { treated: left, untreated: right },
            }
        };
        let (before, after) = (counts(sides.before), counts(sides.after));
        let found = odds_ratio(TwoByTwo {
            first: (after.treated, before.treated),
            second: (after.untreated, before.untreated),
        });
        Some(Self {
            treated_side,
            before,
            after,
            sample_odds_ratio: found.and_then(|found| found.sample).map(six_digits),
            odds_ratio: found.and_then(|found| found.conditional).map(six_digits),
            exact_ci95: found.map(|found| found.exact_95.into()),
            exact_p: found.map(|found| six_digits(found.p)),
            reason: found.is_none().then_some(Reason::NoEpisodes),
        })
    }

    /// In words, when there are enough cramps to say something.
    #[must_use]
    pub fn say(&self, language: Language) -> Option<String> {
        let (before, after) = (self.before, self.after);
        let all = before.treated + before.untreated + after.treated + after.untreated;
        let ci95 = self.exact_ci95.filter(|_| all >= FEWEST_EPISODES)?;
        Some(say!(
            language,
            "legs",
            treated_before = before.treated,
            treated_after = after.treated,
            untreated_before = before.untreated,
            untreated_after = after.untreated,
            low = language.decimal(ci95.low, 2),
            high = ci95.high.map_or_else(|| "∞".to_owned(), |high| language.decimal(high, 2)),
        ))
    }
}
