//! What a grant is, as it is told.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    access::accounts::model::Email,
    foundation::{clock::Instant, ids::Id, values::Name},
    sharing::consents::model::SharedRole,
};

/// A right on somebody else's diary.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct SharedGrant {
    pub id: Id,
    pub diary_id: Id,
    pub user_id: Id,
    pub user_name: Option<Name>,
    pub user_email: Email,
    pub role: SharedRole,
    /// For whom, in the patient's words and for the patient alone.
    pub label: Option<Name>,
    pub visible_from: Option<NaiveDate>,
    pub include_notes: bool,
    pub access_until: Option<Instant>,
    pub created_at: Instant,
    /// When they last read the diary or wrote in it.
    pub last_seen_at: Option<Instant>,
}
