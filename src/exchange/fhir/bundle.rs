//! Bundles: what a search found, and everything at once.

use serde_json::{Value, json};

use super::frame::Frame;
use crate::foundation::clock::Instant;

/// An entry of everything.
#[must_use]
pub fn entry(frame: &Frame, resource: Value) -> Value {
    let mut entry = json!({"fullUrl": frame.url(&resource)});
    entry["resource"] = resource;
    entry
}

/// An entry of a search, which says what it is there for: it was found.
#[must_use]
pub fn found(frame: &Frame, resource: Value) -> Value {
    let mut entry = entry(frame, resource);
    entry["search"] = json!({"mode": "match"});
    entry
}

/// A page of what was found: when it was looked for, the address that it was asked for by, and that of the next page.
#[must_use]
pub fn searchset(entries: Vec<Value>, at: Instant, this: &str, next: Option<&str>) -> Value {
    let links = [("self", Some(this)), ("next", next)];
    let links = links.into_iter().filter_map(|(relation, url)| Some(json!({"relation": relation, "url": url?})));
    let links: Vec<_> = links.collect();
    let mut bundle = json!({"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": at}, "link": links});
    // FHIR has no empty list.
    if !entries.is_empty() {
        bundle["entry"] = entries.into();
    }
    bundle
}
