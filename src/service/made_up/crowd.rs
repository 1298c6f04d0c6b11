//! Many people with long diaries, for load tests: from a fixed seed, as fast as the database takes them.

use std::time::Duration;

use chrono::Days;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::account::{self, PASSWORD};
use crate::{
    access::{
        WritableDiary,
        accounts::{model::Kind, store},
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

/// How many cramps one transaction takes.
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
    for person in 0..people {
        let email = account::email(&format!("person-{person}@load.example"))?;
        for first in (0..cramps.max(1)).step_by(BATCH as usize) {
            let (email, hash) = (email.clone(), hash.clone());
            let work = move |db: &mut Db| {
                let user = if first == 0 {
                    let new = NewUser { email, display_name: None, kind: Kind::Patient, time_zone: Zone::UTC };
                    account::open(db, new, hash, now.minus(SPAN))?.ok_or(Refusal::IdConflict)?
                } else {
                    store::find_by_email(db, &(&email).into())?.ok_or(Refusal::NotFound)?.user
                };
                let diary = own_diary(db, &user.id, now)?;
                if first == 0 {
                    logged::create::<Treatment>(db, &diary, treatment(now)?)?;
                }
                for number in first..cramps.min(first + BATCH) {
                    let cramp = logged::create::<Episode>(db, &diary, cramp(person, number, cramps, now)?)?.into_row();
                    if number % SORE_AFTER_EVERY == 0 {
                        be_sore(db, &diary, &cramp)?;
                    }
                }
                Ok::<_, Refusal>(())
            };
            service.store.write(work).await.map_err(|error| format!("person-{person}@load.example: {error}"))?;
        }
    }
    Ok(format!("{people} people with {cramps} cramps each: person-0@load.example and so on, password  {PASSWORD}\n"))
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
