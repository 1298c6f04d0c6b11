//! The one table of failures that a client can see, written as RFC 9457 `application/problem+json`.

use std::{borrow::Cow, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use crate::{
    foundation::{
        budget::{OverBudget, Policy},
        faults::{Fault, Faults},
        lane::{HashError, LaneError},
        precondition::Revision,
    },
    storage::{self, refusal::Refusal},
    web::{headers, request_id},
};

macro_rules! problem_codes {
    ($($variant:ident = $name:literal, $status:ident, $title:literal, $description:literal;)+) => {
        /// The stable codes. Each has a page of its own at `/problems/{code}`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $description] $variant),+ }

        impl Code {
            /// All of them, in the order of their status.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that clients match on.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            /// A short human title, the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What it means and what a client does about it.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => $description),+ }
            }
        }
    };
}

problem_codes! {
    MalformedRequest = "malformed_request", BAD_REQUEST, "The request can't be read",
        "The body is not JSON, is nested deeper than 16 levels or is not valid UTF-8. Mend the client; sending it again does not help.";
    UnexpectedIdempotencyKey = "unexpected_idempotency_key", BAD_REQUEST, "This takes no Idempotency-Key",
        "The header Idempotency-Key is looked at where a POST makes a row. Here it would be ignored, so nothing was done. The contract says of each operation what comes of repeating it: send it again without the header.";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Sign in first",
        "The access token is missing, expired, revoked or not ours. Refresh the session and try once more; if that fails too, ask the person to sign in. A personal access token can't be refreshed: its owner makes another.";
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "E-mail or password is wrong",
        "No account has this e-mail and password. The answer is the same whether the e-mail is known or not.";
    SecondFactorRequired = "second_factor_required", UNAUTHORIZED, "A second factor is asked for",
        "The password is right, and the account has a second factor, or several, which the answer names. Ask the person for a code of their authenticator app, for a passkey, or for a recovery code, and send all of it again with code or with passkey.";
    InvalidSecondFactor = "invalid_second_factor", UNAUTHORIZED, "The second factor is wrong",
        "The password is right; the code is not that of this moment, or was used before, or the passkey is none of the account's. Ask for another one. It counts as a failed sign-in.";
    InvalidPasskey = "invalid_passkey", UNAUTHORIZED, "The passkey is not taken",
        "No account has this passkey, or what it signed is not what was asked for: within five minutes, at this address, with the person verified, and once. The answer is the same in each case. Begin anew, or ask for the password.";
    WrongPasscode = "wrong_passcode", UNAUTHORIZED, "The passcode is wrong",
        "The link asks for a passcode, and this is not it. remainingAttempts says how many wrong ones are left before the link opens nothing any more. Ask whoever gave you the link.";
    StepUpRequired = "step_up_required", UNAUTHORIZED, "Confirm that it is you",
        "This changes how one signs in, erases something or lets somebody else in. It takes a proof of the account's strongest factor within the last ten minutes. Ask the person for a passkey, or for the password and a code if the account has a second factor, send that to /v1/auth/step-up, and repeat the request. Nothing was done.";
    InvalidRefreshToken = "invalid_refresh_token", UNAUTHORIZED, "The session is over",
        "The refresh token is unknown, expired or was used before; in the last case the whole session was ended. Ask the person to sign in.";
    Forbidden = "forbidden", FORBIDDEN, "Not allowed",
        "You can see this diary, but your role does not allow this.";
    InsufficientScope = "insufficient_scope", FORBIDDEN, "The token is not for this",
        "The token lacks the scope that this operation needs, which WWW-Authenticate names. Where it names none, no token does: it takes a session. Make a token with that scope, or sign in. Nothing was done.";
    NotFound = "not_found", NOT_FOUND, "Not found",
        "There is nothing here, or it is not yours: the two are never told apart.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "Method not allowed",
        "This path does not know the method. The Allow header names those that it knows.";
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request came too slowly",
        "A request's head must arrive within 5 seconds and its body within 10. Nothing was done; send it again.";
    IdConflict = "id_conflict", CONFLICT, "The id is in use",
        "A row with this id exists and has other content. Nothing was changed. Replace it with PUT, where there is one, or choose another id.";
    EmailTaken = "email_taken", CONFLICT, "The e-mail is in use",
        "An account with this e-mail exists. Sign in instead.";
    SecondFactorEnabled = "second_factor_enabled", CONFLICT, "The second factor is on",
        "A second factor is on already. Turn it off to set up another.";
    PullFirst = "pull_first", CONFLICT, "Others were faster",
        "A row that is sent was changed meanwhile. Nothing was done. Pull, merge, and push again.";
    Gone = "gone", GONE, "Deleted",
        "The row was there and was deleted, or what was shared has ended. PUT brings an id back to life, where there is one.";
    ResyncRequired = "resync_required", GONE, "Begin anew",
        "What this device has can't be brought up to date by changes alone: it was away for so long that what was deleted meanwhile is forgotten, its owner shares another part of the diary with it, or the service was put back to a backup. Read everything anew, without since. What the device has not sent yet, it still sends.";
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED, "It has changed meanwhile",
        "The row's ETag is not the one in If-Match (or the row exists, with If-None-Match: *). Read it again, merge, and repeat.";
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "A body may have 64 KiB; one with changes that a device brings, 4 MiB.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "Send JSON",
        "The body's Content-Type must be application/json (for PATCH also application/merge-patch+json), without a Content-Encoding.";
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY, "Some fields can't be accepted",
        "The body or the query has faults. All of them are listed in errors, each with a JSON pointer; a query counts as an object of its parameters.";
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests",
        "So many requests of this account or address, or so many wrong tries, are not answered. Nothing was done. Wait as long as Retry-After says; RateLimit-Policy, where it is there, names what was used up.";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong here",
        "A defect of the service. A write may or may not have been done; with an id of your own it is safe to repeat. The request id helps the operator to find out what happened.";
    MailNotConfigured = "mail_not_configured", NOT_IMPLEMENTED, "This service sends no mail",
        "This is done by e-mail, and whoever runs the service has named no server to send it through. Nothing was done. Ask them.";
    PasskeysNotConfigured = "passkeys_not_configured", NOT_IMPLEMENTED, "There are no passkeys here",
        "Browsers bind passkeys to the name of a service that they reach over TLS, or to localhost. Whoever runs this one gives it such an address. Sign in with the password.";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too busy at the moment",
        "More work is waiting than can be done soon. Nothing was done; try again after Retry-After.";
    StorageUnavailable = "storage_unavailable", SERVICE_UNAVAILABLE, "The database does not answer",
        "The database could not be reached in time. Try again after Retry-After. A write may have been done all the same; with an id of your own it is safe to repeat.";
    Stopping = "stopping", SERVICE_UNAVAILABLE, "About to stop",
        "This process stops soon and wants no new work. A load balancer sends requests to another one; requests that come here all the same are still answered.";
    StorageFull = "storage_full", INSUFFICIENT_STORAGE, "No room left",
        "The disk of the service is full. Reading goes on; writes work again as soon as there is room.";
}

impl Code {
    /// How the client is to show who it speaks for (RFC 6750; when that is to be shown anew, RFC 9470).
    fn challenge(self) -> Option<&'static str> {
        match self {
            Self::InsufficientScope => Some("Bearer error=\"insufficient_scope\""),
            Self::StepUpRequired => Some("Bearer error=\"insufficient_user_authentication\", max_age=600"),
            // No token would help.
            Self::WrongPasscode => None,
            _ if self.status() == StatusCode::UNAUTHORIZED => Some("Bearer"),
            _ => None,
        }
    }
}

/// A failure on its way to the client, and, apart from it, what only the log may know.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    code: Code,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    retry_after: Option<Duration>,
    over_budget: Option<OverBudget>,
    allow: Option<String>,
    scope: Option<&'static str>,
    revision: Option<Revision>,
    tries_left: Option<i32>,
    second_factors: Vec<&'static str>,
    cause: Option<String>,
    request_id: Option<String>,
}

/// Why a request failed, for the log alone; travels in the response's extensions to the one place that logs it.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

#[derive(serde::Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    /// The code once more: some clients know a failure by this name alone.
    error: &'a str,
    request_id: String,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    /// As SMART Health Links calls it.
    #[serde(rename = "remainingAttempts", skip_serializing_if = "Option::is_none")]
    tries_left: Option<i32>,
    /// What the account has beside its password.
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    second_factors: &'a [&'static str],
}

impl Problem {
    /// A problem whose detail is the code's own description.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self::detailed(code, code.description())
    }

    /// A problem with a detail of its own, in words for the client.
    pub fn detailed(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            faults: Vec::new(),
            retry_after: None,
            over_budget: None,
            allow: None,
            scope: None,
            revision: None,
            tries_left: None,
            second_factors: Vec::new(),
            cause: None,
            request_id: None,
        }))
    }

    /// The same with a time to wait, rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// How long to wait before the next try, where that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The passcode of a link was wrong, and so many may be tried yet.
    #[must_use]
    pub fn wrong_passcode(tries_left: i32) -> Self {
        let mut problem = Self::new(Code::WrongPasscode);
        problem.0.tries_left = Some(tries_left);
        problem
    }

    /// The password is right, and one of these is asked for as well.
    #[must_use]
    pub fn second_factor_required(second_factors: impl IntoIterator<Item = &'static str>) -> Self {
        let mut problem = Self::new(Code::SecondFactorRequired);
        problem.0.second_factors = second_factors.into_iter().collect();
        problem
    }

    /// A 405 that names the methods that would do.
    #[must_use]
    pub fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::new(Code::MethodNotAllowed);
        problem.0.allow = Some(allow);
        problem
    }

    /// A 500, with the cause for the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::Internal);
        problem.0.cause = Some(cause.into());
        problem
    }

    /// Names the request, for a problem that is written where the request is known no more.
    #[must_use]
    pub fn in_request(mut self, request_id: String) -> Self {
        self.0.request_id = Some(request_id);
        self
    }

    /// The document that tells of it, as it is told for one of several things that were asked at once.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        serde_json::to_value(self.told(self.0.request_id.clone().unwrap_or_else(request_id::current)))
            .unwrap_or_default()
    }

    fn told(&self, request_id: String) -> Document<'_> {
        Document {
            r#type: format!("/problems/{}", self.0.code.as_str()),
            title: self.0.code.title(),
            status: self.0.code.status().as_u16(),
            detail: &self.0.detail,
            code: self.0.code.as_str(),
            error: self.0.code.as_str(),
            request_id,
            errors: &self.0.faults,
            tries_left: self.0.tries_left,
            second_factors: &self.0.second_factors,
        }
    }

    /// Which one it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }
}

/// How a failure is told where no handler was reached: to apps as it is, to people as a page.
pub type Tell = fn(Problem) -> HttpResponse;

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.code.status());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(challenge) = self.0.code.challenge() {
            let scope = self.0.scope.map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
            response.insert_header((header::WWW_AUTHENTICATE, format!("{challenge}{scope}")));
        }
        if let Some(wait) = self.0.retry_after {
            response.insert_header((header::RETRY_AFTER, whole_seconds(wait)));
        }
        if let Some(over) = &self.0.over_budget {
            let (policy, left) = rate_limit(over);
            response.insert_header((headers::RATE_LIMIT_POLICY, policy)).insert_header((headers::RATE_LIMIT, left));
        }
        if let Some(revision) = self.0.revision {
            response.insert_header(header::ETag(header::EntityTag::new_strong(revision.0.to_string())));
        }
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            response.insert_header((header::ALLOW, allow));
        }
        let request_id = self.0.request_id.clone().unwrap_or_else(request_id::current);
        response.insert_header((request_id::HEADER, request_id.as_str()));
        let mut response = response.json(self.told(request_id));
        headers::secure(response.headers_mut());
        if let Some(cause) = &self.0.cause {
            response.extensions_mut().insert(Cause(cause.clone()));
        }
        response
    }
}

/// So many faults are told: who makes more of them has not made each by hand.
const MOST_FAULTS: usize = 100;

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        let faults = faults.into_vec();
        let detail = match faults.as_slice() {
            // It is of all that was sent.
            [only] if only.pointer.is_empty() => Cow::Owned(format!("the body: {}", only.detail)),
            [only] => Cow::Owned(format!("{}: {}", only.pointer, only.detail)),
            several if several.len() > MOST_FAULTS => {
                Cow::Owned(format!("{} faults, the first {MOST_FAULTS} of which see in errors", several.len()))
            }
            several => Cow::Owned(format!("{} faults, see errors", several.len())),
        };
        let mut problem = Self::detailed(Code::ValidationFailed, detail);
        problem.0.faults = faults.into_iter().take(MOST_FAULTS).collect();
        problem
    }
}

/// What was met, and that nothing of it is left, as the IETF's draft on `RateLimit` fields has it
/// (draft-ietf-httpapi-ratelimit-headers): the quota and its period, or that it bounds what there is at once.
fn rate_limit(over: &OverBudget) -> (String, String) {
    let Policy { name, quota, period } = over.policy;
    let policy = match period {
        Some(period) => format!("\"{name}\";q={quota};w={}", period.as_secs()),
        None => format!("\"{name}\";q={quota};qu=\"concurrent-requests\""),
    };
    (policy, format!("\"{name}\";r=0;t={}", whole_seconds(over.wait)))
}

/// Rounded up, so that nobody comes too early.
fn whole_seconds(wait: Duration) -> String {
    wait.as_secs_f64().ceil().max(1.0).to_string()
}

impl From<OverBudget> for Problem {
    fn from(over: OverBudget) -> Self {
        let mut problem = Self::new(Code::TooManyRequests).retry_after(over.wait);
        problem.0.over_budget = Some(over);
        problem
    }
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        let wait = Duration::from_secs(1);
        let mut problem = match error {
            storage::Error::OverBudget(over) => over.into(),
            storage::Error::Overloaded | storage::Error::Contended(_) => Self::new(Code::Overloaded).retry_after(wait),
            storage::Error::Unavailable(_) | storage::Error::Lost(_) => {
                Self::new(Code::StorageUnavailable).retry_after(wait)
            }
            storage::Error::Full(_) => Self::new(Code::StorageFull).retry_after(wait * 10),
            storage::Error::Failed(_) => Self::new(Code::Internal),
        };
        problem.0.cause = Some(error.to_string());
        problem
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy(LaneError::OverBudget(over)) => over.into(),
            HashError::Busy(LaneError::Panicked) | HashError::Failed(_) => Self::internal(error.to_string()),
            HashError::Busy(_) => Self::new(Code::Overloaded).retry_after(Duration::from_secs(2)),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotSignedIn => Self::new(Code::Unauthenticated),
            Refusal::NotProved => Self::new(Code::StepUpRequired),
            Refusal::Forbidden => Self::new(Code::Forbidden),
            Refusal::NoMail => Self::new(Code::MailNotConfigured),
            Refusal::InsufficientScope(scope) => {
                let mut problem = Self::new(Code::InsufficientScope);
                problem.0.scope = scope;
                problem
            }
            Refusal::NotFound => Self::new(Code::NotFound),
            Refusal::Gone => Self::new(Code::Gone),
            Refusal::IdConflict => Self::new(Code::IdConflict),
            Refusal::Stale(revision) => {
                let mut problem = Self::new(Code::PreconditionFailed);
                problem.0.revision = revision;
                problem
            }
            Refusal::ResyncRequired => Self::new(Code::ResyncRequired),
            Refusal::PullFirst => Self::new(Code::PullFirst),
            Refusal::Invalid(faults) => faults.into(),
            Refusal::OverBudget(over) => over.into(),
            Refusal::Held(wait) => Self::new(Code::TooManyRequests).retry_after(wait),
            Refusal::Busy => Self::new(Code::Overloaded).retry_after(Duration::from_secs(5)),
            Refusal::Passwords(error) => error.into(),
            Refusal::Storage(error) => error.into(),
        }
    }
}
