//! JSON as it was written: a name that comes twice in an object is not forgotten.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Under this name an object keeps the names that came more than once in it. No field has it; whoever sends it themselves
/// is told of a fault as well.
pub const REPEATED: &str = "\0repeated";

/// Reads JSON. Of a name that comes twice, the last value counts, as with most; [`super::fields::Fields`] makes a fault of
/// it.
///
/// # Errors
/// When it is none.
pub fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice::<Parsed>(bytes).map(|parsed| parsed.0)
}

struct Parsed(Value);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsWritten).map(Self)
    }
}

struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Parsed(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut object, mut repeated) = (Map::new(), Vec::new());
        while let Some((name, Parsed(value))) = entries.next_entry::<String, Parsed>()? {
            if object.contains_key(&name) && !repeated.contains(&Value::String(name.clone())) {
                repeated.push(Value::String(name.clone()));
            }
            object.insert(name, value);
        }
        if !repeated.is_empty() {
            object.insert(REPEATED.to_owned(), Value::Array(repeated));
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_comes_once_is_read_as_everybody_reads_it() {
        for text in [
            "null",
            "true",
            "[1, -2, 3.5, 1e300, 18446744073709551615, \"\\u0041\\n\", {}, []]",
            "{\"a\": {\"b\": [{\"c\": null}]}}",
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn what_comes_twice_is_remembered_where_it_came() {
        let read = parse(br#"{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}"#).unwrap();
        assert_eq!(read[REPEATED], serde_json::json!(["a"]));
        assert_eq!((&read["a"], &read["b"]["c"]), (&3.into(), &2.into()));
        assert_eq!(read["b"][REPEATED], serde_json::json!(["c"]));
    }
}
