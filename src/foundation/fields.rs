//! Reading a JSON object into domain values: every fault is gathered, unknown fields are faults, null counts as absent.

use std::{borrow::Cow, ops::RangeInclusive};

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::foundation::{
    clock::Instant,
    faults::{self, FaultCode, Faults},
    local_clock::LocalTime,
    parsing::REPEATED,
    timestamps::{parse_date, parse_time},
    typed,
    zones::Zone,
};

/// A value that can be read from JSON, or says what is wrong with it.
pub trait FromJson: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Every fault of the value, with pointers relative to it.
    fn from_json(value: &Value) -> Result<Self, Faults>;
}

/// An object whose fields are taken out one after another. [`Fields::close`] tells what was wrong with them.
#[derive(Debug)]
pub struct Fields {
    object: Map<String, Value>,
    faults: Faults,
    /// What a query asks about: a path.
    about: String,
}

impl Fields {
    /// Opens an object.
    ///
    /// # Errors
    /// When the value is not an object.
    pub fn open(mut value: Value) -> Result<Self, Faults> {
        let mut faults = Faults::none();
        take_repeated(&mut value, &mut faults);
        match value {
            Value::Object(object) => Ok(Self { object, faults, about: String::new() }),
            other => {
                faults.add(wrong_type("an object", &other));
                Err(faults)
            }
        }
    }

    /// The same, as parameters of a question about what is at a path.
    #[must_use]
    pub fn about(self, path: &str) -> Self {
        Self { about: path.to_owned(), ..self }
    }

    /// The path that is asked about; empty when it is not a question.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.about
    }

    /// A field that must be there. `None` leaves a fault behind, so the value is there whenever `close` finds none.
    pub fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let lacking = match self.object.remove(name) {
            Some(Value::Null) => "must not be null",
            None => "is required",
            Some(value) => return self.read(name, &value),
        };
        self.fault(name, FaultCode::Required, format!("{name} {lacking}"));
        None
    }

    /// A field that may be absent or null.
    pub fn optional<T: FromJson>(&mut self, name: &str) -> Option<T> {
        match self.object.remove(name) {
            None | Some(Value::Null) => None,
            Some(value) => self.read(name, &value),
        }
    }

    /// The text of a field that stays to be read.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.object.get(name).and_then(Value::as_str)
    }

    /// Whether a field stays to be read that says something.
    #[must_use]
    pub fn says(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|value| !value.is_null())
    }

    /// Adds a fault that concerns a field, found by looking at more than the field alone.
    pub fn fault(&mut self, name: &str, code: FaultCode, detail: impl Into<Cow<'static, str>>) {
        self.faults.add(Faults::at(name, code, detail));
    }

    /// Adds the fault that fields do not go together.
    pub fn clash(&mut self, names: &'static [&'static str], detail: impl Into<Cow<'static, str>>) {
        self.faults.add(Faults::between(names, detail));
    }

    /// Takes fields out without looking at them.
    pub fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.object.remove(*name);
        }
    }

    /// A field that a client may want to change and can't: it may only repeat what is there.
    pub fn fixed(&mut self, name: &str, present: &str) {
        if self.object.remove(name).is_some_and(|value| value != present) {
            self.fault(name, FaultCode::ReadOnly, format!("{name} can't be changed"));
        }
    }

    /// Everything that was wrong; fields that nobody asked for are faults too.
    #[must_use]
    pub fn close(mut self) -> Faults {
        for name in self.object.keys() {
            let told = faults::shown(name);
            self.faults.add(Faults::at(name, FaultCode::UnknownField, format!("there is no field {told}")));
        }
        self.faults
    }

    /// Ends reading, when nothing else depends on it.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish(self) -> Result<(), Faults> {
        let faults = self.close();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// What a question asks, when nothing was wrong with it and it says no more.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn asked<A>(mut self, read: impl FnOnce(&mut Self) -> A) -> Result<A, Faults> {
        let asked = read(&mut self);
        self.finish().map(|()| asked)
    }

    /// What a body says, when nothing was wrong with it and it says no more; `read` is `None` when something was.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn said<A>(mut self, read: impl FnOnce(&mut Self) -> Option<A>) -> Result<A, Faults> {
        let said = read(&mut self);
        let faults = self.close();
        said.filter(|_| faults.is_empty()).ok_or(faults)
    }

    fn read<T: FromJson>(&mut self, name: &str, value: &Value) -> Option<T> {
        let read = match (T::from_json(value), value) {
            // A query has nothing but texts. Some of them are meant as numbers or truth values.
            (Err(faults), Value::String(text)) if !self.about.is_empty() && faults.are_of_type() => {
                T::from_json(&scalar(text))
            }
            (read, _) => read,
        };
        read.map_err(|faults| self.faults.add(faults.under(name))).ok()
    }
}

/// What a text of a query means where no text is wanted.
fn scalar(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
    }
}

/// Takes out what the parser noted of names that came more than once, at every depth, and makes faults of it. It is all done
/// where the outermost object is opened: some of what is in it nobody looks at.
fn take_repeated(value: &mut Value, faults: &mut Faults) {
    match value {
        Value::Object(object) => {
            match object.remove(REPEATED) {
                None => {}
                Some(Value::Array(names)) if !names.is_empty() => {
                    for name in names.iter().filter_map(Value::as_str) {
                        faults.add(Faults::at(name, FaultCode::Duplicate, "is given more than once"));
                    }
                }
                // Nobody but a client that makes names up has put it there.
                Some(_) => faults.add(Faults::at(REPEATED, FaultCode::UnknownField, "there is no such field")),
            }
            for (name, value) in object {
                add_repeated(name, value, faults);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                add_repeated(&index.to_string(), item, faults);
            }
        }
        _ => {}
    }
}

fn add_repeated(name: &str, value: &mut Value, faults: &mut Faults) {
    let mut within = Faults::none();
    take_repeated(value, &mut within);
    faults.add(within.under(name));
}

/// Applies an RFC 7396 merge patch to an object whose values are scalars or lists: each field of the patch replaces
/// the one before. A null stays as null, which [`Fields`] reads as absent, so that unknown names are still seen.
#[must_use]
pub fn merge(mut target: Map<String, Value>, patch: Map<String, Value>) -> Value {
    target.extend(patch);
    Value::Object(target)
}

/// Applies a merge patch to a row as a client would write it, and reads what comes out. The row's id can only be
/// repeated.
///
/// # Errors
/// Every fault of the patch, and of what comes out.
pub fn patched<T>(
    id: &str,
    present: &impl serde::Serialize,
    patch: Value,
    read: impl FnOnce(Value) -> Result<T, Faults>,
) -> Result<T, Faults> {
    let mut patch = open_patch(patch)?;
    let mut faults = Faults::none();
    if patch.remove("id").is_some_and(|other| other != id) {
        faults.add(Faults::at("id", FaultCode::ReadOnly, "an id can't be changed"));
    }
    let Ok(Value::Object(present)) = serde_json::to_value(present) else {
        return Err(Faults::here(FaultCode::Malformed, "can't be patched"));
    };
    let sent: Vec<String> = patch.keys().cloned().collect();
    match read(merge(present, patch)) {
        Ok(row) if faults.is_empty() => Ok(row),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.add(more.told_of(|name| sent.iter().any(|sent| sent == name)));
            Err(faults)
        }
    }
}

/// Opens a merge patch.
///
/// # Errors
/// When it is not an object.
pub fn open_patch(value: Value) -> Result<Map<String, Value>, Faults> {
    match value {
        Value::Object(patch) => Ok(patch),
        other => Err(wrong_type("an object", &other)),
    }
}

/// The fault of finding another JSON type than expected.
#[must_use]
pub fn wrong_type(expected: &str, found: &Value) -> Faults {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Faults::here(FaultCode::WrongType, format!("expected {expected}, found {found}"))
}

/// Reads a string.
///
/// # Errors
/// When it is none.
pub fn string(value: &Value) -> Result<&str, Faults> {
    value.as_str().ok_or_else(|| wrong_type("a string", value))
}

/// Reads text with a bounded number of characters, counted as Unicode code points. All of them are kept but NUL. A text in
/// which there is nothing to see counts as empty.
///
/// # Errors
/// When it is not a string, too short, too long or has a NUL.
pub fn text(value: &Value, characters: RangeInclusive<usize>) -> Result<String, Faults> {
    let text = string(value)?;
    let count = text.chars().count();
    let seen = if typed::is_blank(text) { 0 } else { count };
    if seen < *characters.start() {
        let least = characters.start();
        let detail =
            if *least == 1 { "must not be empty".into() } else { format!("needs at least {least} characters") };
        return Err(Faults::here(FaultCode::TooShort, detail));
    }
    if count > *characters.end() {
        return Err(Faults::here(
            FaultCode::TooLong,
            format!("has {count} characters; at most {} fit", characters.end()),
        ));
    }
    if text.contains('\0') {
        return Err(Faults::here(FaultCode::Malformed, "has a NUL character, which not every database can keep"));
    }
    Ok(text.to_owned())
}

/// Reads a whole number in a range; `8.0` counts as 8, as in JSON Schema.
///
/// # Errors
/// When it is not a whole number or out of range.
pub fn integer(value: &Value, range: RangeInclusive<i32>) -> Result<i32, Faults> {
    let number = value.as_f64().filter(|n| n.fract() == 0.0).ok_or_else(|| wrong_type("a whole number", value))?;
    if number < f64::from(*range.start()) || number > f64::from(*range.end()) {
        return Err(Faults::here(
            FaultCode::OutOfRange,
            format!("must lie between {} and {}", range.start(), range.end()),
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number within the bounds of i32")]
    Ok(number as i32)
}

/// Reads a list of at most `most` items; every faulty item is told.
///
/// # Errors
/// When it is not a list, too long, or holds faulty items.
pub fn list<T: FromJson>(value: &Value, most: usize) -> Result<Vec<T>, Faults> {
    let Value::Array(values) = value else { return Err(wrong_type("a list", value)) };
    let mut items = Vec::new();
    let mut faults = Faults::none();
    if values.len() > most {
        faults.add(Faults::here(FaultCode::TooMany, format!("has {} items; at most {most} fit", values.len())));
    }
    for (index, value) in values.iter().take(most).enumerate() {
        match T::from_json(value) {
            Ok(item) => items.push(item),
            Err(more) => faults.add(more.under(&index.to_string())),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        value.as_bool().ok_or_else(|| wrong_type("true or false", value))
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        string(value).map(str::to_owned)
    }
}

impl FromJson for Instant {
    /// An RFC 3339 time with an offset or `Z`.
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let time = parse_time(string(value)?).ok_or_else(|| {
            Faults::here(
                FaultCode::Malformed,
                "must be an RFC 3339 time with an offset or Z, as 2026-03-29T03:10:00+02:00",
            )
        })?;
        Self::named(time.to_utc())
            .ok_or_else(|| Faults::here(FaultCode::OutOfRange, "must lie in the years 0001 to 9999, in UTC"))
    }
}

impl FromJson for NaiveDate {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        parse_date(string(value)?)
            .ok_or_else(|| Faults::here(FaultCode::Malformed, "must be a date of the calendar, as 2026-03-29"))
    }
}

impl FromJson for LocalTime {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::parse(string(value)?).ok_or_else(|| Faults::here(FaultCode::Malformed, "must be a time of day, as 22:00"))
    }
}

impl FromJson for Zone {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        Self::named(string(value)?).ok_or_else(|| {
            Faults::here(FaultCode::NotOneOf, "must be an IANA time zone, as Europe/Berlin, and not an offset")
        })
    }
}

/// An enum whose variants are words of the contract: `as_str`, `parse`, serde and [`FromJson`] from one list.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$doc:meta])* $visibility:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All of them, in the order of the contract.
            #[allow(dead_code, reason = "not every vocabulary is listed")]
            $visibility const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word as it stands in the contract and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant of a word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&word).ok_or_else(|| serde::de::Error::custom("not a word of this vocabulary"))
            }
        }

        impl $crate::foundation::fields::FromJson for $name {
            fn from_json(value: &serde_json::Value) -> Result<Self, $crate::foundation::faults::Faults> {
                Self::parse($crate::foundation::fields::string(value)?).ok_or_else(|| {
                    $crate::foundation::faults::Faults::here(
                        $crate::foundation::faults::FaultCode::NotOneOf,
                        concat!("must be one of", $(" ", $word),+),
                    )
                })
            }
        }
    };
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_faults_come_at_once_and_unknown_fields_are_faults() {
        let mut fields = Fields::open(json!({"when": 5, "flag": "yes", "more": null})).unwrap();
        assert_eq!(fields.required::<NaiveDate>("when"), None);
        assert_eq!(fields.optional::<bool>("flag"), None);
        assert_eq!(fields.required::<bool>("needed"), None);
        let pointers: Vec<_> = fields.close().into_vec().into_iter().map(|f| (f.pointer, f.code)).collect();
        assert_eq!(
            pointers,
            [
                ("/when".to_owned(), FaultCode::WrongType),
                ("/flag".to_owned(), FaultCode::WrongType),
                ("/needed".to_owned(), FaultCode::Required),
                ("/more".to_owned(), FaultCode::UnknownField),
            ]
        );
    }

    #[test]
    fn pointers_lead_into_lists_and_escape_what_rfc_6901_asks_for() {
        let faults = list::<bool>(&json!([true, 1, "x"]), 8).unwrap_err().under("a/b~c");
        let pointers: Vec<_> = faults.into_vec().into_iter().map(|f| f.pointer).collect();
        assert_eq!(pointers, ["/a~1b~0c/1", "/a~1b~0c/2"]);
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_zero_fraction_but_must_fit() {
        assert_eq!(integer(&json!(8.0), 0..=10), Ok(8));
        assert!(integer(&json!(8.5), 0..=10).is_err());
        assert!(integer(&json!(1e300), 0..=10).is_err());
        assert!(integer(&json!(-1), 0..=10).is_err());
        assert!(integer(&json!("8"), 0..=10).is_err());
    }

    #[test]
    fn names_that_came_twice_are_faults_at_every_depth() {
        let body = crate::foundation::parsing::parse(
            br#"{"a": 1, "b": {"c": [{"d": 1, "d": 2, "d": 3}]}, "a": 2, "e": [[{"f": 1, "f": 1}]]}"#,
        );
        let mut fields = Fields::open(body.unwrap()).unwrap();
        fields.ignore(&["a", "b", "e"]);
        let faults = fields.close().into_vec().into_iter().map(|fault| (fault.pointer, fault.code));
        let twice = |pointer: &str| (pointer.to_owned(), FaultCode::Duplicate);
        assert_eq!(faults.collect::<Vec<_>>(), [twice("/a"), twice("/b/c/0/d"), twice("/e/0/0/f")]);
    }
}
