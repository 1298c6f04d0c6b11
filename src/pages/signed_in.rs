//! Pages of somebody who is signed in: what leads to the others, and what every form of theirs carries.

use actix_web::{HttpResponse, http::StatusCode};
use maud::{Markup, html};

use super::{document::answer, failure::HOME, visitor::Visitor};
use crate::say;

/// Answers somebody who is signed in with a page, below what leads to the others.
#[must_use]
pub fn page_for(visitor: &Visitor, title: &str, content: &Markup) -> HttpResponse {
    let language = visitor.language;
    let content = html! {
        nav aria-label=(say!(language, "nav-label")) {
            a href=(HOME) { (say!(language, "nav-patients")) }
            a href="/clinic/redeem" { (say!(language, "nav-redeem")) }
            form.inline method="post" action="/clinic/sign-out" {
                (form_token(visitor))
                button type="submit" { (say!(language, "nav-sign-out")) }
            }
        }
        main.wide { h1 { (title) } (content) }
    };
    answer(StatusCode::OK, language, title, &content)
}

/// What every form of somebody who is signed in carries.
#[must_use]
pub fn form_token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="form_token" value=(visitor.form_token); }
}
