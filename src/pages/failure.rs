//! What went wrong, for people: the same failures as everywhere, as a page.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use maud::html;

use super::document;
use crate::{
    accounts::passwords::HashError,
    faults::Faults,
    language::Language,
    problem::{Code, Problem},
    refusal::Refusal,
    say,
};

/// A failure that is answered with a page.
#[derive(Debug)]
pub struct PageProblem(Problem);

impl<E: IntoProblem> From<E> for PageProblem {
    fn from(error: E) -> Self {
        Self(error.into_problem())
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

into_problem!(Problem, Refusal, HashError, Faults);

impl fmt::Display for PageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for PageProblem {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let minutes = self.0.wait().map_or(1, |wait| wait.as_secs().div_ceil(60).max(1));
        // Who can't be asked for their language is told in both.
        let told = |language: Language| match self.0.code() {
            Code::NotFound => (say!(language, "page-nothing-here"), say!(language, "page-nothing-here-why")),
            Code::TooManyRequests => {
                (say!(language, "page-too-many-tries"), say!(language, "page-too-many-tries-why", minutes = minutes))
            }
            Code::ValidationFailed | Code::MalformedRequest => {
                (say!(language, "page-not-understood"), say!(language, "page-not-understood-why"))
            }
            _ => (say!(language, "page-failed"), say!(language, "page-failed-why")),
        };
        let (english, german) = (told(Language::English), told(Language::German));
        // A form is at the address that it is sent to.
        let again = |language: Language| {
            html! {
                @if self.0.code() == Code::TooManyRequests { p { a href="" { (say!(language, "page-try-again")) } } }
            }
        };
        let content = html! {
            p { (english.1) }
            (again(Language::English))
            section lang=(Language::German.tag()) { h2 { (german.0) } p { (german.1) } (again(Language::German)) }
        };
        let mut page = document::page(self.status_code(), Language::English, &english.0, &content);
        // Whatever the machine-readable answer carries besides its body.
        let problem = self.0.error_response();
        for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::ALLOW] {
            if let Some(value) = problem.headers().get(&name) {
                page.headers_mut().insert(name, value.clone());
            }
        }
        if let Some(cause) = problem.extensions().get::<crate::problem::Cause>() {
            page.extensions_mut().insert(cause.clone());
        }
        page
    }
}
