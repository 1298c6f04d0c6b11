//! A year in somebody's life, day by day.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::people::Person;
use crate::{
    access::{WritableDiary, own_diary},
    diary::{
        check_ins::{self, model::CheckIn},
        episodes::{
            model::{Details, Draft, Episode},
            soreness::{self, model::SorenessEntry},
        },
        logged, settings,
        treatments::{self, model::Treatment},
    },
    foundation::{
        clock::Instant,
        ids::Id,
        local_clock::{LocalClock, LocalTime, Window},
        precondition::{Precondition, Revision},
        zones::Zone,
    },
    storage::{Db, refusal::Refusal},
};

const DAYS: u64 = 365;

/// Midnight UTC a year ago.
pub fn first_instant(now: Instant) -> Instant {
    let year = Duration::from_secs(DAYS * 86_400);
    let start = now.minus(year);
    start.minus(Duration::from_micros(u64::try_from(start.micros()).unwrap_or_default() % 86_400_000_000))
}

/// Something that the person writes down, and when.
struct Entry {
    at: Instant,
    what: What,
}

enum What {
    DayParts(Value),
    Treatment(Value),
    CheckIn(NaiveDate),
    Cramp(Draft),
    Soreness { cramp: Id, date: NaiveDate, level: i32 },
}

/// Which revision a diary had when.
#[derive(Debug, Clone)]
pub struct Revisions(Vec<(Instant, Revision)>);

impl Revisions {
    /// The revision at a time; `None` when it is still the present one.
    pub fn at(&self, time: Instant) -> Option<Revision> {
        // Each entry has the revision that it found.
        self.0.iter().find(|(at, _)| *at > time).map(|(_, before)| *before)
    }
}

/// Lives the year up to now, each entry when it is written down.
///
/// # Errors
/// When there is no such person, or something of the year is there already.
pub fn live(db: &mut Db, person: &Person, user_id: &Id, now: Instant) -> Result<Revisions, Refusal> {
    let mut entries = entries(person, now);
    entries.sort_by_key(|entry| entry.at);
    let mut revisions = Vec::new();
    for Entry { at, what } in entries {
        let diary = own_diary(db, user_id, at)?;
        revisions.push((at, diary.diary().revision));
        write_down(db, &diary, what)?;
    }
    Ok(Revisions(revisions))
}

fn write_down(db: &mut Db, diary: &WritableDiary, what: What) -> Result<(), Refusal> {
    match what {
        What::DayParts(patch) => settings::store::patch(db, diary, patch, &Precondition::NONE, || Ok(())).map(drop),
        What::Treatment(draft) => {
            logged::create::<Treatment>(db, diary, treatments::model::Draft::from_json(draft)?).map(drop)
        }
        What::CheckIn(date) => {
            let report = check_ins::model::CheckInReport::from_json(json!({"cramp_free": true}));
            logged::put::<CheckIn>(db, diary, date, report, &Precondition::NONE).map(drop)
        }
        What::Cramp(draft) => logged::create::<Episode>(db, diary, draft).map(drop),
        What::Soreness { cramp, date, level } => {
            let report = json!({"level": level, "tender_to_touch": level >= 3, "limits_walking": level >= 5});
            let report = soreness::model::SorenessReport::from_json(report);
            logged::put::<SorenessEntry>(db, diary, (cramp, date), report, &Precondition::NONE).map(drop)
        }
    }
}

/// What the person writes down, day by day.
fn entries(person: &Person, now: Instant) -> Vec<Entry> {
    let mut chance = StdRng::seed_from_u64(person.seed);
    let zone = person.time_zone();
    let today = zone.date_at(now);
    let first = today - Days::new(DAYS);
    let treated_from = today - Days::new(DAYS / 2);
    let mut entries = Vec::new();
    if let Some((night_start, night_end, evening_start)) = person.day_parts {
        let patch = json!({"night_start": night_start, "night_end": night_end, "evening_start": evening_start});
        entries.push(Entry { at: first_instant(now), what: What::DayParts(patch) });
    }
    for date in first.iter_days().take_while(|date| *date < today) {
        let weekly = if date < treated_from { person.weekly.0 } else { person.weekly.1 };
        if date == treated_from {
            let (kind, name, note) = person.treatment;
            let draft = json!({"kind": kind, "name": name, "started_on": date, "note": note});
            entries.push(Entry { at: at(date, minute(10, 0), zone), what: What::Treatment(draft) });
        }
        let cramps = poisson(&mut chance, weekly / 7.0);
        for _ in 0..cramps {
            let time = onset_time(&mut chance, person);
            let draft = cramp(&mut chance, person, at(date, time, zone), time);
            log_cramp(&mut entries, &mut chance, person, draft, now);
        }
        if cramps == 0 && chance.random_range(0..100) < person.checks_in {
            entries.push(Entry { at: at(date, minute(21, 30), zone), what: What::CheckIn(date) });
        }
    }
    entries
}

/// Some are logged at once, some the next morning, and the leg is followed up for some days.
fn log_cramp(entries: &mut Vec<Entry>, chance: &mut impl Rng, person: &Person, draft: Draft, now: Instant) {
    let (cramp, onset) = (Id::random(), draft.started_at);
    let worst = draft.details.intensity.map_or(3, |intensity| (intensity.get() * 2 / 3).max(1));
    let delay = if chance.random_bool(0.4) { 240 } else { chance.random_range(3_600..36_000) };
    let logged_at = onset.plus(Duration::from_secs(delay)).min(now);
    entries.push(Entry { at: logged_at, what: What::Cramp(Draft { id: Some(cramp.clone()), ..draft }) });
    let zone = person.time_zone();
    let sore_days = chance.random_range(0..=person.sore_days);
    for day in 0..=i32::from(sore_days) {
        let level = (worst - day * 2 + chance.random_range(0..=1)).clamp(0, 10);
        let level = if day == i32::from(sore_days) && chance.random_bool(0.8) { 0 } else { level };
        if chance.random_bool(0.85) {
            let date = zone.date_at(onset) + Days::new(day.unsigned_abs().into());
            let at = at(date, minute(20, 0), zone).max(onset.plus(Duration::from_mins(10))).max(logged_at);
            if at <= now {
                entries.push(Entry { at, what: What::Soreness { cramp: cramp.clone(), date, level } });
            }
        }
        if level == 0 {
            break;
        }
    }
}

fn cramp(chance: &mut impl Rng, person: &Person, started_at: Instant, time: LocalTime) -> Draft {
    let body = details(chance, person, started_at, time);
    // What is written here is valid; a bare onset stands in should that ever change.
    Draft::from_json(body, started_at).unwrap_or(Draft {
        id: None,
        started_at,
        time_zone: None,
        details: Details::default(),
    })
}

fn details(chance: &mut impl Rng, person: &Person, started_at: Instant, time: LocalTime) -> Value {
    let intensity = chance.random_range(person.intensity.clone());
    // A half-filled entry at 3 am is valid, and common.
    if chance.random_bool(0.12) {
        return json!({"started_at": started_at, "intensity": intensity});
    }
    let asleep = sleeping(person).contains(time) && chance.random_bool(0.9);
    let context = match (asleep, chance.random_bool(0.85)) {
        (true, true) => "asleep",
        (true, false) => "in_bed_awake",
        (false, _) => pick(chance, person.awake_contexts),
    };
    let (part, side) = *pick(chance, person.sites);
    let minutes = chance.random_range(1..=if intensity > 7 { 12 } else { 5 });
    let measure = *pick(chance, &["stretching", "stretching", "massage", "walking", "heat"]);
    let seconds_to_relief = chance.random_bool(0.7).then(|| chance.random_range(1..=minutes * 4) * 15);
    let interrupted_sleep =
        if asleep { Some(chance.random_bool(0.93)) } else { chance.random_bool(0.5).then_some(false) };
    json!({
        "started_at": started_at,
        "duration_seconds": minutes * 60 + *pick(chance, &[0, 0, 15, 30]),
        "intensity": intensity,
        "sites": [{"part": part, "side": side}],
        "context": context,
        "interrupted_sleep": interrupted_sleep,
        "sleep_disturbance": interrupted_sleep.filter(|yes| *yes).map(|_| intensity.saturating_sub(1)),
        "triggers": if chance.random_bool(0.4) { vec![*pick(chance, person.triggers)] } else { vec![] },
        "relief": [{"measure": measure, "seconds_to_relief": seconds_to_relief}],
    })
}

fn sleeping(person: &Person) -> Window {
    let (from, to) = person.sleeps;
    Window::new(minute(from, 0), minute(to, 0))
}

fn onset_time(chance: &mut impl Rng, person: &Person) -> LocalTime {
    let total: u32 = person.hours.iter().map(|(_, _, weight)| weight).sum();
    let mut left = chance.random_range(0..total);
    let stretch = person.hours.iter().find(|(_, _, weight)| {
        let here = left < *weight;
        left = left.saturating_sub(*weight);
        here
    });
    let (from, to, _) = stretch.copied().unwrap_or((3, 4, 1));
    minute(chance.random_range(from..to), chance.random_range(0..60))
}

fn minute(hour: u32, minute: u32) -> LocalTime {
    let minutes = u16::try_from(hour * 60 + minute).ok();
    minutes.and_then(LocalTime::from_minute).unwrap_or(LocalTime::MIDNIGHT)
}

/// The instant at which a zone's clock shows a time, or the nearest to it where a clock change skips it.
fn at(date: NaiveDate, time: LocalTime, zone: Zone) -> Instant {
    let wanted = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60 + i64::from(time.minute());
    let guess = Instant::from_micros(wanted * 60_000_000);
    let shown = LocalClock::at(guess, zone);
    let shown = shown.date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60 + i64::from(shown.time.minute());
    Instant::from_micros((2 * wanted - shown) * 60_000_000)
}

fn pick<'a, T>(chance: &mut impl Rng, from: &'a [T]) -> &'a T {
    &from[chance.random_range(0..from.len())]
}

/// How many of something rare happen in a day, on average `mean` (Knuth, The Art of Computer Programming 2, 3.4.1).
fn poisson(chance: &mut impl Rng, mean: f64) -> u32 {
    let limit = (-mean).exp();
    let (mut count, mut product) = (0, chance.random::<f64>());
    while product > limit {
        count += 1;
        product *= chance.random::<f64>();
    }
    count
}
