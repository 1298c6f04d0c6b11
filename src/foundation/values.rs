//! Values that several subjects share: ratings, lengths of time, names, notes, legs.

use serde::Serialize;
use serde_json::Value;

use crate::{
    foundation::{
        faults::Faults,
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
