//! A form that the browser fills in with a passkey. It takes the one script of the pages, which is small enough to stand in
//! the page, where the content policy knows it by its hash; without it the form is not shown.

use actix_web::HttpResponse;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::document::lets_script_run;
use crate::{
    foundation::{
        faults::{FaultCode, Faults},
        fields::FromJson,
        language::Language,
    },
    say,
};

const SCRIPT: &str = include_str!("ceremony.js");

/// Where the form has what the browser answers.
pub const CREDENTIAL: &str = "credential";

/// What the browser does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// It makes a passkey, as somebody who is signed in is asked at this address.
    Make(&'static str),
    /// It has one sign, whosever it is.
    Sign,
}

impl Ceremony {
    const fn name(self) -> &'static str {
        match self {
            Self::Make(_) => "create",
            Self::Sign => "get",
        }
    }

    const fn begins_at(self) -> &'static str {
        match self {
            Self::Make(there) => there,
            Self::Sign => "/v1/auth/passkey/begin",
        }
    }
}

/// Lays out a form that is sent to an address with what the browser answers.
#[must_use]
pub fn form(language: Language, ceremony: Ceremony, there: &str, fields: &Markup, button: &Markup) -> Markup {
    html! {
        form method="post" action=(there) data-ceremony=(ceremony.name()) data-begin=(ceremony.begins_at()) hidden {
            (fields)
            input type="hidden" name=(CREDENTIAL);
            p.wrong role="alert" hidden { (say!(language, "passkey-trouble")) }
            (button)
        }
        script { (PreEscaped(SCRIPT)) }
    }
}

/// Lets a page with such a form run its script.
#[must_use]
pub fn runs(mut page: HttpResponse) -> HttpResponse {
    lets_script_run(&mut page, SCRIPT);
    page
}

/// What a browser answered, as a form has it: a text that is JSON.
#[derive(Debug)]
pub struct Answered<T>(pub T);

impl<T: FromJson> FromJson for Answered<T> {
    fn from_json(value: &Value) -> Result<Self, Faults> {
        let answer = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        let answer: Value = answer.ok_or_else(|| Faults::here(FaultCode::Malformed, "must be JSON"))?;
        T::from_json(&answer).map(Self)
    }
}
