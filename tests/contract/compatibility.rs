//! Whether a client that was made from one document gets on with a service of another: docs/versioning.md as rules.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Which way a value goes: what a client sends may be asked for less strictly later, and what it is sent may be told more
/// strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Sent,
    Answered,
}

/// Two documents, and what of the later one breaks clients of the earlier one.
pub struct Comparison<'a> {
    before: &'a Value,
    after: &'a Value,
    /// Pairs of schemas that are being compared: a schema may contain itself.
    open: Vec<(String, String, Way)>,
    breaks: Vec<String>,
}

/// What breaks clients, one line each; nothing if nothing does.
pub fn breaks(before: &Value, after: &Value) -> Vec<String> {
    let mut comparison = Comparison { before, after, open: Vec::new(), breaks: Vec::new() };
    for (path, methods) in object(&before["paths"]) {
        for method in ["get", "put", "post", "patch", "delete"] {
            if let Some(operation) = methods.get(method) {
                let now = after["paths"].get(path).unwrap_or(&Value::Null);
                comparison.operation(&format!("{method} {path}"), (methods, operation), (now, &now[method]));
            }
        }
    }
    // What the service sends is read by programs as answers are.
    for (name, methods) in object(&before["webhooks"]) {
        let place = format!("webhook {name}");
        let (old, new) = (&methods["post"]["requestBody"], &after["webhooks"][name]["post"]["requestBody"]);
        if new.is_null() {
            comparison.broken(&place, "is no more");
        } else {
            comparison.contents(&place, old, new);
        }
    }
    comparison.breaks
}

fn object(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|pointer| document.pointer(pointer.trim_start_matches('#'))) {
        Some(target) => resolved(document, target),
        None => value,
    }
}

fn strings(value: &Value) -> BTreeSet<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

/// The types that a schema allows; `None` is any.
fn types(schema: &Value) -> Option<BTreeSet<&str>> {
    match &schema["type"] {
        Value::String(one) => Some(BTreeSet::from([one.as_str()])),
        Value::Array(_) => Some(strings(&schema["type"])),
        _ => None,
    }
}

impl Comparison<'_> {
    fn broken(&mut self, place: &str, what: &str) {
        self.breaks.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, place: &str, before: (&Value, &Value), after: (&Value, &Value)) {
        if after.1.is_null() {
            return self.broken(place, "is no more");
        }
        if before.1["operationId"] != after.1["operationId"] {
            self.broken(place, "has another operationId, from which clients name their functions");
        }
        if before.1["security"] != after.1["security"] {
            self.broken(place, "wants another scope");
        }
        self.parameters(place, before, after);
        self.body(place, &before.1["requestBody"], &after.1["requestBody"]);
        self.answers(place, &before.1["responses"], &after.1["responses"]);
    }

    fn parameters(&mut self, place: &str, before: (&Value, &Value), after: (&Value, &Value)) {
        let (before_document, after_document) = (self.before, self.after);
        let all = |document, (path, operation): (&Value, &Value)| -> Vec<Value> {
            let both = list(&path["parameters"]).iter().chain(list(&operation["parameters"]));
            both.map(|parameter| resolved(document, parameter).clone()).collect()
        };
        let (before, after) = (all(before_document, before), all(after_document, after));
        let key = |parameter: &Value| (parameter["in"].clone(), parameter["name"].clone());
        for old in &before {
            let place = format!("{place} {}", old["name"]);
            match after.iter().find(|new| key(new) == key(old)) {
                None => self.broken(&place, "is no parameter any more"),
                Some(new) => {
                    if new["required"] == true && old["required"] != true {
                        self.broken(&place, "must be given now");
                    }
                    self.schema(&place, Way::Sent, &old["schema"], &new["schema"]);
                }
            }
        }
        for new in after.iter().filter(|new| new["required"] == true && !before.iter().any(|old| key(old) == key(new)))
        {
            self.broken(&format!("{place} {}", new["name"]), "is new and must be given");
        }
    }

    fn body(&mut self, place: &str, before: &Value, after: &Value) {
        let place = format!("{place} body");
        if after["required"] == true && before["required"] != true {
            self.broken(&place, "must be given now");
        }
        for (media_type, old) in object(&before["content"]) {
            match after["content"].get(media_type) {
                None => self.broken(&place, &format!("is not taken as {media_type} any more")),
                Some(new) => self.schema(&place, Way::Sent, &old["schema"], &new["schema"]),
            }
        }
    }

    fn answers(&mut self, place: &str, before: &Value, after: &Value) {
        let (before_document, after_document) = (self.before, self.after);
        for status in object(after).keys().filter(|status| status.starts_with('2') && before.get(*status).is_none()) {
            self.broken(place, &format!("answers with {status}, which is new"));
        }
        for (status, old) in object(before) {
            // What is not answered any more surprises nobody.
            let Some(new) = after.get(status) else { continue };
            let (old, new) = (resolved(before_document, old), resolved(after_document, new));
            let place = format!("{place} {status}");
            for (name, old) in object(&old["headers"]) {
                match new["headers"].get(name) {
                    None => self.broken(&place, &format!("has no header {name} any more")),
                    Some(new) => {
                        let (old, new) = (resolved(before_document, old), resolved(after_document, new));
                        if old["required"] == true && new["required"] != true {
                            self.broken(&place, &format!("may leave out the header {name} now"));
                        }
                        self.schema(&format!("{place} {name}"), Way::Answered, &old["schema"], &new["schema"]);
                    }
                }
            }
            self.contents(&place, old, new);
        }
    }

    fn contents(&mut self, place: &str, old: &Value, new: &Value) {
        for (media_type, old) in object(&old["content"]) {
            match new["content"].get(media_type) {
                None => self.broken(place, &format!("is no {media_type} any more")),
                Some(new) => self.schema(place, Way::Answered, &old["schema"], &new["schema"]),
            }
        }
    }

    fn schema(&mut self, place: &str, way: Way, before: &Value, after: &Value) {
        // What a schema inside of itself breaks is told where it began; elsewhere it is told again, with that place.
        let pair = (before["$ref"].to_string(), after["$ref"].to_string(), way);
        if self.open.contains(&pair) {
            return;
        }
        let depth = self.open.len();
        if before.get("$ref").is_some() {
            self.open.push(pair);
        }
        let (before_document, after_document) = (self.before, self.after);
        let (old, new) = (resolved(before_document, before), resolved(after_document, after));
        self.kind(place, way, old, new);
        self.choices(place, way, old, new);
        self.fields(place, way, old, new);
        // A schema that is not there takes anything.
        if old.get("items").is_some() || new.get("items").is_some() {
            self.schema(&format!("{place}[]"), way, &old["items"], &new["items"]);
        }
        if way == Way::Sent {
            self.limits(place, old, new);
        }
        self.open.truncate(depth);
    }

    /// Its type, its format and its list of values.
    fn kind(&mut self, place: &str, way: Way, old: &Value, new: &Value) {
        let (stricter, laxer) = match way {
            Way::Sent => (old, new),
            Way::Answered => (new, old),
        };
        let fits = match (types(stricter), types(laxer)) {
            (_, None) => true,
            (None, Some(_)) => false,
            // Whoever reads numbers reads whole ones.
            (Some(some), Some(all)) => {
                some.iter().all(|kind| all.contains(kind) || (*kind == "integer" && all.contains("number")))
            }
        };
        if !fits {
            self.broken(place, &format!("is {} and was {}", new["type"], old["type"]));
        }
        if old["const"] != new["const"] {
            self.broken(place, &format!("is always {} and was {}", new["const"], old["const"]));
        }
        if old["default"] != new["default"] {
            self.broken(place, &format!("is {} where it is left out, and was {}", new["default"], old["default"]));
        }
        if old["format"] != new["format"] {
            self.broken(place, &format!("has the format {} and had {}", new["format"], old["format"]));
        }
        if laxer.get("enum").is_some() && laxer.get("x-extensible-enum").is_none_or(|_| way == Way::Sent) {
            let (some, all) = (strings(&stricter["enum"]), strings(&laxer["enum"]));
            if stricter.get("enum").is_none() || !some.is_subset(&all) {
                self.broken(place, &format!("knows {:?} and knew {:?}", strings(&new["enum"]), strings(&old["enum"])));
            }
        }
    }

    /// One of several: what is sent must still fit one, and what is answered one of those that were known.
    fn choices(&mut self, place: &str, way: Way, old: &Value, new: &Value) {
        let branches = |schema: &Value| [list(&schema["anyOf"]), list(&schema["oneOf"])].concat();
        let (old, new) = (branches(old), branches(new));
        let (some, all) = match way {
            Way::Sent => (&old, &new),
            Way::Answered => (&new, &old),
        };
        let fits = |one: &Value| {
            all.iter().any(|other| {
                let (before, after) = if way == Way::Sent { (one, other) } else { (other, one) };
                let mut tried =
                    Comparison { before: self.before, after: self.after, open: self.open.clone(), breaks: Vec::new() };
                tried.schema(place, way, before, after);
                tried.breaks.is_empty()
            })
        };
        if !all.is_empty() && (some.is_empty() || !some.iter().all(fits)) || (all.is_empty() && !some.is_empty()) {
            self.broken(place, "is one of other things than before");
        }
    }

    fn fields(&mut self, place: &str, way: Way, old: &Value, new: &Value) {
        let (old_required, new_required) = (strings(&old["required"]), strings(&new["required"]));
        let wanting = match way {
            Way::Sent => new_required.difference(&old_required),
            Way::Answered => old_required.difference(&new_required),
        };
        for name in wanting {
            let what = if way == Way::Sent { "must be given now" } else { "may be left out now" };
            self.broken(&format!("{place}/{name}"), what);
        }
        for (name, old) in object(&old["properties"]) {
            let place = format!("{place}/{name}");
            match new["properties"].get(name) {
                None => self.broken(&place, "is no more"),
                Some(new) => self.schema(&place, way, old, new),
            }
        }
    }

    fn limits(&mut self, place: &str, old: &Value, new: &Value) {
        for (name, narrows) in [
            ("maxLength", f64::lt as fn(&f64, &f64) -> bool),
            ("maxItems", f64::lt),
            ("maximum", f64::lt),
            ("minLength", f64::gt),
            ("minItems", f64::gt),
            ("minimum", f64::gt),
            ("exclusiveMaximum", f64::lt),
            ("exclusiveMinimum", f64::gt),
            ("maxProperties", f64::lt),
            ("minProperties", f64::gt),
        ] {
            let is_narrower = match (old[name].as_f64(), new[name].as_f64()) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(old), Some(new)) => narrows(&new, &old),
            };
            if is_narrower {
                self.broken(place, &format!("{name} is {} and was {}", new[name], old[name]));
            }
        }
        for name in ["pattern", "multipleOf"] {
            if new.get(name).is_some() && new[name] != old[name] {
                self.broken(place, &format!("has another {name}"));
            }
        }
        if new["uniqueItems"] == true && old["uniqueItems"] != true {
            self.broken(place, "has no item twice now");
        }
        if new["additionalProperties"] == false && old["additionalProperties"] != false {
            self.broken(place, "has no other fields now");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document of one operation, whose body, parameter and answer have schemas that are alike but for what is changed.
    fn document() -> Value {
        json!({
            "paths": {"/v1/things": {"post": {
                "operationId": "makeThing",
                "security": [{"bearerAuth": ["things:write"]}],
                "parameters": [{"name": "lang", "in": "query", "schema": {"$ref": "#/components/schemas/Language"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {
                    "201": {
                        "headers": {"ETag": {"required": true, "schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            }}},
            "webhooks": {"thing.made": {"post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Told"}}}},
            }}},
            "components": {"schemas": {
                "Told": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                "Language": {"type": "string", "enum": ["de", "en"], "x-extensible-enum": ["de", "en"]},
                "Closed": {"type": "string", "enum": ["a", "b"]},
                "Thing": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "maxLength": 10},
                        "size": {"type": ["integer", "null"], "minimum": 0},
                        "closed": {"$ref": "#/components/schemas/Closed"},
                        "language": {"$ref": "#/components/schemas/Language"},
                        "anything": {"type": "array"},
                        "maybe": {"anyOf": [{"$ref": "#/components/schemas/Closed"}, {"type": "null"}]},
                        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    },
                },
            }},
        })
    }

    const OPERATION: &str = "/paths/~1v1~1things/post";
    const THING: &str = "/components/schemas/Thing";

    /// What breaks when one place of the document says something else.
    fn with(pointer: &str, value: Value) -> Vec<String> {
        let mut after = document();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        after.pointer_mut(parent).unwrap()[name.replace("~1", "/")] = value;
        breaks(&document(), &after)
    }

    #[test]
    fn what_is_added_breaks_nobody() {
        assert_eq!(breaks(&document(), &document()), Vec::<String>::new());
        for (pointer, value) in [
            ("/paths/~1v1~1more".to_owned(), json!({"get": {"operationId": "listMore", "responses": {}}})),
            (format!("{THING}/properties/colour"), json!({"type": "string"})),
            (format!("{OPERATION}/responses/409"), json!({})),
            (format!("{OPERATION}/responses/201/headers/Link"), json!({})),
            (format!("{OPERATION}/parameters/0/description"), json!("x")),
            ("/webhooks/thing.lost".to_owned(), json!({"post": {}})),
            ("/components/schemas/Told/properties/more".to_owned(), json!({"type": "string"})),
        ] {
            assert_eq!(with(&pointer, value), Vec::<String>::new(), "{pointer}");
        }
        // A list that may grow has grown, in answers; what is sent may be longer.
        let mut after = document();
        after["components"]["schemas"]["Language"]["enum"] = json!(["de", "en", "fr"]);
        after["components"]["schemas"]["Thing"]["properties"]["name"]["maxLength"] = json!(20);
        assert_eq!(breaks(&document(), &after), Vec::<String>::new());
    }

    #[test]
    fn what_is_taken_away_narrowed_or_newly_asked_for_breaks_clients() {
        let operation = |rest: &str| format!("{OPERATION}{rest}");
        let thing = |rest: &str| format!("{THING}{rest}");
        for (pointer, value, told) in [
            ("/paths/~1v1~1things".to_owned(), json!({}), "post /v1/things: is no more"),
            (operation("/operationId"), json!("makeThings"), "another operationId"),
            (operation("/security"), json!([{"bearerAuth": []}]), "another scope"),
            (operation("/parameters"), json!([]), "\"lang\": is no parameter any more"),
            (operation("/parameters/0/required"), json!(true), "\"lang\": must be given now"),
            (operation("/requestBody/required"), json!(true), "body: must be given now"),
            (operation("/requestBody/content"), json!({}), "not taken as application/json"),
            (operation("/responses/201/content"), json!({}), "201: is no application/json"),
            (operation("/responses/201/headers"), json!({}), "201: has no header ETag"),
            (operation("/responses/201/headers/ETag/required"), json!(false), "201: may leave out the header ETag"),
            (operation("/responses/201/headers/ETag/schema"), json!({"type": "integer"}), "201 ETag: is \"integer\""),
            (operation("/responses/202"), json!({}), "answers with 202, which is new"),
            (thing("/required"), json!(["name", "size"]), "body/size: must be given now"),
            (thing("/required"), json!([]), "201/name: may be left out now"),
            (thing("/properties/name"), json!({"type": "string", "maxLength": 9}), "maxLength is 9 and was 10"),
            (thing("/properties/name/pattern"), json!("^a"), "another pattern"),
            (thing("/properties/name/const"), json!("a"), "body/name: is always \"a\""),
            (thing("/properties/name/default"), json!("a"), "body/name: is \"a\" where it is left out"),
            (thing("/additionalProperties"), json!(false), "body: has no other fields now"),
            (thing("/properties/size/multipleOf"), json!(2), "body/size: has another multipleOf"),
            (thing("/properties/size/exclusiveMaximum"), json!(9), "body/size: exclusiveMaximum is 9"),
            (thing("/properties/anything/items"), json!({"type": "string"}), "body/anything[]: is \"string\""),
            (thing("/properties/anything/uniqueItems"), json!(true), "body/anything: has no item twice"),
            (thing("/properties/name/format"), json!("date"), "has the format \"date\""),
            (thing("/properties/size"), json!({"type": ["integer", "null"], "minimum": 1}), "minimum is 1 and was 0"),
            (thing("/properties/size/type"), json!("integer"), "body/size: is \"integer\""),
            (thing("/properties/size/type"), json!(["integer", "null", "string"]), "201/size: is"),
            (thing("/properties/maybe"), json!({"type": "null"}), "maybe: is one of other things"),
            ("/webhooks/thing.made".to_owned(), json!({}), "webhook thing.made: is no more"),
            ("/components/schemas/Told/required".to_owned(), json!([]), "webhook thing.made/id: may be left out now"),
            ("/components/schemas/Told/properties".to_owned(), json!({}), "webhook thing.made/id: is no more"),
            ("/components/schemas/Closed/enum".to_owned(), json!(["a"]), "body/closed: knows {\"a\"}"),
            ("/components/schemas/Closed/enum".to_owned(), json!(["a", "b", "c"]), "201/closed: knows"),
            ("/components/schemas/Language/enum".to_owned(), json!(["en"]), "\"lang\": knows {\"en\"}"),
        ] {
            let found = with(&pointer, value);
            assert!(found.iter().any(|line| line.contains(told)), "{pointer}: {told:?} is not in {found:?}");
        }
        let mut fewer = document();
        fewer["components"]["schemas"]["Thing"]["properties"].as_object_mut().unwrap().remove("size");
        assert_eq!(breaks(&document(), &fewer).len(), 2, "for who sends it and for who reads it");
    }
}
