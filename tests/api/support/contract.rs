//! `openapi.yaml`, held against answers.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use actix_web::dev::ResourceDef;
use cramp_diary::service::app;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::client::{Answer, Request};

/// The contract, read once.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What is served beside the contract: pages for people.
static PAGES: LazyLock<Vec<ResourceDef>> = LazyLock::new(|| {
    let routes = app::table().into_iter().filter(|route| route.is_page);
    routes.map(|route| ResourceDef::new(route.path)).collect()
});

/// And files of the page that shows it, and the routes of single tests.
const BESIDE: [&str; 2] = ["/docs/", "/test/"];
/// What else a person gets who opens an address in a browser. A generated client takes one kind of answer from an
/// operation, so the document names one.
const FOR_PEOPLE: [(&str, &str); 4] = [
    ("/v1/diaries/{diary_id}/report", "application/pdf"),
    ("/v1/diaries/{diary_id}/export", "application/zip"),
    ("/v1/diaries/{diary_id}/export", "application/fhir+json"),
    ("/problems/{code}", "text/html"),
];

/// The document, and the schemas of answers made ready.
pub struct Contract {
    pub document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation of the document.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// In upper case.
    pub method: &'a str,
    /// With its parameters in braces.
    pub path: &'a str,
    pub item: &'a Value,
    pub object: &'a Value,
}

impl Operation<'_> {
    pub fn id(&self) -> &str {
        self.object["operationId"].as_str().unwrap()
    }

    /// Whether it takes a token; the document asks for one unless an operation says otherwise.
    pub fn is_secured(&self) -> bool {
        self.object.get("security").is_none_or(|security| security.as_array().is_some_and(|list| !list.is_empty()))
    }
}

impl Contract {
    fn read() -> Self {
        let document =
            serde_saphyr::from_str(cramp_diary::service::contract::OPENAPI_YAML).expect("openapi.yaml is YAML");
        Self { document, validators: Mutex::default() }
    }

    /// Every operation, in the order of the document's paths.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                let object = item.get(method)?;
                Some(Operation { method: upper(method), path, item, object })
            })
        })
    }

    /// The object that a reference within the document stands for; anything else stands for itself.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("references stay within the document");
                self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    /// Finds out whether a path is the document's, and which of its templates it fits.
    pub fn template(&self, path: &str) -> Option<(&str, &Value)> {
        let pieces: Vec<_> = path.split('/').collect();
        let fits = |template: &str| {
            let wanted: Vec<_> = template.split('/').collect();
            wanted.len() == pieces.len()
                && wanted.iter().zip(&pieces).all(|(wanted, piece)| wanted == piece || wanted.starts_with('{'))
        };
        let paths = self.document["paths"].as_object().unwrap();
        let mut fitting: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        fitting.first().map(|(template, item)| (template.as_str(), *item))
    }

    /// Holds an answer against the document.
    ///
    /// # Errors
    /// What the document does not allow, in words.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        every_answer_has_its_headers(answer)?;
        let path = answer.path.split('?').next().unwrap_or_default();
        if BESIDE.iter().any(|prefix| path.starts_with(prefix)) || PAGES.iter().any(|page| page.is_match(path)) {
            return Ok(());
        }
        let Some((template, item)) = self.template(path) else {
            let is_for_a_browser = answer.header("content-type").is_some_and(|media| media.starts_with("text/html"));
            return if is_for_a_browser && answer.status == 404 { Ok(()) } else { self.is_plain_problem(answer, 404) };
        };
        let method = if answer.method == "HEAD" { "get".into() } else { answer.method.to_lowercase() };
        let Some(operation) = item.get(&method) else { return self.is_plain_problem(answer, 405) };
        let name = format!("{} {template} {}", answer.method, answer.status);
        let response = operation["responses"]
            .get(answer.status.to_string())
            .ok_or_else(|| format!("{name}: the status is not documented"))?;
        let response = self.resolve(response);
        self.has_documented_headers(answer, response).map_err(|fault| format!("{name}: {fault}"))?;
        let media_type = answer.header("content-type").unwrap_or_default();
        if FOR_PEOPLE.iter().any(|(path, other)| *path == template && media_type.starts_with(other)) {
            return Ok(());
        }
        self.has_documented_body(answer, response, &name)
    }

    fn is_plain_problem(&self, answer: &Answer, status: u16) -> Result<(), String> {
        if answer.status != status {
            return Err(format!("what the document does not know is answered with {status}, not {}", answer.status));
        }
        let schema = if answer.path.starts_with("/fhir/R4") { "FhirOutcome" } else { "Problem" };
        let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
        self.is_valid(&schema, &answer.json(), "what went wrong")
    }

    fn has_documented_headers(&self, answer: &Answer, response: &Value) -> Result<(), String> {
        const TELLING: [&str; 5] = ["etag", "link", "location", "retry-after", "www-authenticate"];
        let none = Map::new();
        let documented = response["headers"].as_object().unwrap_or(&none);
        for (name, header) in documented {
            if self.resolve(header)["required"] == true && !answer.headers.contains_key(name.to_lowercase()) {
                return Err(format!("the header {name} is missing"));
            }
        }
        for name in TELLING {
            let is_documented = documented.keys().any(|documented| documented.eq_ignore_ascii_case(name));
            if answer.headers.contains_key(name) && !is_documented {
                return Err(format!("the header {name} is not documented"));
            }
        }
        Ok(())
    }

    fn has_documented_body(&self, answer: &Answer, response: &Value, name: &str) -> Result<(), String> {
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return if answer.body.is_empty() { Ok(()) } else { Err(format!("{name}: a body that is not documented")) };
        };
        let media_type = answer.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let media = content
            .get(media_type)
            .ok_or_else(|| format!("{name}: the content type {media_type:?} is not documented"))?;
        if answer.method == "HEAD" {
            return if answer.body.is_empty() { Ok(()) } else { Err(format!("{name}: an answer to HEAD has a body")) };
        }
        if !media_type.ends_with("json") {
            return Ok(());
        }
        let body = serde_json::from_slice(&answer.body).map_err(|error| format!("{name}: not JSON: {error}"))?;
        self.is_valid(&media["schema"], &body, name)
    }

    /// Holds a value that the server sends against a schema. A field that the document does not know is a fault, too.
    ///
    /// # Errors
    /// All that is wrong, in words.
    pub fn is_valid(&self, schema: &Value, value: &Value, name: &str) -> Result<(), String> {
        faults(&self.validator(schema, true), value, name)
    }

    /// Holds a value that a client sends against a schema.
    ///
    /// # Errors
    /// All that is wrong, in words.
    pub fn is_valid_request(&self, schema: &Value, value: &Value, name: &str) -> Result<(), String> {
        faults(&self.validator(schema, false), value, name)
    }

    fn validator(&self, schema: &Value, closed: bool) -> Arc<Validator> {
        let key = format!("{closed} {schema}");
        if let Some(validator) = self.validators.lock().unwrap().get(&key) {
            return validator.clone();
        }
        let mut root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": {"schemas": self.document["components"]["schemas"]},
        });
        if closed {
            close(&mut root);
        }
        let validator = jsonschema::options().should_validate_formats(true).build(&root);
        let validator = Arc::new(validator.unwrap_or_else(|error| panic!("{schema} is not a schema: {error}")));
        self.validators.lock().unwrap().insert(key, validator.clone());
        validator
    }
}

fn upper(method: &str) -> &'static str {
    match method {
        "get" => "GET",
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        _ => "DELETE",
    }
}

fn faults(validator: &Validator, value: &Value, name: &str) -> Result<(), String> {
    let faults: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(format!("{name}:\n  {}", faults.join("\n  "))) }
}

/// Lets objects that list their properties have no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("properties").is_some_and(Value::is_object) && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".into(), false.into());
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// What is asked of every answer to a caller: a preflight is the browser's, and the document does not tell of it.
///
/// # Errors
/// What breaks the contract, in words.
pub fn keeps_to_the_contract(request: &Request, answer: &Answer) -> Result<(), String> {
    let is_preflight = request.has_header("access-control-request-method");
    let outcome = if is_preflight { every_answer_has_its_headers(answer) } else { CONTRACT.check(answer) };
    outcome.map_err(|fault| format!("this answer breaks the contract: {fault}"))
}

/// What every answer carries, errors too.
///
/// # Errors
/// What is missing, in words.
pub fn every_answer_has_its_headers(answer: &Answer) -> Result<(), String> {
    let header = |name: &str| answer.header(name).unwrap_or_default();
    let id = header("x-request-id");
    if !(1..=64).contains(&id.len()) {
        return Err(format!("the header X-Request-Id is {id:?}"));
    }
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        if header(name) != expected {
            return Err(format!("the header {name} is {:?} instead of {expected:?}", header(name)));
        }
    }
    if !header("content-security-policy").contains("default-src 'none'") {
        return Err(format!("the header Content-Security-Policy is {:?}", header("content-security-policy")));
    }
    if answer.path.starts_with("/v1") && header("cache-control") != "no-store" {
        return Err(format!("health data may be kept by a cache: {:?}", header("cache-control")));
    }
    Ok(())
}
