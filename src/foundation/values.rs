//! Values that several subjects share: ratings, lengths of time, names, notes, triggers, legs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        fields::{self, FromJson},
    },
    vocabulary,
};

macro_rules! bounded_number {
    ($(#[$doc:meta])* $name:ident, $low:literal ..= $high:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(i32);

        impl $name {
            /// `None` when the number is out of range.
            #[must_use]
            pub fn new(number: i32) -> Option<Self> {
                ($low..=$high).contains(&number).then_some(Self(number))
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, Faults> {
                fields::integer(value, $low..=$high).map(Self)
            }
        }
    };
}

bounded_number! {
    /// How bad, on a numeric rating scale from 0 (nothing) to 10 (the worst imaginable).
    Rating, 0..=10
}

bounded_number! {
    /// How long, up to a day.
    Seconds, 0..=86_400
}

macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident, $characters:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A text that was stored.
            #[must_use]
            pub const fn stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, Faults> {
                fields::text(value, $characters).map(Self)
            }
        }
    };
}

bounded_text! {
    /// A name for people to read, 1 to 200 characters.
    Name, 1..=200
}

bounded_text! {
    /// What a device calls itself, 1 to 100 characters.
    DeviceName, 1..=100
}

bounded_text! {
    /// How much of something, in the person's words, 1 to 100 characters.
    Dose, 1..=100
}

bounded_text! {
    /// Free text of at most 2000 characters.
    Note, 0..=2000
}

/// A list of at most `MOST` items, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShortList<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> ShortList<T, MOST> {
    /// The items.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MOST: usize> Default for ShortList<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FromJson, const MOST: usize> FromJson for ShortList<T, MOST> {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        fields::list(value, MOST).map(Self)
    }
}

/// Several different values, at least one and at most `MOST`, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct<T, const MOST: usize>(pub Vec<T>);

impl<T: FromJson + PartialEq, const MOST: usize> FromJson for Distinct<T, MOST> {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let items: Vec<T> = fields::list(value, MOST)?;
        if items.is_empty() {
            return Err(Faults::here(FaultCode::TooShort, "needs at least one"));
        }
        if items.iter().enumerate().any(|(at, item)| items[..at].contains(item)) {
            return Err(Faults::here(FaultCode::Duplicate, "names one of them twice"));
        }
        Ok(Self(items))
    }
}

/// A word of the person's own for what may bring a cramp on: `[a-z0-9_]{1,32}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trigger(String);

impl Trigger {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromJson for Trigger {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let text = fields::string(value)?;
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Faults::here(FaultCode::Malformed, "must have 1 to 32 of a-z, 0-9 and _"))
        }
    }
}

/// What may bring a cramp on: of a cramp, or of a day with or without one.
pub type Triggers = ShortList<Trigger, 16>;

vocabulary! {
    /// Which leg.
    pub enum Side {
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
        /// Both.
        Both = "both",
    }
}
