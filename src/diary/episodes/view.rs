//! How a cramp is shown.

use chrono::NaiveDate;
use serde::Serialize;

use super::model::{Details, Episode};
use crate::{
    diary::episodes::soreness::model::SorenessSummary,
    foundation::{
        clock::Instant,
        ids::Id,
        local_clock::{DayParts, LocalTime, Period},
        precondition::Revision,
    },
};

/// A cramp as clients see it: what is stored, and what follows from it under the diary's division of the day.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct EpisodeView {
    pub id: Id,
    pub started_at: String,
    pub time_zone: &'static str,
    #[serde(flatten)]
    pub details: Details,
    pub local_date: NaiveDate,
    pub local_time: LocalTime,
    pub night_of: Option<NaiveDate>,
    pub period: Period,
    pub soreness: SorenessSummary,
    pub revision: Revision,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl EpisodeView {
    /// Under this division of the day.
    #[must_use]
    pub fn new(episode: Episode, parts: DayParts) -> Self {
        Self {
            started_at: episode.clock.write(episode.started_at),
            time_zone: episode.time_zone.name(),
            local_date: episode.clock.date,
            local_time: episode.clock.time,
            night_of: parts.night_of(episode.clock),
            period: parts.period(episode.clock.time),
            id: episode.id,
            details: episode.details,
            soreness: episode.soreness,
            revision: episode.revision,
            created_at: episode.created_at,
            updated_at: episode.updated_at,
        }
    }
}
