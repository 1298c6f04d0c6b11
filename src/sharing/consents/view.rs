//! How a consent is shown.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    model::{Consent, Kind, SharedRole, WithdrawnBy},
    words,
};
use crate::{
    access::accounts::model::Email,
    foundation::{clock::Instant, ids::Id, language::Language, values::Name},
    storage::{Error, refusal::Refusal},
};

/// A consent as the patient reads it.
#[derive(Serialize)]
#[expect(missing_docs, reason = "the names of the contract")]
pub struct ConsentView {
    pub id: Id,
    pub kind: Kind,
    pub role: SharedRole,
    pub label: Option<Name>,
    pub visible_from: Option<NaiveDate>,
    pub include_notes: bool,
    pub access_until: Option<Instant>,
    pub words_version: String,
    pub language: Language,
    pub text: &'static str,
    pub given_at: Instant,
    pub accepted_at: Option<Instant>,
    pub accepted_by: Option<Id>,
    pub accepted_name: Option<Name>,
    pub accepted_email: Option<Email>,
    pub withdrawn_at: Option<Instant>,
    pub withdrawn_by: Option<WithdrawnBy>,
}

impl ConsentView {
    /// In the words of its version, which every later service knows as well.
    ///
    /// # Errors
    /// When this service does not know the version.
    pub fn of(consent: Consent) -> Result<Self, Refusal> {
        let text = words::text(&consent.words_version, consent.purpose(), consent.language);
        let text = text.ok_or_else(|| Error::corrupt("version of a consent's words"))?;
        let (accepted_at, accepted_by, accepted_name, accepted_email) = match consent.acceptance {
            Some(accepted) => (Some(accepted.at), Some(accepted.user_id), accepted.name, accepted.email),
            None => (None, None, None, None),
        };
        let (withdrawn_at, withdrawn_by) = consent.withdrawal.unzip();
        Ok(Self {
            id: consent.id,
            kind: consent.kind,
            role: consent.terms.role,
            label: consent.terms.label,
            visible_from: consent.terms.visible_from,
            include_notes: consent.terms.include_notes,
            access_until: consent.terms.access_until,
            words_version: consent.words_version,
            language: consent.language,
            text,
            given_at: consent.given_at,
            accepted_at,
            accepted_by,
            accepted_name,
            accepted_email,
            withdrawn_at,
            withdrawn_by,
        })
    }
}
