//! What speaks against reading too much into a difference before and after a treatment. Each is raised by a rule, never by
//! judgement, and says so in words that a patient understands.

use std::f64::consts::TAU;

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use super::{
    figures::{FEWEST_COVERED_DAYS, is_spell},
    period::DateRange,
    record::Record,
    statistics::{Dispersion, Exposure},
};
use crate::{diary::treatments::model::Treatment, foundation::language::Language, say, vocabulary};

/// A treatment is often begun in a bad spell: these are the days before it that may have been one …
const SPELL_DAYS: u32 = 28;
/// … beside the year before them, which shows what is usual.
pub const USUAL_FROM_DAYS_BEFORE: u32 = SPELL_DAYS + 365;
/// Half of a side's days must be covered.
const LEAST_COVERAGE: f64 = 0.5;
/// The middle of the warm half of the year, in the north: 16 July.
const MIDSUMMER: f64 = 197.0;
/// Seasons differ when the middles of the two sides lie further apart than half of what lies between summer and winter.
const HALF_THE_SWING: f64 = 1.0;
/// A side of so many days has seen all seasons.
const ALL_SEASONS_DAYS: i64 = 300;
/// Days vary more than chance would let them when chance does so more rarely.
const LEVEL: f64 = 0.05;

vocabulary! {
    /// Which caution.
    pub enum CautionCode {
        /// A side has fewer than 14 covered days, or fewer than half of its days are covered.
        FewCoveredDays = "few_covered_days",
        /// On a side, days lack an entry and no day without cramps has one: its rate is too high.
        CrampFreeDaysMissing = "cramp_free_days_missing",
        /// The sides lie in different seasons, and cramps follow the seasons.
        DifferentSeasons = "different_seasons",
        /// Cramps come in spells: intervals are too narrow.
        OverDispersion = "over_dispersion",
        /// Another treatment was under way.
        OverlappingTreatment = "overlapping_treatment",
        /// The weeks before the start were worse than usual: some fall is expected anyway.
        StartedInABadSpell = "started_in_a_bad_spell",
        /// Too little is known of the time long before to tell whether it did.
        UsualRateUnknown = "usual_rate_unknown",
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
    /// The other treatments.
    pub others: Vec<&'a Treatment>,
    /// How the days vary.
    pub dispersion: Option<Dispersion>,
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

/// Cramps are commoner in summer, and fewest half a year from then (Garrison, Dormuth, Morrow & Carney, CMAJ 187, 2015).
/// Which half of the earth it is does not matter to how far two dates lie apart in that.
fn different_seasons(evidence: &Evidence) -> Option<Caution> {
    let season = |side: Option<DateRange>| {
        let dates: Vec<_> = evidence.record.within(side?).map(|(date, _)| *date).collect();
        let (first, last) = dates.first().zip(dates.last())?;
        let covers_a_year = (*last - *first).num_days() > ALL_SEASONS_DAYS;
        (!covers_a_year).then(|| season(*first + (*last - *first) / 2))
    };
    let (before, after) = season(evidence.before).zip(season(evidence.after))?;
    ((before - after).abs() > HALF_THE_SWING).then(|| Caution {
        code: CautionCode::DifferentSeasons,
        detail: say!(evidence.language, "caution-different-seasons"),
    })
}

/// Where a date lies between the middle of summer, 1, and that of winter, −1; the other way round in the south.
fn season(date: NaiveDate) -> f64 {
    ((f64::from(date.ordinal()) - MIDSUMMER) / 365.25 * TAU).cos()
}

fn over_dispersion(evidence: &Evidence) -> Option<Caution> {
    let spread = evidence.dispersion.filter(|spread| spread.index > 1.0 && spread.p < LEVEL)?;
    Some(Caution {
        code: CautionCode::OverDispersion,
        detail: say!(evidence.language, "caution-over-dispersion", index = evidence.language.rounded(spread.index),),
    })
}

fn overlapping_treatment(evidence: &Evidence) -> Option<Caution> {
    let from = evidence.before.or(evidence.after)?.from;
    let to = evidence.after.or(evidence.before)?.to;
    let overlaps =
        |other: &&&Treatment| other.course.started_on <= to && other.course.ended_on.is_none_or(|ended| ended >= from);
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
