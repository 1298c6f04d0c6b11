//! Long answers are compressed for who takes that: lists, changes, the contract. A page is not: its forms carry
//! secrets, and beside what a stranger can choose the length would tell of them.

use std::future::{Ready, ready};

use actix_http::encoding::Encoder;
use actix_web::{
    Error, FromRequest, HttpRequest,
    body::{BodySize, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderMap, HeaderValue},
    },
    middleware::Next,
};

/// So many bytes go as they are: they fit into a packet or two.
const SHORT: u64 = 2048;

/// What is text, and has nothing secret in it.
const MEDIA: [&str; 6] =
    ["application/json", "application/fhir+json", "application/yaml", "text/csv", "text/css", "text/javascript"];

/// Marks an answer whose tag goes with the next change: a row. It is sent as it is, since the tag of what was
/// compressed on the way is a weak one, by which nothing may be changed.
pub struct AsItIs;

/// How a caller takes a long answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// With gzip.
    Gzip,
}

impl Coding {
    /// What the caller would rather have.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let ours = [Encoding::gzip(), Encoding::identity()];
        match AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(ours.iter())) {
            Some(wanted) if wanted == Encoding::gzip() => Self::Gzip,
            _ => Self::Identity,
        }
    }
}

impl FromRequest for Coding {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// Compresses the long ones of the answers that it goes around.
///
/// # Errors
/// Those of what is inside.
pub async fn compress<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<Encoder<B>, B>>, Error> {
    let is_get = request.method() == Method::GET;
    let mut response = next.call(request).await?;
    if !is_get || !is_long_text(&response) {
        return Ok(response.map_into_right_body());
    }
    let coding = Coding::of(response.request());
    let headers = response.headers_mut();
    if coding == Coding::Identity {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        return Ok(response.map_into_right_body());
    }
    weaken(headers);
    Ok(response.map_body(|head, body| EitherBody::left(Encoder::response(ContentEncoding::Gzip, head, body))))
}

fn is_long_text<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let inner = response.response();
    let headers = inner.headers();
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let is_short = matches!(inner.body().size(), BodySize::None | BodySize::Sized(..SHORT));
    inner.status() == StatusCode::OK
        && !is_short
        && MEDIA.contains(&media.split(';').next().unwrap_or_default())
        // Who says what the answer varies by has chosen already.
        && !headers.contains_key(header::VARY)
        && inner.extensions().get::<AsItIs>().is_none()
}

/// The same, but for how it is written, is what a weak tag says (RFC 9110 §8.8.1).
fn weaken(headers: &mut HeaderMap) {
    let strong = headers.get(header::ETAG).map(HeaderValue::as_bytes).filter(|tag| tag.starts_with(b"\""));
    if let Some(weak) = strong.and_then(|tag| HeaderValue::from_bytes(&[b"W/", tag].concat()).ok()) {
        headers.insert(header::ETAG, weak);
    }
}
