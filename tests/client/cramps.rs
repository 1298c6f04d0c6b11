//! Cramps to log.

use serde_json::{Value, json};

/// A cramp with nothing but an onset.
pub fn a_cramp() -> Cramp {
    Cramp(json!({"started_at": "2026-03-01T02:30:00Z"}))
}

/// The body of a request that logs a cramp.
#[derive(Debug, Clone)]
pub struct Cramp(Value);

impl Cramp {
    pub fn at(self, started_at: &str) -> Self {
        self.with("started_at", started_at)
    }

    pub fn id(self, id: &str) -> Self {
        self.with("id", id)
    }

    /// Where the person was.
    pub fn r#in(self, time_zone: &str) -> Self {
        self.with("time_zone", time_zone)
    }

    pub fn intensity(self, intensity: i32) -> Self {
        self.with("intensity", intensity)
    }

    /// What the person was doing.
    pub fn context(self, context: &str) -> Self {
        self.with("context", context)
    }

    pub fn interrupted_sleep(self, interrupted: bool) -> Self {
        self.with("interrupted_sleep", interrupted)
    }

    pub fn note(self, note: &str) -> Self {
        self.with("note", note)
    }

    /// Where it hurt.
    pub fn part(self, part: &str) -> Self {
        self.with("sites", json!([{"part": part, "side": "left"}]))
    }

    /// Any field.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0[name] = value.into();
        self
    }
}

impl From<Cramp> for Value {
    fn from(cramp: Cramp) -> Self {
        cramp.0
    }
}
