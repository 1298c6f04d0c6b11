//! What a right is.

use super::view::View;
use crate::{
    foundation::{clock::Instant, ids::Id, precondition::Revision},
    vocabulary,
};

vocabulary! {
    /// A user's right on a diary.
    pub enum Role {
        /// Everything, sharing and erasing included.
        Owner = "owner",
        /// Reads and writes: a parent, a carer.
        Contributor = "contributor",
        /// Reads: a clinician.
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether they may write.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Owner | Self::Contributor)
    }
}

/// By which right somebody is at a diary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The consent that it rests on; `None` for the owner, who needs none.
    pub consent_id: Option<Id>,
    /// What they may do.
    pub role: Role,
    /// What they may see.
    pub view: View,
    /// From then on they may not.
    pub access_until: Option<Instant>,
    /// The diary's revision when it was given: whoever was in step with the diary by then saw another part of it.
    pub since_revision: Option<Revision>,
}

impl Right {
    /// Whoever owns a diary, or keeps it.
    pub const OWNER: Self =
        Self { consent_id: None, role: Role::Owner, view: View::WHOLE, access_until: None, since_revision: None };

    /// Whether it has not run out.
    #[must_use]
    pub fn holds(&self, now: Instant) -> bool {
        self.access_until.is_none_or(|until| now < until)
    }
}

/// A right as somebody has it.
#[derive(Debug, Clone)]
pub struct Grant {
    /// On which diary.
    pub diary_id: Id,
    /// Who.
    pub user_id: Id,
    /// What.
    pub right: Right,
    /// Since when.
    pub created_at: Instant,
}

/// What somebody was given of a diary, and has no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The consent that it rested on.
    pub consent_id: Id,
    /// What they could do.
    pub role: Role,
}
