//! The patients of the demo.

use super::account;
use crate::{
    access::accounts::model::Kind,
    foundation::{fields::FromJson, values::Name, zones::Zone},
    people::accounts::registration::NewUser,
};

pub const MARGARETE: &str = "margarete@example.org";
pub const TIAGO: &str = "tiago@example.org";
pub const ABIGAIL: &str = "abigail@example.org";

/// Somebody with cramps of a certain kind.
#[derive(Debug, Clone)]
pub struct Person {
    pub email: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub zone: &'static str,
    /// Different lives from one seed.
    pub seed: u64,
    /// Night's start and end, and the evening's start, when they are not the usual ones.
    pub day_parts: Option<(&'static str, &'static str, &'static str)>,
    /// Cramps a week before and during the treatment.
    pub weekly: (f64, f64),
    /// How likely a cramp falls in each stretch: from hour, to hour, weight.
    pub hours: &'static [(u32, u32, u32)],
    /// What the person does when cramps come outside the sleeping hours.
    pub awake_contexts: &'static [&'static str],
    /// The hours of sleep on the local clock, over midnight or not.
    pub sleeps: (u32, u32),
    pub sites: &'static [(&'static str, &'static str)],
    pub triggers: &'static [&'static str],
    pub intensity: std::ops::RangeInclusive<u8>,
    /// How many days the leg stays sore at most.
    pub sore_days: u8,
    /// How many of a hundred cramp-free days are checked in.
    pub checks_in: u32,
    pub treatment: (&'static str, &'static str, &'static str),
}

impl Person {
    pub fn time_zone(&self) -> Zone {
        Zone::named(self.zone).unwrap_or(Zone::UTC)
    }

    /// The account that the person opens.
    ///
    /// # Errors
    /// When the e-mail is none.
    pub fn account(&self) -> Result<NewUser, String> {
        Ok(NewUser {
            email: account::email(self.email)?,
            display_name: Name::from_json(&self.name.into()).ok(),
            kind: Kind::Patient,
            time_zone: self.time_zone(),
            language: None,
        })
    }
}

pub fn patients() -> [Person; 3] {
    [
        Person {
            email: MARGARETE,
            name: "Margarete Lindner",
            about: "wakes at night from calf cramps, had a vein treatment half a year ago",
            zone: "Europe/Berlin",
            seed: 1,
            day_parts: None,
            weekly: (3.2, 1.1),
            hours: &[(0, 2, 18), (2, 5, 46), (5, 6, 8), (6, 12, 4), (12, 18, 4), (18, 22, 9), (22, 24, 11)],
            awake_contexts: &["resting", "standing", "resting", "walking"],
            sleeps: (22, 6),
            sites: &[("calf", "left"), ("calf", "left"), ("calf", "right"), ("foot", "left"), ("calf", "both")],
            triggers: &["long_standing", "warm_day", "long_walk"],
            intensity: 4..=9,
            sore_days: 4,
            checks_in: 70,
            treatment: ("vein_treatment", "Endovenous ablation, left leg", "Went home the same day."),
        },
        Person {
            email: TIAGO,
            name: "Tiago Moreira",
            about: "runs, cramps after training, began to drink more half-way through the year",
            zone: "Europe/Lisbon",
            seed: 2,
            day_parts: None,
            weekly: (1.7, 1.2),
            hours: &[(0, 6, 14), (6, 9, 20), (9, 17, 12), (17, 21, 44), (21, 24, 10)],
            awake_contexts: &["after_exercise", "exercising", "after_exercise", "walking", "resting"],
            sleeps: (23, 7),
            sites: &[("calf", "right"), ("thigh_back", "right"), ("calf", "left"), ("toes", "left"), ("shin", "right")],
            triggers: &["long_run", "intervals", "little_water", "heat"],
            intensity: 2..=7,
            sore_days: 2,
            checks_in: 35,
            treatment: ("hydration", "Half a litre more a day", "Mostly before training."),
        },
        Person {
            email: ABIGAIL,
            name: "Abigail Osei",
            about: "works nights and sleeps by day: her night is 09:00 to 17:00",
            zone: "Europe/London",
            seed: 3,
            day_parts: Some(("09:00", "17:00", "05:00")),
            weekly: (2.1, 1.6),
            hours: &[(0, 6, 12), (6, 9, 16), (9, 12, 22), (12, 17, 40), (17, 24, 10)],
            awake_contexts: &["standing", "walking", "standing", "resting"],
            sleeps: (9, 17),
            sites: &[("calf", "both"), ("calf", "right"), ("foot", "right"), ("thigh_front", "left")],
            triggers: &["long_shift", "new_shoes", "long_standing"],
            intensity: 3..=8,
            sore_days: 3,
            checks_in: 55,
            treatment: ("stretching", "Calf stretches before sleep", "Three minutes each leg."),
        },
    ]
}
