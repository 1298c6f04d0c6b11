//! What the service can do, as FHIR asks: a `CapabilityStatement`.

use serde_json::{Value, json};

use super::frame::Fhir;

/// A type of resources, by what it is searched with each parameter's type, and what can be done with it.
type Searched = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const SEARCHED: [Searched; 6] = [
    (
        "Observation",
        &[
            ("patient", "reference"),
            ("subject", "reference"),
            ("category", "token"),
            ("code", "token"),
            ("value-concept", "token"),
            ("code-value-concept", "composite"),
            ("date", "date"),
            ("_lastUpdated", "date"),
        ],
        &["read", "search-type"],
    ),
    (
        "MedicationStatement",
        &[("patient", "reference"), ("subject", "reference"), ("effective", "date"), ("_lastUpdated", "date")],
        &["read", "search-type"],
    ),
    (
        "Procedure",
        &[("patient", "reference"), ("subject", "reference"), ("date", "date"), ("_lastUpdated", "date")],
        &["read", "search-type"],
    ),
    ("DocumentReference", &[("patient", "reference"), ("subject", "reference")], &["read", "search-type"]),
    ("Consent", &[("patient", "reference")], &["search-type"]),
    ("AuditEvent", &[("patient", "reference")], &["search-type"]),
];

/// The statement.
#[must_use]
pub fn statement(fhir: &Fhir) -> Value {
    let mut resources = vec![json!({
        "type": "Patient",
        "interaction": [{"code": "read"}],
        "operation": [{
            "name": "everything",
            "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        }],
    })];
    resources.extend(SEARCHED.map(|(of_type, parameters, interactions)| {
        let mut resource = json!({
            "type": of_type,
            "interaction": interactions.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(),
            "searchParam": parameters
                .iter()
                .map(|(name, of_type)| json!({"name": name, "type": of_type}))
                .collect::<Vec<_>>(),
        });
        if of_type == "Observation" {
            let profile = |name: &str| format!("http://hl7.org/fhir/uv/symptoms/StructureDefinition/{name}");
            resource["supportedProfile"] = json!([profile("SymptomObservation"), profile("SymptomAbsentObservation")]);
        }
        resource
    }));
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-27",
        "kind": "instance",
        "software": {"name": "Cramp diary", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "A diary of leg cramps, to be read", "url": fhir.root()},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [{
            "mode": "server",
            "documentation": "Reading alone. A search says whose resources it asks for: patient=Patient/ and the id of a \
                diary, as /v1/diaries lists them.",
            "security": {"description": "A bearer token, as for the rest of the service: see /docs."},
            "resource": resources,
        }],
    })
}
