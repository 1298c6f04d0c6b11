//! How cramps are kept, and how much of one a caller sees.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    access::ReadableDiary,
    diary::{
        covered_days::model::DayCounts,
        episodes::{
            contribution::{self, Told},
            model::{Clocked, Context, Details, Episode},
            soreness::model::SorenessSummary,
        },
    },
    foundation::{
        clock::Instant,
        ids::Id,
        local_clock::{DayParts, LocalClock, LocalTime},
        precondition::Revision,
        values::{Note, Rating, Seconds},
        zones::Zone,
    },
    storage::{Error, Result, StoredDate, schema::episodes, stored_json},
};

/// A row of the table.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = episodes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    id: String,
    started_at: Instant,
    time_zone: String,
    local_date: StoredDate,
    local_minute: i32,
    duration_seconds: Option<i32>,
    intensity: Option<i32>,
    sites: String,
    context: Option<String>,
    interrupted_sleep: Option<bool>,
    sleep_disturbance: Option<i32>,
    triggers: String,
    relief: String,
    note: Option<String>,
    soreness_days_logged: i32,
    soreness_peak: Option<i32>,
    soreness_last_level: Option<i32>,
    soreness_resolved_day: Option<i32>,
    revision: i64,
    created_at: Instant,
    updated_at: Instant,
    recorded_at: Option<Instant>,
}

/// When a cramp was, and the clock that was worked out of it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = episodes)]
pub(super) struct ClockRow {
    id: String,
    started_at: Instant,
    time_zone: String,
    local_date: StoredDate,
    local_minute: i32,
}

impl TryFrom<ClockRow> for Clocked {
    type Error = Error;

    fn try_from(row: ClockRow) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            started_at: row.started_at,
            time_zone: zone(&row.time_zone)?,
            clock: LocalClock { date: row.local_date.into(), time: time(row.local_minute)? },
        })
    }
}

/// What the figures of a day ask of a row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = episodes)]
pub(super) struct Counted {
    started_at: Instant,
    local_date: StoredDate,
    local_minute: i32,
    duration_seconds: Option<i32>,
    context: Option<String>,
    interrupted_sleep: Option<bool>,
    created_at: Instant,
    recorded_at: Option<Instant>,
}

impl Counted {
    /// What it adds to which date.
    pub(super) fn counts(self, parts: DayParts) -> Result<(NaiveDate, DayCounts)> {
        let clock = LocalClock { date: self.local_date.into(), time: time(self.local_minute)? };
        let told = Told {
            context: context(self.context)?,
            interrupted_sleep: self.interrupted_sleep,
            duration_seconds: self.duration_seconds,
            soon: contribution::is_soon(self.started_at, self.recorded_at, self.created_at),
        };
        Ok((clock.date, contribution::counts(clock, told, parts)))
    }
}

/// A number as it is stored, that may be missing.
fn number<T>(what: &str, stored: Option<i32>, read: fn(i32) -> Option<T>) -> Result<Option<T>> {
    stored.map(|number| read(number).ok_or_else(|| Error::corrupt(what))).transpose()
}

/// A minute of the day as it is stored.
fn time(minute: i32) -> Result<LocalTime> {
    u16::try_from(minute).ok().and_then(LocalTime::from_minute).ok_or_else(|| Error::corrupt("time of day"))
}

fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).ok_or_else(|| Error::corrupt("time zone"))
}

/// What somebody was doing, as it is stored.
fn context(word: Option<String>) -> Result<Option<Context>> {
    word.map(|word| Context::parse(&word).ok_or_else(|| Error::corrupt("context"))).transpose()
}

impl Row {
    /// A cramp as it is stored.
    pub(super) fn new(episode: &Episode) -> Result<Self> {
        let details = &episode.details;
        Ok(Self {
            id: episode.id.to_string(),
            started_at: episode.started_at,
            time_zone: episode.time_zone.name().to_owned(),
            local_date: episode.clock.date.into(),
            local_minute: episode.clock.time.minute().into(),
            duration_seconds: details.duration_seconds.map(Seconds::get),
            intensity: details.intensity.map(Rating::get),
            sites: stored_json::write(&details.sites)?,
            context: details.context.map(|context| context.as_str().to_owned()),
            interrupted_sleep: details.interrupted_sleep,
            sleep_disturbance: details.sleep_disturbance.map(Rating::get),
            triggers: stored_json::write(&details.triggers)?,
            relief: stored_json::write(&details.relief)?,
            note: details.note.as_ref().map(|note| note.as_str().to_owned()),
            soreness_days_logged: episode.soreness.days_logged,
            soreness_peak: episode.soreness.peak.map(Rating::get),
            soreness_last_level: episode.soreness.last_level.map(Rating::get),
            soreness_resolved_day: episode.soreness.resolved_day,
            revision: episode.revision.0,
            created_at: episode.created_at,
            updated_at: episode.updated_at,
            recorded_at: details.recorded_at,
        })
    }
}

impl TryFrom<Row> for Episode {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: Id::stored(row.id),
            started_at: row.started_at,
            time_zone: zone(&row.time_zone)?,
            clock: LocalClock { date: row.local_date.into(), time: time(row.local_minute)? },
            details: Details {
                recorded_at: row.recorded_at,
                duration_seconds: number("duration", row.duration_seconds, Seconds::new)?,
                intensity: number("intensity", row.intensity, Rating::new)?,
                sites: stored_json::read("site", &row.sites)?,
                context: context(row.context)?,
                interrupted_sleep: row.interrupted_sleep,
                sleep_disturbance: number("sleep disturbance", row.sleep_disturbance, Rating::new)?,
                triggers: stored_json::read("trigger", &row.triggers)?,
                relief: stored_json::read("relief", &row.relief)?,
                note: row.note.map(Note::stored),
            },
            soreness: SorenessSummary {
                days_logged: row.soreness_days_logged,
                peak: number("soreness peak", row.soreness_peak, Rating::new)?,
                last_level: number("soreness level", row.soreness_last_level, Rating::new)?,
                resolved_day: row.soreness_resolved_day,
            },
            revision: Revision(row.revision),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A cramp as the caller may see it.
pub(super) fn seen(diary: &ReadableDiary, row: Row) -> Result<Episode> {
    let mut episode = Episode::try_from(row)?;
    episode.details.note = diary.view().note(episode.details.note);
    Ok(episode)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::diary::episodes::model::Draft;

    fn row() -> Row {
        let onset = Instant::EPOCH;
        let draft = Draft::from_json(serde_json::json!({"started_at": "1970-01-01T00:00:00Z"}), onset).unwrap();
        let zone = Zone::named("Europe/Berlin").unwrap();
        let episode = Episode {
            id: Id::random(),
            started_at: onset,
            time_zone: zone,
            clock: LocalClock::at(onset, zone),
            details: draft.details,
            soreness: SorenessSummary::default(),
            revision: Revision(1),
            created_at: onset,
            updated_at: onset,
        };
        Row::new(&episode).unwrap()
    }

    fn damaged(damage: impl FnOnce(&mut Row)) -> Result<Episode> {
        let mut row = row();
        damage(&mut row);
        row.try_into()
    }

    #[test]
    fn a_number_out_of_bounds_is_not_taken_for_one_that_is_missing() {
        assert_eq!(damaged(|_| ()).unwrap().details.intensity, None);
        assert_eq!(damaged(|row| row.duration_seconds = Some(-1)), Err(Error::corrupt("duration")));
        assert_eq!(damaged(|row| row.intensity = Some(11)), Err(Error::corrupt("intensity")));
        assert_eq!(damaged(|row| row.sleep_disturbance = Some(-1)), Err(Error::corrupt("sleep disturbance")));
        assert_eq!(damaged(|row| row.soreness_peak = Some(11)), Err(Error::corrupt("soreness peak")));
        assert_eq!(damaged(|row| row.soreness_last_level = Some(11)), Err(Error::corrupt("soreness level")));
    }
}
