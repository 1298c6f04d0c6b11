//! What speaks against reading too much into a difference before and after a treatment. Each is raised by a rule, never by
//! judgement, and says so in words that a patient understands.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{
    comparison::{Comparison, RatioMethod},
    figures::{FEWEST_COVERED_DAYS, is_spell},
    period::DateRange,
    record::Record,
    statistics::Exposure,
};
use crate::{diary::treatments::model::Treatment, foundation::language::Language, say, vocabulary};

/// A treatment is often begun in a bad spell: these are the days before it that may have been one …
const SPELL_DAYS: u32 = 28;
/// … beside the year before them, which shows what is usual.
pub const USUAL_FROM_DAYS_BEFORE: u32 = SPELL_DAYS + 365;
/// Half of a side's days must be covered.
const LEAST_COVERAGE: f64 = 0.5;
/// Seasons that alone would change a rate by less than a tenth are passed over.
const LEAST_SEASON: f64 = 0.1;
/// Weeks vary more than chance would let them when chance does so more rarely.
const LEVEL: f64 = 0.05;
/// A start is still fresh on the day after it.
const FRESH_DAYS: i64 = 1;

vocabulary! {
    /// Which caution.
    pub enum CautionCode {
        /// A side has fewer than 14 covered days, or fewer than half of its days are covered.
        FewCoveredDays = "few_covered_days",
        /// On a side, days lack an entry and no day without cramps has one: its rate is too high.
        CrampFreeDaysMissing = "cramp_free_days_missing",
        /// The sides lie in different seasons, which alone would change the rate the way that it clearly changed.
        DifferentSeasons = "different_seasons",
        /// Weeks vary more than chance lets them, and the interval is wider for it.
        OverDispersion = "over_dispersion",
        /// Another treatment began or ended within the two sides.
        OverlappingTreatment = "overlapping_treatment",
        /// The weeks before the start were worse than usual: some fall is expected anyway.
        StartedInABadSpell = "started_in_a_bad_spell",
        /// Too little is known of the time long before to tell whether it did.
        UsualRateUnknown = "usual_rate_unknown",
        /// The start was entered days after it: who enters it knows what came of it.
        EnteredAfterwards = "entered_afterwards",
    }
}

/// A caution and why it is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caution {
    /// Which one.
    pub code: CautionCode,
    /// In a sentence.
    pub detail: String,
}

/// What the rules look at.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The days around the start.
    pub record: &'a Record,
    /// The side before it.
    pub before: Option<DateRange>,
    /// The side after it.
    pub after: Option<DateRange>,
    /// When the treatment began.
    pub start: NaiveDate,
    /// The local date on which it was entered.
    pub entered_on: NaiveDate,
    /// The other treatments.
    pub others: Vec<&'a Treatment>,
    /// How the two sides compare.
    pub comparison: &'a Comparison,
    /// How they would if the season alone changed them.
    pub season_alone_ratio: Option<f64>,
    /// Which language the reasons are in.
    pub language: Language,
}

/// Raises what has to be raised.
#[must_use]
pub fn raise(evidence: &Evidence) -> Vec<Caution> {
    let rules = [
        few_covered_days,
        cramp_free_days_missing,
        different_seasons,
        over_dispersion,
        overlapping_treatment,
        bad_spell,
        entered_afterwards,
    ];
    rules.iter().filter_map(|rule| rule(evidence)).collect()
}

fn few_covered_days(evidence: &Evidence) -> Option<Caution> {
    let Evidence { record, language, .. } = *evidence;
    let covered = |side: Option<DateRange>| side.map(|side| record.coverage(side));
    let (before, after) = (covered(evidence.before), covered(evidence.after));
    let is_poor = [&before, &after].into_iter().any(|side| {
        side.as_ref().is_none_or(|side| {
            side.covered < FEWEST_COVERED_DAYS || side.share.is_none_or(|share| share < LEAST_COVERAGE)
        })
    });
    let days = |side: Option<super::record::Coverage>| side.map_or((0, 0), |side| (side.covered, side.days));
    let ((before, before_days), (after, after_days)) = (days(before), days(after));
    is_poor.then(|| Caution {
        code: CautionCode::FewCoveredDays,
        detail: say!(
            language,
            "caution-few-covered-days",
            before = before,
            before_days = before_days,
            after = after,
            after_days = after_days,
        ),
    })
}

fn cramp_free_days_missing(evidence: &Evidence) -> Option<Caution> {
    let lacks = [evidence.before, evidence.after].map(|side| {
        let seen = evidence.record.seen(side);
        seen.covered.events > 0 && seen.lacks_cramp_free_days()
    });
    lacks.contains(&true).then(|| Caution {
        code: CautionCode::CrampFreeDaysMissing,
        detail: say!(evidence.language, "caution-cramp-free-days-missing"),
    })
}

/// A season that points the other way than the change explains nothing of it, and where the interval holds 1, there is no
/// change to explain.
fn different_seasons(evidence: &Evidence) -> Option<Caution> {
    let (season, change) = evidence.season_alone_ratio.zip(evidence.comparison.rate_ratio)?;
    let ci95 = evidence.comparison.ci95?;
    let same_way = (season < 1.0 && ci95.high.is_some_and(|high| high < 1.0)) || (season > 1.0 && ci95.low > 1.0);
    (same_way && (season - 1.0).abs() >= LEAST_SEASON).then(|| Caution {
        code: CautionCode::DifferentSeasons,
        detail: say!(
            evidence.language,
            "caution-different-seasons",
            season = evidence.language.decimal(season, 2),
            ratio = evidence.language.decimal(change, 2),
        ),
    })
}

fn over_dispersion(evidence: &Evidence) -> Option<Caution> {
    let (index, p) = evidence.comparison.dispersion_index.zip(evidence.comparison.dispersion_p)?;
    let is_wider = evidence.comparison.ci_method == Some(RatioMethod::QuasiPoisson);
    (is_wider && p < LEVEL).then(|| Caution {
        code: CautionCode::OverDispersion,
        detail: say!(evidence.language, "caution-over-dispersion", index = evidence.language.rounded(index)),
    })
}

/// What was under way on both sides explains no difference between them.
fn overlapping_treatment(evidence: &Evidence) -> Option<Caution> {
    let from = evidence.before.or(evidence.after)?.from;
    let to = evidence.after.or(evidence.before)?.to;
    let within = |date: NaiveDate| from <= date && date <= to;
    let overlaps = |other: &&&Treatment| within(other.course.started_on) || other.course.ended_on.is_some_and(within);
    let names: Vec<_> = evidence.others.iter().filter(overlaps).map(|other| other.course.name.as_str()).collect();
    (!names.is_empty()).then(|| Caution {
        code: CautionCode::OverlappingTreatment,
        detail: say!(evidence.language, "caution-overlapping-treatment", names = names.join(", ")),
    })
}

/// Regression to the mean: what begins in a bad spell is followed by better days, whatever is done.
fn bad_spell(evidence: &Evidence) -> Option<Caution> {
    let back = |days: u32| evidence.start.checked_sub_days(Days::new(days.into()));
    let spell = DateRange { from: back(SPELL_DAYS)?, to: evidence.start.pred_opt()? };
    let usual = DateRange { from: back(USUAL_FROM_DAYS_BEFORE)?, to: spell.from.pred_opt()? };
    let (usual, spell) = (evidence.record.exposure(usual), evidence.record.exposure(spell));
    let weekly = |exposure: Exposure| evidence.language.rounded(exposure.rate().unwrap_or_default() * 7.0);
    if usual.days < FEWEST_COVERED_DAYS {
        return Some(Caution {
            code: CautionCode::UsualRateUnknown,
            detail: say!(evidence.language, "caution-usual-rate-unknown"),
        });
    }
    is_spell(usual, spell).then(|| Caution {
        code: CautionCode::StartedInABadSpell,
        detail: say!(evidence.language, "caution-bad-spell", spell = weekly(spell), usual = weekly(usual)),
    })
}

fn entered_afterwards(evidence: &Evidence) -> Option<Caution> {
    let days = (evidence.entered_on - evidence.start).num_days();
    (days > FRESH_DAYS).then(|| Caution {
        code: CautionCode::EnteredAfterwards,
        detail: say!(evidence.language, "caution-entered-afterwards", days = days),
    })
}
