//! What the cramps of one day were like, counted: all that an analysis asks of them, without any of them.

use std::collections::BTreeMap;

use crate::foundation::histogram::Histogram;

/// Counts of words.
pub type Words = BTreeMap<String, u32>;

/// Counts of everything that people tell of their cramps. Sums of days are tallies, too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Minutes of the day at which cramps began.
    pub minutes: Histogram,
    /// How long they lasted, in seconds.
    pub durations: Histogram,
    /// How bad they were.
    pub intensities: Histogram,
    /// How much they disturbed sleep.
    pub sleep_disturbances: Histogram,
    /// What the person was doing.
    pub contexts: Words,
    /// Where it hurt: part, colon, side. A cramp may hurt in several places.
    pub sites: Words,
    /// What may have brought them on.
    pub triggers: Words,
    /// What was tried against them.
    pub relief: BTreeMap<String, Tried>,
    /// Cramps with at least one site, trigger, measure.
    pub with_sites: u32,
    #[expect(missing_docs, reason = "as above")]
    pub with_triggers: u32,
    #[expect(missing_docs, reason = "as above")]
    pub with_relief: u32,
    /// Cramps in both legs at once.
    pub in_both_legs: u32,
    /// Cramps in the left leg alone, and in the right one.
    pub in_left_leg: u32,
    #[expect(missing_docs, reason = "as above")]
    pub in_right_leg: u32,
    /// Of the cramps while walking or exercising: after how many the person stood still, and how soon that helped.
    pub stood_still: Tried,
    /// How sore the leg stayed.
    pub soreness: Soreness,
}

/// How often something was tried, and how soon it helped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    /// How often.
    pub times: u32,
    /// Seconds to relief, where they are known.
    pub seconds: Histogram,
}

/// What followed the cramps. Days are counted from the onset's date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Soreness {
    /// The days on which it was over for good.
    pub resolved_on: Histogram,
    /// Of the same, the first days on which it may have been over: those after the last entry that says sore.
    pub over_from: Histogram,
    /// The last days of those whose end is not known.
    pub last_seen_on: Histogram,
    /// Days with an entry that says sore.
    pub sore_on: Histogram,
    /// Days with an entry that says not sore, though soreness came back.
    pub paused_on: Histogram,
    /// The highest level after each cramp.
    pub peaks: Histogram,
    /// How many days were tender to touch after each cramp of which it is known.
    pub tender_days: Histogram,
    /// Entries that say tender to touch, and not.
    pub tender: u32,
    #[expect(missing_docs, reason = "as above")]
    pub not_tender: u32,
    /// Entries that say it limits walking, and not.
    pub limits_walking: u32,
    #[expect(missing_docs, reason = "as above")]
    pub not_limits_walking: u32,
    /// All entries.
    pub entries: u32,
}

impl Tally {
    /// Counts what another tally counts as well.
    pub fn add(&mut self, other: &Self) {
        self.combine(other, add, |sum, more| *sum += more);
        for (measure, tried) in &other.relief {
            self.relief.entry(measure.clone()).or_default().combine(tried, add, |sum, more| *sum += more);
        }
    }

    /// Takes back what another tally counts.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, Histogram::subtract, less);
        for (measure, tried) in &other.relief {
            if let Some(sum) = self.relief.get_mut(measure) {
                sum.combine(tried, Histogram::subtract, less);
            }
        }
        self.relief.retain(|_, tried| tried.times > 0);
    }

    fn combine(&mut self, other: &Self, histogram: fn(&mut Histogram, &Histogram), count: fn(&mut u32, u32)) {
        histogram(&mut self.minutes, &other.minutes);
        histogram(&mut self.durations, &other.durations);
        histogram(&mut self.intensities, &other.intensities);
        histogram(&mut self.sleep_disturbances, &other.sleep_disturbances);
        for (mine, theirs) in [
            (&mut self.contexts, &other.contexts),
            (&mut self.sites, &other.sites),
            (&mut self.triggers, &other.triggers),
        ] {
            for (word, times) in theirs {
                count(mine.entry(word.clone()).or_default(), *times);
            }
            mine.retain(|_, times| *times > 0);
        }
        for (mine, theirs) in [
            (&mut self.with_sites, other.with_sites),
            (&mut self.with_triggers, other.with_triggers),
            (&mut self.with_relief, other.with_relief),
            (&mut self.in_both_legs, other.in_both_legs),
            (&mut self.in_left_leg, other.in_left_leg),
            (&mut self.in_right_leg, other.in_right_leg),
        ] {
            count(mine, theirs);
        }
        self.stood_still.combine(&other.stood_still, histogram, count);
        self.soreness.combine(&other.soreness, histogram, count);
    }
}

impl Tried {
    fn combine(&mut self, other: &Self, histogram: fn(&mut Histogram, &Histogram), count: fn(&mut u32, u32)) {
        count(&mut self.times, other.times);
        histogram(&mut self.seconds, &other.seconds);
    }
}

impl Soreness {
    /// Counts what followed one cramp as it is now instead of as it was.
    pub fn replace(&mut self, before: &Self, after: &Self) {
        self.combine(before, Histogram::subtract, less);
        self.combine(after, add, |sum, more| *sum += more);
    }

    /// Whether nothing followed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    fn combine(&mut self, other: &Self, histogram: fn(&mut Histogram, &Histogram), count: fn(&mut u32, u32)) {
        for (mine, theirs) in [
            (&mut self.resolved_on, &other.resolved_on),
            (&mut self.over_from, &other.over_from),
            (&mut self.last_seen_on, &other.last_seen_on),
            (&mut self.sore_on, &other.sore_on),
            (&mut self.paused_on, &other.paused_on),
            (&mut self.peaks, &other.peaks),
            (&mut self.tender_days, &other.tender_days),
        ] {
            histogram(mine, theirs);
        }
        for (mine, theirs) in [
            (&mut self.tender, other.tender),
            (&mut self.not_tender, other.not_tender),
            (&mut self.limits_walking, other.limits_walking),
            (&mut self.not_limits_walking, other.not_limits_walking),
            (&mut self.entries, other.entries),
        ] {
            count(mine, theirs);
        }
    }
}

fn less(sum: &mut u32, less: u32) {
    *sum = sum.saturating_sub(less);
}

fn add(sum: &mut Histogram, more: &Histogram) {
    sum.extend(more.iter());
}
