//! JSON bodies: bounded in size, depth and time.

use std::{collections::BTreeMap, future::Future, io::Read, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::{
        Method,
        header::{self, HeaderName},
    },
    web::BytesMut,
};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        ids::Id,
        parsing,
    },
    web::problem::{Code, Problem},
};

/// So large may most bodies be, in bytes.
pub const LARGEST: usize = 64 * 1024;
/// So large may be what devices bring, and documents, as they are sent.
const MOST_BROUGHT: usize = 4 * 1024 * 1024;
const DEEPEST: usize = 16;
const SLOWEST: Duration = Duration::from_secs(10);

/// A JSON body, parsed but not yet understood.
#[derive(Debug)]
pub struct Body(pub Value);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (absent, is_json) = (is_absent(request), is_json(request));
        let bytes = bytes(request, payload, LARGEST);
        Box::pin(async move {
            // What needs a body will say which fields it misses.
            if absent {
                return Ok(Self(Value::Null));
            }
            if !is_json {
                return Err(Problem::new(Code::UnsupportedMediaType));
            }
            parse(&bytes.await?).map(Self)
        })
    }
}

/// A JSON body that may be left out: then it is an object without fields.
#[derive(Debug)]
pub struct OptionalBody(pub Value);

impl FromRequest for OptionalBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let absent = is_absent(request);
        let body = Body::from_request(request, payload);
        Box::pin(async move {
            let Body(value) = body.await?;
            Ok(Self(if absent { Value::Object(Map::new()) } else { value }))
        })
    }
}

/// The header by which a client that chooses no ids can repeat a POST until an answer arrives.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A body that makes a row. With an `Idempotency-Key` the row's id is made from the key, so that the same request again finds
/// the row as with an id of the client's own; where the body has an id, that one counts.
#[derive(Debug)]
pub struct Keyed<B> {
    body: B,
    key: Option<Key>,
}

/// An `Idempotency-Key`, and where what is made with it goes to.
#[derive(Debug)]
struct Key {
    place: String,
    key: Vec<u8>,
}

impl<B: FromRequest<Error = Problem>> FromRequest for Keyed<B>
where
    B::Future: 'static,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = Key::of(request);
        let body = B::from_request(request, payload);
        Box::pin(async move { Ok(Self { key: key?, body: body.await? }) })
    }
}

impl<B: Into<Value>> Keyed<B> {
    /// The body of this account, whose keys are its own: others may have used the same.
    #[must_use]
    pub fn by(self, account: &Id) -> Value {
        let mut body = self.body.into();
        if let (Some(key), Value::Object(fields)) = (self.key, &mut body)
            && fields.get("id").is_none_or(Value::is_null)
        {
            fields.insert("id".to_owned(), Value::String(key.id(account).to_string()));
        }
        body
    }
}

impl Key {
    /// That of a request; `None` without one.
    fn of(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        const LONGEST: usize = 255;
        let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
        let Some(key) = keys.next() else { return Ok(None) };
        let key = key.as_bytes();
        if keys.next().is_some() || !(1..=LONGEST).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
            let why = "an Idempotency-Key is one text of 1 to 255 visible characters of ASCII";
            return Err(Problem::detailed(Code::MalformedRequest, why));
        }
        Ok(Some(Self { place: request.match_pattern().unwrap_or_default(), key: key.to_owned() }))
    }

    /// The id that it stands for.
    fn id(&self, account: &Id) -> Id {
        Id::made_of("idempotency key", &[account.as_str().as_bytes(), self.place.as_bytes(), &self.key])
    }
}

impl From<Body> for Value {
    fn from(Body(value): Body) -> Self {
        value
    }
}

impl From<OptionalBody> for Value {
    fn from(OptionalBody(value): OptionalBody) -> Self {
        value
    }
}

/// Whether a request says that it has no body, and is silent on what it would be.
fn is_absent(request: &HttpRequest) -> bool {
    announced(request).unwrap_or(0) == 0
        && !request.headers().contains_key(header::TRANSFER_ENCODING)
        && !request.headers().contains_key(header::CONTENT_TYPE)
}

/// What devices bring: a large body, of which the outermost object is read and the rest is left for later. Some of them send
/// JSON without saying so.
#[derive(Debug)]
pub struct LargeBody {
    /// What it says, as far as it was read.
    pub raw: Raw,
    /// Whether it says that it is JSON.
    pub is_json: bool,
}

/// JSON of which the outermost object or list alone is read.
#[derive(Debug, Clone)]
pub enum Raw {
    /// Fields that are still to be read.
    Object(BTreeMap<String, Box<RawValue>>),
    /// Items that are still to be read.
    List(Vec<Box<RawValue>>),
    /// Neither.
    Other,
}

impl Raw {
    /// The fields.
    ///
    /// # Errors
    /// When it is no object.
    pub fn object(&self) -> Result<&BTreeMap<String, Box<RawValue>>, Faults> {
        match self {
            Self::Object(fields) => Ok(fields),
            _ => Err(Faults::here(FaultCode::WrongType, "expected an object")),
        }
    }

    /// The items.
    ///
    /// # Errors
    /// When it is no list.
    pub fn list(&self) -> Result<&[Box<RawValue>], Faults> {
        match self {
            Self::List(items) => Ok(items),
            _ => Err(Faults::here(FaultCode::WrongType, "expected a list")),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is no JSON, or nested too deeply.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        check_depth(bytes)?;
        let read = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => serde_json::from_slice(bytes).map(Self::Object),
            Some(b'[') => serde_json::from_slice(bytes).map(Self::List),
            _ => serde_json::from_slice(bytes).map(|IgnoredAny| Self::Other),
        };
        read.map_err(|error| not_json(&error))
    }
}

impl FromRequest for LargeBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let bytes = bytes(request, payload, MOST_BROUGHT);
        Box::pin(async move {
            let bytes = bytes.await?;
            // What is long takes longer than others should wait for.
            let raw = if bytes.len() <= LARGEST {
                Raw::read(&bytes)?
            } else {
                let read = actix_web::web::block(move || Raw::read(&bytes)).await;
                read.map_err(|_| Problem::new(Code::Overloaded).retry_after(Duration::from_secs(1)))??
            };
            Ok(Self { raw, is_json })
        })
    }
}

/// A body of JSON that may come compressed with gzip, unread.
#[derive(Debug)]
pub struct PackedBody {
    bytes: BytesMut,
    is_packed: bool,
}

impl FromRequest for PackedBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let is_packed = is_encoded(request);
        let is_known = !is_packed || is_gzip(request);
        let bytes = bytes_as_sent(request, payload, MOST_BROUGHT);
        Box::pin(async move {
            if !is_json || !is_known {
                return Err(Problem::new(Code::UnsupportedMediaType));
            }
            Ok(Self { bytes: bytes.await?, is_packed })
        })
    }
}

impl PackedBody {
    /// The JSON, of so many bytes at most. That it is not nested too deeply is looked at, and no more.
    ///
    /// # Errors
    /// When it is larger, or was not packed as it says.
    pub fn unpack(self, most: usize) -> Result<Vec<u8>, Problem> {
        let unpacked = if self.is_packed {
            let mut unpacked = Vec::new();
            let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            MultiGzDecoder::new(&*self.bytes)
                .take(one_more)
                .read_to_end(&mut unpacked)
                .map_err(|_| Problem::detailed(Code::MalformedRequest, "the body is not compressed with gzip"))?;
            unpacked
        } else {
            self.bytes.to_vec()
        };
        if unpacked.len() > most {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        check_depth(&unpacked)?;
        Ok(unpacked)
    }
}

/// The bytes of a body of bounded size that is not encoded.
fn bytes(
    request: &HttpRequest,
    payload: &mut Payload,
    most: usize,
) -> impl Future<Output = Result<BytesMut, Problem>> + use<> {
    let encoded = is_encoded(request);
    let bytes = bytes_as_sent(request, payload, most);
    async move { if encoded { Err(Problem::new(Code::UnsupportedMediaType)) } else { bytes.await } }
}

/// The bytes of a body of bounded size, whatever was done to them.
fn bytes_as_sent(
    request: &HttpRequest,
    payload: &mut Payload,
    most: usize,
) -> impl Future<Output = Result<BytesMut, Problem>> + use<> {
    let announced = announced(request);
    let payload = payload.take();
    async move {
        if announced.is_some_and(|length| length > most) {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        collect_in_time(payload, most).await
    }
}

fn announced(request: &HttpRequest) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether something was done to the body. Codings are compared without case (RFC 9110, section 8.4.1).
fn is_encoded(request: &HttpRequest) -> bool {
    let is_identity =
        |coding: &[u8]| coding.trim_ascii().is_empty() || coding.trim_ascii().eq_ignore_ascii_case(b"identity");
    let mut lines = request.headers().get_all(header::CONTENT_ENCODING);
    !lines.all(|line| line.as_bytes().split(|byte| *byte == b',').all(is_identity))
}

/// Whether a body was compressed with gzip, and nothing else was done to it.
fn is_gzip(request: &HttpRequest) -> bool {
    let mut lines = request.headers().get_all(header::CONTENT_ENCODING);
    let coding = lines.next().map(|line| line.as_bytes().trim_ascii());
    let is_one = |coding: &[u8]| [b"gzip".as_slice(), b"x-gzip"].iter().any(|name| coding.eq_ignore_ascii_case(name));
    lines.next().is_none() && coding.is_some_and(is_one)
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
pub async fn collect_in_time(payload: Payload, most: usize) -> Result<BytesMut, Problem> {
    tokio::time::timeout(SLOWEST, collect(payload, most)).await.map_err(|_| Problem::new(Code::RequestTimeout))?
}

async fn collect(mut payload: Payload, most: usize) -> Result<BytesMut, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Problem::new(Code::PayloadTooLarge),
            _ => Problem::detailed(Code::MalformedRequest, "the body broke off"),
        })?;
        if body.len() + chunk.len() > most {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    check_depth(bytes)?;
    parsing::parse(bytes).map_err(|error| not_json(&error))
}

fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    if depth(bytes) > DEEPEST {
        return Err(Problem::detailed(Code::MalformedRequest, "the JSON is nested deeper than 16 levels"));
    }
    Ok(())
}

/// Only the place: serde's message may quote the body.
#[must_use]
pub fn not_json(error: &serde_json::Error) -> Problem {
    let place = format!("the body is not JSON: line {}, column {}", error.line(), error.column());
    Problem::detailed(Code::MalformedRequest, place)
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
