//! The codes that go out, and whose they are.

use serde_json::{Value, json};

/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// SNOMED CT, for which whoever runs the service may need a licence: it can be turned off.
pub const SNOMED: &str = "http://snomed.info/sct";
/// What HL7's Symptoms guide has of its own until other systems take it up.
pub const SYMPTOMS: &str = "http://hl7.org/fhir/uv/symptoms/CodeSystem/SymptomTemporary";
/// Our own: what a diary says that nobody else has a code for. docs/fhir.md has the list.
pub const DIARY: &str = "urn:uuid:e699d4b2-69ce-4eee-a70e-4a65cc3e8178";

/// A code with its name.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// Whose it is.
    pub system: &'static str,
    /// The code.
    pub code: &'static str,
    /// What its system calls it.
    pub display: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $system:ident $code:literal $display:literal;)+) => {
        $($(#[$doc])* pub const $name: Code = Code { system: $system, code: $code, display: $display };)+
    };
}

const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

codes! {
    /// The category of an observation that is a symptom.
    CATEGORY_SYMPTOM = SYMPTOMS "symptom" "Symptom";
    /// The category of what a person was asked.
    CATEGORY_SURVEY = CATEGORY "survey" "Survey";
    /// That there was a symptom.
    SYMPTOM = LOINC "75325-1" "Symptom";
    /// That there was none.
    SYMPTOM_ABSENT = LOINC "111551-8" "Symptom absent";
    /// How bad, from 0 to 10.
    SEVERITY = LOINC "72514-3" "Pain severity - 0-10 verbal numeric rating [Score] - Reported";
    /// What brings it on or makes it worse.
    EXACERBATING = LOINC "100752-5" "Exacerbating factors - Reported";
    /// What eases it.
    ALLEVIATING = LOINC "100753-3" "Alleviating factors - Reported";
    /// What the person was doing.
    OTHER_EVENT = SYMPTOMS "OTHEREVENT" "Other Events";
    /// A cramp.
    CRAMP = SNOMED "55300003" "Cramp";
    /// Pain.
    PAIN = SNOMED "22253000" "Pain";
    /// The calf, of which leg is said in words: no code of a side could be cited.
    CALF = SNOMED "53840002" "Calf of leg";
    /// Whether sleep broke.
    INTERRUPTED_SLEEP = DIARY "interrupted-sleep" "Sleep was interrupted";
    /// How much sleep was disturbed, from 0 to 10.
    SLEEP_DISTURBANCE = DIARY "sleep-disturbance" "Sleep disturbance, 0-10";
    /// Night, evening or day.
    PART_OF_DAY = DIARY "part-of-day" "Part of the person's day";
    /// Whether touching hurts.
    TENDER = DIARY "tender-to-touch" "Tender to touch";
    /// Whether walking suffers.
    LIMITS_WALKING = DIARY "limits-walking" "Limits walking";
    /// That all cramps of a date are logged.
    DAY_RECORDED = DIARY "day-recorded" "Day fully recorded";
    /// Whether the person said that a date had no cramp.
    SAID_CRAMP_FREE = DIARY "said-cramp-free" "Said to be free of cramps";
}

impl Code {
    /// As a `Coding`.
    #[must_use]
    pub fn coding(self) -> Value {
        json!({"system": self.system, "code": self.code, "display": self.display})
    }

    /// As a `CodeableConcept`.
    #[must_use]
    pub fn concept(self) -> Value {
        json!({"coding": [self.coding()], "text": self.display})
    }
}

/// A word of a vocabulary of ours, as a `CodeableConcept`.
#[must_use]
pub fn word(word: &str, text: &str) -> Value {
    json!({"coding": [{"system": DIARY, "code": word}], "text": text})
}
