//! One cramp. Its values can't be wrong once they are made.

use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    access::Stamp,
    diary::episodes::soreness::model::SorenessSummary,
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::{self, Fields, FromJson},
        ids::Id,
        local_clock::{LocalClock, LocalTime},
        precondition::Revision,
        values::{Note, Rating, Seconds, ShortList, Side, Triggers},
        zones::Zone,
    },
    vocabulary,
};

vocabulary! {
    /// Where in the leg.
    pub enum Part {
        /// The calf.
        Calf = "calf",
        /// The foot.
        Foot = "foot",
        /// The toes.
        Toes = "toes",
        /// The shin.
        Shin = "shin",
        /// The front of the thigh.
        ThighFront = "thigh_front",
        /// The back of the thigh.
        ThighBack = "thigh_back",
        /// Elsewhere.
        Other = "other",
    }
}

vocabulary! {
    /// What the person was doing at onset.
    pub enum Context {
        /// Sleeping.
        Asleep = "asleep",
        /// Lying in bed awake.
        InBedAwake = "in_bed_awake",
        /// Resting elsewhere.
        Resting = "resting",
        /// Standing.
        Standing = "standing",
        /// Walking.
        Walking = "walking",
        /// Exercising.
        Exercising = "exercising",
        /// Soon after exercise.
        AfterExercise = "after_exercise",
        /// Something else.
        Other = "other",
    }
}

vocabulary! {
    /// What was tried against the cramp.
    pub enum Measure {
        /// Stretching.
        Stretching = "stretching",
        /// Massage.
        Massage = "massage",
        /// Walking about.
        Walking = "walking",
        /// Standing up.
        Standing = "standing",
        /// Warmth.
        Heat = "heat",
        /// Cold.
        Cold = "cold",
        /// Drinking.
        Hydration = "hydration",
        /// A medicine.
        Medication = "medication",
        /// Putting the leg up.
        Elevation = "elevation",
        /// Something else.
        Other = "other",
    }
}

/// A place in the leg. The side may be unknown at 3 am.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Where.
    pub part: Part,
    /// Which leg.
    pub side: Option<Side>,
}

impl FromJson for Site {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(value.clone())?;
        let part = fields.required("part");
        let side = fields.optional("side");
        let faults = fields.close();
        match part {
            Some(part) if faults.is_empty() => Ok(Self { part, side }),
            _ => Err(faults),
        }
    }
}

/// Something that was tried, and how soon the cramp eased after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relief {
    /// What was tried.
    pub measure: Measure,
    /// How soon it helped, if it is known, up to a day.
    pub seconds_to_relief: Option<i32>,
}

impl FromJson for Relief {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let mut fields = Fields::open(value.clone())?;
        let measure = fields.required("measure");
        let seconds_to_relief = fields.optional::<Seconds>("seconds_to_relief").map(Seconds::get);
        let faults = fields.close();
        match measure {
            Some(measure) if faults.is_empty() => Ok(Self { measure, seconds_to_relief }),
            _ => Err(faults),
        }
    }
}

/// Where it hurt.
pub type Sites = ShortList<Site, 8>;

/// What was tried, in order; the same thing may be tried twice.
pub type ReliefTried = ShortList<Relief, 16>;

/// What a person tells of a cramp besides when it was. All of it may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Details {
    /// When the person wrote it down, by their device, and at the latest when it arrived.
    pub recorded_at: Option<Instant>,
    /// How long it lasted.
    pub duration_seconds: Option<Seconds>,
    /// How bad it was.
    pub intensity: Option<Rating>,
    /// Where it was.
    pub sites: Sites,
    /// What the person was doing.
    pub context: Option<Context>,
    /// Whether it broke sleep.
    pub interrupted_sleep: Option<bool>,
    /// How much it disturbed sleep.
    pub sleep_disturbance: Option<Rating>,
    /// What may have brought it on.
    pub triggers: Triggers,
    /// What was tried.
    pub relief: ReliefTried,
    /// Anything else.
    pub note: Option<Note>,
}

impl Details {
    /// What is told of a cramp that arrived at an instant: it was written down by then, whatever the device's clock says.
    fn arrived(self, at: Instant) -> Self {
        Self { recorded_at: self.recorded_at.map(|recorded| recorded.min(at)), ..self }
    }
}

/// A cramp as a client writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The client's id for it, if it chose one.
    pub id: Option<Id>,
    /// When it began.
    pub started_at: Instant,
    /// Where the person was; the diary's zone when not said.
    pub time_zone: Option<Zone>,
    /// The rest.
    pub details: Details,
}

/// What follows from the rest. A row may be sent back as it came: these are not looked at.
const WORKED_OUT: [&str; 8] =
    ["local_date", "local_time", "night_of", "period", "soreness", "revision", "created_at", "updated_at"];

impl Draft {
    /// Reads a body.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn from_json(body: Value, now: Instant) -> Result<Self, Faults> {
        const FURTHEST_AHEAD: Duration = Duration::from_hours(24);
        let mut fields = Fields::open(body)?;
        let id = fields.optional("id");
        let started_at = fields.required::<Instant>("started_at");
        if started_at.is_some_and(|onset| onset > now.plus(FURTHEST_AHEAD)) {
            fields.fault("started_at", FaultCode::InTheFuture, "lies more than 24 hours ahead");
        }
        if started_at.is_some_and(|onset| onset < Instant::EPOCH) {
            fields.fault("started_at", FaultCode::OutOfRange, "lies before 1970");
        }
        let time_zone = fields.optional("time_zone");
        let recorded_at = fields.optional::<Instant>("recorded_at");
        if recorded_at.is_some_and(|recorded| recorded < Instant::EPOCH) {
            fields.fault("recorded_at", FaultCode::OutOfRange, "lies before 1970");
        }
        let details = Details {
            recorded_at,
            duration_seconds: fields.optional("duration_seconds"),
            intensity: fields.optional("intensity"),
            sites: fields.optional("sites").unwrap_or_default(),
            context: fields.optional("context"),
            interrupted_sleep: fields.optional("interrupted_sleep"),
            sleep_disturbance: fields.optional("sleep_disturbance"),
            triggers: fields.optional("triggers").unwrap_or_default(),
            relief: fields.optional("relief").unwrap_or_default(),
            note: fields.optional("note"),
        };
        fields.ignore(&WORKED_OUT);
        let faults = fields.close();
        match started_at {
            Some(started_at) if faults.is_empty() => Ok(Self { id, started_at, time_zone, details }),
            _ => Err(faults),
        }
    }

    /// The cramp that is logged by it, in the diary's zone unless it names one.
    ///
    /// # Errors
    /// When the clock there still showed 1969.
    pub fn logged(self, id: Id, diary: Zone, stamp: Stamp) -> Result<Episode, Faults> {
        let time_zone = self.time_zone.unwrap_or(diary);
        let clock = clock(self.started_at, time_zone).map_err(|faults| faults.under("started_at"))?;
        Ok(Episode {
            id,
            started_at: self.started_at,
            time_zone,
            clock,
            details: self.details.arrived(stamp.at),
            soreness: SorenessSummary::default(),
            revision: stamp.revision,
            created_at: stamp.at,
            updated_at: stamp.at,
        })
    }
}

/// What the clock showed at an onset. Dates begin with 1970 as instants do, so that whatever counts days knows each of them.
fn clock(onset: Instant, zone: Zone) -> Result<LocalClock, Faults> {
    let clock = LocalClock::at(onset, zone);
    if clock.date < NaiveDate::default() {
        let detail = format!("lies before 1970 on the clock in {}", zone.name());
        return Err(Faults::here(FaultCode::OutOfRange, detail));
    }
    Ok(clock)
}

/// A cramp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Its id in its diary.
    pub id: Id,
    /// When it began.
    pub started_at: Instant,
    /// Where the person was.
    pub time_zone: Zone,
    /// The wall clock there, worked out when onset or zone were written, or when `reclock` found it wrong.
    pub clock: LocalClock,
    /// What the person told.
    pub details: Details,
    /// How sore the leg was on the days after, in short.
    pub soreness: SorenessSummary,
    /// When it was last changed, in the diary's count.
    pub revision: Revision,
    /// When it was logged.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// When a cramp was, and the clock that was worked out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocked {
    /// The id of the cramp.
    pub id: Id,
    /// When it began.
    pub started_at: Instant,
    /// Where the person was.
    pub time_zone: Zone,
    /// What the wall clock showed there, by the rules when onset or zone were written.
    pub clock: LocalClock,
}

impl Clocked {
    /// What the wall clock showed there by the rules of today, if that is something else.
    #[must_use]
    pub fn put_right(&self) -> Option<LocalClock> {
        let clock = LocalClock::at(self.started_at, self.time_zone);
        (clock != self.clock).then_some(clock)
    }
}

/// What a person told of a cramp, and the clock that it was worked out to.
#[derive(Serialize)]
pub struct Told<'a> {
    started_at: String,
    time_zone: &'a str,
    #[serde(flatten)]
    details: &'a Details,
    local_date: NaiveDate,
    local_time: LocalTime,
}

#[derive(Serialize)]
struct Writable<'a> {
    started_at: Instant,
    time_zone: &'a str,
    #[serde(flatten)]
    details: &'a Details,
}

impl Episode {
    /// How long it lasted, if that is known.
    #[must_use]
    pub fn lasted(&self) -> Option<Duration> {
        let seconds = self.details.duration_seconds?.get().unsigned_abs();
        Some(Duration::from_secs(u64::from(seconds)))
    }

    /// Whether a client that writes this draft would find nothing changed. A zone that is not said is no difference.
    #[must_use]
    pub fn says(&self, draft: &Draft) -> bool {
        self.started_at == draft.started_at
            && draft.time_zone.is_none_or(|zone| zone == self.time_zone)
            && self.details == draft.details.clone().arrived(self.created_at)
    }

    /// What somebody changed that moves it to another date than it had before: what a fault of that is told of.
    #[must_use]
    pub fn moved_by(&self, started_at: Instant) -> &'static str {
        if self.started_at == started_at { "time_zone" } else { "started_at" }
    }

    /// This cramp as a draft has it. What is logged of the soreness after it stays.
    ///
    /// # Errors
    /// When the clock there still showed 1969.
    pub fn rewritten(&self, draft: Draft, diary: Zone, stamp: Stamp) -> Result<Self, Faults> {
        // Who does not name a zone does not move a cramp that stays when it was.
        let assumed = if draft.started_at == self.started_at { self.time_zone } else { diary };
        let time_zone = draft.time_zone.unwrap_or(assumed);
        // A clock is worked out when onset or zone are written: a newer tz database moves nothing in passing.
        let stays = (draft.started_at, time_zone) == (self.started_at, self.time_zone);
        let clock = if stays {
            self.clock
        } else {
            clock(draft.started_at, time_zone).map_err(|faults| faults.under(self.moved_by(draft.started_at)))?
        };
        Ok(Self {
            started_at: draft.started_at,
            time_zone,
            clock,
            details: draft.details.arrived(self.created_at),
            revision: stamp.revision,
            updated_at: stamp.at,
            ..self.clone()
        })
    }

    /// What of it is kept when it is written over.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            started_at: self.clock.write(self.started_at),
            time_zone: self.time_zone.name(),
            details: &self.details,
            local_date: self.clock.date,
            local_time: self.clock.time,
        }
    }

    /// When it was, and by which clock.
    #[must_use]
    pub fn clocked(&self) -> Clocked {
        let Self { id, started_at, time_zone, clock, .. } = self;
        Clocked { id: id.clone(), started_at: *started_at, time_zone: *time_zone, clock: *clock }
    }

    /// This cramp with a merge patch applied.
    ///
    /// # Errors
    /// Every fault of the patch.
    pub fn patched(&self, patch: Value, now: Instant) -> Result<Draft, Faults> {
        let present =
            Writable { started_at: self.started_at, time_zone: self.time_zone.name(), details: &self.details };
        fields::patched(self.id.as_str(), &present, patch, |body| Draft::from_json(body, now))
    }
}
