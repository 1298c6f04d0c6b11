//! What a cramp contributes to the sums of its day.

use std::{collections::BTreeMap, time::Duration};

use super::{
    model::{Context, Details, Episode, Measure, Site},
    soreness::model::{SorenessEntry, SorenessSummary},
};
use crate::{
    diary::covered_days::{
        model::{Contribution, Counts, DayCounts},
        tally::{Soreness, Tally, Tried, Words},
    },
    foundation::{
        clock::Instant,
        histogram::Histogram,
        local_clock::{DayParts, LocalClock, Period},
        values::{Rating, Seconds, Side},
    },
};

/// An entry that is written within this time after the onset is from fresh memory.
const SOON: Duration = Duration::from_hours(24);
/// A cramp that lasts longer than so many seconds is a long one.
const LONG_SECONDS: i32 = 600;

/// All that it contributes, with the soreness after it, under this division of the day.
#[must_use]
pub fn of(episode: &Episode, entries: &[SorenessEntry], parts: DayParts) -> Contribution {
    Contribution {
        date: episode.clock.date,
        counts: counts(episode.clock, Told::of(episode), parts),
        tally: tally(episode, entries),
    }
}

/// What the figures of a day ask of a cramp, besides when it was.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// What the person was doing.
    pub context: Option<Context>,
    /// Whether it broke sleep.
    pub interrupted_sleep: Option<bool>,
    /// How long it lasted, in seconds.
    pub duration_seconds: Option<i32>,
    /// Whether it was written down from fresh memory.
    pub soon: bool,
}

impl Told {
    fn of(episode: &Episode) -> Self {
        let Details { context, interrupted_sleep, duration_seconds, recorded_at, .. } = episode.details;
        let soon = is_soon(episode.started_at, recorded_at, episode.created_at);
        Self { context, interrupted_sleep, duration_seconds: duration_seconds.map(Seconds::get), soon }
    }
}

/// Whether a cramp was written down from fresh memory: by what the person's device says, else by when it arrived. A device
/// that says "before the onset" has a wrong clock, and tells nothing.
#[must_use]
pub fn is_soon(started_at: Instant, recorded_at: Option<Instant>, created_at: Instant) -> bool {
    recorded_at.filter(|written| *written >= started_at).unwrap_or(created_at) <= started_at.plus(SOON)
}

/// What it adds to the figures of its day.
#[must_use]
pub fn counts(clock: LocalClock, told: Told, parts: DayParts) -> DayCounts {
    let Told { context, interrupted_sleep, duration_seconds, soon } = told;
    let in_bed = context.map(|context| matches!(context, Context::Asleep | Context::InBedAwake));
    let is_long = duration_seconds.map(|seconds| seconds > LONG_SECONDS);
    let one_if = u32::from;
    let counts = Counts {
        episodes: 1,
        soon: one_if(soon),
        sleep_interrupted: one_if(interrupted_sleep == Some(true)),
        sleep_not_interrupted: one_if(interrupted_sleep == Some(false)),
        in_bed: one_if(in_bed == Some(true)),
        not_in_bed: one_if(in_bed == Some(false)),
        on_the_move: one_if(is_on_the_move(context)),
        over_10_minutes: one_if(is_long == Some(true)),
        up_to_10_minutes: one_if(is_long == Some(false)),
    };
    let none = DayCounts::default();
    match parts.period(clock.time) {
        Period::Day => DayCounts { day: counts, ..none },
        Period::Evening => DayCounts { evening: counts, ..none },
        Period::Night if parts.night_of(clock) == Some(clock.date) => {
            DayCounts { night_begun_this_date: counts, ..none }
        }
        Period::Night => DayCounts { night_begun_the_date_before: counts, ..none },
    }
}

/// What it adds to the tally of its day, with the soreness after it.
#[must_use]
pub fn tally(episode: &Episode, entries: &[SorenessEntry]) -> Tally {
    let details = &episode.details;
    let sites = details.sites.items();
    let mut relief: BTreeMap<String, Tried> = BTreeMap::new();
    for tried in details.relief.items() {
        let counted = relief.entry(Measure::as_str(tried.measure).to_owned()).or_default();
        counted.times += 1;
        tried.seconds_to_relief.into_iter().for_each(|seconds| counted.seconds.add(whole(seconds)));
    }
    Tally {
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
        in_left_leg: u32::from(is_in_one_leg(sites, Side::Left)),
        in_right_leg: u32::from(is_in_one_leg(sites, Side::Right)),
        stood_still: stood_still(details),
        relief,
        soreness: soreness(entries),
    }
}

/// Whether the person stood still when it came on the move, and how soon that helped. It counts once, with the quickest of
/// its times: cramps are counted here, not tries.
fn stood_still(details: &Details) -> Tried {
    let still = || details.relief.items().iter().filter(|tried| tried.measure == Measure::Standing);
    if !is_on_the_move(details.context) || still().next().is_none() {
        return Tried::default();
    }
    Tried { times: 1, seconds: once(still().filter_map(|tried| tried.seconds_to_relief).min().map(whole)) }
}

/// What the entries after it add, in the order of their dates.
#[must_use]
pub fn soreness(entries: &[SorenessEntry]) -> Soreness {
    let summary = SorenessSummary::of(entries);
    let Some(last) = entries.last() else { return Soreness::default() };
    let days = |says: &dyn Fn(&SorenessEntry) -> bool| -> Histogram {
        entries.iter().filter(|entry| says(entry)).map(|entry| (whole(entry.day), 1)).collect()
    };
    let count = |says: fn(&SorenessEntry) -> bool| entries.iter().filter(|entry| says(entry)).count();
    let count = |says| u32::try_from(count(says)).unwrap_or(u32::MAX);
    let resolved = summary.resolved_day;
    let last_sore = entries.iter().rev().find(|entry| entry.level.get() > 0).map(|entry| entry.day);
    let tender = count(|entry| entry.tender_to_touch == Some(true));
    let not_tender = count(|entry| entry.tender_to_touch == Some(false));
    Soreness {
        resolved_on: once(resolved.map(whole)),
        over_from: once(resolved.map(|_| whole(last_sore.map_or(0, |day| day + 1)))),
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

/// The word under which a site is counted.
#[must_use]
pub fn site_word(site: Site) -> String {
    format!("{}:{}", site.part.as_str(), site.side.map_or("", Side::as_str))
}

fn whole(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn once(number: Option<u32>) -> Histogram {
    number.map(|number| (number, 1)).into_iter().collect()
}

/// What a cramp names twice it names: each word counts cramps.
fn words(items: impl Iterator<Item = String>) -> Words {
    items.map(|item| (item, 1)).collect()
}

/// Where the person was on their feet and moving.
fn is_on_the_move(context: Option<Context>) -> bool {
    matches!(context, Some(Context::Walking | Context::Exercising))
}

/// All of it on one side, as far as sides are known.
fn is_in_one_leg(sites: &[Site], side: Side) -> bool {
    !sites.is_empty() && sites.iter().all(|site| site.side == Some(side))
}

/// Both at once: one site on both sides, or sites on either.
fn in_both_legs(sites: &[Site]) -> bool {
    let has = |side| sites.iter().any(|site| site.side == Some(side));
    has(Side::Both) || (has(Side::Left) && has(Side::Right))
}
