//! The request id: in the answer's header, in every problem and in the log line.

use actix_web::http::header::{HeaderMap, HeaderName};

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that this task is working on.
    pub static REQUEST_ID: String;
}

/// The id of the present request; empty outside of one.
#[must_use]
pub fn current() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Takes the caller's own id when it is harmless to log, else makes one.
#[must_use]
pub fn take_or_make(headers: &HeaderMap) -> String {
    headers
        .get(HEADER)
        .and_then(|id| id.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}
