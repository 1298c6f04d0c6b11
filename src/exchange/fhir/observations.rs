//! Cramps, soreness and check-ins, as Observations.

use serde_json::{Value, json};

use super::{
    codes::{self, Code},
    frame::{Frame, Sort, Version, note, pruned},
};
use crate::{
    diary::{
        check_ins::model::CheckIn,
        episodes::{
            model::{Episode, Part, Relief, Site},
            soreness::model::SorenessEntry,
        },
    },
    foundation::{language::Language, local_clock::DayParts, values::Triggers},
    say,
};

const PRESENT: &str = "http://hl7.org/fhir/uv/symptoms/StructureDefinition/SymptomObservation";
const ABSENT: &str = "http://hl7.org/fhir/uv/symptoms/StructureDefinition/SymptomAbsentObservation";
/// Leads from a symptom to one that goes with it.
const GOES_WITH: &str = "http://hl7.org/fhir/StructureDefinition/workflow-supportingInfo";

/// Resources are in English; what people wrote is in their words.
const ENGLISH: Language = Language::English;

impl Frame {
    /// A cramp: a symptom that was there, from its onset to its end where that is known.
    #[must_use]
    pub fn cramp(&self, episode: &Episode, parts: DayParts) -> Value {
        let details = &episode.details;
        let onset = episode.clock.write(episode.started_at);
        let end = episode.lasted().map(|span| episode.clock.write_later(episode.started_at, span));
        let period = parts.period(episode.clock.time).as_str();
        let components = [
            details.intensity.map(|rating| severity(rating.get())),
            details.context.map(|context| {
                let text = say!(ENGLISH, &format!("context-{}", context.as_str()));
                component(codes::OTHER_EVENT, "valueCodeableConcept", codes::word(context.as_str(), &text))
            }),
            Some(component(codes::PART_OF_DAY, "valueCodeableConcept", codes::word(period, period))),
            details.interrupted_sleep.map(|broken| component(codes::INTERRUPTED_SLEEP, "valueBoolean", broken)),
            details.sleep_disturbance.map(|rating| component(codes::SLEEP_DISTURBANCE, "valueInteger", rating.get())),
        ];
        let components = components.into_iter().flatten();
        let components = components.chain(triggers(&details.triggers)).chain(details.relief.items().iter().map(relief));
        pruned(json!({
            "resourceType": "Observation",
            "id": self.id(Sort::Cramp, episode.id.as_str()),
            "meta": self.meta(&Version::of(episode), Some(PRESENT)),
            "status": "final",
            "category": [codes::CATEGORY_SYMPTOM.concept()],
            "code": codes::SYMPTOM.concept(),
            "subject": self.patient(),
            "effectiveDateTime": end.is_none().then_some(&onset),
            "effectivePeriod": end.as_ref().map(|end| json!({"start": onset, "end": end})),
            "issued": episode.updated_at,
            "performer": performer(),
            "valueCodeableConcept": self.concept(Some(codes::CRAMP), "Leg cramp"),
            "note": note(details.note.as_ref()).map(|note| [note]),
            "bodySite": self.site(details.sites.items()),
            "component": components.collect::<Vec<_>>(),
        }))
    }

    /// How sore the leg was on a date: pain that goes with a cramp, and that is absent at level 0.
    #[must_use]
    pub fn soreness(&self, entry: &SorenessEntry, after: &Version, sites: &[Site]) -> Value {
        let is_sore = entry.level.get() > 0;
        let (profile, code) = if is_sore { (PRESENT, codes::SYMPTOM) } else { (ABSENT, codes::SYMPTOM_ABSENT) };
        let cramp = self.id(Sort::Cramp, entry.episode_id.as_str());
        let components = [
            Some(severity(entry.level.get())),
            entry.tender_to_touch.map(|tender| component(codes::TENDER, "valueBoolean", tender)),
            entry.limits_walking.map(|limited| component(codes::LIMITS_WALKING, "valueBoolean", limited)),
        ];
        pruned(json!({
            "resourceType": "Observation",
            "id": self.id(Sort::Soreness, &format!("{}.{}", entry.episode_id, entry.date)),
            "meta": self.meta(&Version::of(entry).or_later(after), Some(profile)),
            "extension": [{"url": GOES_WITH, "valueReference": {"reference": format!("Observation/{cramp}")}}],
            "status": "final",
            "category": [codes::CATEGORY_SYMPTOM.concept()],
            "code": code.concept(),
            "subject": self.patient(),
            "effectiveDateTime": entry.date,
            "issued": entry.updated_at,
            "performer": performer(),
            "valueCodeableConcept": self.concept(Some(codes::PAIN), "Soreness after a leg cramp"),
            "bodySite": self.site(sites),
            "component": components.into_iter().flatten().collect::<Vec<_>>(),
        }))
    }

    /// A day that was checked in: one without cramps where the person said so and the log has none, else one of which all is
    /// logged. `cramps` is the last version of those that the log has.
    #[must_use]
    pub fn check_in(&self, check_in: &CheckIn, cramps: Option<&Version>) -> Value {
        let report = &check_in.report;
        let is_free = report.cramp_free && cramps.is_none();
        let version = Version::of(check_in);
        let version = cramps.map_or(version, |cramps| version.or_later(cramps));
        let said = (!is_free).then(|| component(codes::SAID_CRAMP_FREE, "valueBoolean", report.cramp_free));
        let (category, code) = if is_free {
            (codes::CATEGORY_SYMPTOM, codes::SYMPTOM_ABSENT)
        } else {
            (codes::CATEGORY_SURVEY, codes::DAY_RECORDED)
        };
        pruned(json!({
            "resourceType": "Observation",
            "id": self.id(Sort::CheckIn, &check_in.date.to_string()),
            "meta": self.meta(&version, is_free.then_some(ABSENT)),
            "status": "final",
            "category": [category.concept()],
            "code": code.concept(),
            "subject": self.patient(),
            "effectivePeriod": {"start": check_in.date, "end": check_in.date},
            "issued": check_in.updated_at,
            "performer": performer(),
            "valueCodeableConcept": is_free.then(|| self.concept(Some(codes::CRAMP), "Leg cramp")),
            "valueBoolean": (!is_free).then_some(true),
            "note": note(report.note.as_ref()).map(|note| [note]),
            "component": said.into_iter().chain(triggers(&report.triggers)).collect::<Vec<_>>(),
        }))
    }

    /// All places in one: R4 has one site for an observation. The calf has a code where it is the only part.
    fn site(&self, sites: &[Site]) -> Option<Value> {
        let is_calf = |site: &Site| site.part == Part::Calf;
        let text: Vec<_> = sites.iter().map(|site| place(*site)).collect();
        let code = sites.iter().all(is_calf).then_some(codes::CALF);
        (!sites.is_empty()).then(|| self.concept(code, &text.join(", ")))
    }
}

fn place(Site { part, side }: Site) -> String {
    let part = say!(ENGLISH, &format!("part-{}", part.as_str()));
    match side {
        Some(leg) => format!("{part} ({})", say!(ENGLISH, &format!("side-{}", leg.as_str()))),
        None => part,
    }
}

fn component(code: Code, of_type: &str, value: impl Into<Value>) -> Value {
    json!({"code": code.concept(), of_type: value.into()})
}

fn severity(rating: i32) -> Value {
    component(codes::SEVERITY, "valueInteger", rating)
}

/// What may have brought it on. Apps have words of their own, which stand as they are.
fn triggers(triggers: &Triggers) -> impl Iterator<Item = Value> {
    triggers.items().iter().map(|word| {
        let id = format!("trigger-{}", word.as_str());
        let text = if ENGLISH.has(&id) { say!(ENGLISH, &id) } else { word.as_str().replace('_', " ") };
        component(codes::EXACERBATING, "valueCodeableConcept", codes::word(word.as_str(), &text))
    })
}

/// What was tried, and how soon it helped.
fn relief(relief: &Relief) -> Value {
    let measure = say!(ENGLISH, &format!("measure-{}", relief.measure.as_str()));
    let text = match relief.seconds_to_relief {
        Some(seconds) => format!("{measure}, eased after {seconds} s"),
        None => measure,
    };
    component(codes::ALLEVIATING, "valueCodeableConcept", codes::word(relief.measure.as_str(), &text))
}

/// Who told it: which of the two it was is for those who may write in the diary, and resources are the same for all who read.
fn performer() -> Value {
    json!([{"display": "The patient, or somebody who cares for them"}])
}
