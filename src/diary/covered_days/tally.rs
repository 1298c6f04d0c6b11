//! What the cramps of one day were like, counted: all that an analysis asks of them, without any of them.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    diary::episodes::{
        model::{Episode, Measure, Site},
        soreness::model::{Entry, Summary},
    },
    foundation::{
        histogram::Histogram,
        values::{Rating, Seconds, Side},
    },
};

/// An entry that is written within this time after the onset is from fresh memory.
const SOON: Duration = Duration::from_hours(24);

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
    /// Cramps written down within 24 hours.
    pub written_soon: u32,
    /// How sore the leg stayed.
    pub soreness: Soreness,
}

/// How often a measure was tried, and how soon it helped.
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

fn whole(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// The word under which a site is counted.
#[must_use]
pub fn site_word(site: Site) -> String {
    format!("{}:{}", site.part.as_str(), site.side.map_or("", Side::as_str))
}

impl Tally {
    /// What one cramp adds, with the soreness after it.
    #[must_use]
    pub fn of(episode: &Episode, entries: &[Entry]) -> Self {
        let details = &episode.details;
        let sites = details.sites.items();
        let mut relief: BTreeMap<String, Tried> = BTreeMap::new();
        for tried in details.relief.items() {
            let counted = relief.entry(Measure::as_str(tried.measure).to_owned()).or_default();
            counted.times += 1;
            tried.seconds_to_relief.into_iter().for_each(|seconds| counted.seconds.add(whole(seconds)));
        }
        Self {
            minutes: once(Some(episode.clock.time.minute().into())),
            durations: once(details.duration_seconds.map(|seconds| whole(Seconds::get(seconds)))),
            intensities: once(details.intensity.map(|rating| whole(Rating::get(rating)))),
            sleep_disturbances: once(details.sleep_disturbance.map(|rating| whole(Rating::get(rating)))),
            contexts: words(details.context.iter().map(|context| context.as_str().to_owned())),
            sites: words(sites.iter().map(|site| site_word(*site))),
            triggers: words(details.triggers.items().iter().map(|trigger| trigger.as_str().to_owned())),
            with_sites: u32::from(!sites.is_empty()),
            with_triggers: u32::from(!details.triggers.items().is_empty()),
            with_relief: u32::from(!relief.is_empty()),
            in_both_legs: u32::from(in_both_legs(sites)),
            written_soon: u32::from(episode.created_at <= episode.started_at.plus(SOON)),
            relief,
            soreness: Soreness::of(entries),
        }
    }

    /// Counts what another tally counts as well.
    pub fn add(&mut self, other: &Self) {
        self.combine(other, add, |sum, more| *sum += more);
        for (measure, tried) in &other.relief {
            let sum = self.relief.entry(measure.clone()).or_default();
            sum.times += tried.times;
            add(&mut sum.seconds, &tried.seconds);
        }
    }

    /// Takes back what another tally counts.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, Histogram::subtract, |sum, less| *sum = sum.saturating_sub(less));
        for (measure, tried) in &other.relief {
            if let Some(sum) = self.relief.get_mut(measure) {
                sum.times = sum.times.saturating_sub(tried.times);
                sum.seconds.subtract(&tried.seconds);
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
            (&mut self.written_soon, other.written_soon),
        ] {
            count(mine, theirs);
        }
        self.soreness.combine(&other.soreness, histogram, count);
    }
}

impl Soreness {
    /// What the entries after one cramp add, in the order of their dates.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        let summary = Summary::of(entries);
        let Some(last) = entries.last() else { return Self::default() };
        let days = |says: &dyn Fn(&Entry) -> bool| -> Histogram {
            entries.iter().filter(|entry| says(entry)).map(|entry| (whole(entry.day), 1)).collect()
        };
        let count = |says: fn(&Entry) -> bool| entries.iter().filter(|entry| says(entry)).count();
        let count = |says| u32::try_from(count(says)).unwrap_or(u32::MAX);
        let resolved = summary.resolved_day;
        let tender = count(|entry| entry.tender_to_touch == Some(true));
        let not_tender = count(|entry| entry.tender_to_touch == Some(false));
        Self {
            resolved_on: once(resolved.map(whole)),
            last_seen_on: once(resolved.is_none().then_some(whole(last.day))),
            sore_on: days(&|entry| entry.level.get() > 0),
            paused_on: days(&|entry| entry.level.get() == 0 && resolved.is_none_or(|over| entry.day < over)),
            peaks: once(summary.peak.map(|peak| whole(peak.get()))),
            tender_days: once((tender + not_tender > 0).then_some(tender)),
            tender,
            not_tender,
            limits_walking: count(|entry| entry.limits_walking == Some(true)),
            not_limits_walking: count(|entry| entry.limits_walking == Some(false)),
            entries: count(|_| true),
        }
    }

    /// What changes when the entries after one cramp become others.
    pub fn replace(&mut self, before: &[Entry], after: &[Entry]) {
        self.combine(&Self::of(before), Histogram::subtract, |sum, less| *sum = sum.saturating_sub(less));
        self.combine(&Self::of(after), add, |sum, more| *sum += more);
    }

    /// Whether nothing followed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    fn combine(&mut self, other: &Self, histogram: fn(&mut Histogram, &Histogram), count: fn(&mut u32, u32)) {
        for (mine, theirs) in [
            (&mut self.resolved_on, &other.resolved_on),
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

fn add(sum: &mut Histogram, more: &Histogram) {
    sum.extend(more.iter());
}

fn once(number: Option<u32>) -> Histogram {
    number.map(|number| (number, 1)).into_iter().collect()
}

/// What a cramp names twice it names: each word counts cramps.
fn words(items: impl Iterator<Item = String>) -> Words {
    items.map(|item| (item, 1)).collect()
}

/// Both at once: one site on both sides, or sites on either.
fn in_both_legs(sites: &[Site]) -> bool {
    let has = |side| sites.iter().any(|site| site.side == Some(side));
    has(Side::Both) || (has(Side::Left) && has(Side::Right))
}
