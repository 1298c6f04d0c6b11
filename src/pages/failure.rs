//! What went wrong, for people: the same failures as everywhere, as a page.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{self, Accept, Header, HeaderValue},
    },
};
use maud::html;
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use super::document;
use crate::{
    foundation::{budget::OverBudget, faults::Faults, lane::HashError, language::Language, public_url::PublicUrl},
    say,
    storage::refusal::Refusal,
    web::{
        headers,
        part::part,
        problem::{Cause, Code, Problem},
    },
};

/// Where the pages begin: it leads each to their own.
pub const HOME: &str = "/";
/// Where one signs in.
pub const SIGN_IN: &str = "/sign-in";
/// Where whoever is shown a diary gets an account.
pub const REGISTER: &str = "/register";
/// Where one shows once more that it is oneself.
pub const CONFIRM: &str = "/confirm";

/// A failure that is answered with a page, or by asking somebody to sign in.
#[derive(Debug)]
pub enum PageProblem {
    /// Something went wrong.
    Failed(Problem),
    /// They have to sign in, and then go on there.
    SignIn(String),
    /// They have to show first that it is they, and then go on there. What they sent with a form came too late.
    Confirm {
        /// Where they go on.
        there: String,
        /// Whether they sent something, which was not done.
        is_late: bool,
    },
    /// They followed another site's link, and their browser kept the cookie to itself. Coming from here, it will not.
    ComeAgain(String),
}

impl PageProblem {
    /// Asks who is not signed in to do so, and takes them back to where they were.
    #[must_use]
    pub fn sign_in_first(request: &HttpRequest) -> Self {
        let there = request.uri().path_and_query().map_or(HOME, |there| there.as_str()).to_owned();
        if request.method() != Method::GET {
            // What was sent with a form is lost, so the form is shown again.
            Self::SignIn(HOME.to_owned())
        } else if comes_from_here(request).is_err() {
            Self::ComeAgain(there)
        } else {
            Self::SignIn(there)
        }
    }

    /// Asks who has shown too long ago that it is they to do so, and takes them back to where they were. What was sent with
    /// a form is lost: there is a page at each address that a form is sent to.
    #[must_use]
    pub fn confirm_first(request: &HttpRequest) -> Self {
        let is_late = request.method() != Method::GET;
        let there = request.uri().path_and_query().map_or(HOME, |there| there.as_str());
        Self::Confirm { there: if is_late { request.path() } else { there }.to_owned(), is_late }
    }
}

impl<E: IntoProblem> From<E> for PageProblem {
    fn from(error: E) -> Self {
        let problem = error.into_problem();
        match problem.code() {
            // The session ended a moment ago.
            Code::Unauthenticated => Self::SignIn(HOME.to_owned()),
            Code::StepUpRequired => Self::Confirm { there: HOME.to_owned(), is_late: true },
            _ => Self::Failed(problem),
        }
    }
}

/// What a handler of a page may fail with.
pub trait IntoProblem {
    /// As a problem.
    fn into_problem(self) -> Problem;
}

macro_rules! into_problem {
    ($($error:ty),+) => {$(
        impl IntoProblem for $error {
            fn into_problem(self) -> Problem {
                self.into()
            }
        }
    )+};
}

into_problem!(Problem, Refusal, HashError, OverBudget, Faults);

impl fmt::Display for PageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(problem) => problem.fmt(f),
            Self::SignIn(_) | Self::ComeAgain(_) => f.write_str("not signed in"),
            Self::Confirm { .. } => f.write_str("not confirmed"),
        }
    }
}

impl ResponseError for PageProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Failed(problem) => problem.status_code(),
            Self::SignIn(_) | Self::Confirm { .. } => StatusCode::SEE_OTHER,
            Self::ComeAgain(_) => StatusCode::OK,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Failed(problem) => told(problem),
            Self::SignIn(there) => document::see_other(&format!("{SIGN_IN}?next={}", encoded(there))),
            Self::Confirm { there, is_late } => {
                let late = if *is_late { "&late=yes" } else { "" };
                document::see_other(&format!("{CONFIRM}?next={}{late}", encoded(there)))
            }
            Self::ComeAgain(there) => come_again(there),
        }
    }
}

/// An address within another one.
#[must_use]
pub fn encoded(there: &str) -> PercentEncode<'_> {
    utf8_percent_encode(there, NON_ALPHANUMERIC)
}

/// How people are told of what fails before a handler is reached.
#[must_use]
pub fn tell(problem: Problem) -> HttpResponse {
    PageProblem::from(problem).error_response()
}

/// Whether a page is wanted rather than a document for programs: somebody has typed the address, or followed a link.
#[must_use]
pub fn wants_a_page(request: &HttpRequest) -> bool {
    let wants = Accept::parse(request).map(|accepted| accepted.preference());
    wants.is_ok_and(|media| media.essence_str() == "text/html")
}

/// What a code means, for whoever follows the address in a problem document. They are developers.
#[must_use]
pub fn explain(code: Code) -> HttpResponse {
    let language = Language::English;
    let content = html! {
        p { (code.description()) }
        p.muted { "HTTP " (code.status().as_u16()) " · " code { (code.as_str()) } }
        p { a href="/docs" { (say!(language, "page-docs")) } }
    };
    document::page(StatusCode::OK, language, code.title(), &content)
}

/// Browsers say which site a request comes from, older ones by its origin alone; a form of another one is not taken, not
/// even to sign in.
///
/// # Errors
/// When it does.
pub fn comes_from_here(request: &HttpRequest) -> Result<(), Problem> {
    let told = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let is_from_here = match (told("sec-fetch-site"), told("origin")) {
        (Some(site), _) => ["same-origin", "none"].contains(&site),
        (None, Some(origin)) => is_ours(request, origin)?,
        // No browser.
        (None, None) => true,
    };
    if is_from_here { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

/// Whether an origin is that of the service: of its public address, or of the one that the browser has called.
fn is_ours(request: &HttpRequest, origin: &str) -> Result<bool, Problem> {
    let called = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_called = authority.zip(called).is_some_and(|(authority, called)| authority.eq_ignore_ascii_case(called));
    Ok(is_called || origin == part::<PublicUrl>(request)?.origin())
}

fn come_again(there: &str) -> HttpResponse {
    let language = Language::English;
    let content = html! { p { a href=(there) { (say!(language, "page-go-on")) } } };
    let mut page = document::page(StatusCode::OK, language, &say!(language, "page-one-moment"), &content);
    if let Ok(at_once) = HeaderValue::try_from(format!("0; url={there}")) {
        page.headers_mut().insert(header::REFRESH, at_once);
    }
    page
}

fn told(problem: &Problem) -> HttpResponse {
    let minutes = problem.wait().map_or(1, |wait| wait.as_secs().div_ceil(60).max(1));
    // Who can't be asked for their language is told in each.
    let told = |language: Language| match problem.code() {
        Code::NotFound => (say!(language, "page-nothing-here"), say!(language, "page-nothing-here-why")),
        Code::TooManyRequests => {
            (say!(language, "page-too-many-tries"), say!(language, "page-too-many-tries-why", minutes = minutes))
        }
        Code::ValidationFailed | Code::MalformedRequest | Code::Forbidden => {
            (say!(language, "page-not-understood"), say!(language, "page-not-understood-why"))
        }
        _ => (say!(language, "page-failed"), say!(language, "page-failed-why")),
    };
    let (title, why) = told(Language::English);
    // A form is at the address that it is sent to.
    let again = |language: Language| {
        html! {
            @if problem.code() == Code::TooManyRequests { p { a href="" { (say!(language, "page-try-again")) } } }
        }
    };
    let home = |language: Language| html! { p { a href=(HOME) { (say!(language, "page-home")) } } };
    let content = html! {
        p { (why) }
        (again(Language::English))
        (home(Language::English))
        @for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
            @let (title, why) = told(language);
            section lang=(language.tag()) { h2 { (title) } p { (why) } (again(language)) (home(language)) }
        }
    };
    let mut page = document::page(problem.status_code(), Language::English, &title, &content);
    // Whatever the machine-readable answer carries besides its body.
    let answer = problem.error_response();
    for name in [header::RETRY_AFTER, headers::RATE_LIMIT, headers::RATE_LIMIT_POLICY, header::ALLOW] {
        if let Some(value) = answer.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(cause) = answer.extensions().get::<Cause>() {
        page.extensions_mut().insert(cause.clone());
    }
    page
}
