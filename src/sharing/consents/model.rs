//! What a consent says.

use chrono::NaiveDate;
use serde::Serialize;

use super::words::{self, Purpose};
use crate::{
    access::{Right, Role, View, accounts::model::Email},
    foundation::{
        clock::Instant,
        faults::{FaultCode, Faults},
        fields::Fields,
        ids::Id,
        language::Language,
        values::Name,
    },
    vocabulary,
};

vocabulary! {
    /// What came of a consent.
    pub enum Kind {
        /// A code for somebody with an account.
        Invitation = "invitation",
        /// A link to the report for whoever has it.
        ReportLink = "report_link",
    }
}

vocabulary! {
    /// What somebody may do with what is shared with them.
    pub enum SharedRole {
        /// Read and write: a parent, a carer.
        Contributor = "contributor",
        /// Read: a clinician.
        Viewer = "viewer",
    }
}

vocabulary! {
    /// Who ended it.
    pub enum WithdrawnBy {
        /// The patient.
        Owner = "owner",
        /// Who had it.
        Holder = "holder",
        /// A later consent to the same person.
        Replacement = "replacement",
    }
}

/// How much is shared, how long, and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// What they may do.
    pub role: SharedRole,
    /// For whom, in the patient's words.
    pub label: Option<Name>,
    /// Nothing before this local date is shown.
    pub visible_from: Option<NaiveDate>,
    /// Whether notes are shown.
    pub include_notes: bool,
    /// From then on nothing is shown.
    pub access_until: Option<Instant>,
}

impl Terms {
    /// Takes the terms out of a body.
    pub fn from_fields(fields: &mut Fields, now: Instant) -> Option<Self> {
        let role = fields.required::<SharedRole>("role");
        let label = fields.optional("label");
        let (visible_from, include_notes) = (fields.optional("visible_from"), fields.optional("include_notes"));
        let access_until = fields.optional("access_until");
        if role == Some(SharedRole::Contributor) {
            const WHY: &str = "a contributor sees the whole diary: who writes in it has to know what is there";
            if visible_from.is_some() {
                fields.fault("visible_from", FaultCode::Contradiction, WHY);
            }
            if include_notes == Some(false) {
                fields.fault("include_notes", FaultCode::Contradiction, WHY);
            }
        }
        if access_until.is_some_and(|until| until <= now) {
            fields.fault("access_until", FaultCode::OutOfRange, "is over already");
        }
        if visible_from.is_some_and(|first| first < NaiveDate::default()) {
            fields.fault("visible_from", FaultCode::OutOfRange, "lies before 1970");
        }
        let role = role?;
        let include_notes = include_notes.unwrap_or(role == SharedRole::Contributor);
        Some(Self { role, label, visible_from, include_notes, access_until })
    }

    /// The right that somebody gets on these terms.
    #[must_use]
    pub fn right(&self, consent_id: Id) -> Right {
        Right {
            consent_id: Some(consent_id),
            role: match self.role {
                SharedRole::Contributor => Role::Contributor,
                SharedRole::Viewer => Role::Viewer,
            },
            view: View { visible_from: self.visible_from, include_notes: self.include_notes },
            access_until: self.access_until,
            since_revision: None,
        }
    }
}

/// Takes the id of a consent out of a body, if the client chose one. The owner's own right has one that no other may have.
pub fn chosen_id(fields: &mut Fields) -> Option<Id> {
    let id = fields.optional::<Id>("id");
    if id.as_ref().is_some_and(|id| id.as_str() == "owner") {
        fields.fault("id", FaultCode::Malformed, "is the name of the owner's own access");
    }
    id
}

/// Somebody who accepted.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// When.
    pub at: Instant,
    /// Who.
    pub user_id: Id,
    /// As they were called then.
    pub name: Option<Name>,
    /// Where they were reached then.
    pub email: Option<Email>,
}

/// A consent.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Its id, and that of the grant and of the link that rest on it.
    pub id: Id,
    /// What came of it.
    pub kind: Kind,
    /// What was agreed to.
    pub terms: Terms,
    /// In which version of the words.
    pub words_version: String,
    /// In which language.
    pub language: Language,
    /// When.
    pub given_at: Instant,
    /// Until when its code can be redeemed or its link opened.
    pub open_until: Instant,
    /// Who accepted it, once somebody did.
    pub acceptance: Option<Acceptance>,
    /// When it ended, and who ended it.
    pub withdrawal: Option<(Instant, WithdrawnBy)>,
}

impl Consent {
    /// A consent that is given now, in the words of now.
    #[must_use]
    pub fn give(
        id: Option<Id>,
        kind: Kind,
        (terms, language): (Terms, Language),
        now: Instant,
        open_until: Instant,
    ) -> Self {
        Self {
            id: id.unwrap_or_else(Id::random),
            kind,
            terms,
            words_version: words::CURRENT.to_owned(),
            language,
            given_at: now,
            open_until,
            acceptance: None,
            withdrawal: None,
        }
    }

    /// Whether another one says the same, whenever it was given.
    #[must_use]
    pub fn says(&self, other: &Self) -> bool {
        let span = |consent: &Self| consent.open_until.since(consent.given_at);
        // A link's end counts from when it is made.
        let terms = |consent: &Self| match consent.kind {
            Kind::Invitation => consent.terms.clone(),
            Kind::ReportLink => Terms { access_until: None, ..consent.terms.clone() },
        };
        self.kind == other.kind
            && self.language == other.language
            && span(self) == span(other)
            && terms(self) == terms(other)
    }

    /// Whether its code can be redeemed, or its link opened.
    #[must_use]
    pub fn can_be_accepted(&self, now: Instant) -> bool {
        let runs = |until: Instant| now < until;
        self.withdrawal.is_none()
            && self.acceptance.is_none()
            && runs(self.open_until)
            && self.terms.access_until.is_none_or(runs)
    }

    /// Since when it opens the diary to somebody: to whoever has the code or the link, or to who accepted.
    #[must_use]
    pub fn opened_at(&self) -> Instant {
        self.acceptance.as_ref().map_or(self.given_at, |accepted| accepted.at)
    }

    /// What it is about.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match (self.kind, self.terms.role) {
            (Kind::ReportLink, _) => Purpose::ReportLink,
            (Kind::Invitation, SharedRole::Contributor) => Purpose::Contributor,
            (Kind::Invitation, SharedRole::Viewer) => Purpose::Viewer,
        }
    }
}

/// Reads how long something stays open, in hours.
pub struct Hours<const MOST: i32>(pub i32);

impl<const MOST: i32> crate::foundation::fields::FromJson for Hours<MOST> {
    fn from_json(value: &serde_json::Value) -> Result<Self, Faults> {
        crate::foundation::fields::integer(value, 1..=MOST).map(Self)
    }
}

impl<const MOST: i32> Hours<MOST> {
    /// As a length of time.
    #[must_use]
    pub fn span(&self) -> std::time::Duration {
        std::time::Duration::from_hours(u64::from(self.0.unsigned_abs()))
    }
}
