//! What patients fill in to share, kept as they typed it, so that nothing is lost when something is wrong with it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    foundation::{clock::Instant, faults::Faults, fields::Fields, language::Language},
    sharing::{
        consents::{model::SharedRole, words},
        invitations, report_links,
    },
};

/// How long the access to a diary lasts, in days, as it can be chosen; besides as long as the patient wants.
pub const ACCESS_DAYS: [u64; 4] = [1, 7, 90, 365];
/// How long a link opens, in hours, as it can be chosen.
pub const LINK_HOURS: [u64; 3] = [24, 72, 168];

/// Somebody is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationForm {
    /// What they may do.
    pub role: String,
    /// For whom.
    pub label: Option<String>,
    /// What they see at first.
    pub visible_from: Option<String>,
    /// Whether they see notes.
    pub include_notes: bool,
    /// How many days from now.
    pub access_until: Option<String>,
}

impl Default for InvitationForm {
    fn default() -> Self {
        let role = SharedRole::Viewer.as_str().to_owned();
        Self { role, label: None, visible_from: None, include_notes: false, access_until: None }
    }
}

impl InvitationForm {
    /// Takes what was sent.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn read(mut form: Fields) -> Result<Self, Faults> {
        let filled = Self {
            role: form.optional("role").unwrap_or_default(),
            label: form.optional("label"),
            visible_from: form.optional("visible_from"),
            include_notes: form.optional::<String>("include_notes").is_some(),
            access_until: form.optional("access_until"),
        };
        form.finish()?;
        Ok(filled)
    }

    /// What it amounts to in the API: the same rules hold.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn draft(&self, language: Language, now: Instant) -> Result<invitations::model::Draft, Faults> {
        let until = self.access_until.as_deref().map(|chosen| match days(chosen) {
            Some(days) => now.plus(days).rfc3339(),
            None => chosen.to_owned(),
        });
        let whole = self.role == SharedRole::Contributor.as_str();
        let body = json!({
            "role": self.role,
            "label": self.label,
            "visible_from": self.visible_from,
            "include_notes": whole || self.include_notes,
            "access_until": until,
            "language": language.as_str(),
            "words_version": words::CURRENT,
        });
        invitations::model::Draft::from_json(body, now)
    }
}

/// A link to the report is made. The passcode is not given back: it is typed again.
#[derive(Clone, Default)]
pub struct LinkForm {
    /// For whom.
    pub label: Option<String>,
    /// The report's first date.
    pub from: Option<String>,
    /// The report's last date.
    pub to: Option<String>,
    /// Whether it shows notes.
    pub include_notes: bool,
    /// How long it opens.
    pub expires_in_hours: Option<String>,
    passcode: Option<String>,
}

impl LinkForm {
    /// Takes what was sent.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn read(mut form: Fields) -> Result<Self, Faults> {
        let filled = Self {
            label: form.optional("label"),
            from: form.optional("from"),
            to: form.optional("to"),
            include_notes: form.optional::<String>("include_notes").is_some(),
            expires_in_hours: form.optional("expires_in_hours"),
            passcode: form.optional("passcode"),
        };
        form.finish()?;
        Ok(filled)
    }

    /// What it amounts to in the API: the same rules hold.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn draft(&self, language: Language) -> Result<report_links::model::Draft, Faults> {
        let hours = self.expires_in_hours.as_ref();
        let hours = hours.map(|chosen| chosen.parse::<u64>().map_or_else(|_| json!(chosen), |hours| json!(hours)));
        let mut body = Map::new();
        for (name, text) in
            [("label", &self.label), ("from", &self.from), ("to", &self.to), ("passcode", &self.passcode)]
        {
            body.insert(name.to_owned(), json!(text));
        }
        body.insert("include_notes".to_owned(), json!(self.include_notes));
        body.insert("expires_in_hours".to_owned(), hours.unwrap_or_default());
        body.insert("language".to_owned(), json!(language.as_str()));
        body.insert("words_version".to_owned(), json!(words::CURRENT));
        report_links::model::Draft::from_json(Value::Object(body))
    }
}

/// A choice among those that there are. What is none of them is left to be refused.
fn days(chosen: &str) -> Option<Duration> {
    let days = chosen.parse().ok().filter(|days| ACCESS_DAYS.contains(days))?;
    Some(Duration::from_hours(24 * days))
}
