//! What goes wrong, in the words of RFC 6749, section 5.2. What goes wrong with the service is a problem as everywhere.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;

use crate::{storage::refusal::Refusal, vocabulary, web::problem::Problem};

vocabulary! {
    /// What an app did wrong.
    pub enum Wrong {
        /// Something is missing, is there twice, or can't be read.
        Request = "invalid_request",
        /// The app is not registered, or did not show that it is the one that it says.
        Client = "invalid_client",
        /// What it shows is nothing that it may use.
        Grant = "invalid_grant",
        /// Tokens are given in other ways.
        GrantType = "unsupported_grant_type",
        /// It asks for more than it was given, or for what there is not.
        Scope = "invalid_scope",
        /// It is registered as an app that keeps no secret, and this takes one.
        Unauthorized = "unauthorized_client",
    }
}

/// Why an app is not given what it wants.
#[derive(Debug)]
pub enum OAuthProblem {
    /// What it did wrong, and a sentence for its developers.
    Wrong(Wrong, String),
    /// The service failed.
    Failed(Problem),
}

impl OAuthProblem {
    /// It did something wrong.
    pub fn new(wrong: Wrong, why: impl Into<String>) -> Self {
        Self::Wrong(wrong, why.into())
    }
}

impl From<Problem> for OAuthProblem {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<Refusal> for OAuthProblem {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl fmt::Display for OAuthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(wrong, why) => write!(f, "{}: {why}", wrong.as_str()),
            Self::Failed(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for OAuthProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Wrong(Wrong::Client, _) => StatusCode::UNAUTHORIZED,
            Self::Wrong(..) => StatusCode::BAD_REQUEST,
            Self::Failed(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (wrong, why) = match self {
            Self::Failed(problem) => return problem.error_response(),
            Self::Wrong(wrong, why) => (wrong, why),
        };
        let mut response = HttpResponse::build(self.status_code());
        if *wrong == Wrong::Client {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"cramp-diary\""));
        }
        response.json(json!({"error": wrong.as_str(), "error_description": why}))
    }
}
