//! How many requests were answered, and how long that took, for Prometheus.

use std::{fmt, sync::OnceLock, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// Requests alike. Clients may make paths and methods up, but neither patterns nor labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Told {
    outcome: &'static str,
}

/// What is counted.
#[derive(Debug)]
struct Counts {
    answered: Family<Answered, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
    told: Family<Told, Counter>,
    untold: Gauge,
    all: Registry,
}

static COUNTS: OnceLock<Counts> = OnceLock::new();

/// Bounds of the buckets, in seconds.
const BOUNDS: [f64; 12] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];

/// Counts from now on. Until then nobody pays for it.
pub fn start() {
    COUNTS.get_or_init(|| {
        let answered = Family::default();
        let seconds: Family<_, _, fn() -> _> = Family::new_with_constructor(|| Histogram::new(BOUNDS));
        let mut all = Registry::default();
        all.register("http_requests", "Requests answered, by method, route pattern and status", answered.clone());
        all.register("http_request_duration_seconds", "Time from the request's head to the answer's", seconds.clone());
        let told: Family<Told, Counter> = Family::default();
        all.register("webhook_attempts", "Attempts to tell a webhook, by what came of them", told.clone());
        let untold = Gauge::default();
        all.register(
            "webhook_deliveries_waiting",
            "What waits to be told to webhooks, of all processes",
            untold.clone(),
        );
        Counts { answered, seconds, told, untold, all }
    });
}

/// Counts a request that was answered.
pub fn count(method: &'static str, route: &str, status: u16, took: Duration) {
    if let Some(counts) = COUNTS.get() {
        counts.answered.get_or_create(&Answered { method, route: route.to_owned(), status }).inc();
        counts.seconds.get_or_create(&Labels { method, route: route.to_owned() }).observe(took.as_secs_f64());
    }
}

/// Counts an attempt to tell a webhook.
pub fn count_delivery(arrived: bool) {
    if let Some(counts) = COUNTS.get() {
        counts.told.get_or_create(&Told { outcome: if arrived { "delivered" } else { "failed" } }).inc();
    }
}

/// Whether anything is counted.
#[must_use]
pub fn are_on() -> bool {
    COUNTS.get().is_some()
}

/// Says how much waits to be told to webhooks.
pub fn set_waiting(deliveries: i64) {
    if let Some(counts) = COUNTS.get() {
        counts.untold.set(deliveries);
    }
}

/// `OpenMetrics`, which Prometheus asks for.
pub const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All that was counted, in [`FORMAT`].
///
/// # Errors
/// When it can't be written, which is a defect.
pub fn text() -> Result<String, fmt::Error> {
    let mut out = String::new();
    if let Some(counts) = COUNTS.get() {
        text::encode(&mut out, &counts.all)?;
    }
    Ok(out)
}
