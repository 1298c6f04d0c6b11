//! Many people with long diaries, for load tests: from a fixed seed, as fast as the database takes them.

use std::{iter::Peekable, ops::Range, time::Duration};

use chrono::Days;
use futures_util::future::join;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::account::{self, PASSWORD};
use crate::{
    access::{
        WritableDiary,
        accounts::{
            model::{Email, Kind},
            store,
        },
        own_diary,
    },
    diary::{
        episodes::{
            model::{Draft, Episode},
            soreness::model::{SorenessEntry, SorenessReport},
        },
        logged,
        treatments::{self, model::Treatment},
    },
    foundation::{clock::Instant, precondition::Precondition, zones::Zone},
    people::accounts::registration::NewUser,
    service::Service,
    storage::{Db, refusal::Refusal},
};

/// How many cramps one transaction takes, and an account counts as one.
const BATCH: u32 = 1_000;
/// A diary goes back so far, however many cramps it has.
const SPAN: Duration = Duration::from_hours(3 * 365 * 24);
/// The leg stays sore after one cramp of so many.
const SORE_AFTER_EVERY: u32 = 5;

/// Adds people who are not there yet, `person-0@load.example` and so on, each with so many cramps.
///
/// # Errors
/// One line about what went wrong.
pub async fn fill(service: &Service, people: u32, cramps: u32) -> Result<String, String> {
    let now = service.clock.now();
    let hash = account::password_hash(service).await?;
    let mut parts = parts(people, cramps).peekable();
    let mut batch = write_down(take_batch(&mut parts), cramps, now).await?;
    while let Some(first) = batch.first() {
        let of_whom = first.part.email();
        let hash = hash.clone();
        let work = move |db: &mut Db| batch.iter().try_for_each(|written| written.log(db, &hash, now));
        // The next ones are made up meanwhile.
        let (logged, next) = join(service.store.write(work), write_down(take_batch(&mut parts), cramps, now)).await;
        logged.map_err(|error: Refusal| format!("{of_whom} and those after: {error}"))?;
        batch = next?;
    }
    Ok(format!("{people} people with {cramps} cramps each: person-0@load.example and so on, password  {PASSWORD}\n"))
}

/// A part of a person's diary.
#[derive(Debug, Clone)]
struct Part {
    person: u32,
    cramps: Range<u32>,
}

/// The same with what is in it.
#[derive(Debug, Clone)]
struct Written {
    part: Part,
    email: Email,
    cramps: Vec<Draft>,
}

/// All diaries in parts that a transaction can take, one after the other.
fn parts(people: u32, cramps: u32) -> impl Iterator<Item = Part> {
    (0..people).flat_map(move |person| {
        let firsts = (0..cramps.max(1)).step_by(BATCH as usize);
        firsts.map(move |first| Part { person, cramps: first..cramps.min(first + BATCH) })
    })
}

fn take_batch(parts: &mut Peekable<impl Iterator<Item = Part>>) -> Vec<Part> {
    let mut size = 0;
    let mut batch = Vec::new();
    while let Some(part) = parts.next_if(|part| size == 0 || size + part.size() <= BATCH) {
        size += part.size();
        batch.push(part);
    }
    batch
}

/// Makes up what is in them, on another thread.
async fn write_down(parts: Vec<Part>, of: u32, now: Instant) -> Result<Vec<Written>, String> {
    let written = spawn_blocking(move || {
        let written = parts.into_iter().map(|part| {
            let cramps = part.cramps.clone().map(|number| cramp(part.person, number, of, now));
            let cramps = cramps.collect::<Result<_, Refusal>>().map_err(|error| error.to_string())?;
            Ok(Written { email: account::email(&part.email())?, part, cramps })
        });
        written.collect()
    });
    written.await.map_err(|error| error.to_string())?
}

impl Part {
    const fn size(&self) -> u32 {
        self.cramps.end - self.cramps.start + 1
    }

    fn email(&self) -> String {
        format!("person-{}@load.example", self.person)
    }
}

impl Written {
    fn log(&self, db: &mut Db, password_hash: &str, now: Instant) -> Result<(), Refusal> {
        let is_first = self.part.cramps.start == 0;
        let user = if is_first {
            let email = self.email.clone();
            let new = NewUser { email, display_name: None, kind: Kind::Patient, time_zone: Zone::UTC, language: None };
            account::open(db, new, password_hash.to_owned(), now.minus(SPAN))?.ok_or(Refusal::IdConflict)?
        } else {
            store::find_by_email(db, &(&self.email).into())?.ok_or(Refusal::NotFound)?.user
        };
        let diary = own_diary(db, &user.id, now)?;
        if is_first {
            logged::create::<Treatment>(db, &diary, treatment(now)?)?;
        }
        for (number, draft) in self.part.cramps.clone().zip(&self.cramps) {
            let cramp = logged::create::<Episode>(db, &diary, draft.clone())?.into_row();
            if number % SORE_AFTER_EVERY == 0 {
                be_sore(db, &diary, &cramp)?;
            }
        }
        Ok(())
    }
}

/// What everybody is treated with, from a month and a half ago on.
fn treatment(now: Instant) -> Result<treatments::model::Draft, Refusal> {
    let started_on = now.minus(Duration::from_hours(45 * 24)).utc().date_naive();
    let body =
        json!({"id": "load-treatment", "kind": "stretching", "name": "Calf stretches", "started_on": started_on});
    Ok(treatments::model::Draft::from_json(body)?)
}

/// Sore for two days, and over it on the third, as far as those have come.
fn be_sore(db: &mut Db, diary: &WritableDiary, episode: &Episode) -> Result<(), Refusal> {
    for (day, level) in [(0_u64, 5), (1, 2), (2, 0)] {
        let date = episode.clock.date + Days::new(day);
        if diary.has_come(date).is_err() {
            break;
        }
        let report = SorenessReport::from_json(json!({"level": level, "tender_to_touch": level > 3}));
        logged::put::<SorenessEntry>(db, diary, (episode.id.clone(), date), report, &Precondition::NONE)?;
    }
    Ok(())
}

/// The cramp of a number, the latest last; three of four begin at night.
fn cramp(person: u32, number: u32, of: u32, now: Instant) -> Result<Draft, Refusal> {
    let mut chance = StdRng::seed_from_u64(u64::from(person) << 32 | u64::from(number));
    let midnight = now.minus(SPAN / of * (of - number)).utc().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let night = chance.random_bool(0.75);
    let minute = if night { chance.random_range(-120..360) } else { chance.random_range(360..1_320) };
    let micros = chance.random_range(0..60_000_000);
    let onset = midnight + chrono::Duration::minutes(minute) + chrono::Duration::microseconds(micros);
    let intensity = chance.random_range(2..=9);
    let body = json!({
        "id": format!("load-{number}"),
        "started_at": Instant::from(onset).min(now).rfc3339(),
        "duration_seconds": chance.random_range(20..600),
        "intensity": intensity,
        "sites": [{"part": "calf", "side": if chance.random_bool(0.6) { "left" } else { "right" }}],
        "context": if night { "asleep" } else { "resting" },
        "interrupted_sleep": night && intensity > 3,
        "sleep_disturbance": if night { intensity } else { 0 },
        "triggers": ["long_walk"],
        "relief": [{"measure": "stretching", "seconds_to_relief": chance.random_range(10..120)}],
        "note": if chance.random_bool(0.3) { Some("woke up, walked up and down the hall") } else { None },
    });
    Ok(Draft::from_json(body, now)?)
}
