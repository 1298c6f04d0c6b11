//! Treatments: what is taken as a `MedicationStatement`, everything else as a Procedure.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    codes,
    frame::{Frame, Sort, Version, note, pruned},
};
use crate::{
    diary::treatments::model::{Course, Kind, Treatment},
    foundation::{
        language::Language,
        values::{Dose, Side},
    },
    say,
};

/// Whether it is taken.
pub(super) const fn is_taken(kind: Kind) -> bool {
    matches!(kind, Kind::Medication | Kind::Supplement)
}

impl Frame {
    /// A treatment, as it stands on a local date.
    #[must_use]
    pub fn treatment(&self, treatment: &Treatment, today: NaiveDate) -> Value {
        let course = &treatment.course;
        if is_taken(course.kind) { self.medication(treatment, today) } else { self.procedure(treatment, today) }
    }

    fn medication(&self, treatment: &Treatment, today: NaiveDate) -> Value {
        let course = &treatment.course;
        let dosage = json!({
            "text": course.dose.as_ref().map(Dose::as_str),
            "site": course.side.map(|side| json!({"text": leg(side)})),
        });
        let status = standing(course, today, ["intended", "active", "completed"]);
        pruned(json!({
            "resourceType": "MedicationStatement",
            "id": self.id(Sort::Treatment, treatment.id.as_str()),
            "meta": self.meta(&Version::of(treatment), None),
            "status": status,
            "medicationCodeableConcept": {"text": course.name.as_str()},
            "subject": self.patient(),
            "effectivePeriod": {"start": course.started_on, "end": course.ended_on},
            "dateAsserted": treatment.updated_at,
            "note": note(course.note.as_ref()).into_iter().collect::<Vec<_>>(),
            "dosage": [dosage],
        }))
    }

    fn procedure(&self, treatment: &Treatment, today: NaiveDate) -> Value {
        let course = &treatment.course;
        let kind = course.kind.as_str();
        // What is done to a vein is done on a day; the rest goes on until it is ended.
        let begun = if course.kind == Kind::VeinTreatment { "completed" } else { "in-progress" };
        let dose = course.dose.as_ref().map(|dose| json!({"text": dose.as_str()}));
        pruned(json!({
            "resourceType": "Procedure",
            "id": self.id(Sort::Treatment, treatment.id.as_str()),
            "meta": self.meta(&Version::of(treatment), None),
            "status": standing(course, today, ["preparation", begun, "completed"]),
            "category": codes::word(kind, &kind.replace('_', " ")),
            "code": {"text": course.name.as_str()},
            "subject": self.patient(),
            "performedPeriod": {"start": course.started_on, "end": course.ended_on},
            "bodySite": course.side.map(|side| json!([{"text": leg(side)}])),
            "note": dose.into_iter().chain(note(course.note.as_ref())).collect::<Vec<_>>(),
        }))
    }
}

/// How it stands: to come, begun, or over.
fn standing<'a>(course: &Course, today: NaiveDate, [to_come, begun, over]: [&'a str; 3]) -> &'a str {
    match course.ended_on {
        _ if course.started_on > today => to_come,
        Some(end) if end < today => over,
        _ => begun,
    }
}

fn leg(side: Side) -> String {
    match side {
        Side::Both => "both legs".to_owned(),
        one => format!("{} leg", say!(Language::English, &format!("side-{}", one.as_str()))),
    }
}
