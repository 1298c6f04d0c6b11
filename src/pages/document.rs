//! A page around its content: one style sheet, which its content policy knows by its hash, and nothing loaded.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::foundation::language::Language;

const STYLE: &str = concat!(include_str!("pages.css"), include_str!("../reports/drawing.css"));

/// Forms go to this service alone.
static CONTENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
});

/// Answers with a page. Search engines are told to keep away from all of them.
#[must_use]
pub fn page(status: StatusCode, language: Language, title: &str, content: &Markup) -> HttpResponse {
    answer(status, language, title, &html! { main { h1 { (title) } (content) } })
}

/// The same around a body of one's own.
#[must_use]
pub fn answer(status: StatusCode, language: Language, title: &str, body: &Markup) -> HttpResponse {
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex, nofollow";
                // For other sites as the header says: none. But with none at all, browsers hide from us as well which
                // origin our own forms come from (Fetch standard, "append a request `Origin` header").
                meta name="referrer" content="same-origin";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_POLICY.as_str()))
        .insert_header((NOT_FOR_SEARCH_ENGINES, "noindex, nofollow"))
        .body(page.into_string())
}

/// Lets a form of a page lead to another site in the end: browsers hold the answer to it against the policy as well. `there`
/// is an origin, or a scheme with its colon.
pub fn lets_forms_lead_to(page: &mut HttpResponse, there: &str) {
    let policy = CONTENT_POLICY.replace("form-action 'self'", &format!("form-action 'self' {there}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Lets a page run a script that stands in it, which the policy knows by its hash, and which asks this service alone.
pub fn lets_script_run(page: &mut HttpResponse, script: &str) {
    let hash = STANDARD.encode(Sha256::digest(script));
    let policy = format!("{}; script-src 'sha256-{hash}'; connect-src 'self'", *CONTENT_POLICY);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Sends a browser on, with a GET: what a form did is not done again when the page is loaded anew.
#[must_use]
pub fn see_other(there: &str) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    // An address that can't be written there leads to nowhere, and to no failure either.
    answer.insert_header((header::LOCATION, HeaderValue::from_str(there).unwrap_or(HeaderValue::from_static("/"))));
    answer.finish()
}

/// The header for what is not a page.
pub const NOT_FOR_SEARCH_ENGINES: HeaderName = HeaderName::from_static("x-robots-tag");
