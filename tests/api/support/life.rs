//! A diary that is changed at random: created, replaced, patched, deleted, moved over dates and zones.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::client::{Caller, days_after, days_between};

/// The life of a patient, as chance wants it.
pub struct Life<'a> {
    random: StdRng,
    pub patient: &'a Caller,
    ids: Vec<String>,
}

impl<'a> Life<'a> {
    /// The same seed gives the same life.
    pub fn of(patient: &'a Caller, seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), patient, ids: Vec::new() }
    }

    fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.random.random_range(0..items.len())].clone()
    }

    /// One of these, or nothing.
    fn perhaps(&mut self, items: &[Value]) -> Value {
        if self.random.random_bool(0.3) { Value::Null } else { self.one_of(items) }
    }

    /// A date of the three months.
    pub fn date(&mut self) -> String {
        format!("2026-{:02}-{:02}", self.random.random_range(2..=4), self.random.random_range(1..=28))
    }

    /// Two dates, the earlier one first.
    pub fn period(&mut self) -> (String, String) {
        let (one, two) = (self.date(), self.date());
        (one.clone().min(two.clone()), one.max(two))
    }

    fn cramp(&mut self) -> Value {
        let (date, hour, minute) =
            (self.date(), self.random.random_range(0..24), self.one_of(&["00", "29", "30", "59"]));
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Niue"];
        let contexts = ["asleep", "in_bed_awake", "resting", "walking", "exercising", "other"].map(Value::from);
        let (rating, seconds) = ([0, 3, 7, 10].map(Value::from), [0, 45, 600, 601, 86_400].map(Value::from));
        let sites: Vec<_> = (0..self.random.random_range(0..4))
            .map(|_| json!({"part": self.one_of(&["calf", "foot", "toes"]), "side": self.perhaps(&["left", "right", "both"].map(Value::from))}))
            .collect();
        let triggers: Vec<_> =
            (0..self.random.random_range(0..4)).map(|_| self.one_of(&["heat", "long_walk", "wine"])).collect();
        let relief: Vec<_> = (0..self.random.random_range(0..4))
            .map(|_| json!({"measure": self.one_of(&["stretching", "massage", "heat"]), "seconds_to_relief": self.perhaps(&seconds)}))
            .collect();
        json!({
            "started_at": format!("{date}T{hour:02}:{minute}:00Z"),
            "time_zone": self.one_of(&zones),
            "context": self.perhaps(&contexts),
            "interrupted_sleep": self.perhaps(&[json!(true), json!(false)]),
            "duration_seconds": self.perhaps(&seconds),
            "intensity": self.perhaps(&rating),
            "sleep_disturbance": self.perhaps(&rating),
            "sites": sites,
            "triggers": triggers,
            "relief": relief,
        })
    }

    fn known_id(&mut self) -> Option<String> {
        if self.ids.is_empty() { None } else { Some(self.one_of(&self.ids.clone())) }
    }

    /// Something happens.
    pub async fn step(&mut self) {
        let (patient, diary) = (self.patient, self.patient.diary());
        match self.random.random_range(0..100) {
            0..30 => {
                let cramp = self.cramp();
                self.ids.push(patient.logs(cramp).await.id().to_owned());
            }
            30..47 => {
                let (Some(id), mut cramp) = (self.known_id(), self.cramp()) else { return };
                let names: Vec<_> = cramp.as_object().unwrap().keys().cloned().collect();
                for _ in 0..self.random.random_range(0..names.len()) {
                    let name = self.one_of(&names);
                    cramp.as_object_mut().unwrap().remove(&name);
                }
                let answer = patient.patch(diary.episode(&id), cramp).await;
                // Soreness that is logged may not end up before the onset or long after it.
                assert!([200, 410, 422].contains(&answer.status()), "{answer}");
            }
            47..54 => {
                let (Some(id), cramp) = (self.known_id(), self.cramp()) else { return };
                let answer = patient.put(diary.episode(&id), cramp).await;
                assert!([200, 201, 422].contains(&answer.status()), "{answer}");
            }
            54..62 => {
                if let Some(id) = self.known_id() {
                    patient.delete(diary.episode(&id)).await.is(204);
                }
            }
            62..82 => self.soreness().await,
            82..91 => {
                let (date, cramp_free) = (self.date(), self.random.random_bool(0.5));
                let triggers = if cramp_free { vec!["heat"] } else { vec![] };
                let report = json!({"cramp_free": cramp_free, "triggers": triggers});
                let answer = patient.put(diary.check_in(&date), report).await;
                assert!([200, 201].contains(&answer.status()), "{answer}");
            }
            91..96 => {
                let answer = patient.delete(diary.check_in(&self.date())).await;
                assert!([204, 404].contains(&answer.status()), "{answer}");
            }
            _ => {
                let windows = [
                    ("22:00", "06:00", "18:00"),
                    ("00:30", "05:30", "20:30"),
                    ("13:00", "12:30", "12:30"),
                    ("21:30", "07:00", "07:00"),
                ];
                let (night_start, night_end, evening_start) = self.one_of(&windows);
                let settings =
                    json!({"night_start": night_start, "night_end": night_end, "evening_start": evening_start});
                patient.patch(diary.path(), settings).await.is(200);
            }
        }
    }

    /// Most entries come within some days, and some are taken back.
    async fn soreness(&mut self) {
        let Some(id) = self.known_id() else { return };
        let cramp = self.patient.get(self.patient.diary().episode(&id)).await;
        if cramp.status() == 410 {
            return;
        }
        let onset = cramp.is(200).row()["local_date"].as_str().unwrap().to_owned();
        let day = self.one_of(&[0, 1, 1, 2, 2, 3, 4, 6, 9, 30]);
        let path = self.patient.diary().soreness_on(&id, &days_after(&onset, day));
        if self.random.random_bool(0.2) {
            let answer = self.patient.delete(path).await;
            assert!([204, 404].contains(&answer.status()), "{answer}");
        } else {
            let says = [json!(true), json!(false)];
            let body = json!({
                "level": self.one_of(&[0, 0, 1, 4, 10]),
                "tender_to_touch": self.perhaps(&says),
                "limits_walking": self.perhaps(&says),
            });
            let row = self.patient.put(path, body).await;
            assert!([200, 201].contains(&row.status()), "{row}");
            assert_eq!(days_between(&onset, row.json()["date"].as_str().unwrap()), day);
        }
    }
}
