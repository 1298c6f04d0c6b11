//! What was agreed to, and who looked: for the owner alone.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    codes,
    frame::{Frame, ROOT, Sort, pruned},
};
use crate::{
    access::visits::model::{Access, Look, Outcome},
    foundation::{clock::Instant, values::Name},
    sharing::consents::{
        model::{Consent, Kind, SharedRole},
        view::ConsentView,
    },
    storage::refusal::Refusal,
};

impl Frame {
    /// A consent, in the words that the patient read, as it stands now.
    ///
    /// # Errors
    /// When this service does not know those words.
    pub fn consent(&self, consent: Consent, now: Instant) -> Result<Value, Refusal> {
        let status = standing(&consent, now);
        let kind = consent.kind;
        let view = ConsentView::of(consent)?;
        let whom = view.accepted_name.as_ref().or(view.label.as_ref()).map(Name::as_str);
        let holder = match kind {
            Kind::Invitation => whom.unwrap_or("Who redeems the code"),
            Kind::ReportLink => whom.unwrap_or("Who has the link"),
        };
        // Whichever comes first.
        let ended_at = view.withdrawn_at.into_iter().chain(view.access_until).min();
        let allows: &[&str] = match view.role {
            SharedRole::Viewer => &["access"],
            SharedRole::Contributor => &["access", "collect", "correct"],
        };
        let action = |code| {
            let system = "http://terminology.hl7.org/CodeSystem/consentaction";
            json!({"coding": [{"system": system, "code": code}]})
        };
        let notes = if view.include_notes { "with notes" } else { "without notes" };
        Ok(pruned(json!({
            "resourceType": "Consent",
            "id": self.id(Sort::Consent, view.id.as_str()),
            "status": status,
            "scope": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy",
            }]},
            "category": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "INFA",
                "display": "information access",
            }]}],
            "patient": self.patient(),
            "dateTime": view.given_at,
            "performer": [self.patient()],
            "sourceAttachment": {
                "contentType": "text/plain; charset=utf-8",
                "language": view.language.tag(),
                "data": STANDARD.encode(view.text),
                "title": format!("What the patient agreed to, version {}", view.words_version),
            },
            "policyRule": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN",
            }]},
            "provision": {
                "type": "permit",
                "period": {
                    "start": view.accepted_at.unwrap_or(view.given_at),
                    "end": ended_at,
                },
                "actor": [{"role": {"text": format!("{}, {notes}", view.role.as_str())}, "reference": {"display": holder}}],
                "action": allows.iter().map(action).collect::<Vec<_>>(),
                "dataPeriod": view.visible_from.map(|date| json!({"start": date})),
            },
        })))
    }

    /// A look that somebody took, or a try that was denied.
    #[must_use]
    pub fn look(&self, look: &Look) -> Value {
        let names = [look.user_name.as_ref().map(Name::as_str), look.token_name.as_ref().map(Name::as_str)];
        let names: Vec<_> = names.into_iter().flatten().collect();
        // The consent that let them in.
        let consent = look.consent_id.as_ref().map(|consent| self.id(Sort::Consent, consent.as_str()));
        let policy = consent.map(|consent| self.address(&format!("{ROOT}/Consent/{consent}")));
        let who = if names.is_empty() { look.role.as_str().replace('_', " ") } else { names.join(", by ") };
        pruned(json!({
            "resourceType": "AuditEvent",
            "id": self.id(Sort::Look, look.id.as_str()),
            "type": {
                "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest",
                "display": "RESTful Operation",
            },
            "subtype": [{"system": codes::DIARY, "code": look.what}],
            "action": action(look),
            "recorded": look.at,
            "outcome": match look.outcome {
                Outcome::Done => "0",
                Outcome::Denied => "4",
            },
            "agent": [{
                "role": [{"text": look.role.as_str()}],
                "who": {"display": who},
                "requestor": true,
                "policy": policy.into_iter().collect::<Vec<_>>(),
            }],
            "source": {"observer": {"display": "Cramp diary"}},
            "entity": [{"what": self.patient(), "description": look.target}],
        }))
    }
}

/// How a consent stands: it is there to be accepted, holds, or holds no more.
fn standing(consent: &Consent, now: Instant) -> &'static str {
    let is_over = consent.withdrawal.is_some() || consent.terms.access_until.is_some_and(|until| until <= now);
    let can_be_opened = consent.open_until > now;
    match consent.kind {
        _ if is_over => "inactive",
        Kind::Invitation if consent.acceptance.is_some() => "active",
        Kind::Invitation if can_be_opened => "proposed",
        Kind::ReportLink if can_be_opened => "active",
        Kind::Invitation | Kind::ReportLink => "inactive",
    }
}

/// What was done, in FHIR's letters.
fn action(look: &Look) -> &'static str {
    let begins = |words: &[&str]| words.iter().any(|word| look.what.starts_with(word));
    match look.access {
        Access::Read => "R",
        Access::Write if begins(&["create", "import"]) => "C",
        Access::Write if begins(&["delete", "revoke"]) => "D",
        Access::Write => "U",
    }
}
