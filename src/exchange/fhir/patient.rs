//! Whose diary it is, and its report.

use serde_json::{Value, json};

use super::frame::{Frame, Sort, Version, pruned};
use crate::access::ReadableDiary;

/// What stands for the report in its id.
pub(super) const REPORT: &str = "report";

impl Frame {
    /// The person, by no more than what the diary is called.
    #[must_use]
    pub fn person(&self, diary: &ReadableDiary) -> Value {
        let settings = diary.diary();
        let name = settings.display_name.as_ref().map(|name| json!([{"text": name.as_str()}]));
        pruned(json!({
            "resourceType": "Patient",
            "id": self.diary().as_str(),
            "meta": self.meta(&Version { revision: settings.settings_revision, at: settings.updated_at }, None),
            "active": true,
            "name": name,
        }))
    }

    /// The report of the last 90 days, as a PDF that the service prints when it is asked for.
    #[must_use]
    pub fn report(&self, diary: &ReadableDiary) -> Value {
        let url = self.address(&format!("/v1/diaries/{}/report.pdf", self.diary()));
        pruned(json!({
            "resourceType": "DocumentReference",
            "id": self.id(Sort::Report, REPORT),
            "meta": {"versionId": diary.diary().revision.0.to_string()},
            "status": "current",
            "type": {"text": "Report of a cramp diary"},
            "subject": self.patient(),
            "description": "Cramps of the last 90 days: how often, how long, how bad, what share comes at night.",
            "content": [{"attachment": {
                "contentType": "application/pdf",
                "url": url,
                "title": "Cramp diary",
            }}],
        }))
    }
}
