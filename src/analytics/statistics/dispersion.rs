//! Whether counts vary more than chance lets them.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::foundation::histogram::Histogram;

/// In a block in which fewer events are expected, χ² is no guide.
const LEAST_EXPECTED: f64 = 0.5;

/// How counts vary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Variance over mean: 1 when events come independently at an even rate, more when several come at a time.
    pub index: f64,
    /// How many counts it was worked out from, less a rate for each group.
    pub freedom: u32,
    /// How likely so much variation would be for independent events.
    pub p: f64,
}

impl Dispersion {
    /// By how much variances are to be multiplied: the index, at least 1. That counts vary less than chance lets them is
    /// itself chance.
    #[must_use]
    pub fn phi(self) -> f64 {
        self.index.max(1.0)
    }

    fn of(statistic: f64, freedom: u32) -> Option<Self> {
        let degrees = f64::from(freedom);
        let distribution = ChiSquared::new(degrees).ok()?;
        Some(Self { index: statistic / degrees, freedom, p: distribution.sf(statistic) })
    }
}

/// Fisher's index of dispersion of counts in several groups of days, each with a rate of its own: Σ (x − m)² / m over all
/// days is χ² with as many degrees of freedom as days less groups, for independent events (R. A. Fisher, Biometrics 6,
/// 1950). A group is the number of days with 0, 1, 2 … events. It looks at what comes on one day, not at the order of days:
/// see [`dispersion_of_blocks`]. `None` when there are too few days or events to tell.
#[must_use]
pub fn dispersion(groups: &[Histogram]) -> Option<Dispersion> {
    let (mut statistic, mut freedom) = (0.0, 0);
    for days in groups {
        let n = f64::from(days.total());
        let mean = days.iter().map(|(events, days)| f64::from(events) * f64::from(days)).sum::<f64>() / n.max(1.0);
        if mean > 0.0 && n > 1.0 {
            let square = |events: u32| (f64::from(events) - mean).powi(2);
            statistic += days.iter().map(|(events, days)| f64::from(days) * square(events)).sum::<f64>() / mean;
            freedom += days.total() - 1;
        }
    }
    Dispersion::of(statistic, freedom)
}

/// The index of dispersion of blocks of days that follow each other, in several groups with a rate of their own: Pearson's
/// Σ (y − μ)² / μ over degrees of freedom, with μ the events that the rate of the group brings in the covered days of the
/// block (P. `McCullagh` & J. A. Nelder, Generalized Linear Models, 2nd ed. 1989, 4.5 and 6.2). What comes in spells, and
/// what comes several at a time, raises it. A block is `(events, covered days)`.
///
/// A block without covered days says nothing and is left out. Neighbours are joined until half an event is expected in
/// each: (y − μ)² / μ has a variance of 2 + 1/μ, and one cramp on the only covered day of a block would outweigh all other
/// blocks of a quiet time. A group without events has no rate, and one that is a single block can't vary: they do not
/// count. `None` when none is left.
#[must_use]
pub fn dispersion_of_blocks(groups: &[Vec<(u32, u32)>]) -> Option<Dispersion> {
    let (mut statistic, mut freedom) = (0.0, 0);
    for blocks in groups {
        let add = |sum: (f64, f64), block: &(u32, u32)| (sum.0 + f64::from(block.0), sum.1 + f64::from(block.1));
        let (events, days) = blocks.iter().filter(|block| block.1 > 0).fold((0.0, 0.0), add);
        if events <= 0.0 {
            continue;
        }
        let rate = events / days;
        let mut joined: Vec<(f64, f64)> = Vec::new();
        for block in blocks.iter().filter(|block| block.1 > 0) {
            match joined.last_mut().filter(|last| last.1 * rate < LEAST_EXPECTED) {
                Some(last) => *last = add(*last, block),
                None => joined.push(add((0.0, 0.0), block)),
            }
        }
        // What is left over at the end joins the one before it.
        if let Some(rest) = joined.pop_if(|last| last.1 * rate < LEAST_EXPECTED) {
            match joined.last_mut() {
                Some(last) => *last = (last.0 + rest.0, last.1 + rest.1),
                None => joined.push(rest),
            }
        }
        statistic += joined.iter().map(|(seen, days)| (seen - rate * days).powi(2) / (rate * days)).sum::<f64>();
        freedom += u32::try_from(joined.len()).unwrap_or(u32::MAX) - 1;
    }
    Dispersion::of(statistic, freedom)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{
        super::reference::{close, read, same_digits},
        *,
    };

    #[derive(serde::Deserialize)]
    struct Spread {
        groups: Vec<Vec<u32>>,
        index: f64,
        p: f64,
    }

    #[test]
    fn the_index_of_dispersion_agrees_with_the_reference() {
        for case in read::<Spread>("dispersion") {
            let groups: Vec<_> =
                case.groups.iter().map(|days| days.iter().map(|events| (*events, 1)).collect()).collect();
            let ours = dispersion(&groups).unwrap();
            assert!(close(ours.index, case.index, 1e-9) && close(ours.p, case.p, 1e-9), "{ours:?} {}", case.p);
        }
    }

    #[derive(serde::Deserialize)]
    struct Blocks {
        groups: Vec<Vec<(u32, u32)>>,
        index: f64,
        freedom: u32,
        p: f64,
    }

    #[test]
    fn the_index_of_blocks_agrees_with_the_reference() {
        for case in read::<Blocks>("dispersion_of_blocks") {
            let ours = dispersion_of_blocks(&case.groups).unwrap();
            assert_eq!(ours.freedom, case.freedom);
            assert!(close(ours.index, case.index, 1e-9) && same_digits(ours.p, case.p, 1e-6), "{ours:?} {}", case.p);
        }
    }

    #[test]
    fn spells_are_seen_in_blocks_and_not_in_days() {
        let days: Histogram = [(0, 42), (1, 42)].into_iter().collect();
        assert!(close(dispersion(&[days]).unwrap().phi(), 1.0, 0.0));
        let spells = [[(7, 7), (7, 7), (0, 7), (0, 7)].repeat(3)];
        let ours = dispersion_of_blocks(&spells).unwrap();
        assert!(close(ours.index, 3.818, 1e-3) && ours.p < 2e-5, "{ours:?}");
    }

    #[test]
    fn one_cramp_on_the_one_day_of_a_block_is_no_spell() {
        let quiet = [(0, 7); 6];
        let few = [&quiet[..], &[(1, 7)], &quiet, &[(1, 1)], &quiet, &[(1, 7)], &quiet].concat();
        assert!(dispersion_of_blocks(&[few]).unwrap().p > 0.05);
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!((dispersion(&[]), dispersion_of_blocks(&[])), (None, None));
        assert_eq!(dispersion_of_blocks(&[vec![(0, 7), (0, 7)], vec![(3, 7)], vec![(0, 0)]]), None);
        let uncovered = [vec![(3, 7), (0, 0), (5, 7)], vec![]];
        assert_eq!(dispersion_of_blocks(&uncovered), dispersion_of_blocks(&[vec![(3, 7), (5, 7)]]));
    }
}
