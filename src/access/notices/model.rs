//! A notice as it is listed.

use serde::Serialize;

use crate::{
    access::accounts::model::Notice,
    foundation::{clock::Instant, ids::Id},
};

/// Something that somebody was told of.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Its id.
    pub id: Id,
    /// What happened.
    pub kind: Notice,
    /// What the device is called, or who it was.
    pub label: Option<String>,
    /// When.
    pub at: Instant,
}
