//! JSON bodies: bounded in size, depth and time.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::{Method, header},
    web::BytesMut,
};
use futures_util::StreamExt;
use serde_json::Value;

use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        ids::Id,
        parsing,
    },
    web::problem::{Code, Problem},
};

const LARGEST: usize = 64 * 1024;
const DEEPEST: usize = 16;
const SLOWEST: Duration = Duration::from_secs(10);

/// A JSON body, parsed but not yet understood.
#[derive(Debug)]
pub struct Body(pub Value);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let acceptable = is_json(request);
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let encoded = is_encoded(request);
        let absent = announced.unwrap_or(0) == 0
            && !request.headers().contains_key(header::TRANSFER_ENCODING)
            && !request.headers().contains_key(header::CONTENT_TYPE);
        let payload = payload.take();
        Box::pin(async move {
            // What needs a body will say which fields it misses.
            if absent {
                return Ok(Self(Value::Null));
            }
            if !acceptable || encoded {
                return Err(Problem::new(Code::UnsupportedMediaType));
            }
            if announced.is_some_and(|length| length > LARGEST) {
                return Err(Problem::new(Code::PayloadTooLarge));
            }
            let bytes = collect_in_time(payload).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// Whether something was done to the body. Codings are compared without case (RFC 9110, section 8.4.1).
fn is_encoded(request: &HttpRequest) -> bool {
    let is_identity =
        |coding: &[u8]| coding.trim_ascii().is_empty() || coding.trim_ascii().eq_ignore_ascii_case(b"identity");
    let mut lines = request.headers().get_all(header::CONTENT_ENCODING);
    !lines.all(|line| line.as_bytes().split(|byte| *byte == b',').all(is_identity))
}

fn is_json(request: &HttpRequest) -> bool {
    let media_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (request.method() == Method::PATCH && essence == "application/merge-patch+json")
}

/// Reads a whole body, bounded in size and time.
///
/// # Errors
/// When it is too large, too slow, or breaks off.
pub async fn collect_in_time(payload: Payload) -> Result<BytesMut, Problem> {
    tokio::time::timeout(SLOWEST, collect(payload)).await.map_err(|_| Problem::new(Code::RequestTimeout))?
}

async fn collect(mut payload: Payload) -> Result<BytesMut, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Problem::new(Code::PayloadTooLarge),
            _ => Problem::detailed(Code::MalformedRequest, "the body broke off"),
        })?;
        if body.len() + chunk.len() > LARGEST {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    if depth(bytes) > DEEPEST {
        return Err(Problem::detailed(Code::MalformedRequest, "the JSON is nested deeper than 16 levels"));
    }
    parsing::parse(bytes).map_err(|error| {
        // Only the place: serde's message may quote the body.
        let place = format!("the body is not JSON: line {}, column {}", error.line(), error.column());
        Problem::detailed(Code::MalformedRequest, place)
    })
}

/// How deeply brackets nest outside of strings. Right for JSON; for anything else, the parser has the say.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// An id in the body of a PUT can only repeat the path's.
///
/// # Errors
/// When it is another.
pub fn repeats_id(path: &Id, body: Option<&Id>) -> Result<(), Faults> {
    match body {
        Some(id) if id != path => Err(Faults::at("id", FaultCode::Contradiction, "is not the id in the path")),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_only_outside_strings() {
        assert_eq!(depth(br#"{"a":["[[[[","\"[["]}"#), 2);
        assert_eq!(depth(&vec![b'['; 100_000]), 100_000);
    }

    #[test]
    fn sixteen_levels_are_read_and_seventeen_are_not() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
        assert!(parse(&nested(16)).is_ok());
        assert_eq!(parse(&nested(17)).unwrap_err().code(), Code::MalformedRequest);
        assert_eq!(parse(&nested(100_000)).unwrap_err().code(), Code::MalformedRequest);
    }

    #[test]
    fn what_is_not_json_is_refused_without_quoting_it() {
        let problem = parse(b"{\"note\": secret}").unwrap_err();
        assert_eq!(problem.code(), Code::MalformedRequest);
        assert!(!format!("{problem:?}").contains("secret"));
        assert!(parse(b"\"\xff\"").is_err());
    }
}
